"""Handing one mail to the mail server, and knowing how it ended: the difference decides whether it may go again.

Before the text of the mail has been sent, a broken connection means that nothing went out. After that, and before the
server's receipt, nobody can tell; such a mail is uncertain and is never sent again by itself.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from typing import Final

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from peilstok.errors import NotNow

_EXTENDED: Final = re.compile(rb"5\.(\d{1,3})\.\d{1,3}\b")


class Handed(StrEnum):
    """How it ended for one mail."""

    TAKEN = "taken"
    NO_SUCH_ADDRESS = "no such address"  # refused for good because there is no such recipient
    REFUSED = "refused"  # refused for good for another reason: the server's rules, or an address that cannot be said
    LATER = "later"  # refused for now
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Receipt:
    handed: Handed
    said: str = ""


class Unreachable(NotNow):
    """There is no working connection to the mail server (any more)."""


class MailServer:
    """An open connection."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self._backend = backend

    def hand_over(self, mail: EmailMessage, *, sender: str = "") -> Receipt:
        """`sender` is where the mail comes back to; without one, the sender of the mail itself.

        Raises Unreachable when the connection broke before the mail went out.
        """
        smtp = getattr(self._backend, "connection", None)
        if not isinstance(smtp, smtplib.SMTP):  # mails to files, or to memory in tests
            self._backend.send_messages([mail])
            return Receipt(Handed.TAKEN)
        return _converse(smtp, mail, sender or parseaddr(mail.from_email)[1])


@contextmanager
def connected() -> Iterator[MailServer]:
    """One connection for many mails. Unreachable when there is none to be had."""
    backend: BaseEmailBackend = get_connection()
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"the mail server cannot be reached: {error}") from error
    try:
        yield MailServer(backend)
    finally:
        if isinstance(backend, EmailBackend):
            backend.fail_silently = True  # a connection that broke cannot be closed politely
        backend.close()


def _converse(smtp: smtplib.SMTP, mail: EmailMessage, envelope: str) -> Receipt:
    try:
        text = mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own argument
        sender, recipient = as_said(envelope), as_said(mail.to[0])
    except ValueError as error:  # a UnicodeError is one too; nothing was sent
        return Receipt(Handed.REFUSED, f"this mail cannot be sent: {error}"[:300])
    try:
        smtp.ehlo_or_helo_if_needed()
        refusal = (
            _asked(smtp.mail(sender), Handed.REFUSED)
            or _answer_about_recipient(smtp.rcpt(recipient))
            or _asked(smtp.docmd("data"), Handed.REFUSED)
        )
        if refusal:
            smtp.rset()
            return refusal
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"the connection to the mail server broke: {error}") from error
    return _send_text(smtp, text)


def as_said(address: str) -> str:
    """The address as it is said to the server: in ASCII, the domain as IDNA. UnicodeError when that cannot be."""
    mailbox, _, domain = address.rpartition("@")
    mailbox.encode("ascii")
    return f"{mailbox}@{domain.encode('idna').decode()}"


def _answer_about_recipient(answer: tuple[int, bytes]) -> Receipt | None:
    """A refusal says that there is no such address only by its code: 5.1.x (RFC 3463), or none beside 550, 551 or 553.

    Anything else (5.7.1 relaying denied, 530 log in first) is between the two servers, and true of every recipient.
    """
    code, said = answer
    extended = _EXTENDED.match(said)
    missing = extended[1] == b"1" if extended else code in (550, 551, 553)
    return _asked(answer, Handed.NO_SUCH_ADDRESS if missing else Handed.REFUSED)


def _send_text(smtp: smtplib.SMTP, text: bytes) -> Receipt:
    """From here on a broken connection leaves the mail uncertain."""
    try:
        smtp.send(re.sub(rb"(?m)^\.", b"..", text).removesuffix(b"\r\n") + b"\r\n.\r\n")
        answer = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Receipt(Handed.UNCERTAIN, f"no receipt: {error}"[:300])
    return _asked(answer, Handed.REFUSED) or Receipt(Handed.TAKEN)


def _asked(answer: tuple[int, bytes], for_good: Handed) -> Receipt | None:
    """None when the server went along with it."""
    code, said = answer
    if code < 400:
        return None
    text = f"{code} {said.decode(errors='replace')}".replace("\0", "")[:300]
    return Receipt(Handed.LATER if code < 500 else for_good, text)
