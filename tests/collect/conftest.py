from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.db import connection
from pytest_django import Settings

from peilstok.collect.models import Wave
from tests.collect import fielding
from tests.collect.mail import Mailbox, serving


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


@pytest.fixture
def emptied_queue(transactional_db: None) -> Iterator[None]:
    """For tests that leave jobs behind: the tables of the queue are not Django's, so it does not empty them."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture
def box(settings: Settings) -> Iterator[Mailbox]:
    """A mail server that the settings point at."""
    box = Mailbox()
    with serving(box) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 10
        settings.DEFAULT_FROM_EMAIL = "De raad <peiling@raad.example>"
        yield box
