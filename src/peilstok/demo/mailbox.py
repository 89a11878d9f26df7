"""The mail server of the demo: every mail becomes a file, as in a board's mailbox, and the links are read there.

Nothing is ever passed on. Only addresses under `example` are accepted, so that a demo that was pointed at real
addresses by mistake stops.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Collection, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

DOMAIN: Final = ".example"
LINK: Final = re.compile(r"https?://[^\s<>\"]+/a/[^\s<>\"]+")


class Mailbox:
    """While it is open (`with`), mails to `port` on 127.0.0.1 are written to `folder`, one file each."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._controller = Controller(_Keeper(self), hostname="127.0.0.1", port=self.port, ready_timeout=10)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


class _Keeper:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802  (the name is aiosmtpd's)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not address.lower().endswith(DOMAIN):
            return f"550 the demo writes to addresses under {DOMAIN} only"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self._mailbox.folder.mkdir(parents=True, exist_ok=True)
        for address in envelope.rcpt_tos:
            name = f"{_box(address)}-{sha256(content).hexdigest()[:8]}.eml"
            whole = self._mailbox.folder / f"{name}.part"
            whole.write_bytes(content)
            whole.rename(self._mailbox.folder / name)  # who looks into the folder finds whole mails only
        return "250 kept"


class Letters:
    """The mails in a folder as they come in: which have arrived since the last look, and the secret link in each.

    Only those to `readers` are opened; the others are counted.
    """

    def __init__(self, folder: Path, readers: Collection[str]) -> None:
        self._folder = folder
        self._boxes = {_box(address) for address in readers}
        self._seen: set[str] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def new(self) -> Mapping[str, str]:
        """Address -> link, of the mails that were not there at the last look; one without a link is passed over."""
        names = {path.name for path in self._folder.glob("*.eml")} - self._seen
        self._seen |= names
        found = (_link(self._folder / name) for name in sorted(names) if name.rpartition("-")[0] in self._boxes)
        return dict(each for each in found if each)


def _box(address: str) -> str:
    """What the files of an address begin with."""
    return address.partition("@")[0]


def _link(path: Path) -> tuple[str, str] | None:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    link = LINK.search(body.get_content()) if isinstance(body, EmailMessage) else None
    return (str(message["To"].addresses[0].addr_spec), link.group().rstrip(".,)")) if link else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
