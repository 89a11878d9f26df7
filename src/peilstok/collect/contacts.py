"""Where boards are reached: read from a file with a line for each address, kept from wave to wave.

Decides what a usable file of addresses is, what it replaces, and that who opted out stays so. Who gets a mail about
what, and when, is `mail`.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Min
from django.db.models.functions import Lower

from peilstok.audit import trail
from peilstok.collect.findings import finding
from peilstok.collect.mail import mailserver
from peilstok.collect.models import Contact
from peilstok.collect.roles import Role
from peilstok.errors import Finding, Place, Refused
from peilstok.register.models import Organisation
from peilstok.terms import LANGUAGES, Language, UnitId

NEEDED: Final = ("number", "email")
COLUMNS: Final = (*NEEDED, "role", "language", "name", "phone")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a board is mailed, in which language, and who reads it."""

    email: str
    language: Language = "nl"
    role: Role = Role.OTHER
    name: str = ""
    phone: str = ""

    @property
    def key(self) -> str:
        """The same for two spellings of one address."""
        return self.email.lower()


Addresses = Mapping[UnitId, Sequence[Address]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping a file came to, in addresses; `opted_out` and `failed` are among those kept, and get no mail."""

    addresses: int
    boards: int
    replaced: int
    opted_out: int
    failed: int


@dataclass(slots=True)
class _Reading:
    """What was read of the file so far."""

    known: frozenset[str]
    lines: dict[tuple[str, str], int] = field(default_factory=dict)  # (number, address) -> its first line
    addresses: dict[UnitId, list[Address]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read(text: str, *, file: str, known: Iterable[str]) -> Addresses:
    """The addresses in a CSV (separated by , or ;). `known`: the boards' numbers. Refused with every finding."""
    separator = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.DictReader(text.removeprefix("\N{BYTE ORDER MARK}").splitlines(), delimiter=separator)
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    reading = _Reading(frozenset(known), findings=list(_wrong_columns(names, Place(file, 1))))
    if reading.findings:
        raise Refused(reading.findings)
    for row in rows:
        _read_line({name: (row.get(name) or "").strip() for name in COLUMNS}, Place(file, rows.line_num), reading)
    if reading.findings:
        raise Refused(reading.findings)
    return reading.addresses


def _wrong_columns(names: Sequence[str], place: Place) -> Iterator[Finding]:
    """A column that is missing, and one whose name is nearly that of another. Other columns are passed over."""
    missing = [name for name in NEEDED if name not in names]
    if missing:
        expected = f"a column {' and a column '.join(missing)}"
        yield finding("W020", place, ", ".join(filter(None, names)) or "no columns", expected)
        return
    for name in names:
        near = difflib.get_close_matches(name, [each for each in COLUMNS if each not in names], n=1, cutoff=0.75)
        if name not in COLUMNS and near:
            yield finding("W026", place, f"a column {name}", f"did you mean {near[0]}?")


def _read_line(row: Mapping[str, str], place: Place, reading: _Reading) -> None:
    wrong = list(_wrong(row, place, reading))
    reading.findings += wrong
    reading.lines.setdefault((row["number"], row["email"].lower()), place.line)
    if not wrong:
        reading.addresses.setdefault(UnitId(row["number"]), []).append(
            Address(
                email=row["email"],
                language="en" if row["language"] == "en" else "nl",
                role=Role(row["role"] or Role.OTHER),
                name=row["name"],
                phone=row["phone"],
            )
        )


def _wrong(row: Mapping[str, str], place: Place, reading: _Reading) -> Iterator[Finding]:
    number, email = row["number"], row["email"]
    if number not in reading.known:
        yield finding("W021", place, f"number {number or '(empty)'}", "the number of a board in the register")
    first = reading.lines.get((number, email.lower()))
    if first and email:
        yield finding("W023", place, f"{email} for {number} again, as on line {first}", "each address of a board once")
    if not _can_be_mailed(email):
        yield finding("W022", place, f"address {email or '(empty)'}", "an e-mail address")
    if row["role"] not in ("", *Role):
        yield finding("W025", place, f"role {row['role']}", f"{', '.join(Role)} or nothing")
    if row["language"] not in ("", *LANGUAGES):
        yield finding("W024", place, f"language {row['language']}", "nl, en or nothing")
    for name, most in (("name", 200), ("phone", 40)):
        if len(row[name]) > most:
            yield finding("W027", place, f"{name} of {len(row[name])} characters", f"at most {most}")


def _can_be_mailed(email: str) -> bool:
    try:
        validate_email(email)
        mailserver.as_said(email)
    except (ValidationError, UnicodeError):
        return False
    return len(email) <= 254


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom to ask for, and at which number; empty where it is not known."""

    name: str
    phone: str


def reached(organisations: Iterable[int]) -> Mapping[int, Reached]:
    """Where these boards (by primary key) are called: the first contact, in the order of roles, that has a number.

    Where none has, the first name. Boards of which neither name nor number is known are left out.
    """
    order = {str(role): number for number, role in enumerate(Role)}
    found = Contact.objects.current().filter(organisation__in=[*organisations]).exclude(name="", phone="")
    known: dict[int, Reached] = {}
    for each in sorted(found, key=lambda each: (not each.phone, order[each.role], each.pk)):
        known.setdefault(each.organisation_id, Reached(each.name, each.phone))
    return known


def keep(addresses: Addresses, *, by: str, moment: datetime) -> Kept:
    """Keep these addresses in the place of all that was known of the same boards; of other boards nothing changes.

    An address that opted out, or failed, does so still when it is given again.
    """
    with transaction.atomic():
        boards = dict(Organisation.objects.filter(number__in=addresses).values_list("number", "pk"))
        there = {(each.organisation_id, each.email.lower()): each for each in _of(boards.values())}
        current = {key for key, each in there.items() if each.replaced_at is None}
        opted_out = _opted_out({each.key for given in addresses.values() for each in given})
        rows = [
            _row(there.get((boards[number], each.key)), boards[number], each, opted_out)
            for number, given in addresses.items()
            for each in given
        ]
        _save(rows)
        kept = {(row.organisation_id, row.email.lower()) for row in rows}
        gone = [there[key].pk for key in current - kept]
        Contact.objects.filter(pk__in=gone).update(replaced_at=moment)
        counted = Kept(
            addresses=len(rows),
            boards=len(addresses),
            replaced=len(gone),
            opted_out=sum(row.opted_out_at is not None for row in rows),
            failed=sum(row.failed_at is not None for row in rows),
        )
        details = {"addresses": counted.addresses, "boards": counted.boards, "replaced": counted.replaced}
        trail.record(act="contacts.keep", actor=by, subject="contacts:all", moment=moment, details=details)
    return counted


def _of(boards: Iterable[int]) -> Iterator[Contact]:
    yield from Contact.objects.select_for_update().filter(organisation__in=[*boards]).exclude(email="").order_by("pk")


def _opted_out(keys: Iterable[str]) -> Mapping[str, datetime]:
    """Since when these addresses, in lower case, have wanted no mail, at whatever board they stood."""
    found = Contact.objects.annotate(key=Lower("email")).filter(key__in=[*keys]).values("key")
    since = found.annotate(since=Min("opted_out_at")).values_list("key", "since")
    return {key: moment for key, moment in since if moment}


def _row(there: Contact | None, board: int, given: Address, opted_out: Mapping[str, datetime]) -> Contact:
    row = there or Contact(organisation_id=board)
    row.email, row.language, row.role, row.name, row.phone = (
        given.email, given.language, given.role, given.name, given.phone
    )  # fmt: skip
    row.replaced_at, row.opted_out_at = None, opted_out.get(given.key)
    return row


def _save(rows: Sequence[Contact]) -> None:
    Contact.objects.bulk_create([row for row in rows if row.pk is None], batch_size=2_000)
    fields = ["email", "language", "role", "name", "phone", "replaced_at", "opted_out_at"]
    Contact.objects.bulk_update([row for row in rows if row.pk is not None], fields, batch_size=2_000)


def opt_out(*, contact: Contact, moment: datetime) -> int:
    """No more mail to this address, in no wave, at whatever board it stands; how many boards that changed.

    A second time changes nothing.
    """
    with transaction.atomic():
        same = Contact.objects.annotate(key=Lower("email")).filter(key=contact.email.lower(), opted_out_at=None)
        changed = same.update(opted_out_at=moment)
        if changed:
            actor = f"contact:{contact.pk}"
            trail.record(
                act="contact.opt_out", actor=actor, subject=actor, moment=moment, details={"addresses": changed}
            )
    return changed


def opt_in(*, contact: Contact, by: str, moment: datetime) -> int:
    """Take back that this address wants no more mail, at whatever board it stands; how many boards that changed.

    `by`: who reads it, or an officer whom it told so. A mail that was not sent meanwhile is not sent by this.
    """
    with transaction.atomic():
        same = Contact.objects.annotate(key=Lower("email")).filter(key=contact.email.lower())
        changed = same.exclude(opted_out_at=None).update(opted_out_at=None)
        if changed:
            details = {"addresses": changed}
            subject = f"contact:{contact.pk}"
            trail.record(act="contact.opt_in", actor=by, subject=subject, moment=moment, details=details)
    return changed


def of_board(board: Organisation) -> list[Contact]:
    """Where the board is reached now, the director first; also what no mail may go to."""
    order = {str(role): number for number, role in enumerate(Role)}
    return sorted(board.contacts.current().order_by("pk"), key=lambda each: order[each.role])
