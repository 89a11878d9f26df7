"""Director 10: locked screen, tunnel, other device: nothing typed is lost, and the same link goes on where I was."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from peilstok.collect.models import Draft, Wave
from tests.accounts.cast import PASSWORD, anna
from tests.browser.conftest import NewPage, shoot, sideways, violations
from tests.collect import fielding

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wave(transactional_db: None, settings: Settings) -> Wave:
    settings.PEILSTOK_MOMENT = lambda: fielding.DURING
    return fielding.opened_wave()


def at_care(page: Page, server: LiveServer, wave: Wave) -> Page:
    page.goto(server.url + fielding.path_of(wave))
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Opvang")
    page.wait_for_load_state()  # with its script
    return page


def kept(page: Page) -> None:
    expect(page.locator(".kept")).to_have_text("Bewaard.")


def test_what_is_typed_is_kept_without_pressing_anything_and_is_there_on_another_device(
    wave: Wave, live_server: LiveServer, new_page: NewPage
) -> None:
    phone = at_care(new_page(width=360, height=740), live_server, wave)
    phone.get_by_label("Hoeveel vangt u op?").press_sequentially("41")
    kept(phone)
    shoot(phone, "360-kept")
    assert sideways(phone) == 0
    assert violations(phone) == []
    desk = new_page()
    desk.goto(live_server.url + fielding.path_of(wave))
    assert desk.get_by_label("Hoeveel vangt u op?").input_value() == "41"
    assert not desk.title().startswith("Fout")


def test_a_screen_that_locks_keeps_what_was_typed_a_moment_before(
    wave: Wave, live_server: LiveServer, new_page: NewPage
) -> None:
    phone = at_care(new_page(width=360, height=740), live_server, wave)
    with phone.expect_response("**/bewaar/"):
        phone.evaluate(
            """() => {
                const field = document.querySelector("#in_care");
                field.value = "42";  // typed, and not yet a second ago
                Object.defineProperty(document, "visibilityState", {value: "hidden"});
                document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
    assert Draft.objects.get().typed["care"]["fields"]["in_care"] == ["42"]


def test_in_a_tunnel_what_is_typed_stays_on_the_phone_also_when_the_page_is_loaded_anew_and_is_kept_afterwards(
    wave: Wave, live_server: LiveServer, new_page: NewPage
) -> None:
    phone = at_care(new_page(width=360, height=740), live_server, wave)
    phone.context.set_offline(True)
    phone.get_by_label("Hoeveel vangt u op?").press_sequentially("43")
    phone.get_by_role("checkbox", name="Op school").check()
    expect(phone.locator(".kept")).to_contain_text("Geen verbinding")
    shoot(phone, "360-no-connection")
    phone.get_by_role("button", name="Opslaan").click()  # the form stays, where the browser would have shown an error
    expect(phone.locator(".kept")).to_contain_text("Geen verbinding")
    assert phone.get_by_label("Hoeveel vangt u op?").input_value() == "43"
    assert "care" not in Draft.objects.get().typed
    again = phone.context.new_page()  # the phone threw the page away, and opens the link anew
    phone.route("**/*", lambda route: route.abort())
    phone.context.set_offline(False)
    phone = again
    phone.goto(live_server.url + fielding.path_of(wave))
    kept(phone)
    assert phone.get_by_label("Hoeveel vangt u op?").input_value() == "43"
    assert phone.get_by_role("checkbox", name="Op school").is_checked()
    assert Draft.objects.get().typed["care"]["fields"]["in_care"] == ["43"]


def test_out_of_the_tunnel_it_is_kept_by_itself(wave: Wave, live_server: LiveServer, new_page: NewPage) -> None:
    phone = at_care(new_page(width=360, height=740), live_server, wave)
    phone.context.set_offline(True)
    phone.get_by_label("Hoeveel vangt u op?").press_sequentially("44")
    expect(phone.locator(".kept")).to_contain_text("Geen verbinding")
    phone.context.set_offline(False)
    kept(phone)
    assert Draft.objects.get().typed["care"]["fields"]["in_care"] == ["44"]
    phone.get_by_role("radio", name="De scholen").check()
    phone.get_by_role("button", name="Opslaan").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Meer over de opvang")
    assert Draft.objects.get().answers["in_care"] == 44


def test_a_page_that_another_device_saved_meanwhile_says_so_and_shows_both(
    wave: Wave, live_server: LiveServer, new_page: NewPage
) -> None:
    phone = at_care(new_page(width=360, height=740), live_server, wave)
    desk = new_page()
    desk.goto(live_server.url + fielding.path_of(wave))
    desk.get_by_label("Hoeveel vangt u op?").fill("50")
    desk.get_by_role("radio", name="Een ander").check()
    desk.get_by_role("button", name="Opslaan").click()
    phone.get_by_label("Hoeveel vangt u op?").press_sequentially("45")
    expect(phone.locator(".kept")).to_contain_text("ook ergens anders ingevuld")
    phone.get_by_role("button", name="Opslaan").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Welk antwoord klopt?")
    assert Draft.objects.get().answers["in_care"] == 50


def test_what_was_left_on_a_phone_does_not_write_over_what_was_saved_on_another_device_since(
    wave: Wave, live_server: LiveServer, new_page: NewPage
) -> None:
    phone = at_care(new_page(width=360, height=740), live_server, wave)
    phone.route("**/bewaar/", lambda route: route.abort())
    phone.get_by_label("Hoeveel vangt u op?").press_sequentially("46")
    expect(phone.locator(".kept")).to_contain_text("Geen verbinding")
    desk = new_page()
    desk.goto(live_server.url + fielding.path_of(wave))
    desk.get_by_label("Hoeveel vangt u op?").fill("50")
    desk.get_by_role("radio", name="Een ander").check()
    desk.get_by_role("button", name="Opslaan").click()
    phone = phone.context.new_page()
    phone.goto(f"{live_server.url}{fielding.path_of(wave)}vraag/care/")
    expect(phone.locator(".kept")).to_contain_text("ook ergens anders ingevuld")
    assert phone.get_by_label("Hoeveel vangt u op?").input_value() == "46"
    phone.get_by_role("button", name="Opslaan").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Welk antwoord klopt?")
    assert Draft.objects.get().answers["in_care"] == 50


TELEPHONE = "/raad/metingen/wave-3/besturen/99001/telefoon/"


def log_in(page: Page) -> None:
    page.get_by_label("E-mailadres").fill("anna@peilstok.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()


def on_the_telephone(page: Page, server: LiveServer) -> Page:
    """Anna at her desk, on the second page of the board."""
    anna()
    page.goto(f"{server.url}/inloggen/?next={TELEPHONE}")
    log_in(page)
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Opvang")
    page.wait_for_load_state()
    return page


def test_what_an_officer_types_on_the_telephone_is_kept_and_the_board_sees_it(
    wave: Wave, live_server: LiveServer, new_page: NewPage
) -> None:
    desk = on_the_telephone(new_page(), live_server)
    desk.get_by_label("Hoeveel vangt u op?").press_sequentially("47")
    kept(desk)
    shoot(desk, "1280-telephone-kept")
    phone = new_page(width=360, height=740)
    phone.goto(live_server.url + fielding.path_of(wave))
    assert phone.get_by_label("Hoeveel vangt u op?").input_value() == "47"


def test_an_officer_whose_login_ends_is_told_so_and_loses_nothing(
    wave: Wave, live_server: LiveServer, new_page: NewPage
) -> None:
    desk = on_the_telephone(new_page(), live_server)
    desk.context.clear_cookies()
    desk.get_by_label("Hoeveel vangt u op?").press_sequentially("48")
    expect(desk.locator(".kept")).to_contain_text("U bent niet meer ingelogd")
    shoot(desk, "1280-telephone-logged-out")
    assert violations(desk) == []
    assert "care" not in Draft.objects.get().typed
    desk.reload()  # leads to the login, and from there back
    log_in(desk)
    kept(desk)
    assert desk.get_by_label("Hoeveel vangt u op?").input_value() == "48"
    assert Draft.objects.get().typed["care"]["fields"]["in_care"] == ["48"]


def test_an_officer_who_presses_save_after_her_login_has_ended_finds_it_again(
    wave: Wave, live_server: LiveServer, new_page: NewPage
) -> None:
    desk = on_the_telephone(new_page(), live_server)
    desk.context.clear_cookies()
    desk.get_by_label("Hoeveel vangt u op?").press_sequentially("49")
    expect(desk.locator(".kept")).to_contain_text("U bent niet meer ingelogd")
    desk.get_by_role("button", name="Opslaan").click()
    desk.goto(f"{live_server.url}/inloggen/?next={TELEPHONE}vraag/care/")
    log_in(desk)
    kept(desk)
    assert desk.get_by_label("Hoeveel vangt u op?").input_value() == "49"
