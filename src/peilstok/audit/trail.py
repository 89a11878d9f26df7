"""The audit trail: who did what to which thing, when; each entry bound to the one before it by SHA-256.

Decides how an entry is written and what makes it true. Holds identifiers and names of acts, never personal data: the
forms below leave no room for a name or an address. The database refuses to change or remove entries (triggers in
migration 0002); `verify` finds it when somebody did so all the same and left the later entries as they were. A chain
that was rewritten whole, up to its last entry, agrees with itself: only a hash that was noted elsewhere shows that
(`peilstok audit verify --expect`). Format: docs/formats/audit-trail.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from django.db import connection

from peilstok.audit.models import Entry

START: Final = "0" * 64
"""What the first entry names as the one before it."""

_LOCK: Final = 0x7065696C73746F6B  # "peilstok": one writer at a time, until its transaction ends
_LAST: Final = "SELECT number, hash FROM audit_entry ORDER BY number DESC LIMIT 1"
_ADD: Final = """
    INSERT INTO audit_entry (number, at, actor, act, subject, details, previous, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
"""Written out: who records holds up all others, and Django takes longer to build these than the server to run them."""
_ACTOR: Final = re.compile(r"[a-z_]+(:[A-Za-z0-9_-]+)?")
_ACT: Final = re.compile(r"[a-z_]+\.[a-z_]+")
_SUBJECT: Final = re.compile(r"[a-z_]+:[A-Za-z0-9_.:-]+")


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the trail is not what was written."""

    number: int
    reason: str

    def __str__(self) -> str:
        return f"entry {self.number}: {self.reason}"


def record(
    *, act: str, actor: str, subject: str, moment: datetime, details: Mapping[str, object] | None = None
) -> Entry:
    """Add an entry, in the transaction of the write that it tells of: both happen or neither.

    Writers wait for each other from here to the end of their transactions, so record as the last thing.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry belongs in the transaction of its write: use transaction.atomic()")
    facts = _facts(act=act, actor=actor, subject=subject, moment=moment, details=details or {})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_LAST)  # a statement of its own: what it sees is from after the wait
        last = cursor.fetchone()
        number, previous = (last[0] + 1, last[1]) if last else (1, START)
        entry = Entry(number=number, previous=previous, **facts)
        entry.hash = hash_of(entry)
        values = (entry.number, entry.at, entry.actor, entry.act, entry.subject, json.dumps(entry.details))
        cursor.execute(_ADD, [*values, entry.previous, entry.hash])
    return entry


def _facts(*, act: str, actor: str, subject: str, moment: datetime, details: Mapping[str, object]) -> dict[str, object]:
    for what, value, form in (("act", act, _ACT), ("actor", actor, _ACTOR), ("subject", subject, _SUBJECT)):
        if not form.fullmatch(value):
            raise ValueError(f"{what} {value!r} has not the form {form.pattern}")
    if moment.tzinfo is None:
        raise ValueError("the moment of an audit entry needs its time zone")
    return {"act": act, "actor": actor, "subject": subject, "at": moment, "details": _plain(details, "details")}


def _plain(value: object, place: str) -> object:
    """The value, where JSON and back leaves it as it is. No floats (PostgreSQL writes them its own way), no mail."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each, f"{place}.{key}") for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, place) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        if "@" in value or "\0" in value:
            raise ValueError(f"{place}: an audit entry holds no addresses and no NUL")
        return str(value)
    raise ValueError(f"{place}: an audit entry holds text, whole numbers, true, false and null; not {value!r}")


def hash_of(entry: Entry) -> str:
    """SHA-256, in hexadecimal, over the entry's canonical JSON (keys sorted, no spaces, UTF-8), its hash left out."""
    content = {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "act": entry.act,
        "subject": entry.subject,
        "details": entry.details,
        "previous": entry.previous,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def head() -> tuple[int, str]:
    """Number and hash of the last entry; noted elsewhere they show later that the end was not cut off."""
    last = Entry.objects.order_by("-number").values_list("number", "hash").first()
    return (last[0], last[1]) if last else (0, START)


def verify(*, expected: tuple[int, str] | None = None) -> Break | None:
    """The first entry that is not as it was written, or None. `expected` is a `head` noted earlier."""
    number, previous = 0, START
    for entry in Entry.objects.order_by("number").iterator(chunk_size=2000):
        number += 1
        if wrong := _wrong(entry, number, previous):
            return Break(number, wrong)
        if expected and entry.number == expected[0] and entry.hash != expected[1]:
            return Break(number, "is another one than the one noted earlier")
        previous = entry.hash
    if expected and number < expected[0]:
        return Break(number + 1, f"is missing, and all after it up to {expected[0]}")
    return None


def _wrong(entry: Entry, number: int, previous: str) -> str | None:
    if entry.number != number:
        return f"is missing; {entry.number} follows"
    if entry.previous != previous:
        return "does not follow on the entry before it"
    if entry.hash != hash_of(entry):
        return "was changed after it was written"
    return None
