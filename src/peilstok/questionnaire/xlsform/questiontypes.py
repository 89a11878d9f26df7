"""What the type of a row asks, and why the types that Peilstok does not have are refused.

The words are those of pyxform's own table, old spellings included, so that a type which pyxform takes is never unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pyxform import aliases
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT


class Sort(StrEnum):
    NUMBER = "number"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    PHONE = "phone"
    NOTE = "note"
    CHOICE = "choice"
    CHOICES = "choices"
    RANGE = "range"
    CONFIRMATION = "confirmation"
    CALCULATION = "calculation"
    METADATA = "metadata"
    HIDDEN = "hidden"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class QuestionType:
    """`reason` says why it is refused: geo, media, external, time, device, order or unknown."""

    sort: Sort
    list_name: str = ""
    other: bool = False
    low: int | None = None
    high: int | None = None
    reason: str = ""


_COMMANDS: Final = {
    **aliases.select,
    **dict.fromkeys(("select multiple from", "select multiple using", "select_multiple_from"), "select all that apply"),
    **dict.fromkeys(("select one using", "q select1"), "select one"),
    "q select": "select all that apply",
}
_SELECT: Final = re.compile(
    rf"(?P<command>{'|'.join(sorted(map(re.escape, _COMMANDS), key=len, reverse=True))}) +(?P<list>\S+)"
    r"( +(?P<other>or specify other|or_other|or other))?"
)
_BY_BIND: Final = {
    "int": Sort.NUMBER,
    "decimal": Sort.DECIMAL,
    "string": Sort.TEXT,
    "date": Sort.DATE,
}
YES: Final = ("yes", "Yes", "YES", "true", "True", "TRUE", "true()")
NO: Final = ("no", "No", "NO", "false", "False", "FALSE", "false()")
REASONS: Final = {
    "geo": "a place on the map",
    "media": "a picture, sound, film or file",
    "external": "something from another file",
    "time": "a time of day",
    "device": "something that a device reads",
    "order": "an order of preference",
    "unknown": "unknown to XLSForm",
}


def question_type(cell: str) -> QuestionType:
    """What is asked by a row with this in its column `type`."""
    written = " ".join(cell.split())
    select = _SELECT.fullmatch(written)
    if select is not None:
        return _select(select)
    if re.fullmatch(r"osm( \S+)?", written):
        return _refused("geo")
    if written == "include" or written.startswith("cascading"):
        return _refused("external" if written == "include" else "unknown")
    written = aliases._type_alias_map.get(written, written)
    known = QUESTION_TYPE_DICT.get(written) or QUESTION_TYPE_DICT.get(written.lower())
    return _of_table(written, known) if known is not None else _refused("unknown")


def _refused(reason: str) -> QuestionType:
    return QuestionType(Sort.REFUSED, reason=reason)


def _select(found: re.Match[str]) -> QuestionType:
    command, name = _COMMANDS[found["command"]], found["list"]
    if command == "rank":
        return _refused("order")
    if command == "select one external" or found["command"] in aliases.select_from_file or "." in name:
        return _refused("external")
    sort = Sort.CHOICE if command == "select one" else Sort.CHOICES
    return QuestionType(sort, list_name=name, other=bool(found["other"]))


def _of_table(written: str, known: dict[str, Any]) -> QuestionType:
    bind, control = known.get("bind", {}), known.get("control", {})
    kind = bind.get("type", "")
    if "jr:preload" in bind or written == "audit":
        return QuestionType(Sort.METADATA)
    if kind.startswith("geo"):
        return _refused("geo")
    if control.get("tag") == "upload" or kind == "binary":
        return _refused("geo" if written == "osm" else "media")
    if written.endswith("-external"):
        return _refused("external")
    if control.get("tag") in ("select", "select1"):
        return _refused("unknown")  # without the name of a list
    if kind in ("dateTime", "time"):
        return _refused("time")
    return _asking(written, known, kind, control.get("tag", ""))


def _asking(written: str, known: dict[str, Any], kind: str, tag: str) -> QuestionType:
    if tag == "trigger":
        return QuestionType(Sort.CONFIRMATION)
    if tag == "range":
        return QuestionType(Sort.RANGE)
    if not tag:
        return QuestionType(Sort.HIDDEN if written == "hidden" else Sort.CALCULATION)
    if "readonly" in known.get("bind", {}):
        return QuestionType(Sort.NOTE)
    if written == "phone number":
        return QuestionType(Sort.PHONE)
    if kind not in _BY_BIND:
        return _refused("device" if kind == "barcode" else "order")
    bounds = re.fullmatch(r"0 <= \. and \. <= (\d+)", known["bind"].get("constraint", ""))
    return QuestionType(_BY_BIND[kind], low=0 if bounds else None, high=int(bounds[1]) if bounds else None)
