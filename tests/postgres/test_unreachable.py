"""What a command says when the database, or the port it needs, is not to be had: one sentence, exit status 2."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from peilstok.demo.mailbox import free_port


def command(*arguments: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PEILSTOK_")}
    environment |= {"PEILSTOK_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path), **variables}
    return subprocess.run(
        [sys.executable, "-m", "peilstok", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_database_that_does_not_answer_is_told_in_one_sentence_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://anna:geheim@127.0.0.1:{free_port()}/peilstok"
    done = command("wave", "list", home=tmp_path, DATABASE_URL=url)
    assert done.returncode == 2, done.stderr
    assert "peilstok: the server of DATABASE_URL does not answer (127.0.0.1, database peilstok)" in done.stderr
    assert "Connection refused" in done.stderr
    assert "Traceback" not in done.stderr
    assert "geheim" not in done.stderr + done.stdout


def test_a_port_that_is_in_use_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = command("demo", "serve", "--port", str(port), home=tmp_path)
    assert done.returncode == 2, done.stderr
    assert f"port {port} cannot be had" in done.stderr
    assert not list(tmp_path.iterdir())
