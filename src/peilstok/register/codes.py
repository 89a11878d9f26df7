"""Every finding that the register can report, as data: its code, what it means, what happens to the row.

The list in docs/formats/register.md is made from here (see `manual`). A code is never used for something else later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from peilstok.errors import Finding, Place, Severity


class WithSkipping(StrEnum):
    """What --skip-bad-rows makes of it."""

    REFUSED = "still refused"
    ROW_LEFT_OUT = "row left out"
    REGION_UNKNOWN = "region stays unknown"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Code:
    name: str
    severity: Severity
    meaning: str
    skipping: WithSkipping


def _codes(*rows: tuple[str, Severity, WithSkipping, str]) -> Mapping[str, Code]:
    return MappingProxyType(
        {name: Code(name, severity, meaning, skipping) for name, severity, skipping, meaning in rows}
    )


_E, _W = Severity.ERROR, Severity.WARNING
_NO, _ROW, _REGION, _KEPT = WithSkipping

CODES: Final = _codes(
    ("R001", _E, _NO, "The file is empty."),
    ("R002", _E, _NO, "The file is not text: a workbook, an archive, a picture."),
    ("R003", _E, _NO, "The file, or its first line, is longer than any file of DUO."),
    ("R004", _E, _NO, "No line of the file names columns that are known."),
    ("R005", _E, _NO, "A column that is needed is missing."),
    (
        "R006",
        _E,
        _NO,
        "Two columns have the same name or count pupils otherwise, or a column may or may not count pupils.",
    ),
    ("R007", _E, _NO, "None of the files counts pupils, so none can decide which sites there are."),
    ("R008", _E, _NO, "The file has a header and no rows."),
    ("R010", _E, _ROW, "The row has more or fewer fields than the header."),
    ("R011", _E, _ROW, "A quotation mark is opened and never closed."),
    ("R012", _E, _ROW, "The line is longer than any row of DUO."),
    ("R013", _W, _KEPT, "A byte has no meaning in the file's encoding, or is not of that encoding."),
    ("R020", _E, _ROW, "BRIN number missing or malformed."),
    ("R021", _E, _ROW, "Number of the site missing, malformed, or of another school."),
    ("R022", _E, _ROW, "Number of the board missing or malformed."),
    ("R023", _E, _ROW, "Sector missing, unknown, or two sectors in one."),
    ("R024", _E, _ROW, "Number of pupils missing, or not a whole number that a site can have."),
    ("R025", _E, _ROW, "The pupils by age do not add up to the total."),
    ("R026", _E, _ROW, "Number of the municipality missing or malformed."),
    ("R027", _E, _ROW, "Province unknown."),
    ("R028", _E, _ROW, "Postcode malformed."),
    ("R029", _E, _ROW, "The row, or the whole file, is of another date than the frame."),
    ("R030", _W, _KEPT, "The site has no name; its number stands in its place."),
    ("R031", _W, _KEPT, "A number in a column that is not used cannot be understood."),
    ("R032", _E, _ROW, "A name is longer than any name."),
    ("R033", _E, _ROW, "The row is no site: it gives a total of other rows."),
    ("R040", _E, _ROW, "The same row stands in the files twice."),
    ("R041", _E, _ROW, "Two rows for one site and sector contradict each other; neither can be trusted."),
    (
        "R042",
        _E,
        _ROW,
        "The rows of one site name different boards; without a most frequent one no row can be trusted.",
    ),
    ("R043", _E, _ROW, "The rows of one site name different municipalities; the same holds."),
    ("R044", _E, _ROW, "The municipality's number and name do not belong together in the other rows."),
    ("R045", _E, _ROW, "The municipality lies in another province in the other rows."),
    ("R046", _W, _KEPT, "The sites of one school are under different boards."),
    ("R050", _E, _REGION, "A municipality of the frame lies in no RMC region."),
    ("R051", _E, _REGION, "A municipality has several RMC regions to choose from."),
    ("R052", _W, _KEPT, "A municipality is in no joined file; its RMC region was found by its sites."),
    ("R053", _W, _KEPT, "No file names RMC regions: the frame will know none."),
    ("R054", _E, _ROW, "The pupils' file names no board for the site, and no joined file does."),
    ("R055", _E, _ROW, "The pupils' file names no municipality for the site, and no joined file does."),
    ("R056", _E, _ROW, "Code of a region malformed."),
    ("R057", _W, _KEPT, "A region has two names; the more frequent one was taken."),
    ("R060", _E, _ROW, "A row of a file of board names cannot be understood."),
    ("R070", _E, _NO, "There is a frame of this date with other content."),
    ("R071", _E, _NO, "A number of an invented board is that of a real one, or the other way round."),
    ("R072", _E, _NO, "No row is left to make a frame of."),
)


def finding(code: str, place: Place, found: str, expected: str) -> Finding:
    return Finding(code=code, severity=CODES[code].severity, place=place, found=found, expected=expected)


def skippable(finding: Finding) -> bool:
    """Whether an import may go on despite it when bad rows are to be skipped."""
    return CODES[finding.code].skipping is not WithSkipping.REFUSED
