"""An estimation job as a file: JSON with data, design, weighting, replicates, estimand; it publishes its JSON Schema.

The format is that of the reference cases (docs/formats/job.md), so that a case is a job; what only a case has is passed
over (`CASE_ONLY`). What needs the data to judge is found by `sampling` and `estimands`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError, model_validator

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate import document
from peilstok.estimate.jobs.keys import Bounds, Column, Columns, Known, Level, Part, Some
from peilstok.estimate.jobs.wanted import Estimand

CASE_ONLY: Final = frozenset(
    {"expected", "r_code", "note", "r_version", "survey_version", "tolerance_rel", "tolerance_abs"}
)
"""What a reference case says beside its job."""


class Design(Part):
    ids: Columns = ()
    strata: Columns = ()
    weights: Column | None = None
    fpc: Columns = ()
    fpc_kind: Literal["population_size", "sampling_fraction"] = "population_size"
    nest: bool = False
    lonely_psu: Literal["fail", "certainty", "remove", "adjust", "average"] = "fail"
    domain_lonely_adjust: bool = False
    pps: Literal["brewer"] | None = None


class Margin(Part):
    by: Some
    totals: tuple[dict[str, Level], ...] = Field(min_length=1)


class PostStratify(Margin):
    method: Literal["poststratify"]
    each_replicate: bool = False


class Rake(Part):
    method: Literal["rake"]
    margins: tuple[Margin, ...] = Field(min_length=1)
    maxit: int = Field(default=10, ge=1)
    epsilon: float = Field(default=1.0, gt=0)
    each_replicate: bool = False


class Total(Part):
    level: Level
    total: Known


class Constraint(Part):
    """`levels`: several constraints, as lists of `level` and `total`, or as objects in `levels`."""

    kind: Literal["intercept", "level", "levels", "numeric"]
    column: str | tuple[str, ...] | None = None
    variable: Column | None = None
    level: Level | tuple[Level, ...] | None = None
    total: float | dict[str, float] | tuple[float, ...] | tuple[dict[str, Level], ...] | None = None
    levels: tuple[Total, ...] = ()

    @property
    def each(self) -> tuple[tuple[Level | None, Known], ...]:
        """A level (none for the intercept and a number) and the known total of every constraint in this one."""
        if self.levels:
            return tuple((each.level, each.total) for each in self.levels)
        if self.total is None:
            raise ValueError(f"a constraint of the kind {self.kind} needs its total")
        if not isinstance(self.level, tuple):
            return ((self.level, self._known(self.total)),)
        if not isinstance(self.total, tuple) or len(self.total) != len(self.level):
            raise ValueError(f"{self.variable}: {len(self.level)} levels need as many totals")
        return tuple((level, self._known(total)) for level, total in zip(self.level, self.total, strict=True))

    def _known(self, total: object) -> Known:
        if isinstance(total, tuple) and all(isinstance(each, dict) for each in total):
            return total
        if isinstance(total, int | float | dict):
            return total
        raise ValueError(f"{self.variable}: {total} is no total")


class Calibrate(Part):
    method: Literal["calibrate"]
    calfun: Literal["linear", "raking", "logit"] = "linear"
    bounds: Bounds | None = None
    epsilon: float = Field(default=1e-7, gt=0)
    maxit: int = Field(default=50, ge=1)
    constraints: tuple[Constraint, ...] = Field(min_length=1)
    aggregate_stage: int | None = Field(default=None, ge=1)
    within: Columns = ()
    each_replicate: bool = False


class NonresponseCells(Part):
    method: Literal["nonresponse_cells"]
    by: Some
    base_weight: Column
    responded: Column
    output_weight: Column


Adjustment = Annotated[PostStratify | Rake | Calibrate | NonresponseCells, Field(discriminator="method")]


class Replicates(Part):
    source: Literal["construct", "file"]
    type: str | None = None
    file: str | None = None
    combined_weights: bool = False
    mse: bool = False
    scale: float | str | None = None
    rscales: tuple[float, ...] | float | str | None = None
    fay_rho: float | None = Field(default=None, ge=0, lt=1)

    @model_validator(mode="after")
    def _complete(self) -> Replicates:
        if self.source == "file" and self.file is None:
            raise ValueError("replicate weights from a file need its name: file")
        if self.source == "construct" and self.type not in {"JK1", "JKn", "BRR", "Fay"}:
            raise ValueError("replicate weights that are made are JK1, JKn, BRR or Fay")
        return self


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
