"""What can be wrong, and how it is told.

A *finding* names one thing that is wrong in something a person wrote: where, what was found, what would be
right. A reader of files collects all findings before it refuses. `Refused` carries them to the edge (command
line, page), which prints them; nothing else of ours is meant to be caught.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something was found: a file, and as far as known the line and column in it (from 1; 0 unknown).

    `column` is a character position in text and the name of a column in a table. Where none is known, what is printed
    points to the beginning of the line: `shown_column` is then 1.
    """

    file: str
    line: int = 0
    column: int | str = 0

    @property
    def shown_column(self) -> int | str:
        return self.column or (1 if self.line else 0)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.shown_column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (or worth knowing) at one place.

    `str(finding)` is the line printed everywhere: `CODE severity file:line:column found | expected`.
    """

    code: str
    severity: Severity
    place: Place
    found: str
    expected: str
    about: Mapping[str, str] = field(default_factory=dict)  # e.g. the item or the figure concerned

    def __str__(self) -> str:
        line = f"{self.code} {self.severity} {self.place} {self.found} | {self.expected}"
        return " ".join(line.split())

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "severity": str(self.severity),
            "file": self.place.file,
            "line": self.place.line,
            "row": self.place.line,
            "column": self.place.shown_column,
            "found": self.found,
            "expected": self.expected,
            **self.about,
        }


class PeilstokError(Exception):
    """Base of every error that is ours. Its text is fit to be shown to the person who caused it."""


class Refused(PeilstokError):
    """Something a person gave was refused; `findings` has every reason, not the first only."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class CannotRun(PeilstokError):
    """The surroundings do not allow it (a missing setting, no server, no permission to write): exit status 2."""


class NotAllowed(PeilstokError):
    """This person may not do this."""


class NotNow(PeilstokError):
    """The state does not allow it now (answering a closed wave, publishing a wave twice)."""
