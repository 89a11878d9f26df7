"""The mailbox that bounces arrive in, read over IMAP: each mail once, and what is for people is left to them.

A mail that was looked at gets the flag PeilstokRead and is not looked at again; a bounce or an automatic reply is
marked as read besides. Nothing is moved or removed. In a mailbox that keeps no
flags of others all of them are marked as read.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from peilstok.errors import NotNow

READ: Final = "PeilstokRead"
PATIENCE: Final = 30
"""Seconds in which the server must answer."""
MOST: Final = 500
"""Mails that are read in one go."""


class Unreadable(NotNow):
    """The mailbox cannot be read now."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the mailbox is, from a URL such as imaps://user:password@host:993/INBOX."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    encrypted: bool


def place_of(url: str) -> Place:
    parts = urlsplit(url)
    encrypted = parts.scheme == "imaps"
    return Place(
        host=parts.hostname or "",
        port=parts.port or (993 if encrypted else 143),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
        encrypted=encrypted,
    )


class Inbox:
    """An open mailbox."""

    def __init__(self, server: imaplib.IMAP4, *, flags: bool) -> None:
        self._server, self._flags = server, flags

    def unread(self, *, largest: int) -> Iterator[tuple[bytes, bytes]]:
        """The number and the first `largest` bytes of each mail that nobody, nor this command, has read."""
        criteria = ["UNSEEN", "UNKEYWORD", READ] if self._flags else ["UNSEEN"]
        (found, *_) = self._asked("SEARCH", *criteria)
        numbers = found.split() if isinstance(found, bytes) else []
        for number in numbers[:MOST]:
            answer = self._asked("FETCH", number.decode(), f"(BODY.PEEK[]<0.{largest}>)")
            text = next((part[1] for part in answer if isinstance(part, tuple)), None)
            if text is not None:  # else somebody removed it meanwhile
                yield number, text

    def note(self, number: bytes, *, for_people: bool) -> None:
        """Not to be read again here; `for_people`: still to be read by somebody."""
        flags = [READ] if self._flags else []
        if not (for_people and self._flags):
            flags.append(r"\Seen")
        self._asked("STORE", number.decode(), "+FLAGS", f"({' '.join(flags)})")

    def _asked(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes] | None]:
        try:
            status, answer = self._server.uid(command, *words)
        except (OSError, imaplib.IMAP4.error) as error:
            raise Unreadable(f"the mailbox cannot be read: {error}") from error
        if status != "OK":
            raise Unreadable(f"the mailbox refused {command}: {answer!r}"[:300])
        return list(answer)


@contextmanager
def opened(url: str) -> Iterator[Inbox]:
    """The mailbox behind this URL. Unreadable when it cannot be reached or does not let us in."""
    place = place_of(url)
    with ExitStack() as closing:
        try:
            server = _connected(place)
            closing.callback(_leave, server)
            _enter(server, place)
        except ssl.SSLCertVerificationError as error:
            raise Unreadable(
                f"the mailbox at {place.host}:{place.port} was not opened, as its certificate is not to be trusted: "
                f"{error.verify_message}. Nothing was read. Where the council vouches for it itself, SSL_CERT_FILE "
                "names the file with the certificate"
            ) from error
        except (OSError, imaplib.IMAP4.error) as error:
            raise Unreadable(f"the mailbox at {place.host}:{place.port} cannot be opened: {error}") from error
        yield Inbox(server, flags=_keeps_flags(server))


def _connected(place: Place) -> imaplib.IMAP4:
    if place.encrypted:
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(place.host, place.port, ssl_context=context, timeout=PATIENCE)
    return imaplib.IMAP4(place.host, place.port, timeout=PATIENCE)


def _enter(server: imaplib.IMAP4, place: Place) -> None:
    server.login(place.user, place.password)
    status, answer = server.select(f'"{place.folder}"')
    if status != "OK":
        raise imaplib.IMAP4.error(f"there is no folder {place.folder}: {answer!r}")


def _leave(server: imaplib.IMAP4) -> None:
    """Politely, as far as the connection allows."""
    with suppress(OSError, imaplib.IMAP4.error):
        server.logout()
    with suppress(OSError):
        server.shutdown()


def _keeps_flags(server: imaplib.IMAP4) -> bool:
    r"""Does the mailbox keep flags that it does not know? It says so by `\*`; silence means yes (RFC 3501)."""
    _, answer = server.response("PERMANENTFLAGS")
    said = b" ".join(each for each in answer if isinstance(each, bytes))
    return not said or rb"\*" in said
