"""Reading the register: from DUO's files as published to boards, sites and regions on a date.

Decides what the files say together and whether that is sound; keeps nothing (see `frames`). Plain Python: it can be
used without a database. Every problem is a `Finding` with one of the codes of `codes`; all of them are found, not the
first.

    readout = read(files=[...], on=date(2019, 10, 1))
    readout.summary.boards, readout.findings
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from operator import attrgetter
from pathlib import Path

from peilstok.errors import CannotRun, Finding, Place, Refused, Severity
from peilstok.register import agreement, kinds, records, regions, rows, sites
from peilstok.register.codes import CODES, WithSkipping, finding, skippable
from peilstok.register.columns import Field
from peilstok.register.kinds import Kind
from peilstok.register.records import BoardName, Record
from peilstok.register.regions import RegionKind, RegionRow
from peilstok.register.rows import Sheet
from peilstok.register.sites import BoardRow, SiteRow
from peilstok.terms import Sector

Progress = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and of how much."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """How one file was read. `used` gives its columns by what they were taken for."""

    file: str
    kind: Kind
    encoding: str
    separator: str
    rows: int
    used: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a frame. `regions` counts RMC regions; a single-school board has one BRIN number."""

    boards: int
    brin_numbers: int
    sites: int
    pupils: int
    pupils_by_sector: Mapping[Sector, int]
    municipalities: int
    regions: int
    single_school_boards: int


@dataclass(frozen=True, slots=True)
class Readout:
    """What the files say. Rows that were not understood are in `findings` and `left_out`, and in nothing else."""

    on: date
    synthetic: bool
    sites: tuple[SiteRow, ...]
    boards: tuple[BoardRow, ...]
    regions: tuple[RegionRow, ...]
    files: tuple[FileRead, ...]
    findings: tuple[Finding, ...]
    left_out: int = 0  # rows that are in nothing

    @property
    def is_sound(self) -> bool:
        return not any(one.severity is Severity.ERROR for one in self.findings)

    @property
    def summary(self) -> Summary:
        return Summary(
            boards=len(self.boards),
            brin_numbers=len({site.brin for site in self.sites}),
            sites=len(self.sites),
            pupils=sum(site.pupils for site in self.sites),
            pupils_by_sector={sector: self._pupils(sector) for sector in Sector},
            municipalities=len({site.municipality for site in self.sites}),
            regions=len({site.rmc for site in self.sites if site.rmc}),
            single_school_boards=sum(board.schools == 1 for board in self.boards),
        )

    def _pupils(self, sector: Sector) -> int:
        return sum(site.by_sector()[sector] or 0 for site in self.sites)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the content. The order of rows, the encoding and columns that are not used do not matter."""
        content: list[object] = [self.on.isoformat(), self.synthetic]
        for sort, kept in ((SiteRow, self.sites), (BoardRow, self.boards), (RegionRow, self.regions)):
            content += map(attrgetter(*(field.name for field in fields(sort))), kept)  # `astuple` is ten times slower
        return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def read(
    *, files: Sequence[Path], on: date, synthetic: bool = False, progress: Progress = lambda what, done, of: None
) -> Readout:
    """Read the files together as the register on a date.

    `synthetic` allows numbers of invented boards. CannotRun when a file is missing or may not be read.
    """
    sheets = _sheets(files, progress)
    progress("bringing the rows together", len(files), len(files) + 1)
    findings = [one for sheet in sheets for one in sheet.findings]
    findings += _kinds(sheets)
    pupils, addresses, more = _records(sheets, on=on, synthetic=synthetic)
    names, also = _names(sheets, [*addresses, *pupils], synthetic=synthetic)
    readout = _together(pupils, addresses, names=names, on=on, synthetic=synthetic)
    return replace(
        readout,
        files=tuple(map(_file_read, sheets)),
        findings=tuple(sorted([*findings, *more, *also, *readout.findings], key=_order)),
        left_out=readout.left_out + _not_in(sheets, [*pupils, *addresses], [*findings, *also]),
    )


def _not_in(sheets: Iterable[Sheet], read_: Sequence[Record], findings: Iterable[Finding]) -> int:
    """The rows that gave no record or name: they were not cut into cells, or had a cell that was not understood."""
    read_from = [sheet for sheet in sheets if _kind(sheet) in (Kind.PUPILS, Kind.ADDRESSES) and _can_be_read(sheet)]
    lines = {one.place for one in findings if CODES[one.code].skipping is WithSkipping.ROW_LEFT_OUT}
    return sum(len(sheet.rows) for sheet in read_from) - len(read_) + len({(one.file, one.line) for one in lines})


def _order(one: Finding) -> tuple[str, int, str, str]:
    return one.place.file, one.place.line, one.code, str(one.place.column)


def _sheets(files: Sequence[Path], progress: Progress) -> list[Sheet]:
    """Cut the files into rows. All that cannot be opened are named together."""
    sheets: list[Sheet] = []
    problems: list[str] = []
    for done, path in enumerate(dict.fromkeys(files)):
        progress(f"reading {path.name}", done, len(files))
        try:
            sheets.append(rows.read(path))
        except CannotRun as error:
            problems.append(str(error))
    if problems:
        raise CannotRun("\n".join(problems))
    return sheets


def _kinds(sheets: Sequence[Sheet]) -> Iterable[Finding]:
    """What is wrong with the files as a whole, before any row is read."""
    readable = [sheet for sheet in sheets if sheet.header is not None]
    for sheet in readable:
        if _kind(sheet) is Kind.UNKNOWN:
            found = "the columns " + ", ".join(name for name in sheet.header.names if name)  # type: ignore[union-attr]  # readable
            yield finding("R005", Place(sheet.file, sheet.header_line), found, f"a column {Field.BRIN}")
    if any(_kind(sheet) is Kind.PUPILS for sheet in sheets):
        yield from _columns_elsewhere(readable)
    else:
        for sheet in (sheet for sheet in readable if _kind(sheet) is not Kind.UNKNOWN):
            place = Place(sheet.file, sheet.header_line)
            found = f"a file of {_kind(sheet)}, without pupils: it can be joined for its regions only"
            yield finding("R007", place, found, "beside it a file with a column LEERLINGEN or TOTAAL, to be the frame")


def _columns_elsewhere(sheets: Sequence[Sheet]) -> Iterable[Finding]:
    """Board and municipality must be had from the pupils' file or from one with the same sites."""
    for sheet in sheets:
        if _kind(sheet) is not Kind.PUPILS or sheet.header is None:
            continue
        yield from kinds.missing_columns(sheet, sheet.header)
        others = [other.header for other in sheets if _kind(other) is Kind.ADDRESSES and other.header]
        for field in (Field.BOARD, Field.MUNICIPALITY):
            if not sheet.header.has(field) and not any(other.has(Field.BRIN, field) for other in others):
                found = "the columns " + ", ".join(name for name in sheet.header.names if name)
                yield finding("R005", Place(sheet.file, sheet.header_line), found, f"a column {field}")


def _kind(sheet: Sheet) -> Kind:
    return Kind.UNKNOWN if sheet.header is None else kinds.kind(sheet.header)


def _records(sheets: Sequence[Sheet], *, on: date, synthetic: bool) -> tuple[list[Record], list[Record], list[Finding]]:
    found: dict[Kind, list[Record]] = {Kind.PUPILS: [], Kind.ADDRESSES: []}
    findings: list[Finding] = []
    for sheet in sheets:
        if _kind(sheet) in found and _can_be_read(sheet):
            more, problems = records.read(sheet, on=on, synthetic=synthetic)
            found[_kind(sheet)] += more
            findings += problems
    return found[Kind.PUPILS], found[Kind.ADDRESSES], findings


def _can_be_read(sheet: Sheet) -> bool:
    assert sheet.header is not None
    complete = _kind(sheet) is Kind.ADDRESSES or not list(kinds.missing_columns(sheet, sheet.header))
    return complete and not sheet.header.doubles


def _names(
    sheets: Sequence[Sheet], rows_: Iterable[Record], *, synthetic: bool
) -> tuple[dict[str, str], list[Finding]]:
    """The newest name of each board, by number; of two in one year, the one that stands first in the alphabet."""
    names: list[BoardName] = []
    findings: list[Finding] = []
    for sheet in sheets:
        if _kind(sheet) is Kind.NAMES:
            more, problems = records.board_names(sheet, synthetic=synthetic)
            names += more
            findings += problems
    newest = {one.number: one.name for one in sorted(names, key=lambda one: (one.year, -len(one.name), one.name))}
    said = Counter((row.board, row.board_name) for row in rows_ if row.board and row.board_name)
    for (number, name), _ in sorted(said.items(), key=lambda item: (item[1], item[0])):
        newest[str(number)] = name
    return newest, findings


def _together(
    pupils: Sequence[Record], addresses: Sequence[Record], *, names: Mapping[str, str], on: date, synthetic: bool
) -> Readout:
    full, missing = sites.completed(pupils, addresses=addresses)
    agreed, contradictions = agreement.settle(full)
    known = regions.find(pupils=agreed, addresses=addresses) if agreed else None
    if known is None:
        return Readout(on, synthetic, (), (), (), (), (*missing, *contradictions), left_out=len(pupils))
    placed, unplaced = sites.with_regions_by_site(known, agreed, addresses=addresses)
    rows_ = sites.sites(agreed, regions=placed)
    return Readout(
        on=on,
        synthetic=synthetic,
        sites=rows_,
        boards=sites.boards(rows_, names=names),
        regions=_regions_of(rows_, placed.names),
        files=(),
        findings=(
            *missing,
            *contradictions,
            *known.findings,
            *unplaced,
            *agreement.schools_under_two_boards(agreed),
        ),
        left_out=len(pupils) - len(agreed),
    )


def _regions_of(rows_: Iterable[SiteRow], names: Mapping[tuple[RegionKind, str], str]) -> tuple[RegionRow, ...]:
    """The regions that the sites lie in; one without a name is named by its code."""
    keys = {
        (kind, code)
        for row in rows_
        for kind, code in (
            (RegionKind.MUNICIPALITY, row.municipality),
            (RegionKind.RMC, row.rmc),
            (RegionKind.COROP, row.corop),
            (RegionKind.PROVINCE, row.province),
        )
        if code
    }
    return tuple(RegionRow(kind, code, names.get((kind, code), code)) for kind, code in sorted(keys))


def _file_read(sheet: Sheet) -> FileRead:
    used = {} if sheet.header is None else {str(f): sheet.header.names[at] for f, at in sheet.header.places.items()}
    return FileRead(sheet.file, _kind(sheet), sheet.encoding, sheet.separator, len(sheet.rows), used)


def acceptable(readout: Readout, *, skip_bad_rows: bool = False) -> Readout:
    """The readout as it may be kept; Refused with all findings if it may not."""
    accepted = without_bad_rows(readout) if skip_bad_rows else readout
    if accepted.is_sound and not accepted.sites:
        place = Place(accepted.files[0].file if accepted.files else "no file")
        raise Refused((*accepted.findings, finding("R072", place, "no row that can be read", "at least one site")))
    if not accepted.is_sound:
        raise Refused(accepted.findings)
    return accepted


def without_bad_rows(readout: Readout) -> Readout:
    """The same with what may be skipped turned into warnings: `is_sound` if nothing else is wrong."""
    return replace(readout, findings=tuple(_as_warning(one) if skippable(one) else one for one in readout.findings))


def _as_warning(one: Finding) -> Finding:
    return replace(one, severity=Severity.WARNING if one.severity is Severity.ERROR else one.severity)
