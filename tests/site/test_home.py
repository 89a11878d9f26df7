"""The home page: what was published, what is open, and the council's own waves for who may see them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peilstok.accounts.models import Role, User
from peilstok.collect.models import Wave
from peilstok.publish.models import Release
from tests.accounts.cast import anna, bram, carla, person
from tests.publish import fielded

pytestmark = pytest.mark.django_db

CLOSES = datetime(2020, 4, 6, 10, 0, tzinfo=UTC)  # `closes` of the wave of tests/publish/fielded.py
DURING = CLOSES - timedelta(days=1)


def at(settings: Any, moment: datetime) -> None:
    settings.PEILSTOK_MOMENT = lambda: moment


@pytest.fixture(autouse=True)
def during_the_wave(settings: Any) -> None:
    at(settings, DURING)


def release(wave: Wave, *, edition: int = 1, title: str = "Opvang komt op gang") -> Release:
    """An edition as far as the home page reads it."""
    articles = {language: {"summary": f"Kern van {title}."} for language in ("nl", "en")}
    return Release.objects.create(
        wave=wave,
        edition=edition,
        kind="first" if edition == 1 else "revision",
        title_nl=title,
        title_en="Care gets under way",
        published_at=fielded.AT_TWO,
        provisional=False,
        synthetic=wave.frame.synthetic,
        content={"articles": articles},
        disclosure_log=[],
        data_fingerprint="a" * 64,
        files_fingerprint="a" * 64,
        code_version="0",
    )


def home(client: Client, address: str = "/") -> str:
    return client.get(address).content.decode()


def headings(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", page)


def test_with_nothing_there_the_page_says_how_a_poll_goes(client: Client) -> None:
    assert headings(home(client)) == ["Zo gaat een peiling"]


def test_the_latest_publication_is_told_with_its_summary_and_the_one_before_it_is_named(client: Client) -> None:
    second = fielded.wave("wave-2")
    release(second, title="De eerste stand")
    release(fielded.wave("wave-3", previous=second))
    page = home(client)
    assert headings(page) == ["Net gepubliceerd", "Eerder", "Zo gaat een peiling"]
    assert "Kern van Opvang komt op gang." in page
    assert "Kern van De eerste stand." not in page
    assert page.index("/publicaties/wave-3/") < page.index("/publicaties/wave-2/")


def test_of_a_wave_the_newest_edition_is_shown(client: Client) -> None:
    wave = fielded.wave()
    release(wave, title="Oud")
    release(wave, edition=2, title="Nieuw")
    page = home(client)
    assert ">Nieuw</a>" in page
    assert ">Oud</a>" not in page


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_publication_of_synthetic_answers_is_marked_and_a_real_one_is_not(client: Client, synthetic: bool) -> None:
    release(fielded.wave(synthetic=synthetic))
    assert ("synthetische antwoorden" in home(client)) is synthetic


def test_an_open_poll_is_announced_until_the_moment_it_closes(client: Client, settings: Any) -> None:
    fielded.wave(state="open")
    at(settings, CLOSES - timedelta(microseconds=1))
    assert "Besturen kunnen antwoorden tot maandag 6 april 2020 om 12.00 uur." in home(client)
    at(settings, CLOSES)
    assert "Loopt nu" not in home(client)


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_a_poll_that_is_not_open_is_not_announced(client: Client, state: str) -> None:
    fielded.wave(state=state)
    assert "Loopt nu" not in home(client)


def statistician() -> User:
    return person("Stan", Role.STATISTICIAN)


def administrator() -> User:
    return person("Ada", Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("who", "sees"), [(anna, True), (statistician, True), (bram, False), (carla, False), (administrator, False)]
)
def test_the_councils_waves_are_for_those_who_may_see_the_monitor(client: Client, who: Any, sees: bool) -> None:
    fielded.wave(state="draft")
    client.force_login(who())
    page = home(client)
    assert ('href="/raad/metingen/wave-3/"' in page) is sees
    assert (">Metingen</h2>" in page) is sees
    assert ("0 van 0" in page) is sees


def test_a_visitor_sees_no_numbers_of_a_running_poll(client: Client) -> None:
    fielded.wave(state="open")
    page = home(client)
    assert "Geantwoord" not in page
    assert "/raad/" not in page


def test_in_english_the_page_is_english(client: Client) -> None:
    fielded.wave("wave-2", state="open")
    release(fielded.wave())
    page = home(client, "/?lang=en")
    assert headings(page) == ["Open now", "Just published", "How a poll goes"]
    assert "Care gets under way" in page


def test_more_waves_need_no_more_queries(client: Client) -> None:
    client.force_login(anna())
    release(fielded.wave("wave-2"))
    with CaptureQueriesContext(connection) as few:
        home(client)
    release(fielded.wave("wave-3"))
    with CaptureQueriesContext(connection) as more:
        home(client)
    assert len(more) == len(few)
