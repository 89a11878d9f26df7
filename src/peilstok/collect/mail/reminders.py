"""Reminders: each goes out once, at its time, to boards that have not answered.

The wave's file says when; a job looks every minute, and a person may bring nothing forward. A reminder whose time
passed while nothing ran goes out late, but never two at once: of those that are due only the last one is queued. How
many answers came after each is `curve`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from peilstok.audit import trail
from peilstok.collect import content, waves
from peilstok.collect.mail import messages
from peilstok.collect.models import Reminder, Wave


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder of the wave's file: 1 is the first."""

    number: int
    at: datetime

    @property
    def kind(self) -> str:
        return f"reminder-{self.number}"


def of(wave: Wave) -> list[Due]:
    """The reminders of the wave's file."""
    return [Due(number, each.at) for number, each in enumerate(content.of(wave).spec.reminders, start=1)]


def following(wave: Wave) -> Due | None:
    """The first that has not had its turn, whether it is due or not; None when there is none left."""
    had = set(wave.reminders.values_list("number", flat=True))
    return next((each for each in of(wave) if each.number not in had), None)


def queue_due(*, wave: Wave, by: str, moment: datetime) -> Reminder | None:
    """Queue the reminder of this wave that is due, to those who are to have it; None when there is none."""
    with transaction.atomic():
        wave = waves.locked(wave)
        had = set(wave.reminders.values_list("number", flat=True))
        due = [each for each in of(wave) if each.number not in had and each.at <= moment]
        if not (due and wave.takes_answers(moment)):
            return None
        *skipped, last = due
        for each in skipped:
            wave.reminders.create(number=each.number, due_at=each.at, queued_at=moment, skipped=True)
        numbers = messages.queue(wave, last.kind, moment)
        messages.defer(wave, numbers)
        queued = wave.reminders.create(number=last.number, due_at=last.at, queued_at=moment, mails=len(numbers))
        details = {"number": last.number, "mails": len(numbers), "skipped": [each.number for each in skipped]}
        trail.record(act="wave.remind", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
    return queued


def queue_all_due(*, by: str, moment: datetime) -> Iterator[Reminder]:
    """The reminders of all open waves that are due."""
    for wave in Wave.objects.filter(state=Wave.State.OPEN, closes__gt=moment).order_by("pk"):
        if (following_ := following(wave)) and following_.at <= moment:
            queued = queue_due(wave=wave, by=by, moment=moment)
            if queued:
                yield queued
