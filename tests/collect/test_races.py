"""Two at the same time, on connections of their own: one after the other, and nothing double."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier, Event
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.test import Client

from peilstok.audit.models import Entry
from peilstok.collect import answers, counting, retention, saving, seals, waves
from peilstok.collect.answers import Confirmed
from peilstok.collect.mail import messages, returned
from peilstok.collect.models import Draft, Message, Revision, Wave
from peilstok.collect.monitor import counts
from peilstok.collect.saving import Saved
from peilstok.errors import NotNow
from peilstok.terms import UnitId
from tests.collect import fielding, returning
from tests.collect.mail import Mailbox
from tests.collect.visiting import Visit

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8
T = TypeVar("T")


@pytest.fixture
def wave(transactional_db: None, at: Callable[[datetime], None]) -> Wave:
    return fielding.opened_wave()


def together(act: Callable[[int], T], at_once: int = AT_ONCE) -> list[T]:
    """The act in several threads that start as one."""
    barrier = Barrier(at_once)

    def run(number: int) -> T:
        try:
            barrier.wait(10)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(run, range(at_once)))


class Between(Client):
    """Gives its connection back after each request, as a server does: there are fewer than clients."""

    def request(self, **given: Any) -> Any:
        try:
            return super().request(**given)
        finally:
            connection.close()


def test_fifty_clients_race_on_one_link_and_nothing_is_lost_or_double(wave: Wave) -> None:
    """Each goes the whole way, with a number of its own, and takes over what another saved where it is asked to."""
    path = fielding.path_of(wave)

    def answer(number: int) -> int:
        """The number that it saw on the check page that it sent."""
        visit = Visit(Between()).open(f"{path}vraag/board/").send()
        visit = visit.open(f"{path}vraag/care/").send(in_care=number, lead="school")
        assert visit.status in (200, 409)
        visit = visit.open(f"{path}vraag/more/").send()
        for _ in range(50):  # until nobody saves any more between the look at the check page and sending
            visit = visit.open(f"{path}controle/")
            seen = re.search(r"<dt>Hoeveel vangt u op\?</dt><dd>([\d.]+) leerlingen", visit.html)
            assert seen, visit.html
            visit = visit.send()
            assert visit.status in (200, 409)
            if visit.url.endswith("/klaar/"):
                return int(seen[1])
        raise AssertionError(f"it never came through: {visit.url} {visit.html}")

    sent = together(answer, 50)
    revisions = list(Revision.objects.order_by("number"))
    assert [each.number for each in revisions] == [*range(1, len(revisions) + 1)]
    assert len({each.draft_version for each in revisions}) == len(revisions)
    assert {each.counted["in_care"] for each in revisions} == set(sent)
    assert Entry.objects.filter(act="answer.confirm").count() == len(revisions) > 0
    assert list(seals.differences(wave=wave)) == []
    assert counting.confirmed_answers(wave)[UnitId("99001")]["in_care"] == revisions[-1].counted["in_care"]
    assert counts(wave).answered == 1


def test_many_confirmations_of_one_draft_make_one_revision(wave: Wave, client: Client) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=40, lead="school").send()
    version, invitation = int(visit.value("version")), fielding.invitation(wave)
    results = together(lambda _: answers.confirm(invitation=invitation, version=version, moment=fielding.DURING))
    assert {outcome for outcome, _ in results} == {Confirmed.CONFIRMED}
    assert len({revision.pk for _, revision in results if revision}) == 1
    assert Revision.objects.count() == 1
    assert Entry.objects.filter(act="answer.confirm").count() == 1


def test_many_first_pages_at_once_make_one_draft_and_lose_none(wave: Wave) -> None:
    invitation = fielding.invitation(wave)

    def save(number: int) -> Saved:
        saved, _ = saving.save_page(
            invitation=invitation,
            page="board",
            typed={"pupils": [str(1_200 + number)]},
            version=0,
            form=f"device {number}",
            language="nl",
            moment=fielding.DURING,
        )
        return saved

    results = together(save)
    assert sorted(results) == [Saved.ACCEPTED, *[Saved.CONFLICT] * (AT_ONCE - 1)]
    assert Draft.objects.get().version == 1


def test_many_openings_open_a_wave_once(transactional_db: None, at: Callable[[datetime], None]) -> None:
    wave = fielding.draft_wave()

    def open_(_: int) -> bool:
        try:
            waves.open_wave(wave=wave, by="command", moment=fielding.OPENS)
        except NotNow:
            return False
        return True

    assert sum(together(open_)) == 1
    assert wave.invitations.count() == 4


def test_many_jobs_with_the_same_mails_send_each_once(wave: Wave, box: Mailbox) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    numbers = list(Message.objects.values_list("pk", flat=True))
    taken = together(lambda _: messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING))
    assert sum(taken) == len(box.mails) == 3
    assert len({mail["To"] for mail in box.mails}) == 3


def test_a_confirmation_that_found_the_wave_open_is_in_before_it_closes(
    wave: Wave, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=40, lead="school").send()
    version, invitation = int(visit.value("version")), fielding.invitation(wave)
    revise, found_open, closing = answers._revise, Event(), Event()

    def slowly(*given: Any) -> Revision:
        found_open.set()
        assert closing.wait(10)
        assert not closed.wait(0.5)  # it waits for us
        return revise(*given)

    closed = Event()

    def confirm() -> Confirmed:
        try:
            return answers.confirm(invitation=invitation, version=version, moment=fielding.DURING)[0]
        finally:
            connection.close()

    def close() -> int:
        try:
            assert found_open.wait(10)
            closing.set()
            waves.close_wave(wave=wave, by="command", moment=fielding.DURING)
            closed.set()
            return int(Entry.objects.get(act="wave.close").details["answered"])
        finally:
            connection.close()

    monkeypatch.setattr(answers, "_revise", slowly)
    with ThreadPoolExecutor(2) as pool:
        confirming, closing_it = pool.submit(confirm), pool.submit(close)
        assert confirming.result(20) is Confirmed.CONFIRMED
        assert closing_it.result(20) == 1
    with pytest.raises(NotNow):
        answers.refuse(invitation=fielding.invitation(wave, "99002"), moment=fielding.DURING)


def test_a_mail_that_comes_back_while_its_wave_is_forgotten_waits_for_that_and_brings_no_address_back(
    wave: Wave, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    numbers = list(Message.objects.values_list("pk", flat=True))
    messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)
    due, mail = retention.due(wave), Message.objects.get(contact__email="bestuur@proef.example")
    raw = returning.report(to="peiling@raad.example", message_id=box.to("bestuur@proef.example")["Message-ID"])
    found, holds, taken = retention.found, Event(), Event()

    def slowly(wave: Wave) -> retention.Forgotten:
        holds.set()
        assert not taken.wait(0.5)
        return found(wave)

    def forget() -> None:
        try:
            retention.forget(wave=wave, by="command", moment=due)
        finally:
            connection.close()

    def take() -> int | None:
        try:
            assert holds.wait(10)
            number = returned.take(raw, by="command", moment=due).message
            taken.set()
            return number
        finally:
            connection.close()

    monkeypatch.setattr(retention, "found", slowly)
    with ThreadPoolExecutor(2) as pool:
        forgetting, taking = pool.submit(forget), pool.submit(take)
        forgetting.result(20)
        assert taking.result(20) == mail.pk
    mail.refresh_from_db()
    assert (mail.state, mail.detail) == ("failed", "")
