"""What the rows of one file say, cell by cell.

Reads every row of a file into a frozen `Record`, reporting each cell that cannot be understood. A row with such a cell
gives no record. Decides nothing about two rows together: see `sites` and `regions`; which kind of file it is: `kinds`.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from peilstok.errors import Finding, Place, Severity
from peilstok.register import values
from peilstok.register.codes import finding
from peilstok.register.columns import Field, Header
from peilstok.register.encoding import UNKNOWN
from peilstok.register.kinds import Kind, kind
from peilstok.register.rows import Row, Sheet
from peilstok.terms import Sector

T = TypeVar("T")

_SECTORS: Final = "Bo, Sbo, So or Vso"
_PROVINCES: Final = "one of the twelve provinces"


LONGEST: Final = {
    Field.NAME: 200,
    Field.BOARD_NAME: 200,
    Field.PLACE: 100,
    Field.DENOMINATION: 100,
    Field.MUNICIPALITY_NAME: 100,
    Field.RMC_NAME: 100,
    Field.COROP_NAME: 100,
}
"""Characters that there is room for in the database."""


@dataclass(frozen=True, slots=True)
class Record:
    """One understood row of a file of pupils or addresses. None or empty: the file has no such column or cell."""

    file: str
    line: int
    brin: str | None = None
    location: str | None = None
    sector: Sector | None = None
    pupils: int | None = None
    board: str | None = None
    board_name: str = ""
    name: str = ""
    postcode: str = ""
    place: str = ""
    denomination: str = ""
    municipality: str | None = None
    municipality_name: str = ""
    province: str | None = None
    rmc: str | None = None
    rmc_name: str = ""
    corop: str | None = None
    corop_name: str = ""
    breakdown: tuple[str, ...] = ()  # what tells this row from others of the same site and sector
    header: Header | None = dataclasses.field(default=None, repr=False, compare=False)

    def at(self, column: Field | None = None) -> Place:
        """Where the row stands, and the column under the name that it has in its file."""
        if column is None:
            return Place(self.file, self.line)
        return Place(self.file, self.line, self.header.name(column) if self.header else str(column))


@dataclass(frozen=True, slots=True)
class BoardName:
    number: str
    name: str
    year: int


NEARLY_ALL: Final = 0.9
"""The part of a file's rows that makes their date that of the file."""


def read(sheet: Sheet, *, on: date, synthetic: bool = False) -> tuple[list[Record], list[Finding]]:
    """Records of a file of pupils or addresses, and a finding for every cell that was not understood."""
    assert sheet.header is not None
    records: list[Record] = []
    findings: list[Finding] = []
    reader = _Reader(sheet, sheet.header, on, synthetic)
    for row in sheet.rows:
        total = reader.total(row)
        if total:
            findings.append(total)
            continue
        record, problems = reader.record(row)
        findings += problems
        if not any(problem.severity is Severity.ERROR for problem in problems):
            records.append(record)
    findings += reader.wrong_date()
    return ([] if reader.other_date else records), findings


class _Reader:
    """Reads the rows of one sheet; holds what is known of the sheet as a whole."""

    def __init__(self, sheet: Sheet, header: Header, on: date, synthetic: bool) -> None:
        self.sheet, self.header, self.on, self.synthetic = sheet, header, on, synthetic
        self.counts = kind(header) is Kind.PUPILS
        self.mark = values.decimal_mark(self._numbers())
        self.days = Counter(self._days())
        self.other_date = self._other_date()

    def _numbers(self) -> Iterator[str]:
        places = [self.header.places[f] for f in (Field.DISTANCE, Field.PUPILS) if f in self.header.places]
        for row in self.sheet.rows:
            for position in (*places, *self.header.ages):
                yield row.cells[position]

    def _days(self) -> Iterator[date | None]:
        if self.counts and Field.DATE in self.header.places:
            for row in self.sheet.rows:
                yield values.day(row.cells[self.header.places[Field.DATE]])

    def _other_date(self) -> date | None:
        """The date of the file where that is another: no row is of the date asked for, and nearly all are of this."""
        day, rows = self.days.most_common(1)[0] if self.days else (None, 0)
        return day if self.on not in self.days and rows >= NEARLY_ALL * len(self.sheet.rows) else None

    def wrong_date(self) -> Iterator[Finding]:
        """One finding for a file of another date; a row of yet another one is told beside it."""
        day, total = self.other_date, len(self.sheet.rows)
        if day:
            place = Place(self.sheet.file, self.sheet.rows[0].line, self.header.name(Field.DATE))
            rows = self.days[day]
            found = f"all {total:,} rows are of {day}" if rows == total else f"{rows:,} of {total:,} rows are of {day}"
            yield finding("R029", place, found, f"{self.on}, or --on {day}")

    def total(self, row: Row) -> Finding | None:
        """A row that says itself that it is a total, and names no school: one finding, not one for each empty cell."""
        school = row.cells[self.header.places[Field.BRIN]] if self.header.has(Field.BRIN) else ""
        if values.text(school) and not values.says_total(school):
            return None
        for column, cell in zip(self.header.names, row.cells, strict=False):
            if values.says_total(cell):
                place = Place(self.sheet.file, row.line, column)
                return finding("R033", place, f'a total row: "{values.text(cell)}"', "rows of sites only")
        return None

    def record(self, row: Row) -> tuple[Record, list[Finding]]:
        cells = _Cells(self.sheet.file, self.header, row, self.mark)
        cells.stray_bytes()
        brin = self._brin(cells)
        record = Record(
            file=self.sheet.file,
            line=row.line,
            brin=brin,
            location=self._location(cells, brin),
            sector=self._sector(cells),
            pupils=cells.pupils() if self.counts else None,
            board=self._board(cells),
            board_name=cells.name(Field.BOARD_NAME),
            name=self._name(cells),
            postcode=cells.take(Field.POSTCODE, values.postcode, "R028", "four digits and two letters") or "",
            place=cells.name(Field.PLACE),
            denomination=cells.name(Field.DENOMINATION),
            municipality=cells.take(Field.MUNICIPALITY, values.municipality, "R026", "one to four digits"),
            municipality_name=cells.name(Field.MUNICIPALITY_NAME),
            province=cells.take_optional(Field.PROVINCE, _province, "R027", _PROVINCES),
            rmc=cells.take(Field.RMC, values.region, "R056", "one or two digits"),
            rmc_name=cells.name(Field.RMC_NAME),
            corop=cells.take_optional(Field.COROP, values.region, "R056", "one or two digits"),
            corop_name=cells.name(Field.COROP_NAME),
            breakdown=tuple(values.text(row.cells[position]) for position in self.header.breakdowns),
            header=self.header,
        )
        self._date(cells)
        cells.take_optional(Field.DISTANCE, self._distance, "R031", "a number of metres")
        return record, cells.findings

    def _brin(self, cells: _Cells) -> str | None:
        if not self.header.has(Field.BRIN):
            return None
        cell = cells.raw(Field.BRIN)
        if not self.header.has(Field.LOCATION) and values.text(cell)[4:].isdigit() and len(values.text(cell)) == 6:
            cell = values.text(cell)[:4]  # the school's and the site's number in one column
        found = values.brin(cell, synthetic=self.synthetic)
        return cells.check(Field.BRIN, found, "R020", "two digits and two letters")

    def _location(self, cells: _Cells, brin: str | None) -> str | None:
        if not self.header.has(Field.BRIN):
            return None
        if not self.header.has(Field.LOCATION):  # a file of main sites has no such column
            return values.text(cells.raw(Field.BRIN))[4:].zfill(2)
        given = values.text(cells.raw(Field.BRIN)).upper()  # if that is malformed, it is one finding, not two
        found = values.location(cells.raw(Field.LOCATION), brin=brin or given)
        expected = f"two digits, or {brin or 'the BRIN number'} and two digits"
        return cells.check(Field.LOCATION, found, "R021", expected)

    def _board(self, cells: _Cells) -> str | None:
        expected = "letters, digits and hyphens" if self.synthetic else "five digits"
        take = cells.take if self.counts else cells.take_optional
        return take(Field.BOARD, lambda cell: values.board(cell, synthetic=self.synthetic), "R022", expected)

    def _sector(self, cells: _Cells) -> Sector | None:
        return cells.take(Field.SECTOR, values.sector, "R023", _SECTORS) if self.counts else None

    def _name(self, cells: _Cells) -> str:
        name = cells.name(Field.NAME)
        if self.counts and self.header.has(Field.NAME) and not name:
            cells.report("R030", Field.NAME, "the name of the site")
        return name

    def _date(self, cells: _Cells) -> None:
        if self.counts and self.header.has(Field.DATE):
            day = values.day(cells.raw(Field.DATE))
            cells.check(Field.DATE, day if day == (self.other_date or self.on) else None, "R029", f"{self.on:%Y%m%d}")

    def _distance(self, cell: str) -> float | None:
        return values.number(cell, mark=self.mark)


class _Cells:
    """The cells of one row by field; collects what is wrong with them."""

    def __init__(self, file: str, header: Header, row: Row, mark: str | None) -> None:
        self.file, self.header, self.row, self.mark = file, header, row, mark
        self.findings: list[Finding] = []

    def raw(self, field: Field) -> str:
        position = self.header.places.get(field)
        return "" if position is None else self.row.cells[position]

    def text(self, field: Field) -> str:
        return values.text(self.raw(field))

    def name(self, field: Field) -> str:
        """A text that is kept, so that it may not be longer than there is room for."""
        found, longest = values.name(self.raw(field)), LONGEST[field]
        if len(found) > longest:
            self.report("R032", field, f"at most {longest} characters")
        return found

    def take(self, field: Field, parse: Callable[[str], T | None], code: str, expected: str) -> T | None:
        """The value of a column that must be filled where there is such a column."""
        return self.check(field, parse(self.raw(field)), code, expected) if field in self.header.places else None

    def take_optional(self, field: Field, parse: Callable[[str], T | None], code: str, expected: str) -> T | None:
        return self.take(field, parse, code, expected) if self.text(field) else None

    def check(self, field: Field, value: T | None, code: str, expected: str) -> T | None:
        if value is None:
            self.report(code, field, expected)
        return value

    def report(self, code: str, field: Field, expected: str) -> None:
        self.report_at(code, self.header.name(field), self.raw(field), expected)

    def report_at(self, code: str, column: str, cell: str, expected: str) -> None:
        shown = cell if len(cell) <= 80 else f"{cell[:77]}..."
        found = f'"{shown}"' if shown.strip() else "nothing"
        self.findings.append(finding(code, Place(self.file, self.row.line, column), found, expected))

    def stray_bytes(self) -> None:
        for column, cell in zip(self.header.names, self.row.cells, strict=False):
            if UNKNOWN in cell:
                self.report_at("R013", column, cell, "only characters that the file's encoding has")

    def pupils(self) -> int | None:
        """The total, or the sum over the ages where there is no total; both must agree where both are known."""
        ages = self._ages()
        if not self.header.has(Field.PUPILS):
            return None if ages is None else sum(ages)
        total = values.pupils(self.raw(Field.PUPILS), mark=self.mark)
        expected = f"a whole number from 0 to {values.MOST_PUPILS:,}"
        self.check(Field.PUPILS, total, "R024", expected)
        if total is not None and ages is not None and ages and sum(ages) != total:
            self.report("R025", Field.PUPILS, f"{sum(ages)}, the sum over the ages")
        return total

    def _ages(self) -> list[int] | None:
        """Pupils by age; None when a cell does not tell. An empty cell among filled ones is none."""
        found: list[int] = []
        known = True
        for position in self.header.ages:
            cell = self.row.cells[position]
            count = 0 if not cell.strip() else values.pupils(cell, mark=self.mark)
            # Since 2023 DUO writes <5 for one to four pupils. With a total beside it, that does no harm.
            if count is None and not (self.header.has(Field.PUPILS) and cell.strip() == "<5"):
                self.report_at("R024", self.header.names[position], cell, "a whole number")
            known = known and count is not None
            found.append(count or 0)
        if self.header.ages and not any(self.row.cells[position].strip() for position in self.header.ages):
            if not self.header.has(Field.PUPILS):
                self.report_at("R024", self.header.names[self.header.ages[0]], "", "pupils by age")
            return None
        return found if known else None


def _province(cell: str) -> str | None:
    found = values.province(cell)
    return found and found[0]


def board_names(sheet: Sheet, *, synthetic: bool = False) -> tuple[list[BoardName], list[Finding]]:
    """The rows of a file of board names: number, name, and the year it is of (0 where there is none)."""
    assert sheet.header is not None
    names: list[BoardName] = []
    findings: list[Finding] = []
    for row in sheet.rows:
        cells = _Cells(sheet.file, sheet.header, row, None)
        cells.stray_bytes()
        number = cells.take(Field.BOARD, lambda cell: values.board(cell, synthetic=synthetic), "R060", "five digits")
        name = cells.take(Field.BOARD_NAME, _short_name, "R060", "the board's name")
        year = cells.take_optional(Field.YEAR, _year, "R060", "a year")
        findings += cells.findings
        if number and name and not (cells.text(Field.YEAR) and year is None):
            names.append(BoardName(number, name, year or 0))
    return names, findings


def _short_name(cell: str) -> str | None:
    found = values.text(cell)
    return found if 0 < len(found) <= LONGEST[Field.BOARD_NAME] else None


def _year(cell: str) -> int | None:
    found = values.text(cell)
    return int(found) if found.isdigit() and len(found) == 4 else None
