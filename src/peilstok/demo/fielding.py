"""A wave of the demo from opening to closing, over real mail and real HTTP.

Each step looks at what is there already, so that a run that was cut off goes on where it was and a second run adds
nothing: invitations are made and mailed once, and a board that has confirmed does not answer again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from peilstok.collect import answers as collected
from peilstok.collect import messages, wavefile, waves
from peilstok.collect.models import Message, Wave
from peilstok.demo import content, mailbox, visitor
from peilstok.demo.answers import Answers
from peilstok.demo.mailbox import Mailbox
from peilstok.demo.server import Child, Server
from peilstok.errors import CannotRun
from peilstok.register.models import Frame
from peilstok.register.reading import Progress
from peilstok.terms import UnitId, WaveId

VISITORS: Final = 8
"""Boards that answer at the same time."""
WORKERS: Final = 2
"""Processes that send mail at the same time."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a run of the demo plays: its folder, the environment of its children, whom it tells what it does."""

    folder: Path
    environment: Mapping[str, str]
    progress: Progress
    by: str  # actor of the audit trail


def field(name: WaveId, *, frame: Frame, answers: Answers, stage: Stage) -> Wave:
    """Open the wave, mail, let the boards answer, close. A wave that is closed is left as it is."""
    file = wavefile.load(content.folder(name) / "wave.yaml")
    wave = waves.create_wave(file=file, frame=frame, by=stage.by, moment=file.spec.opens)
    if wave.state == Wave.State.DRAFT:
        wave = waves.open_wave(wave=wave, by=stage.by, moment=wave.opens)
    if wave.state == Wave.State.OPEN:
        _mail(wave, stage)
        _let_answer(wave, answers, stage)
        wave = waves.close_wave(wave=wave, by=stage.by, moment=wave.closes)
    return wave


def confirmations(folder: Path, wave: WaveId) -> Path:
    """The file with a line for each confirmation that a visitor has seen: {"board": ..., "reference": ...}."""
    return folder / "confirmations" / f"{wave}.jsonl"


def _mail(wave: Wave, stage: Stage) -> None:
    """Send what was not sent yet, through the queue and two workers, to the demo's own mail server."""
    queued = messages.send_invitations(wave, wave.opens)
    if not queued.waiting:
        return
    folder = stage.folder / "mail" / wave.pk
    command = [sys.executable, "-m", "django", "procrastinate", "worker", "--one-shot", "--queues", "mail"]
    with Mailbox(folder) as box, ExitStack() as running:
        environment = {**stage.environment, "PEILSTOK_MAIL_URL": box.url} | _clock(wave.opens)
        log = stage.folder / "log" / "worker.log"
        workers = [running.enter_context(Child(command, environment, log)) for _ in range(WORKERS)]
        while any(worker.alive for worker in workers):
            stage.progress(f"{wave.pk}: invitations", len(list(folder.glob("*.eml"))), queued.waiting)
            time.sleep(0.2)
    waiting = Message.objects.filter(invitation__wave=wave, state=Message.State.QUEUED).count()
    if waiting:
        raise CannotRun(f"{waiting} mails were not sent; see {log}")


def _clock(moment: datetime) -> dict[str, str]:
    return {"PEILSTOK_DEMO": "1", "PEILSTOK_DEMO_CLOCK": moment.isoformat()}


def _let_answer(wave: Wave, answers: Answers, stage: Stage) -> None:
    links = mailbox.links(stage.folder / "mail" / wave.pk)
    waiting = sorted(set(answers) - set(collected.confirmed_answers(wave)))
    without = [board for board in waiting if content.address(board) not in links]
    if without:
        raise CannotRun(
            f"no mail was found for {len(without)} boards of {wave.pk}: remove {stage.folder} and its database"
        )
    hour = wave.opens + timedelta(hours=1)
    with Server(environment=stage.environment, folder=stage.folder / "log", moment=hour) as server:
        _answer_all(wave.pk, waiting, links, answers, server, stage)


def _answer_all(
    wave: str, waiting: Sequence[UnitId], links: Mapping[str, str], answers: Answers, server: Server, stage: Stage
) -> None:
    """Several boards at a time. A server that dies in the middle is started again; its visitors go on."""
    seen = confirmations(stage.folder, WaveId(wave))
    seen.parent.mkdir(parents=True, exist_ok=True)
    with seen.open("a", encoding="utf-8") as file, ThreadPoolExecutor(VISITORS) as pool:
        running = {
            pool.submit(visitor.answer, server.url, links[content.address(board)], answers[board]): board
            for board in waiting
        }
        done = 0
        try:
            while running:
                for future in _finished(running, server):
                    board = running.pop(future)
                    file.write(json.dumps({"board": board, "reference": future.result().reference}) + "\n")
                    file.flush()
                    done += 1
                    stage.progress(f"{wave}: boards that answered", done, len(waiting))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _finished(
    running: Mapping[Future[visitor.Confirmation], UnitId], server: Server
) -> set[Future[visitor.Confirmation]]:
    while True:
        finished, _ = wait(running, timeout=0.25, return_when=FIRST_COMPLETED)
        if not server.alive:
            server.start()
        if finished:
            return finished
