"""The processes that the demo starts beside itself: the web server and the worker that sends mail.

Both are children with a session of their own, ended by their process id whatever happens to the demo. The clock of a
child starts at the moment it is given and runs from there.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from peilstok.demo.mailbox import free_port
from peilstok.errors import CannotRun

APPLICATION: Final = "peilstok.site.wsgi"
GUNICORN: Final = ("--workers", "2", "--threads", "4", "--no-control-socket")
PATIENCE: Final = 60
"""Seconds in which a server that was started must answer."""


class Child:
    """A process of the demo's. As a context it is ended on the way out, its own children included."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._command, self._environment, self.log = command, dict(environment), log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """Ask it to end, and do not wait: `stop` does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)

    def stop(self) -> None:
        """Ask first, then insist; the whole session, so that no worker stays behind."""
        if self._process is None:
            return
        for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, sign)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
        self._process = None

    def wait(self) -> int:
        assert self._process is not None
        return self._process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Server(Child):
    """The site under gunicorn on a port of this machine. `pid_file` has its process id while it runs."""

    def __init__(
        self, *, environment: Mapping[str, str], folder: Path, port: int | None = None, moment: datetime | None = None
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.pid_file = folder / "web.pid"
        options = [*GUNICORN, "--preload", "--bind", f"127.0.0.1:{self.port}"]
        command = [sys.executable, "-m", "gunicorn", APPLICATION, *options]
        variables = {**environment, "PEILSTOK_DEMO": "1", "PEILSTOK_SITE_URL": self.url}
        if moment:
            variables["PEILSTOK_DEMO_CLOCK"] = moment.isoformat()
        super().__init__(command, variables, folder / "web.log")

    def launch(self) -> None:
        """Start it and do not wait. One that a run left behind when it was killed itself is ended first."""
        self._end_left_over()
        super().start()
        self.pid_file.write_text(str(self.pid))

    def start(self) -> None:
        """Wait until it answers, after launching it where nobody did."""
        if not self.alive:
            self.launch()
        until = time.monotonic() + PATIENCE
        while self.alive and time.monotonic() < until:
            if self._answers():
                return
            time.sleep(0.1)
        tail = self.log.read_text(errors="replace").strip().splitlines()[-5:]
        self.stop()
        raise CannotRun(f"the web server does not answer ({self.log}):\n" + "\n".join(tail))

    def end(self) -> None:
        super().end()
        self.pid_file.unlink(missing_ok=True)

    def stop(self) -> None:
        super().stop()
        self.pid_file.unlink(missing_ok=True)

    def _end_left_over(self) -> None:
        if not self.pid_file.exists():
            return
        pid = int(self.pid_file.read_text())
        if APPLICATION in _command_of(pid):  # the number may be another process's by now
            os.killpg(pid, signal.SIGKILL)
        self.pid_file.unlink()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _command_of(pid: int) -> str:
    """The command line of a process; empty where there is no such process."""
    if Path("/proc/self").exists():
        place = Path(f"/proc/{pid}/cmdline")
        return place.read_bytes().replace(b"\0", b" ").decode(errors="replace") if place.exists() else ""
    command = ["ps", "-p", str(pid), "-o", "command="]  # macOS
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
