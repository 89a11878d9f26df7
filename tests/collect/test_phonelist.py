"""Whom to call first: what a missing board adds, and what earlier calls say. Plain Python."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from peilstok.collect.phonelist import TURNS, Candidate, LastCall, Result, Turn, ordered
from peilstok.terms import UnitId

NOW = datetime(2020, 4, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def board(
    number: str,
    precision: float = 0.0,
    coverage: float = 0.0,
    result: Result | None = None,
    back: datetime | None = None,
) -> Candidate:
    last = LastCall(1, result, NOW - HOUR, back) if result else None
    return Candidate(number=UnitId(number), pupils=100, precision=precision, coverage=coverage, last=last)


def numbers(*candidates: Candidate) -> list[str]:
    return [each.number for each in ordered(candidates, NOW)]


def test_precision_and_coverage_add_up_and_the_largest_sum_comes_first() -> None:
    assert numbers(board("1", 0.5, 0.1), board("2", 0.1, 0.7), board("3", 0.3, 0.2)) == ["2", "1", "3"]


def test_of_boards_that_add_as_much_the_lowest_number_comes_first_whatever_the_rounding() -> None:
    assert 0.1 + 0.2 != 0.3
    assert numbers(board("2", 0.3), board("1", 0.1, 0.2), board("3", 0.2, 0.1)) == ["1", "2", "3"]


def test_who_is_to_be_called_back_comes_first_when_it_is_time_and_waits_until_then() -> None:
    due = board("3", result=Result.CALL_BACK, back=NOW)
    earlier = board("4", result=Result.CALL_BACK, back=NOW - HOUR)
    later = board("5", 9.0, result=Result.CALL_BACK, back=NOW + HOUR)
    assert numbers(board("1", 5.0), due, later, earlier) == ["4", "3", "1", "5"]
    assert later.turn(NOW) is Turn.WAITING


def test_who_did_not_pick_up_comes_after_who_was_not_called() -> None:
    assert numbers(board("1", 9.0, result=Result.NO_REPLY), board("2", 0.1)) == ["2", "1"]


@pytest.mark.parametrize("result", [Result.WILL_ANSWER, Result.WRONG_NUMBER, Result.BY_TELEPHONE])
def test_who_need_not_be_called_now_waits(result: Result) -> None:
    assert board("1", 9.0, result=result).turn(NOW) is Turn.WAITING


def test_the_table_of_turns_is_complete() -> None:
    assert set(TURNS) == {None, *Result}


candidates = some.builds(
    board,
    some.integers(1, 999).map(str),
    some.floats(0, 5),
    some.floats(0, 5),
    some.sampled_from([None, Result.NO_REPLY, Result.WILL_ANSWER]),
)


@given(some.lists(candidates, max_size=5, unique_by=lambda each: each.number))
def test_the_order_does_not_depend_on_the_order_in_which_boards_come(found: list[Candidate]) -> None:
    first = ordered(found, NOW)
    for again in itertools.permutations(found):
        assert ordered(again, NOW) == first
