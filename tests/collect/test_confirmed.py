"""Director 15: the confirmation by mail, with the answers as a PDF, a reference, and until when they can be changed."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader

from peilstok.audit.models import Entry
from peilstok.collect import confirmations, contacts, dispositions, retention, tasks, waves
from peilstok.collect.contacts import Address
from peilstok.collect.mail import confirmed, letters, messages, returned, returnpath
from peilstok.collect.models import Contact, Handover, Invitation, Message, Revision, Wave
from peilstok.collect.monitor import counts
from peilstok.collect.parts import EVERYTHING
from peilstok.collect.progress import progress
from peilstok.collect.respondents import Respondent
from peilstok.collect.roles import Role
from peilstok.errors import CannotRun
from peilstok.terms import UnitId
from tests.accounts import cast
from tests.collect import by_school, fielding, returning
from tests.collect.mail import Mailbox
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]
State = Message.State

PROOF = "bestuur@proef.example"
SOON = fielding.DURING + timedelta(minutes=1)


def queue(moment: datetime = SOON) -> list[int]:
    """What the job does every minute; how many mails of each wave."""
    return list(confirmed.queue_all_due(by="job:queue_confirmations", moment=moment))


def send(moment: datetime = SOON) -> int:
    numbers = list(Message.objects.filter(state=State.QUEUED).values_list("pk", flat=True))
    return messages.send_queued(numbers=numbers, clock=lambda: moment)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def pdf_of(mail: EmailMessage) -> str:
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    document = PdfReader(io.BytesIO(attached.get_content()))
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def corrected(wave: Wave, in_care: int) -> None:
    Visit(Client()).open(f"{fielding.path_of(wave)}vraag/care/?terug=controle").send(
        in_care=in_care, lead="school"
    ).send()


def test_director_15_a_confirmation_with_the_answers_as_a_pdf_a_reference_and_until_when_they_can_be_changed(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    """Director 15: confirmation on screen and by mail, the answers as a PDF, a reference, until when I can change."""
    page = answered(client, fielding.path_of(wave), remark="Het gaat goed").html
    reference = Revision.objects.get().reference
    assert reference in page
    assert "Binnen enkele minuten" in page
    assert PROOF not in page
    assert queue() == [1]
    assert send() == 1
    mail = box.to(PROOF)
    assert mail["Subject"].strip() == f"Ontvangen: uw antwoorden op ‘Noodopvang’ ({reference})"
    text = text_of(mail)
    for part in (
        "Stichting De Proef",
        "vrijdag 3 april 2020 om 10.30 uur",
        f"Kenmerk: {reference}",
        "verbeteren tot maandag 6 april 2020 om 12.00 uur, met dezelfde link",
        fielding.path_of(wave),
        "030 000 00 01",
    ):
        assert part in text, text
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"wave-3-{reference}.pdf"
    for part in (reference, "Hoeveel vangt u op? 40 leerlingen", "Het gaat goed", "verbeteren tot maandag 6 april"):
        assert part in pdf_of(mail)
    after = Visit(client).open(f"{fielding.path_of(wave)}klaar/").html
    assert "Wij hebben een bevestiging gemaild, met uw antwoorden als pdf, naar het adres" in after
    assert PROOF not in after


def test_each_version_is_confirmed_once_however_often_the_job_runs(wave: Wave, box: Mailbox, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    assert [queue(), queue()] == [[1], []]
    assert [send(), send(), queue(), send()] == [1, 0, [], 0]
    assert len(box.mails) == 1


def test_a_correction_before_the_job_has_looked_means_one_mail_of_the_latest_version(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    answered(client, fielding.path_of(wave))
    corrected(wave, 41)
    assert [queue(), send()] == [[1], 1]
    assert "41 leerlingen" in pdf_of(box.to(PROOF))
    assert "Dit is versie 2; de eerdere zijn bewaard en tellen niet." in text_of(box.to(PROOF))


def test_a_version_that_was_corrected_while_its_mail_waited_is_never_mailed(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    answered(client, fielding.path_of(wave))
    queue()
    corrected(wave, 41)
    assert send() == 0
    assert Message.objects.get().state == State.CANCELLED
    assert [queue(), send()] == [[1], 1]
    (mail,) = box.mails
    assert "41 leerlingen" in pdf_of(mail)
    assert Revision.objects.get(number=1).reference not in text_of(mail)


def test_a_correction_after_the_mail_is_confirmed_by_a_mail_of_its_own(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    answered(client, fielding.path_of(wave))
    queue()
    send()
    corrected(wave, 41)
    assert [queue(), send()] == [[1], 1]
    assert [("versie 2" in text_of(mail)) for mail in box.mails] == [False, True]
    assert len({mail["Message-ID"] for mail in box.mails}) == 2


def test_it_goes_to_the_addresses_that_an_invitation_would_go_to_each_in_its_own_language(
    db: None, at: Clock, box: Mailbox, client: Client
) -> None:
    text = fielding.WAVE.replace("mail:\n", "mail:\n  to: [director, secretariat]\n")
    wave = waves.open_wave(wave=fielding.draft_wave(text), by="command", moment=fielding.OPENS)
    given = [
        Address("a@proef.example", role=Role.DIRECTOR),
        Address("b@proef.example", "en", role=Role.SECRETARIAT),
        Address("c@proef.example", role=Role.OTHER),
        Address("d@proef.example", role=Role.DIRECTOR),
        Address("e@proef.example", role=Role.DIRECTOR),
    ]
    contacts.keep({UnitId("99001"): given}, by="command", moment=fielding.BEFORE)
    contacts.opt_out(contact=Contact.objects.get(email="d@proef.example"), moment=fielding.BEFORE)
    Contact.objects.filter(email="e@proef.example").update(failed_at=fielding.BEFORE)
    page = answered(client, fielding.path_of(wave)).html
    assert "naar de 2 adressen die wij van uw bestuur hebben" in page
    assert [queue(), send()] == [[2], 2]
    assert sorted(mail["To"] for mail in box.mails) == ["a@proef.example", "b@proef.example"]
    english = box.to("b@proef.example")
    assert "Your answers to “Emergency care” came in on Friday 3 April 2020 at 10:30." in text_of(english)
    assert "How many are in care? 40 pupils" in pdf_of(english)
    assert "Hoeveel vangt u op? 40 leerlingen" in pdf_of(box.to("a@proef.example"))


@pytest.mark.parametrize(
    "overtaken",
    [
        lambda: contacts.opt_out(contact=Contact.objects.get(email=PROOF), moment=SOON),
        lambda: Contact.objects.filter(email=PROOF).update(failed_at=SOON),
        lambda: contacts.keep({UnitId("99001"): [Address("nieuw@proef.example")]}, by="command", moment=SOON),
        lambda: Invitation.objects.update(out_of_scope_at=SOON, scope_reason="merged"),
    ],
    ids=["opted out", "no such address", "another address", "out of scope"],
)
def test_what_has_come_between_stops_a_confirmation_that_waits(
    wave: Wave, box: Mailbox, client: Client, overtaken: Callable[[], object]
) -> None:
    answered(client, fielding.path_of(wave))
    queue()
    overtaken()
    assert send() == 0
    assert Message.objects.get().state == State.CANCELLED
    assert queue() == []


def test_a_board_that_refused_and_answered_after_all_has_its_confirmation(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    Visit(client).open(fielding.path_of(wave)).send(form=1)
    assert queue() == []
    Visit(client).open(f"{fielding.path_of(wave)}vraag/board/").send().send(in_care=40, lead="school").send().send()
    assert fielding.invitation(wave).refused_at is not None
    assert [queue(), send()] == [[1], 1]


def test_who_answered_a_moment_before_closing_has_it_after_closing(
    wave: Wave, box: Mailbox, client: Client, at: Clock
) -> None:
    at(fielding.CLOSES - timedelta(seconds=1))
    answered(client, fielding.path_of(wave))
    waves.close_due_waves(by="job:close_due_waves", moment=fielding.CLOSES)
    assert [queue(fielding.AFTER), send(fielding.AFTER)] == [[1], 1]
    text = text_of(box.to(PROOF))
    assert "Deze peiling is gesloten op maandag 6 april 2020 om 12.00 uur. Uw antwoorden tellen mee." in text
    assert "verbeteren" not in text


def test_a_late_answer_is_confirmed_as_one_that_is_kept_apart(
    db: None, at: Clock, box: Mailbox, client: Client
) -> None:
    text = fielding.WAVE + "late_until: 2020-04-08T12:00:00+02:00\n"
    wave = waves.open_wave(wave=fielding.draft_wave(text), by="command", moment=fielding.OPENS)
    answered(client, fielding.path_of(wave, "99002"))
    waves.close_due_waves(by="job:close_due_waves", moment=fielding.CLOSES)
    late = fielding.CLOSES + timedelta(hours=5)
    at(late)
    answered(client, fielding.path_of(wave))
    Visit(client).open(f"{fielding.path_of(wave, '99002')}vraag/care/?terug=controle").send(
        in_care=31, lead="school"
    ).send()
    assert [queue(late), send(late)] == [[2], 2]
    first, correction = text_of(box.to(PROOF)), text_of(box.to("info@voorbeeld.example"))
    for said in (first, correction):
        assert "worden apart bewaard en tellen niet mee" in said
        assert "tot woensdag 8 april 2020 om 12.00 uur" in said
    assert "telt nog steeds" not in first
    assert "vrijdag 3 april 2020 om 10.30 uur" in correction  # what goes on counting
    returned.take(bounce(Message.objects.get(contact__email=PROOF)), by="command", moment=late)
    assert fielding.invitation(wave).outcome == "not_opened"  # how it ended for a board stays


def test_everything_handed_to_a_colleague_is_confirmed_to_the_board_and_a_part_to_nobody(
    db: None, at: Clock, box: Mailbox
) -> None:
    wave = by_school.opened_wave()
    visit = by_school.handed(wave, EVERYTHING)
    visit.send().send(in_care__s00ap="46").send(in_care__s00bk="3").send().send()
    assert Revision.objects.get().channel == Revision.Channel.DELEGATE
    assert [queue(), send()] == [[1], 1]
    (mail,) = box.mails
    assert mail["To"] == PROOF
    assert "verstuurd door een collega aan wie uw bestuur alles had overgedragen" in text_of(mail)


def test_who_has_done_a_part_gets_no_confirmation(db: None, at: Clock, box: Mailbox) -> None:
    wave = by_school.opened_wave()
    by_school.handed(wave, by_school.LINDEN).send(in_care__s00ap="46").send()
    assert Handover.objects.get().done_at is not None
    assert [queue(), send()] == [[], 0]
    assert box.mails == []


def test_what_an_officer_filled_in_on_the_telephone_is_confirmed_and_says_so(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    client.force_login(cast.anna())
    start = "/raad/metingen/wave-3/besturen/99001/telefoon/"
    visit = Visit(client).open(start).send().send(in_care=40, lead="school").send(remark="").send()
    assert "Binnen enkele minuten" in visit.html
    queue()
    send()
    assert "Wij hebben ze ingevuld zoals u ze ons aan de telefoon gaf." in text_of(box.to(PROOF))
    page = Visit(client).open("/raad/metingen/wave-3/besturen/99001/").html
    assert "Bevestiging van versie 1: verstuurd" in page


def test_a_wave_may_confirm_nothing_by_mail_and_its_page_promises_nothing(
    db: None, at: Clock, box: Mailbox, client: Client
) -> None:
    text = fielding.WAVE.replace("mail:\n", "mail:\n  confirmation: false\n")
    wave = waves.open_wave(wave=fielding.draft_wave(text), by="command", moment=fielding.OPENS)
    assert "bevestiging" not in answered(client, fielding.path_of(wave)).html
    assert queue() == []


def test_a_board_without_an_address_is_promised_nothing(wave: Wave, client: Client) -> None:
    assert "bevestiging" not in answered(client, fielding.path_of(wave, "99004")).html
    assert queue() == []


@pytest.mark.parametrize(("after", "mails"), [(timedelta(0), []), (-timedelta(seconds=1), [1])])
def test_a_version_of_two_days_ago_is_not_confirmed_any_more(
    wave: Wave, client: Client, after: timedelta, mails: list[int]
) -> None:
    answered(client, fielding.path_of(wave))
    assert queue(fielding.DURING + confirmed.WITHIN + after) == mails


def bounce(message: Message) -> bytes:
    return returning.report(to="x@raad.example", message_id=letters.message_id(message))


def test_one_that_comes_back_gives_the_address_up_as_any_does_and_the_board_has_answered_still(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    answered(client, fielding.path_of(wave))
    queue()
    send()
    message = Message.objects.get()
    assert returned.take(bounce(message), by="command", moment=SOON).message == message.pk
    message.refresh_from_db()
    assert (message.state, message.contact.failed_at) == (State.FAILED, SOON)
    assert (counts(wave).bounced, counts(wave).answered) == (0, 1)
    assert "bevestiging" not in Visit(client).open(f"{fielding.path_of(wave)}klaar/").html
    assert messages.resend(wave, SOON, by="anna", states={State.FAILED}) == 1
    assert send() == 1


def test_a_person_may_have_one_sent_again_of_which_nobody_knows_but_not_that_of_an_earlier_version(
    wave: Wave, box: Mailbox, client: Client
) -> None:
    box.break_after_text_of = PROOF
    answered(client, fielding.path_of(wave))
    queue()
    send()
    box.break_after_text_of = ""
    assert Message.objects.get().state == State.UNCERTAIN
    assert [queue(), send()] == [[], 0]
    corrected(wave, 41)
    assert messages.resend(wave, SOON, by="anna", states=messages.RESENDABLE) == 0
    queue()
    Message.objects.filter(kind="confirmation-2").update(state=State.UNCERTAIN)
    assert messages.resend(wave, SOON, by="anna", states=messages.RESENDABLE) == 1
    assert [send(), "41 leerlingen" in pdf_of(box.mails[-1])] == [1, True]


def test_one_whose_pdf_cannot_be_set_waits_and_keeps_no_other_back(
    wave: Wave, box: Mailbox, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("99001", "99002"):
        answered(client, fielding.path_of(wave, number))
    sound = confirmations.pdf

    def pdf(respondent: Respondent, *rest: Any) -> bytes:
        if respondent.invitation.unit.organisation.number == "99001":
            raise CannotRun("the PDF could not be set: no more memory")
        return sound(respondent, *rest)

    monkeypatch.setattr(confirmations, "pdf", pdf)
    queue()
    with pytest.raises(CannotRun, match="no more memory"):
        send()
    assert [mail["To"] for mail in box.mails] == ["info@voorbeeld.example"]
    assert Message.objects.get(contact__email=PROOF).state == State.QUEUED
    monkeypatch.undo()
    assert send() == 1


def test_it_is_no_mail_that_asks_for_answers(wave: Wave, box: Mailbox, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    queue()
    send()
    shown = progress(wave, SOON)
    assert shown.curve
    assert shown.curve.mailings == ()
    assert shown.counts.messages["sent"] == 1
    late = wave.invitations.get(unit__organisation__number="99002")
    Message.objects.create(
        invitation=late, contact=Contact.objects.get(email="info@voorbeeld.example"), kind="confirmation-1",
        state="sent", sent_at=SOON, queued_at=SOON,
    )  # fmt: skip
    assert dispositions.of_wave(wave)[UnitId("99002")] == dispositions.Code.NO_INVITATION


def test_it_has_the_headers_of_our_mails_and_says_how_to_end_them(wave: Wave, box: Mailbox, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    queue()
    send()
    mail = box.to(PROOF)
    assert mail["Message-ID"].startswith("<confirmation-1.")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "anna@raad.example"
    assert mail["List-Unsubscribe"].strip(" <>") in text_of(mail)
    assert returnpath.message_of([], [mail["Message-ID"]]) == Message.objects.get()


def test_forgetting_a_wave_leaves_no_mail_that_waits_and_nothing_of_the_answers_in_the_mails(
    wave: Wave, box: Mailbox, client: Client, at: Clock
) -> None:
    at(fielding.CLOSES - timedelta(seconds=1))
    answered(client, fielding.path_of(wave))
    waves.close_due_waves(by="job:close_due_waves", moment=fielding.CLOSES)
    queue(fielding.AFTER)
    due = retention.due(wave)
    retention.forget(wave=Wave.objects.get(), by="command", moment=due)
    assert Message.objects.get().state == State.CANCELLED
    assert [send(due), queue(due)] == [0, []]
    kept = {field.name for field in Message._meta.get_fields()}
    assert kept == {
        "id", "uuid", "invitation", "contact", "kind", "state", "queued_at", "claimed_at", "sent_at", "returned_at",
        "attempts", "detail",
    }  # fmt: skip


def test_the_trail_says_how_many_were_queued_and_nothing_about_anyone(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave))
    queue()
    queue()
    entry = Entry.objects.get(act="wave.confirm")
    assert (entry.actor, entry.subject, entry.details) == ("job:queue_confirmations", "wave:wave-3", {"mails": 1})


@pytest.mark.parametrize("kind", ["confirmation-0", "confirmation-", "confirmation-1x", "confirmation"])
def test_the_database_knows_the_kinds_of_mail(wave: Wave, kind: str) -> None:
    mail = fielding.mail(wave)
    mail.kind = kind
    with pytest.raises(DatabaseError, match="a_kind_of_mail_is_known"), transaction.atomic():
        mail.save()


@pytest.mark.django_db(transaction=True)
def test_the_worker_mails_it_without_anybody_asking(emptied_queue: None, at: Clock, box: Mailbox) -> None:
    wave = fielding.opened_wave()
    answered(Client(), fielding.path_of(wave))
    tasks.queue_confirmations.func(timestamp=0)
    tasks.run_due()
    assert [mail["To"] for mail in box.mails] == [PROOF]
    assert not ProcrastinateJob.objects.filter(task_name__contains="send_batch").exclude(status="succeeded").exists()
