"""`peilstok worker`, in a process of its own: the mails go out, Ctrl-C ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from peilstok.collect.mail import messages
from peilstok.collect.models import Message
from tests.collect import fielding
from tests.collect.mail import Mailbox, serving

SRC = Path(__file__).resolve().parents[2] / "src"
pytestmark = pytest.mark.django_db(transaction=True)


def environment(port: int) -> dict[str, str]:
    place, mark, query = os.environ["DATABASE_URL"].partition("?")
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "PYTHONPATH": str(SRC),
        "DATABASE_URL": f"{place.rpartition('/')[0]}/{name}{mark}{query}",
        "PEILSTOK_MAIL_URL": f"smtp://127.0.0.1:{port}",
        "PEILSTOK_DEMO": "1",
        "PEILSTOK_DEMO_CLOCK": fielding.DURING.isoformat(),
    }


def test_a_worker_in_one_go_sends_the_mails_that_wait_and_ends() -> None:
    wave = fielding.opened_wave()
    messages.send_invitations(wave, fielding.OPENS, by="command")
    with serving(box := Mailbox()) as port:
        command = [sys.executable, "-m", "peilstok", "worker", "--one-shot"]
        done = subprocess.run(command, env=environment(port), capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert {mail["To"] for mail in box.mails} == {
        "bestuur@proef.example",
        "info@voorbeeld.example",
        "board@vaart.example",
    }
    assert not Message.objects.filter(state=Message.State.QUEUED).exists()


def test_a_worker_waits_for_jobs_until_ctrl_c() -> None:
    command = [sys.executable, "-m", "peilstok", "worker"]
    with subprocess.Popen(command, env=environment(9), stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr
        assert worker.stderr.readline().startswith("Working: ")
        with pytest.raises(subprocess.TimeoutExpired):  # by then `--one-shot` has long ended
            worker.wait(timeout=4)
        worker.send_signal(signal.SIGINT)
        told = worker.stderr.read()
        assert worker.wait(timeout=60) in (0, 130), told
    assert "Traceback" not in told
