"""Forgetting, some time after a wave has closed, what leads to a person: links, codes, names, what was never sent in.

How many days the wave's file says (`retention: {addresses: 90}`). What goes is what belongs to the wave:

- the links of boards and of who was handed a part, and the codes for the telephone. Of a link is kept to which wave it
  led and not to whom, so that who follows it is told that the poll is over; a code is not known any more. Who has both
  the database and the secret key of the installation can still make every link of before anew from the number that
  seals a board's answers (`Invitation.uuid`), and so tell whose it was. It opens nothing any more.
- the names and addresses of who was handed a part, and who asked them.
- what was typed and never sent in, and what mail servers said of a mail, in which addresses stand.
- mails that still wait: they would carry a link that is no more. A confirmation is kept nowhere: it is made as it is
  sent.
- addresses that no board has any more (`Contact.replaced_at`), once every wave that mailed them has forgotten: the last
  of these waves takes them out.

Apart from waves, `forget_replaced` takes out every day what else stands there of such addresses: those that no wave
mailed, and those that were replaced when all their waves had forgotten. One whose reader opted out stays, without name
and telephone number: that was asked for good, and a file can bring the address back.

What stays: the current addresses of boards (`contacts`), which are of no one wave and are replaced by the next file;
answers that were confirmed and how it ended for each board, also when it was mailed, called and handed a part over, by
numbers and not by names; and a snapshot, which has no address in it. Done once; a second time finds nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from peilstok.audit import trail
from peilstok.collect import content, tokens, waves
from peilstok.collect.models import Contact, Draft, EndedLink, HandedMail, Handover, Mail, Message, Wave
from peilstok.errors import NotNow


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many of each were (or, in a dry run, would be) removed."""

    addresses: int  # of boards, those that are no longer current
    handovers: int  # parts with the name and address of who was handed them
    links: int  # of boards and of parts
    codes: int
    drafts: int
    bounces: int  # texts of mail servers, in which addresses stand

    def __str__(self) -> str:
        return ", ".join(f"{name} {number:,}" for name, number in asdict(self).items())


def due(wave: Wave) -> datetime:
    """When what leads to a person goes: never while late answers are taken, however early the wave was closed."""
    days = timedelta(days=content.of(wave).spec.retention.addresses)
    return max(wave.closing + days, wave.late_until or wave.closing)


def found(wave: Wave) -> Forgotten:
    """What there is to forget of the wave."""
    return Forgotten(
        addresses=_outdated(wave).count(),
        handovers=_named(wave).count(),
        links=wave.invitations.exclude(token_hash=None).count() + _handovers(wave).exclude(token_hash=None).count(),
        codes=wave.invitations.exclude(code_hash=None).count(),
        drafts=Draft.objects.filter(invitation__wave=wave).count(),
        bounces=sum(mails.count() for mails in _told(wave)),
    )


def forget(*, wave: Wave, by: str, moment: datetime) -> Forgotten:
    """Remove it, once. NotNow before its time, and of a wave that has not closed."""
    with transaction.atomic():
        wave = waves.locked(wave)
        _check(wave, moment)
        counted = found(wave)
        if wave.forgotten_at is not None:
            return counted
        _end_links(wave)
        _outdated(wave).update(email="", name="", phone="")
        _handovers(wave).update(to_name="", to_email="", asked_by="")
        Draft.objects.filter(invitation__wave=wave).delete()
        for mails in _told(wave):
            mails.update(detail="")
        for waiting in _waiting(wave):
            waiting.update(state=Mail.State.CANCELLED)
        wave.forgotten_at = moment
        wave.save(update_fields=["forgotten_at"])
        trail.record(act="wave.forget", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=asdict(counted))
    return counted


def _handovers(wave: Wave) -> QuerySet[Handover]:
    return Handover.objects.filter(invitation__wave=wave)


def _named(wave: Wave) -> QuerySet[Handover]:
    return _handovers(wave).exclude(to_name="", to_email="", asked_by="")


def _told(wave: Wave) -> tuple[QuerySet[Message], QuerySet[HandedMail]]:
    """The mails of which a server has said something."""
    return (
        Message.objects.filter(invitation__wave=wave).exclude(detail=""),
        HandedMail.objects.filter(handover__invitation__wave=wave).exclude(detail=""),
    )


def _waiting(wave: Wave) -> tuple[QuerySet[Message], QuerySet[HandedMail]]:
    """Mails that have not gone out: they would carry a link that is no more."""
    return (
        Message.objects.filter(invitation__wave=wave, state=Mail.State.QUEUED),
        HandedMail.objects.filter(handover__invitation__wave=wave, state=Mail.State.QUEUED),
    )


def _outdated(wave: Wave) -> QuerySet[Contact]:
    """Addresses that this wave mailed, that no board has any more, and that no other wave has still to forget."""
    if wave.forgotten_at is not None:
        return Contact.objects.none()  # what was replaced since goes by `forget_replaced`
    mine = Message.objects.filter(contact=OuterRef("pk"), invitation__wave=wave)
    return _replaced(but=wave).filter(Exists(mine), opted_out_at=None).exclude(email="")


def _replaced(*, but: Wave | None = None) -> QuerySet[Contact]:
    """Contacts that no board has any more, and that no wave (`but` this one) has still to forget."""
    held = Message.objects.filter(contact=OuterRef("pk"), invitation__wave__forgotten_at=None)
    if but:
        held = held.exclude(invitation__wave=but)
    return Contact.objects.filter(replaced_at__isnull=False).exclude(Exists(held))


def forget_replaced(*, by: str, moment: datetime) -> int:
    """Take out what no board has any more and no wave needs; how many contacts that changed."""
    with transaction.atomic():
        addresses = _replaced().filter(opted_out_at=None).exclude(email="", name="", phone="")
        names = _replaced().filter(opted_out_at__isnull=False).exclude(name="", phone="")
        details = {"addresses": addresses.update(email="", name="", phone=""), "names": names.update(name="", phone="")}
        changed = sum(details.values())
        if changed:
            trail.record(act="contacts.forget", actor=by, subject="contacts:all", moment=moment, details=details)
    return changed


def _check(wave: Wave, moment: datetime) -> None:
    if wave.state != Wave.State.CLOSED:
        raise NotNow(f"{wave.pk} is {wave.state}: addresses and links are kept until some time after it has closed")
    if moment < due(wave):
        raise NotNow(f"{wave.pk}: addresses and links are kept until {due(wave):%Y-%m-%d %H:%M} UTC")


def _end_links(wave: Wave) -> None:
    """What is left of a link is of which wave it was; whose, no row says any more."""
    of_boards = wave.invitations.exclude(token_hash=None).values_list("token_hash", flat=True)
    of_parts = _handovers(wave).exclude(token_hash=None).values_list("token_hash", flat=True)
    hashes_in_no_order_of_boards = sorted(each for each in (*of_boards, *of_parts) if each)
    ended = [EndedLink(token_hash=each, wave=wave) for each in hashes_in_no_order_of_boards]
    EndedLink.objects.bulk_create(ended, batch_size=2_000)
    wave.invitations.update(token_hash=None, code_hash=None)
    _handovers(wave).update(token_hash=None)


def forget_all_due(*, by: str, moment: datetime) -> dict[str, Forgotten]:
    """Every wave whose time has come, and then what no wave holds any more of addresses that were replaced.

    Gives the waves of which this removed something, by name.
    """
    closed = Wave.objects.filter(state=Wave.State.CLOSED, forgotten_at=None).order_by("pk")
    forgotten = {wave.pk: forget(wave=wave, by=by, moment=moment) for wave in closed if moment >= due(wave)}
    forget_replaced(by=by, moment=moment)
    return forgotten


def ended(token: str) -> Wave | None:
    """The wave whose link this was, where it has been forgotten whose."""
    readable = tokens.readable(token)
    if readable is None:
        return None
    link = EndedLink.objects.filter(token_hash=tokens.hash_of(readable)).select_related("wave__frame").first()
    return link.wave if link else None
