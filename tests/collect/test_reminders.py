"""Reminders go out by themselves, each once, to boards that have not answered; and never to one that has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from peilstok.audit.models import Entry
from peilstok.collect import contacts, tasks, waves
from peilstok.collect.contacts import Address
from peilstok.collect.mail import letters, messages, reminders, returned
from peilstok.collect.models import Contact, Message, Reminder, Wave
from peilstok.errors import Refused
from peilstok.terms import UnitId
from tests.collect import fielding, returning
from tests.collect.mail import Mailbox
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]

FIRST = datetime(2020, 4, 4, 7, 0, tzinfo=UTC)
SECOND = datetime(2020, 4, 5, 7, 0, tzinfo=UTC)
REMINDED = (
    fielding.WAVE
    + """reminders:
  - at: 2020-04-04T09:00:00+02:00
  - at: 2020-04-05T09:00:00+02:00
    subject: {nl: "Nog een dag", en: "One more day"}
    why: {nl: "Morgen sluiten wij.", en: "We close tomorrow."}
"""
)


@pytest.fixture
def wave(db: None, at: Clock) -> Wave:
    """Open, with two reminders to come."""
    return waves.open_wave(wave=fielding.draft_wave(REMINDED), by="command", moment=fielding.OPENS)


def invite(wave: Wave) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    send(fielding.DURING)


def send(moment: datetime) -> list[str]:
    """Send what waits; to whom it went."""
    numbers = list(Message.objects.filter(state="queued").values_list("pk", flat=True))
    messages.send_queued(numbers=numbers, clock=lambda: moment)
    sent = Message.objects.filter(pk__in=numbers, state="sent")
    return sorted(sent.values_list("contact__email", flat=True))


def due(moment: datetime) -> list[int]:
    """The numbers of the reminders that the job queues at this moment."""
    return [each.number for each in reminders.queue_all_due(by="job:queue_due_reminders", moment=moment)]


@pytest.mark.parametrize(("moment", "queued"), [(FIRST - timedelta(seconds=1), []), (FIRST, [1])])
def test_a_reminder_is_queued_when_it_is_due_and_not_before(
    wave: Wave, box: Mailbox, moment: datetime, queued: list[int]
) -> None:
    invite(wave)
    assert due(moment) == queued


def test_a_reminder_has_its_turn_once_and_each_kind_of_mail_goes_once_to_an_address(wave: Wave, box: Mailbox) -> None:
    invite(wave)
    assert [due(FIRST), due(FIRST), due(SECOND), due(SECOND)] == [[1], [], [2], []]
    assert [each.mails for each in Reminder.objects.order_by("number")] == [3, 0]  # the first ones still wait
    assert send(SECOND) == ["bestuur@proef.example", "board@vaart.example", "info@voorbeeld.example"]
    assert len(box.mails) == 6


def test_the_job_queues_them_by_the_clock_and_leaves_an_entry(wave: Wave, box: Mailbox, at: Clock) -> None:
    invite(wave)
    at(FIRST)
    tasks.queue_due_reminders.func(timestamp=0)
    entry = Entry.objects.get(act="wave.remind")
    assert entry.details == {"number": 1, "mails": 3, "skipped": []}
    assert entry.actor == "job:queue_due_reminders"


def test_director_17_who_has_answered_gets_no_reminder_ever(wave: Wave, box: Mailbox, client: Client) -> None:
    """Director 17: after sending no reminder, ever."""
    invite(wave)
    answered(client, fielding.path_of(wave))
    assert due(FIRST) == [1]
    assert "bestuur@proef.example" not in send(FIRST)
    answered(client, fielding.path_of(wave, "99002"))  # between the two
    assert due(SECOND) == [2]
    assert send(SECOND) == ["board@vaart.example"]


def test_director_17_an_answer_that_comes_while_the_reminder_waits_stops_it(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    """Director 17: after sending no reminder, ever."""
    invite(wave)
    due(FIRST)
    answered(client, fielding.path_of(wave))
    assert send(FIRST) == ["board@vaart.example", "info@voorbeeld.example"]
    assert Message.objects.get(state="cancelled").contact.email == "bestuur@proef.example"


def test_director_18_who_does_not_take_part_gets_no_more_mail_in_this_wave(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    """Director 18: "Wij doen niet mee" in one tap: no more mail in this wave."""
    invite(wave)
    Visit(client).open(fielding.path_of(wave)).send(form=1)
    for moment in (FIRST, SECOND):
        due(moment)
        assert "bestuur@proef.example" not in send(moment)
    assert messages.send_invitations(wave, SECOND, by="command").new == 0
    Message.objects.filter(kind="reminder-1").update(state="failed")
    messages.resend(wave, SECOND, by="anna", states=messages.RESENDABLE)
    assert "bestuur@proef.example" not in send(SECOND)


def test_a_board_that_no_mail_has_reached_gets_no_reminder_of_a_mail_that_it_never_had(
    wave: Wave, box: Mailbox
) -> None:
    box.to_text_of["bestuur@proef.example"] = "554 spam"
    invite(wave)
    contacts.keep({UnitId("99004"): [Address("wei@wei.example")]}, by="command", moment=FIRST)
    due(FIRST)
    assert send(FIRST) == ["board@vaart.example", "info@voorbeeld.example"]


def test_an_address_that_still_waits_for_its_invitation_gets_no_reminder_beside_it(wave: Wave, box: Mailbox) -> None:
    box.to_recipient["bestuur@proef.example"] = "450 later"
    invite(wave)
    due(FIRST)
    kinds = set(Message.objects.filter(contact__email="bestuur@proef.example").values_list("kind", flat=True))
    assert kinds == {"invitation"}


def test_of_reminders_that_were_missed_only_the_last_goes_out(wave: Wave, box: Mailbox) -> None:
    invite(wave)
    assert due(SECOND) == [2]
    assert [(each.number, each.skipped, each.mails) for each in Reminder.objects.order_by("number")] == [
        (1, True, 0), (2, False, 3)
    ]  # fmt: skip
    assert len(send(SECOND)) == 3
    assert reminders.following(wave) is None


@pytest.mark.parametrize("close", ["by hand", "by time"])
def test_a_wave_that_is_closed_reminds_nobody(wave: Wave, box: Mailbox, close: str) -> None:
    invite(wave)
    if close == "by hand":
        waves.close_wave(wave=wave, by="command", moment=fielding.DURING)
        assert due(FIRST) == []
    else:
        assert due(fielding.CLOSES) == []
    assert not Reminder.objects.exists()


def test_a_reminder_that_waits_when_the_wave_closes_does_not_go_out(wave: Wave, box: Mailbox) -> None:
    invite(wave)
    due(SECOND)
    assert send(fielding.CLOSES) == []
    assert len(box.mails) == 3


@pytest.mark.parametrize(
    ("kind", "language", "subject", "parts"),
    [
        ("reminder-1", "nl", "Herinnering: Hoeveel leerlingen vangt u op?",
         ["Dit is een herinnering aan ‘Derde meting’", "De minister vraagt het vandaag.", "Heeft een collega"]),
        ("reminder-1", "en", "Reminder: How many pupils are in care?", ["This is a reminder of “Third wave”"]),
        ("reminder-2", "nl", "Nog een dag", ["Dit is een herinnering", "Morgen sluiten wij."]),
        ("reminder-2", "en", "One more day", ["This is a reminder", "We close tomorrow."]),
    ],
)  # fmt: skip
def test_a_reminder_says_that_it_is_one_in_both_languages(
    wave: Wave, kind: str, language: str, subject: str, parts: list[str]
) -> None:
    mail = fielding.mail(wave)
    mail.kind, mail.contact.language = kind, language
    written = letters.compose(mail, FIRST)
    assert written.subject == subject
    assert all(part in written.body for part in parts)


@pytest.mark.parametrize(
    ("moments", "codes"),
    [
        (["2020-04-02T09:00:00+02:00"], ["W011"]),  # as it opens
        (["2020-04-02T09:00:01+02:00"], []),
        (["2020-04-06T11:59:59+02:00"], []),
        (["2020-04-06T12:00:00+02:00"], ["W011"]),  # as it closes
        (["2020-04-05T09:00:00+02:00", "2020-04-04T09:00:00+02:00"], ["W012"]),
        (["2020-04-04T09:00:00+02:00", "2020-04-04T07:00:00Z"], ["W012"]),  # the same moment
        (["2020-04-04T09:00:00"], ["W004"]),
        (["tomorrow"], ["W004"]),
        (["2020-04-04T09:00:00+02:00"] * 10, ["W004"] + ["W012"] * 9),
    ],
)
def test_reminders_lie_between_opening_and_closing_one_after_the_other(moments: list[str], codes: list[str]) -> None:
    text = fielding.WAVE + "reminders:\n" + "".join(f"  - at: {moment}\n" for moment in moments)
    try:
        fielding.wave_file(text)
        found = []
    except Refused as refused:
        found = [each.code for each in refused.findings]
    assert found == codes


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("  - at: 2020-04-04T09:00:00+02:00\n    wy: {nl: a, en: b}\n",
         r"W003 error wave.yaml:16:5 reminders.0.wy \| did you mean why\?"),
        ("  - why: {nl: a}\n", r"W002 error wave.yaml:15:5 no reminders.0.at"),
        ("  at: 2020-04-04T09:00:00+02:00\n", r"W004 error wave.yaml:14:1 reminders: .* \| a list"),
    ],
)  # fmt: skip
def test_a_fault_in_a_reminder_is_told_with_its_place(lines: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        fielding.wave_file(fielding.WAVE + "reminders:\n" + lines)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("to: [boss]", "W004 .* one of 'director', 'secretariat' or 'other'"),
        ("to: []", "W004 .* at least 1 of them"),
        ("per_minute: 0", "W004 .* 1 or more"),
        ("per_minute: many", "W004 .* a whole number"),
        ("per_minute: 100001", "W004 .* 100,000 or less"),
    ],
)
def test_whom_and_how_fast_is_checked(line: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        fielding.wave_file(fielding.WAVE.replace("mail:\n", f"mail:\n  {line}\n"))


def test_the_database_lets_a_reminder_have_its_turn_once_and_knows_the_kinds_of_mail(wave: Wave) -> None:
    Reminder.objects.create(wave=wave, number=1, due_at=FIRST, queued_at=FIRST)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reminder.objects.create(wave=wave, number=1, due_at=FIRST, queued_at=FIRST)
    mail = fielding.mail(wave)
    mail.kind = "advertisement"
    with pytest.raises(DatabaseError, match="a_kind_of_mail_is_known"), transaction.atomic():
        mail.save()


SUMMER = """
format: peilstok/wave/1
id: summer
title: {nl: "Zomertijd", en: "Summer time"}
date: 2020-03-30
questionnaire: questionnaire.yaml
opens: 2020-03-27T09:00:00+01:00
closes: 2020-03-30T09:00:00+02:00
seen_by: {nl: "Alleen de raad.", en: "Only the council."}
contact: {name: Anna, email: anna@raad.example, phone: 030 000 00 01}
mail:
  subject: {nl: "Hoeveel?", en: "How many?"}
  why: {nl: "Daarom.", en: "Because."}
reminders:
  - at: 2020-03-29T09:00:00+02:00
"""


@pytest.mark.django_db
def test_a_reminder_and_the_closing_keep_their_time_over_the_beginning_of_summer_time(at: Clock, box: Mailbox) -> None:
    """At 2 o'clock on 29 March 2020 it became 3: nine o'clock is 7:00 UTC that day, and was 8:00 the day before."""
    wave = fielding.draft_wave(SUMMER)
    opened = datetime(2020, 3, 27, 8, 0, tzinfo=UTC)
    waves.open_wave(wave=wave, by="command", moment=opened)
    wave.refresh_from_db()
    messages.send_invitations(wave, opened, by="command")
    send(opened)
    assert "maandag 30 maart 2020 om 09.00 uur" in box.to("bestuur@proef.example").get_content()
    assert due(datetime(2020, 3, 29, 6, 59, 59, tzinfo=UTC)) == []
    assert due(datetime(2020, 3, 29, 7, 0, tzinfo=UTC)) == [1]
    assert waves.close_due_waves(by="job:x", moment=datetime(2020, 3, 30, 6, 59, 59, tzinfo=UTC)) == []
    assert waves.close_due_waves(by="job:x", moment=datetime(2020, 3, 30, 7, 0, tzinfo=UTC)) == ["summer"]


def test_an_address_that_opted_out_gets_no_reminder_and_the_other_of_its_board_does(wave: Wave, box: Mailbox) -> None:
    contacts.keep(
        {UnitId("99001"): [Address("a@proef.example"), Address("b@proef.example")]}, by="command", moment=FIRST
    )
    invite(wave)
    contacts.opt_out(contact=Contact.objects.get(email="a@proef.example"), moment=FIRST)
    due(FIRST)
    assert send(FIRST) == ["b@proef.example", "board@vaart.example", "info@voorbeeld.example"]


def came_back(contact: str, status: str, said: str) -> None:
    message = Message.objects.get(contact__email=contact, kind="invitation")
    raw = returning.report(to="x", status=status, said=f"smtp; {said}", message_id=letters.message_id(message))
    returned.take(raw, by="command", moment=fielding.DURING)


@pytest.mark.parametrize(
    ("status", "said", "reminded"),
    [
        ("4.4.1", "451 4.4.1 connection timed out", True),
        ("4.2.2", "452 4.2.2 mailbox full", True),
        ("5.2.2", "552 5.2.2 mailbox full", True),  # refused for good, and the address is not to blame
        ("5.1.1", "550 5.1.1 user unknown", False),
    ],
)
def test_a_board_whose_only_mail_came_back_is_reminded_unless_there_is_no_such_address(
    wave: Wave, box: Mailbox, status: str, said: str, reminded: bool
) -> None:
    invite(wave)
    came_back("bestuur@proef.example", status, said)
    assert Message.objects.get(contact__email="bestuur@proef.example").state == "failed"
    due(FIRST)
    assert ("bestuur@proef.example" in send(FIRST)) is reminded


def test_the_address_in_the_place_of_one_that_does_not_exist_is_invited_before_it_is_reminded(
    wave: Wave, box: Mailbox
) -> None:
    invite(wave)
    came_back("bestuur@proef.example", "5.1.1", "550 5.1.1 user unknown")
    contacts.keep({UnitId("99001"): [Address("nieuw@proef.example")]}, by="command", moment=FIRST)
    due(FIRST)
    assert "nieuw@proef.example" not in send(FIRST)
