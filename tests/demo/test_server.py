from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from peilstok.demo.server import APPLICATION, Child, Server
from peilstok.errors import CannotRun

SLEEPER = "import time; time.sleep(60)"


def test_a_child_is_ended_on_the_way_out(tmp_path: Path) -> None:
    with Child([sys.executable, "-c", SLEEPER], {}, tmp_path / "log") as child:
        assert child.alive
    assert not child.alive


def test_a_child_is_ended_also_when_something_went_wrong(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", SLEEPER], {}, tmp_path / "log")
    with pytest.raises(ZeroDivisionError), child:
        _ = 1 / 0
    assert not child.alive


def test_a_server_that_cannot_start_says_why_at_once(tmp_path: Path) -> None:
    server = Server(environment={"PYTHONPATH": "nowhere"}, folder=tmp_path)
    with pytest.raises(CannotRun, match=r"the web server does not answer[\s\S]*environment is not complete"):
        server.start()


def _sleeper(*arguments: str) -> subprocess.Popen[bytes]:
    """A process that is surely up: for a moment after its start the system does not know its command line yet."""
    command = [sys.executable, "-c", f"print(flush=True); {SLEEPER}", *arguments]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    process.stdout.close()
    return process


def test_a_server_that_a_killed_run_left_is_ended_first(tmp_path: Path) -> None:
    left = _sleeper(APPLICATION)
    server = Server(environment={}, folder=tmp_path)
    server.pid_file.write_text(str(left.pid))
    with pytest.raises(CannotRun):
        server.start()
    assert left.wait(timeout=10) == -9


def test_another_process_under_that_number_is_left_alone(tmp_path: Path) -> None:
    other = _sleeper()
    try:
        server = Server(environment={}, folder=tmp_path)
        server.pid_file.write_text(str(other.pid))
        with pytest.raises(CannotRun):
            server.start()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
