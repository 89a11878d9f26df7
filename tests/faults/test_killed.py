"""What was confirmed is there, once, whatever is killed while a thousand boards answer; a mail goes out once."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.collect.mail import Mailbox, serving
from tests.faults.installation import Installation, kill

BOARDS = 1_000
AT_ONCE = 8
PATIENCE = 60  # seconds that a board goes on trying

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.close()


class Boards:
    """A thousand boards with a phone each: who hears nothing, or that something is wrong, sends the same again."""

    def __init__(self, port: int, tokens: list[str]) -> None:
        self._port, self._tokens = port, tokens
        self.confirmed: set[int] = set()
        self._lock = threading.Lock()

    def answer(self, disturb: Callable[[int], None]) -> None:
        """All of them; `disturb` is called with how many have confirmed, by one of them at a time."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in pool.map(self._one, range(len(self._tokens))):
                disturb(done)

    def _one(self, board: int) -> int:
        link = f"/a/{self._tokens[board]}"
        self._send(f"{link}/vraag/care/", in_care=board, version=0, form="phone")
        self._send(f"{link}/controle/", version=1)
        with self._lock:
            self.confirmed.add(board)
            return len(self.confirmed)

    def _send(self, path: str, **fields: object) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self._taken(path, urlencode(fields)):
                return
            time.sleep(0.1)
        raise AssertionError(f"{path.rpartition('/a/')[0]}: not taken for {PATIENCE} seconds")

    def _taken(self, path: str, body: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        else:
            assert answer.status in (303, 500, 503), answer.status
            return answer.status == 303
        finally:
            connection.close()


def every_one_once(installation: Installation, boards: Boards) -> None:
    assert boards.confirmed == set(range(BOARDS))
    assert installation.inside("revisions") == {str(board): [board] for board in range(BOARDS)}
    assert installation.inside("trail") == ""


def once_at(places: set[int], act: Callable[[], None]) -> Callable[[int], None]:
    """Does it each time that so many have confirmed."""
    left = sorted(places)

    def disturb(done: int) -> None:
        if left and done >= left[0]:
            left.pop(0)
            act()

    return disturb


def test_a_web_server_that_is_killed_loses_nothing_that_was_confirmed_and_doubles_nothing(
    installation: Installation,
) -> None:
    tokens, server = installation.inside("opened", str(BOARDS)), installation.web()

    def killed_and_started() -> None:
        kill(server)
        server.start()

    boards = Boards(server.port, tokens)
    boards.answer(once_at({300, 600}, killed_and_started))
    every_one_once(installation, boards)


def test_a_database_that_is_killed_loses_nothing_that_was_confirmed_and_doubles_nothing(
    installation: Installation,
) -> None:
    tokens, server = installation.inside("opened", str(BOARDS)), installation.web()

    def killed_and_started() -> None:
        installation.kill_database()
        installation.start_database()

    boards = Boards(server.port, tokens)
    boards.answer(once_at({300, 600}, killed_and_started))
    every_one_once(installation, boards)


class HoldingMailbox(Mailbox):
    """Takes the mails with these numbers, and lets the worker wait for its receipt."""

    def __init__(self, *numbers: int) -> None:
        super().__init__()
        self._numbers, self.holding = numbers, threading.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        said = await super().handle_DATA(server, session, envelope)
        if len(self.mails) in self._numbers:
            self.holding.set()
            await asyncio.sleep(PATIENCE)
        return said


def test_a_worker_that_is_killed_sends_no_mail_twice_and_what_nobody_knows_waits_for_a_person(tmp_path: Path) -> None:
    with serving(box := HoldingMailbox(30, 60)) as port:
        installation = Installation(tmp_path, mail_port=port)
        try:
            installation.inside("opened", "120")
            assert installation.inside("invite") == 120
            for _ in range(2):
                kill_with_a_mail_in_hand(installation, box)
                installation.inside("invite")
            worker = installation.worker()
            until(lambda: not installation.inside("mails").get("queued"))
            worker.stop()
            states = installation.inside("mails")
        finally:
            installation.close()
    arrived = Counter(mail["To"] for mail in box.mails)
    assert max(arrived.values()) == 1
    assert states == {"sent": 118, "sending": 2}  # of the two in hand nobody knows; later they are uncertain
    assert len(arrived) == 120


def kill_with_a_mail_in_hand(installation: Installation, box: HoldingMailbox) -> None:
    """The text has arrived, and the receipt has not been given."""
    worker = installation.worker()
    assert box.holding.wait(PATIENCE)
    box.holding.clear()
    kill(worker)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
