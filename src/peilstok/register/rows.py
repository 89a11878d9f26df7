"""The rows of a published file: where its lines end, what parts them, which line is the header.

Decides separator (`;`, `,` or tab), quoting and header, by trying them out on the first lines. Every line that cannot
be cut into as many fields as the header has is reported; the others are still read. Decides nothing about values.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from peilstok.errors import CannotRun, Finding, Place
from peilstok.register import columns, encoding
from peilstok.register.codes import finding

SEPARATORS: Final = (";", ",", "\t")
LONGEST_LINE: Final = 50_000  # characters; DUO's longest have some 2,000
LONGEST_FILE: Final = 128_000_000  # bytes; DUO's largest, pupils by postcode, has some 30 million
MOST_LINES_IN_A_ROW: Final = 4  # a quoted field may hold line ends, of an address typed into one cell
LINES_BEFORE_HEADER: Final = 20  # older files begin with a title
END_OF_FILE: Final = b"\x1a"  # DOS ended text files with it

_WORKBOOKS: Final = {b"PK": "an Excel workbook or a zip archive", b"\xd0\xcf\x11\xe0": "an old Excel workbook"}


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # of its first line in the file, from 1
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file cut into rows. Without a header it could not be read at all, and `findings` says why."""

    file: str
    encoding: str = ""
    separator: str = ""
    header: columns.Header | None = None
    header_line: int = 0
    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()


def read(path: Path) -> Sheet:
    """Cut a file into rows. CannotRun when there is no file that may be read."""
    file = str(path)
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise CannotRun(f"{file} is not a file: name the files themselves")
        with path.open("rb") as stream:
            start = stream.read(1_000_000)
            problem = _unreadable(start, size)
            content = b"" if problem else start + stream.read()
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror or error}") from error
    if problem:
        code, found, expected = problem
        return Sheet(file=file, findings=(finding(code, Place(file), found, expected),))
    return cut(content, file=file)


def _unreadable(start: bytes, size: int) -> tuple[str, str, str] | None:
    """Why the file's first million bytes are enough to refuse it."""
    expected = "a file of DUO in CSV: columns with names, parted by ; or , or tabs"
    if not start.strip(b"\xef\xbb\xbf \t\r\n\0"):
        return "R001", "an empty file", expected
    kind = next((kind for mark, kind in _WORKBOOKS.items() if start.startswith(mark)), None)
    if kind or not encoding.is_text(start):
        return "R002", kind or "bytes that are not text", f"{expected}; save a workbook as CSV first"
    if size > LONGEST_FILE:
        return "R003", f"{size:,} bytes", f"at most {LONGEST_FILE:,}"
    if len(start) < size and b"\n" not in start and b"\r" not in start:
        return "R003", "no line end in the first million bytes", expected
    return None


def cut(content: bytes, *, file: str) -> Sheet:
    """Cut the bytes of a file into rows under its header."""
    content = content.removeprefix(codecs.BOM_UTF8) if _double_mark(content) else content
    decoded = encoding.decode(content.rstrip(END_OF_FILE))
    if "\0" in decoded.text:
        line = decoded.text.count("\n", 0, decoded.text.index("\0")) + 1
        return Sheet(file, findings=(finding("R002", Place(file, line), "a zero byte", "a text file"),))
    lines = _lines(decoded.text)
    found = _header(lines)
    if found is None:
        sight = next((line for line in lines if line.strip()), "")[:120]
        expected = "a line of column names such as BRIN_NUMMER;VESTIGINGSNUMMER;SOORT_PO;LEERLINGEN"
        return Sheet(file, decoded.encoding, findings=(finding("R004", Place(file, 1), repr(sight), expected),))
    at, separator = found
    names = split(lines[at], separator)[0]
    rows: list[Row] = []
    findings = [*_doubles(columns.header(names), file=file, line=at + 1), *_strays(decoded, file=file)]
    for item in _rows(lines, after=at, separator=separator, width=_width(names), file=file):
        (rows if isinstance(item, Row) else findings).append(item)  # type: ignore[arg-type]  # one of the two
    if not rows and not findings:
        findings.append(finding("R008", Place(file, at + 1), "a header and no rows", "one row for each site"))
    return Sheet(file, decoded.encoding, separator, columns.header(names), at + 1, tuple(rows), tuple(findings))


def _double_mark(content: bytes) -> bool:
    """A file that was saved twice may begin with two byte order marks."""
    return content.startswith(codecs.BOM_UTF8 * 2)


def _lines(text: str) -> list[str]:
    """Lines as an editor counts them. Not splitlines(): that also ends a line at characters within names."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _header(lines: list[str]) -> tuple[int, str] | None:
    """Position of the header and the separator under which it names the most fields."""
    best: tuple[int, int, str] | None = None
    for at, line in enumerate(lines[:LINES_BEFORE_HEADER]):
        for separator in SEPARATORS:
            count = 0 if len(line) > LONGEST_LINE else columns.recognised(split(line, separator)[0])
            if count > 1 and (best is None or count > best[0]):
                best = (count, at, separator)
    return best and best[1:]


def _width(names: tuple[str, ...]) -> int:
    """Number of columns; a separator at the end of the header makes none."""
    width = len(names)
    while width and not names[width - 1].strip():
        width -= 1
    return width


def _doubles(header: columns.Header, *, file: str, line: int) -> Iterator[Finding]:
    for name in header.doubles:
        yield finding("R006", Place(file, line, name), f"two columns named {name}", "each column once")


def _strays(decoded: encoding.Decoded, *, file: str) -> Iterator[Finding]:
    """Bytes that have no meaning at all are reported with their column, by the reader of cells."""
    for line, character in decoded.strays:
        if character != encoding.UNKNOWN:
            found = f"a byte that is not UTF-8, read as {character}"
            yield finding("R013", Place(file, line), found, "one encoding in a file")


def _rows(lines: list[str], *, after: int, separator: str, width: int, file: str) -> Iterator[Row | Finding]:
    at = after + 1
    while at < len(lines):
        used, item = _row(lines, at, separator=separator, width=width, file=file)
        at += used
        if item is not None:
            yield item


def _row(lines: list[str], at: int, *, separator: str, width: int, file: str) -> tuple[int, Row | Finding | None]:
    """The row that begins at this line, and how many lines it takes."""
    line, place = lines[at], Place(file, at + 1)
    if len(line) > LONGEST_LINE:
        return 1, finding("R012", place, f"{len(line):,} characters", f"at most {LONGEST_LINE:,} in a line")
    cells, is_open = split(line, separator)
    used = 1
    while is_open and used < MOST_LINES_IN_A_ROW and at + used < len(lines) and len(line) < LONGEST_LINE:
        line = f"{line}\n{lines[at + used]}"
        cells, is_open = split(line, separator)
        used += 1
    if is_open or (used > 1 and len(cells) != width):
        return 1, finding("R011", place, "a quotation mark that is not closed", "a second quotation mark")
    if not any(cell.strip() for cell in cells):
        return used, None
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return used, finding("R010", place, f"{len(cells)} fields", f"{width} fields, as in the header")
    return used, Row(at + 1, cells[:width])


def split(line: str, separator: str) -> tuple[tuple[str, ...], bool]:
    """The cells of a line, and whether the last one is a quoted cell that goes on in the next line.

    A cell is quoted when it begins with a quotation mark; within it two of them stand for one. A quotation mark
    further on in a bare cell is an ordinary character.
    """
    if '"' not in line:
        return tuple(line.split(separator)), False
    cells: list[str] = []
    rest: str | None = line
    while rest is not None:
        cell, rest, is_open = _cell(rest, separator)
        cells.append(cell)
        if is_open:
            return tuple(cells), True
    return tuple(cells), False


def _cell(rest: str, separator: str) -> tuple[str, str | None, bool]:
    """First cell, what follows its separator (None at the end of the line), and whether it is still open."""
    bare = rest.lstrip(" ")
    if not bare.startswith('"'):
        cell, found, after = rest.partition(separator)
        return cell, after if found else None, False
    end = bare.find('"', 1)
    while end >= 0 and bare[end + 1 : end + 2] == '"':
        end = bare.find('"', end + 2)
    if end < 0:
        return bare[1:].replace('""', '"'), None, True
    tail, found, after = bare[end + 1 :].partition(separator)
    return bare[1:end].replace('""', '"') + tail, after if found else None, False
