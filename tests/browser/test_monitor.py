"""The monitor and the list of boards to call in a real browser: small and wide, light and dark, with one key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django import Settings

from peilstok.accounts.models import User
from peilstok.collect import contacts
from peilstok.collect.contacts import Reached
from peilstok.collect.models import Call, Wave
from tests.accounts.cast import PASSWORD, anna
from tests.browser.conftest import NewPage, shoot, sideways, violations
from tests.collect import fielding, polled

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = [
    *(100 + 3 * at for at in range(60)),
    *(600 + 9 * at for at in range(60)),
    *(2_500 + 50 * at for at in range(30)),
]
NOW = fielding.DURING + timedelta(days=1)
MONITOR = "/raad/metingen/wave-3/"
LIST = f"{MONITOR}bellijst/"


@pytest.fixture
def wave(transactional_db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Wave:
    """150 boards, of which 43 have answered, with a reminder half-way."""
    settings.PEILSTOK_MOMENT = lambda: NOW
    made = polled.wave(SIZES, more="ready_when: {half_width: 6, coverage: 60}\n")
    polled.answer(made, [*range(1, 21), *range(61, 81), *range(121, 124)], at=fielding.OPENS + timedelta(hours=1))
    polled.mailed(made, "invitation", fielding.OPENS)
    polled.mailed(made, "reminder-1", fielding.OPENS + timedelta(hours=2))
    known: Callable[[Any], dict[int, Reached]] = lambda boards: {  # noqa: E731
        board: Reached("Vera van de Vaart", "030 000 00 33") for board in boards if board % 2
    }
    monkeypatch.setattr(contacts, "reached", known)
    return made


def logged_in(page: Page, address: str, live_server: Any) -> Page:
    User.objects.filter(name="Anna").exists() or anna()
    page.goto(f"{live_server.url}/inloggen/?next={address}")
    page.get_by_label("E-mailadres").fill("anna@peilstok.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/raad/**", wait_until="load")
    return page


@pytest.mark.parametrize("address", [MONITOR, LIST], ids=["monitor", "calls"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    wave: Wave, live_server: Any, new_page: NewPage, address: str, width: int, dark: bool
) -> None:
    page = logged_in(new_page(width=width, dark=dark), address, live_server)
    for details in page.locator("details").all():
        details.evaluate("each => each.open = true")
    page.locator(".calls__row:nth-child(n + 6)").evaluate_all("rows => rows.forEach(row => row.remove())")
    shoot(page, f"{'calls' if address == LIST else 'monitor'}-{width}-{'dark' if dark else 'light'}")
    assert violations(page) == []
    assert sideways(page) == 0


def test_one_key_notes_a_call_and_the_focus_moves_to_the_next_board(
    wave: Wave, live_server: Any, page_wide: Page
) -> None:
    page = logged_in(page_wide, LIST, live_server)
    focused = "document.activeElement.id"
    first = page.evaluate(focused)
    second = page.locator(".calls__row").nth(1).get_attribute("id")
    assert first == page.locator(".calls__row").first.get_attribute("id")
    with page.expect_navigation():
        page.keyboard.press("3")
    call = Call.objects.get()
    assert (call.result, f"bestuur-{call.invitation.unit.number}") == ("no_reply", first)
    assert page.evaluate(focused) == second
    with page.expect_navigation():
        page.keyboard.press("2")
    assert Call.objects.get(result="will_answer").invitation.unit.number == str(second).removeprefix("bestuur-")


def test_a_key_outside_a_row_or_in_a_field_presses_nothing(wave: Wave, live_server: Any, page_wide: Page) -> None:
    page = logged_in(page_wide, LIST, live_server)
    page.locator("h1").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("5")
    page.locator("input[type=datetime-local]").first.focus()
    page.keyboard.press("5")
    page.locator(".calls__row").first.focus()
    page.keyboard.press("Control+5")
    assert not Call.objects.exists()


def test_a_key_that_is_held_down_notes_one_call(wave: Wave, live_server: Any, page_wide: Page) -> None:
    page = logged_in(page_wide, LIST, live_server)
    for _ in range(4):  # the browser sends the key again and again, marked as a repetition
        page.keyboard.down("5")
        page.wait_for_timeout(300)
    page.keyboard.up("5")
    assert Call.objects.count() == 1


def test_the_key_for_calling_back_asks_first_when(wave: Wave, live_server: Any, page_wide: Page) -> None:
    page = logged_in(page_wide, LIST, live_server)
    page.keyboard.press("6")
    assert page.evaluate("document.activeElement.type") == "datetime-local"
    page.locator("input[type=datetime-local]").first.fill("2020-04-05T10:00")
    page.locator(".calls__row").first.focus()
    with page.expect_navigation():
        page.keyboard.press("6")
    call = Call.objects.get()
    assert call.call_back_at == datetime.fromisoformat("2020-04-05T10:00:00+02:00")


def test_without_javascript_the_buttons_do_the_same_on_a_phone(
    wave: Wave, live_server: Any, page_360_nojs: Page
) -> None:
    page = logged_in(page_360_nojs, LIST, live_server)
    page.locator(".calls__row").first.get_by_role("button", name="Gaat antwoorden").click()
    assert Call.objects.get().result == "will_answer"
    assert "genoteerd, Gaat antwoorden." in page.get_by_role("status").inner_text()


def test_a_page_that_refreshes_itself_keeps_the_reading_position(
    wave: Wave, live_server: Any, page_360_nojs: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    from peilstok.collect.views import monitoring

    monkeypatch.setattr(monitoring, "EVERY", 2)
    page = logged_in(page_360_nojs, f"{MONITOR}?zelf=1", live_server)
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(500)
    before = page.evaluate("window.scrollY")
    assert before > 300
    polled.answer(wave, [124])
    page.get_by_text("44 van 150 besturen").wait_for(timeout=8_000)
    assert abs(page.evaluate("window.scrollY") - before) < 40
    page.get_by_role("link", name="Stop met verversen").click()
    assert page.get_by_role("link", name="Ververs deze pagina vanzelf").is_visible()
