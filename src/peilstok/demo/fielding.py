"""A wave of the demo from opening to closing, over real mail and real HTTP.

Each step looks at what is there already, so that a run that was cut off goes on where it was and a second run adds
nothing: invitations are made and mailed once, and a board that has confirmed does not answer again.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, Self

from peilstok.collect import counting, snapshots, wavefile, waves
from peilstok.collect.mail import confirmed, messages, reminders
from peilstok.collect.models import Message, Pace, Wave
from peilstok.demo import content, visitor
from peilstok.demo.answers import Answers
from peilstok.demo.mailbox import Letters, Mailbox
from peilstok.demo.server import Child, Server
from peilstok.errors import CannotRun, NotNow
from peilstok.register.models import Frame
from peilstok.register.reading import Progress
from peilstok.terms import UnitId, WaveId

VISITORS: Final = 4
"""Boards that answer at the same time."""
CARRIERS: Final = 3
"""Batches of mail that are handed over at the same time, each over a connection of its own."""
LATER: Final = timedelta(hours=1)
"""How long after opening the boards answer, on the demo's clock."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a run of the demo plays: its folder, the environment of its children, whom it tells what it does."""

    folder: Path
    environment: Mapping[str, str]
    progress: Progress
    by: str  # actor of the audit trail


def server(name: WaveId, *, folder: Path, environment: Mapping[str, str]) -> Server:
    """The web server of the wave, on whose clock the boards answer; not started yet."""
    opens = _file(name).spec.opens
    return Server(environment=environment, folder=folder / "log", moment=opens + LATER)


@cache
def _file(name: WaveId) -> wavefile.WaveFile:
    """Read and checked once: its server is launched long before the wave is made."""
    return wavefile.load(content.folder(name) / "wave.yaml")


def is_over(name: WaveId) -> bool:
    return Wave.objects.filter(pk=name, state=Wave.State.CLOSED).exists()


def field(name: WaveId, *, frame: Frame, answers: Answers, server: Server, stage: Stage) -> Wave:
    """Open the wave, mail, let the boards answer, close, freeze. A wave that is closed is left as it is."""
    wave = opened(name, frame=frame, stage=stage)
    if wave.state == Wave.State.OPEN:
        _take_answers(wave, answers, server, stage)
        _confirm(wave, min(answers), stage)
        _remind(wave, stage)
        wave = waves.close_wave(wave=wave, by=stage.by, moment=wave.closes)
    kept = snapshots.freeze(wave=wave, by=stage.by, moment=wave.closes)
    snapshots.write(kept, snapshot(stage.folder, name))
    return wave


def opened(name: WaveId, *, frame: Frame, stage: Stage) -> Wave:
    """The wave, opened if it was not. What lies in the folder then is of a run on another database, and goes."""
    file = _file(name)
    try:
        wave = waves.create_wave(file=file, frame=frame, by=stage.by, moment=file.spec.opens)
    except NotNow as error:
        raise CannotRun(f"{error}.\nThe demo here is of another version: `make clean`, and begin again") from error
    if wave.state == Wave.State.DRAFT:
        shutil.rmtree(_mail(stage.folder, name), ignore_errors=True)
        shutil.rmtree(snapshot(stage.folder, name), ignore_errors=True)
        confirmations(stage.folder, name).unlink(missing_ok=True)
        wave = waves.open_wave(wave=wave, by=stage.by, moment=wave.opens)
    return wave


def _mail(folder: Path, wave: WaveId) -> Path:
    return folder / "mail" / wave


def snapshot(folder: Path, wave: WaveId) -> Path:
    """What the wave was frozen as; docs/formats/snapshot.md."""
    return folder / "snapshot" / wave


def confirmations(folder: Path, wave: WaveId) -> Path:
    """The file with a line for each confirmation that a visitor has seen: {"board": ..., "reference": ...}."""
    return folder / "confirmations" / f"{wave}.jsonl"


def _take_answers(wave: Wave, answers: Answers, server: Server, stage: Stage) -> None:
    """Mail who has no mail yet; each board answers as soon as its mail is there, several at a time."""
    queued = messages.send_invitations(wave, wave.opens, by=stage.by)
    waiting = set(answers) - set(counting.confirmed_answers(wave))
    if not (waiting or queued.waiting):
        return
    with ExitStack() as running:
        box = running.enter_context(Mailbox(_mail(stage.folder, WaveId(wave.pk))))
        post = running.enter_context(_worker(box, wave, wave.opens, stage))
        running.callback(server.end)  # which takes it half a second that nobody has to wait for
        server.start()
        crowd = running.enter_context(_Crowd(wave, answers, server, stage))
        crowd.let_answer(waiting, Letters(box.folder, [content.address(board) for board in waiting]), post)
    _check_all_sent(wave, stage)


def _confirm(wave: Wave, board: UnitId, stage: Stage) -> None:
    """The confirmation by mail, where the wave's file has one, to a single board: each has a PDF, which takes time."""
    moment = wave.opens + 2 * LATER
    queued = confirmed.queue_due(wave=wave, by=stage.by, moment=moment, boards=[board])
    if queued:
        _deliver(wave, "confirmation-1", queued, moment, stage)


def _remind(wave: Wave, stage: Stage) -> None:
    """The reminders of the wave, each at its time on the demo's clock, to the boards that do not answer."""
    for due in reminders.of(wave):
        queued = reminders.queue_due(wave=wave, by=stage.by, moment=due.at)
        if queued is None:
            continue  # by a run before this one
        _deliver(wave, due.kind, queued.mails, due.at, stage)


def _deliver(wave: Wave, kind: str, number: int, moment: datetime, stage: Stage) -> None:
    """Mails that boards do not answer to."""
    with Mailbox(_mail(stage.folder, WaveId(wave.pk))) as box, _worker(box, wave, moment, stage) as post:
        while post.alive:
            stage.progress(f"{wave.pk}: mails of {kind}", _sent(wave, kind), number)
            time.sleep(0.2)
    _check_all_sent(wave, stage)


def _sent(wave: Wave, kind: str) -> int:
    return Message.objects.filter(invitation__wave=wave, kind=kind, state=Message.State.SENT).count()


def _check_all_sent(wave: Wave, stage: Stage) -> None:
    left = Message.objects.filter(invitation__wave=wave, state=Message.State.QUEUED).count()
    if left:
        raise CannotRun(f"{left} mails were not sent; see {stage.folder / 'log' / 'worker.log'}")


def _worker(box: Mailbox, wave: Wave, moment: datetime, stage: Stage) -> Child:
    """Takes the mails that wait from the queue and sends them to the mailbox, then ends. Its clock begins anew, and so
    does the pace of the mails.
    """
    Pace.objects.filter(wave=wave).delete()
    options = ("--one-shot", "--queues", "mail", "--concurrency", str(CARRIERS))
    command = [sys.executable, "-m", "django", "procrastinate", "worker", *options]
    clock = {"PEILSTOK_DEMO": "1", "PEILSTOK_DEMO_CLOCK": moment.isoformat()}
    environment = {**stage.environment, **clock, "PEILSTOK_MAIL_URL": box.url}
    return Child(command, environment, stage.folder / "log" / "worker.log")


class _Crowd:
    """The boards of a wave while they answer. What each has seen confirmed is written down at once."""

    def __init__(self, wave: Wave, answers: Answers, server: Server, stage: Stage) -> None:
        self._wave, self._answers, self._server, self._stage = wave, answers, server, stage
        self._pool = ThreadPoolExecutor(VISITORS)
        self._done: SimpleQueue[tuple[UnitId, Future[visitor.Confirmation]]] = SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def let_answer(self, waiting: set[UnitId], letters: Letters, post: Child) -> None:
        """Until all of these have answered and the post is done. A server that dies is started again."""
        board_at = {content.address(board): board for board in waiting}
        seen = confirmations(self._stage.folder, WaveId(self._wave.pk))
        seen.parent.mkdir(parents=True, exist_ok=True)
        without, total = set(waiting), len(waiting)
        with seen.open("a", encoding="utf-8") as file:
            while waiting or post.alive:
                delivering = post.alive  # asked before looking, so that the last letter is not missed
                for address, link in letters.new().items():
                    without.discard(board_at[address])
                    self._send(board_at[address], link)
                if without and not delivering:
                    raise CannotRun(
                        f"{len(without)} boards of {self._wave.pk} got no mail: `make clean` and begin again"
                    )
                for board, confirmation in self._finished():
                    waiting.discard(board)
                    file.write(json.dumps({"board": board, "reference": confirmation.reference}) + "\n")
                    file.flush()
                self._tell(letters, total, total - len(waiting))

    def _send(self, board: UnitId, link: str) -> None:
        future = self._pool.submit(visitor.answer, self._server.url, link, self._answers[board])
        future.add_done_callback(lambda done: self._done.put((board, done)))

    def _finished(self) -> Iterator[tuple[UnitId, visitor.Confirmation]]:
        """Those that are done by now, after waiting a moment for the first."""
        if not self._server.alive:
            self._server.start()
        try:
            board, done = self._done.get(timeout=0.2)
            while True:
                yield board, done.result()
                board, done = self._done.get_nowait()
        except Empty:
            return

    def _tell(self, letters: Letters, total: int, answered: int) -> None:
        self._stage.progress(f"{self._wave.pk}: {len(letters)} mails, boards that answered", answered, total)
