"""The mails of a wave: who gets which, what stands in it, and that each goes out at most once.

A mail is a row (`Message`), one for an invitation and kind. A job claims the row before it sends and notes the receipt
after; what was claimed and has no receipt for a while is uncertain and waits for a person. Times and jobs: `tasks`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from procrastinate.contrib.django import app

from peilstok.audit import trail
from peilstok.collect import content, moments, tokens
from peilstok.collect.mail import mailserver
from peilstok.collect.mail.mailserver import Handed, MailServer, Receipt
from peilstok.collect.models import Invitation, Message, Wave
from peilstok.errors import NotNow
from peilstok.terms import Language

BATCH: Final = 50
"""Mails in one job: few enough that a job ends within seconds, many enough that connecting costs nothing."""

CLAIM: Final = timedelta(minutes=5)
"""A mail in hand longer than this has lost its job. A conversation with a server that answers at all ends before."""

State = Message.State
Clock = Callable[[], datetime]

AFTERWARDS: Final = {
    Handed.TAKEN: State.SENT,
    Handed.NO_SUCH_ADDRESS: State.FAILED,
    Handed.REFUSED: State.FAILED,
    Handed.LATER: State.QUEUED,
    Handed.UNCERTAIN: State.UNCERTAIN,
}
"""What becomes of a mail that was handed over."""

RESENDABLE: Final = frozenset({State.FAILED, State.UNCERTAIN})
"""What a person may have sent again."""


# What is done to every mail, written out: Django takes longer to build these two than the server to run them
# (docs/decisions/0005).

_ASKED: Final = """
    EXISTS (
        SELECT 1 FROM collect_invitation i JOIN collect_wave w ON w.id = i.wave_id
        WHERE i.id = m.invitation_id AND w.state = 'open' AND i.refused_at IS NULL AND i.answered_at IS NULL
    )
"""
"""Is the board of this mail still asked something, as things are now?"""

_CLAIM: Final = f"""
    UPDATE collect_message m SET state = 'sending', claimed_at = %s, attempts = m.attempts + 1
    WHERE m.id = %s AND m.state = 'queued' AND {_ASKED}
"""  # noqa: S608  (constants only)

_CANCEL: Final = f"""
    UPDATE collect_message m SET state = 'cancelled'
    WHERE m.id = %s AND m.state = 'queued' AND NOT (%s AND {_ASKED})
"""  # noqa: S608

_NOTE: Final = """
    UPDATE collect_message SET state = %s, sent_at = %s, detail = %s
    WHERE id = %s AND state IN ('sending', 'uncertain') AND claimed_at = %s
"""


@dataclass(frozen=True, slots=True)
class Queued:
    """What `send_invitations` put in the queue; `waiting` is all that is there now, with what stood there before."""

    new: int
    waiting: int


def send_invitations(wave: Wave, moment: datetime, *, by: str) -> Queued:
    """Queue the invitation for every board with an address. Again: only those that have none yet, or still wait.

    What has not gone out goes to the address that `contacts` has now.
    """
    _check_open(wave, moment)
    with transaction.atomic():
        mailed = Message.objects.filter(invitation__wave=wave, kind=Message.Kind.INVITATION).exclude(state=State.QUEUED)
        _readdress(wave.invitations.exclude(messages__in=mailed))
        unsent = wave.invitations.exclude(email="").exclude(messages__kind=Message.Kind.INVITATION).order_by("pk")
        rows = [Message(invitation=each, kind=Message.Kind.INVITATION, queued_at=moment) for each in unsent]
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        waiting = Message.objects.filter(invitation__wave=wave, state=State.QUEUED).order_by("invitation")
        numbers = list(waiting.values_list("pk", flat=True))
        _defer(numbers)
        details = {"new": len(rows), "waiting": len(numbers)}
        trail.record(act="wave.invite", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
    return Queued(new=len(rows), waiting=len(numbers))


def resend(
    wave: Wave, moment: datetime, *, by: str, states: Collection[Message.State], boards: Collection[str] = ()
) -> int:
    """Queue mails again that failed or are uncertain, to the present addresses; how many. `boards`: only theirs.

    A person decides so. What was uncertain may arrive twice, with the same message id. Who has answered gets nothing.
    """
    _check_open(wave, moment)
    if not RESENDABLE.issuperset(states):
        raise ValueError(f"only {', '.join(sorted(RESENDABLE))} mails can be sent again")
    with transaction.atomic():
        _check_invited(wave, boards)
        again = Message.objects.filter(invitation__wave=wave, invitation__answered_at=None, state__in=states)
        if boards:
            again = again.filter(invitation__unit__organisation__number__in=boards)
        numbers = list(again.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        invitations = Invitation.objects.filter(messages__in=numbers)
        _readdress(invitations)
        invitations.update(bounced_at=None)
        Message.objects.filter(pk__in=numbers).update(state=State.QUEUED, queued_at=moment, detail="")
        _defer(numbers)
        details = {"messages": len(numbers), "states": sorted(states)}
        trail.record(act="wave.resend", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
    return len(numbers)


def _check_open(wave: Wave, moment: datetime) -> None:
    if not wave.takes_answers(moment):
        raise NotNow(f"{wave.pk} takes no answers now, so it invites nobody")


def _check_invited(wave: Wave, boards: Collection[str]) -> None:
    invited = wave.invitations.filter(unit__organisation__number__in=boards)
    unknown = set(boards) - set(invited.values_list("unit__organisation__number", flat=True))
    if unknown:
        raise NotNow(f"{wave.pk} did not invite: {', '.join(sorted(unknown))}")


def _readdress(invitations: QuerySet[Invitation]) -> None:
    """Give them the address and language that `contacts` has now, where that is another."""
    changed = []
    for each in invitations.select_related("unit__organisation__contact"):
        contact = getattr(each.unit.organisation, "contact", None)
        if contact and (contact.email, contact.language) != (each.email, each.language):
            each.email, each.language = contact.email, contact.language
            changed.append(each)
    Invitation.objects.bulk_update(changed, ["email", "language"], batch_size=500)


def _defer(numbers: Sequence[int]) -> None:
    # by name: `tasks` knows this module, and this one does not know `tasks`
    job = app.configure_task("peilstok.collect.tasks.send_batch", queue="mail")
    for batch in _batches(numbers):
        job.defer(numbers=[*batch])


def _batches(numbers: Sequence[int]) -> Iterable[list[int]]:
    return (list(numbers[at : at + BATCH]) for at in range(0, len(numbers), BATCH))


def send_queued(*, numbers: Sequence[int], clock: Clock) -> int:
    """Send those of these mails that wait, over one connection; how many were taken. Raises Unreachable."""
    waiting = Message.objects.filter(pk__in=numbers, state=State.QUEUED).order_by("pk")
    waiting = waiting.select_related("invitation__wave__frame", "invitation__unit__organisation")
    taken = 0
    with mailserver.connected() as server:
        for message in waiting.iterator(chunk_size=BATCH):
            taken += _send(message, server, clock)
    return taken


def check_none_waits(numbers: Sequence[int]) -> None:
    """NotNow when the mail server asked to try some of these again later."""
    waiting = Message.objects.filter(pk__in=numbers, state=State.QUEUED).count()
    if waiting:
        raise NotNow(f"the mail server asked to try {waiting} mails again later")


def _send(message: Message, server: MailServer, clock: Clock) -> bool:
    """Every mail has a moment of its own: a batch may take minutes, and boards answer and waves close meanwhile."""
    moment = clock()
    mail = compose(message, moment)  # before the claim: what cannot be composed was not sent
    if not (message.invitation.wave.takes_answers(moment) and _claim(message, moment)):
        _cancel(message, moment)
        return False
    try:
        receipt = server.hand_over(mail)
    except mailserver.Unreachable:
        _note(message, Receipt(Handed.LATER, "the connection broke before the mail went out"), clock, claimed=moment)
        raise
    _note(message, receipt, clock, claimed=moment)
    return receipt.handed is Handed.TAKEN


def _claim(message: Message, moment: datetime) -> bool:
    """True for one job only, however many hold this mail, and only while its board is asked something."""
    return _changed(_CLAIM, moment, message.pk) == 1


def _cancel(message: Message, moment: datetime) -> None:
    """Nothing where another job has the mail, nor where the board is asked something after all."""
    _changed(_CANCEL, message.pk, message.invitation.wave.takes_answers(moment))


def _note(message: Message, receipt: Receipt, clock: Clock, *, claimed: datetime) -> None:
    """What became of a mail, of this very claim; also where it was given up for lost meanwhile."""
    taken, bounced = receipt.handed is Handed.TAKEN, receipt.handed is Handed.NO_SUCH_ADDRESS
    sent = clock() if taken else None
    with transaction.atomic() if bounced else nullcontext():  # one statement needs no transaction around it
        _changed(_NOTE, AFTERWARDS[receipt.handed], sent, receipt.said, message.pk, claimed)
        if bounced:
            open_still = Invitation.objects.filter(pk=message.invitation_id, bounced_at=None, wave__snapshot=None)
            open_still.update(bounced_at=clock())


def _changed(statement: str, *values: str | int | datetime | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def mark_uncertain(*, moment: datetime) -> int:
    """Mails whose job is gone: nobody knows whether they went out, so a person decides."""
    lost = Message.objects.filter(state=State.SENDING, claimed_at__lt=moment - CLAIM)
    return lost.update(state=State.UNCERTAIN, detail="the job ended without a receipt")


def compose(message: Message, moment: datetime) -> EmailMessage:
    """The mail, in the language of the board. Plain text: it arrives everywhere and hides nothing."""
    invitation = message.invitation
    language: Language = "en" if invitation.language == "en" else "nl"
    spec = content.of(invitation.wave).spec
    with translation.override(language):
        body = render_to_string(f"collect/mail/{message.kind}.txt", _words(invitation, language))
    return EmailMessage(
        subject=spec.mail.subject.words[language],
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[invitation.email],
        reply_to=[spec.contact.email],
        headers={
            "Message-ID": message_id(message),
            "Date": format_datetime(moment),
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )


def message_id(message: Message) -> str:
    """The same at every attempt, so that a mail that goes out twice after all is recognised as one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{message.kind}.{message.invitation.uuid}@{domain}>"


def _words(invitation: Invitation, language: Language) -> dict[str, object]:
    wave, kept = invitation.wave, content.of(invitation.wave)
    return {
        "board": invitation.unit.name,
        "council": settings.PEILSTOK.council,
        "why": " ".join(kept.spec.mail.why.words[language].split()),
        "minutes": kept.questionnaire.minutes,
        "closes": moments.said(wave.closes, language),
        "link": tokens.link(invitation),
        "seen_by": " ".join(kept.spec.seen_by.words[language].split()),
        "contact": kept.spec.contact,
        "synthetic": wave.frame.synthetic,
    }
