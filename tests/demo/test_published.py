from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from peilstok.demo.published import Published, agrees, compare, read_explanations, read_published, rounded
from peilstok.disclose.figures import Figure, FigureBook, Measured, WaveFigures
from peilstok.terms import FigureName, WaveId

CONTENT = Path(__file__).resolve().parents[2] / "demo" / "2020"


def row(value: str) -> Published:
    return Published(WaveId("wave-3"), FigureName("lead_school"), "all", Decimal(value), 285, 414_915)


def test_all_rows_of_the_file_are_read() -> None:
    rows = read_published((CONTENT / "published_figures.csv").read_text())
    assert len(rows) == len((CONTENT / "published_figures.csv").read_text().splitlines()) - 1
    assert [each.name for each in rows if each.domain != "all"] == ["vulnerable.without_vso"]


@pytest.mark.parametrize(
    ("computed", "printed", "same"),
    [
        (63.5088, "63.5", True),
        (63.55, "63.5", False),
        (63.45, "63.5", True),
        (63.449, "63.5", False),
        (42.5, "43", True),  # half up; to even would be 42
        (42.49, "43", False),
        (43.5, "43", False),
        (44.5, "45", True),  # both ways of rounding differ here too
        (100 * 57 / 285, "20", True),
        (2.675, "2.68", True),  # in binary a little less than 2.675
    ],
)
def test_a_number_agrees_when_it_is_the_same_after_rounding_half_up(computed: float, printed: str, same: bool) -> None:
    assert agrees(row(printed), computed) is same


def test_the_digits_of_print_say_how_to_round() -> None:
    assert str(rounded(24.2, like=Decimal(24))) == "24"
    assert str(rounded(24.2, like=Decimal("24.0"))) == "24.2"


@pytest.mark.parametrize(("boards", "true"), [(32, False), (33, True), (35, True), (36, False)])
def test_almost_a_third_is_less_than_a_third(boards: int, true: bool) -> None:
    explained = read_explanations((CONTENT / "explanations.yaml").read_text())
    words = explained[WaveId("wave-2"), FigureName("single_school_board")]
    assert agrees(row("33"), 100 * boards / 108, words) is true


def test_a_row_that_cannot_agree_is_explained_in_both_languages() -> None:
    explained = read_explanations((CONTENT / "explanations.yaml").read_text())
    external = explained[WaveId("wave-2"), FigureName("care_external")]
    assert not agrees(row("5.5"), 100 * 6 / 108, external)
    assert "108" in external.text.nl
    assert "108" in external.text.en


@pytest.mark.parametrize(
    ("wave", "name", "published", "computed", "accounted_for"),
    [
        ("wave-2", "care_external", "5.5", 100 * 6 / 108, True),
        ("wave-2", "care_external", "5.5", 100 * 5 / 108, False),  # the explanation is about six boards
        ("wave-2", "care_external", "5.5", 100 * 7 / 108, False),
        ("wave-3", "expects_same", "49", 49.1, True),
        ("wave-3", "expects_same", "49", 50.0, False),  # has an explanation, but of something else
        ("wave-3", "lead_school", "43", 44.0, False),  # has none
    ],
)
def test_an_explanation_excuses_the_value_that_it_names_and_no_other(
    wave: str, name: str, published: str, computed: float, accounted_for: bool
) -> None:
    figure = Figure(name=FigureName(name), unit="percent", kind="share", measured=Measured(value=computed))
    figures = WaveFigures(id=WaveId(wave), date=date(2020, 4, 6), respondents=285, figures={figure.name: figure})
    given = Published(WaveId(wave), figure.name, "all", Decimal(published), 285, 414_915)
    explained = read_explanations((CONTENT / "explanations.yaml").read_text())
    [row] = compare([given], FigureBook(waves=(figures,), covariances={}), explained)
    assert row.is_accounted_for is accounted_for
