"""Whom to call first: the boards that have not answered, by what the answer of each would add.

Plain Python. What a board adds is told in percent: by how much one more answer in its cell of weighting narrows the key
figures on average (`estimate/outlook`), and the part of all pupils that it has. Their sum orders the list; of boards
that add as much, the one with the lowest number comes first. That every board is as likely to answer when called is
taken for true. Description: docs/methods/outlook.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from peilstok.terms import UnitId


class Result(StrEnum):
    """What came of a call."""

    BY_TELEPHONE = "by_telephone"  # it gave its answers on the telephone; they still have to be entered
    WILL_ANSWER = "will_answer"
    NO_REPLY = "no_reply"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"
    CALL_BACK = "call_back"  # at a moment


class Turn(IntEnum):
    """When a board is to be called, the most urgent first."""

    DUE = 0  # it asked to be called back, and it is time
    NEW = 1
    AGAIN = 2  # nobody picked up
    WAITING = 3  # not now: it will answer, or is to be called back later, or has no right number


TURNS: Final[Mapping[Result | None, Turn]] = MappingProxyType(
    {
        None: Turn.NEW,  # not called yet
        Result.BY_TELEPHONE: Turn.WAITING,
        Result.WILL_ANSWER: Turn.WAITING,
        Result.NO_REPLY: Turn.AGAIN,
        Result.CALL_BACK: Turn.WAITING,  # until it is time
        Result.WRONG_NUMBER: Turn.WAITING,
        Result.REFUSED: Turn.NEW,  # it is on no list while it refuses; an officer has undone that
    }
)
"""What the latest call says about the next."""


@dataclass(frozen=True, slots=True)
class LastCall:
    """The latest call to a board; `number` counts its calls."""

    number: int
    result: Result
    called_at: datetime
    call_back_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A board that has neither answered nor refused. `precision` and `coverage` in percent."""

    number: UnitId
    pupils: int
    precision: float
    coverage: float
    last: LastCall | None = None

    @property
    def worth(self) -> float:
        return self.precision + self.coverage

    def turn(self, moment: datetime) -> Turn:
        last = self.last
        if last and last.call_back_at and last.call_back_at <= moment:
            return Turn.DUE
        return TURNS[last.result if last else None]

    def order(self, moment: datetime) -> tuple[int, str, float, str]:
        """By turn; among those to be called back by when; then by worth (which rounding does not decide), by number."""
        turn = self.turn(moment)
        back = self.last.call_back_at if self.last else None
        waits = back.isoformat() if back and turn in (Turn.DUE, Turn.WAITING) else ""
        return (turn, waits, -round(self.worth, 9), self.number)


def ordered(candidates: Iterable[Candidate], moment: datetime) -> tuple[Candidate, ...]:
    """The whole list, whom to call first on top; those who wait come last."""
    return tuple(sorted(candidates, key=lambda each: each.order(moment)))
