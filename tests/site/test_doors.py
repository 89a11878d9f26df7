"""Every address of the site is public on purpose, or has something before it that keeps others out."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from peilstok.site.doors import OWN_ACCOUNT, PUBLIC, Door, Kind, doors


def test_every_address_of_the_site_has_a_door() -> None:
    found = list(doors())
    assert [door.name for door in found if door.kind is Kind.NONE] == []
    acts = {door.name for door in found if door.kind is Kind.ACT}
    assert acts == {"collect:waves", "collect:monitor", "collect:calls", "collect:call"}
    links = {door.name for door in found if door.kind is Kind.LINK}
    names = ("answer", "page", "keep", "check", "done", "pdf", "refuse")
    assert links == {f"collect:{name}" for name in names}


def test_the_lists_name_no_address_that_is_gone() -> None:
    assert {door.name for door in doors()} >= PUBLIC | OWN_ACCOUNT


def test_a_view_that_nobody_thought_of_is_found() -> None:
    def forgotten(request: HttpRequest) -> HttpResponse:
        return HttpResponse("the answers of all boards")

    assert list(doors([path("raad/antwoorden/", forgotten, name="answers")])) == [Door("answers", Kind.NONE)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "door", [each for each in doors() if each.kind in (Kind.ACT, Kind.LOGIN)], ids=lambda d: d.name
)
def test_carla_without_an_account_is_asked_to_log_in(door: Door, client: Client) -> None:
    about = {"collect:monitor": ["wave-3"], "collect:calls": ["wave-3"], "collect:call": ["wave-3", "99001"]}
    address = reverse(door.name, args=about.get(door.name, []))
    assert client.get(address)["Location"] == f"/inloggen/?next={address}"
