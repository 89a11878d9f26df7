"""Sending mails that wait, each at most once: a row is claimed before it is handed over, and its end noted after.

What was claimed and has no receipt for a while is uncertain and waits for a person. Who keeps the rows tells how each
step is done for them: `messages` those to boards, `handed` those about parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from django.core.mail import EmailMessage
from django.db.models import QuerySet

from peilstok.collect.mail import mailserver, states
from peilstok.collect.mail.mailserver import Handed, MailServer, Receipt
from peilstok.collect.mail.states import Event
from peilstok.collect.models import Mail
from peilstok.errors import CannotRun, NotNow

CLAIM: Final = timedelta(minutes=5)
"""A mail in hand longer than this has lost its job. A conversation with a server that answers at all ends before."""

M = TypeVar("M", bound=Mail)
Clock = Callable[[], datetime]

HANDED: Final = {
    Handed.TAKEN: Event.TAKEN,
    Handed.NO_SUCH_ADDRESS: Event.REFUSED,
    Handed.REFUSED: Event.REFUSED,
    Handed.LATER: Event.LATER,
    Handed.UNCERTAIN: Event.LOST,
}
"""What it is for a mail that it was handed over with this end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox(Generic[M]):
    """How each step is done for one sort of mails."""

    compose: Callable[[M, datetime], EmailMessage]
    sender: Callable[[M], str]  # where it comes back to; "" for the sender of the mail itself
    claim: Callable[[M, datetime], bool]  # true for one job only, and only while somebody is to have the mail
    cancel: Callable[[M, datetime], None]  # where nobody is to have it any more
    note: Callable[[M, Receipt, datetime, datetime], None]  # of the claim of that moment; when it ended


def send(waiting: Iterable[M], outbox: Outbox[M], clock: Clock) -> int:
    """Send these over one connection; how many were taken. Raises Unreachable.

    What cannot be composed waits, and keeps no other back: CannotRun after those have gone out.
    """
    taken, faults = 0, list[CannotRun]()
    with mailserver.connected() as server:
        for mail in waiting:
            try:
                taken += _send(mail, outbox, server, clock)
            except CannotRun as error:
                faults.append(error)
    if faults:
        raise faults[0]
    return taken


def _send(mail: M, outbox: Outbox[M], server: MailServer, clock: Clock) -> bool:
    """Every mail has a moment of its own: a batch may take minutes, and boards answer and waves close meanwhile."""
    moment = clock()
    composed = outbox.compose(mail, moment)  # before the claim: what cannot be composed was not sent
    if not outbox.claim(mail, moment):
        outbox.cancel(mail, moment)
        return False
    try:
        receipt = server.hand_over(composed, sender=outbox.sender(mail))
    except mailserver.Unreachable:
        broken = Receipt(Handed.LATER, "the connection broke before the mail went out")
        outbox.note(mail, broken, moment, clock())
        raise
    outbox.note(mail, receipt, moment, clock())
    return receipt.handed is Handed.TAKEN


def after(receipt: Receipt) -> Mail.State:
    """What a mail in hand becomes by this receipt."""
    state = states.TRANSITIONS[Mail.State.SENDING, HANDED[receipt.handed]]
    assert state is not None
    return state


def check_none_waits(mails: QuerySet[M]) -> None:
    """NotNow when the mail server asked to try some of these again later."""
    waiting = mails.filter(state=Mail.State.QUEUED).count()
    if waiting:
        raise NotNow(f"the mail server asked to try {waiting} mails again later")


def mark_uncertain(mails: QuerySet[M], moment: datetime) -> int:
    """Those of these whose job is gone: nobody knows whether they went out, so a person decides."""
    lost = mails.filter(state=Mail.State.SENDING, claimed_at__lt=moment - CLAIM)
    return lost.update(state=Mail.State.UNCERTAIN, detail="the job ended without a receipt")
