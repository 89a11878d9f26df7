"""A mail server for tests: a real SMTP conversation on a port of this machine, which can refuse, delay or break off."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What arrived, and how the server behaves: what it says to a recipient, when it breaks the connection."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)  # as they were said in the conversation
    senders: list[str] = field(default_factory=list)  # of the mails that were taken, in the conversation
    to_recipient: dict[str, str] = field(default_factory=dict)
    to_text_of: dict[str, str] = field(default_factory=dict)  # what it says after the text of a mail
    stalls_at: str = ""  # "RCPT" or "DATA": says nothing any more
    break_after_text_of: str = ""  # takes the mail to this address, and breaks off before the receipt
    connections: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if self.stalls_at == "RCPT":
            await asyncio.sleep(30)
        if address in self.to_recipient:
            return self.to_recipient[address]
        envelope.rcpt_tos.append(address)
        self.recipients.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        refused = next((self.to_text_of[each] for each in envelope.rcpt_tos if each in self.to_text_of), "")
        if refused:
            return refused
        self.senders.append(str(envelope.mail_from))
        self.mails.append(message_from_bytes(content, policy=policy.default))
        if envelope.rcpt_tos == [self.break_after_text_of]:
            assert server.transport is not None
            server.transport.abort()
        if self.stalls_at == "DATA":
            await asyncio.sleep(30)
        return "250 OK"

    def to(self, address: str) -> EmailMessage:
        return next(mail for mail in self.mails if mail["To"] == address)


@contextmanager
def serving(box: Mailbox) -> Iterator[int]:
    """The port on which the box is served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
