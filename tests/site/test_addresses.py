"""What anybody can type behind the site's name finds a page or none; it never reaches the database and breaks there."""

from __future__ import annotations

import pytest
from django.test import Client

from peilstok.publish.models import Release
from tests.publish import fielded
from tests.publish.conftest import build_once
from tests.publish.test_releases import publish

pytestmark = pytest.mark.django_db

NOWHERE = (
    "/a%00b",
    "/publicaties/a%00b",
    "/publicaties/wave-3%00/",
    "/publicaties/wave-3/a%00b",
    "/publicaties/wave-3/%00",
    "/publicaties/wave-3/figures.csv%00",
    "/publicaties/wave-3/a%0Ab",
    "/publicaties/wave-3/figures.csv%0A",
    "/publicaties/wave-3/a%20b.pdf",
    "/publicaties/wave-3/..",
    "/publicaties/wave-3/.hidden",
    "/publicaties/wave-3/%E2%80%AE.pdf",
    "/publicaties/wave-3/%FF",
    "/publicaties/wave-3/" + "a" * 3_000,
    "/publicaties/wave-3/1/a%00b",
    "/publicaties/wave-3/1/figures.csv%00",
    "/publicaties/wave-3/1/" + "a" * 3_000,
    "/publicaties/wave-3/0/figures.csv",
    "/publicaties/wave-3/9999999999/",
    "/publicaties/wave-3/99999999999999999999999/",
    "/publicaties/wave-3/99999999999999999999999/figures.csv",
    "/publicaties/wave-3/1%00/figures.csv",
    "/publicaties/" + "w" * 3_000 + "/figures.csv",
    "/a/%00/",
    "/a/a%00b/",
    "/a/" + "a" * 25 + "%00/",
    "/a/" + "a" * 26 + "/vraag/a%00b/",
    "/a/a%00b/controle/",
    "/raad/metingen/a%00b/",
)


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Release:
    build_once(monkeypatch)
    return publish(fielded.wave())


@pytest.fixture
def anyone() -> Client:
    """Sees the page of a fault where a test would see the exception."""
    return Client(raise_request_exception=False)


def test_an_address_that_nothing_can_have_is_not_found(release: Release, anyone: Client) -> None:
    found = {address: anyone.get(address).status_code for address in NOWHERE}
    assert {address: status for address, status in found.items() if status != 404} == {}


def test_every_file_of_a_publication_is_found_by_its_name(release: Release, anyone: Client) -> None:
    for name in release.files.values_list("name", flat=True):
        assert anyone.get(f"/publicaties/wave-3/1/{name}").status_code == 200, name
        assert anyone.get(f"/publicaties/wave-3/{name}").status_code == 302, name


@pytest.mark.parametrize("query", ["lang=%00", "next=%00", "format=%00", "%00=1", "lang=%FF"])
def test_a_nul_behind_the_question_mark_changes_nothing(release: Release, anyone: Client, query: str) -> None:
    for address in ("/", "/publicaties/", "/publicaties/wave-3/", "/publicaties/wave-3/1/figures.csv", "/inloggen/"):
        assert anyone.get(f"{address}?{query}").status_code == 200, address


def test_a_nul_in_a_cookie_is_nobodys_session(anyone: Client) -> None:
    anyone.cookies["sessionid"] = "a" * 20 + "\0" + "b" * 11
    assert anyone.get("/account/").status_code == 302
