"""What a mail that comes back says, and what it does to the mail, the address and the board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pytest_django import Settings

from peilstok.audit.models import Entry
from peilstok.collect import contacts, retention, waves
from peilstok.collect.contacts import Address
from peilstok.collect.mail import bounces, messages, returned, returnpath
from peilstok.collect.mail.bounces import Cause, Kind
from peilstok.collect.models import Contact, Message, Wave
from peilstok.collect.monitor import counts
from peilstok.terms import UnitId
from tests.collect import fielding, returning
from tests.collect.mail import Mailbox

State = Message.State
PROOF = "bestuur@proef.example"
LATER = fielding.DURING + timedelta(hours=1)

REPORTS = [  # status, what the server said, action -> kind, cause, blocks
    ("5.1.1", "smtp; 550 5.1.1 User unknown", "failed", Kind.HARD, Cause.ADDRESS, True),
    ("5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", "failed", Kind.HARD, Cause.ADDRESS, True),
    ("5.0.0", "smtp; 550 5.1.1 no such user", "failed", Kind.HARD, Cause.ADDRESS, True),
    ("5.0.0", "smtp; 550 No such user here", "failed", Kind.HARD, Cause.ADDRESS, True),
    ("5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access denied.", "failed", Kind.HARD, Cause.ADDRESS, True),
    ("5.4.4", "X-Postfix; Name service error for name=x.example type=A: Host not found", "failed",
     Kind.HARD, Cause.ADDRESS, True),
    ("5.1.8", "smtp; 553 5.1.8 sender domain unknown", "failed", Kind.HARD, Cause.POLICY, False),
    ("5.2.2", "smtp; 552 5.2.2 mailbox full", "failed", Kind.HARD, Cause.MAILBOX, False),
    ("5.2.1", "smtp; 550 5.2.1 mailbox disabled", "failed", Kind.HARD, Cause.MAILBOX, False),
    ("5.7.1", "smtp; 554 5.7.1 Message rejected as spam", "failed", Kind.HARD, Cause.POLICY, False),
    ("5.7.26", "smtp; 550 5.7.26 DMARC", "failed", Kind.HARD, Cause.POLICY, False),
    ("5.4.6", "smtp; 554 5.4.6 too many hops", "failed", Kind.HARD, Cause.POLICY, False),
    ("4.4.1", "X-Postfix; connect to mx.example[192.0.2.1]:25: Connection timed out", "failed",
     Kind.SOFT, Cause.ROUTE, False),
    ("4.1.1", "smtp; 450 4.1.1 User unknown", "failed", Kind.SOFT, Cause.ADDRESS, False),
    ("4.2.2", "smtp; 452 4.2.2 over quota", "failed", Kind.SOFT, Cause.MAILBOX, False),
    ("5.1.1", "smtp; 550 5.1.1 User unknown", "delayed", Kind.SOFT, Cause.ADDRESS, False),
    ("2.0.0", "smtp; 250 OK", "delivered", Kind.UNRELATED, Cause.UNKNOWN, False),
    ("2.0.0", "smtp; 250 OK", "relayed", Kind.UNRELATED, Cause.UNKNOWN, False),
]  # fmt: skip


@pytest.mark.parametrize(("status", "said", "action", "kind", "cause", "blocks"), REPORTS)
def test_a_delivery_report_says_whether_it_was_for_good_and_what_was_wrong(
    status: str, said: str, action: str, kind: Kind, cause: Cause, blocks: bool
) -> None:
    found = bounces.read(returning.report(to="bounce@raad.example", status=status, said=said, action=action))
    assert (found.kind, found.cause, found.blocks) == (kind, cause, blocks)


TEXTS: list[tuple[str, Kind, bool]] = [
    (("<info@proef.example>: host mx.proef.example[192.0.2.9] said: 550 5.1.1\n    <info@proef.example>: User unknown "
     "(in reply to RCPT TO command)"), Kind.HARD, True),
    (("Hi. This is the qmail-send program at raad.example.\nI'm afraid I wasn't able to deliver your message to the "
     "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
     "<info@proef.example>:\nSorry, no mailbox here by that name. (#5.1.1)"), Kind.HARD, True),
    (("A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\n"
     "  info@proef.example\n    SMTP error from remote mail server after end of data:\n    552 mailbox is full"),
     Kind.HARD, False),
    (("** Delivery incomplete **\n\nThere was a temporary problem delivering your message to info@proef.example. "
     "The response was:\n550 5.1.1 User unknown"), Kind.SOFT, False),
    (("Your message could not be delivered.\n<info@proef.example>: connect to mx.proef.example[192.0.2.9]:25: "
     "Connection timed out"), Kind.SOFT, False),
    (("Uw bericht kan niet worden bezorgd bij de volgende geadresseerden:\n\ninfo@proef.example\n"
     "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found'"), Kind.HARD, True),
    ("Tomorrow the mail server is switched off between 8 and 9.", Kind.UNRELATED, False),
    ("", Kind.UNRELATED, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "blocks"), TEXTS)
def test_a_bounce_in_another_format_is_read_by_its_words(text: str, kind: Kind, blocks: bool) -> None:
    found = bounces.read(returning.plain(text))
    assert (found.kind, found.blocks) == (kind, blocks)


def test_an_automatic_reply_is_no_bounce_whatever_stands_in_it() -> None:
    assert bounces.read(returning.OUT_OF_OFFICE).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "subject", ["Out of Office: poll", "Afwezig tot 14 april", "Automatic reply: poll", "Abwesenheitsnotiz"]
)
def test_an_automatic_reply_is_known_by_its_subject(subject: str) -> None:
    assert bounces.read(returning.plain("Ik ben weg.", sender="a@b.example", subject=subject)).kind is Kind.AUTO_REPLY


def test_a_person_who_quotes_a_bounce_is_a_person() -> None:
    assert bounces.read(returning.QUESTION).kind is Kind.UNRELATED


def test_what_our_own_mail_says_is_not_held_against_the_address() -> None:
    text = (
        "Your message could not be delivered.\n<info@proef.example>: host mx said: 452 4.2.2 over quota\n\n"
        "------ This is a copy of your message ------\nSubject: 550 5.1.1 User unknown\n"
    )
    assert bounces.read(returning.plain(text)).kind is Kind.SOFT


@pytest.mark.parametrize("raw", returning.ODD.values(), ids=returning.ODD)
def test_a_mail_that_no_parser_can_make_sense_of_is_read_and_blocks_nothing(raw: bytes) -> None:
    assert not bounces.read(raw).blocks


@given(some.binary(max_size=400))
def test_whatever_comes_in_is_read_without_an_error_and_noise_blocks_nothing(raw: bytes) -> None:
    assert not bounces.read(raw).blocks


@given(some.text(max_size=300), some.sampled_from(["5.1.1", "4.2.2", "", "5", "x"]))
def test_a_report_with_nonsense_in_it_is_read_without_an_error(said: str, status: str) -> None:
    bounces.read(returning.report(to="a@b.example", status=status, said=said.encode("ascii", "replace").decode()))


# --- what it does ---


@pytest.fixture
def sent(wave: Wave, box: Mailbox, settings: Settings) -> Wave:
    """The invitations have gone out, each with a return path of its own."""
    settings.PEILSTOK = settings.PEILSTOK.model_copy(update={"mail_return": "bounce@raad.example"})
    messages.send_invitations(wave, fielding.DURING, by="command")
    send()
    return wave


def send() -> int:
    numbers = list(Message.objects.filter(state=State.QUEUED).values_list("pk", flat=True))
    return messages.send_queued(numbers=numbers, clock=lambda: fielding.DURING)


def of(email: str = PROOF) -> Message:
    return Message.objects.select_related("contact", "invitation").get(contact__email=email)


def comes_back(raw: bytes | None = None, *, moment: datetime = LATER, **report: str) -> returned.Taken:
    raw = raw or returning.report(to=returnpath.envelope_sender(of()), **report)
    return returned.take(raw, by="command", moment=moment)


def test_every_mail_has_a_return_path_of_its_own_and_the_sender_stays_the_council(sent: Wave, box: Mailbox) -> None:
    assert len(set(box.senders)) == 3
    assert all(each.startswith("bounce+") and each.endswith("@raad.example") for each in box.senders)
    assert {mail["From"] for mail in box.mails} == {"De raad <peiling@raad.example>"}


def test_without_the_setting_mails_come_back_to_the_sender(wave: Wave, box: Mailbox) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    send()
    assert set(box.senders) == {"peiling@raad.example"}


def test_a_hard_bounce_of_the_address_fails_the_mail_the_address_and_the_board(sent: Wave) -> None:
    taken = comes_back()
    assert (taken.message, of().state, of().returned_at) == (of().pk, State.FAILED, LATER)
    assert of().detail.startswith("5.1.1 550 5.1.1")
    assert of().contact.failed_at == LATER
    assert counts(sent).bounced == 1
    entry = Entry.objects.get(act="mail.returned")
    assert entry.details == {"kind": "hard", "cause": "address", "status": "5.1.1", "blocks": True}


@pytest.mark.parametrize(("status", "said", "action", "kind", "cause", "blocks"), REPORTS)
def test_only_a_hard_bounce_of_the_address_ever_gives_it_up(
    sent: Wave, status: str, said: str, action: str, kind: Kind, cause: Cause, blocks: bool
) -> None:
    comes_back(status=status, said=said, action=action)
    assert (of().contact.failed_at is not None) is blocks
    assert counts(sent).bounced == blocks


def test_a_soft_bounce_fails_the_mail_and_a_person_may_send_it_again(sent: Wave) -> None:
    comes_back(status="4.4.1", said="X-Postfix; connection timed out")
    assert of().state == State.FAILED
    assert messages.resend(sent, LATER, by="anna", states={State.FAILED}) == 1
    assert send() == 1
    assert (of().state, of().returned_at) == (State.SENT, None)


def test_a_delay_leaves_the_mail_sent(sent: Wave) -> None:
    comes_back(status="4.4.1", said="smtp; 450 greylisted", action="delayed")
    assert (of().state, of().returned_at) == (State.SENT, None)
    assert "greylisted" in of().detail


@pytest.mark.parametrize("raw", [returning.OUT_OF_OFFICE, returning.QUESTION])
def test_an_automatic_reply_and_a_question_change_nothing(sent: Wave, raw: bytes) -> None:
    before = Message.objects.values().order_by("pk")
    kept = list(before)
    comes_back(raw.replace(b"bounce@raad.example", returnpath.envelope_sender(of()).encode()))
    assert list(before.all()) == kept
    assert not Contact.objects.exclude(failed_at=None).exists()


def test_the_same_bounce_twice_is_as_once(sent: Wave) -> None:
    comes_back()
    comes_back(moment=LATER + timedelta(days=1))
    assert of().returned_at == of().contact.failed_at == LATER
    assert Entry.objects.filter(act="mail.returned").count() == 1


def test_a_bounce_after_a_delay_or_a_soft_one_may_still_give_the_address_up(sent: Wave) -> None:
    comes_back(status="4.4.1", said="timed out", action="delayed")
    comes_back(status="5.2.2", said="smtp; 552 full")
    assert of().contact.failed_at is None
    comes_back()
    assert of().contact.failed_at == LATER


@pytest.mark.parametrize(
    "forged",
    ["bounce+{pk}.aaaaaaaaaaaaaaaa@raad.example", "bounce+{pk}.@raad.example", "bounce+9{pk}.{proof}@raad.example"],
)
def test_nobody_can_have_an_address_given_up_by_making_up_a_return_path(sent: Wave, forged: str) -> None:
    proof = returnpath.envelope_sender(of()).partition(".")[2].partition("@")[0]
    taken = comes_back(returning.report(to=forged.format(pk=of().pk, proof=proof)))
    assert taken.message is None
    assert of().state == State.SENT


def test_the_return_path_of_one_mail_says_nothing_of_another(sent: Wave) -> None:
    proof = returnpath.envelope_sender(of()).partition(".")[2]
    other = of("info@voorbeeld.example")
    assert comes_back(returning.report(to=f"bounce+{other.pk}.{proof}")).message is None


def test_a_bounce_that_lost_its_return_path_is_known_by_the_mail_that_it_quotes(sent: Wave, box: Mailbox) -> None:
    quoted = box.to(PROOF)["Message-ID"]
    assert comes_back(returning.report(to="peiling@raad.example", message_id=quoted)).message == of().pk


def test_a_board_has_bounced_only_when_all_its_mailed_addresses_failed(
    wave: Wave, box: Mailbox, settings: Settings
) -> None:
    two = {UnitId("99001"): [Address(PROOF), Address("tweede@proef.example")]}
    contacts.keep(two, by="command", moment=fielding.DURING)
    settings.PEILSTOK = settings.PEILSTOK.model_copy(update={"mail_return": "bounce@raad.example"})
    messages.send_invitations(wave, fielding.DURING, by="command")
    send()
    comes_back()
    assert counts(wave).bounced == 0
    comes_back(returning.report(to=returnpath.envelope_sender(of("tweede@proef.example"))))
    assert counts(wave).bounced == 1
    contacts.keep({UnitId("99001"): [Address("derde@proef.example")]}, by="command", moment=LATER)
    messages.send_invitations(wave, LATER, by="command")
    assert counts(wave).bounced == 0  # there is one again that may arrive


def test_an_address_that_failed_gets_no_mail_in_the_next_wave(sent: Wave, box: Mailbox) -> None:
    comes_back()
    contacts.keep({UnitId("99001"): [Address(PROOF)]}, by="command", moment=LATER)  # given again
    assert not Contact.objects.mailable().filter(email=PROOF).exists()
    assert messages.resend(sent, LATER, by="anna", states={State.FAILED}) == 1  # a person insists
    assert Contact.objects.mailable().filter(email=PROOF).exists()


def test_a_bounce_of_a_board_that_has_answered_does_not_undo_its_answer(
    sent: Wave, client: object, at: Callable[[datetime], None]
) -> None:
    from django.test import Client

    from tests.collect.visiting import answered

    answered(Client(), fielding.path_of(sent))
    comes_back()
    assert (counts(sent).answered, counts(sent).bounced) == (1, 0)


@pytest.mark.parametrize("odd", [b"\x00", b"\x80"])
def test_what_a_server_says_is_kept_without_what_no_text_may_have(sent: Wave, odd: bytes) -> None:
    raw = returning.report(to=returnpath.envelope_sender(of())).replace(b"User unknown", b"User" + odd + b" unknown")
    assert comes_back(raw).message == of().pk
    assert of().state == State.FAILED
    assert of().detail.endswith("unknown")
    assert "\0" not in of().detail


@pytest.mark.parametrize("more", [{}, {"action": "delayed", "status": "4.4.1"}])
def test_a_bounce_that_comes_when_its_wave_has_forgotten_brings_no_address_back(
    sent: Wave, more: dict[str, str]
) -> None:
    waves.close_wave(wave=sent, by="command", moment=fielding.CLOSES)
    due = retention.due(sent)
    retention.forget(wave=sent, by="command", moment=due)
    comes_back(returning.report(to=returnpath.envelope_sender(of()), **more), moment=due)
    assert of().detail == ""
    assert of().state == (State.SENT if more else State.FAILED)
