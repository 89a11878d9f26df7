"""How a sample was drawn, weighted and replicated, as a job writes it and as the front door hands it on.

Columns are named, not held. What needs the data to judge is found by `sampling` and `weighting`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from peilstok.estimate.survey.keys import Bounds, Column, Columns, Known, Level, Part, Some


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
