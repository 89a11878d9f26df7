"""Showing that something is going on: a bar on a terminal, plain lines elsewhere, and nothing for what is quick.

    with progress.shown() as progress:
        reading.read(files=files, on=on, progress=progress)

What is shown goes to standard error. On a terminal the bar goes away when it is done.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, TextIO

QUICK: Final = 2.0  # seconds within which nothing is said
AGAIN: Final = 5.0  # seconds between plain lines

Progress = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and of how much."""


@contextmanager
def shown(stream: TextIO | None = None) -> Iterator[Progress]:
    """Give the function that is told how far it is."""
    stream = stream or sys.stderr
    with _bar() if stream.isatty() else _lines(stream) as progress:
        yield progress


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of)


@contextmanager
def _lines(stream: TextIO) -> Iterator[Progress]:
    """A thread speaks, so that a step that takes long by itself is heard of too."""
    lines = _Lines(stream)
    done = threading.Event()

    def speak() -> None:
        pause = QUICK
        while not done.wait(pause):
            lines.say()
            pause = AGAIN

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    try:
        yield lines.told
    finally:
        done.set()
        thread.join()


class _Lines:
    """What was told last. Once it has spoken, it also says of every step that it is through, once.

    A line is not said again: of a step that goes on it is said for how long, and what is through is through.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._last, self._said, self._since = stream, "", "", 0.0
        self._is_through = False
        self._through: set[str] = set()
        self._lock = threading.Lock()

    def told(self, what: str, step: int, of: int) -> None:
        with self._lock:
            line = f"{what} ({step} of {of} done)"
            if line != self._last:
                self._last, self._since, self._is_through = line, monotonic(), step == of
            kind = re.sub(r"[0-9]+ ", "", what)  # "971 mails" is the same step as "970 mails"
            if self._said and step == of and kind not in self._through:
                self._through.add(kind)
                self._say(line)

    def say(self) -> None:
        with self._lock:
            if not self._last:
                return
            if self._last != self._said:
                self._say(self._last)
            elif not self._is_through:
                self._write(f"{self._last}, for {monotonic() - self._since:.0f} s now")

    def _say(self, line: str) -> None:
        if line != self._said:
            self._said = line
            self._write(line)

    def _write(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()
