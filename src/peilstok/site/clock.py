"""The one place where the time of day is asked. Views, jobs and commands call `moment()` and pass it on.

In the demo the clock may start at another moment (PEILSTOK_DEMO_CLOCK) and runs from there.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.conf import settings

_started = time.monotonic()


def moment() -> datetime:
    """Now, with zone UTC."""
    start: datetime | None = settings.PEILSTOK.demo_clock
    if start is None:
        return datetime.now(UTC)  # noqa: TID251  (this is the place)
    return start.astimezone(UTC) + timedelta(seconds=time.monotonic() - _started)
