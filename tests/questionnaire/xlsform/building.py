"""Forms for the tests, made from rows, in each of the four formats."""

from __future__ import annotations

import csv
import io
import struct
from collections.abc import Mapping, Sequence

from openpyxl import Workbook

from peilstok.questionnaire import Questionnaire
from peilstok.questionnaire.xlsform import Imported, imported

Cells = Mapping[str, str]
Sheets = Mapping[str, Sequence[Cells]]

NL, EN = "label::Dutch (nl)", "label::English (en)"


def q(type: str, name: str, **more: str) -> dict[str, str]:
    """A row of the survey with a text in both languages; a column with colons is given as a keyword by `cells`."""
    return {"type": type, "name": name, NL: f"Vraag {name}", EN: f"Question {name}", **more}


def choice(list_name: str, name: str, **more: str) -> dict[str, str]:
    return {"list_name": list_name, "name": name, NL: f"Keuze {name}", EN: f"Choice {name}", **more}


def group(name: str, *rows: Cells, begin: str = "group", **more: str) -> list[Cells]:
    texts = {NL: f"Kop {name}", EN: f"Heading {name}"}
    return [{"type": f"begin_{begin}", "name": name, **texts, **more}, *rows, {"type": f"end_{begin.split()[0]}"}]


YES_NO = [choice("yn", "yes"), choice("yn", "no")]
SETTINGS = {
    "form_title": "Proef",
    "form_id": "proef",
    "peilstok_title_en": "Test",
    "peilstok_introduction_nl": "Inleiding",
    "peilstok_introduction_en": "Introduction",
    "peilstok_minutes": "3",
}


def form(*survey: Cells, choices: Sequence[Cells] = (), settings: Cells = SETTINGS) -> dict[str, Sequence[Cells]]:
    made = {"survey": survey, "choices": choices, "settings": [settings] if settings else []}
    return {name: rows for name, rows in made.items() if rows}


def taken(sheets: Sheets, file: str = "form.md") -> Imported:
    return imported(markdown(sheets), file=file)


def codes(sheets: Sheets) -> list[str]:
    return [each.code for each in taken(sheets).findings]


def made(sheets: Sheets) -> Questionnaire:
    """The questionnaire of a form that is in order."""
    found = taken(sheets)
    assert found.questionnaire is not None, "\n".join(map(str, found.findings))
    return found.questionnaire


def _table(rows: Sequence[Cells]) -> list[list[str]]:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return [columns, *([row.get(column, "") for column in columns] for row in rows)]


def markdown(sheets: Sheets) -> bytes:
    lines = []
    for name, rows in sheets.items():
        lines.append(f"| {name} |")
        lines += ["| | " + " | ".join(each.replace("|", r"\|") for each in row) + " |" for row in _table(rows)]
    return "\n".join(lines).encode()


def comma_separated(sheets: Sheets) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    for name, rows in sheets.items():
        writer.writerow([name])
        writer.writerows(["", *row] for row in _table(rows))
    return text.getvalue().encode()


def xlsx(sheets: Sheets) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in _table(rows):
            sheet.append([cell or None for cell in row])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def xls(sheets: Sheets) -> bytes:
    """The oldest way to write the format: records of BIFF8 one after the other, without a container around them."""
    parts = [_sheet(_table(rows)) for rows in sheets.values()]
    opening = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    bounds = [_record(0x0085, struct.pack("<IH", 0, 0) + _string(name, "<B")) for name in sheets]
    at = len(opening) + sum(map(len, bounds)) + 4
    written = b""
    for bound, part in zip(bounds, parts, strict=True):
        written += bound[:4] + struct.pack("<I", at) + bound[8:]
        at += len(part)
    return opening + written + _record(0x000A, b"") + b"".join(parts)


def _sheet(table: Sequence[Sequence[str]]) -> bytes:
    cells = b"".join(
        _record(0x0204, struct.pack("<HHH", row, column, 0) + _string(text, "<H"))
        for row, line in enumerate(table)
        for column, text in enumerate(line)
        if text
    )
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0)) + cells + _record(0x000A, b"")


def _string(text: str, length: str) -> bytes:
    return struct.pack(length, len(text)) + b"\x01" + text.encode("utf-16-le")


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


FORMATS = {"form.md": markdown, "form.csv": comma_separated, "form.xlsx": xlsx, "form.xls": xls}
