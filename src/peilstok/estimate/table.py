"""Estimates with their origin, and the table of them. For the council's eyes: nothing here has been disclosed yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from peilstok.estimate.design import Floats
from peilstok.estimate.plan import Estimand
from peilstok.estimate.weights import Cell
from peilstok.terms import DomainKey, FigureName, UnitId, WaveId

Design = Literal["as_answered", "weighted"]
Of = Literal["boards", "pupils"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value in the unit of its estimand with its 95 percent interval. No `se`: no sampling error.

    `of` is pupils for the share of pupils at the boards concerned.
    """

    value: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    df: int | None
    design: Design
    of: Of
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One estimand in one domain, in every way that it is estimated.

    `n` boards answered it; `contributors` of them have a part in it (a ratio rests on no board whose denominator is
    0); `count` of the n said so, for a share. `with_something` boards have an amount other than 0 and, where the amount
    is a part of a whole, `with_the_rest` have something outside it. `two_largest` is the part (0 to 1) of the sum that
    the two largest amounts make, None for a share, which sums no amounts. Where nothing can be estimated, `estimates`
    is empty and `why_not` says why.
    """

    name: FigureName
    estimand: Estimand
    domain: DomainKey
    n: int
    contributors: int
    count: int | None
    with_something: int
    with_the_rest: int | None
    two_largest: float | None
    pupils: int
    coverage: float | None
    estimates: Mapping[tuple[Design, Of], Estimate]
    why_not: str | None = None

    @property
    def as_answered(self) -> Estimate | None:
        return self.estimates.get(("as_answered", "boards"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """Linearised values, as answered and in the unit of the figure: a row for each unit, a column for each name."""

    units: tuple[UnitId, ...]
    names: tuple[FigureName, ...]
    values: Floats
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateTable:
    """All estimates of a wave, in the order of the plan, and what they were made from."""

    wave: WaveId
    rows: tuple[Row, ...]
    respondents: int
    pupils: int
    population: int
    population_pupils: int
    cells: tuple[Cell, ...]
    plan_fingerprint: str
    data_fingerprint: str
    influence: Influence = field(compare=False, repr=False)

    def row(self, name: FigureName) -> Row:
        return next(row for row in self.rows if row.name == name)
