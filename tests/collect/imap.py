"""A mailbox for tests: a small IMAP server on a port of this machine (RFC 3501, as much as is asked of it)."""

from __future__ import annotations

import re
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Letterbox:
    """Mails by their number, each with its flags; `keeps_flags`: also those that it does not know."""

    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    keeps_flags: bool = True
    password: str = "geheim woord"
    breaks_at: int = 0  # breaks the connection when this mail is asked for
    heard: list[str] = field(default_factory=list)

    def put(self, raw: bytes) -> int:
        number = len(self.mails) + 1
        self.mails[number], self.flags[number] = raw, set()
        return number

    def found(self, criteria: str) -> list[int]:
        unseen = [number for number, flags in self.flags.items() if "\\Seen" not in flags]
        keyword = re.search(r"UNKEYWORD (\S+)", criteria)
        return [number for number in unseen if not (keyword and keyword[1] in self.flags[number])]


class _Conversation(socketserver.StreamRequestHandler):
    box: Letterbox

    def handle(self) -> None:
        self._say(b"* OK ready")
        for line in self.rfile:
            tag, _, command = line.decode().strip().partition(" ")
            self.box.heard.append(command)
            if not self._answer(tag, command):
                return

    def _answer(self, tag: str, command: str) -> bool:
        word, ending = command.split()[0].upper(), "OK done"
        match word:
            case "CAPABILITY":
                self._say(b"* CAPABILITY IMAP4rev1")
            case "LOGIN":
                ending = "OK in" if command.endswith(f'bode "{self.box.password}"') else "NO who are you?"
            case "SELECT":
                kept = "\\Seen \\*" if self.box.keeps_flags else "\\Seen"
                self._say(b"* %d EXISTS" % len(self.box.mails), f"* OK [PERMANENTFLAGS ({kept})] kept".encode())
                ending = "OK [READ-WRITE] open" if "INBOX" in command else "NO no such folder"
            case "UID":
                if not self._uid(command.split(maxsplit=2)):
                    return False
            case "LOGOUT":
                self._say(b"* BYE", f"{tag} OK bye".encode())
                return False
            case _:
                ending = "BAD what?"
        self._say(f"{tag} {ending}".encode())
        return True

    def _uid(self, words: list[str]) -> bool:
        what, rest = words[1].upper(), words[2]
        if what == "SEARCH":
            self._say(f"* SEARCH {' '.join(map(str, self.box.found(rest)))}".rstrip().encode())
            return True
        number = int(rest.split()[0])
        if number == self.box.breaks_at:
            return False
        if what == "FETCH":
            most = int(re.search(r"<0\.(\d+)>", rest)[1])  # type: ignore[index]
            raw = self.box.mails[number][:most]
            self._say(b"* %d FETCH (UID %d BODY[]<0> {%d}" % (number, number, len(raw)))
            self.wfile.write(raw + b")\r\n")
        elif what == "STORE":
            self.box.flags[number] |= set(re.findall(r"[\\\w]+", rest.partition("(")[2]))
        return True

    def _say(self, *lines: bytes) -> None:
        self.wfile.write(b"".join(line + b"\r\n" for line in lines))


@contextmanager
def serving(box: Letterbox, *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The URL of the box, with the user and the password in it; `tls`: encrypted from the first byte."""
    handler = type("Conversation", (_Conversation,), {"box": box})
    with _Server(("127.0.0.1", 0), handler) as server:
        server.tls = tls
        threading.Thread(target=server.serve_forever, daemon=True).start()
        scheme = "imaps" if tls else "imap"
        yield f"{scheme}://bode:geheim%20woord@127.0.0.1:{server.server_address[1]}/INBOX"
        server.shutdown()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the thread of the connection, so that a handshake that fails ends that one only."""
        if self.tls:
            try:
                request = self.tls.wrap_socket(request, server_side=True)
            except (ssl.SSLError, OSError):
                return
        super().finish_request(request, client_address)
        if self.tls:
            request.close()


@dataclass(frozen=True, slots=True)
class Certificate:
    """One that signed itself, for one name, with its key; both are files."""

    file: Path
    key: Path

    @property
    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def certificate(folder: Path, name: str = "IP:127.0.0.1", *, days: int = 1) -> Certificate:
    """Made by the program openssl. `name` as it stands in it: `IP:127.0.0.1`, `DNS:imap.raad.example`."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(made.key), "-out", str(made.file)]
    about = ["-subj", "/CN=mailbox", "-addext", f"subjectAltName={name}", "-days", str(days)]
    subprocess.run(["openssl", "req", "-x509", *curve, *files, *about], check=True, capture_output=True)
    return made
