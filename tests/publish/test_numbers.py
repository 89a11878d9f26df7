"""How figures are written. Expected texts are what Dutch and English readers are used to."""

from __future__ import annotations

from datetime import date

import pytest

from peilstok.disclose.figures import Figure, Measured, Unit
from peilstok.publish import numbers
from peilstok.terms import FigureName, Language


@pytest.mark.parametrize(
    ("value", "decimals", "nl", "en"),
    [
        (414915, 0, "414.915", "414,915"),
        (1502012, 0, "1.502.012", "1,502,012"),
        (63.5, 1, "63,5", "63.5"),
        (63.45, 1, "63,5", "63.5"),  # half up, as on paper; the nearest double is 63.4500000000000028
        (63.35, 1, "63,4", "63.4"),  # the nearest double is below 63.35: paper still says 63.4
        (63.449, 1, "63,4", "63.4"),
        (0.04, 1, "0,0", "0.0"),
        (-0.04, 1, "0,0", "0.0"),
        (-5.4, 1, "−5,4", "−5.4"),
    ],
)
def test_a_number_is_written_the_way_of_the_language(value: float, decimals: int, nl: str, en: str) -> None:
    assert numbers.number(value, "nl", decimals) == nl
    assert numbers.number(value, "en", decimals) == en


@pytest.mark.parametrize(("value", "said"), [(20.9, "+20,9"), (-5.4, "−5,4"), (0.04, "0,0"), (-0.04, "0,0")])
def test_a_difference_has_a_sign_unless_it_is_printed_as_nothing(value: float, said: str) -> None:
    assert numbers.signed(value, "nl") == said


@pytest.mark.parametrize(
    ("value", "unit", "nl", "en"),
    [
        (20.9, "percent", "+20,9 procentpunt", "+20.9 percentage points"),
        (271_721, "pupils", "+271.721 leerlingen", "+271,721 pupils"),
        (-1, "boards", "−1 bestuur", "−1 board"),
        (0.4, "number", "+0,4", "+0.4"),
    ],
)
def test_a_difference_is_said_in_its_unit_and_that_of_percents_in_points(
    value: float, unit: Unit, nl: str, en: str
) -> None:
    assert (numbers.difference(value, unit, "nl"), numbers.difference(value, unit, "en")) == (nl, en)


def test_percents_have_one_decimal_and_pupils_none() -> None:
    assert numbers.spoken(3.8, "percent", "nl") == "3,8 procent"
    assert numbers.short(3.8, "percent", "en") == "3.8%"
    assert numbers.spoken(15766.4, "pupils", "nl") == "15.766 leerlingen"


def test_a_figure_without_sampling_error_has_no_interval_to_print() -> None:
    assert numbers.interval(Measured(value=29.4), "percent", "nl") == ""
    assert numbers.spoken_interval(Measured(value=29.4), "percent", "nl") == ""


def test_an_interval_names_its_level_when_spoken() -> None:
    known = Measured(value=63.5, se=2.4, ci_low=58.8, ci_high=68.2)
    assert numbers.spoken_interval(known, "percent", "nl") == "95%-interval 58,8 tot 68,2"
    assert numbers.spoken_interval(known, "percent", "en") == "95% interval 58.8 to 68.2"


def test_a_figure_without_a_label_is_called_by_its_name() -> None:
    bare = Figure(name=FigureName("vulnerable.without_vso"), unit="percent", kind="mean", measured=Measured(value=1))
    assert numbers.label(bare, "nl") == "vulnerable, without vso"


@pytest.mark.parametrize(("language", "said"), [("nl", "6 april 2020"), ("en", "6 April 2020")])
def test_a_day_is_written_in_full(language: Language, said: str) -> None:
    assert numbers.day(date(2020, 4, 6), language) == said
