"""Where a mail comes back to: an address of its own for each, so that a bounce says by itself which mail it is about.

`bounce+123.abcdefghijklmnop@raad.example`: the number of the message and a proof that this installation wrote it, so
that nobody can have an address marked as gone by making one up; `bounce+p123...` for a mail about a part. The part
before the + and the domain are a setting; the mail server must deliver what follows a + to the same box, as nearly all
do.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable, Iterator
from email.utils import parseaddr
from typing import Final
from uuid import UUID

from django.conf import settings

from peilstok.collect.models import HandedMail, Message

_DETAIL: Final = re.compile(r"\+(p?)([0-9]{1,18})\.([a-z2-7]{16})@")
_MESSAGE_ID: Final = re.compile(
    r"<(?:invitation|reminder-[0-9]+|confirmation-[0-9]+)\."
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@"
)


def envelope_sender(message: Message) -> str:
    """What is said to the mail server as the sender; without PEILSTOK_MAIL_RETURN the sender of the mail itself."""
    return _sender(f"{message.pk}.{_proof(message.uuid)}")


def envelope_sender_of_handed(mail: HandedMail) -> str:
    return _sender(f"p{mail.pk}.{_proof(mail.handover.uuid, b'part')}")


def _sender(detail: str) -> str:
    given = settings.PEILSTOK.mail_return
    if not given:
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    mailbox, _, domain = given.rpartition("@")
    return f"{mailbox}+{detail}@{domain}"


def message_of(recipients: Iterable[str], message_ids: Iterable[str] = ()) -> Message | None:
    """The mail that came back to one of these addresses, else the one that the bounce quotes.

    A Message-ID holds a uuid that only its recipients have seen.
    """
    for found in _details(recipients):
        message = None if found[1] else _known(pk=int(found[2]))
        if message and hmac.compare_digest(found[3], _proof(message.uuid)):
            return message
    for found in filter(None, map(_MESSAGE_ID.search, message_ids)):
        message = _known(uuid=UUID(found[1]))
        if message:
            return message
    return None


def handed_of(recipients: Iterable[str]) -> HandedMail | None:
    """The mail about a part that came back to one of these addresses."""
    for found in _details(recipients):
        there = HandedMail.objects.filter(pk=int(found[2])) if found[1] else HandedMail.objects.none()
        mail = there.select_related("handover").first()
        if mail and hmac.compare_digest(found[3], _proof(mail.handover.uuid, b"part")):
            return mail
    return None


def _details(recipients: Iterable[str]) -> Iterator[re.Match[str]]:
    return filter(None, (_DETAIL.search(each.lower()) for each in recipients))


def _known(**key: int | UUID) -> Message | None:
    return Message.objects.filter(**key).select_related("invitation", "contact").first()


def _proof(uuid: UUID, of: bytes = b"") -> str:
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"peilstok return 1 " + of + uuid.bytes, "sha256")
    return base64.b32encode(digest[:10]).decode().lower()
