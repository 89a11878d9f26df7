"""The pages of publications and their files, as anyone gets them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from peilstok.publish.models import Release
from tests.publish import example, fielded
from tests.publish.test_page import Reader
from tests.publish.test_releases import OTHER, publish

pytestmark = pytest.mark.django_db
ANYONE = Client()


def get(address: str, **more: Any) -> Any:
    return ANYONE.get(address, **more)


@pytest.fixture
def release() -> Release:
    return publish(fielded.wave())


def revised(release: Release) -> Release:
    return publish(release.wave, fielded.with_value(example.book(), "care_on_site", 81.0), fielded.NEXT_DAY, note=OTHER)


def test_without_publications_the_list_says_so() -> None:
    assert "Er is nog niets gepubliceerd." in get("/publicaties/").content.decode()


def test_the_list_leads_to_the_newest_edition_of_each_wave(release: Release) -> None:
    revised(release)
    html = get("/publicaties/").content.decode()
    assert html.count('href="/publicaties/wave-3/"') == 1
    text = Reader(html).text
    assert "Opvang komt op gang" in text
    assert "editie 2" in text
    assert "7 april 2020" in text
    assert "Synthetische antwoorden" in text
    assert "Bij 63,5 procent van de besturen die antwoordden is de opvang op gang" in text


def test_the_address_of_a_wave_shows_its_newest_edition(release: Release) -> None:
    assert "Definitief · editie 1" in Reader(get("/publicaties/wave-3/").content.decode()).text
    revised(release)
    text = Reader(get("/publicaties/wave-3/").content.decode()).text
    assert "Definitief · editie 2" in text
    assert "Bijstelling: de cijfers zijn opnieuw berekend" in text
    assert "Bijgestelde cijfers" in text


def test_an_older_edition_stays_at_its_address_and_says_that_there_is_a_newer_one(release: Release) -> None:
    revised(release)
    text = Reader(get("/publicaties/wave-3/1/").content.decode()).text
    assert "Definitief · editie 1" in text
    assert "U leest editie 1. Er is een nieuwere." in text
    assert "80,0%" in text
    assert "Er is een nieuwere" not in Reader(get("/publicaties/wave-3/2/").content.decode()).text


def test_the_page_speaks_english_when_asked(release: Release) -> None:
    response = Client().get("/publicaties/wave-3/?lang=en")
    html = response.content.decode()
    assert '<html lang="en">' in html
    assert "Care gets under way" in html
    assert "Synthetic answers:" in html
    assert "63.5%" in html


def test_every_link_of_the_page_to_a_file_works(release: Release) -> None:
    html = get("/publicaties/wave-3/").content.decode()
    files = set(re.findall(r'href="(/publicaties/wave-3/1/[^"]+\.[a-z]+)"', html))
    assert len(files) == 5 + len(re.findall(r'<figure class="chart"', html))
    assert {get(file).status_code for file in files} == {200}


def test_every_bound_number_of_the_article_leads_to_its_row(release: Release) -> None:
    read = Reader(get("/publicaties/wave-3/").content.decode())
    assert {"figure-municipal_care_started", "figure-respondents"} <= set(read.goes_to)
    assert set(read.goes_to) <= set(read.ids)
    assert len(read.ids) == len(set(read.ids))


@pytest.mark.parametrize(
    ("name", "media_type", "disposition"),
    [
        ("article.nl.pdf", "application/pdf", "inline"),
        ("article.nl.html", "text/html; charset=utf-8", "attachment"),
        ("chart-municipal-care.nl.svg", "image/svg+xml", "attachment"),
        ("figures.csv", "text/csv; charset=utf-8; header=present", "attachment"),
        ("figures.csv-metadata.json", "application/csvm+json", "attachment"),
        ("figures.json", "application/json", "attachment"),
    ],
)
def test_a_file_comes_with_its_media_type_and_name_for_ever(
    release: Release, name: str, media_type: str, disposition: str
) -> None:
    response = get(f"/publicaties/wave-3/1/{name}")
    kept = release.files.get(name=name)
    assert response.content == bytes(kept.content)
    assert response["Content-Type"] == media_type
    assert response["Content-Disposition"] == f'{disposition}; filename="wave-3-1-{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["ETag"] == f'"{kept.sha256}"'
    assert "immutable" in response["Cache-Control"]


def test_a_file_that_the_browser_has_is_not_sent_again(release: Release) -> None:
    etag = get("/publicaties/wave-3/1/figures.csv")["ETag"]
    again = get("/publicaties/wave-3/1/figures.csv", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert get("/publicaties/wave-3/1/figures.csv", headers={"if-none-match": '"other"'}).status_code == 200


def test_the_csv_says_where_its_description_is(release: Release) -> None:
    assert 'rel="describedby"' in get("/publicaties/wave-3/1/figures.csv")["Link"]


def test_the_address_of_a_wave_leads_to_the_file_of_its_newest_edition(release: Release) -> None:
    revised(release)
    response = get("/publicaties/wave-3/figures.csv")
    assert (response.status_code, response["Location"]) == (302, "/publicaties/wave-3/2/figures.csv")


@pytest.mark.parametrize(
    "address",
    [
        "/publicaties/wave-9/",
        "/publicaties/wave-3/9/",
        "/publicaties/wave-3/1/nothing.csv",
        "/publicaties/wave-3/nothing.csv",
        "/publicaties/wave-9/figures.csv",
    ],
)
def test_what_was_never_published_is_not_there(release: Release, address: str) -> None:
    assert get(address).status_code == 404


def test_a_publication_takes_no_posts(release: Release) -> None:
    assert ANYONE.post("/publicaties/wave-3/").status_code == 405


def test_the_page_weighs_less_than_a_hundred_kilobytes_and_asks_one_stylesheet(release: Release) -> None:
    html = get("/publicaties/wave-3/").content
    assert len(html) < 100_000
    assert html.count(b'rel="stylesheet"') == 1
    assert b"<script" not in html
    assert b"style=" not in html


def test_the_page_names_the_address_to_cite(release: Release) -> None:
    html = get("/publicaties/wave-3/").content.decode()
    assert "http://localhost:8000/publicaties/wave-3/1/" in html
    assert '<link rel="canonical" href="http://localhost:8000/publicaties/wave-3/1/">' in html
