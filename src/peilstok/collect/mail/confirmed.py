"""The confirmation by mail of what a board sent in: which versions have none yet, and to whom it goes.

Decides that each version is confirmed once, at each address of the board that mail may go to. A job looks every minute
for versions without one. Confirming itself queues nothing: it is what a board waits for, and the version that it keeps
is all that a mail follows from, so that none is lost between the two; and of two versions within a minute the last one
is mailed alone. A version that is corrected before its mail went out is not mailed any more (`messages`).

Who has a part, or was handed everything, gets none: it is the board's. How it reads: `letters`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from peilstok.audit import trail
from peilstok.collect import content
from peilstok.collect.mail import messages
from peilstok.collect.models import CONFIRMATION, Contact, Message, Revision, Wave

WITHIN: Final = timedelta(days=2)
"""A version that is older is not confirmed any more: a mail that comes out of the blue asks more than it answers."""

State = Message.State


@dataclass(frozen=True, slots=True)
class Announced:
    """To how many addresses the confirmation of a version goes, or went. 0: to none."""

    addresses: int
    sent: bool


def kind(revision: Revision) -> str:
    return f"{CONFIRMATION}{revision.number}"


def announced(revision: Revision, moment: datetime) -> Announced:
    """What a board may count on. Never the addresses themselves: whoever has the link sees it. One statement."""
    invitation = revision.invitation
    wave, board = invitation.wave, invitation.unit.organisation_id
    mail = Message.objects.filter(invitation=invitation, kind=kind(revision), contact=OuterRef("pk"))
    to_be_mailed = Exists(_addresses(wave, [board]).filter(pk=OuterRef("pk")))
    found = Contact.objects.filter(organisation=board).annotate(mail=Subquery(mail.values("state")[:1]))
    rows = found.annotate(wanted=to_be_mailed).values_list("mail", "wanted")
    if states := [state for state, _ in rows if state]:
        there = [state for state in states if state not in (State.FAILED, State.CANCELLED)]
        return Announced(len(there), sent=State.SENT in there)
    if revision.confirmed_at <= moment - WITHIN or not _confirms(wave):
        return Announced(0, sent=False)
    return Announced(sum(wanted for _, wanted in rows), sent=False)


def queue_all_due(*, by: str, moment: datetime) -> Iterator[int]:
    """Those of all waves that take answers, or did so until lately; how many mails of each wave that has some."""
    lately = Q(state=Wave.State.OPEN) | Q(closed_at__gt=moment - WITHIN) | Q(late_until__gt=moment - WITHIN)
    for wave in Wave.objects.filter(lately, opened_at__isnull=False, forgotten_at=None).order_by("pk"):
        if queued := queue_due(wave=wave, by=by, moment=moment):
            yield queued


def queue_due(*, wave: Wave, by: str, moment: datetime, boards: Collection[str] | None = None) -> int:
    """Queue the confirmations that the wave's boards are to have and do not; how many mails. `boards`: of these alone.

    Two at a time do no harm: a kind of mail is there once.
    """
    if not _confirms(wave):
        return 0
    with transaction.atomic():
        due = _due(wave, moment)
        if boards is not None:
            due = due.filter(invitation__unit__organisation__number__in=boards)
        rows = list(_mails(wave, list(due), moment))
        Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2_000)
        made = Message.objects.filter(uuid__in=[row.uuid for row in rows]).order_by("invitation", "pk")
        numbers = list(made.values_list("pk", flat=True))
        if numbers:
            messages.defer(wave, numbers)
            details = {"mails": len(numbers)}
            trail.record(act="wave.confirm", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
    return len(numbers)


def _confirms(wave: Wave) -> bool:
    return content.of(wave).spec.mail.confirmation and wave.forgotten_at is None


def _due(wave: Wave, moment: datetime) -> QuerySet[Revision]:
    """The latest version of every board in scope that is not long ago, and of which there is no mail yet."""
    newer = Revision.objects.filter(invitation=OuterRef("invitation"), number__gt=OuterRef("number"))
    its_kind = Concat(Value(CONFIRMATION), Cast(OuterRef("number"), CharField()))
    mailed = Message.objects.filter(invitation=OuterRef("invitation"), kind=its_kind)
    found = Revision.objects.filter(invitation__wave=wave, invitation__out_of_scope_at=None)
    found = found.filter(~Exists(newer), ~Exists(mailed), confirmed_at__gt=moment - WITHIN)
    return found.select_related("invitation__unit").only("number", "invitation__unit__organisation")


def _mails(wave: Wave, revisions: Collection[Revision], moment: datetime) -> Iterator[Message]:
    contacts = defaultdict[int, list[Contact]](list)
    for contact in _addresses(wave, {each.invitation.unit.organisation_id for each in revisions}):
        contacts[contact.organisation_id].append(contact)
    for each in revisions:
        for contact in contacts[each.invitation.unit.organisation_id]:
            yield Message(invitation=each.invitation, contact=contact, kind=kind(each), queued_at=moment)


def _addresses(wave: Wave, organisations: Iterable[int]) -> QuerySet[Contact]:
    """Where these boards (by primary key) are mailed: as with an invitation, not at an address that opted out."""
    roles = content.of(wave).spec.mail.to
    mailable = Contact.objects.mailable().exclude(email="")
    return mailable.filter(organisation__in=[*organisations], role__in=roles).order_by("pk")
