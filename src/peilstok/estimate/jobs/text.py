"""JSON as it was written: its values, and the line of every key and list entry. A key that stands twice is a finding.

Not decided here: what the keys mean (`file`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate.document import Document, Path, written

TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')

OPENED: Final[Mapping[str, Path]] = {"[": (0,), "{": ("",)}


def read(text: str, *, file: str) -> tuple[Document, list[Finding]]:
    """The document, and every key that stands twice; raises `Refused` where it is no JSON."""
    try:
        document = Document(file, json.loads(text))
    except json.JSONDecodeError as error:
        raise Refused([_unreadable(file, error.lineno, error.colno, error.msg)]) from None
    except RecursionError:
        raise Refused([_unreadable(file, 1, 1, "nested too deeply")]) from None
    return document, list(_again(text, document))


def _again(text: str, document: Document) -> Iterator[Finding]:
    """Notes the line of everything; what is within a key that stands twice is not told of by itself."""
    again: set[Path] = set()
    for path, line in places(text):
        if path not in document.lines:
            document.lines[path] = line
        elif not any(path[:length] in again for length in range(len(path))):
            again.add(path)
            found = f"{written(path)}: again, after line {document.lines[path]}"
            yield Finding("J003", Severity.ERROR, Place(document.file, line, 1), found, "every key once")


def _unreadable(file: str, line: int, column: int, found: str) -> Finding:
    return Finding("J002", Severity.ERROR, Place(file, line, column), found, "JSON")


def places(text: str) -> Iterator[tuple[Path, int]]:
    """The path of every key and list entry of a text that is JSON, and its line; a key twice comes twice."""
    path: list[str | int] = []  # a step into every object or list that is open
    key, line, at = "", 1, 0
    for token in TOKEN.finditer(text):
        said = token[0]
        line, at = line + text.count("\n", at, token.start()), token.start()
        if said in "}]":
            path.pop()
        elif said == ",":
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else ""
        elif said == ":":
            path[-1] = json.loads(key)
            yield tuple(path), line
        else:
            if path and isinstance(path[-1], int):
                yield tuple(path), line
            key = said
            path += OPENED.get(said, ())


def there(path: Path, value: object) -> Path:
    """The steps of a path that a document has; those that it has not are passed over."""
    steps: list[str | int] = []
    for step in path:
        if (isinstance(value, dict) and step in value) or (isinstance(value, list) and step in range(len(value))):
            value = value[step]  # type: ignore[index]  # just looked
            steps.append(step)
    return tuple(steps)
