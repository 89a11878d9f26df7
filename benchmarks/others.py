"""Cases that run in a process of their own, of other libraries and of engines, one run at a time as they are asked for.

`available` says which of them can run here: samplics and svy in the environment that `make bench-estimate` makes,
survey where R has it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / "var" / "peers" / "bin" / "python"
SLOW = 10.0
"""Whoever needs so many seconds is asked once more, and then no more."""


@dataclass
class Process:
    """A case that waits for its turn."""

    name: str
    process: subprocess.Popen[str]

    def run(self) -> tuple[float, float]:
        """Seconds, and a number to compare."""
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        seconds, number = self._line().split()
        return float(seconds), float(number)

    def end(self) -> int:
        """Its peak memory, in MB."""
        assert self.process.stdin
        self.process.stdin.close()
        memory = int(self._line())
        self.process.wait()
        return memory

    def _line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with status {self.process.wait()}")
        return line


def available() -> dict[str, list[str]]:
    """The command that each begins with."""
    found = {}
    if PEERS.exists():
        found = {library: [str(PEERS), str(HERE / "peers.py"), library] for library in ("svy", "samplics")}
    if shutil.which("Rscript") and _r_has_survey():
        found["R survey"] = ["Rscript", str(HERE / "peers.R")]
    return found


def _r_has_survey() -> bool:
    command = ["Rscript", "-e", "quit(status = !requireNamespace('survey', quietly = TRUE))"]
    return subprocess.run(command, capture_output=True).returncode == 0


@contextmanager
def started(name: str, command: list[str]) -> Iterator[Process]:
    """The process, its data read. It is ended when this is left early."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    found = Process(name, process)
    try:
        assert found._line().strip() == "ready"
        yield found
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream
            stream.close()


def missing() -> str:
    """What cannot run here, as a sentence; empty where everything can."""
    there = available()
    return ", ".join(name for name in ("svy", "samplics", "R survey") if name not in there)


if __name__ == "__main__":
    print(missing() or "all are here", file=sys.stderr)
