"""What stands before the demo: a database that starts and gets its tables, and says so when that takes long."""

from __future__ import annotations

import io
import time

import pytest

from peilstok.cli import demo, progress, surroundings


def test_a_slow_start_of_the_database_is_told_in_plain_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PEILSTOK_DEMO", "1")  # is set by the command; put back afterwards
    monkeypatch.setattr(progress, "QUICK", 0.02)
    monkeypatch.setattr(surroundings, "set_up_django", lambda: time.sleep(0.2))
    monkeypatch.setattr(surroundings, "migrate", lambda: None)
    demo._prepare()
    assert "starting the database (0 of 2 done)\n" in capsys.readouterr().err


def test_a_step_that_took_long_is_told_to_be_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUICK", 0.02)
    written = io.StringIO()
    with progress.shown(written) as told:
        told("3 mails, boards", 0, 2)
        time.sleep(0.2)
        for mails in (4, 5):
            told(f"{mails} mails, boards", 2, 2)
        told("figures", 0, 1)
    assert written.getvalue().splitlines() == ["3 mails, boards (0 of 2 done)", "4 mails, boards (2 of 2 done)"]


def test_no_line_is_said_twice_and_nothing_of_a_step_that_is_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUICK", 0.02)
    monkeypatch.setattr(progress, "AGAIN", 0.05)
    written = io.StringIO()
    with progress.shown(written) as told:
        told("writing", 1, 4)
        time.sleep(0.2)
        told("written", 4, 4)
        time.sleep(0.3)
    first, *again, last = written.getvalue().splitlines()
    assert (first, last) == ("writing (1 of 4 done)", "written (4 of 4 done)")
    assert again
    assert set(again) == {"writing (1 of 4 done), for 0 s now"}


def test_what_is_quick_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    with progress.shown(written) as told:
        told("boards", 2, 2)
    assert not written.getvalue()
