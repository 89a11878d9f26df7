"""A board hands a part to a school, on a phone; an officer answers for it at her desk. With axe, without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from peilstok.collect.models import Handover, Revision, Wave
from tests.accounts import cast
from tests.browser.conftest import NewPage, shoot, sideways, violations
from tests.collect import by_school, fielding
from tests.collect.by_school import LINDEN

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wave(transactional_db: None, settings: Settings) -> Wave:
    settings.PEILSTOK_MOMENT = lambda: fielding.DURING
    return by_school.opened_wave()


def press(page: Page, name: str) -> None:
    assert sideways(page) == 0, f"{page.url} scrolls sideways"
    page.get_by_role("button", name=name).click()


def hand_over(page: Page) -> None:
    """From the first question to the list, with De Linden in the hands of Saskia."""
    press(page, "Opslaan en verder")
    page.get_by_role("link", name="Laat een school of collega dit deel invullen").click()
    page.get_by_label("Naam", exact=True).fill("Saskia")
    page.get_by_label("E-mailadres").fill("saskia@school.example")
    page.get_by_label("Uw eigen naam").fill("Bram")
    press(page, "Verstuur de mail")


@pytest.mark.parametrize("javascript", [False, True])
def test_a_board_hands_a_school_its_part_and_sends_when_it_is_done(
    wave: Wave, live_server: LiveServer, new_page: NewPage, javascript: bool
) -> None:
    """Director 11."""
    board = new_page(width=360, height=740, javascript=javascript)
    board.goto(live_server.url + fielding.path_of(wave))
    hand_over(board)
    assert "nog niet geopend" in board.content()
    shoot(board, "handing-360-1-list")

    saskia = new_page(width=360, height=740, javascript=javascript)
    saskia.goto(live_server.url + by_school.path_of(Handover.objects.get()))
    shoot(saskia, "handing-360-2-part")
    assert "De Eiken" not in saskia.content()
    saskia.get_by_label("Hoeveel leerlingen van De Linden vangt u op?", exact=True).fill("46")
    press(saskia, "Opslaan en verder")
    shoot(saskia, "handing-360-3-part-check")
    press(saskia, "Ik ben klaar")
    assert "U bent klaar" in saskia.content()
    shoot(saskia, "handing-360-4-part-done")

    board.reload()
    assert board.get_by_text("klaar", exact=True).count() == 1
    board.goto(live_server.url + fielding.path_of(wave))
    board.get_by_label("Hoeveel leerlingen van De Eiken vangt u op?", exact=True).fill("3")
    press(board, "Opslaan en verder")
    press(board, "Opslaan en verder")
    shoot(board, "handing-360-5-check")
    press(board, "Antwoorden versturen")
    assert Revision.objects.get().counted["in_care.s00ap"] == 46


def test_a_board_sends_without_a_school_and_gives_its_own_number(
    wave: Wave, live_server: LiveServer, page_360_nojs: Page
) -> None:
    page = page_360_nojs
    by_school.hand_over(wave, LINDEN)
    page.goto(live_server.url + fielding.path_of(wave))
    press(page, "Opslaan en verder")
    page.goto(f"{live_server.url}{fielding.path_of(wave)}vraag/care--s00bk/")
    page.get_by_label("Hoeveel leerlingen van De Eiken vangt u op?", exact=True).fill("3")
    press(page, "Opslaan en verder")
    press(page, "Opslaan en verder")
    page.get_by_role("link", name="Hoeveel leerlingen van uw scholen samen vangt u op?").click()
    page.get_by_label("Uw eigen getal voor het hele bestuur").fill("49")
    page.get_by_label("Waarom is het een ander getal?").fill("De Linden belde het door")
    shoot(page, "handing-360-6-sum")
    press(page, "Opslaan")
    page.get_by_label("Verstuur zonder deze delen.").check()
    shoot(page, "handing-360-7-without")
    press(page, "Antwoorden versturen")
    shoot(page, "handing-360-8-done")
    assert Revision.objects.get().sums["in_care"]["value"] == 49


@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_about_parts_pass_axe(wave: Wave, live_server: LiveServer, new_page: NewPage, dark: bool) -> None:
    page = new_page(width=360, dark=dark)
    base = live_server.url + fielding.path_of(wave)
    page.goto(base)
    press(page, "Opslaan en verder")
    part = by_school.path_of(by_school.hand_over(wave, LINDEN)[0])
    for name, where in (
        ("list", f"{base}delen/"),
        ("give", f"{base}delen/geef/schools/"),
        ("everything", f"{base}delen/geef/alles/"),
        ("sum", f"{base}som/in_care/"),
        ("check", f"{base}controle/"),
        ("with-other", f"{base}vraag/care--s00ap/"),
        ("part", live_server.url + part),
        ("code", f"{live_server.url}/code/"),
    ):
        page.goto(where)
        assert violations(page) == [], name
        assert sideways(page) == 0, name
        shoot(page, f"handing-axe-{name}-{'dark' if dark else 'light'}")
    page.goto(f"{live_server.url}/code/")
    press(page, "Naar de vragen")
    assert violations(page) == []
    page.goto(f"{base}delen/geef/schools/")
    page.get_by_label("Naam", exact=True).first.fill("Saskia")
    press(page, "Verstuur de mail")
    assert violations(page) == []
    shoot(page, f"handing-axe-give-error-{'dark' if dark else 'light'}")


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, False), (1280, True)])
def test_the_page_of_a_board_for_the_council(
    wave: Wave, live_server: LiveServer, new_page: NewPage, width: int, dark: bool
) -> None:
    cast.anna()
    by_school.hand_over(wave, LINDEN)
    page = new_page(width=width, dark=dark)
    url = f"{live_server.url}/raad/metingen/{wave.pk}/besturen/99001/"
    page.goto(url)
    page.get_by_label("E-mailadres").fill("anna@peilstok.example")
    page.get_by_label("Wachtwoord").fill(cast.PASSWORD)
    press(page, "Inloggen")
    name = f"board-{width}-{'dark' if dark else 'light'}"
    page.get_by_role("button", name="Toon de code").click()
    assert page.get_by_text("Code om voor te lezen").is_visible()
    page.get_by_text("Dit bestuur valt buiten de doelgroep").click()
    assert violations(page) == []
    assert sideways(page) == 0
    shoot(page, name)
    page.get_by_role("link", name="Invullen voor dit bestuur").click()
    assert violations(page) == []
    shoot(page, f"{name}-telephone")
    press(page, "Opslaan en verder")
    assert "De Linden" in page.content()
    page.get_by_role("link", name="Terug naar het bestuur").click()
    page.goto(f"{live_server.url}/raad/metingen/{wave.pk}/besturen/")
    assert violations(page) == []
    assert sideways(page) == 0
    shoot(page, f"boards-{width}-{'dark' if dark else 'light'}")
