"""The code that an officer reads out on the telephone: ten characters with which a board comes to its own link.

It is 48 bits of HMAC-SHA256 over the invitation's uuid with the installation's secret key, in an alphabet without
vowels and without characters that look alike. Only a keyed hash of it is stored, as ten characters could be tried out
against a plain one. Unlike a link it can be guessed at, so attempts are limited (docs/formats/wave.md): counted before
looking, by address and in all, in rows of the database, whichever process serves them.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from peilstok.accounts import attempts
from peilstok.accounts.attempts import Counter
from peilstok.audit import trail
from peilstok.collect.models import Invitation
from peilstok.collect.secrecy import ALPHABET
from peilstok.errors import CannotRun, NotNow

LENGTH: Final = 10
PURPOSE: Final = b"peilstok code 1 "
STORED: Final = b"peilstok code stored 1 "

PER_ADDRESS: Final = 30
"""Attempts in a quarter of an hour (`attempts.WINDOW`) from one address: an office is many people behind one."""

IN_ALL: Final = 3_000
"""From everywhere together. Who guesses at that rate, hits one of a thousand codes once in 2,800 years."""


def code(uuid: UUID, *, key: str) -> str:
    """Ten capitals and digits that only the holder of the key can make of this uuid."""
    number = int.from_bytes(hmac.digest(key.encode(), PURPOSE + uuid.bytes, "sha256"))
    characters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[place])
    return "".join(characters)


def hash_of(code: str, *, key: str) -> str:
    return hmac.digest(key.encode(), STORED + code.encode(), "sha256").hex()


def new_hash(uuid: UUID) -> str:
    """What is stored with a new invitation."""
    return hash_of(code(uuid, key=settings.SECRET_KEY), key=settings.SECRET_KEY)


def code_of(invitation: Invitation) -> str:
    """As it is read out and written: `BCDFG-23456`."""
    if invitation.wave.forgotten_at is not None:
        raise NotNow("the links and codes of this wave have been removed")
    if invitation.code_hash is None:
        raise NotNow("this wave was opened before there were codes; read out the link, or send the mail again")
    found = code(invitation.uuid, key=settings.SECRET_KEY)
    if not hmac.compare_digest(hash_of(found, key=settings.SECRET_KEY), invitation.code_hash):
        raise CannotRun("PEILSTOK_SECRET_KEY is not the key with which these invitations were made; set it back")
    return f"{found[:5]}-{found[5:]}"


def show(*, invitation: Invitation, by: str, moment: datetime) -> str:
    """The code for an officer to read out. That it was shown is written down."""
    with transaction.atomic():
        found = code_of(invitation)
        details = {"invitation": invitation.pk}
        trail.record(act="code.show", actor=by, subject=f"wave:{invitation.wave_id}", moment=moment, details=details)
    return found


def readable(given: str) -> str | None:
    """The code in what was typed, with or without spaces, hyphens and capitals; None when it cannot be one."""
    typed = re.sub(r"[\s\-\u2010-\u2015.]", "", given[:100]).upper()
    return typed if len(typed) == LENGTH and set(typed) <= set(ALPHABET) else None


def find(given: str, *, address: str, moment: datetime) -> Invitation | None:
    """Whose code this is; None for any other text. NotNow when there were too many attempts, right or wrong."""
    until = attempts.count((_from(address), Counter("code everywhere", IN_ALL)), moment=moment)
    if until:
        raise NotNow("too many attempts")
    typed = readable(given)
    if typed is None:
        return None
    return Invitation.objects.filter(code_hash=hash_of(typed, key=settings.SECRET_KEY)).first()


def _from(address: str) -> Counter:
    """One visitor of IPv6 has a whole /64 to come from."""
    try:
        known = ip_address(address)
    except ValueError:
        known = None
    if isinstance(known, IPv6Address):
        address = str(known.ipv4_mapped or known.exploded[:19])
    return Counter(f"code {address}", PER_ADDRESS)
