"""How answers came in over time, and after which mail: a step chart, and the same numbers as a table.

Decides where the steps are drawn and how the time is divided in the table. Knows of a mail its kind and when it went
out, whatever kinds there are. Draws no picture: the page does, from the numbers here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Final

from peilstok.terms import AMSTERDAM

WIDTH: Final = 340
HEIGHT: Final = 150
"""Of the field of the chart, in its own units: it is drawn as wide as the page is."""

_HOUR: Final = timedelta(hours=1)
_STEPS: Final = ((timedelta(days=2), _HOUR), (timedelta(days=10), timedelta(hours=6)))
"""Up to so long a time, rows of the table this far apart; a day beyond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """The mails of one kind: when the first and the last went out, how many, and the answers until the next kind."""

    kind: str
    first: datetime
    last: datetime
    sent: int
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Mails of one kind that went out."""

    kind: str
    first: datetime
    last: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Row:
    """Of the table: answers that came in before `until` since the row before, and all before it."""

    until: datetime
    new: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """`before`: answers that came in before the first mail went out. `times` of first answers, in order."""

    begin: datetime
    end: datetime
    invited: int
    times: tuple[datetime, ...]
    mailings: tuple[Mailing, ...]
    before: int
    rows: tuple[Row, ...]

    @property
    def path(self) -> str:
        """The line of the chart: `M0 150V148.2H4.1 ...`, one step for all answers at one place."""
        at: dict[float, int] = {}
        for number, moment in enumerate(self.times, start=1):
            at[round(self.across(moment), 1)] = number
        steps = "".join(f"H{x:g}V{self._up(number):g}" for x, number in at.items())
        return f"M0 {HEIGHT}{steps}H{WIDTH}"

    def across(self, moment: datetime) -> float:
        """Where a moment stands, from 0 to the width."""
        whole = (self.end - self.begin).total_seconds() or 1.0
        return min(max(WIDTH * (moment - self.begin).total_seconds() / whole, 0.0), float(WIDTH))

    def _up(self, number: int) -> float:
        return round(HEIGHT * (1 - number / self.invited), 1) if self.invited else float(HEIGHT)

    def as_json(self) -> dict[str, object]:
        return {
            "mailings": [
                {
                    "key": each.kind,
                    "first": each.first.isoformat(),
                    "last": each.last.isoformat(),
                    "sent": each.sent,
                    "answers": each.answers,
                }
                for each in self.mailings
            ],
            "before_mail": self.before,
            "over_time": [
                {"key": each.until.isoformat(), "new": each.new, "answered": each.answered} for each in self.rows
            ],
        }


def curve(*, begin: datetime, end: datetime, invited: int, answered: Iterable[datetime], sent: Iterable[Sent]) -> Curve:
    """`answered`: when each board answered first, in time. From opening until now, or until the wave closed."""
    times, kinds = tuple(sorted(answered)), sorted(sent, key=lambda each: (each.first, each.kind))
    end = max(end, begin)
    return Curve(
        begin=begin,
        end=end,
        invited=invited,
        times=times,
        mailings=tuple(_mailings(kinds, times)),
        before=sum(moment < kinds[0].first for moment in times) if kinds else len(times),
        rows=tuple(_rows(times, _bounds(begin, end))),
    )


def _mailings(kinds: Sequence[Sent], times: Sequence[datetime]) -> Iterable[Mailing]:
    """An answer belongs to the kind of mail that had begun to go out last before it."""
    begins: list[datetime | None] = [*(each.first for each in kinds), None]
    for each, (since, until) in zip(kinds, pairwise(begins), strict=True):
        number = sum(since is not None and since <= moment and (until is None or moment < until) for moment in times)
        yield Mailing(kind=each.kind, first=each.first, last=each.last, sent=each.number, answers=number)


def _bounds(begin: datetime, end: datetime) -> list[datetime]:
    """Round times of the Netherlands after the beginning, and the end."""
    step = next((step for most, step in _STEPS if end - begin <= most), timedelta(days=1))
    bounds = list[datetime]()
    for bound in _round(begin, step):
        if bound >= end:
            break
        if bound > begin:
            bounds.append(bound)
    return [*bounds, end]


def _round(begin: datetime, step: timedelta) -> Iterator[datetime]:
    """From midnight in the Netherlands on, without end, in the time zone of `begin`.

    Hours are of an hour each, also in the nights in which the clock skips one or has one twice. Longer steps go by the
    clock on the wall, so that days begin at midnight in summer and winter: in such a night one is an hour shorter or
    longer.
    """
    wall = begin.astimezone(AMSTERDAM).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    midnight = wall.replace(tzinfo=AMSTERDAM).astimezone(UTC)
    for number in count():
        bound = midnight + number * step if step <= _HOUR else (wall + number * step).replace(tzinfo=AMSTERDAM)
        yield bound.astimezone(begin.tzinfo)


def _rows(times: Sequence[datetime], bounds: Sequence[datetime]) -> Iterable[Row]:
    """The last row has what came in at the very end too."""
    done = 0
    for place, until in enumerate(bounds):
        last = place == len(bounds) - 1
        answered = sum(moment < until or (last and moment <= until) for moment in times)
        yield Row(until, answered - done, answered)
        done = answered
