from __future__ import annotations

from datetime import date
from decimal import Decimal

from peilstok.demo import published, table
from peilstok.demo.published import Published
from peilstok.disclose.figures import Figure, FigureBook, Measured, WaveFigures
from peilstok.terms import DomainKey, FigureName, WaveId

ROW = Published(WaveId("wave-3"), FigureName("vulnerable"), "without (v)so", Decimal("12.5"), 285, 414_915)


def book(measured: Measured) -> FigureBook:
    name = FigureName("vulnerable.without_vso")
    figure = Figure(name=name, unit="percent", kind="mean", measured=measured, n=246, domain=DomainKey("without_vso"))
    wave = WaveFigures(id=WaveId("wave-3"), date=date(2020, 4, 6), respondents=285, figures={name: figure})
    return FigureBook(waves=(wave,), covariances={}, synthetic=True)


def test_a_row_has_the_names_of_the_file_and_its_numbers() -> None:
    rows = published.compare([ROW], book(Measured(value=12.51, se=0.4, ci_low=11.7, ci_high=13.3)), {})
    assert table.as_json(rows) == [
        {
            "wave": "3",
            "figure": "vulnerable",
            "domain": "without (v)so",
            "published_value": 12.5,
            "computed": 12.51,
            "se": 0.4,
            "ci_low": 11.7,
            "ci_high": 13.3,
            "n": 246,
            "agrees": True,
            "explanation": "",
        }
    ]


def test_a_figure_without_sampling_error_has_an_error_of_nought() -> None:
    (row,) = table.as_json(published.compare([ROW], book(Measured(value=12.5)), {}))
    assert (row["se"], row["ci_low"], row["ci_high"]) == (0.0, 12.5, 12.5)


def test_the_text_says_how_many_agree() -> None:
    rows = published.compare([ROW], book(Measured(value=12.6, se=0.4, ci_low=11.7, ci_high=13.3)), {})
    lines = list(table.as_text(rows))
    assert " ".join(lines[1].split()) == "wave-3 vulnerable without (v)so 12.5 12.60 11.7 - 13.3 246 no"
    assert any(line.startswith("0 of 1 the same") for line in lines)
