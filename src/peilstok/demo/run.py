"""The main job from end to end: register, three polls, synthetic answers over HTTP, figures, articles, releases.

Decides the order of the steps and nothing else. Every step leaves what it finds done already, so a run may be cut off
anywhere and run again. A wave is published while the next one is in the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import numpy as np
from django.db import connections

from peilstok.accounts import people as accounts
from peilstok.collect.figures import table_of
from peilstok.collect.models import Wave
from peilstok.demo import answers as synthetic
from peilstok.demo import choice, content, duo, estimation, fielding, people, publication
from peilstok.demo.exchange import exchange
from peilstok.demo.fielding import Stage
from peilstok.demo.published import FIGURES, Compared, compared
from peilstok.demo.server import Server
from peilstok.disclose import SafeTable, figures
from peilstok.errors import CannotRun
from peilstok.register import frames, reading
from peilstok.register.models import Frame
from peilstok.register.reading import Progress
from peilstok.terms import RegisterRow, UnitId, WaveId

BEGINNING: Final = datetime.fromisoformat("2020-03-02T09:00:00+01:00")
"""When the demo's register and people came into being, on the demo's clock."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run ends in: the folder with everything it made, and the published figures beside the computed ones."""

    folder: Path
    compared: tuple[Compared, ...]


def run(*, folder: Path, environment: Mapping[str, str], progress: Progress) -> Outcome:
    """Run the demo on this process's database, which must be migrated; `environment` is for its children."""
    _check_nothing_real()
    servers = {name: fielding.server(name, folder=folder, environment=environment) for name in content.WAVES}
    tables: list[SafeTable] = []
    with ExitStack() as ending:
        for server in servers.values():
            ending.callback(server.stop)
        beside = ending.enter_context(ThreadPoolExecutor(1))
        _launch_next(servers)
        council = _begin(beside, people.settle_council, moment=BEGINNING)
        frame = _frame(folder, progress)
        chosen, answers = chosen_answers(frames.rows(frame))
        people.settle_boards(frame=frame, board=_answers_thrice(chosen), moment=BEGINNING)
        stage = Stage(folder, environment, progress, by=accounts.actor(council.result()))
        written: list[Future[Any]] = []
        for name, server in servers.items():
            wave = fielding.field(name, frame=frame, answers=answers[name], server=server, stage=stage)
            _launch_next(servers)
            tables.append(table_of(wave))
            written.append(_begin(beside, publication.publish, wave, tuple(tables), stage))
            written.append(_begin(beside, estimation.write, wave, folder / "estimation" / name))
        for at, work in enumerate(written):
            progress("figures and articles", at, len(written))
            work.result()
    book = publication.book(tables)
    (folder / FIGURES).write_text(figures.to_json(book), encoding="utf-8")
    return Outcome(folder, compared(book))


def chosen_answers(
    rows: Sequence[RegisterRow],
) -> tuple[Mapping[WaveId, Sequence[UnitId]], Mapping[WaveId, synthetic.Answers]]:
    """Which boards answer when, and what: the same for the same frame."""
    chosen = choice.choose(rows, np.random.default_rng([content.SEED, 2]))
    return chosen, synthetic.answers(rows, chosen, np.random.default_rng([content.SEED, 3]))


def _begin(pool: ThreadPoolExecutor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[Any]:
    """Work beside other work, in a thread whose connections to the database end with it."""

    def whole() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()

    return pool.submit(whole)


def _launch_next(servers: Mapping[WaveId, Server]) -> None:
    """The server of the wave that comes next starts up beside other work: that takes it a second or two."""
    following = next((server for name, server in servers.items() if not fielding.is_over(name)), None)
    if following and not following.alive:
        following.launch()


def _check_nothing_real() -> None:
    if Wave.objects.filter(frame__synthetic=False).exists():
        raise CannotRun("this database has waves of real boards; the demo runs in a database of its own")


def _frame(folder: Path, progress: Progress) -> Frame:
    """The demo's frame, made from the real files and imported on the way of every frame; once."""
    there = Frame.objects.filter(date=content.FRAME_DATE, synthetic=True).first()
    if there:
        return there
    files = sorted(content.REGISTER.glob("*.csv"))
    rows = duo.rows_of(reading.read(files=files, on=content.FRAME_DATE, progress=progress))
    demo = exchange(rows, np.random.default_rng([content.SEED, 1]))
    place = folder / "register"
    place.mkdir(parents=True, exist_ok=True)
    for name, data in duo.files(demo, content.FRAME_DATE).items():
        (place / name).write_bytes(data)
    report = frames.import_frame(
        files=sorted(place.glob("*.csv")),
        date=content.FRAME_DATE,
        moment=BEGINNING,
        by="command",
        synthetic=True,
        progress=progress,
    )
    assert report.frame is not None  # not a dry run
    return report.frame


def _answers_thrice(chosen: Mapping[WaveId, Sequence[UnitId]]) -> UnitId:
    """A board that answers in every wave."""
    return min(set.intersection(*(set(boards) for boards in chosen.values())))
