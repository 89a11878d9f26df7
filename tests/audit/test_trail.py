"""The trail finds every way in which someone could rewrite it, and the database stops the usual ones."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection, connections, transaction

from peilstok.audit import trail
from peilstok.audit.models import Entry

MOMENT = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db

SWAP_2_AND_3 = """
UPDATE audit_entry SET number = 9 WHERE number = 2;
UPDATE audit_entry SET number = 2 WHERE number = 3;
UPDATE audit_entry SET number = 3 WHERE number = 9;
"""
REMOVE_2_AND_CLOSE_RANKS = """
DELETE FROM audit_entry WHERE number = 2;
UPDATE audit_entry SET number = number - 1 WHERE number > 2;
"""


def write(many: int) -> list[Entry]:
    return [
        trail.record(act="wave.open", actor="user:1", subject=f"wave:wave-{each}", moment=MOMENT)
        for each in range(1, many + 1)
    ]


def behind_its_back(statement: str) -> None:
    """What an owner of the table can do who switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


def test_an_empty_trail_is_true() -> None:
    assert trail.verify() is None
    assert trail.head() == (0, "0" * 64)


def test_entries_count_from_one_and_follow_on_each_other() -> None:
    first, second = write(2)
    assert (first.number, second.number) == (1, 2)
    assert (first.previous, second.previous) == ("0" * 64, first.hash)
    assert trail.verify() is None
    assert trail.head() == (2, second.hash)


def test_the_hash_can_be_computed_by_anyone_from_the_documented_form() -> None:
    moment = datetime(2020, 4, 6, 11, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    entry = trail.record(act="wave.open", actor="user:7", subject="wave:w", moment=moment, details={"n": 2, "é": True})
    text = (
        '{"act":"wave.open","actor":"user:7","at":"2020-04-06T09:00:00.000005+00:00","details":{"n":2,"é":true},'
        f'"number":1,"previous":"{"0" * 64}","subject":"wave:w"}}'
    )
    assert json.loads(text)["details"] == {"n": 2, "é": True}
    assert entry.hash == hashlib.sha256(text.encode()).hexdigest()


def test_what_comes_back_from_the_database_has_the_same_hash() -> None:
    details = {"list": [1, None, "één", {"z": 1, "a": False}], "big": 12345678901234567890, "text": "1.0"}
    moment = datetime(2020, 3, 29, 1, 30, 0, 999999, tzinfo=UTC)  # the hour that summer time skips
    trail.record(act="a.b", actor="command", subject="s:1", moment=moment, details=details)
    assert trail.hash_of(Entry.objects.get()) == Entry.objects.get().hash
    assert trail.verify() is None


@pytest.mark.parametrize(
    ("change", "number", "reason"),
    [
        ("UPDATE audit_entry SET subject = 'wave:other' WHERE number = 2", 2, "changed"),
        ("UPDATE audit_entry SET actor = 'user:2' WHERE number = 4", 4, "changed"),
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE number = 1", 1, "changed"),
        ("UPDATE audit_entry SET details = '{\"x\": 1}' WHERE number = 3", 3, "changed"),
        ("UPDATE audit_entry SET hash = repeat('a', 64) WHERE number = 2", 2, "changed"),
        ("UPDATE audit_entry SET previous = repeat('a', 64) WHERE number = 3", 3, "follow on"),
        ("DELETE FROM audit_entry WHERE number = 1", 1, "missing"),
        ("DELETE FROM audit_entry WHERE number = 3", 3, "missing"),
        (SWAP_2_AND_3, 2, "follow on"),
        (REMOVE_2_AND_CLOSE_RANKS, 2, "follow on"),
    ],
)
def test_a_changed_removed_or_swapped_row_is_found(change: str, number: int, reason: str) -> None:
    write(4)
    behind_its_back(change)
    found = trail.verify()
    assert found is not None
    assert found.number == number
    assert reason in str(found)


def test_a_cut_off_end_is_found_with_a_head_noted_earlier() -> None:
    write(4)
    noted = trail.head()
    behind_its_back("DELETE FROM audit_entry WHERE number = 4")
    assert trail.verify() is None  # the chain alone cannot know
    found = trail.verify(expected=noted)
    assert found is not None
    assert found.number == 4
    assert "missing" in found.reason


def test_a_rewritten_chain_is_found_with_a_head_noted_earlier() -> None:
    write(2)
    noted = trail.head()
    behind_its_back("DELETE FROM audit_entry WHERE number = 2")
    trail.record(act="wave.open", actor="user:1", subject="wave:another", moment=MOMENT)
    assert trail.verify() is None
    assert trail.verify(expected=noted) == trail.Break(2, "is another one than the one noted earlier")
    assert trail.verify(expected=trail.head()) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET subject = 'x:1'",
        "UPDATE audit_entry SET subject = 'x:1' WHERE number = 99",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
def test_the_database_refuses_to_change_or_remove_entries(statement: str) -> None:
    write(1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")  # tests/conftest.py allows TRUNCATE
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": "Bram Bestuurder"},
        {"actor": "bram@bestuur.example"},
        {"actor": "user:bram@bestuur.example"},
        {"act": "opened"},
        {"act": "wave.open now"},
        {"subject": "wave"},
        {"subject": "person:bram@bestuur.example"},
        {"subject": "person:Bram Bestuurder"},
        {"details": {"to": "bram@bestuur.example"}},
        {"details": {"deep": [{"to": "bram@bestuur.example"}]}},
        {"details": {"share": 0.1}},
        {"details": {"nul": "\0"}},
        {"details": {"at": MOMENT}},
        {"moment": datetime(2020, 4, 6, 9, 0)},  # noqa: DTZ001  (that is what is wrong with it)
    ],
)
def test_what_could_hold_a_person_or_would_not_come_back_alike_is_refused(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"act": "wave.open", "actor": "user:1", "subject": "wave:w", "moment": MOMENT}
    with pytest.raises(ValueError):
        trail.record(**(right | wrong))  # type: ignore[arg-type]  # one of them is wrong on purpose
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"transaction\.atomic"):
        write(1)


@pytest.mark.django_db(transaction=True)
def test_a_write_that_is_rolled_back_leaves_no_entry_and_no_gap() -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with transaction.atomic():
        write(1)
    assert [entry.number for entry in Entry.objects.all()] == [1]


@transaction.atomic
def write_and_fail() -> None:
    write(1)
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_leave_no_gap_and_no_break() -> None:
    writers, each = 6, 15
    go = threading.Barrier(writers)
    together([lambda: _write_some(go, each)] * writers)
    assert [entry.number for entry in Entry.objects.all()] == list(range(1, writers * each + 1))
    assert trail.verify() is None


def _write_some(go: threading.Barrier, many: int) -> None:
    go.wait(timeout=10)
    for _ in range(many):
        with transaction.atomic():
            write(1)


def together(jobs: list[Callable[[], None]]) -> None:
    failures: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failures
