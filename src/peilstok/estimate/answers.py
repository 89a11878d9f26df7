"""What a wave gives to estimate from: the frame, and the answers of the boards that answered.

Everything is put in the order of the boards' numbers, so that the order in which it comes in never shows. Items and
fields of the register are kept as columns: every value once, and which of them each board has, so that a question
about all boards is asked once for each value. All that is wrong with the data (a board that is not in the frame, a
text where a number is wanted) is told at once, as `Refused`.

    E101  a board answered that is not in the frame      E103  an answer that is not of the wanted kind
    E102  nobody answered, or a number is twice there    E104  a part that is larger than its whole
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.measures import Condition, Conditions, Share, Sum, Term
from peilstok.terms import REGISTER_FIELDS, ItemName, Missing, RegisterRow, UnitId, Value

Mask = NDArray[np.bool_]
Answers = Mapping[UnitId, Mapping[ItemName, Value]]


@dataclass(frozen=True, eq=False)
class Column:
    """One item or field: the values that occur, and for every board the place of its own among them."""

    values: tuple[object, ...]
    codes: Codes

    def where(self, holds: Callable[[object], bool]) -> Mask:
        """Which boards have a value of which this holds."""
        return np.array([holds(value) for value in self.values], dtype=np.bool_)[self.codes]

    def each(self) -> list[object]:
        """The value of every board."""
        return [self.values[code] for code in self.codes]

    @cached_property
    def known(self) -> Mask:
        return self.where(lambda value: not isinstance(value, Missing))

    @cached_property
    def numbers(self) -> Floats:
        """The numbers; nan where there is none."""
        numbers = [value if isinstance(value, int | float) else math.nan for value in self.values]
        return np.array(numbers, dtype=np.float64)[self.codes]


def _column(given: Iterable[object]) -> Column:
    """An option and a missing answer of the same name are two values, and so are 1 and true."""
    values, place = list(given), dict[tuple[type, object], int]()
    try:
        codes = [place.setdefault((value.__class__, value), len(place)) for value in values]
    except TypeError:  # a list or another thing that is no value at all: kept, for `check_kinds` to tell
        return Column(tuple(values), np.arange(len(values)))
    return Column(tuple(value for _, value in place), np.array(codes, dtype=np.intp))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wave:
    """The boards of the frame, and those that answered with their answers, each in the order of their numbers.

    `places` are the places of the units in the frame, `fields` its columns, `items` those of the answers.
    `fingerprint`: SHA-256 of the answers and of all that the frame has but names, whatever order they came in.
    """

    frame: tuple[RegisterRow, ...]
    units: tuple[UnitId, ...]
    places: Codes
    fields: Mapping[str, Column] = field(repr=False)
    items: Mapping[ItemName, Column] = field(repr=False)
    fingerprint: str

    def __len__(self) -> int:
        return len(self.units)

    def inside(self, where: Conditions) -> Mask:
        """Which of the units lie in a domain."""
        return self.inside_of_frame(where)[self.places]

    def inside_of_frame(self, where: Conditions) -> Mask:
        """Which boards of the frame lie in a domain."""
        result = np.ones(len(self.frame), dtype=np.bool_)
        for condition in where:
            result &= _holds(condition, self.fields[condition.field])
        return result

    @property
    def answered(self) -> Mask:
        """Which boards of the frame answered."""
        result = np.zeros(len(self.frame), dtype=np.bool_)
        result[self.places] = True
        return result

    def register(self, name: str) -> Floats:
        """A number of the register for the units; 0 where the frame has none (no site of that sector)."""
        return self._register(name)[self.places]

    def of_frame(self, name: str, where: Conditions) -> float:
        """A number of the register added up over the whole frame, or a domain of it."""
        return float(self._register(name)[self.inside_of_frame(where)].sum())

    @property
    def sizes(self) -> Floats:
        """Pupils of every board of the frame."""
        return self._register("pupils")

    def column(self, item: ItemName) -> Column:
        """What every unit said to an item; that nobody answered one that no unit has."""
        unknown = Column((Missing.NOT_ANSWERED,), np.zeros(len(self), dtype=np.intp))
        return self.items.get(item, unknown)

    def _register(self, name: str) -> Floats:
        return np.nan_to_num(self.fields[name].numbers)


def _holds(condition: Condition, column: Column) -> Mask:
    """Where a condition holds; an unknown value never does, nan lies between no two numbers."""
    if (values := condition.values) is not None:
        return column.where(lambda value: value is not None and value in values)
    low, high = condition.at_least, condition.at_most
    numbers = column.numbers
    return np.asarray(
        (numbers >= (-math.inf if low is None else low)) & (numbers <= (math.inf if high is None else high)),
        dtype=np.bool_,
    )


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
    numbers, units = sorted(by_number), sorted(answers)
    place = {number: at for at, number in enumerate(numbers)}
    names = sorted(set[ItemName]().union(*answers.values()))
    fields = {name: _column(by_number[number].get(name) for number in numbers) for name in REGISTER_FIELDS}
    items = {name: _column(answers[unit].get(name, Missing.NOT_ANSWERED) for unit in units) for name in names}
    return Wave(
        frame=tuple(by_number[number] for number in numbers),
        units=tuple(units),
        places=np.array([place[unit] for unit in units], dtype=np.intp),
        fields=fields,
        items=items,
        fingerprint=_fingerprint(units, {name: each for name, each in fields.items() if name != "name"} | items),
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
    return np.where(column.known, column.numbers, 0.0), column.known


def shares(wave: Wave, share: Share) -> tuple[Floats, Mask]:
    """1 for every unit whose answer is among the options, 0 for others, and whose answers count in the base."""
    column = wave.column(share.item)
    counted = {Missing.DONT_KNOW} if share.dont_know_counts else set[Missing]()
    counted |= {Missing.NOT_APPLICABLE} if share.not_applicable_counts else set[Missing]()
    in_base = column.where(lambda value: not isinstance(value, Missing) or value in counted)
    return (column.where(lambda value: _said(value, share.options)) & in_base).astype(np.float64), in_base


def _said(value: object, options: frozenset[str]) -> bool:
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


def _misfits(wave: Wave, item: ItemName, *, number: bool) -> Iterator[tuple[UnitId, object, str]]:
    fits, wanted = (_is_number, "a number") if number else (_is_option, "an option or a set of options")
    column = wave.column(item)
    for place in np.flatnonzero(column.known & ~column.where(fits)):
        yield wave.units[place], column.values[column.codes[place]], wanted


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_option(value: object) -> bool:
    return isinstance(value, str | frozenset)


def _fingerprint(units: Sequence[UnitId], columns: Mapping[str, Column]) -> str:
    result = hashlib.sha256(json.dumps(units).encode())
    for name, column in columns.items():
        result.update(json.dumps([name, [_plain(value) for value in column.values]]).encode())
        result.update(column.codes.astype("<u4").tobytes())
    return result.hexdigest()


def _plain(value: object) -> object:
    """A missing value differs from the option of the same name."""
    if isinstance(value, Missing):
        return {"missing": str(value)}
    return sorted(value) if isinstance(value, frozenset) else value


def _finding(code: str, found: str, expected: str) -> Finding:
    return Finding(code, Severity.ERROR, Place("answers"), found, expected)
