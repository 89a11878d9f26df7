"""An installation of its own to be killed: a PostgreSQL cluster, the web server and the worker, all real processes.

What it needs from Django runs in further processes (`python -m tests.faults.inside ...`), because this one stands on
the database of the tests, which stays alive.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import peilstok
from peilstok import postgres
from peilstok.demo.server import Child, Server
from tests.collect import fielding

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = Path(peilstok.__file__).resolve().parents[1]


class Installation:
    """In a folder; `close` ends everything that it started."""

    def __init__(self, folder: Path, *, mail_port: int = 9) -> None:
        self.data, self._children = folder / "postgres", list[Child]()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PEILSTOK_")},
            "PYTHONPATH": os.pathsep.join([str(PACKAGE), str(ROOT)]),
            "DATABASE_URL": postgres.up(self.data),
            "PEILSTOK_HOME": str(folder),
            "PEILSTOK_SECRET_KEY": "a key of a test that protects nobody at all",
            "PEILSTOK_SITE_URL": "http://127.0.0.1",
            "PEILSTOK_MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "PEILSTOK_DEMO": "1",
            "PEILSTOK_DEMO_CLOCK": fielding.DURING.isoformat(),
        }
        self._folder = folder

    def web(self) -> Server:
        server = Server(environment=self.environment, folder=self._folder, moment=fielding.DURING)
        self._children.append(server)
        server.start()
        return server

    def worker(self) -> Child:
        command = [sys.executable, "-m", "peilstok", "worker"]
        child = Child(command, self.environment, self._folder / "worker.log")
        self._children.append(child)
        child.start()
        return child

    def inside(self, what: str, *arguments: str) -> Any:
        """What a function of `inside` gives, in a process of its own."""
        command = [sys.executable, "-m", "tests.faults.inside", what, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def kill_database(self) -> None:
        """As when the power fails: the postmaster and all that it started, at once."""
        os.killpg(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def start_database(self) -> None:
        postgres.up(self.data)

    def close(self) -> None:
        for child in self._children:
            child.stop()
        with suppress(Exception):
            postgres.down(self.data)


def kill(child: Child) -> None:
    """The process and its children, without a chance to finish anything."""
    assert child.pid is not None
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
