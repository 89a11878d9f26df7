"""A demo run from end to end in a home and a database of its own, with its web server killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

KILLED_AFTER = 265
"""Answers after which the server is killed: in the middle of the 531."""


@dataclass(frozen=True)
class Finished:
    folder: Path
    environment: Mapping[str, str]
    output: str
    confirmed_before_the_kill: int

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "peilstok", *arguments],
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(statement).fetchall()

    def files(self) -> dict[str, bytes]:
        """Everything the run wrote for readers, by name."""
        places = [self.folder / "figures.json", *self.folder.glob("wave-*/*"), *self.folder.glob("register/*")]
        return {str(place.relative_to(self.folder)): place.read_bytes() for place in places}

    def counts(self) -> dict[str, int]:
        tables = (
            "register_frame register_frameunit register_site accounts_user collect_wave collect_invitation "
            "collect_message collect_revision publish_release publish_releasefile audit_entry"
        )
        return {table: self.query(f"SELECT count(*) FROM {table}")[0][0] for table in tables.split()}

    def confirmations(self) -> list[dict[str, str]]:
        places = sorted((self.folder / "confirmations").glob("*.jsonl"))
        return [json.loads(line) for place in places for line in place.read_text().splitlines()]


@contextmanager
def run(home: Path) -> Iterator[Finished]:
    with _database() as url:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PEILSTOK_")}
        environment |= {"PEILSTOK_HOME": str(home), "DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
        output, killed_at = _run_with_a_kill(home / "demo", environment)
        yield Finished(home / "demo", environment, output, killed_at)


def _run_with_a_kill(folder: Path, environment: Mapping[str, str]) -> tuple[str, int]:
    with (folder.parent / "out.txt").open("w+") as out:
        command = [sys.executable, "-m", "peilstok", "demo", "run"]
        process = subprocess.Popen(command, env=dict(environment), stdout=out, stderr=out)
        try:
            killed_at = _kill_the_server(folder, process)
            assert process.wait(timeout=500) == 0, (folder.parent / "out.txt").read_text()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=30)
        out.seek(0)
        return out.read(), killed_at


def _kill_the_server(folder: Path, process: subprocess.Popen[bytes]) -> int:
    while (seen := _lines(folder)) < KILLED_AFTER:
        assert process.poll() is None, "the demo ended before its server could be killed"
        time.sleep(0.05)
    os.killpg(int((folder / "log" / "web.pid").read_text()), signal.SIGKILL)
    return seen


def _lines(folder: Path) -> int:
    return sum(place.read_bytes().count(b"\n") for place in (folder / "confirmations").glob("*.jsonl"))


@contextmanager
def _database() -> Iterator[str]:
    """A new database on the tests' server."""
    server, name = os.environ["DATABASE_URL"], f"peilstok_demo_{uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
