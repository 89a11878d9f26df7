"""The site's own pages in a real browser: axe finds nothing, nothing runs off a small screen, the keyboard gets by."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.accounts.cast import PASSWORD, anna
from tests.browser.conftest import NewPage, shoot, sideways, violations

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = {"home": "/", "login": "/inloggen/", "404": "/bestaat-niet/"}


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)], ids=["phone-light", "wide-dark"])
def test_axe_finds_nothing_and_no_page_runs_off_the_screen(
    live_server: Any, new_page: NewPage, name: str, dark: bool, width: int
) -> None:
    page = new_page(width=width, dark=dark)
    page.goto(live_server.url + ADDRESSES[name])
    shoot(page, f"{name}-{width}-{'dark' if dark else 'light'}")
    assert violations(page) == []
    assert sideways(page) == 0


def test_axe_would_find_what_is_wrong(live_server: Any, page_wide: Page) -> None:
    page_wide.goto(live_server.url + "/inloggen/")
    page_wide.evaluate("document.querySelector('label').remove()")
    assert any(line.startswith("label:") for line in violations(page_wide))


def test_anna_logs_in_on_a_phone_without_javascript(live_server: Any, page_360_nojs: Page) -> None:
    anna()
    page = page_360_nojs
    page.goto(live_server.url + "/inloggen/")
    page.get_by_label("E-mailadres").fill("anna@peilstok.example")
    page.get_by_label("Wachtwoord").fill("wrong")
    page.get_by_role("button", name="Inloggen").click()
    assert "Dit e-mailadres en dit wachtwoord" in page.get_by_role("alert").inner_text()
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_role("link", name="Anna").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Uw account"
    page.get_by_role("button", name="Uitloggen").click()
    assert page.get_by_role("link", name="Inloggen").is_visible()


def test_the_first_tab_leads_past_the_menu_and_every_focus_can_be_seen(live_server: Any, page_wide: Page) -> None:
    page_wide.goto(live_server.url + "/inloggen/")
    page_wide.keyboard.press("Tab")
    assert page_wide.evaluate("document.activeElement.className") == "skip-link"
    assert page_wide.locator(".skip-link").bounding_box()["y"] >= 0  # type: ignore[index]  # it has a box: focused
    for _ in range(6):
        assert page_wide.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page_wide.keyboard.press("Tab")


def test_what_one_taps_is_44_pixels_high(live_server: Any, new_page: NewPage) -> None:
    page = new_page(width=360)
    page.goto(live_server.url + "/inloggen/")
    for target in page.locator(".menu a, .menu button, .button, input:not([type=hidden])").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_the_page_calls_for_one_stylesheet_and_nothing_else(live_server: Any, new_page: NewPage) -> None:
    page = new_page(width=360)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(live_server.url)))
    page.goto(live_server.url + "/", wait_until="networkidle")
    assert [address for address in asked if not address.startswith("data:")] == ["/", "/static/site/peilstok.css"]


def test_a_council_officer_sees_the_menu_in_english_after_one_tap(live_server: Any, page_360_nojs: Page) -> None:
    page_360_nojs.goto(live_server.url + "/")
    page_360_nojs.get_by_role("link", name="English").click()
    assert page_360_nojs.locator("html").get_attribute("lang") == "en"
    page_360_nojs.get_by_role("link", name="Log in").click()
    assert page_360_nojs.get_by_role("heading", level=1).inner_text() == "Log in"
