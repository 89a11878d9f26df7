"""Estimates with their origin, and the table of them. For the council's eyes: nothing here has been disclosed yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final, Literal, overload

import numpy as np

from peilstok.estimate.design import Floats
from peilstok.estimate.moments import Masks
from peilstok.estimate.plan import Estimand, figure_name
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


class Rows(Sequence[Row]):
    """The rows of a table, made one estimand at a time when they are looked at, and kept."""

    def __init__(
        self,
        *,
        names: tuple[FigureName, ...],
        sources: tuple[tuple[int, int], ...],
        make: Callable[[int], tuple[Row, ...]],
    ) -> None:
        """`sources` has for each row the number of its estimand, and its place among what `make` makes of that."""
        self._sources: Final = sources
        self._make: Final = lru_cache(maxsize=None)(make)
        self._places: Final = {name: place for place, name in enumerate(names)}

    def __len__(self) -> int:
        return len(self._sources)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, place: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(place, slice):
            return tuple(self[each] for each in range(*place.indices(len(self))))
        estimand, at = self._sources[place]
        return self._make(estimand)[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))

    def named(self, name: FigureName) -> Row:
        """KeyError where there is none."""
        return self[self._places[name]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """What the linearised values of an estimand are made from: y (in its unit) and x of n boards, x None for a total.

    It is estimated in some `domains`, by their places, with `estimates`, standard errors and 95 percent intervals.
    `whole`: it is a share, or the part of a whole, whose intervals are those of a share.
    """

    name: FigureName
    y: Floats
    x: Floats | None
    domains: Sequence[int]
    estimates: Floats
    se: Floats
    low: Floats
    high: Floats
    whole: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Influence:
    """Linearised values, as answered and in the unit of the figure: a row for each unit, a column for each name.

    They are made when they are asked for, as not everybody does. `inside` says which units lie in each of the domains.
    """

    units: tuple[UnitId, ...]
    population: int
    domains: tuple[DomainKey, ...]
    inside: Masks
    parts: tuple[Part, ...]

    @cached_property
    def names(self) -> tuple[FigureName, ...]:
        return tuple(figure_name(part.name, self.domains[domain]) for part in self.parts for domain in part.domains)

    @cached_property
    def values(self) -> Floats:
        """z = w (y - R x) / sum w x, or w y for a total, 0 outside the domain; as with `linearise`."""
        found = [np.zeros((0, len(self.units))), *(self._values(part) for part in self.parts)]
        return np.concatenate(found).T

    def _values(self, part: Part) -> Floats:
        """k x n."""
        inside = self.inside.T[part.domains]
        if part.x is None:
            return np.asarray(inside * (self.population / len(self.units) * part.y), dtype=np.float64)
        below = inside @ part.x
        return np.asarray((part.y - part.estimates[:, None] * part.x) * (inside / below[:, None]), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateTable:
    """All estimates of a wave, in the order of the plan, and what they were made from."""

    wave: WaveId
    rows: Rows
    respondents: int
    pupils: int
    population: int
    population_pupils: int
    cells: tuple[Cell, ...]
    plan_fingerprint: str
    data_fingerprint: str
    influence: Influence = field(compare=False, repr=False)

    def row(self, name: FigureName) -> Row:
        return self.rows.named(name)
