"""Answers over time: where the steps stand, which mail they came after, and how the table divides the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from peilstok.collect.curve import Curve, Sent, curve
from peilstok.terms import AMSTERDAM

BEGIN = datetime(2020, 4, 2, 7, 0, tzinfo=UTC)  # 9 o'clock in the Netherlands
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    return BEGIN + hours * HOUR


def made(*hours: float, until: float = 10, sent: tuple[Sent, ...] = (), invited: int = 4) -> Curve:
    return curve(begin=BEGIN, end=at(until), invited=invited, answered=[at(each) for each in hours], sent=sent)


def mails(kind: str, hours: float, number: int = 4) -> Sent:
    return Sent(kind=kind, first=at(hours), last=at(hours + 0.1), number=number)


def test_each_answer_is_a_step_up_at_its_moment() -> None:
    # 340 wide and 150 high: half-way is 170; one of four boards is 37.5 up
    assert made(5, 10).path == "M0 150H170V112.5H340V75H340"


def test_answers_at_one_place_are_one_step() -> None:
    assert made(5, 5, 5.0001).path == "M0 150H170V37.5H340"


def test_without_answers_the_line_is_flat() -> None:
    assert made().path == "M0 150H340"
    assert made(until=0).across(BEGIN) == 0


def test_an_answer_belongs_to_the_mail_that_had_begun_to_go_out_before_it() -> None:
    sent = (mails("reminder-1", 5, 3), mails("invitation", 1), mails("reminder-2", 8, 1))
    found = made(0.5, 1, 4.9, 5, 9, sent=sent)
    assert [(each.kind, each.sent, each.answers) for each in found.mailings] == [
        ("invitation", 4, 2), ("reminder-1", 3, 1), ("reminder-2", 1, 1),
    ]  # fmt: skip
    assert found.before == 1
    assert found.before + sum(each.answers for each in found.mailings) == len(found.times) == 5


def test_the_table_counts_every_answer_once_also_one_at_the_very_end() -> None:
    found = made(0, 0.5, 3, 10)
    assert [(each.until, each.new, each.answered) for each in found.rows if each.new] == [
        (at(1), 2, 2), (at(4), 1, 3), (at(10), 1, 4),
    ]  # fmt: skip
    assert len(found.rows) == 10


@pytest.mark.parametrize(
    ("days", "rows"),
    [(2, 48), (4, 17), (12, 13)],  # each hour; midnight, 6, 12 and 18 o'clock and the end; midnights and the end
)
def test_rows_are_as_far_apart_as_suits_the_time(days: int, rows: int) -> None:
    assert len(made(until=24 * days).rows) == rows


@pytest.mark.parametrize("night", [datetime(2020, 3, 28, tzinfo=UTC), datetime(2020, 10, 24, tzinfo=UTC)])
def test_hours_are_of_one_hour_each_also_when_the_clock_changes(night: datetime) -> None:
    """At 1 o'clock UTC it went from 2 to 3 o'clock in March, and from 3 to 2 in October: ten hours are ten."""
    begin = night + timedelta(hours=20, minutes=30)
    found = curve(begin=begin, end=begin + timedelta(hours=10), invited=1, answered=[], sent=[])
    assert [each.until for each in found.rows[:-1]] == [night + timedelta(hours=hour) for hour in range(21, 31)]


def test_steps_of_six_hours_stay_at_the_hours_of_the_clock_when_it_changes() -> None:
    begin = datetime(2020, 3, 27, 12, 0, tzinfo=UTC)
    found = curve(begin=begin, end=begin + timedelta(days=4), invited=1, answered=[], sent=[])
    assert {each.until.astimezone(AMSTERDAM).hour for each in found.rows[:-1]} == {0, 6, 12, 18}


def test_days_begin_at_midnight_also_when_the_clock_changes() -> None:
    """In the night of 29 March 2020 the clock went forward."""
    begin = datetime(2020, 3, 20, 12, 0, tzinfo=UTC)
    found = curve(begin=begin, end=begin + timedelta(days=14), invited=1, answered=[], sent=[])
    hours = [each.until.hour for each in found.rows[:-1]]
    assert hours == [23] * 9 + [22] * 5
