"""`peilstok audit verify`: what it prints, and the exit status by which a job knows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from typer.testing import CliRunner

from peilstok.audit import trail
from peilstok.cli import app, surroundings

MOMENT = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django is set up here already, on the test database."""
    monkeypatch.setattr(surroundings, "open_database", lambda: None)


def verify(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["audit", "verify", *arguments])


def write(wave: str) -> None:
    trail.record(act="wave.open", actor="user:1", subject=f"wave:{wave}", moment=MOMENT)


def change(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


def test_a_true_trail_is_said_to_be_so_with_its_end_to_note() -> None:
    write("wave-1")
    write("wave-2")
    result = verify()
    assert result.exit_code == 0
    number, digest = trail.head()
    assert result.output == f"2 entries, all as they were written. The end: {number}:{digest}\n"


def test_an_empty_trail_is_true() -> None:
    result = verify()
    assert result.exit_code == 0
    assert result.output.startswith("0 entries")


def test_a_changed_entry_gives_one_finding_and_exit_status_1() -> None:
    write("wave-1")
    write("wave-2")
    change("UPDATE audit_entry SET actor = 'user:2' WHERE number = 2")
    result = verify()
    assert result.exit_code == 1
    assert result.output == (
        "A001 error audit entry 2: was changed after it was written | entries as they were written\n"
    )


def test_an_end_that_was_noted_must_still_be_there() -> None:
    write("wave-1")
    write("wave-2")
    noted = verify().output.split()[-1]
    assert verify("--expect", noted).exit_code == 0
    change("DELETE FROM audit_entry WHERE number = 2")
    assert verify().exit_code == 0
    assert verify("--expect", noted).exit_code == 1


@pytest.mark.parametrize("noted", ["12", "12:abc", "x:" + "0" * 64, ":"])
def test_an_end_that_cannot_be_read_is_refused(noted: str) -> None:
    result = verify("--expect", noted)
    assert "NUMBER:HASH" in str(result.exception)
