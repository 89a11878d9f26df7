"""The data of a job: a CSV file as columns of numbers or of levels, with what is missing.

A column of which every cell that is filled is a number has numbers; any other has text, whose levels stand in the order
of their bytes. An empty cell and `NA` are missing. Not decided here: what a column is used for.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate.design import Codes, Floats

MISSING: Final = frozenset({"", "NA"})
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Every row's number (NaN where missing) or, where there are texts, its place among `levels` (-1 where missing)."""

    name: str
    values: Floats
    levels: tuple[str, ...] = ()

    @property
    def known(self) -> Mask:
        return self.values >= 0 if self.levels else ~np.isnan(self.values)

    @property
    def numbers(self) -> Floats:
        if self.levels:
            raise ValueError(f"{self.name} has text, such as {self.levels[0]!r}; a column of numbers is wanted")
        return self.values

    def as_levels(self) -> Column:
        """Numbers become levels in the order of their size, as R's `factor` has it."""
        if self.levels:
            return self
        known = ~np.isnan(self.values)
        found, codes = np.unique(self.values[known], return_inverse=True)
        places = np.full(len(self.values), -1.0)
        places[known] = codes
        return Column(self.name, places, tuple(written(value) for value in found))

    def code_of(self, level: str | float) -> int:
        """The place of a level, written as text or as number."""
        text = named(level)
        if text not in self.levels:
            raise ValueError(f"{self.name} has no level {text!r}; it has {', '.join(self.levels[:12])}")
        return self.levels.index(text)


def written(value: float) -> str:
    """A number as the name of a level: 1, 2.5."""
    return f"{value:.15g}"


def named(level: str | float) -> str:
    """A level by its name, however a job writes it: as text or as number."""
    return level if isinstance(level, str) else written(float(level))


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of one length."""

    file: str
    columns: Mapping[str, Column]
    rows: int

    def column(self, name: str) -> Column:
        if name not in self.columns:
            known = ", ".join(list(self.columns)[:30])
            raise Refused(
                [Finding("J010", Severity.ERROR, Place(self.file, 1), f"no column {name}", f"one of {known}")]
            )
        return self.columns[name]

    def numbers(self, name: str) -> Floats:
        return self.column(name).numbers

    def levels(self, name: str) -> Column:
        return self.column(name).as_levels()

    def crossed(self, names: Sequence[str]) -> tuple[Codes, tuple[tuple[str, ...], ...]]:
        """The cell of every row in the crossing of columns, the first one varying fastest, and the levels of each cell.

        Only cells that occur; -1 for a row where one of the columns is missing.
        """
        columns = [self.levels(name) for name in names]
        known = np.logical_and.reduce([column.known for column in columns])
        stride, number = 1, np.zeros(self.rows)
        for column in columns:
            number += stride * np.maximum(column.values, 0)
            stride *= max(len(column.levels), 1)
        found, codes = np.unique(number[known].astype(np.intp), return_inverse=True)
        cells = np.full(self.rows, -1, dtype=np.intp)
        cells[known] = codes
        return cells, tuple(_levels(int(each), columns) for each in found)

    def subset(self, rows: Mask) -> Table:
        columns = {name: replace(column, values=column.values[rows]) for name, column in self.columns.items()}
        return replace(self, columns=columns, rows=int(rows.sum()))

    def with_numbers(self, name: str, values: Floats) -> Table:
        return replace(self, columns={**self.columns, name: Column(name, values)})


def _levels(number: int, columns: Sequence[Column]) -> tuple[str, ...]:
    found = []
    for column in columns:
        number, place = divmod(number, len(column.levels))
        found.append(column.levels[place])
    return tuple(found)


def read(path: Path) -> Table:
    """The table of a CSV file with a line of names; raises `Refused`."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused([_finding(path, 1, f"{type(error).__name__}: {error}", "a CSV file in UTF-8")]) from None
    if not lines:
        raise Refused([_finding(path, 1, "no lines", "a line of names, and a line for each row")])
    names, rows = lines[0], lines[1:]
    uneven = [place for place, row in enumerate(rows, start=2) if len(row) != len(names)]
    if uneven:
        found = f"{len(rows[uneven[0] - 2])} cells"
        raise Refused([_finding(path, uneven[0], found, f"{len(names)} cells, as in the first line")])
    cells = zip(*rows, strict=True) if rows else ([] for _ in names)
    columns = {name: column(name, texts) for name, texts in zip(names, cells, strict=True)}
    return Table(str(path), columns, len(rows))


def of_columns(columns: Mapping[str, Sequence[object]]) -> Table:
    """The table of columns in memory: numbers (also true and false), or texts; None and NaN are missing."""
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"columns of one length are wanted, here are {sorted(lengths)}")
    made = {name: _in_memory(name, values) for name, values in columns.items()}
    return Table("table", made, lengths.pop())


def _in_memory(name: str, values: Sequence[object]) -> Column:
    if any(isinstance(value, str) for value in values):
        return column(name, ["" if value is None or value != value else str(value) for value in values])
    return Column(name, np.array([np.nan if value is None else value for value in values], dtype=np.float64))


def column(name: str, texts: Sequence[str]) -> Column:
    """Numbers where every cell that is filled is one, else levels."""
    try:
        return Column(name, np.array([np.nan if text in MISSING else float(text) for text in texts], dtype=np.float64))
    except ValueError:
        levels = sorted(set(texts) - MISSING, key=lambda text: text.encode())
        places = {level: place for place, level in enumerate(levels)} | dict.fromkeys(MISSING, -1)
        return Column(name, np.array([places[text] for text in texts], dtype=np.float64), tuple(levels))


def _finding(path: Path, line: int, found: str, expected: str) -> Finding:
    return Finding("J011", Severity.ERROR, Place(str(path), line), found, expected)
