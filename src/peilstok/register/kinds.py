"""Which kind a file is: pupils, addresses and regions, names of boards; and whether its columns suffice for that.

Decides by the names of the columns, and where those leave it open by the cells under them. Reads no row: see
`records`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from peilstok.errors import Finding, Place
from peilstok.register import values
from peilstok.register.codes import finding
from peilstok.register.columns import Field, Header
from peilstok.register.rows import Sheet


class Kind(StrEnum):
    """What a file is for."""

    PUPILS = "pupils"  # decides which sites there are
    ADDRESSES = "addresses"  # joined for the regions, and for what the pupils' file leaves out
    NAMES = "names of boards"
    UNKNOWN = "unknown"


def kind(header: Header) -> Kind:
    if header.has(Field.BRIN) and header.counts_pupils:
        return Kind.PUPILS
    if header.has(Field.BOARD, Field.BOARD_NAME) and not header.has(Field.BRIN):
        return Kind.NAMES
    if header.has(Field.BRIN) or header.has(Field.MUNICIPALITY, Field.RMC):
        return Kind.ADDRESSES
    return Kind.UNKNOWN


def missing_columns(sheet: Sheet, header: Header) -> Iterator[Finding]:
    """The columns without which a file of pupils cannot be read, and those that leave open what is to be read.

    Board and municipality may come from another file.
    """
    yield from _counted_otherwise(sheet, header)
    here = Place(sheet.file, sheet.header_line)
    if not header.has(Field.SECTOR):
        yield finding("R005", here, _columns(header), f"a column with the sector, such as {Field.SECTOR}")
    if not header.has(Field.PUPILS):
        for position in header.unknown:
            if _may_count(sheet, position):
                column = header.names[position]
                found = f"a column {column} of whole numbers beside pupils by age, and no total"
                yield finding("R006", Place(sheet.file, sheet.header_line, column), found, "a column TOTAAL")


def _counted_otherwise(sheet: Sheet, header: Header) -> Iterator[Finding]:
    """A second column that counts pupils, where it does not count the same: which of them is right, no file says."""
    for position in header.totals:
        used = header.places[Field.PUPILS]
        mark = values.decimal_mark(row.cells[at] for row in sheet.rows for at in (used, position))
        differ = [
            (row.line, one, other)
            for row in sheet.rows
            for one, other in [[values.pupils(row.cells[at], mark=mark) for at in (used, position)]]
            if one is not None and other is not None and one != other
        ]
        if differ:
            (line, one, other), column = differ[0], header.names[position]
            rows = f"{len(differ):,} of {len(sheet.rows):,} rows"
            found = f"{header.names[used]} {one} and {column} {other}; they differ in {rows}"
            yield finding("R006", Place(sheet.file, line, column), found, "one column that counts pupils")


def _may_count(sheet: Sheet, position: int) -> bool:
    cells = {row.cells[position].strip() for row in sheet.rows} - {""}
    return bool(cells) and all(cell.isdigit() or cell.startswith("<") for cell in cells)


def _columns(header: Header) -> str:
    return "the columns " + ", ".join(name for name in header.names if name)
