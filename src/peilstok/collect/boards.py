"""A board in a wave, as an officer sees it: how it stands, where it is reached, what was mailed, sent in, handed over.

Reads only. What an officer does to it is in `scope`, `answers` and `codes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from peilstok.accounts.models import User
from peilstok.collect.models import Contact, Handover, Invitation, Message, Revision, Snapshot, Wave

SHOWN = 50
"""Boards in the answer to a search."""


@dataclass(frozen=True, slots=True)
class Reached:
    """An address of now; since when who reads it wants no more mail, or a mail server says that there is none."""

    contact: int
    email: str
    opted_out_at: datetime | None
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail to the board, and where it is; `moment` is when it went out, or else was queued."""

    kind: str
    state: str
    moment: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class SentIn:
    """A revision, with the name of the officer who took it at the telephone."""

    revision: Revision
    officer: str


@dataclass(frozen=True, slots=True)
class Board:
    invitation: Invitation
    addresses: tuple[Reached, ...]
    mails: tuple[Mailed, ...]
    revisions: tuple[SentIn, ...]
    handovers: tuple[Handover, ...]
    frozen: bool  # the wave has a snapshot: how it ended for the board stays


def find(wave: str, number: str) -> Invitation | None:
    found = Invitation.objects.filter(wave=wave, unit__organisation__number=number)
    return found.select_related("wave__frame", "unit__organisation", "unit__region").first()


def search(wave: Wave, words: str) -> tuple[Invitation, ...]:
    """The boards whose number or name has these words, by name; the first of all where there are none."""
    found = Invitation.objects.filter(wave=wave).select_related("unit__organisation")
    for word in words.replace("\0", "").split()[:5]:
        found = found.filter(Q(unit__name__icontains=word) | Q(unit__organisation__number__startswith=word))
    return tuple(found.order_by("unit__name")[:SHOWN])


def of(invitation: Invitation) -> Board:
    revisions = tuple(invitation.revisions.defer("answers", "counted", "prefilled").order_by("-number"))
    officers = _officers(revisions)
    return Board(
        invitation=invitation,
        addresses=_addresses(invitation),
        mails=_mails(invitation),
        revisions=tuple(SentIn(each, officers.get(each.by, "")) for each in revisions),
        handovers=tuple(invitation.handovers.order_by("pk")),
        frozen=Snapshot.objects.filter(wave=invitation.wave_id).exists(),
    )


def _addresses(invitation: Invitation) -> tuple[Reached, ...]:
    of_board = Contact.objects.current().filter(organisation=invitation.unit.organisation_id).order_by("pk")
    return tuple(Reached(*row) for row in of_board.values_list("pk", "email", "opted_out_at", "failed_at"))


def _mails(invitation: Invitation) -> tuple[Mailed, ...]:
    mails = Message.objects.filter(invitation=invitation).order_by("queued_at", "pk")
    return tuple(Mailed(each.kind, each.state, each.sent_at or each.queued_at, each.detail) for each in mails)


def _officers(revisions: tuple[Revision, ...]) -> Mapping[str, str]:
    numbers = [int(each.by.removeprefix("user:")) for each in revisions if each.by.startswith("user:")]
    if not numbers:
        return {}
    return {f"user:{key}": name for key, name in User.objects.filter(pk__in=numbers).values_list("pk", "name")}
