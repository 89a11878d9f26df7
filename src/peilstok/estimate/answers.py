"""What a wave gives to estimate from: the frame, and the answers of the boards that answered.

Everything is put in the order of the boards' numbers, so that the order in which it comes in never shows. Numbers and
options are drawn from the answers as columns, with the boards whose answer counts. All that is wrong with the data
(a board that is not in the frame, a text where a number is wanted) is told at once, as `Refused`.

    E101  a board answered that is not in the frame      E103  an answer that is not of the wanted kind
    E102  nobody answered, or a number is twice there    E104  a part that is larger than its whole
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate.design import Floats
from peilstok.estimate.measures import Conditions, Share, Sum, Term, holds
from peilstok.terms import ItemName, Missing, RegisterRow, UnitId, Value

Mask = NDArray[np.bool_]
Answers = Mapping[UnitId, Mapping[ItemName, Value]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wave:
    """The boards of the frame, and those that answered with their answers, each in the order of their numbers."""

    frame: tuple[RegisterRow, ...]
    units: tuple[UnitId, ...]
    rows: tuple[RegisterRow, ...]  # of the frame, for the units
    answers: tuple[Mapping[ItemName, Value], ...]

    def __len__(self) -> int:
        return len(self.units)

    def inside(self, where: Conditions) -> Mask:
        """Which of the units lie in a domain."""
        return np.fromiter((holds(where, row) for row in self.rows), dtype=np.bool_, count=len(self))

    def register(self, name: str) -> Floats:
        """A number of the register for the units; 0 where the frame has none (no site of that sector)."""
        return np.array([_number(row[name]) for row in self.rows], dtype=np.float64)

    def of_frame(self, name: str, where: Conditions) -> float:
        """A number of the register added up over the whole frame, or a domain of it."""
        return sum(_number(row[name]) for row in self.frame if holds(where, row))

    @property
    def sizes(self) -> Floats:
        """Pupils of every board of the frame."""
        return np.array([_number(row["pupils"]) for row in self.frame], dtype=np.float64)

    def column(self, item: ItemName) -> list[Value]:
        return [answers.get(item, Missing.NOT_ANSWERED) for answers in self.answers]


def wave(*, frame: Sequence[RegisterRow], answers: Answers) -> Wave:
    """The data of a wave; raises `Refused` when boards and frame do not fit."""
    by_number = {UnitId(str(row["number"])): row for row in frame}
    findings = [
        _finding("E101", f"board {unit}", "a board of the frame") for unit in sorted(answers.keys() - by_number)
    ]
    if len(by_number) < len(frame):
        findings.append(_finding("E102", "a board's number twice in the frame", "every board once"))
    if not answers:
        findings.append(_finding("E102", "no answers", "answers of two boards at least"))
    if findings:
        raise Refused(findings)
    units = tuple(sorted(answers))
    return Wave(
        frame=tuple(by_number[number] for number in sorted(by_number)),
        units=units,
        rows=tuple(by_number[unit] for unit in units),
        answers=tuple(answers[unit] for unit in units),
    )


def numbers(wave: Wave, terms: Sum) -> tuple[Floats, Mask]:
    """The sum of the terms for every unit (0 where it is not known), and where it is known."""
    columns = [_numbers(wave, term) for term in terms]
    known = np.logical_and.reduce([where for _, where in columns])
    return np.where(known, np.sum([values for values, _ in columns], axis=0), 0.0), known


def _numbers(wave: Wave, term: Term) -> tuple[Floats, Mask]:
    if term.source == "register":
        return wave.register(term.name), np.ones(len(wave), dtype=np.bool_)
    column = wave.column(ItemName(term.name))
    known = np.array([not isinstance(value, Missing) for value in column])
    return np.array([value if isinstance(value, int | float) else 0.0 for value in column], dtype=np.float64), known


def shares(wave: Wave, share: Share) -> tuple[Floats, Mask]:
    """1 for every unit whose answer is among the options, 0 for others, and whose answers count in the base."""
    column = wave.column(share.item)
    counted = {Missing.DONT_KNOW} if share.dont_know_counts else set[Missing]()
    counted |= {Missing.NOT_APPLICABLE} if share.not_applicable_counts else set[Missing]()
    in_base = np.array([not isinstance(value, Missing) or value in counted for value in column])
    said = np.array([_said(value, share.options) for value in column], dtype=np.float64)
    return np.where(in_base, said, 0.0), in_base


def _said(value: Value, options: frozenset[str]) -> bool:
    if isinstance(value, frozenset):
        return not options.isdisjoint(value)
    return value in options  # "don't know" and "not applicable" are texts of their own


def check_kinds(wave: Wave, items: Mapping[ItemName, frozenset[str] | None]) -> None:
    """Every answer to an item without options (None) is a number, every other an option or a set of them.

    Raises `Refused` with a finding for every answer that is not.
    """
    findings = [
        _finding("E103", f"board {unit}, {item}: {str(value)[:40]!r}", wanted)
        for item, options in sorted(items.items(), key=lambda each: each[0])
        for unit, value, wanted in _misfits(wave, item, number=options is None)
    ]
    if findings:
        raise Refused(findings)


def _misfits(wave: Wave, item: ItemName, *, number: bool) -> Iterator[tuple[UnitId, Value, str]]:
    fits, wanted = (_is_number, "a number") if number else (_is_option, "an option or a set of options")
    for unit, value in zip(wave.units, wave.column(item), strict=True):
        if not (isinstance(value, Missing) or fits(value)):
            yield unit, value, wanted


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_option(value: Value) -> bool:
    return isinstance(value, str | frozenset)


def fingerprint(wave: Wave) -> str:
    """SHA-256 of the answers and of the numbers and sizes of the frame, whatever order they came in."""
    written = json.dumps(
        {
            "frame": [[row["number"], row["pupils"]] for row in wave.frame],
            "answers": {
                unit: {item: _plain(value) for item, value in sorted(answers.items())}
                for unit, answers in zip(wave.units, wave.answers, strict=True)
            },
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(written.encode()).hexdigest()


def _plain(value: Value) -> object:
    """A missing value differs from the option of the same name."""
    if isinstance(value, Missing):
        return {"missing": str(value)}
    return sorted(value) if isinstance(value, frozenset) else value


def _number(value: object) -> int:
    assert value is None or isinstance(value, int)
    return value or 0


def _finding(code: str, found: str, expected: str) -> Finding:
    return Finding(code, Severity.ERROR, Place("answers"), found, expected)
