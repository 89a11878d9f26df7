"""The mails of a wave to its boards: that each is queued once, and what is looked at before it goes out.

A mail is a row (`Message`), one for an invitation, an address and a kind. That it goes out at most once is `outbox`;
who gets one, `recipients`; what may become of one, `states`; times and jobs, `tasks`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from procrastinate.contrib.django import app

from peilstok.audit import trail
from peilstok.collect.mail import failures, letters, outbox, pace, recipients, returnpath, states
from peilstok.collect.mail.mailserver import Handed, Receipt
from peilstok.collect.mail.outbox import Clock, Outbox
from peilstok.collect.mail.states import Event
from peilstok.collect.models import CONFIRMATION, INVITATION, Contact, Invitation, Message, Revision, Wave
from peilstok.errors import NotNow

MILLISECOND: Final = timedelta(milliseconds=1)

State = Message.State

RESENDABLE: Final = frozenset(states.before(Event.RESEND))
"""What a person may have sent again."""


# What is done to every mail, written out: Django takes longer to build these than the server to run them
# (docs/decisions/0005).

_WANTED: Final = """
    EXISTS (
        SELECT 1 FROM collect_invitation i JOIN collect_wave w ON w.id = i.wave_id, collect_contact c
        WHERE i.id = m.invitation_id AND i.out_of_scope_at IS NULL
        AND c.id = m.contact_id AND c.replaced_at IS NULL AND c.opted_out_at IS NULL AND c.failed_at IS NULL
        AND CASE WHEN m.kind LIKE 'confirmation-%%' THEN w.forgotten_at IS NULL AND m.kind = 'confirmation-' || (
            SELECT max(r.number) FROM collect_revision r WHERE r.invitation_id = i.id
        ) ELSE w.state = 'open' AND i.refused_at IS NULL AND i.answered_at IS NULL END
    )
"""
"""May mail go to this address, as things are now, and is the board still asked something? A confirmation is of what a
board has done: it waits for no question, but only that of its latest version goes out.
"""

_CLAIM: Final = f"""
    UPDATE collect_message m SET state = 'sending', claimed_at = %s, attempts = m.attempts + 1
    WHERE m.id = %s AND m.state = 'queued' AND {_WANTED}
"""  # noqa: S608  (constants only)

_CANCEL: Final = f"""
    UPDATE collect_message m SET state = 'cancelled'
    WHERE m.id = %s AND m.state = 'queued' AND NOT (%s AND {_WANTED})
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
    """Queue the invitation for every address that is to have it. Again: only those that have none yet, or still wait.

    What stands in the queue for an address that has been replaced meanwhile does not go out.
    """
    check_open(wave, moment)
    with transaction.atomic():
        new = queue(wave, INVITATION, moment)
        waiting = Message.objects.filter(invitation__wave=wave, state=State.QUEUED).order_by("invitation", "pk")
        numbers = list(waiting.values_list("pk", flat=True))
        defer(wave, numbers)
        details = {"new": len(new), "waiting": len(numbers)}
        trail.record(act="wave.invite", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
    return Queued(new=len(new), waiting=len(numbers))


def queue(wave: Wave, kind: str, moment: datetime, *, boards: Collection[str] | None = None) -> list[int]:
    """Make the mails of this kind that are to be there and are not; their numbers. In the caller's transaction.

    One that was cancelled never went out: it comes back into the queue when its address is to have it after all.
    """
    chosen = recipients.round_of(wave, kind, boards=boards).recipients
    rows = [
        Message(invitation=each.board.invitation, contact=each.contact, kind=kind, queued_at=moment)
        for each in chosen
        if each.board.invitation
    ]
    pairs = {(row.invitation_id, row.contact_id) for row in rows}
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2_000)
    _follow_languages(chosen)
    here = Message.objects.filter(invitation__wave=wave, kind=kind, state__in=states.before(Event.INVITE))
    numbers = [pk for pk, *pair in here.order_by("invitation", "pk").values_list("pk", *_PAIR) if tuple(pair) in pairs]
    Message.objects.filter(pk__in=numbers).update(state=State.QUEUED, queued_at=moment)
    failures.settle([row.invitation_id for row in rows], moment)
    return numbers


_PAIR: Final = ("invitation", "contact")


def _follow_languages(chosen: Sequence[recipients.Recipient]) -> None:
    """Pages of a board begin in the language of the first of its addresses, as long as nobody has opened them."""
    changed = {}
    for each in reversed(chosen):
        invitation = each.board.invitation
        if invitation and invitation.opened_at is None and invitation.language != each.contact.language:
            changed[invitation.pk] = Invitation(pk=invitation.pk, language=each.contact.language)
    Invitation.objects.bulk_update(changed.values(), ["language"], batch_size=500)


def resend(
    wave: Wave, moment: datetime, *, by: str, states: Collection[Message.State], boards: Collection[str] = ()
) -> int:
    """Queue mails again that failed or are uncertain; how many. `boards`: only theirs.

    A person decides so. What was uncertain may arrive twice, with the same message id. An address that was given up is
    tried again; one that has been replaced is not, and the one in its place gets the mail. Who has answered or refused
    gets no more invitations and reminders, only the confirmation of its latest version.
    """
    check_open(wave, moment)
    if not RESENDABLE.issuperset(states):
        raise ValueError(f"only {', '.join(sorted(RESENDABLE))} mails can be sent again")
    with transaction.atomic():
        _check_invited(wave, boards)
        numbers = _requeue(wave, moment, states, boards)
        defer(wave, numbers)
        details = {"messages": len(numbers), "states": sorted(states)}
        trail.record(act="wave.resend", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
    return len(numbers)


def _requeue(wave: Wave, moment: datetime, states: Collection[Message.State], boards: Collection[str]) -> list[int]:
    wanted = Message.objects.filter(_still_wanted(wave), invitation__out_of_scope_at=None)
    if boards:
        wanted = wanted.filter(invitation__unit__organisation__number__in=boards)
    found = wanted.filter(state__in=states).select_for_update(of=("self",)).order_by("pk")
    chosen = list(found.values_list("pk", "kind", "contact", "invitation__unit__organisation__number"))
    able = Contact.objects.current().filter(opted_out_at=None, pk__in=[contact for _, _, contact, _ in chosen])
    able.update(failed_at=None)
    again = Message.objects.filter(pk__in=[pk for pk, *_ in chosen], contact__in=able)
    numbers = list(again.order_by("pk").values_list("pk", flat=True))
    again.update(state=State.QUEUED, queued_at=moment, returned_at=None, detail="")
    for kind in sorted({kind for _, kind, _, _ in chosen}):  # for what stands in the place of an address
        numbers += queue(wave, kind, moment, boards={board for _, of, _, board in chosen if of == kind})
    failures.settle([*Message.objects.filter(pk__in=numbers).values_list("invitation", flat=True)], moment)
    return sorted(set(numbers))


def _still_wanted(wave: Wave) -> Q:
    """Mails to boards that are still asked something, and confirmations of the latest version of the others."""
    revisions = Revision.objects.filter(invitation=OuterRef("invitation")).order_by("-number")
    latest = Concat(Value(CONFIRMATION), Cast(Subquery(revisions.values("number")[:1]), CharField()))
    asked = Q(invitation__answered_at=None, invitation__refused_at=None) & ~Q(kind__startswith=CONFIRMATION)
    return Q(invitation__wave=wave) & (asked | Q(kind=latest))


def check_open(wave: Wave, moment: datetime) -> None:
    if not wave.takes_answers(moment):
        raise NotNow(f"{wave.pk} takes no answers now, so it invites nobody")


def _check_invited(wave: Wave, boards: Collection[str]) -> None:
    invited = wave.invitations.filter(unit__organisation__number__in=boards)
    unknown = set(boards) - set(invited.values_list("unit__organisation__number", flat=True))
    if unknown:
        raise NotNow(f"{wave.pk} did not invite: {', '.join(sorted(unknown))}")


def defer(wave: Wave, numbers: Sequence[int]) -> None:
    """Jobs that send these mails, at the pace of the wave."""
    found = pace.of(wave)
    # by name: `tasks` knows this module, and this one does not know `tasks`
    for batch, start in enumerate(range(0, len(numbers), found.batch)):
        job = app.configure_task(
            "peilstok.collect.tasks.send_batch",
            queue="mail",
            schedule_in={"milliseconds": round(batch * found.every / MILLISECOND)} if batch else None,
        )
        job.defer(numbers=list(numbers[start : start + found.batch]))


def send_queued(*, numbers: Sequence[int], clock: Clock) -> int:
    """Send those of these mails that wait, over one connection; how many were taken. Raises Unreachable."""
    waiting = Message.objects.filter(pk__in=numbers, state=State.QUEUED).order_by("pk")
    waiting = waiting.select_related("contact", "invitation__wave__frame", "invitation__unit__organisation")
    return outbox.send(waiting.iterator(chunk_size=pace.BATCH), _OUTBOX, clock)


def wave_of(numbers: Sequence[int]) -> Wave | None:
    """The wave of those of these mails that still wait; they are all of one."""
    waiting = Message.objects.filter(pk__in=numbers, state=State.QUEUED).select_related("invitation__wave")
    first = waiting.first()
    return first.invitation.wave if first else None


def check_none_waits(numbers: Sequence[int]) -> None:
    """NotNow when the mail server asked to try some of these again later."""
    outbox.check_none_waits(Message.objects.filter(pk__in=numbers))


def _claim(message: Message, moment: datetime) -> bool:
    return _may_go(message, moment) and _changed(_CLAIM, moment, message.pk) == 1


def _may_go(message: Message, moment: datetime) -> bool:
    """By the time: nobody is asked anything when the wave takes no answers; a confirmation comes after closing too."""
    return message.confirms is not None or message.invitation.wave.takes_answers(moment)


def _cancel(message: Message, moment: datetime) -> None:
    """Nothing where another job has the mail, nor where it is wanted after all."""
    _changed(_CANCEL, message.pk, _may_go(message, moment))


def _note(message: Message, receipt: Receipt, claimed: datetime, moment: datetime) -> None:
    """What became of a mail, of this very claim; also where it was given up for lost meanwhile."""
    state = outbox.after(receipt)
    sent = moment if state is State.SENT else None
    gone = receipt.handed is Handed.NO_SUCH_ADDRESS
    with transaction.atomic() if gone else nullcontext():  # one statement needs no transaction around it
        _changed(_NOTE, state, sent, receipt.said, message.pk, claimed)
        if gone:
            failures.address_failed(message, moment)


def _changed(statement: str, *values: str | int | datetime | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


_OUTBOX: Final[Outbox[Message]] = Outbox(
    compose=letters.compose, sender=returnpath.envelope_sender, claim=_claim, cancel=_cancel, note=_note
)


def mark_uncertain(*, moment: datetime) -> int:
    """Mails whose job is gone: nobody knows whether they went out, so a person decides."""
    return outbox.mark_uncertain(Message.objects.all(), moment)


def listed(wave: Wave, *, state: str = "") -> QuerySet[Message]:
    """The mails of a wave (in this state), by board."""
    found = Message.objects.filter(invitation__wave=wave)
    found = found.filter(state=state) if state else found
    return found.select_related("contact", "invitation__unit__organisation").order_by(
        "invitation__unit__organisation__number", "queued_at", "pk"
    )
