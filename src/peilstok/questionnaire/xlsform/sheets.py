"""The sheets of an XLSForm, from any of its four formats, as rows that know their place.

The reading is pyxform's; what it does not keep, the line of a row in CSV and Markdown, is found beside it. Decides
nothing about what a row means.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import PurePath
from typing import Any, Final

from pyxform.xls2json_backends import Definition, DefinitionData, SupportedFileTypes
from pyxform.xls2xform import convert

from peilstok.errors import Place, Refused
from peilstok.questionnaire.xlsform.codes import finding
from peilstok.questionnaire.xlsform.columns import Column, column

LARGEST: Final = 5 * 1024 * 1024
"""Bytes; what a workbook holds when it is unpacked may be ten times as much."""
SHEETS: Final = ("survey", "choices", "settings")
_FORMS: Final = frozenset({*SHEETS, "external_choices", "entities", "osm"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what stands in its cells, by column. Empty cells are not there."""

    file: str
    sheet: str
    number: int
    cells: Mapping[Column, str]

    def at(self, name: str = "", of: str = "") -> Place:
        """The place of a cell: file, row, and sheet!column."""
        shown = f"{name}::{of}" if of else name
        return Place(self.file, self.number, f"{self.sheet}!{shown}" if shown else self.sheet)

    def cell(self, name: str) -> str:
        return self.cells.get(Column(name), "")

    def texts(self, name: str) -> Mapping[str, str]:
        """What stands under a column in each language; under "" what stands there without one."""
        return {each.of: text for each, text in self.cells.items() if each.name == name}


@dataclass(frozen=True, slots=True)
class Sheet:
    """`numbers` are the rows of the file one by one, the empty ones too, as pyxform counts them."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What a file holds: the sheets that are read, the names of the others, and the file as pyxform has it."""

    file: str
    sheets: Mapping[str, Sheet]
    others: tuple[str, ...]
    raw: Mapping[str, Any]

    def rows(self, sheet: str) -> tuple[Row, ...]:
        return self.sheets[sheet].rows if sheet in self.sheets else ()

    def columns(self, sheet: str) -> tuple[Column, ...]:
        return self.sheets[sheet].columns if sheet in self.sheets else ()


def sheets_of(data: bytes, *, file: str) -> Form:
    """The sheets in a file. Raises `Refused` where it is no XLSForm that can be read."""
    suffix = PurePath(file).suffix.lower()
    if suffix not in {each.value for each in SupportedFileTypes}:
        raise _unreadable(file, f'a file that ends in "{suffix}"', ".xlsx, .xls, .csv or .md")
    data = data.removeprefix(b"\xef\xbb\xbf") if suffix in (".csv", ".md") else data
    _demand_size(data, file=file, zipped=suffix in (".xlsx", ".xlsm"))
    raw = _read(data, SupportedFileTypes(suffix), file)
    if not raw.get("survey"):
        raise _unreadable(file, "no sheet called survey with rows in it", "an XLSForm: sheets survey and choices")
    lines = _lines(data, suffix)
    sheets = {name: _sheet(name, raw, lines.get(name, []), file) for name in SHEETS if raw.get(name)}
    others = tuple(name for name in raw["sheet_names"] if name.lower() not in _FORMS)
    single = len(raw["sheet_names"]) == 1  # pyxform takes a single sheet for the survey, whatever it is called
    return Form(file, sheets, () if single else others, raw)


def remarks(form: Form) -> tuple[str | None, tuple[str, ...]]:
    """What pyxform says of the form: why it refuses it, if it does, and its warnings."""
    said: list[str] = []
    kept = {field.name for field in fields(DefinitionData)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            convert({key: value for key, value in form.raw.items() if key in kept}, warnings=said, validate=False)
    except Exception as error:  # what it cannot take comes out as any kind of exception, KeyError and TypeError too
        return str(error) or type(error).__name__, tuple(said)
    return None, tuple(said)


def place_of(message: str, form: Form) -> tuple[Place, str]:
    """The place that a message of pyxform names, and the sheet; the file where it names none."""
    row, sheet = re.search(r"\[row : (\d+)\]", message), re.search(r"the '(\w+)' sheet", message)
    name = sheet[1] if sheet else "survey"
    if row is None or name not in form.sheets:
        return Place(form.file), ""
    numbers, at = form.sheets[name].numbers, int(row[1]) - 2
    return Place(form.file, numbers[at] if 0 <= at < len(numbers) else int(row[1]), name), name


def _read(data: bytes, kind: SupportedFileTypes, file: str) -> dict[str, Any]:
    definition = Definition(io.BytesIO(data), kind, PurePath(file).stem)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns about what it does not read in a workbook
            raw: dict[str, Any] = SupportedFileTypes.get_processors()[kind](definition)
    except Exception as error:  # openpyxl, xlrd and zipfile each have many ways to say that a file is broken
        said = str(error) or type(error).__name__
        raise _unreadable(file, f"the file cannot be read ({said[:300]})", "an XLSForm") from error
    return raw


def _unreadable(file: str, found: str, expected: str) -> Refused:
    return Refused([finding("X001", Place(file), found, expected)])


def _demand_size(data: bytes, *, file: str, zipped: bool) -> None:
    if len(data) > LARGEST:
        raise _unreadable(file, f"a file of {len(data)} bytes", f"at most {LARGEST}")
    if not zipped:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(each.file_size for each in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _unreadable(file, f"a file that is no workbook ({error})", "an .xlsx file") from error
    if size > 10 * LARGEST:
        raise _unreadable(file, f"a workbook of {size} bytes when unpacked", f"at most {10 * LARGEST}")


def _sheet(name: str, raw: Mapping[str, Any], lines: list[int], file: str) -> Sheet:
    rows = raw[name]
    written = [heading for each in raw.get(f"{name}_header") or [] for heading in each]
    headings = dict.fromkeys([*written, *(heading for row in rows for heading in row)])
    double = any("::" in heading for heading in headings if heading)
    named = {heading: column(heading, sheet=name, double=double) for heading in headings if heading}
    numbers = lines if len(lines) == len(rows) else range(2, len(rows) + 2)
    made = (
        Row(file, name, number, {named[heading]: _plain(text) for heading, text in row.items() if heading and text})
        for number, row in zip(numbers, rows, strict=True)
    )
    kept = tuple(row for row in made if row.cells)
    return Sheet(name, tuple(dict.fromkeys(named.values())), kept, tuple(numbers))


def _plain(text: object) -> str:
    """The text of a cell without blanks around it, and with what cannot stand in a text file taken out."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]", "", str(text)).strip()


def _lines(data: bytes, suffix: str) -> dict[str, list[int]]:
    """The lines on which the rows of each sheet begin, where the file is a text; pyxform skips empty ones."""
    if suffix not in (".csv", ".md"):
        return {}
    text = data.decode(errors="replace")
    found: dict[str, list[int]] = {}
    sheet, headed = "", False
    for line, first, filled in _csv(text) if suffix == ".csv" else _markdown(text):
        if first:
            sheet, headed = first.lower(), False
        if filled and headed:
            found.setdefault(sheet, []).append(line)
        headed = headed or filled
    return found


def _csv(text: str) -> Iterator[tuple[int, str, bool]]:
    """Line, first cell, and whether there is anything behind it, of each record."""
    reader = csv.reader(io.StringIO(text, newline=""))
    begin = 1
    for record in reader:
        if record:
            yield begin, record[0].strip(), any(cell.strip() for cell in record[1:])
        begin = reader.line_num + 1


def _markdown(text: str) -> Iterator[tuple[int, str, bool]]:
    for number, line in enumerate(text.split("\n"), start=1):
        row = re.match(r"\s*\|(.*)\|\s*", line)
        if row is None or re.match(r"\s*#", line) or re.fullmatch(r"[|-]+", row[1]):
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row[1])]
        yield number, cells[0], any(cells[1:])
