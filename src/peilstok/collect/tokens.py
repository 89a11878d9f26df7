"""The secret in a board's link: how it is made, and how an invitation is found by it.

A token is 128 bits of HMAC-SHA256 over the invitation's uuid with the installation's secret key, in 26 characters
of base32. It is never stored: the mail derives it anew, and a page finds its invitation by the token's SHA-256. Who
reads the database (or a backup) gets no working link; who has one link can make no other.

A new secret key does not break links that were sent (their hashes stand), but no further mail can carry them;
`token_of` says so.
"""

from __future__ import annotations

import base64
import hmac
import re
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings

from peilstok.collect.models import Invitation
from peilstok.errors import CannotRun, NotNow

BITS: Final = 128
PURPOSE: Final = b"peilstok invitation 1 "
SHAPE: Final = re.compile(r"[a-z2-7]{26}")


def token(uuid: UUID, *, key: str) -> str:
    """26 lower-case characters that only the holder of the key can make of this uuid."""
    digest = hmac.digest(key.encode(), PURPOSE + uuid.bytes, "sha256")[: BITS // 8]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def new_hash(uuid: UUID) -> str:
    """What is stored with a new invitation."""
    return hash_of(token(uuid, key=settings.SECRET_KEY))


def token_of(invitation: Invitation) -> str:
    found = token(invitation.uuid, key=settings.SECRET_KEY)
    if invitation.token_hash is None:
        raise NotNow(f"the links of {invitation.wave_id} have been forgotten")
    if not hmac.compare_digest(hash_of(found), invitation.token_hash):
        raise CannotRun("PEILSTOK_SECRET_KEY is not the key with which these invitations were made; set it back")
    return found


def link(invitation: Invitation, *, language: str | None = None) -> str:
    """The address in the mail, at most 60 characters on a site with a name of up to 24."""
    tail = "?lang=en" if (language or invitation.language) == "en" else ""
    return f"{settings.PEILSTOK.site_url}/a/{token_of(invitation)}/{tail}"


def readable(given: str) -> str | None:
    """The token in a path, or None when it cannot be one. Capitals do: some mail programs and people change them."""
    lower = given.lower()
    return lower if SHAPE.fullmatch(lower) else None
