"""An estimation job as a file: JSON with data, design, weighting, replicates, estimand; it publishes its JSON Schema.

The format is that of the reference cases (docs/formats/job.md), so that a case is a job; what only a case has is passed
over (`CASE_ONLY`). What needs the data to judge is found by `sampling` and `estimands`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate import document
from peilstok.estimate.survey.designed import Adjustment, Design, Replicates
from peilstok.estimate.survey.keys import Part
from peilstok.estimate.survey.wanted import Estimand

CASE_ONLY: Final = frozenset(
    {"expected", "r_code", "note", "r_version", "survey_version", "tolerance_rel", "tolerance_abs"}
)
"""What a reference case says beside its job."""


class Job(Part):
    id: str | None = None
    title: str | None = None
    dataset: str
    extra_files: tuple[str, ...] = ()
    design: Design
    calibration: tuple[Adjustment, ...] = ()
    replicates: Replicates | None = None
    estimand: Estimand
    ci_level: Annotated[float, Field(ge=0.95 - 1e-12, le=0.95 + 1e-12)] = 0.95


def schema() -> dict[str, Any]:
    """The JSON Schema of the format."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Job.model_json_schema()}


def read(path: Path) -> Job:
    """The job; raises `Refused` with everything that is wrong with the file."""
    try:
        text = path.read_text(encoding="utf-8")
        given = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            [_finding("J001", str(path), 1, type(error).__name__, "a file that can be read, in UTF-8")]
        ) from None
    except json.JSONDecodeError as error:
        raise Refused([_finding("J002", str(path), error.lineno, error.msg, "JSON")]) from None
    if not isinstance(given, dict):
        raise Refused(
            [_finding("J002", str(path), 1, type(given).__name__, "an object with dataset, design and estimand")]
        )
    wanted = {name: value for name, value in given.items() if name not in CASE_ONLY}
    try:
        return Job.model_validate(wanted)
    except ValidationError as error:
        raise Refused(_findings(error, str(path), text)) from None


def _findings(error: ValidationError, file: str, text: str) -> list[Finding]:
    return [
        _finding("J003", file, _line(text, each["loc"]), _found(each["loc"], each["input"]), document.expected(each))
        for each in error.errors(include_url=False)
    ]


def _found(location: tuple[int | str, ...], value: object) -> str:
    said = json.dumps(value, ensure_ascii=False, default=str)
    return f"{document.written(location)}: {said if len(said) <= 60 else said[:57] + '...'}"


def _line(text: str, location: tuple[int | str, ...]) -> int:
    """The line of the last key of the path that the file has; good enough to find it."""
    for step in reversed(location):
        place = text.find(f'"{step}"') if isinstance(step, str) else -1
        if place >= 0:
            return text.count("\n", 0, place) + 1
    return 1


def _finding(code: str, file: str, line: int, found: str, expected: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=Place(file, line, 1), found=found, expected=expected)
