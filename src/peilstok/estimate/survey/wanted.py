"""What a job wants estimated: totals, means, shares, ratios, quantiles, contrasts, tests, or several of these.

Not decided here: how they are found in a table (`estimands`) and estimated (`estimation`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from peilstok.estimate.survey.keys import Column, Columns, Level, NoDomains, Part, Some


class Condition(Part):
    variable: Column
    op: Literal["==", "!=", "<", "<=", ">", ">=", "in"]
    value: Level | tuple[Level, ...]

    @property
    def values(self) -> tuple[Level, ...]:
        """With `in` several, one of which it is."""
        return self.value if isinstance(self.value, tuple) else (self.value,)

    @model_validator(mode="after")
    def _one_or_several(self) -> Condition:
        if isinstance(self.value, tuple) != (self.op == "in") or not self.values:
            raise ValueError("one value is wanted, or with the comparison `in` a list of them")
        return self


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
