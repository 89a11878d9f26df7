"""What a mail that came back does to what is kept: to the mail, its address, and the board's outcome.

What it says is decided in `bounces`; which mail it is about in `returnpath`. A soft bounce never gives up an address.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from typing import Final

from django.db import DatabaseError, DataError, transaction

from peilstok.audit import trail
from peilstok.collect.mail import bounces, failures, inbox, returnpath, states
from peilstok.collect.mail.bounces import Kind, Verdict
from peilstok.collect.mail.states import Event
from peilstok.collect.models import HandedMail, Message

LARGEST: Final = 1_000_000
"""Bytes of a mail that are looked at; a bounce quotes the mail, and ours are small."""

log = logging.getLogger("peilstok.mail")

_DELIVERED: Final = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True, slots=True)
class Taken:
    """What was made of a mail that came in. `message`: the mail of ours that it is about, None where none is."""

    verdict: Verdict
    message: int | None = None
    about_part: bool = False  # it is about a mail about a part, which a board handed to somebody

    @property
    def is_for_people(self) -> bool:
        """Somebody should read it: it is no bounce and no automatic reply."""
        return self.verdict.kind is Kind.UNRELATED

    def __str__(self) -> str:
        part = "about a mail about a part" if self.about_part else "about no mail of ours"
        about = f"about mail {self.message}" if self.message else part
        blocked = "; no more mail goes to this address" if self.message and self.verdict.blocks else ""
        return f"{self.verdict.kind.replace('_', ' ')}, {about}{blocked}"


def take(raw: bytes, *, recipients: Sequence[str] = (), by: str, moment: datetime) -> Taken:
    """Read one mail that came in and keep what follows from it. Twice the same mail is as once.

    `recipients`: to whom the mail server delivered it, where it says so; else it is looked for in the headers. One that
    cannot be read is for people, and is no error: it would stop those behind it. A database that cannot be reached is
    one (DatabaseError).
    """
    try:
        return _take(raw[:LARGEST], recipients, by, moment)
    except Exception as error:
        if isinstance(error, DatabaseError) and not isinstance(error, DataError):
            raise  # that is no fault of the mail
        log.error("a mail that came in cannot be read, it is left to people: %s", type(error).__name__)
        return Taken(Verdict(kind=Kind.UNRELATED))


def _take(raw: bytes, recipients: Sequence[str], by: str, moment: datetime) -> Taken:
    verdict = bounces.read(raw)
    if verdict.kind in (Kind.UNRELATED, Kind.AUTO_REPLY):
        return Taken(verdict)
    to = [*recipients, *_recipients(raw)]
    message = returnpath.message_of(to, verdict.message_ids)
    if message is None:
        part = returnpath.handed_of(to)
        return Taken(verdict, about_part=part is not None and _keep_of_part(part, verdict, by, moment))
    with transaction.atomic():
        forgotten = failures.hold([message.invitation_id])
        message = Message.objects.select_for_update().get(pk=message.pk)
        _keep(message, verdict, "" if forgotten else _said(verdict), by, moment)
    return Taken(verdict, message.pk)


def fetch(*, url: str, by: str, clock: Callable[[], datetime]) -> list[Taken]:
    """Read the mails in a mailbox that nobody has read yet. Raises `inbox.Unreadable`.

    Each is noted as read after it has been kept: one that breaks off is read again.
    """
    found = []
    with inbox.opened(url) as box:
        for number, raw in box.unread(largest=LARGEST):
            taken = take(raw, by=by, moment=clock())
            box.note(number, for_people=taken.is_for_people)
            found.append(taken)
    return found


def _recipients(raw: bytes) -> list[str]:
    """The words of the headers that say to whom it was delivered; the addresses are among them."""
    mail = message_from_bytes(raw)
    return [word for name in _DELIVERED for each in mail.get_all(name, []) for word in re.split(r"[\s,<>]+", str(each))]


def _keep(message: Message, verdict: Verdict, said: str, by: str, moment: datetime) -> None:
    """The mail as one that came back, unless its server still tries; the address as gone, where it says so.

    `said`: what is kept of the server's words.
    """
    if verdict.delayed:
        Message.objects.filter(pk=message.pk, state=Message.State.SENT).update(detail=said)
        return
    state = states.TRANSITIONS[Message.State(message.state), Event.RETURNED]
    known = message.returned_at is not None and (not verdict.blocks or message.contact.failed_at is not None)
    if state is None or known:
        return
    message.state, message.detail = state, said
    message.returned_at = message.returned_at or moment
    message.save(update_fields=["state", "detail", "returned_at"])
    if verdict.blocks:
        failures.address_failed(message, moment)
    subject = f"message:{message.pk}"
    trail.record(act="mail.returned", actor=by, subject=subject, moment=moment, details=_details(verdict))


def _keep_of_part(mail: HandedMail, verdict: Verdict, by: str, moment: datetime) -> bool:
    """The board sees at the part that its mail could not be delivered; it can take it back and give another address."""
    if verdict.delayed:
        return True
    with transaction.atomic():
        forgotten = failures.hold([mail.handover.invitation_id])
        there = HandedMail.objects.filter(pk=mail.pk, state__in=states.before(Event.RETURNED))
        if there.exclude(state=HandedMail.State.FAILED).update(
            state=HandedMail.State.FAILED, detail="" if forgotten else _said(verdict)
        ):
            details, subject = _details(verdict), f"handed:{mail.pk}"
            trail.record(act="mail.returned", actor=by, subject=subject, moment=moment, details=details)
    return True


def _details(verdict: Verdict) -> Mapping[str, object]:
    return {"kind": str(verdict.kind), "cause": str(verdict.cause), "status": verdict.status, "blocks": verdict.blocks}


def _said(verdict: Verdict) -> str:
    return f"{verdict.status} {verdict.said}".strip()[:300] or str(verdict.kind)
