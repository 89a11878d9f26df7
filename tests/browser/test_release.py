"""A journalist reads a publication in a real browser: on a phone, at a desk, in the dark, without JavaScript."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from peilstok.publish.models import Release
from tests.browser.conftest import NewPage, shoot, sideways, violations
from tests.publish import example, fielded
from tests.publish.conftest import build_once
from tests.publish.test_releases import OTHER, publish

pytestmark = pytest.mark.django_db(transaction=True)

CLASHES = """() => [...document.querySelectorAll("figure.chart svg")].flatMap(svg => {
    const frame = svg.getBoundingClientRect();
    const words = [...svg.querySelectorAll("text")].map(t => [t.textContent, t.getBoundingClientRect()]);
    const out = words.filter(([, b]) => b.right > frame.right + 1 || b.left < frame.left - 1);
    const over = words.flatMap(([, x], i) => words.slice(i + 1).filter(([, y]) =>
        x.left < y.right - 1 && y.left < x.right - 1 && x.top < y.bottom - 4 && y.top < x.bottom - 4));
    return [...out, ...over].map(([text]) => text);
})"""
"""Words of charts that leave their picture or lie over each other."""

ARTICLE = {"nl": "/publicaties/wave-3/", "en": "/publicaties/wave-3/?lang=en"}


@pytest.fixture
def release(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Release:
    """Two editions: the second has a revised figure."""
    build_once(monkeypatch)
    wave = fielded.wave()
    publish(wave)
    return publish(wave, fielded.with_value(example.book(), "care_on_site", 81.0), fielded.NEXT_DAY, note=OTHER)


def opened(page: Page, live_server: LiveServer, address: str) -> list[str]:
    """Go there; what the browser complains of, the content security policy first."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", heard)
    page.goto(f"{live_server.url}{address}")
    return complaints


def test_the_article_passes_axe_and_never_scrolls_sideways(
    release: Release, live_server: LiveServer, new_page: NewPage
) -> None:
    for language, width, dark in product(ARTICLE, (360, 1280), (False, True)):
        page = new_page(width=width, dark=dark)
        complaints = opened(page, live_server, ARTICLE[language])
        name = f"article-{language}-{width}-{'dark' if dark else 'light'}"
        shoot(page, name)
        assert violations(page) == [], name
        assert sideways(page) == 0, name
        assert complaints == [], name  # the content security policy speaks up here


@pytest.mark.parametrize("address", ["/publicaties/", "/publicaties/wave-3/1/"])
def test_the_list_and_an_older_edition_pass_axe_on_a_phone(
    release: Release, live_server: LiveServer, new_page: NewPage, address: str
) -> None:
    page = new_page(width=360)
    assert opened(page, live_server, address) == []
    assert violations(page) == []
    assert sideways(page) == 0


def test_without_javascript_charts_are_seen_with_their_values_beside_them(
    release: Release, live_server: LiveServer, page_360_nojs: Page
) -> None:
    page = page_360_nojs
    opened(page, live_server, ARTICLE["nl"])
    charts = page.locator("figure.chart")
    assert charts.count() == 3
    for chart in charts.all():
        picture = chart.get_by_role("img")
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] > 300
        assert box["height"] > 150
        assert chart.locator("table tbody tr").count() >= 2
    assert sideways(page) == 0


def test_the_words_of_a_chart_keep_within_the_picture_and_off_each_other(
    release: Release, live_server: LiveServer, new_page: NewPage
) -> None:
    page = new_page(width=360)
    for language, address in ARTICLE.items():
        opened(page, live_server, address)
        assert page.evaluate(CLASHES) == [], language


def test_a_bound_number_leads_to_its_row_with_its_interval(
    release: Release, live_server: LiveServer, page_360_nojs: Page
) -> None:
    page = page_360_nojs
    opened(page, live_server, ARTICLE["nl"])
    page.get_by_role("link", name="63,5 procent").click()
    row = page.locator("tr:target")
    assert "58,8 – 68,2" in (row.text_content() or "")
    box = row.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 740


def test_the_table_of_figures_stays_a_table_for_a_listener_on_a_phone(
    release: Release, live_server: LiveServer, new_page: NewPage
) -> None:
    page = new_page(width=360)
    opened(page, live_server, ARTICLE["nl"])
    table = page.get_by_role("table", name="Alle cijfers met hun marges")
    assert table.get_by_role("columnheader").count() == 5
    assert table.get_by_role("row").count() == 1 + len(example.later_figures())


def test_the_pdf_opens_from_the_page(release: Release, live_server: LiveServer, page_wide: Page) -> None:
    opened(page_wide, live_server, ARTICLE["nl"])
    link = page_wide.get_by_role("link", name="Dit artikel als PDF").get_attribute("href")
    response = page_wide.request.get(f"{live_server.url}{link}")
    assert response.headers["content-type"] == "application/pdf"
    assert response.body().startswith(b"%PDF")
