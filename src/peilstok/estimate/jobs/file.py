"""An estimation job as a file: JSON with data, design, weighting, replicates, estimand; it publishes its JSON Schema.

The format is that of the reference cases (docs/formats/job.md), so that a case is a job; what only a case has is passed
over (`CASE_ONLY`). What needs the data to judge is found by `sampling` and `estimands`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as File
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate import document
from peilstok.estimate.document import Document, Path
from peilstok.estimate.jobs import text
from peilstok.estimate.survey.data import why
from peilstok.estimate.survey.designed import Adjustment, Design, Replicates
from peilstok.estimate.survey.keys import Part
from peilstok.estimate.survey.wanted import Component, Estimand, Single

CASE_ONLY: Final = frozenset(
    {"expected", "r_code", "note", "r_version", "survey_version", "tolerance_rel", "tolerance_abs"}
)
"""What a reference case says beside its job."""


LEVEL: Final = 0.95


def _level(value: float) -> float:
    if value != LEVEL:
        raise ValueError(f"{LEVEL}, the only level")
    return value


class Job(Part):
    id: str | None = None
    title: str | None = None
    dataset: str
    extra_files: tuple[str, ...] = ()
    design: Design
    calibration: tuple[Adjustment, ...] = ()
    replicates: Replicates | None = None
    estimand: Estimand
    ci_level: Annotated[float, AfterValidator(_level), Field(json_schema_extra={"const": LEVEL})] = LEVEL


def schema() -> dict[str, Any]:
    """The JSON Schema of the format."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Job.model_json_schema()}


def read(path: File) -> tuple[Job, Document]:
    """The job and its text; raises `Refused` with everything that is wrong with the file."""
    try:
        given = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        place = Place(str(path))
        raise Refused(
            [Finding("J001", Severity.ERROR, place, why(error), "a file that can be read, in UTF-8")]
        ) from None
    written, findings = text.read(given, file=str(path))
    keys = written.value
    if not isinstance(keys, dict):
        raise Refused([written.error("J002", (), type(keys).__name__, "an object with dataset, design and estimand")])
    try:
        job = Job.model_validate({name: value for name, value in keys.items() if name not in CASE_ONLY})
    except ValidationError as error:
        findings += _findings(error, written)
    if findings:
        raise Refused(sorted(findings, key=lambda finding: finding.place.line))
    return job, written


def _findings(error: ValidationError, written: Document) -> list[Finding]:
    """One for each place: of a value that may be several things each of them is an error of its own."""
    found: dict[Path, list[ErrorDetails]] = {}
    for each in error.errors(include_url=False):
        found.setdefault(_path(each, written.value), []).append(each)
    deepest = [path for path in found if not any(path == other[: len(path)] != other for other in found)]
    return [written.error("J003", path, _shown(found[path][0]), _expected(path, found[path])) for path in deepest]


def _path(error: ErrorDetails, value: object) -> Path:
    """Only steps that the file has, without those that pydantic adds for unions; and the key that is concerned."""
    steps = text.there(error["loc"], value)
    if error["type"] == "missing":
        return (*steps, error["loc"][-1])
    return (*steps, *_discriminator(error))


def _discriminator(error: ErrorDetails) -> tuple[str, ...]:
    """The key that says of which kind an object is, where that is what is wrong."""
    return (error["ctx"]["discriminator"].strip("'"),) if error["type"].startswith("union_tag") else ()


def _shown(error: ErrorDetails) -> str:
    value = error["input"]
    if error["type"] in {"missing", "union_tag_not_found"}:
        return "missing"
    for key in _discriminator(error):
        value = value[key]
    return f"an object with {', '.join(value) or 'no keys'}" if isinstance(value, dict) else document.shown(value)


def _expected(path: Path, errors: Sequence[ErrorDetails]) -> str:
    if errors[0]["type"].startswith("union_tag"):
        return f"one of {', '.join(_kinds(path[:-1]))}"
    words = dict.fromkeys(_words(each) for each in errors)
    return " or ".join(word for word in words if not (word == "a whole number" and "a number" in words))


def _words(error: ErrorDetails) -> str:
    """A text that is no number is no number."""
    kind = error["type"].replace("_parsing", "_type")
    return document.expected({**error, "type": kind}).removeprefix("Value error, ")


def _kinds(path: Path) -> list[str]:
    """What an object at this place may be."""
    [key] = [step for step in path if isinstance(step, str)][-1:]
    unions: dict[str, Any] = {
        "estimand": Estimand,
        "calibration": Adjustment,
        "parts": Single,
        "components": Component,
    }
    return list(TypeAdapter(unions[key]).json_schema()["discriminator"]["mapping"])
