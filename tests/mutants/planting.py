"""Defects that someone might plant in a room; each must turn a test red (`make mutants-estimate`).

A defect is one small change of one line, as a slip of the hand or of the textbook would make it. It is planted in a
copy of the package, never in the package itself; then the tests of that module run on the copy. First they run on a
copy without a defect and must be green. `test_mutants.py` of a room holds the list to the code: the line that a defect
changes must stand in its file once.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LONGEST: Final = 600  # seconds for the tests of one defect

# Examples are drawn from a fixed seed and not made smaller: that one fails is all that has to be known.
_PROFILE: Final = """
from hypothesis import HealthCheck, Phase, settings
settings.register_profile("mutants", deadline=None, database=None, derandomize=True,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
"""
# A defect that does not even run is no defect: nothing is learnt from a test that it turns red.
_DOES_NOT_RUN: Final = ("NameError", "SyntaxError", "AttributeError", "ImportError", "UnboundLocalError")


@dataclass(frozen=True, slots=True)
class Defect:
    """In `file` of the room, `old` becomes `new`; one of `tests` must turn red.

    Tests are files: `raking` is tests/ROOM/test_raking.py, `faults/test_killed` is tests/faults/test_killed.py; with
    `::name` one test of it.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """Where defects are planted. `database`: its tests want one, and start it."""

    name: str
    defects: tuple[Defect, ...]
    database: bool = False

    def path(self, test: str) -> str:
        file, colons, one = test.partition("::")
        return f"tests/{file}.py{colons}{one}" if "/" in file else f"tests/{self.name}/test_{file}.py{colons}{one}"

    def changed(self, defect: Defect, source: Path = ROOT / "src") -> str:
        """The text of the file with the defect. ValueError where its line does not stand there once."""
        text = self.file(defect, source).read_text("utf-8")
        if (times := text.count(defect.old)) != 1:
            raise ValueError(f"{defect.name}: {defect.old!r} stands {times} times in {defect.file}; it must once")
        return text.replace(defect.old, defect.new)

    def file(self, defect: Defect, source: Path) -> Path:
        return source / "peilstok" / self.name / defect.file


@dataclass(frozen=True, slots=True)
class Outcome:
    """`caught_by` is the test that failed first, "" where all passed. `broken`: why this says nothing."""

    defect: Defect
    caught_by: str
    seconds: float
    broken: str = ""


def run(room: Room, tests: Iterable[str], package: Path, home: Path) -> tuple[int, str]:
    """Run tests of the room on the package in a folder; exit status and output of pytest."""
    files = [room.path(test) for test in tests]
    (home / "mutants_profile.py").write_text(_PROFILE, "utf-8")
    options = ["-x", "-q", "--no-header", "--hypothesis-profile=mutants", "-p", "mutants_profile"]
    settings = [f"pythonpath={package} {ROOT}", f"cache_dir={home / 'cache'}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *(each for one in settings for each in ("-o", one)), *files],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        | ({} if room.database else {"DATABASE_URL": "postgresql://nobody@/none"})  # it connects to nothing
        | {
            "PYTHONPATH": os.pathsep.join([str(package), str(home)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PEILSTOK_HOME": str(home),
            "COLUMNS": "400",
        },
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def planted(defect: Defect, room: Room, home: Path) -> Outcome:
    """The defect in a copy of the package, and what the tests say."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=home) as folder:
        package = copied(Path(folder))
        text = room.changed(defect, package)
        ast.parse(text)
        room.file(defect, package).write_text(text, "utf-8")
        status, output = run(room, defect.tests, package, Path(folder))
    failed = re.search(r"^(?:FAILED|ERROR) tests/(.+?)(?: - (.*))?$", output, re.MULTILINE)
    test, error = (failed[1], failed[2] or "") if failed else ("", "")
    broken = "" if status in (0, 1) and bool(failed) == bool(status) else f"pytest ended with {status}: {output[-300:]}"
    if error.startswith(_DOES_NOT_RUN):
        broken = f"it does not run: {error}"
    return Outcome(defect, test, time.monotonic() - started, broken)


def copied(folder: Path) -> Path:
    """A copy of the package, as a folder to import from."""
    shutil.copytree(ROOT / "src/peilstok", folder / "src/peilstok", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "src"


def main(room: Room, arguments: Sequence[str] | None = None) -> int:
    """Plant all defects, or those whose name or file has one of the words; 1 where one survives."""
    parser = argparse.ArgumentParser(description=f"plant defects in the room {room.name} and see the tests turn red")
    parser.add_argument("words", nargs="*", help="only defects with one of these in their name or file")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (default 2)")
    given = parser.parse_args(arguments)
    words = given.words or [""]
    chosen = [each for each in room.defects if any(word in f"{each.name} {each.file}" for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        tests = sorted({test for each in chosen for test in each.tests})
        status, output = run(room, tests, copied(home / "unchanged"), home)
        if status:
            _say(f"{output}\nthe tests are not green without a defect")
            return 2
        _say(f"green without a defect: {', '.join(tests)}\n")
        with ThreadPoolExecutor(given.jobs) as pool:
            outcomes = [_told(each) for each in pool.map(partial(planted, room=room, home=home), chosen)]
    survivors = [each for each in outcomes if each.broken or not each.caught_by]
    _say(f"\n{len(outcomes)} planted, {len(outcomes) - len(survivors)} caught, {len(survivors)} not")
    return 1 if survivors else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _told(outcome: Outcome) -> Outcome:
    found = (outcome.broken and f"BROKEN: {outcome.broken}") or outcome.caught_by or "SURVIVED"
    _say(f"{outcome.defect.file:22}{outcome.defect.name:58}{outcome.seconds:6.1f} s  {found}")
    return outcome
