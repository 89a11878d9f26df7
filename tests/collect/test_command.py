"""`peilstok wave`, as Anna types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from peilstok.cli import app, surroundings
from peilstok.collect.models import Message, Wave
from peilstok.errors import NotNow, Refused
from tests.collect import fielding

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, in this process and on the database of the test."""
    monkeypatch.setattr(surroundings, "open_database", lambda: None)

    def command(*words: str) -> Result:
        return CliRunner().invoke(app, ["wave", *words], catch_exceptions=False)

    return command


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "questionnaire.yaml").write_text(fielding.QUESTIONNAIRE)
    (tmp_path / "wave.yaml").write_text(fielding.WAVE)
    return tmp_path / "wave.yaml"


@pytest.mark.django_db
def test_anna_takes_a_wave_from_file_to_closing(
    run: Run, file: Path, at: Callable[[datetime], None], tmp_path: Path
) -> None:
    fielding.frame()
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("number,email,language\n99001,bestuur@proef.example,nl\n")
    create = ("create", str(file), "--frame", "2019-10-01", "--synthetic")
    assert run(*create).output.endswith("open it with: peilstok wave open wave-3\n")
    assert run("contacts", str(contacts)).output == "1 address of 1 board kept, 0 replaced\n"
    assert run("open", "wave-3").output == "wave-3: open, 4 boards invited\n1 mails queued\n"
    assert run("invite", "wave-3").output == "0 mails queued, 1 waiting in all\n"
    assert Message.objects.count() == 1
    lines = dict(line.rsplit(maxsplit=1) for line in run("monitor", "wave-3").output.splitlines()[:7])
    assert (lines["invited"], lines["not opened"]) == ("4", "4")
    assert json.loads(run("monitor", "wave-3", "--format", "json").output)["invited"] == 4
    Message.objects.update(state=Message.State.FAILED)
    assert run("resend", "wave-3").exit_code == 2
    assert run("resend", "wave-3", "--uncertain").output == "0 mails queued again\n"
    assert run("resend", "wave-3", "--board", "99001").output == "1 mail queued again\n"
    assert run(*create).output == "wave-3: there already with the same files, and open; nothing was changed\n"
    assert run("close", "wave-3").output == "wave-3: closed\n"
    assert run(*create).output == "wave-3: there already with the same files, and closed; nothing was changed\n"
    assert run("list").output == "wave-3  2020-04-06  closed\n"
    assert json.loads(run("list", "--format", "json").output)[0]["state"] == "closed"


def test_a_dry_run_needs_no_database(run: Run, file: Path) -> None:
    assert run("create", str(file), "--frame", "2019-10-01", "--dry-run").output == "wave-3: sound; nothing was kept\n"


def test_a_file_with_faults_gives_its_findings(run: Run, file: Path) -> None:
    file.write_text(fielding.WAVE.replace("id: wave-3", "id: Wave 3"))
    with pytest.raises(Refused, match=r"W004 error .*wave.yaml:3:1 id: 'Wave 3'"):
        run("create", str(file), "--frame", "2019-10-01", "--dry-run")


@pytest.mark.django_db
def test_a_wave_before_it_that_is_not_there_is_told_with_the_other_faults(run: Run, file: Path) -> None:
    file.write_text(fielding.WAVE.replace("id: wave-3", "id: Wave 3").replace("seen_by", "previous: nope\nseen_by"))
    with pytest.raises(Refused) as refused:
        run("create", str(file), "--frame", "2019-10-01")
    assert [each.code for each in refused.value.findings] == ["W004", "W008"]


@pytest.mark.django_db
def test_a_wave_that_is_not_there_is_told_with_those_that_are(run: Run, wave: Wave) -> None:
    with pytest.raises(NotNow, match="there is no wave wave-9; waves: wave-3"):
        run("monitor", "wave-9")
