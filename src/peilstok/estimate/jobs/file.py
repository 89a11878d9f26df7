"""An estimation job as a file: JSON with data, design, weighting, replicates, estimand; it publishes its JSON Schema.

The format is that of the reference cases (docs/formats/job.md), so that a case is a job; what only a case has is passed
over (`CASE_ONLY`). What needs the data to judge is found by `sampling` and `estimands`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate import document

CASE_ONLY: Final = frozenset(
    {"expected", "r_code", "note", "r_version", "survey_version", "tolerance_rel", "tolerance_abs"}
)
"""What a reference case says beside its job."""


def _listed(value: object) -> object:
    """One name may stand without brackets, and null for none."""
    return () if value is None else (value,) if isinstance(value, str) else value


def _no_domains(value: object) -> object:
    if value:
        raise ValueError("no `by` with this estimand: take one domain with `where`, or means, shares or ratios")
    return ()


def _finite(value: object) -> object:
    """As R writes what has no end."""
    return [None if each in ("Inf", "-Inf") else each for each in value] if isinstance(value, list) else value


Column = Annotated[str, Field(min_length=1)]
Columns = Annotated[tuple[Column, ...], BeforeValidator(_listed, json_schema_input_type=tuple[str, ...] | str | None)]
NoDomains = Annotated[
    tuple[str, ...], BeforeValidator(_no_domains, json_schema_input_type=tuple[str, ...]), Field(max_length=0)
]
"""Of an estimand that is for one domain at a time."""
Some = Annotated[Columns, Field(min_length=1)]
Level = str | int | float
Known = float | dict[str, float] | tuple[dict[str, Level], ...]
"""A known total: of everything, or of each group within which it holds, by its levels."""
Bounds = Annotated[tuple[float | None, float | None], BeforeValidator(_finite)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    note: str | None = None


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


class Condition(Part):
    variable: Column
    op: Literal["==", "!=", "<", "<=", ">", ">="]
    value: Level


class Estimated(Part):
    """What every estimand may have."""

    name: str | None = None
    by: Columns = ()
    where: tuple[Condition, ...] = ()
    na_rm: bool | Literal["per variable"] = False
    derived: dict[str, str] = Field(default_factory=dict)


def _handed_down(given: object, to: str) -> object:
    """What is said of an estimand made of others holds for each of those: `where`, and `na_rm`."""
    if not isinstance(given, dict) or not isinstance(given.get(to), list):
        return given
    where, said = given.get("where") or [], {"na_rm": given["na_rm"]} if "na_rm" in given else {}
    parts = [
        {**said, **part, "where": [*where, *(part.get("where") or [])]} if isinstance(part, dict) else part
        for part in given[to]
    ]
    return {**given, to: parts}


class _Variables(Estimated):
    """`variables`, or one `variable`."""

    variables: Columns = ()
    variable: Column | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return self.variables or ((self.variable,) if self.variable else ())

    @model_validator(mode="after")
    def _one_at_least(self) -> _Variables:
        if not self.columns:
            raise ValueError("name the variable or variables")
        return self


class Numbers(_Variables):
    type: Literal["total", "mean", "total+mean"]
    deff: Literal["srswor", "srswr"] | None = None


class Proportion(_Variables):
    type: Literal["proportion"]
    level: Level | None = None
    ci_method: Literal["mean", "logit", "xlogit", "beta", "wilson"] | None = None
    treat_as_factor: Columns = ()
    deff: Literal["srswor", "srswr"] | None = None


class RatioOf(Estimated):
    type: Literal["ratio"]
    numerator: Column
    denominator: Column
    deff: Literal["srswor", "srswr"] | None = None


class SeparateRatio(Estimated):
    type: Literal["separate_ratio_total"]
    by: NoDomains = ()
    numerator: Column
    denominator: Column
    by_stratum: Columns = ()
    known_totals: dict[str, float] | tuple[dict[str, Level], ...]


class MultiResponse(Estimated):
    type: Literal["multi_response"]
    options: Some
    base: Literal["rows with the item answered", "picks"] = "rows with the item answered"


class Quantile(_Variables):
    type: Literal["quantile"]
    by: NoDomains = ()
    probs: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = Field(min_length=1)
    rule: Literal["math", "school", "hf7", "inverse", "averaged"] = "math"
    interval: Literal["mean", "xlogit", "beta", "quantile", "replicate-xlogit", "replicate-beta"] = "mean"


Component = Annotated[Numbers | Proportion | RatioOf | SeparateRatio | MultiResponse, Field(discriminator="type")]


class Contrast(Estimated):
    type: Literal["contrast", "change"]
    by: NoDomains = ()
    components: tuple[Component, ...] = Field(min_length=1)
    contrasts: dict[str, str] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _of_all(cls, given: object) -> object:
        return _handed_down(given, "components")


class ChiSquare(Estimated):
    type: Literal["chisq"]
    by: NoDomains = ()
    rows: Column
    cols: Column
    statistic: Literal["F", "Chisq"] = "F"


class TTest(Estimated):
    type: Literal["ttest"]
    by: NoDomains = ()
    variable: Column
    group: Column


Single = Annotated[
    Numbers | Proportion | RatioOf | SeparateRatio | MultiResponse | Quantile | Contrast, Field(discriminator="type")
]


class Multi(Estimated):
    type: Literal["multi"]
    by: NoDomains = ()
    parts: tuple[Single, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _of_all(cls, given: object) -> object:
        return _handed_down(given, "parts")


Estimand = Annotated[
    Numbers | Proportion | RatioOf | SeparateRatio | MultiResponse | Quantile | Contrast | ChiSquare | TTest | Multi,
    Field(discriminator="type"),
]


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
