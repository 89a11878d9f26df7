"""The data of a job: a CSV file as columns of numbers or of levels, with what is missing.

A column of which every cell that is filled is a number has numbers, as in R, so that 007 is 7; any other has text,
whose levels stand in the order of their bytes. An empty cell and `NA` are missing. Data in memory are read by `memory`.
Not decided here: what a column is used for.
"""

from __future__ import annotations

import csv
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.unfit import Unfit

MISSING: Final = frozenset({"", "NA"})
NUMBER: Final = re.compile(
    r"[ \t]*[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|inf|infinity|nan)[ \t]*", re.IGNORECASE
)
"""What R reads as a number, but hexadecimal. Python's `float` would take 1_5 for 15, and the digits of any script."""
DECIMAL_COMMA: Final = re.compile(r"[+-]?[0-9]+,[0-9]+")
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Every row's number (NaN where missing) or, where there are texts, its place among `levels` (-1 where missing)."""

    name: str
    values: Floats
    levels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.values.setflags(write=False)  # weights are this array, and a sample does not change

    @property
    def known(self) -> Mask:
        return self.values >= 0 if self.levels else ~np.isnan(self.values)

    @classmethod
    def of_texts(cls, name: str, texts: Sequence[str | None]) -> Column:
        """Levels in the order of their bytes; None is missing."""
        levels = sorted({text for text in texts if text is not None}, key=lambda text: text.encode())
        places: dict[str | None, int] = {level: place for place, level in enumerate(levels)} | {None: -1}
        return cls(name, np.array([places[text] for text in texts], dtype=np.float64), tuple(levels))

    @property
    def amounts(self) -> Floats:
        """Numbers, which may be infinite."""
        if self.levels:
            raise ValueError(f"{self._first_text()}; a column of numbers is wanted{self._comma()}")
        return self.values

    @property
    def numbers(self) -> Floats:
        """Numbers that can be added up."""
        infinite = np.isinf(self.amounts)
        if infinite.any():
            row = int(np.argmax(infinite)) + 1
            raise Unfit("D011", f"{self.name}: row {row} is infinite; a number is wanted, or an empty cell")
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

    def sought(self, value: str | float) -> float:
        """What `values` has for a value that a condition names."""
        if self.levels:
            self._check_meant(value)
            return self.code_of(value)
        if isinstance(value, str) and not (NUMBER.fullmatch(value) and written(float(value)) == value):
            raise ValueError(f"{self.name} has numbers, and none is written {value!r}; a number is wanted")
        return float(value)

    def _check_meant(self, value: str | float) -> None:
        """A number that is sought among numbers and texts: the texts are what is in the way."""
        numbers = [bool(NUMBER.fullmatch(level)) for level in self.levels]
        if not isinstance(value, str) and named(value) not in self.levels and any(numbers) and not all(numbers):
            raise ValueError(f"{self._first_text()}; a column of numbers is wanted, or one of its texts")

    def _first_text(self) -> str:
        """The first row whose cell is no number, and the cell; of texts that all look like numbers the first of them.

        Rows count from 1, without the line of names.
        """
        strange = np.array([NUMBER.fullmatch(level) is None for level in self.levels])
        rank = np.where(self.known, 1 + strange[self.values.astype(np.intp)], 0)
        row = int(np.argmax(rank))
        return f"{self.name}: row {row + 1} has {self.levels[int(self.values[row])] if rank[row] else ''!r}"

    def _comma(self) -> str:
        """What Dutch programs write."""
        commas = any(DECIMAL_COMMA.fullmatch(level) for level in self.levels)
        return ", with a point for the decimals and not a comma" if commas else ""

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
        codes, first = np.zeros(int(known.sum()), dtype=np.intp), np.zeros(1, dtype=np.intp)
        for column in reversed(columns):  # numbered anew after each, so that no number grows too large
            pairs = codes * max(len(column.levels), 1) + column.values[known].astype(np.intp)
            _, first, codes = np.unique(pairs, return_index=True, return_inverse=True)
        cells = np.full(self.rows, -1, dtype=np.intp)
        cells[known] = codes
        rows = np.flatnonzero(known)[first].tolist() if known.any() else list[int]()
        return cells, tuple(tuple(column.levels[int(column.values[row])] for column in columns) for row in rows)

    def subset(self, rows: Mask) -> Table:
        return replace(self, columns=_Subset(self.columns, rows), rows=int(rows.sum()))

    def with_numbers(self, name: str, values: Floats) -> Table:
        return replace(self, columns=ChainMap({name: Column(name, values)}, self.columns))  # type: ignore[arg-type]


class _Subset(Mapping[str, Column]):
    """Some rows of every column, taken when it is used: columns that nobody uses may hold anything."""

    def __init__(self, columns: Mapping[str, Column], rows: Mask) -> None:
        self._columns, self._rows = columns, rows

    def __getitem__(self, name: str) -> Column:
        column = self._columns[name]
        return replace(column, values=column.values[self._rows])

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def read(path: Path) -> Table:
    """The table of a CSV file with a line of names; raises `Refused`."""
    lines = list(_lines(path))
    names, rows = _names(path, lines[:1]), lines[1:]
    uneven = [place for place, row in enumerate(rows, start=2) if len(row) != len(names)]
    if uneven:
        found = f"{len(rows[uneven[0] - 2])} cells"
        raise Refused([_finding(path, uneven[0], found, f"{len(names)} cells, as in the first line")])
    cells = zip(*rows, strict=True) if rows else ([] for _ in names)
    columns = {name: column(name, texts) for name, texts in zip(names, cells, strict=True)}
    return Table(str(path), columns, len(rows))


def names(path: Path) -> list[str]:
    """The columns of a CSV file, without its rows; raises `Refused`."""
    return _names(path, list(islice(_lines(path), 1)))


def _lines(path: Path) -> Iterator[list[str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield from csv.reader(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused([_finding(path, 0, why(error), "a CSV file in UTF-8")]) from None


def why(error: Exception) -> str:
    """Why a file cannot be read, in words of a person."""
    words = {
        FileNotFoundError: "there is no such file",
        IsADirectoryError: "a folder",
        PermissionError: "it may not be read",
        UnicodeDecodeError: "not in UTF-8",
    }
    return words.get(type(error), f"{type(error).__name__}: {error}")


def _names(path: Path, first: Sequence[list[str]]) -> list[str]:
    """The line of names, which must be names, each of them once."""
    if not first:
        raise Refused([_finding(path, 1, "no lines", "a line of names, and a line for each row")])
    [names] = first
    for sign, said in {";": "semicolons", "\t": "tabs"}.items():
        if len(names) == 1 and sign in names[0]:
            found, expected = f"names separated by {said}", "commas between them, and a point for decimals"
            raise Refused([_finding(path, 1, found, expected)])
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise Refused([_finding(path, 1, _again(name, names), "every column with its own name") for name in repeated])
    return names


def _again(name: str, names: Sequence[str]) -> str:
    places = [str(place) for place, each in enumerate(names, start=1) if each == name]
    return f"{name or 'no name'}: columns {' and '.join(places)}"


def column(name: str, texts: Sequence[str]) -> Column:
    """Numbers where every cell that is filled is one, else levels."""
    cells = [None if text in MISSING else text for text in texts]
    if all(text is None or NUMBER.fullmatch(text) for text in cells):
        return Column(name, np.array([np.nan if text is None else float(text) for text in cells], dtype=np.float64))
    return Column.of_texts(name, cells)


def _finding(path: Path, line: int, found: str, expected: str) -> Finding:
    return Finding("J011", Severity.ERROR, Place(str(path), line), found, expected)
