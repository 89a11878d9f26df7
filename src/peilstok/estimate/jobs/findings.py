"""What is wrong with a job beside its data: columns that are not there, and the place of what cannot be estimated.

Not decided here: what the file itself may say (`file`), and what cannot be estimated (docs/methods/bad-input.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path as File
from typing import Final

from peilstok.errors import Finding, Place, Severity
from peilstok.estimate.document import Document, Path
from peilstok.estimate.jobs.file import Job
from peilstok.estimate.survey import data, designed

WOULD_BE_RIGHT: Final[Mapping[str, str]] = {
    "D001": "numbers from 0",
    "D002": "one of each for every row",
    "D003": "its population, counted in units of that stage",
    "D004": "another unit, joined strata, or a rule for such strata",
    "D005": "labels that differ, or `nest`",
    "D006": "one size",
    "D007": "one for every row",
    "D008": "one for every row",
    "D009": "one row at least",
    "D010": "numbers alone, or texts alone",
    "D011": "a number, or an empty cell",
    "C001": "a total for each cell",
    "C002": "the cells joined, or the total given",
    "C003": "other bounds, or another total",
    "C004": "the cell put together with another",
    "C005": "one of those",
    "C006": "a value in every row",
    "C007": "a number from 0; for a constraint a number",
    "C008": "one total",
    "C009": "more rounds, or wider bounds",
    "C010": "1 for who responded, 0 for who did not",
    "C011": "totals of one population",
    "E001": "a domain with rows",
    "E002": "rows left out on purpose",
    "E003": "a denominator that is not 0",
    "E004": "1 for who picked it, 0 for who did not",
}
"""As docs/methods/bad-input.md has it."""
SECTIONS: Final[Mapping[str, str]] = {"C": "calibration", "D": "design", "E": "estimand"}
COLUMNS: Final = frozenset(
    {
        "ids",
        "strata",
        "weights",
        "fpc",
        "by",
        "within",
        "variable",
        "variables",
        "base_weight",
        "responded",
        "numerator",
        "denominator",
        "by_stratum",
        "options",
        "treat_as_factor",
        "rows",
        "cols",
        "group",
    }
)
"""Keys with names of columns. `output_weight` and `derived` make columns."""
WITHIN: Final = frozenset(
    {"design", "calibration", "margins", "constraints", "estimand", "parts", "components", "where"}
)
"""Keys in which those stand; totals have columns as keys, and are judged with the rows."""


def columns(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every column that a job names, and where."""
    for place, each in enumerate(value) if isinstance(value, list) else ():
        yield from columns(each, (*path, place))
    for key, each in value.items() if isinstance(value, dict) else ():
        if key in COLUMNS:
            yield from _named(each, (*path, key))
        elif key in WITHIN:
            yield from columns(each, (*path, key))


def _named(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """One name may stand without brackets."""
    if isinstance(value, str):
        yield path, value
    for place, each in enumerate(value) if isinstance(value, list) else ():
        yield (*path, place), str(each)


def unknown(job: Job, written: Document, folder: File) -> list[Finding]:
    """Every column that is named and neither in the data nor made by the job, at its first place."""
    names = data.names(folder / job.dataset)
    made = [step.output_weight for step in job.calibration if isinstance(step, designed.NonresponseCells)]
    first: dict[str, Path] = {}
    for path, column in columns(written.value):
        first.setdefault(column, path)
    there = {*names, *made, *job.estimand.derived}
    return [
        written.error("J010", path, f"no column {column}", _one_of(column, names))
        for column, path in first.items()
        if column not in there
    ]


def incomplete(job: Job, written: Document) -> list[Finding]:
    """Every total of a cell that does not say the level of one of the columns of its cells."""
    return [
        written.error("J003", (*path, "totals", place, column), "missing", "this key")
        for path, margin in _margins(job)
        for place, total in enumerate(margin.totals)
        for column in margin.by
        if column not in total
    ]


def _margins(job: Job) -> Iterator[tuple[Path, designed.Margin]]:
    for place, step in enumerate(job.calibration):
        if isinstance(step, designed.Margin):
            yield ("calibration", place), step
        for number, margin in enumerate(step.margins if isinstance(step, designed.Rake) else ()):
            yield ("calibration", place, "margins", number), margin


def _one_of(column: str, names: Sequence[str]) -> str:
    near = get_close_matches(column, names, n=1)
    return f"one of {', '.join(names[:30])}{f'; did you mean {near[0]}?' if near else ''}"


def unfit(error: ValueError | ZeroDivisionError, written: Document, *, section: Path) -> Finding:
    """What cannot be estimated, at the key that is concerned as far as that can be told, else at the section's."""
    code = "E003" if isinstance(error, ZeroDivisionError) else getattr(error, "code", "J020")
    expected = WOULD_BE_RIGHT.get(code, "data and a design that fit the job")
    line = written.line(_concerned(code, str(error), written) or section)
    return Finding(code, Severity.ERROR, Place(written.file, line, 1), str(error), expected)


def _concerned(code: str, said: str, written: Document) -> Path:
    """Where the column or the key stands with which the sentence begins; else the section of the code."""
    section = SECTIONS.get(code[0])
    subject = said.partition(" ")[0].rstrip(":")
    named = [path for path, column in columns(written.value) if column == subject]
    named += [path for path in written.lines if path[-1] == subject.partition(".")[0]]
    own = [path for path in named if path[0] == section or code[0] in "DJ"]
    return own[0] if own else (section,) if section else ()
