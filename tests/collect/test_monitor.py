"""The counts add up at every moment, and only the council sees them."""

from __future__ import annotations

import itertools
import json
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as quick
from hypothesis import strategies as some

from peilstok.collect import answers, counting, hands, saving, scope, waves
from peilstok.collect.models import Draft, Invitation, Wave
from peilstok.collect.monitor import SIZES, counts
from peilstok.collect.outcomes import INVITED, ORDER, REOPENED, TRANSITIONS, Event, Outcome, allowed
from peilstok.errors import NotNow
from tests.accounts import cast
from tests.collect import fielding
from tests.collect.visiting import answered

FACTS = {  # what an event leaves on the invitation
    Event.BOUNCE: ("bounced_at",),
    Event.OPEN: ("opened_at",),
    Event.START: ("opened_at", "started_at"),
    Event.CONFIRM: ("opened_at", "started_at", "answered_at"),
    Event.REFUSE: ("opened_at", "refused_at"),
    Event.EXCLUDE: ("out_of_scope_at",),
}


def happen(invitation: Invitation, event: Event, hours: int) -> None:
    invitation.refresh_from_db()
    if allowed(Outcome(invitation.outcome), event):
        for name in FACTS[event]:
            setattr(invitation, name, getattr(invitation, name) or fielding.DURING + timedelta(hours=hours))
        invitation.scope_reason = "merged" if invitation.out_of_scope_at else ""
        invitation.save(update_fields=[*FACTS[event], "scope_reason"])


def test_the_table_of_events_is_complete() -> None:
    assert set(TRANSITIONS) == set(itertools.product(Outcome, Event))
    assert {*ORDER, Outcome.NOT_OPENED} == set(Outcome)
    assert {*INVITED, Outcome.OUT_OF_SCOPE} == set(Outcome)
    assert set(REOPENED) == set(Outcome)


@pytest.mark.parametrize(("before", "event"), list(itertools.product(Outcome, Event)))
def test_the_database_derives_what_the_table_says(wave: Wave, before: Outcome, event: Event) -> None:
    invitation = fielding.invitation(wave)
    if before is not Outcome.NOT_OPENED:
        setattr(invitation, f"{before}_at", fielding.DURING)
        invitation.scope_reason = "merged" if before is Outcome.OUT_OF_SCOPE else ""
        invitation.save()
    happen(invitation, event, 1)
    invitation.refresh_from_db()
    assert invitation.outcome == (TRANSITIONS[before, event] or before)


events = some.lists(some.tuples(some.integers(0, 3), some.sampled_from(Event)), max_size=25)


@quick(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events)
def test_invited_is_the_sum_of_the_outcomes_whatever_happens(wave: Wave, happened: list[tuple[int, Event]]) -> None:
    Invitation.objects.update(**dict.fromkeys((f"{each}_at" for each in ORDER), None), scope_reason="")
    invitations = list(wave.invitations.order_by("pk"))
    expected = dict.fromkeys(range(4), Outcome.NOT_OPENED)
    for hours, (which, event) in enumerate(happened):
        happen(invitations[which], event, hours)
        expected[which] = TRANSITIONS[expected[which], event] or expected[which]
        now = counts(wave)
        found = {**now.by_outcome, Outcome.OUT_OF_SCOPE: now.out_of_scope}
        assert found == {outcome: list(expected.values()).count(outcome) for outcome in Outcome}
        assert now.invited + now.out_of_scope == wave.invitations.count() == 4
        assert now.invited == sum(each.invited for each in now.by_size)
        assert now.answered == sum(each.answered for each in now.by_size)
        assert now.pupils_covered == sum(each.pupils_covered for each in now.by_size)


ACTS = ("page", "answer", "send", "telephone", "refuse", "refuse by telephone", "exclude", "reopen", "bounce")


def act(invitation: Invitation, what: str) -> None:
    """What people and mail servers do, through the functions that do it; what is not allowed changes nothing."""
    hand = hands.at_telephone("user:1") if "telephone" in what else None
    with suppress(NotNow):
        match what:
            case "page" | "answer":
                page, typed = ("board", {"pupils": ["9"]}) if what == "page" else ("care", {"in_care": ["1"]})
                saving.save_page(invitation=invitation, page=page, typed=typed, version=99, form=what, language="nl",
                                  moment=fielding.DURING)  # fmt: skip
            case "send" | "telephone":
                drafts = Draft.objects.filter(invitation=invitation).values_list("version", flat=True)
                answers.confirm(invitation=invitation, version=drafts.first() or 0, moment=fielding.DURING, hand=hand,
                                says_right={"lead.left_open"})  # fmt: skip
            case "refuse" | "refuse by telephone":
                answers.refuse(invitation=invitation, moment=fielding.DURING, hand=hand)
            case "exclude":
                scope.exclude(invitation=invitation, reason=scope.Reason.OTHER, by="user:1", moment=fielding.DURING)
            case "reopen":
                scope.reopen(invitation=invitation, by="user:1", moment=fielding.DURING)
            case "bounce":
                Invitation.objects.filter(pk=invitation.pk, bounced_at=None).update(bounced_at=fielding.DURING)


SMALL = """
format: peilstok/questionnaire/1
name: small
title: {nl: "Klein", en: "Small"}
introduction: {nl: "Een", en: "One"}
minutes: 1
pages:
  - {name: board, title: {nl: "B", en: "B"}, items: [
      {name: pupils, type: number, text: {nl: "Hoeveel?", en: "How many?"}, required: true, prefill: register(pupils)}]}
  - {name: care, title: {nl: "C", en: "C"}, items: [
      {name: in_care, type: number, text: {nl: "Hoeveel nu?", en: "How many now?"}, required: true}]}
"""


@pytest.fixture
def small(db: None, at: object) -> Wave:
    drafted = fielding.draft_wave(questionnaire=SMALL)
    return waves.open_wave(wave=drafted, by="command", moment=fielding.OPENS)


@quick(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(some.tuples(some.integers(0, 3), some.sampled_from(ACTS)), max_size=30))
@example([(0, "page"), (0, "answer"), (0, "send"), (0, "exclude"), (1, "refuse"), (0, "reopen"), (1, "reopen")])
def test_officer_2_the_monitor_adds_up_whatever_people_do(small: Wave, happened: list[tuple[int, str]]) -> None:
    """Officer 2: at every moment, through the functions that the site itself uses."""
    with transaction.atomic():
        for which, what in happened:
            act(list(small.invitations.order_by("pk"))[which], what)
            now = counts(small)
            found = [now.by_outcome[outcome] for outcome in INVITED]
            assert now.invited == sum(found) == 4 - now.out_of_scope
            assert now.answered == len(counting.confirmed_answers(small))
            assert now.pupils == sum(int(str(row["pupils"])) for row in scope.rows(small))
        transaction.set_rollback(True)


def test_pupils_covered_are_those_of_the_frame_not_those_filled_in(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    now = counts(wave)
    assert (now.pupils_covered, now.pupils) == (1_200, 13_000)
    assert now.coverage == pytest.approx(9.2308, abs=1e-4)  # 1200 / 13000
    assert now.response == 25


def test_each_board_stands_in_the_size_class_of_its_pupils(wave: Wave) -> None:
    assert [(each.low, each.high, each.invited) for each in counts(wave).by_size] == [
        (0, 250, 1),
        (250, 1_000, 0),
        (1_000, 2_500, 1),
        (2_500, 5_000, 1),
        (5_000, None, 1),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("bound", SIZES)
def test_a_board_on_a_bound_stands_in_the_higher_class(at: object, bound: int) -> None:
    boards = (("1", "Onder", 1, bound - 1), ("2", "Op", 1, bound))
    wave = fielding.draft_wave(on=fielding.frame(boards=boards))
    waves.open_wave(wave=wave, by="command", moment=fielding.OPENS)
    found = {each.low: each.invited for each in counts(wave).by_size}
    assert found[bound] == 1
    assert sum(found.values()) == 2


def test_anna_sees_the_monitor_bram_and_carla_do_not(wave: Wave, client: Client) -> None:
    url = f"/raad/metingen/{wave.pk}/"
    assert client.get(url).status_code == 302
    for person, status in ((cast.bram(), 403), (cast.carla(), 403), (cast.anna(), 200)):
        client.force_login(person)
        assert client.get(url).status_code == status
        assert client.get("/raad/metingen/").status_code == status


def test_the_page_and_its_json_say_the_same(wave: Wave, client: Client) -> None:
    answered(Client(), fielding.path_of(wave))
    client.force_login(cast.anna())
    page = client.get(f"/raad/metingen/{wave.pk}/").content.decode()
    assert "1 van 4 besturen antwoordden (25,0%)" in page
    assert "1.200 van de 13.000 leerlingen (9,2%)" in page
    data = json.loads(client.get(f"/raad/metingen/{wave.pk}/?format=json").content)
    assert data["invited"] == sum(data[str(outcome)] for outcome in INVITED) == 4
    assert (data["answered"], data["pupils_covered"], data["coverage"]) == (1, 1_200, 9.2)


def test_the_monitor_says_when_the_wave_really_closed(wave: Wave, client: Client) -> None:
    client.force_login(cast.anna())
    assert "Open tot maandag 6 april 2020 om 12.00 uur." in client.get(f"/raad/metingen/{wave.pk}/").content.decode()
    waves.close_wave(wave=wave, by="user:1", moment=fielding.DURING)
    page = client.get(f"/raad/metingen/{wave.pk}/").content.decode()
    assert "Gesloten op vrijdag 3 april 2020 om 10.30 uur." in page


def test_a_wave_that_is_none_is_not_found(wave: Wave, client: Client) -> None:
    client.force_login(cast.anna())
    assert client.get("/raad/metingen/wave-9/").status_code == 404
