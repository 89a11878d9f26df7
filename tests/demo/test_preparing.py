"""What stands before the demo: a database that starts and gets its tables, and says so when that takes long."""

from __future__ import annotations

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
