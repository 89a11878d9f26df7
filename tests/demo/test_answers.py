"""The synthetic answers, summed in the plainest way, against the published file; and against their own sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from peilstok.demo.answers import Answers
from peilstok.terms import RegisterRow, WaveId

PUBLISHED = Path(__file__).resolve().parents[2] / "demo" / "2020" / "published_figures.csv"
All = Mapping[WaveId, Answers]


def number(answer: Mapping[str, object], item: str) -> int:
    value = answer[item]
    assert isinstance(value, int)
    return value


def ratio(answers: Answers, part: str, whole: str) -> Fraction:
    return Fraction(
        100 * sum(number(own, part) for own in answers.values()), sum(number(own, whole) for own in answers.values())
    )


def mean(answers: Answers, part: str, whole: str) -> Fraction:
    shares = [Fraction(100 * number(own, part), number(own, whole)) for own in answers.values() if number(own, whole)]
    return sum(shares, Fraction(0)) / len(shares)


def share(answers: Answers, item: str, option: str) -> Fraction:
    chosen = sum(
        option in own[item] if isinstance(own[item], frozenset) else own[item] == option for own in answers.values()
    )
    return Fraction(100 * chosen, len(answers))


def half_up(value: Fraction, decimals: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


RATIOS = [
    ("wave-1", "pupils_in_care", "pupils", "2.3"),
    ("wave-1", "pupils_expected", "pupils", "3"),
    ("wave-2", "pupils_in_care", "pupils", "2.8"),
    ("wave-2", "pupils_expected", "pupils", "3.1"),
    ("wave-3", "pupils_in_care", "pupils", "3.8"),
    ("wave-3", "in_care_critical_worker", "pupils_in_care", "76"),
    ("wave-3", "in_care_vulnerable", "pupils_in_care", "24"),
]
MEANS = [
    ("wave-2", "vulnerable_pupils", "pupils", "8.4"),
    ("wave-3", "vulnerable_pupils", "pupils", "19"),
    ("wave-3", "vulnerable_pupils", "pupils", "19.3"),
]
SHARES = [
    ("wave-2", "compared_with_last_week", "more", "58"),
    ("wave-2", "care_locations", "all", "43"),
    ("wave-2", "care_locations", "several", "19"),
    ("wave-2", "municipal_care", "yes", "43"),
    ("wave-2", "municipal_care", "partly", "30"),
    ("wave-2", "municipal_care", "no", "11"),
    ("wave-2", "lead", "school", "40"),
    ("wave-2", "lead", "municipality", "36"),
    ("wave-2", "lead", "youth_care", "7"),
    ("wave-3", "expectation", "more", "70"),
    ("wave-3", "expectation", "fewer", "1"),
    ("wave-3", "expectation", "same", "21"),
    ("wave-3", "municipal_care", "yes", "63.5"),
    ("wave-3", "municipal_care", "partly", "24"),
    ("wave-3", "municipal_care", "no", "2.5"),
    ("wave-3", "municipal_care", "unknown", "10"),
    ("wave-3", "lead", "school", "43"),
    ("wave-3", "lead", "municipality", "35"),
    ("wave-3", "lead", "youth_care", "1"),
    ("wave-3", "care_forms", "on_site", "80"),
    ("wave-3", "care_forms", "external", "20"),
    ("wave-3", "care_forms", "one_to_one_home", "19"),
    ("wave-3", "care_forms", "digital", "75"),
]


def same(value: Fraction, printed: str) -> bool:
    decimals = len(printed.partition(".")[2])
    return half_up(value, decimals) == Decimal(printed)


@pytest.mark.parametrize(("wave", "part", "whole", "printed"), RATIOS)
def test_a_ratio_rounds_to_the_printed_one(answers: All, wave: WaveId, part: str, whole: str, printed: str) -> None:
    assert same(ratio(answers[wave], part, whole), printed)


@pytest.mark.parametrize(("wave", "part", "whole", "printed"), MEANS)
def test_a_mean_rounds_to_the_printed_one(answers: All, wave: WaveId, part: str, whole: str, printed: str) -> None:
    assert same(mean(answers[wave], part, whole), printed)


@pytest.mark.parametrize(("wave", "item", "option", "printed"), SHARES)
def test_a_share_rounds_to_the_printed_one(answers: All, wave: WaveId, item: str, option: str, printed: str) -> None:
    assert same(share(answers[wave], item, option), printed)


def test_boards_have_45_percent_of_their_vulnerable_pupils_in_view(answers: All) -> None:
    assert same(mean(answers[WaveId("wave-3")], "vulnerable_in_view", "vulnerable_pupils"), "45")


def test_without_vso_boards_the_mean_is_12_5(frame: Sequence[RegisterRow], answers: All) -> None:
    special = {row["number"] for row in frame if row["has_special_school"]}
    regular = {unit: own for unit, own in answers[WaveId("wave-3")].items() if unit not in special}
    assert same(mean(regular, "vulnerable_pupils", "pupils"), "12.5")


def test_staff_on_site_is_17_percent_on_average(answers: All) -> None:
    staff = [own["staff_on_site"] for own in answers[WaveId("wave-2")].values()]
    assert sum(value for value in staff if isinstance(value, float)) == 17 * 108


def test_5_5_percent_of_108_boards_cannot_be_had_and_6_boards_are_nearest(answers: All) -> None:
    external = share(answers[WaveId("wave-2")], "care_external", "yes")
    assert external == Fraction(600, 108)
    assert not any(same(Fraction(100 * boards, 108), "5.5") for boards in range(109))


def test_every_board_answers_with_the_pupils_of_the_register(frame: Sequence[RegisterRow], answers: All) -> None:
    known = {row["number"]: row["pupils"] for row in frame}
    assert all(own["pupils"] == known[unit] for wave in answers.values() for unit, own in wave.items())


def test_a_part_is_never_more_than_its_whole(answers: All) -> None:
    for own in (own for wave in answers.values() for own in wave.values()):
        assert 0 <= number(own, "pupils_in_care") <= number(own, "pupils")
        assert 0 <= number({"vulnerable_pupils": 0} | own, "vulnerable_pupils") <= number(own, "pupils")
        assert 0 <= number({"pupils_expected": 0} | own, "pupils_expected") <= number(own, "pupils")


def test_the_reasons_for_care_add_up_at_every_board(answers: All) -> None:
    for own in answers[WaveId("wave-3")].values():
        assert number(own, "in_care_critical_worker") + number(own, "in_care_vulnerable") == number(
            own, "pupils_in_care"
        )
        assert 0 <= number(own, "in_care_vulnerable") <= number(own, "vulnerable_pupils")


def test_pupils_in_view_are_asked_only_where_there_are_vulnerable_ones(answers: All) -> None:
    for own in answers[WaveId("wave-3")].values():
        assert ("vulnerable_in_view" in own) == (number(own, "vulnerable_pupils") > 0)
        if "vulnerable_in_view" in own:
            assert (
                number(own, "in_care_vulnerable")
                <= number(own, "vulnerable_in_view")
                <= number(own, "vulnerable_pupils")
            )


def test_only_a_board_with_one_school_has_one_location(frame: Sequence[RegisterRow], answers: All) -> None:
    single = {row["number"] for row in frame if row["schools"] == 1}
    for unit, own in answers[WaveId("wave-2")].items():
        assert (own["care_locations"] == "one") == (unit in single)


def test_a_board_that_answers_twice_resembles_itself(answers: All) -> None:
    second, third = answers[WaveId("wave-2")], answers[WaveId("wave-3")]
    both = sorted(set(second) & set(third))
    rates = [[number(wave[u], "pupils_in_care") / number(wave[u], "pupils") for u in both] for wave in (second, third)]
    average = [sum(column) / len(both) for column in rates]
    together = sum((a - average[0]) * (b - average[1]) for a, b in zip(*rates, strict=True))
    assert together > 0
