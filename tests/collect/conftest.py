from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from pytest_django import Settings

from peilstok.collect.models import Wave
from tests.collect import fielding


@pytest.fixture
def at(settings: Settings) -> Callable[[datetime], None]:
    """Set the clock of views and jobs."""

    def set_clock(moment: datetime) -> None:
        settings.PEILSTOK_MOMENT = lambda: moment

    set_clock(fielding.DURING)
    return set_clock


@pytest.fixture
def wave(db: None, at: Callable[[datetime], None]) -> Wave:
    """An open wave on four boards, on the second day of it."""
    return fielding.opened_wave()
