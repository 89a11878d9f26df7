"""What the links in a mail open, in a real browser: no more mail, and the questionnaire of a test mail."""

from __future__ import annotations

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from peilstok.collect import tokens
from peilstok.collect.models import Contact, Wave
from tests.browser.conftest import NewPage, shoot, sideways, violations
from tests.collect import fielding

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wave(transactional_db: None, settings: Settings, live_server: LiveServer) -> Wave:
    settings.PEILSTOK_MOMENT = lambda: fielding.DURING
    settings.PEILSTOK = settings.PEILSTOK.model_copy(update={"site_url": live_server.url})
    return fielding.opened_wave()


def test_a_director_on_a_phone_without_javascript_ends_the_mail_to_an_address(wave: Wave, new_page: NewPage) -> None:
    page = new_page(width=360, height=740, javascript=False)
    page.goto(tokens.stop_link(Contact.objects.get(email="bestuur@proef.example")))
    assert sideways(page) == 0
    shoot(page, "stop-1-360")
    page.get_by_role("button", name="Geen mail meer naar dit adres").click()
    assert page.get_by_role("heading", name="Geen mail meer").is_visible()
    assert sideways(page) == 0
    shoot(page, "stop-2-360")
    assert Contact.objects.get(email="bestuur@proef.example").opted_out_at == fielding.DURING
    page.get_by_role("button", name="Ongedaan maken").click()
    assert page.get_by_text("gaat weer naar be...@proef.example").is_visible()
    assert sideways(page) == 0
    shoot(page, "stop-3-360")
    assert Contact.objects.get(email="bestuur@proef.example").opted_out_at is None


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_behind_the_links_of_a_mail_pass_axe(wave: Wave, new_page: NewPage, width: int, dark: bool) -> None:
    page = new_page(width=width, dark=dark)
    contact = Contact.objects.get(email="board@vaart.example")
    name = f"{width}-{'dark' if dark else 'light'}"
    page.goto(tokens.stop_link(contact))
    assert violations(page) == []
    shoot(page, f"stop-en-{name}")
    page.get_by_role("button", name="No more mail to this address").click()
    assert violations(page) == []
    shoot(page, f"stopped-en-{name}")
    page.get_by_role("button", name="Undo").click()
    assert violations(page) == []
    shoot(page, f"stop-undone-en-{name}")
    page.goto(tokens.preview_link(wave, language="nl"))
    assert violations(page) == []
    assert sideways(page) == 0
    shoot(page, f"preview-{name}")
