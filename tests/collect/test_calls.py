"""Officer 3: a phone list sorted by what each missing board adds, and one press that notes what came of a call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from peilstok.accounts.models import Role
from peilstok.audit.models import Entry
from peilstok.collect import calls, contacts, waves
from peilstok.collect.calls import note
from peilstok.collect.contacts import Reached
from peilstok.collect.models import Call, Contact, Wave
from peilstok.collect.outcomes import Outcome
from peilstok.collect.phonelist import Result, Turn
from peilstok.collect.progress import progress
from peilstok.demo.browser import forms
from peilstok.errors import NotNow
from tests.accounts import cast
from tests.collect import fielding
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]
LIST = "/raad/metingen/wave-3/bellijst/"
HOUR = timedelta(hours=1)


def listed(wave: Wave, moment: datetime = fielding.DURING) -> list[tuple[str, Turn]]:
    made = progress(wave, moment)
    found = calls.listed(wave, boards=made.boards, readiness=made.readiness, moment=moment)
    return [(each.board.number, each.turn) for each in found]


def called(wave: Wave, number: str, result: Result, *, count: int = 1, back: datetime | None = None) -> Call:
    return note(
        invitation=fielding.invitation(wave, number), number=count, result=result, by="user:1",
        moment=fielding.DURING, call_back_at=back,
    )  # fmt: skip


def test_without_answers_the_boards_stand_by_their_pupils(wave: Wave) -> None:
    assert [number for number, _ in listed(wave)] == ["99004", "99003", "99001", "99002"]


def test_who_has_answered_or_refused_is_not_on_the_list(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave, "99004"))
    called(wave, "99003", Result.REFUSED)
    assert [number for number, _ in listed(wave)] == ["99001", "99002"]


def test_a_refusal_at_the_telephone_is_the_refusal_of_the_wave_with_who_noted_it(wave: Wave) -> None:
    called(wave, "99001", Result.REFUSED)
    invitation = fielding.invitation(wave)
    assert (invitation.outcome, invitation.refused_at, invitation.opened_at) == (Outcome.REFUSED, fielding.DURING, None)
    acts = list(Entry.objects.order_by("number").values_list("act", "actor", "details"))[-2:]
    assert acts == [
        ("answer.refuse", "user:1", {"invitation": invitation.pk}),
        ("call.note", "user:1", {"invitation": invitation.pk, "call": 1, "result": "refused"}),
    ]


def test_a_second_press_of_the_same_button_adds_nothing(wave: Wave) -> None:
    first, again = called(wave, "99001", Result.NO_REPLY), called(wave, "99001", Result.NO_REPLY)
    assert first.pk == again.pk
    assert Call.objects.count() == Entry.objects.filter(act="call.note").count() == 1
    assert called(wave, "99001", Result.NO_REPLY, count=2).number == 2  # called again and again no reply


def test_what_a_colleague_noted_meanwhile_is_not_written_over(wave: Wave) -> None:
    called(wave, "99001", Result.WILL_ANSWER)
    with pytest.raises(NotNow, match="somebody else noted a call"):
        called(wave, "99001", Result.WRONG_NUMBER)
    assert Call.objects.get().result == Result.WILL_ANSWER


def test_a_board_that_has_answered_is_not_noted_as_refusing(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    with pytest.raises(NotNow, match="has answered meanwhile"):
        called(wave, "99001", Result.REFUSED)
    assert not Call.objects.exists()


@pytest.mark.parametrize("back", [None, fielding.DURING, fielding.DURING - HOUR])
def test_to_call_back_needs_a_moment_still_to_come(wave: Wave, back: datetime | None) -> None:
    with pytest.raises(NotNow, match="say when to call back"):
        called(wave, "99001", Result.CALL_BACK, back=back)


def test_after_closing_nobody_is_called(wave: Wave) -> None:
    waves.close_wave(wave=wave, by="command", moment=fielding.DURING)
    with pytest.raises(NotNow, match="takes no answers any more"):
        called(wave, "99001", Result.NO_REPLY)


def test_what_came_of_a_call_says_when_the_next_one_is(wave: Wave) -> None:
    back = fielding.DURING + HOUR
    called(wave, "99004", Result.CALL_BACK, back=back)
    called(wave, "99003", Result.NO_REPLY)
    called(wave, "99001", Result.WILL_ANSWER)
    waiting = [("99001", Turn.WAITING), ("99004", Turn.WAITING)]
    assert listed(wave) == [("99002", Turn.NEW), ("99003", Turn.AGAIN), *waiting]
    due = [("99004", Turn.DUE), ("99002", Turn.NEW), ("99003", Turn.AGAIN), ("99001", Turn.WAITING)]
    assert listed(wave, back) == due


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_lets_no_call_change_or_go(wave: Wave, act: str) -> None:
    called(wave, "99001", Result.NO_REPLY)
    rows = Call.objects.all()
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        rows.update(by="user:2") if act == "update" else rows.delete()


def test_the_database_wants_a_moment_to_call_back_and_only_then(wave: Wave) -> None:
    invitation = fielding.invitation(wave)
    for result, back in ((Result.CALL_BACK, None), (Result.NO_REPLY, fielding.CLOSES)):
        with pytest.raises(DatabaseError, match="only_then"), transaction.atomic():
            Call.objects.create(
                invitation=invitation,
                number=1,
                result=result,
                call_back_at=back,
                called_at=fielding.DURING,
                by="user:1",
            )


def test_anna_calls_and_notes_without_javascript(wave: Wave, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    vaart = Contact.objects.get(organisation__number="99003").organisation_id
    monkeypatch.setattr(contacts, "reached", lambda boards: {vaart: Reached("Vera van de Vaart", "030 000 00 33")})
    anna = cast.anna()
    client.force_login(anna)
    visit = Visit(client).open(LIST)
    assert "4 besturen antwoordden nog niet" in visit.html
    assert '<a href="tel:0300000033">030 000 00 33</a>' in visit.html
    assert "Vera van de Vaart" in visit.html
    first = next(at for at, form in enumerate(forms(visit.html)) if "bellijst/99004" in (form.action or ""))
    visit.send(first, result="no_reply")
    assert "Stichting Brede Wei: genoteerd, Geen gehoor." in visit.html
    assert visit.url == f"{LIST}#bestuur-99003"
    call = Call.objects.get()
    assert (call.result, call.called_at, call.by) == ("no_reply", fielding.DURING, f"user:{anna.pk}")
    assert "laatst gebeld: Geen gehoor, 3 apr" in visit.html


def test_a_board_that_waits_can_be_called_again_from_the_list(wave: Wave, client: Client) -> None:
    """It said that it would answer, or its number was wrong and is known now; a press may have been a mistake too."""
    client.force_login(cast.anna())
    client.post(f"{LIST}99004/", {"result": "wrong_number", "call": "1"})
    visit = Visit(client).open(LIST)
    assert "3 besturen antwoordden nog niet" in visit.html
    again = next(at for at, form in enumerate(forms(visit.html)) if "bellijst/99004" in (form.action or ""))
    assert visit.html.index("Gebeld, en afwachten") < visit.html.index("bellijst/99004")
    visit.send(again, result="no_reply")
    assert [*Call.objects.order_by("number").values_list("number", "result")] == [(1, "wrong_number"), (2, "no_reply")]
    assert "4 besturen antwoordden nog niet" in visit.html


def test_to_call_back_at_a_moment_of_the_dutch_clock(wave: Wave, client: Client) -> None:
    client.force_login(cast.anna())
    client.post(f"{LIST}99001/", {"result": "call_back", "call": "1", "at": "2020-04-03T14:30"})
    back = Call.objects.get().call_back_at
    assert back is not None
    assert back.isoformat() == "2020-04-03T12:30:00+00:00"
    page = client.post(
        f"{LIST}99002/", {"result": "call_back", "call": "1", "at": "soon"}, follow=True
    ).content.decode()
    assert "zeg wanneer u terugbelt" in page
    assert Call.objects.count() == 1


@pytest.mark.parametrize("data", [{"result": "nonsense", "call": "1"}, {"call": "1"}])
def test_a_result_that_is_none_is_not_noted(wave: Wave, client: Client, data: dict[str, str]) -> None:
    client.force_login(cast.anna())
    assert client.post(f"{LIST}99001/", data).status_code == 404
    assert not Call.objects.exists()


def test_only_who_handles_boards_sees_the_list_and_notes_calls(wave: Wave, client: Client) -> None:
    assert client.get(LIST).status_code == 302
    bram, cora = cast.bram(), cast.person("Cora", Role.COMMUNICATIONS)
    for person, status in ((bram, 403), (cast.carla(), 403), (cora, 403), (cast.anna(), 200)):
        client.force_login(person)
        assert client.get(LIST).status_code == status
    client.force_login(bram)
    assert client.post(f"{LIST}99001/", {"result": "refused", "call": "1"}).status_code == 403
    assert fielding.invitation(wave).outcome == Outcome.NOT_OPENED


def test_a_get_notes_nothing(wave: Wave, client: Client) -> None:
    client.force_login(cast.anna())
    assert client.get(f"{LIST}99001/", {"result": "refused"}).status_code == 405
