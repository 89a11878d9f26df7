"""Every address of the site is public on purpose, or has something before it that keeps others out."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from peilstok.accounts.permissions import Act
from peilstok.site.doors import OWN_ACCOUNT, PUBLIC, Door, Kind, doors

WAVE, BOARD = {"wave": "wave-3"}, {"wave": "wave-3", "number": "99001"}
ARGUMENTS = {
    "collect:monitor": WAVE,
    "collect:boards": WAVE,
    "collect:calls": WAVE,
    "collect:call": BOARD,
    **{f"collect:board{act}": BOARD for act in ("", "_code", "_refused", "_excluded", "_reopened", "_mailed_again")},
    **{f"collect:telephone_{name}": BOARD for name in ("answer", "check", "done", "pdf", "refuse")},
    **{f"collect:telephone_{name}": {**BOARD, "page": "care"} for name in ("page", "keep")},
    "collect:telephone_total": {**BOARD, "item": "in_care"},
}


def test_every_address_of_the_site_has_a_door() -> None:
    found = list(doors())
    assert [door.name for door in found if door.kind is Kind.NONE] == []
    acts = {door.name: door.act for door in found if door.kind is Kind.ACT}
    assert {name for name, act in acts.items() if act is Act.SEE_MONITOR} == {"collect:waves", "collect:monitor"}
    of_boards = {name for name, act in acts.items() if act is Act.HANDLE_BOARD}
    filling_in = {"answer", "page", "keep", "check", "total", "done", "pdf", "refuse"}
    pages = {"boards", "board", "calls", "call"}
    acts_at_desk = {f"board_{each}" for each in ("code", "refused", "excluded", "reopened", "mailed_again")}
    assert of_boards == {
        f"collect:{name}" for name in pages | acts_at_desk | {f"telephone_{each}" for each in filling_in}
    }
    links = {door.name for door in found if door.kind is Kind.LINK}
    by_link_only = {"parts", "take_back", "remind", "give"}
    assert links == {f"collect:{name}" for name in filling_in | by_link_only | {"stop", "preview"}}


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
    address = reverse(door.name, kwargs=ARGUMENTS.get(door.name, {}))
    assert client.get(address)["Location"] == f"/inloggen/?next={address}"
