"""Forgetting, some time after a wave has closed, what leads to a person: addresses, links, what was never sent in.

How many days the wave's file says (`retention: {addresses: 90}`). Answers that were confirmed stay, and so does how it
ended for each board; a snapshot has no address in it. What is known of boards from wave to wave (`contacts`) is not of
one wave and stays too. Whoever follows a link after that is told that the poll is over, and by the link nobody can
tell any more whose it was. Done once; a second time finds nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction

from peilstok.audit import trail
from peilstok.collect import content, tokens, waves
from peilstok.collect.models import Draft, EndedLink, Message, Wave
from peilstok.errors import NotNow


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many of each were (or, in a dry run, would be) removed."""

    addresses: int
    links: int
    drafts: int
    bounces: int  # texts of mail servers, in which addresses stand

    def __str__(self) -> str:
        return ", ".join(f"{name} {number:,}" for name, number in asdict(self).items())


def due(wave: Wave) -> datetime:
    """When what leads to a person goes."""
    return wave.closing + timedelta(days=content.of(wave).spec.retention.addresses)


def found(wave: Wave) -> Forgotten:
    """What there is to forget of the wave."""
    return Forgotten(
        addresses=wave.invitations.exclude(email="").count(),
        links=wave.invitations.exclude(token_hash=None).count(),
        drafts=Draft.objects.filter(invitation__wave=wave).count(),
        bounces=Message.objects.filter(invitation__wave=wave).exclude(detail="").count(),
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
        wave.invitations.update(email="")
        Draft.objects.filter(invitation__wave=wave).delete()
        Message.objects.filter(invitation__wave=wave).exclude(detail="").update(detail="")
        wave.forgotten_at = moment
        wave.save(update_fields=["forgotten_at"])
        trail.record(act="wave.forget", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=asdict(counted))
    return counted


def _check(wave: Wave, moment: datetime) -> None:
    if wave.state != Wave.State.CLOSED:
        raise NotNow(f"{wave.pk} is {wave.state}: addresses and links are kept until some time after it has closed")
    if moment < due(wave):
        raise NotNow(f"{wave.pk}: addresses and links are kept until {due(wave):%Y-%m-%d %H:%M} UTC")


def _end_links(wave: Wave) -> None:
    """What is left of a link is of which wave it was; whose, nothing says any more."""
    hashes = wave.invitations.exclude(token_hash=None).values_list("token_hash", flat=True)
    hashes_in_no_order_of_boards = sorted(each for each in hashes if each)
    ended = [EndedLink(token_hash=each, wave=wave) for each in hashes_in_no_order_of_boards]
    EndedLink.objects.bulk_create(ended, batch_size=2_000)
    wave.invitations.update(token_hash=None)


def forget_all_due(*, by: str, moment: datetime) -> dict[str, Forgotten]:
    """Every wave whose time has come; gives those of which this removed something, by name."""
    closed = Wave.objects.filter(state=Wave.State.CLOSED, forgotten_at=None).order_by("pk")
    return {wave.pk: forget(wave=wave, by=by, moment=moment) for wave in closed if moment >= due(wave)}


def ended(token: str) -> Wave | None:
    """The wave whose link this was, where it has been forgotten whose."""
    readable = tokens.readable(token)
    if readable is None:
        return None
    link = EndedLink.objects.filter(token_hash=tokens.hash_of(readable)).select_related("wave__frame").first()
    return link.wave if link else None
