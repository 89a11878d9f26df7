"""Tables with typed columns, and as CSV: always the same bytes for the same values. Plain Python."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Cell = str | int | float | None


class Kind(StrEnum):
    TEXT = "text"
    WHOLE = "whole"  # a whole number, of 64 bits
    NUMBER = "number"


_TYPES = {Kind.TEXT: (str,), Kind.WHOLE: (int,), Kind.NUMBER: (int, float)}


@dataclass(frozen=True, slots=True)
class Column:
    """A name, what its cells are, and the cells, one a row; None is no value."""

    name: str
    kind: Kind
    cells: tuple[Cell, ...]

    def __post_init__(self) -> None:
        wrong = [each for each in self.cells if each is not None and type(each) not in _TYPES[self.kind]]
        if wrong:
            raise TypeError(f"{self.name}: {wrong[0]!r} is not {self.kind}")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one length; `name` is that of its files without the ending."""

    name: str
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len({len(column.cells) for column in self.columns}) > 1 or len(set(names)) < len(names):
            raise ValueError(f"the columns of {self.name} differ in length, or two have one name")

    @property
    def rows(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0


def to_csv(table: Table) -> bytes:
    """UTF-8, commas, one line feed after each line; an empty cell is no value. No column has empty texts as values."""
    return csv_of([column.name for column in table.columns], list(zip(*_texts(table), strict=True)))


def csv_of(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode()


def _texts(table: Table) -> list[list[str]]:
    return [[_text(cell) for cell in column.cells] for column in table.columns]


def _text(cell: Cell) -> str:
    """A number without a fraction as a whole one; others in the shortest digits that give the same number back."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    return str(cell)
