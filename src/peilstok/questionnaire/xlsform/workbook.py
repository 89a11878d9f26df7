"""An XLSForm workbook from rows of texts: the same rows give the same bytes, on any day."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

LONGEST: Final = 32_767
"""Characters that fit in a cell."""
_DAY: Final = datetime(2020, 1, 1)  # noqa: DTZ001  # stands in every file, so that it is no news
_STAMP: Final = (2020, 1, 1, 0, 0, 0)

Rows = Sequence[Mapping[str, str]]


def workbook(sheets: Mapping[str, tuple[Sequence[str], Rows]]) -> bytes:
    """The bytes of a workbook; each sheet has its columns and its rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "Peilstok"
    book.properties.created = _DAY
    for name, (columns, rows) in sheets.items():
        sheet = book.create_sheet(name)
        used = [column for column in columns if any(row.get(column) for row in rows)]
        for number, row in enumerate([dict(zip(used, used, strict=True)), *rows], start=1):
            for place, column in enumerate(used, start=1):
                if row.get(column):
                    cell = sheet.cell(number, place)
                    cell.value = row[column]
                    cell.data_type = "s"  # a text that begins with "=" is no formula
    packed = io.BytesIO()
    book.save(packed)
    return _without_time(packed)


def fits(text: str) -> bool:
    """Can it stand in a cell as it is?"""
    return len(text) <= LONGEST and not ILLEGAL_CHARACTERS_RE.search(text)


def _without_time(packed: io.BytesIO) -> bytes:
    """The same file without the moment at which it was written."""
    made = io.BytesIO()
    with zipfile.ZipFile(packed) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2020-01-01T00:00:00Z", content)
            stamped = zipfile.ZipInfo(entry.filename, _STAMP)
            stamped.compress_type = zipfile.ZIP_DEFLATED
            stamped.external_attr = 0o600 << 16
            after.writestr(stamped, content)
    return made.getvalue()
