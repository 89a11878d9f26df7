"""Where boards are reached: one address for each, read from a file with the columns number, email and language.

Decides what a usable address file is. Who gets a mail about what, and when, is `messages`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from peilstok.audit import trail
from peilstok.collect.findings import finding
from peilstok.collect.mail import mailserver
from peilstok.collect.models import Contact
from peilstok.errors import Finding, Place, Refused
from peilstok.register.models import Organisation
from peilstok.terms import LANGUAGES, Language, UnitId

COLUMNS: Final = ("number", "email", "language")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a board is mailed, and in which language."""

    email: str
    language: Language = "nl"


def read(text: str, *, file: str, known: Iterable[str]) -> Mapping[UnitId, Address]:
    """The addresses in a CSV (separated by , or ;). `known`: the boards' numbers. Refused with every finding."""
    separator = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.DictReader(text.removeprefix("\N{BYTE ORDER MARK}").splitlines(), delimiter=separator)
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    missing = [name for name in COLUMNS[:2] if name not in names]
    if missing:
        found, expected = ", ".join(names) or "no columns", f"a column {' and a column '.join(missing)}"
        raise Refused([finding("W020", Place(file, 1), found, expected)])
    numbers, findings, addresses = set(known), list[Finding](), dict[UnitId, Address]()
    for row in rows:
        line = {name: (row.get(name) or "").strip() for name in COLUMNS}
        wrong = list(_wrong(line, Place(file, rows.line_num), numbers, addresses))
        findings += wrong
        if not wrong:
            language: Language = "en" if line["language"] == "en" else "nl"
            addresses[UnitId(line["number"])] = Address(line["email"], language)
    if findings:
        raise Refused(findings)
    return addresses


def _wrong(
    row: Mapping[str, str], place: Place, known: set[str], before: Mapping[UnitId, Address]
) -> Iterator[Finding]:
    if row["number"] not in known:
        yield finding("W021", place, f"number {row['number'] or '(empty)'}", "the number of a board in the register")
    if UnitId(row["number"]) in before:
        yield finding("W023", place, f"{row['number']} for the second time", "one address for a board")
    try:
        validate_email(row["email"])
        mailserver.as_said(row["email"])
    except (ValidationError, UnicodeError):
        yield finding("W022", place, f"address {row['email'] or '(empty)'}", "an e-mail address")
    if row["language"] not in ("", *LANGUAGES):
        yield finding("W024", place, f"language {row['language']}", "nl, en or nothing")


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom to ask for, and at which number; empty where it is not known."""

    name: str
    phone: str


def reached(organisations: Iterable[int]) -> Mapping[int, Reached]:
    """Where these boards (by primary key) are called. Boards of which neither name nor number is known are left out."""
    found = Contact.objects.filter(organisation__in=[*organisations]).order_by("pk")
    known = {each.organisation_id: Reached(getattr(each, "name", ""), getattr(each, "phone", "")) for each in found}
    return {board: each for board, each in known.items() if each.name or each.phone}


def keep(addresses: Mapping[UnitId, Address], *, by: str, moment: datetime) -> int:
    """Keep these addresses, in the place of what was known of the same boards; how many there are."""
    with transaction.atomic():
        boards = dict(Organisation.objects.filter(number__in=addresses).values_list("number", "pk"))
        rows = [
            Contact(organisation_id=boards[number], email=address.email, language=address.language)
            for number, address in addresses.items()
        ]
        Contact.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["organisation"],
            update_fields=["email", "language"],
            batch_size=2_000,
        )
        trail.record(
            act="contacts.keep", actor=by, subject="contacts:all", moment=moment, details={"addresses": len(rows)}
        )
    return len(rows)
