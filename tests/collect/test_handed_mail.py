"""The mails about parts: what stands in them, that each goes out once, and what becomes of one that cannot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from peilstok.audit.models import Entry
from peilstok.collect import contacts, handovers, hands, tasks, waves
from peilstok.collect.handovers import Recipient
from peilstok.collect.mail import handed, returned, returnpath
from peilstok.collect.models import Contact, HandedMail, Handover, Invitation, Wave
from peilstok.collect.parts import EVERYTHING
from peilstok.errors import NotNow
from tests.collect import by_school, fielding, returning
from tests.collect.by_school import LINDEN
from tests.collect.mail import Mailbox

State = HandedMail.State


@pytest.fixture
def wave(db: None, at: object) -> Wave:
    return by_school.opened_wave()


def send(moment: object = fielding.DURING) -> int:
    numbers = list(HandedMail.objects.order_by("pk").values_list("pk", flat=True))
    return handed.send_queued(numbers=numbers, clock=lambda: moment)  # type: ignore[arg-type,return-value]


def states() -> list[str]:
    return list(HandedMail.objects.order_by("pk").values_list("state", flat=True))


def test_the_mail_says_who_asks_which_part_until_when_and_has_the_link(wave: Wave, box: Mailbox) -> None:
    handover = by_school.hand_over(wave, LINDEN, mail=True)[0]
    assert send() == 1
    mail = box.mails[0]
    assert mail["To"] == "saskia@school.example"
    assert mail["Subject"].strip() == "Stichting De Proef vraagt u een deel van “Noodopvang” in te vullen"
    text = mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
    for part in (
        "Beste Saskia,",
        "Bram van Stichting De Proef vraagt u een deel in te vullen van een peiling",
        "Uw deel: De Linden.",
        "tot maandag 6 april 2020 om 12.00 uur",
        by_school.path_of(handover),
        "Stichting De Proef ziet wat u invult. Voor de antwoorden die het verstuurt, geldt: Alleen de raad.",
        "030 000 00 01",
    ):
        assert part in text, part
    assert fielding.path_of(wave) not in text
    assert "De Eiken" not in text


def test_a_mail_goes_out_once_and_a_reminder_says_that_it_is_one(wave: Wave, box: Mailbox) -> None:
    handover = by_school.hand_over(wave, LINDEN, mail=True)[0]
    assert [send(), send()] == [1, 0]
    handed.queue([handover], number={handover.pk: 1}, moment=fielding.DURING)
    send()
    assert box.mails[1]["Subject"].strip().startswith("Herinnering: ")
    assert "Dit is een herinnering." in box.mails[1].get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert len({mail["Message-ID"] for mail in box.mails}) == 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_what_was_handed_over_at_the_pace_of_the_wave(
    emptied_queue: None, at: Callable[[datetime], None], box: Mailbox
) -> None:
    text = fielding.WAVE.replace("mail:\n", "mail:\n  per_minute: 1\n")
    made = fielding.draft_wave(text, questionnaire=by_school.QUESTIONNAIRE)
    wave = waves.open_wave(wave=made, by="command", moment=fielding.OPENS)
    for number in ("99001", "99002"):
        invitation = fielding.invitation(wave, number)
        to, hand = [by_school.to(EVERYTHING)], hands.of_board(invitation)
        handovers.hand_over(invitation=invitation, to=to, hand=hand, moment=fielding.DURING)
    tasks.run_due()
    assert sorted(states()) == [State.QUEUED, State.SENT]
    at(fielding.DURING + timedelta(minutes=1))
    ProcrastinateJob.objects.exclude(scheduled_at=None).update(scheduled_at=fielding.DURING)
    tasks.run_due()
    assert states() == [State.SENT, State.SENT]


@pytest.mark.parametrize(
    "overtaken",
    [
        lambda: Handover.objects.update(taken_back_at=fielding.DURING),
        lambda: Handover.objects.update(opened_at=fielding.DURING, done_at=fielding.DURING),
        lambda: Invitation.objects.update(answered_at=fielding.DURING + timedelta(minutes=1)),
        lambda: Invitation.objects.update(refused_at=fielding.DURING),
        lambda: Invitation.objects.update(out_of_scope_at=fielding.DURING, scope_reason="merged"),
        lambda: Wave.objects.update(state="closed", closed_at=fielding.DURING),
    ],
)
def test_a_mail_that_is_overtaken_does_not_go_out(wave: Wave, box: Mailbox, overtaken: object) -> None:
    by_school.hand_over(wave, LINDEN, mail=True)
    overtaken()  # type: ignore[operator]
    assert send() == 0
    assert states() == [State.CANCELLED]
    assert box.mails == []


def test_a_part_that_is_handed_over_after_the_board_sent_without_it_is_mailed(wave: Wave, box: Mailbox) -> None:
    """The board can send again when it is done."""
    Invitation.objects.update(answered_at=fielding.DURING - timedelta(minutes=1))
    by_school.hand_over(wave, LINDEN, mail=True)
    assert send() == 1


def test_a_part_that_is_handed_over_while_late_answers_are_taken_is_mailed(db: None, at: object, box: Mailbox) -> None:
    late = fielding.CLOSES + timedelta(hours=5)
    text = fielding.WAVE + f"late_until: {(fielding.CLOSES + timedelta(days=2)).isoformat()}\n"
    made = fielding.draft_wave(text, questionnaire=by_school.QUESTIONNAIRE)
    wave = waves.open_wave(wave=made, by="command", moment=fielding.OPENS)
    waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)
    invitation = fielding.invitation(wave)
    to, hand = [by_school.to(EVERYTHING)], hands.of_board(invitation)
    handovers.hand_over(invitation=invitation, to=to, hand=hand, moment=late)
    assert send(late) == 1


def test_who_wants_no_mail_gets_none_about_a_part_and_the_board_is_told(wave: Wave, box: Mailbox) -> None:
    contacts.opt_out(contact=Contact.objects.get(email="info@voorbeeld.example"), moment=fielding.DURING)
    invitation = fielding.invitation(wave)
    to = [Recipient(EVERYTHING, "Info", "Info@voorbeeld.example")]
    handovers.hand_over(invitation=invitation, to=to, hand=hands.of_board(invitation), moment=fielding.DURING)
    assert (send(), states()) == (0, [State.CANCELLED])
    assert "de mail kon niet worden bezorgd" in by_school.board(wave).open(f"{fielding.path_of(wave)}delen/").html


def test_a_link_is_no_source_of_mail_to_one_person(wave: Wave, box: Mailbox) -> None:
    """Handing over and taking back, again and again."""
    invitation = fielding.invitation(wave)
    hand = hands.of_board(invitation)

    def again(moment: datetime) -> None:
        to = [by_school.to(LINDEN)]
        [given] = handovers.hand_over(invitation=invitation, to=to, hand=hand, moment=moment)
        handovers.take_back(invitation=invitation, numbers=[given.pk], hand=hand, moment=moment)

    for _ in range(handovers.TO_ONE):
        again(fielding.DURING)
    with pytest.raises(NotNow, match="to one address"):
        again(fielding.DURING + timedelta(hours=11))
    again(fielding.DURING + timedelta(hours=12))


def test_a_mail_after_the_time_does_not_go_out(wave: Wave, box: Mailbox) -> None:
    by_school.hand_over(wave, LINDEN, mail=True)
    assert send(fielding.AFTER) == 0
    assert states() == [State.CANCELLED]


def test_what_the_mail_server_refuses_is_told_to_the_board(wave: Wave, box: Mailbox) -> None:
    by_school.hand_over(wave, LINDEN, mail=True)
    box.to_recipient["saskia@school.example"] = "550 5.1.1 no such user"
    assert send() == 0
    assert states() == [State.FAILED]
    page = by_school.board(wave).open(f"{fielding.path_of(wave)}delen/").html
    assert "de mail kon niet worden bezorgd" in page
    assert fielding.invitation(wave).bounced_at is None  # the board's own address is another matter


def test_a_mail_that_comes_back_is_told_to_the_board_and_gives_no_address_of_it_up(
    wave: Wave, box: Mailbox, settings: Settings
) -> None:
    settings.PEILSTOK = settings.PEILSTOK.model_copy(update={"mail_return": "bounce@raad.example"})
    by_school.hand_over(wave, LINDEN, mail=True)
    send()
    back = returnpath.envelope_sender_of_handed(HandedMail.objects.get())
    assert box.senders == [back]
    taken = returned.take(returning.report(to=back), by="command", moment=fielding.DURING)
    assert (taken.about_part, taken.message, states()) == (True, None, [State.FAILED])
    assert "de mail kon niet worden bezorgd" in by_school.board(wave).open(f"{fielding.path_of(wave)}delen/").html
    assert not Contact.objects.exclude(failed_at=None).exists()
    again = returned.take(returning.report(to=back), by="command", moment=fielding.DURING)
    assert (again.about_part, Entry.objects.filter(act="mail.returned").count()) == (True, 1)
    forged = back.replace("+p", "+")
    assert not returned.take(returning.report(to=forged), by="command", moment=fielding.DURING).about_part


def test_a_mail_whose_job_is_gone_is_uncertain_and_not_sent_again(wave: Wave, box: Mailbox) -> None:
    by_school.hand_over(wave, LINDEN, mail=True)
    HandedMail.objects.update(state=State.SENDING, claimed_at=fielding.OPENS)
    assert handed.mark_uncertain(moment=fielding.DURING) == 1
    assert send() == 0
    assert states() == [State.UNCERTAIN]


def test_what_a_board_types_cannot_become_a_header(wave: Wave, box: Mailbox) -> None:
    by_school.hand_over(wave, EVERYTHING, asked_by="Bram\r\nBcc: all@example.org", mail=True)
    send()
    assert box.mails[0]["Bcc"] is None
    assert len(box.mails) == 1
