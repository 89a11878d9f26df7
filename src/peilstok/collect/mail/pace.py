"""How fast a wave's mails go out: no more in a minute than its file says (`mail.per_minute`).

Mails go out in batches. Each reserves its turn before it begins, in one statement, so the pace holds for any number of
workers, and whatever queued the mails. A mail server that is slow makes it slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from peilstok.collect import content
from peilstok.collect.models import Wave

BATCH: Final = 50
"""Mails in one job: few enough that a job ends within seconds, many enough that connecting costs nothing."""
PATIENCE: Final = timedelta(seconds=1)
"""How long a job may wait for its turn with nothing in hand; for a later one it comes back."""

_RESERVE: Final = """
    INSERT INTO collect_pace AS p (wave_id, free_at) VALUES (%(wave)s, %(moment)s + %(every)s)
    ON CONFLICT (wave_id) DO UPDATE SET free_at = GREATEST(p.free_at, %(moment)s) + %(every)s
    WHERE p.free_at <= %(moment)s + %(patience)s
    RETURNING free_at - %(every)s
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many mails a batch has, and how long after it the next one may begin."""

    batch: int
    every: timedelta


def of(wave: Wave) -> Pace:
    """Whole batches only: with 120 a minute two batches of 50 begin in each."""
    per_minute = content.of(wave).spec.mail.per_minute
    batch = min(BATCH, per_minute)
    return Pace(batch, timedelta(minutes=1) / (per_minute // batch))


@dataclass(frozen=True, slots=True)
class Turn:
    """When a batch may begin. `reserved`: that turn is its own; else it is to ask again by then."""

    at: datetime
    reserved: bool


def reserve(wave: Wave | None, moment: datetime) -> Turn:
    """The turn of a batch of this wave; at once where there is none, as none of its mails waits any more."""
    if wave is None:
        return Turn(moment, reserved=True)
    values: dict[str, Any] = {
        "wave": wave.pk,
        "moment": moment,
        "every": of(wave).every,
        "patience": PATIENCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, values)
        row = cursor.fetchone()
        if row:
            return Turn(row[0], reserved=True)
        cursor.execute("SELECT free_at FROM collect_pace WHERE wave_id = %s", [wave.pk])
        return Turn(cursor.fetchone()[0], reserved=False)
