"""The embedded PostgreSQL: one cluster whoever comes first, private, and safe to kill."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from peilstok import postgres
from peilstok.errors import CannotRun

HOLD = "import sys; from pathlib import Path; from peilstok import postgres; print(postgres.hold(Path(sys.argv[1])))"
WAIT = "; sys.stdout.flush(); sys.stdin.read()"


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "a place" / "postgres"  # a blank in the path must not matter
    yield place
    postgres.down(place, mode="immediate")


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def test_it_starts_answers_and_stops(data: Path) -> None:
    url = postgres.up(data)
    assert ask(url, "select upper('één')") == "ÉÉN"
    postgres.down(data)
    assert not postgres.running(data)


def test_starting_twice_gives_the_same_server(data: Path) -> None:
    first = ask(postgres.up(data), "select pg_postmaster_start_time()")
    assert ask(postgres.up(data), "select pg_postmaster_start_time()") == first


def test_it_listens_on_no_network_port_and_only_its_owner_reaches_the_socket(data: Path) -> None:
    url = postgres.up(data)
    assert ask(url, "show listen_addresses") == ""
    socket = Path(str(ask(url, "show unix_socket_directories"))) / ".s.PGSQL.5432"
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700


def test_starting_leaves_the_permissions_of_the_folders_above_alone(data: Path) -> None:
    data.parent.mkdir(parents=True)
    data.parent.chmod(0o700)
    postgres.up(data)
    assert stat.S_IMODE(data.parent.stat().st_mode) == 0o700


def test_several_processes_at_once_make_one_cluster(data: Path) -> None:
    command = [sys.executable, "-c", HOLD + WAIT, str(data)]
    starters = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    urls = {starter.stdout.readline().strip() for starter in starters if starter.stdout}
    assert urls == {postgres.url_of(data)}
    for starter in starters:
        starter.communicate()
    assert not postgres.running(data)  # the last one out stopped it


def test_a_killed_holder_does_not_keep_the_server_alive(data: Path) -> None:
    command = [sys.executable, "-c", HOLD + WAIT, str(data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        killed.stdout.readline()
        killed.kill()
    assert postgres.running(data)
    subprocess.run([sys.executable, "-c", HOLD, str(data)], check=True, capture_output=True)
    assert not postgres.running(data)


def test_after_sigkill_of_the_server_nothing_committed_is_lost(data: Path) -> None:
    url = postgres.up(data)
    with psycopg.connect(url) as connection:
        connection.execute("create table kept (value int)")
        connection.execute("insert into kept values (42)")
    os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert ask(postgres.up(data), "select value from kept") == 42


def test_a_server_whose_folder_was_removed_takes_nothing_from_the_one_that_begins_there_anew(data: Path) -> None:
    old = postgres.up(data)
    process = int((data / "postmaster.pid").read_text().split()[0])
    shutil.rmtree(data)
    try:
        url = postgres.up(data)
        assert url != old
    finally:
        os.kill(process, signal.SIGQUIT)
    while _runs(process):
        time.sleep(0.01)
    assert ask(url, "select 1") == 1


def _runs(process: int) -> bool:
    """A zombie that nobody has fetched yet has done all it will do."""
    status = Path(f"/proc/{process}/stat")
    if Path("/proc/self").exists():
        return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")


def test_a_path_too_long_for_a_socket_still_works(tmp_path: Path) -> None:
    data = tmp_path / ("x" * 100) / "postgres"
    try:
        assert ask(postgres.up(data), "select 1") == 1
    finally:
        postgres.down(data)


def test_a_process_with_another_tmpdir_finds_the_server_on_a_path_too_long_for_a_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / ("x" * 100) / "postgres"
    elsewhere = tmp_path / "tmp"
    elsewhere.mkdir()
    try:
        first = ask(postgres.up(data), "select pg_postmaster_start_time()")
        monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
        monkeypatch.setattr(postgres, "PATIENCE", 2.0)
        assert ask(postgres.up(data), "select pg_postmaster_start_time()") == first
        assert ask(postgres.url_of(data), "select 1") == 1
    finally:
        postgres.down(data, mode="immediate")


def test_a_server_that_never_answers_is_given_up_with_where_to_look(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.up(data)
    monkeypatch.setattr(postgres, "PATIENCE", 0.2)
    monkeypatch.setattr(postgres, "_accepts_connections", lambda *_: False)
    with pytest.raises(CannotRun, match=r"accepts no connections after .*postgres\.log"):
        postgres.up(data)
    monkeypatch.undo()
    postgres.up(data)  # the lock has been let go


def test_a_cluster_of_another_version_is_refused_by_name(data: Path) -> None:
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotRun, match="PostgreSQL 16, this is 18"):
        postgres.up(data)
    (data / "PG_VERSION").unlink()


def test_a_failed_start_says_what_the_program_said(data: Path) -> None:
    postgres.up(data)
    postgres.down(data)
    with (data / "postgresql.auto.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(CannotRun, match="pg_ctl failed"):
        postgres.up(data)
