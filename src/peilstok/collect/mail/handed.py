"""The mails about parts that a board handed to others: with the link, and reminders that the board asks for.

That each goes out at most once is `outbox`, how fast `pace`. A mail that is overtaken (the part is done or taken back,
the board has sent its answers since) does not go out any more, and none goes to an address whose reader wants no mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime, parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from procrastinate.contrib.django import app

from peilstok.collect import content, moments, tokens
from peilstok.collect.mail import outbox, pace, returnpath
from peilstok.collect.mail.mailserver import Receipt
from peilstok.collect.mail.outbox import Clock, Outbox
from peilstok.collect.models import Contact, HandedMail, Handover, Wave
from peilstok.terms import Language

State = HandedMail.State


def numbers(handovers: Sequence[Handover]) -> dict[int, int]:
    """How many mails there have been about each, by its primary key."""
    mails = HandedMail.objects.filter(handover__in=handovers).values("handover")
    there = dict(mails.annotate(last=Max("number")).values_list("handover", "last"))
    return {each.pk: there.get(each.pk, 0) for each in handovers}


def queue(handovers: Sequence[Handover], *, number: int | Mapping[int, int], moment: datetime) -> None:
    """A mail for each, sent by a worker at the pace of the wave, which is the same for all.

    `number`: 1, or how many mails there were before by the handover's key.
    """
    rows = [
        HandedMail(handover=each, number=number if isinstance(number, int) else number[each.pk] + 1, queued_at=moment)
        for each in handovers
    ]
    made = [mail.pk for mail in HandedMail.objects.bulk_create(rows)]
    # by name: `tasks` knows this module, and this one does not know `tasks`
    job = app.configure_task("peilstok.collect.tasks.send_handed", queue="mail")
    batch = pace.of(handovers[0].invitation.wave).batch if handovers else 1
    for at in range(0, len(made), batch):
        job.defer(numbers=[*made[at : at + batch]])


def send_queued(*, numbers: Sequence[int], clock: Clock) -> int:
    """Send those of these mails that wait, over one connection; how many were taken. Raises Unreachable."""
    related = ("handover__invitation__wave__frame", "handover__invitation__unit__organisation")
    waiting = HandedMail.objects.filter(pk__in=numbers, state=State.QUEUED).select_related(*related).order_by("pk")
    return outbox.send(waiting, _OUTBOX, clock)


def wave_of(numbers: Sequence[int]) -> Wave | None:
    """The wave of those of these mails that still wait; they are all of one."""
    waiting = HandedMail.objects.filter(pk__in=numbers, state=State.QUEUED).select_related("handover__invitation__wave")
    first = waiting.first()
    return first.handover.invitation.wave if first else None


def check_none_waits(numbers: Sequence[int]) -> None:
    """NotNow when the mail server asked to try some of these again later."""
    outbox.check_none_waits(HandedMail.objects.filter(pk__in=numbers))


def mark_uncertain(*, moment: datetime) -> int:
    """Mails whose job is gone: nobody knows whether they went out."""
    return outbox.mark_uncertain(HandedMail.objects.all(), moment)


def _queued(mail: HandedMail) -> QuerySet[HandedMail]:
    return HandedMail.objects.filter(pk=mail.pk, state=State.QUEUED)


def _claim(mail: HandedMail, moment: datetime) -> bool:
    """Only while something is still asked of who has the part."""
    asked = _queued(mail).filter(
        handover__taken_back_at=None,
        handover__done_at=None,
        handover__invitation__refused_at=None,
        handover__invitation__out_of_scope_at=None,
    )
    # a part may be handed over, and reminded of, after the board sent without it: it can send again
    asked = asked.exclude(handover__invitation__answered_at__gt=F("queued_at"))
    wave = "handover__invitation__wave"
    asked = asked.filter(Q(**{f"{wave}__state": Wave.State.OPEN}) | Q(**{f"{wave}__late_until__gt": moment}))
    stopped = Contact.objects.filter(opted_out_at__isnull=False, email__iexact=OuterRef("handover__to_email"))
    listens = mail.handover.invitation.wave.listens(moment)
    return listens and asked.exclude(Exists(stopped)).update(state=State.SENDING, claimed_at=moment) == 1


def _cancel(mail: HandedMail, moment: datetime) -> None:
    _queued(mail).update(state=State.CANCELLED)


def _note(mail: HandedMail, receipt: Receipt, claimed: datetime, moment: datetime) -> None:
    mine = HandedMail.objects.filter(pk=mail.pk, state__in=(State.SENDING, State.UNCERTAIN), claimed_at=claimed)
    state = outbox.after(receipt)
    mine.update(state=state, sent_at=moment if state is State.SENT else None, detail=receipt.said)


def compose(mail: HandedMail, moment: datetime) -> EmailMessage:
    """The mail, in the language of who gets it. Plain text; what the board typed stands in the text, never on top."""
    handover = mail.handover
    spec = content.of(handover.invitation.wave).spec
    language: Language = "en" if handover.language == "en" else "nl"
    with translation.override(language):
        words = _words(mail, language)
        body = render_to_string("collect/mail/handed.txt", words)
        subject = render_to_string("collect/mail/handed_subject.txt", words)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[handover.to_email],
        reply_to=[spec.contact.email],
        headers={
            "Message-ID": f"<handed-{mail.number}.{handover.uuid}@{domain}>",
            "Date": format_datetime(moment),
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )


def _words(mail: HandedMail, language: Language) -> dict[str, object]:
    handover = mail.handover
    wave, kept = handover.invitation.wave, content.of(handover.invitation.wave)
    page = kept.questionnaire.page(handover.name) if handover.kind == Handover.Kind.PAGE else None
    return {
        "reminder": mail.number > 1,
        "name": handover.to_name,
        "board": handover.invitation.unit.name,
        "asked_by": handover.asked_by,
        "part": handover.label or (page.title[language] if page else ""),
        "title": kept.questionnaire.title[language],
        "council": settings.PEILSTOK.council,
        "closes": moments.said(wave.closes, language),
        "link": tokens.link(handover),
        "seen_by": " ".join(kept.spec.seen_by.words[language].split()),
        "contact": kept.spec.contact,
        "synthetic": wave.frame.synthetic,
    }


_OUTBOX: Final[Outbox[HandedMail]] = Outbox(
    compose=compose, sender=returnpath.envelope_sender_of_handed, claim=_claim, cancel=_cancel, note=_note
)
