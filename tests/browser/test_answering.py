"""A board answers the questionnaire of 6 April 2020 in a real browser; Bram is on his phone, Anna at her desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from peilstok.collect import waves
from peilstok.collect.models import Revision, Wave
from peilstok.collect.monitor import counts
from peilstok.collect.wavefile import read
from tests.accounts import cast
from tests.browser.conftest import NewPage, shoot, sideways, violations
from tests.collect import fielding

FOLDER = Path(__file__).resolve().parents[2] / "demo" / "2020" / "wave-3"
MOMENT = datetime(2020, 4, 3, 8, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wave(transactional_db: None, settings: Settings) -> Wave:
    """The third wave of the demo, open, on the invented boards of the tests."""
    settings.PEILSTOK_MOMENT = lambda: MOMENT
    text = (FOLDER / "wave.yaml").read_text().replace("previous: wave-2\n", "").replace("plan: plan.yaml\n", "")
    file = read(text, file="wave.yaml", beside=lambda name: (FOLDER / name).read_text())
    frame = fielding.frame(on=date(2019, 10, 1))
    created = waves.create_wave(file=file, frame=frame, by="command", moment=file.spec.opens)
    return waves.open_wave(wave=created, by="command", moment=file.spec.opens)


def next_page(page: Page) -> None:
    assert sideways(page) == 0, f"{page.url} scrolls sideways"
    page.get_by_role("button", name="Opslaan").click()


def answer_all(page: Page, look: Callable[[str], None] = lambda name: None) -> None:
    """From the first page to the check page, as a person does: read, fill in, tap."""
    look("1-first")
    next_page(page)
    page.get_by_label("Hoeveel leerlingen vangen uw scholen op dit moment op?").fill("46")
    page.get_by_label("omdat een ouder een cruciaal beroep heeft").fill("35")
    page.get_by_label("omdat zij kwetsbaar zijn").fill("11")
    page.get_by_role("group", name="volgende week").get_by_label("Meer dan nu").check()
    look("2-care")
    next_page(page)
    page.get_by_label("Hoeveel van al uw leerlingen zijn kwetsbaar?").fill("150")
    page.get_by_label("Noodopvang op school").check()
    page.get_by_label("Begeleiding op afstand").check()
    look("3-vulnerable")
    next_page(page)
    page.get_by_label("Hoeveel van uw kwetsbare leerlingen hebt u in beeld?").fill("120")
    page.get_by_role("group", name="op gang gekomen").get_by_label("Deels").check()
    page.get_by_role("group", name="voortouw").get_by_label("De gemeente").check()
    look("4-reach")
    next_page(page)


def test_a_board_answers_on_a_small_phone_without_javascript(
    wave: Wave, live_server: LiveServer, page_360_nojs: Page
) -> None:
    """Director 3: 360 px wide without sideways scroll, complete without JavaScript."""
    page = page_360_nojs
    page.goto(live_server.url + fielding.path_of(wave))
    assert page.get_by_label("Hoeveel leerlingen hebben uw scholen samen?").input_value() == "1.200"
    answer_all(page, lambda name: shoot(page, f"360-{name}"))
    assert page.get_by_role("heading", level=1).inner_text() == "Controleer uw antwoorden"
    assert sideways(page) == 0
    shoot(page, "360-5-check")
    page.get_by_role("button", name="Antwoorden versturen").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Uw bestuur heeft geantwoord"
    assert sideways(page) == 0
    shoot(page, "360-6-done")
    revision = Revision.objects.get()
    assert revision.reference in page.content()
    assert revision.counted["in_care_vulnerable"] == 11
    assert revision.counted["care_forms"] == ["digital", "on_site"]
    assert counts(wave).answered == 1


def test_a_mistake_is_told_once_on_top_and_the_link_leads_to_the_field(
    wave: Wave, live_server: LiveServer, page_360_nojs: Page
) -> None:
    """Director 8: the difference, not "invalid"; director 13: one summary on top, read out once."""
    page = page_360_nojs
    page.goto(live_server.url + fielding.path_of(wave))
    next_page(page)
    page.get_by_label("Hoeveel leerlingen vangen uw scholen op dit moment op?").fill("46")
    page.get_by_label("omdat een ouder een cruciaal beroep heeft").fill("30")
    page.get_by_label("omdat zij kwetsbaar zijn").fill("11")
    page.get_by_role("group", name="volgende week").get_by_label("Weet ik niet").check()
    next_page(page)
    assert page.title().startswith("Fout: ")
    assert page.evaluate("document.activeElement.className") == "error-summary"  # read out by itself, without a script
    summary = page.locator(".error-summary")
    assert summary.count() == 1
    assert "5 te weinig" in summary.inner_text()
    shoot(page, "360-7-error")
    summary.get_by_role("link").click()
    assert page.url.endswith("#in_care_vulnerable")
    assert page.get_by_label("omdat zij kwetsbaar zijn").input_value() == "11"
    assert page.get_by_role("group", name="volgende week").get_by_label("Weet ik niet").is_checked()
    assert sideways(page) == 0


def test_number_fields_bring_up_the_number_keyboard(wave: Wave, live_server: LiveServer, page_360_nojs: Page) -> None:
    """Director 6."""
    page_360_nojs.goto(live_server.url + fielding.path_of(wave))
    assert page_360_nojs.get_by_label("Hoeveel leerlingen").get_attribute("inputmode") == "numeric"


def test_the_first_screen_is_at_most_30_kb_and_three_requests(
    wave: Wave, live_server: LiveServer, page_360_nojs: Page
) -> None:
    """Director 3."""
    sizes: list[int] = []
    page_360_nojs.on("response", lambda response: sizes.append(len(response.body())))
    page_360_nojs.goto(live_server.url + fielding.path_of(wave), wait_until="networkidle")
    assert len(sizes) <= 3
    assert sum(sizes) <= 30_000


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_a_board_is_accessible(
    wave: Wave, live_server: LiveServer, new_page: NewPage, width: int, dark: bool
) -> None:
    page, found = new_page(width=width, dark=dark), dict[str, list[str]]()

    def look(name: str) -> None:
        found[name] = violations(page)
        shoot(page, f"{width}-{'dark' if dark else 'light'}-{name}")

    page.goto(live_server.url + fielding.path_of(wave))
    next_page(page)
    next_page(page)
    look("error")
    page.goto(live_server.url + fielding.path_of(wave) + "vraag/board/")
    page.get_by_label("Hoeveel leerlingen").fill("1.700")
    next_page(page)
    look("question")
    page.get_by_label("Ja, dit klopt").check()
    next_page(page)
    page.goto(live_server.url + fielding.path_of(wave) + "vraag/board/")
    answer_all(page, look)
    look("check")
    page.get_by_role("button", name="Antwoorden versturen").click()
    look("done")
    page.goto(live_server.url + "/a/onbekend/")
    look("unknown")
    page.goto(live_server.url + fielding.path_of(wave, "99002"))
    page.get_by_role("button", name="Wij doen niet mee").click()
    look("refused")
    assert {name: each for name, each in found.items() if each} == {}


def test_two_devices_see_both_answers(wave: Wave, live_server: LiveServer, new_page: NewPage) -> None:
    phone, desk = new_page(width=360), new_page()
    for page, number in ((phone, "40"), (desk, "44")):
        page.goto(live_server.url + fielding.path_of(wave))
        page.get_by_label("Hoeveel leerlingen").fill("1.2" + number)
    next_page(phone)
    next_page(desk)
    assert desk.get_by_role("heading", level=1).inner_text() == "Welk antwoord klopt?"
    assert violations(desk) == []
    shoot(desk, "1280-conflict")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_monitor_is_accessible_and_adds_up(
    wave: Wave, live_server: LiveServer, new_page: NewPage, client: object, width: int
) -> None:
    cast.anna()
    board = new_page(width=360, javascript=False)
    board.goto(live_server.url + fielding.path_of(wave))
    answer_all(board)
    board.get_by_role("button", name="Antwoorden versturen").click()
    page = new_page(width=width)
    page.goto(f"{live_server.url}/raad/metingen/{wave.pk}/")
    page.get_by_label("E-mail").fill("anna@peilstok.example")
    page.get_by_label("Wachtwoord").fill(cast.PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    assert violations(page) == []
    assert sideways(page) == 0
    shoot(page, f"{width}-monitor")
    numbers = [int(text) for text in page.locator("table").first.locator("tbody td.number").all_inner_texts()]
    assert sum(numbers) == 4
    page.goto(f"{live_server.url}/raad/metingen/")
    assert violations(page) == []
    shoot(page, f"{width}-waves")
