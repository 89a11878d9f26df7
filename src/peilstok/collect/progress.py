"""All that the monitor shows of a wave at one moment, and the same numbers as JSON and as CSV.

Composes `monitor` (counts), `readiness` (is the estimate ready) and `curve` (over time): a number stands in one of them
and is worked out there. The CSV is made of the JSON, so that the two cannot differ.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Min

from peilstok.collect import asked, monitor
from peilstok.collect.asked import Asked
from peilstok.collect.curve import Curve, Sent, curve
from peilstok.collect.models import CONFIRMATION, Message, Wave
from peilstok.collect.monitor import Counts
from peilstok.collect.readiness import Readiness, readiness

COLUMNS: Final = ("part", "name", "measure", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    wave: Wave
    moment: datetime
    boards: tuple[Asked, ...]
    counts: Counts
    readiness: Readiness
    curve: Curve | None  # None while the wave has not opened

    def as_json(self) -> dict[str, object]:
        return {
            **self.counts.as_json(),
            **self.readiness.as_json(),
            **(self.curve.as_json() if self.curve else {}),
            "state": str(self.wave.state),
            "at": self.moment.isoformat(),
        }

    def as_csv(self) -> str:
        """A line for every number: to which part it belongs, of what, what it is, and the number."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_lines(self.as_json()))
        return out.getvalue()


def progress(wave: Wave, moment: datetime) -> Progress:
    boards, (states, sent) = asked.boards(wave), _mails(wave)
    counts = monitor.counts(wave, boards, monitor.by_state(states))
    return Progress(
        wave=wave,
        moment=moment,
        boards=boards,
        counts=counts,
        readiness=readiness(wave, counts, boards),
        curve=_curve(wave, boards, sent, moment),
    )


def _curve(wave: Wave, boards: tuple[Asked, ...], sent: list[Sent], moment: datetime) -> Curve | None:
    if wave.opened_at is None:
        return None
    invited = asked.in_scope(boards)
    return curve(
        begin=wave.opened_at,
        end=min(moment, wave.closing),
        invited=len(invited),
        answered=[each.answered_at for each in invited if each.answered and each.answered_at],
        sent=sent,
    )


def _mails(wave: Wave) -> tuple[dict[str, int], list[Sent]]:
    """How many there are in each state; and of each kind that asks for answers, what went out."""
    rows = (
        Message.objects.filter(invitation__wave=wave)
        .values("kind", "state")
        .annotate(number=Count("pk"), first=Min("sent_at"), last=Max("sent_at"))
        .order_by("kind", "state")
    )
    states: dict[str, int] = {}
    sent = []
    for kind, state, number, first, last in rows.values_list("kind", "state", "number", "first", "last"):
        states[state] = states.get(state, 0) + number
        if state == Message.State.SENT and first and last and not kind.startswith(CONFIRMATION):
            sent.append(Sent(kind=kind, first=first, last=last, number=number))
    return states, sent


def _lines(data: Mapping[str, object]) -> Iterator[tuple[str, str, str, object]]:
    for part, value in data.items():
        if isinstance(value, list):
            for each in value:
                name = each.get("key", each.get("name", each.get("low", "")))
                yield from ((part, str(name), measure, _cell(one)) for measure, one in each.items())
        elif isinstance(value, Mapping):
            yield from ((part, "", measure, _cell(one)) for measure, one in value.items())
        else:
            yield ("wave", "", part, _cell(value))


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value
