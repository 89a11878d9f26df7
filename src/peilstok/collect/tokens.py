"""The secret in a board's link: how it is made, and how an invitation is found by it.

What a board hands to others (`Handover`) has a link in the same way, of its own uuid. A token is 128 bits of
HMAC-SHA256 over the uuid with the installation's secret key, in 26 characters of base32. It is never stored: the mail
derives it anew, and a page finds its invitation by the token's SHA-256. Who reads the database (or a backup) gets no
working link; who has one link can make no other.

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

from peilstok.collect.models import Contact, Handover, Invitation, Wave
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


def token_of(invitation: Invitation | Handover) -> str:
    found = token(invitation.uuid, key=settings.SECRET_KEY)
    if invitation.token_hash is None:
        raise NotNow("the links of this wave have been removed")
    if not hmac.compare_digest(hash_of(found), invitation.token_hash):
        raise CannotRun("PEILSTOK_SECRET_KEY is not the key with which these invitations were made; set it back")
    return found


def link(invitation: Invitation | Handover, *, language: str | None = None) -> str:
    """The address in the mail, at most 60 characters on a site with a name of up to 24."""
    wanted = language or invitation.language
    tail = f"?lang={wanted}" if wanted == "en" or wanted != invitation.language else ""
    return f"{settings.PEILSTOK.site_url}/a/{token_of(invitation)}/{tail}"


def readable(given: str) -> str | None:
    """The token in a path, or None when it cannot be one. Capitals do: some mail programs and people change them."""
    lower = given.lower()
    return lower if SHAPE.fullmatch(lower) else None


# Links of other kinds carry what they are about beside a proof that this installation made them. They open nothing of
# a board: who has one can stop the mail to one address, or look at a questionnaire.

STOP: Final = "/geen-mail/"
PREVIEW: Final = "/voorbeeld/"


def stop_link(contact: Contact) -> str:
    """The address at which who reads the mail can ask for no more of it."""
    tail = "?lang=en" if contact.language == "en" else ""
    return f"{settings.PEILSTOK.site_url}{STOP}{contact.pk}-{_proof('stop', _about(contact))}/{tail}"


def contact_of(given: str) -> Contact | None:
    """The contact that a stop link is about, or None where this installation never made it."""
    number, _, proof = given.partition("-")
    if not re.fullmatch(r"[0-9]{1,18}", number):
        return None
    contact = Contact.objects.filter(pk=int(number)).first()
    return contact if contact and _agrees(proof, _proof("stop", _about(contact))) else None


def preview_link(wave: Wave, *, language: str) -> str:
    """The address at which the questionnaire of a wave can be looked at before anybody is asked."""
    return f"{settings.PEILSTOK.site_url}{PREVIEW}{wave.pk}/{_proof('preview', wave.pk)}/?lang={language}"


def shows_preview(name: str, given: str) -> bool:
    return _agrees(given, _proof("preview", name))


def _about(contact: Contact) -> str:
    return f"{contact.pk} {contact.email.lower()}"


def _proof(purpose: str, about: str) -> str:
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"peilstok {purpose} 1 {about}".encode(), "sha256")
    return base64.b32encode(digest[: BITS // 8]).decode().rstrip("=").lower()


def _agrees(given: str, proof: str) -> bool:
    return hmac.compare_digest(given.lower().encode(), proof.encode())
