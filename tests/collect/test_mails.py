"""Invitations over a real SMTP conversation. Every one goes out at most once, whatever the server does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from peilstok.audit.models import Entry
from peilstok.collect import contacts, tasks, tokens, waves
from peilstok.collect.contacts import Address
from peilstok.collect.mail import letters, mailserver, messages
from peilstok.collect.models import Contact, Invitation, Message, Wave
from peilstok.collect.monitor import counts
from peilstok.errors import NotNow, Refused
from peilstok.terms import UnitId
from tests.collect import fielding
from tests.collect.mail import Mailbox
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]
State = Message.State


def queued(wave: Wave) -> list[int]:
    messages.send_invitations(wave, fielding.DURING, by="command")
    return list(Message.objects.filter(state=State.QUEUED).values_list("pk", flat=True))


def send(wave: Wave) -> int:
    return messages.send_queued(numbers=queued(wave), clock=lambda: fielding.DURING)


def test_every_board_with_an_address_gets_one_mail_over_one_connection(wave: Wave, box: Mailbox) -> None:
    assert send(wave) == 3
    assert sorted(mail["To"] for mail in box.mails) == [
        "bestuur@proef.example",
        "board@vaart.example",
        "info@voorbeeld.example",
    ]
    assert box.connections == 1
    assert counts(wave).messages["sent"] == 3
    assert counts(wave).without_address == 1


def test_the_mail_says_who_asks_why_how_long_until_when_who_sees_it_and_whom_to_call(wave: Wave, box: Mailbox) -> None:
    send(wave)
    mail = box.to("bestuur@proef.example")
    text = mail.get_content()
    for part in (
        "Stichting De Proef",
        "De minister vraagt het vandaag.",
        "3 minuten",
        "maandag 6 april 2020 om 12.00 uur",
        "Alleen de raad.",
        "030 000 00 01",
        "Raad voor de proef",
        tokens.link(fielding.invitation(wave)),
    ):
        assert part in text
    assert mail["Subject"] == "Hoeveel leerlingen vangt u op?"
    assert not list(mail.iter_attachments())


def test_the_headers_are_those_of_the_council(wave: Wave, box: Mailbox) -> None:
    send(wave)
    mail = box.to("bestuur@proef.example")
    assert mail["From"] == "De raad <peiling@raad.example>"
    assert mail["Reply-To"] == "anna@raad.example"
    assert mail["Message-ID"].endswith("@raad.example>")
    assert parsedate_to_datetime(mail["Date"]) == fielding.DURING
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_board_that_reads_english_gets_an_english_mail_and_page(wave: Wave, box: Mailbox, client: Client) -> None:
    send(wave)
    text = box.to("board@vaart.example").get_content()
    assert "Monday 6 April 2020 at 12:00" in text
    assert "?lang=en" in text


def test_the_link_in_the_mail_opens_the_first_question(wave: Wave, box: Mailbox, client: Client) -> None:
    send(wave)
    words = box.to("bestuur@proef.example").get_content().split()
    link = next(word for word in words if "/a/" in word)
    assert "Hoeveel leerlingen hebt u?" in Visit(client).open(link.removeprefix("http://localhost:8000")).html


def test_sending_twice_mails_once(wave: Wave, box: Mailbox) -> None:
    numbers = queued(wave)
    for _ in range(2):
        messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
        messages.send_invitations(wave, fielding.DURING, by="command")
    assert len(box.mails) == 3
    assert Message.objects.count() == 3


def test_a_mail_that_another_job_has_claimed_is_left_to_it(wave: Wave, box: Mailbox) -> None:
    numbers = queued(wave)
    Message.objects.filter(pk=numbers[0]).update(state=State.SENDING, claimed_at=fielding.DURING)
    assert messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING) == 2
    assert len(box.mails) == 2


def test_an_address_that_is_refused_for_good_has_bounced(wave: Wave, box: Mailbox) -> None:
    box.to_recipient["bestuur@proef.example"] = "550 no such user"
    assert send(wave) == 2
    assert counts(wave).bounced == 1
    assert Message.objects.get(state=State.FAILED).detail == "550 no such user"


@pytest.mark.parametrize(
    ("said", "bounced"),
    [
        ("550 no such user", True),
        ("551 user not local", True),
        ("553 mailbox name not allowed", True),
        ("550 5.1.1 unknown user", True),
        ("554 5.1.10 recipient not found", True),
        ("550 5.7.1 relaying denied", False),
        ("554 5.7.1 relay access denied", False),
        ("554 transaction failed", False),
        ("530 authentication required", False),
        ("535 5.7.8 credentials invalid", False),
        ("550 5.2.1 mailbox disabled", False),
    ],
)
def test_only_a_server_that_says_there_is_no_such_address_makes_it_bounce(
    wave: Wave, box: Mailbox, said: str, bounced: bool
) -> None:
    box.to_recipient["bestuur@proef.example"] = said
    assert send(wave) == 2
    assert Message.objects.get(state=State.FAILED).detail == said
    assert counts(wave).bounced == bounced


def addressed(email: str) -> None:
    Contact.objects.filter(organisation__number="99001").update(email=email)


def test_a_domain_beyond_ascii_is_mailed_as_idna(wave: Wave, box: Mailbox) -> None:
    addressed("bestuur@bücher.example")
    assert send(wave) == 3
    assert "bestuur@xn--bcher-kva.example" in box.recipients


def test_a_mailbox_beyond_ascii_is_refused_before_anything_goes_out(wave: Wave, box: Mailbox) -> None:
    addressed("bestüür@proef.example")
    assert send(wave) == 2
    assert len(box.mails) == 2
    failed = Message.objects.get(state=State.FAILED)
    assert failed.detail.startswith("this mail cannot be sent")
    assert (counts(wave).messages["uncertain"], counts(wave).bounced) == (0, 0)


@pytest.mark.parametrize(
    ("email", "sound"),
    [
        ("a@bücher.example", True),
        ("bestüür@proef.example", False),
        ("\N{KELVIN SIGN}@proef.example", False),
        ("a@" + "üx" * 31 + ".example", False),
        ("geen adres", False),
    ],
)
def test_an_address_that_cannot_be_mailed_is_told_when_it_is_read(email: str, sound: bool) -> None:
    text = f"number,email\n99001,{email}\n"
    if sound:
        assert contacts.read(text, file="c.csv", known=["99001"])[UnitId("99001")] == [Address(email)]
        return
    with pytest.raises(Refused, match=r"W022 error .*c\.csv:2"):
        contacts.read(text, file="c.csv", known=["99001"])


def test_an_address_that_is_refused_for_now_waits_and_the_others_go_out(wave: Wave, box: Mailbox) -> None:
    box.to_recipient["bestuur@proef.example"] = "451 try again later"
    numbers = queued(wave)
    assert messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING) == 2
    with pytest.raises(NotNow, match="1 mails"):
        messages.check_none_waits(numbers)
    assert counts(wave).bounced == 0
    del box.to_recipient["bestuur@proef.example"]
    assert messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING) == 1
    assert len(box.mails) == 3


def test_a_mail_without_a_receipt_is_uncertain_and_never_sent_again(wave: Wave, box: Mailbox) -> None:
    box.break_after_text_of = "bestuur@proef.example"
    numbers = queued(wave)
    with pytest.raises(mailserver.Unreachable):
        messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    box.break_after_text_of = ""
    messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    assert [mail["To"] for mail in box.mails].count("bestuur@proef.example") == 1
    assert len(box.mails) == 3
    assert (counts(wave).messages["uncertain"], counts(wave).messages["sent"]) == (1, 2)


def test_without_a_mail_server_everything_waits(wave: Wave, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(mailserver.Unreachable):
        send(wave)
    assert counts(wave).messages["queued"] == 3


def test_a_mail_whose_job_was_killed_becomes_uncertain_after_a_while(wave: Wave, box: Mailbox) -> None:
    first = queued(wave)[0]
    Message.objects.filter(pk=first).update(state=State.SENDING, claimed_at=fielding.DURING)
    assert messages.mark_uncertain(moment=fielding.DURING + messages.CLAIM) == 0
    assert messages.mark_uncertain(moment=fielding.DURING + messages.CLAIM + timedelta(seconds=1)) == 1
    assert Message.objects.get(pk=first).state == State.UNCERTAIN


def test_a_board_that_refused_before_its_mail_went_out_gets_none(wave: Wave, box: Mailbox, client: Client) -> None:
    numbers = queued(wave)
    Visit(client).open(fielding.path_of(wave)).send(form=1)
    messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)
    assert len(box.mails) == 2
    assert counts(wave).messages["cancelled"] == 1


class Moments:
    """A clock that runs six minutes at a time: asked for as a mail is taken in hand, and again for its receipt.

    `during[n]` happens as it is asked for the n-th time.
    """

    def __init__(self, **during: Callable[[datetime], object]) -> None:
        self.asked, self._during = 0, during

    def __call__(self) -> datetime:
        self.asked += 1
        moment = fielding.DURING + timedelta(minutes=6 * self.asked)
        self._during.get(f"at_{self.asked}", lambda _: None)(moment)
        return moment


def test_the_last_mail_of_a_long_batch_is_not_taken_for_lost(wave: Wave, box: Mailbox) -> None:
    given_up: list[int] = []
    clock = Moments(at_6=lambda now: given_up.append(messages.mark_uncertain(moment=now - messages.CLAIM)))
    assert messages.send_queued(numbers=queued(wave), clock=clock) == 3
    assert given_up == [0]
    assert [*Message.objects.order_by("pk").values_list("sent_at", flat=True)] == [
        fielding.DURING + timedelta(minutes=minutes) for minutes in (12, 24, 36)
    ]


def test_a_receipt_that_comes_after_all_is_kept(wave: Wave, box: Mailbox) -> None:
    given_up: list[int] = []
    clock = Moments(at_2=lambda now: given_up.append(messages.mark_uncertain(moment=now + messages.CLAIM)))
    assert messages.send_queued(numbers=queued(wave), clock=clock) == 3
    assert given_up == [1]
    assert (counts(wave).messages["uncertain"], counts(wave).messages["sent"]) == (0, 3)


@pytest.mark.parametrize("what", ["refused_at", "answered_at"])
def test_who_refuses_or_answers_while_a_batch_goes_out_gets_no_mail(wave: Wave, box: Mailbox, what: str) -> None:
    numbers = queued(wave)
    second = Invitation.objects.filter(messages__pk=numbers[1])
    clock = Moments(at_2=lambda now: second.update(**{what: now}))
    assert messages.send_queued(numbers=numbers, clock=clock) == 2
    assert second.get().unit.organisation.contacts.get().email not in [mail["To"] for mail in box.mails]
    assert counts(wave).messages["cancelled"] == 1


def test_no_more_mails_of_a_batch_go_out_once_the_wave_is_closed(wave: Wave, box: Mailbox) -> None:
    clock = Moments(at_2=lambda now: waves.close_wave(wave=wave, by="command", moment=now))
    assert messages.send_queued(numbers=queued(wave), clock=clock) == 1
    assert len(box.mails) == 1
    assert counts(wave).messages["cancelled"] == 2


def test_after_closing_no_mail_goes_out(wave: Wave, box: Mailbox) -> None:
    numbers = queued(wave)
    messages.send_queued(numbers=numbers, clock=lambda: fielding.AFTER)
    assert box.mails == []
    with pytest.raises(NotNow, match="invites nobody"):
        messages.send_invitations(wave, fielding.AFTER, by="command")


def test_a_line_that_is_a_full_stop_does_not_end_the_mail(wave: Wave, box: Mailbox) -> None:
    with mailserver.connected() as server:
        mail = letters.compose(fielding.mail(wave), fielding.DURING)
        mail.body = "before\n.\nafter\n"
        assert server.hand_over(mail).handed is mailserver.Handed.TAKEN
    assert box.mails[0].get_content().split() == ["before", ".", "after"]


@pytest.mark.django_db(transaction=True)
def test_the_queue_sends_them_all_once_although_it_was_filled_twice(
    transactional_db: None, at: Clock, box: Mailbox
) -> None:
    wave = fielding.opened_wave()
    messages.send_invitations(wave, fielding.DURING, by="command")
    messages.send_invitations(wave, fielding.DURING, by="command")  # an officer who is not sure presses twice
    tasks.run_due()
    assert len(box.mails) == 3
    assert counts(wave).messages["sent"] == 3
    assert not ProcrastinateJob.objects.filter(task_name__contains="send_batch").exclude(status="succeeded").exists()


def test_when_a_mail_failed_the_address_in_the_place_of_its_own_gets_one(wave: Wave, box: Mailbox) -> None:
    box.to_recipient["bestuur@proef.example"] = "550 no such user"
    send(wave)
    contacts.keep({UnitId("99001"): [Address("nieuw@proef.example")]}, by="command", moment=fielding.DURING)
    assert messages.resend(wave, fielding.DURING, by="anna", states={State.UNCERTAIN}) == 0
    assert messages.resend(wave, fielding.DURING, by="anna", states={State.FAILED}) == 1
    assert counts(wave).bounced == 0
    waiting = Message.objects.get(state=State.QUEUED)
    assert messages.send_queued(numbers=[waiting.pk], clock=lambda: fielding.DURING) == 1
    again = box.to("nieuw@proef.example")
    assert again["Message-ID"] == letters.message_id(waiting)
    assert counts(wave).messages["sent"] == 3
    entry = Entry.objects.filter(act="wave.resend").latest("pk")
    assert (entry.actor, entry.details) == ("anna", {"messages": 1, "states": ["failed"]})


def test_only_the_boards_that_were_named_get_their_mail_again(wave: Wave, box: Mailbox) -> None:
    queued(wave)
    Message.objects.update(state=State.UNCERTAIN)
    again = {"by": "anna", "states": messages.RESENDABLE}
    assert messages.resend(wave, fielding.DURING, boards=["99002"], **again) == 1  # type: ignore[arg-type]
    assert Message.objects.get(state=State.QUEUED).invitation.unit.organisation.number == "99002"
    with pytest.raises(NotNow, match="did not invite: 12345"):
        messages.resend(wave, fielding.DURING, boards=["12345"], **again)  # type: ignore[arg-type]
    with pytest.raises(NotNow, match="invites nobody"):
        messages.resend(wave, fielding.AFTER, **again)  # type: ignore[arg-type]


def test_what_was_sent_and_who_has_answered_gets_nothing_again(wave: Wave, box: Mailbox, client: Client) -> None:
    queued(wave)
    Message.objects.update(state=State.UNCERTAIN)
    answered(client, fielding.path_of(wave))
    Message.objects.exclude(invitation=fielding.invitation(wave)).update(state=State.SENT)
    assert messages.resend(wave, fielding.DURING, by="anna", states=messages.RESENDABLE) == 0
    with pytest.raises(ValueError, match="can be sent again"):
        messages.resend(wave, fielding.DURING, by="anna", states={State.SENT})


def test_an_address_that_came_after_opening_is_invited_and_inviting_leaves_an_entry(wave: Wave, box: Mailbox) -> None:
    send(wave)
    contacts.keep({UnitId("99004"): [Address("wei@wei.example", "en")]}, by="command", moment=fielding.DURING)
    assert messages.send_invitations(wave, fielding.DURING, by="anna").new == 1
    assert fielding.invitation(wave, "99004").language == "en"
    assert Message.objects.latest("pk").contact.email == "wei@wei.example"
    entry = Entry.objects.filter(act="wave.invite").latest("pk")
    assert (entry.actor, entry.details) == ("anna", {"new": 1, "waiting": 1})


def test_a_board_whose_only_address_opted_out_before_its_mail_went_is_without_address(wave: Wave, box: Mailbox) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    before = counts(wave).without_address
    contacts.opt_out(contact=Contact.objects.get(email="bestuur@proef.example"), moment=fielding.DURING)
    messages.send_queued(numbers=[*Message.objects.values_list("pk", flat=True)], clock=lambda: fielding.DURING)
    assert counts(wave).without_address == before + 1


def test_boards_with_addresses_of_other_roles_than_are_mailed_are_without_address(db: None, at: object) -> None:
    made = fielding.draft_wave(fielding.WAVE.replace("mail:\n", "mail:\n  to: [director]\n"))
    wave = waves.open_wave(wave=made, by="command", moment=fielding.OPENS)
    messages.send_invitations(wave, fielding.DURING, by="command")
    assert not Message.objects.exists()
    assert counts(wave).without_address == counts(wave).invited == 4
