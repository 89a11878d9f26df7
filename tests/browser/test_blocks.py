"""A board answers for each of its schools in a real browser, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from peilstok.collect import waves
from peilstok.collect.models import Revision, Wave
from tests.browser.conftest import NewPage, shoot, sideways, violations
from tests.collect import fielding
from tests.collect.test_blocks import QUESTIONNAIRE, with_sites

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wave(transactional_db: None, settings: Settings) -> Wave:
    settings.PEILSTOK_MOMENT = lambda: fielding.DURING
    frame = fielding.frame()
    with_sites(frame)
    drafted = fielding.draft_wave(questionnaire=QUESTIONNAIRE, on=frame)
    return waves.open_wave(wave=drafted, by="command", moment=fielding.OPENS)


def test_a_board_answers_for_its_schools_in_numbers_and_in_percent_without_javascript(
    wave: Wave, live_server: LiveServer, page_360_nojs: Page
) -> None:
    page = page_360_nojs
    page.goto(live_server.url + fielding.path_of(wave))
    assert page.get_by_label("De Linden").is_checked()
    shoot(page, "blocks-360-1-list")
    save(page)
    page.get_by_label("Hoeveel leerlingen van De Linden vangt u op?", exact=True).fill("23")
    page.get_by_label("Wat u invult: Hoeveel leerlingen van De Linden vangt u op?").select_option("procent")
    shoot(page, "blocks-360-2-school")
    save(page)
    page.get_by_label("Hoeveel leerlingen van De Eiken vangt u op?", exact=True).fill("2000")
    save(page)
    shoot(page, "blocks-360-3-error")
    assert (
        "U vulde 2.000 van 120 leerlingen in."
        in page.get_by_role("group", name="Dit kan nog niet kloppen").inner_text()
    )
    page.get_by_label("Hoeveel leerlingen van De Eiken vangt u op?", exact=True).fill("3")
    save(page)
    assert "Dat zijn er 49." in page.content()
    shoot(page, "blocks-360-4-note")
    save(page)
    shoot(page, "blocks-360-5-check")
    page.get_by_role("button", name="Antwoorden versturen").click()
    assert Revision.objects.get().counted["in_care.s00ap"] == 46


def save(page: Page) -> None:
    assert sideways(page) == 0, f"{page.url} scrolls sideways"
    page.get_by_role("button", name="Opslaan").click()


@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_of_a_block_pass_axe(wave: Wave, live_server: LiveServer, new_page: NewPage, dark: bool) -> None:
    page = new_page(width=360, dark=dark)
    page.goto(live_server.url + fielding.path_of(wave))
    assert violations(page) == []
    page.get_by_role("button", name="Opslaan").click()
    page.get_by_label("Hoeveel leerlingen van De Linden vangt u op?", exact=True).fill("46")
    page.get_by_role("button", name="Opslaan").click()
    page.get_by_label("Hoeveel leerlingen van De Eiken vangt u op?", exact=True).wait_for()  # else there is no way back
    page.go_back()
    page.reload()
    assert "46 leerlingen is 23 procent van 200." in page.content()
    assert violations(page) == []
    shoot(page, f"blocks-360-percent-{'dark' if dark else 'light'}")
