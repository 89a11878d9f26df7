"""What becomes of a mail when the mail server does not do what is asked. A real conversation each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from peilstok.collect import tasks
from peilstok.collect.mail import letters, mailserver, messages, outbox
from peilstok.collect.mail.states import TRANSITIONS, Event
from peilstok.collect.models import Contact, Message, Wave
from tests.collect import fielding
from tests.collect.mail import Mailbox

State = Message.State
PROOF = "bestuur@proef.example"


def queued(wave: Wave) -> list[int]:
    messages.send_invitations(wave, fielding.DURING, by="command")
    return list(Message.objects.filter(state=State.QUEUED).values_list("pk", flat=True))


def send(numbers: list[int]) -> int:
    return messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)


def of_proof() -> Message:
    return Message.objects.get(contact__email=PROOF)


@pytest.mark.parametrize(
    ("said", "state", "given_up"),
    [
        ("450 4.2.0 greylisted, try again later", State.QUEUED, False),
        ("452 4.2.2 mailbox full", State.QUEUED, False),
        ("550 5.1.1 no such user", State.FAILED, True),
        ("552 5.2.2 mailbox full", State.FAILED, False),
        ("554 5.7.1 we do not know you", State.FAILED, False),
    ],
)
def test_what_is_said_of_the_recipient_decides_and_the_others_go_out(
    wave: Wave, box: Mailbox, said: str, state: str, given_up: bool
) -> None:
    box.to_recipient[PROOF] = said
    assert send(queued(wave)) == 2
    assert (of_proof().state, of_proof().detail) == (state, said)
    assert Contact.objects.filter(email=PROOF, failed_at__isnull=False).exists() is given_up


def test_a_server_that_says_a_nul_holds_up_no_mail(wave: Wave, box: Mailbox) -> None:
    box.to_recipient[PROOF] = "554 5.7.1 we do\0 not know you"
    assert send(queued(wave)) == 2
    assert (of_proof().state, of_proof().detail) == (State.FAILED, "554 5.7.1 we do not know you")


@pytest.mark.parametrize(
    ("said", "state"), [("451 4.3.0 not now", State.QUEUED), ("554 5.7.1 this looks like spam", State.FAILED)]
)
def test_a_mail_whose_text_is_refused_leaves_the_address_alone(wave: Wave, box: Mailbox, said: str, state: str) -> None:
    box.to_text_of[PROOF] = said
    assert send(queued(wave)) == 2
    assert (of_proof().state, of_proof().detail) == (state, said)
    assert not Contact.objects.exclude(failed_at=None).exists()


def test_a_server_that_stalls_before_the_text_leaves_all_mails_waiting(
    wave: Wave, box: Mailbox, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT, box.stalls_at = 0.5, "RCPT"
    with pytest.raises(mailserver.Unreachable):
        send(queued(wave))
    assert Message.objects.filter(state=State.QUEUED).count() == 3
    assert box.mails == []


def test_a_server_that_stalls_after_the_text_leaves_that_mail_uncertain(
    wave: Wave, box: Mailbox, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT, box.stalls_at = 0.5, "DATA"
    numbers = queued(wave)
    with pytest.raises(mailserver.Unreachable):
        send(numbers)
    assert sorted(Message.objects.values_list("state", flat=True)) == [State.QUEUED, State.QUEUED, State.UNCERTAIN]
    box.stalls_at = ""
    assert send(numbers) == 2  # the one that is uncertain is not among them
    assert sorted(mail["To"] for mail in box.mails) == sorted({mail["To"] for mail in box.mails})


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_has_to_wait_makes_its_job_come_back_ever_less_often(
    emptied_queue: None, at: object, box: Mailbox
) -> None:
    wave = fielding.opened_wave()
    box.to_recipient[PROOF] = "450 4.2.0 greylisted"
    queued(wave)
    tasks.run_due()
    job = ProcrastinateJob.objects.get(task_name__endswith="send_batch")
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at is not None
    assert waits(5) == [3, 9, 27, 81, 243]
    assert waits(11)[10] is None
    assert waits(2, before=3) == [81, 243]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_waits_for_its_turn_meanwhile_does_not_begin_to_count_anew(
    emptied_queue: None, at: object, box: Mailbox
) -> None:
    wave = fielding.opened_wave()
    box.to_recipient[PROOF] = "450 4.2.0 greylisted"
    queued(wave)
    tasks.run_due()
    ProcrastinateJob.objects.filter(status="todo").update(scheduled_at=fielding.DURING)
    tasks.run_due()  # the clock stands still: the turn of the first time is not over
    job = ProcrastinateJob.objects.filter(task_name__endswith="send_batch").latest("id")
    assert (job.status, job.attempts, job.args["before"]) == ("todo", 0, 1)


def waits(times: int, *, before: int = 0) -> list[float | None]:
    """Seconds after which the job comes back, the first time, the second time ..."""
    strategy = tasks.send_batch.retry_strategy
    assert strategy is not None
    moments = datetime.now(UTC)  # noqa: TID251  (only differences are looked at)
    found = []
    for attempts in range(times):
        job: Any = SimpleNamespace(attempts=attempts, task_kwargs={"before": before})
        decision = strategy.get_retry_decision(exception=Exception(), job=job)
        found.append(round((decision.retry_at - moments).total_seconds()) if decision and decision.retry_at else None)
    return found


def test_a_mail_has_the_same_message_id_at_every_attempt_and_another_one_for_another_address(
    wave: Wave, box: Mailbox
) -> None:
    box.to_text_of[PROOF] = "451 not now"
    numbers = queued(wave)
    before = letters.message_id(of_proof())
    send(numbers)
    box.to_text_of.clear()
    send(numbers)
    assert box.to(PROOF)["Message-ID"] == before
    assert len({mail["Message-ID"] for mail in box.mails}) == 3


def test_a_mail_that_is_sent_again_by_a_person_is_the_same_mail(wave: Wave, box: Mailbox) -> None:
    box.break_after_text_of = PROOF
    with pytest.raises(mailserver.Unreachable):
        send(queued(wave))
    box.break_after_text_of = ""
    assert messages.resend(wave, fielding.DURING, by="anna", states={State.UNCERTAIN}) == 1
    send([of_proof().pk])
    twice = [mail["Message-ID"] for mail in box.mails if mail["To"] == PROOF]
    assert len(twice) == 2
    assert len(set(twice)) == 1


def test_the_table_of_what_may_become_of_a_mail_is_complete_and_never_sends_what_was_sent() -> None:
    assert set(TRANSITIONS) == {(state, event) for state in State for event in Event}
    after_sent = {TRANSITIONS[State.SENT, event] for event in Event}
    assert after_sent == {None, State.FAILED}
    by_itself = set(Event) - {Event.RESEND, Event.INVITE}
    for state in (State.FAILED, State.UNCERTAIN, State.CANCELLED):
        assert State.SENDING not in {TRANSITIONS[state, event] for event in by_itself}


@pytest.mark.parametrize("state", [State.QUEUED, State.SENDING, State.UNCERTAIN, State.CANCELLED])
def test_the_database_refuses_that_a_sent_mail_goes_back(wave: Wave, box: Mailbox, state: str) -> None:
    from django.db import DatabaseError, transaction

    send(queued(wave))
    with pytest.raises(DatabaseError, match="does not become"), transaction.atomic():
        Message.objects.filter(state=State.SENT).update(state=state)
    assert Message.objects.filter(state=State.SENT).count() == 3


def test_a_mail_moves_to_no_other_address_or_board(wave: Wave) -> None:
    from django.db import DatabaseError, transaction

    queued(wave)
    other = Contact.objects.exclude(email=PROOF).earliest("pk")
    with pytest.raises(DatabaseError, match="or that of another"), transaction.atomic():
        Message.objects.filter(contact__email=PROOF).update(contact=other)


def test_a_job_that_died_with_a_mail_in_hand_leaves_it_to_a_person(wave: Wave, box: Mailbox) -> None:
    numbers = queued(wave)
    Message.objects.filter(pk=numbers[0]).update(state=State.SENDING, claimed_at=fielding.DURING)
    moment: datetime = fielding.DURING + outbox.CLAIM + timedelta(seconds=1)
    assert messages.mark_uncertain(moment=moment) == 1
    assert send(numbers) == 2
    assert [each.pk for each in messages.listed(wave, state="uncertain")] == numbers[:1]
