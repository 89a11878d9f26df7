"""The counts add up at every moment, and only the council sees them."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as quick
from hypothesis import strategies as some

from peilstok.collect import waves
from peilstok.collect.models import Invitation, Wave
from peilstok.collect.monitor import SIZES, counts
from peilstok.collect.outcomes import ORDER, TRANSITIONS, Event, Outcome, allowed
from tests.accounts import cast
from tests.collect import fielding
from tests.collect.visiting import answered

FACTS = {  # what an event leaves on the invitation
    Event.BOUNCE: ("bounced_at",),
    Event.OPEN: ("opened_at",),
    Event.START: ("opened_at", "started_at"),
    Event.CONFIRM: ("opened_at", "started_at", "answered_at"),
    Event.REFUSE: ("opened_at", "refused_at"),
}


def happen(invitation: Invitation, event: Event, hours: int) -> None:
    invitation.refresh_from_db()
    if allowed(Outcome(invitation.outcome), event):
        for name in FACTS[event]:
            setattr(invitation, name, getattr(invitation, name) or fielding.DURING + timedelta(hours=hours))
        invitation.save(update_fields=FACTS[event])


def test_the_table_of_events_is_complete() -> None:
    assert set(TRANSITIONS) == set(itertools.product(Outcome, Event))
    assert {*ORDER, Outcome.NOT_OPENED} == set(Outcome)


@pytest.mark.parametrize(("before", "event"), list(itertools.product(Outcome, Event)))
def test_the_database_derives_what_the_table_says(wave: Wave, before: Outcome, event: Event) -> None:
    invitation = fielding.invitation(wave)
    if before is not Outcome.NOT_OPENED:
        setattr(invitation, f"{before}_at", fielding.DURING)
        invitation.save()
    happen(invitation, event, 1)
    invitation.refresh_from_db()
    assert invitation.outcome == (TRANSITIONS[before, event] or before)


events = some.lists(some.tuples(some.integers(0, 3), some.sampled_from(Event)), max_size=25)


@quick(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events)
def test_invited_is_the_sum_of_the_outcomes_whatever_happens(wave: Wave, happened: list[tuple[int, Event]]) -> None:
    Invitation.objects.update(bounced_at=None, opened_at=None, started_at=None, answered_at=None, refused_at=None)
    invitations = list(wave.invitations.order_by("pk"))
    expected = dict.fromkeys(range(4), Outcome.NOT_OPENED)
    for hours, (which, event) in enumerate(happened):
        happen(invitations[which], event, hours)
        expected[which] = TRANSITIONS[expected[which], event] or expected[which]
        now = counts(wave)
        assert now.by_outcome == {outcome: list(expected.values()).count(outcome) for outcome in Outcome}
        assert now.invited == wave.invitations.count() == 4
        assert now.answered == sum(each.answered for each in now.by_size)
        assert now.pupils_covered == sum(each.pupils_covered for each in now.by_size)


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
    assert data["invited"] == sum(data[str(outcome)] for outcome in Outcome) == 4
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
