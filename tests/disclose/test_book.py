"""The book of all waves: covariances of figures that a sentence may compare, and breaks."""

from __future__ import annotations

from datetime import date

import pytest

from peilstok.disclose import SafeTable, figure_book, safe_table
from peilstok.disclose.book import may_be_compared
from peilstok.terms import FigureName, Value, WaveId
from tests.estimate.boards import HEAD, WORDS, answers, board, plan

FRAME = [board(number, 100 + number, special=number % 3 == 0) for number in range(1, 98)]
ESTIMANDS = f"""
mean: {{kind: mean, of: x, unit: number, domains: [without_vso], {WORDS}}}
other: {{kind: mean, of: y, unit: number, {WORDS}}}
total: {{kind: total, of: x, unit: pupils, {WORDS}}}
care:
  kind: composition
  item: care
  base: boards
  shares:
    yes: {{is: yes, label: {{nl: a, en: b}}}}
    no: {{is: no, label: {{nl: a, en: b}}}}
lead: {{kind: share, item: lead, is: school, {WORDS}}}
"""
TWO, THREE = WaveId("wave-2"), WaveId("wave-3")


def table(wave: str, day: int, boards: range, *, shift: float = 0, more: str = "") -> SafeTable:
    x: dict[int, Value] = {number: float(number % 11 + shift) for number in boards}
    y: dict[int, Value] = {number: float(number % 7) for number in boards}
    care: dict[int, Value] = {number: "yes" if number % 3 else "no" for number in boards}
    lead: dict[int, Value] = {number: "school" if number % 2 else "nobody" for number in boards}
    made = plan(ESTIMANDS, head=HEAD.replace("wave-3", wave), more=more)
    return safe_table(made, frame=FRAME, answers=answers(x=x, y=y, care=care, lead=lead), date=date(2020, 4, day))


def test_waves_stand_in_the_order_of_their_dates_whatever_order_they_come_in() -> None:
    second, third = table("wave-2", 1, range(1, 40)), table("wave-3", 6, range(20, 70))
    book = figure_book([third, second], synthetic=True)
    assert [wave.id for wave in book.waves] == ["wave-2", "wave-3"]
    assert book.synthetic
    assert book == figure_book([second, third], synthetic=True)


def test_a_wave_cannot_stand_twice_in_a_book() -> None:
    with pytest.raises(ValueError, match="twice"):
        figure_book([table("wave-2", 1, range(1, 40)), table("wave-2", 6, range(1, 40))])


def test_the_same_boards_with_the_same_answers_leave_no_uncertainty_about_their_change() -> None:
    book = figure_book([table("wave-2", 1, range(1, 40)), table("wave-3", 6, range(1, 40), shift=2)])
    name = FigureName("mean")
    earlier, later = book.figure(TWO, name), book.figure(THREE, name)
    assert earlier is not None
    assert later is not None
    assert later.value - earlier.value == pytest.approx(2)
    both = book.covariance((TWO, name), (THREE, name))
    assert both == pytest.approx((earlier.measured.se or 0) ** 2, rel=1e-12)


def test_waves_without_shared_boards_have_no_covariances_between_them() -> None:
    book = figure_book([table("wave-2", 1, range(1, 40)), table("wave-3", 6, range(50, 90))])
    assert all(len({wave for wave, _ in pair}) == 1 for pair in book.covariances)


def test_two_shares_that_make_up_a_whole_are_fully_opposed() -> None:
    book = figure_book([table("wave-2", 1, range(1, 40))])
    figure = book.figure(TWO, FigureName("yes"))
    assert figure is not None
    both = book.covariance((TWO, FigureName("yes")), (TWO, FigureName("no")))
    assert both == pytest.approx(-((figure.measured.se or 0) ** 2), rel=1e-12)


def test_covariances_are_given_of_figures_that_a_sentence_may_compare() -> None:
    figures = table("wave-2", 1, range(1, 40)).figures.figures
    compared = {(a, b) for a in figures for b in figures if a < b and may_be_compared(figures[a], figures[b])}
    assert compared == {("mean", "mean.without_vso"), ("mean", "other"), ("mean.without_vso", "other"), ("no", "yes")}


def test_a_break_holds_for_every_domain_of_its_figure() -> None:
    more = "breaks: [{figure: mean, between: [wave-2, wave-3], reason: {nl: anders gevraagd, en: asked otherwise}}]\n"
    third = table("wave-3", 6, range(20, 70), more=more)
    book = figure_book([table("wave-2", 1, range(1, 40)), third])
    assert [(each.figure, each.between, each.reason) for each in book.breaks] == [
        (name, ("wave-2", "wave-3"), "asked otherwise") for name in ("mean", "mean.without_vso")
    ]
    assert figure_book([third]).breaks == ()
