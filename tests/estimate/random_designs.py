"""Random samples for hypothesis: strata, PSUs, weights and answers with many ties, some rows outside a domain."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from peilstok.estimate.covariance import Inside
from peilstok.estimate.design import Design, Floats, stratified
from tests.estimate import slow


@dataclass(frozen=True)
class Sample:
    """Rows of a stratified sample of PSUs."""

    strata: list[int]
    psus: list[str]
    population: list[float]
    weights: list[float]
    y: list[float]
    groups: list[int]
    inside: Inside

    @property
    def design(self) -> Design:
        return stratified(strata=self.strata, psus=self.psus, population=self.population, weights=self.weights)

    def variance(self, z: list[float]) -> float:
        """In loops."""
        population: dict[Hashable, float] = dict(zip(self.strata, self.population, strict=True))
        return slow.covariance(z, z, self.strata, self.psus, population)

    def in_order(self, order: list[int]) -> Sample:
        def taken(column: list) -> list:  # type: ignore[type-arg]  # any column
            return [column[place] for place in order]

        return Sample(
            taken(self.strata),
            taken(self.psus),
            taken(self.population),
            taken(self.weights),
            taken(self.y),
            taken(self.groups),
            self.inside[order],
        )

    @property
    def values(self) -> Floats:
        return np.array(self.y)


@st.composite
def samples(draw: st.DrawFn, *, groups: int = 2, at_least: int = 2) -> Sample:
    """One to three strata of two to four PSUs of one to three rows; whole weights and answers, so that ties abound.

    No fewer rows than `at_least`.
    """
    rows: list[tuple[int, str, float]] = []
    for stratum in range(draw(st.integers(1, 3))):
        units = draw(st.integers(2, 4))
        population = float(units + draw(st.sampled_from([1, 7, 1000])))
        rows += [
            (stratum, f"{stratum}-{psu}", population) for psu in range(units) for _ in range(draw(st.integers(1, 3)))
        ]
    rows += [rows[0]] * (at_least - len(rows))
    n = len(rows)

    def column(of: st.SearchStrategy) -> list:  # type: ignore[type-arg]  # any column
        return draw(st.lists(of, min_size=n, max_size=n))

    inside = np.array(column(st.booleans()))
    inside[draw(st.integers(0, n - 1))] = True
    return Sample(
        strata=[row[0] for row in rows],
        psus=[row[1] for row in rows],
        population=[row[2] for row in rows],
        weights=column(st.integers(1, 4).map(float)),
        y=column(st.integers(-3, 6).map(float)),
        groups=column(st.integers(0, groups - 1)),
        inside=inside,
    )
