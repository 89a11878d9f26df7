"""What weighting did to the weights: their range, what their spread costs, thin cells, totals met or missed.

A table of weights is looked at before its figures are: weights that differ much make every figure less sure (Kish 1965,
*Survey Sampling*, section 11.7), a cell with a handful of rows lets one of them speak for many, and a total that is not
met means that the weighting did not do what it says. Not decided here: what is too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.effects import kish_effect

MET = 1e-6
"""A total is met when the weights come this near to it, relative to 1 + |total|."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinCell:
    """A cell in which few rows have a weight."""

    name: str
    rows: int
    weight: float  # what they stand for together


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A known total and what the weights come to."""

    name: str
    known: float
    reached: float

    @property
    def met(self) -> bool:
        return abs(self.reached - self.known) <= MET * (1 + abs(self.known))


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Of n rows with a weight: the range of the weights and of after / before, Kish's effect and effective rows, the
    part of the whole weight that the heaviest twentieth of the rows has, thin cells, and totals.
    """

    rows: int
    lowest: float
    highest: float
    lowest_factor: float
    highest_factor: float
    kish: float
    heaviest_twentieth: float
    thin: tuple[ThinCell, ...]
    totals: tuple[Total, ...]

    @property
    def effective_rows(self) -> float:
        return self.rows / self.kish

    @property
    def missed(self) -> tuple[Total, ...]:
        return tuple(total for total in self.totals if not total.met)

    def __str__(self) -> str:
        lines = [
            f"{self.rows} rows, weights {self.lowest:.4g} to {self.highest:.4g}",
            f"after / before {self.lowest_factor:.4g} to {self.highest_factor:.4g}",
            f"Kish effect {self.kish:.3f}: worth {self.effective_rows:.0f} rows of equal weight",
            f"the heaviest twentieth of the rows has {100 * self.heaviest_twentieth:.1f} percent of the weight",
            *(f"thin: {cell.name} has {cell.rows} rows, which stand for {cell.weight:.4g}" for cell in self.thin),
            *(f"missed: {total.name} is {total.known:,.10g}, reached {total.reached:,.10g}" for total in self.missed),
        ]
        return "\n".join(lines)


def diagnosis(
    before: Floats,
    after: Floats,
    *,
    cells: Sequence[tuple[Codes, Sequence[str]]] = (),
    at_least: int = 5,
    totals: Sequence[tuple[str, Floats, float]] = (),
) -> Diagnosis:
    """Look at n weights before and after an adjustment.

    `cells`: for each classification the cell of every row and the names of the cells; `at_least` rows are not thin.
    `totals`: a name, a column of n numbers and what it should add up to. ValueError where no row has a weight.
    """
    there = after != 0
    if not there.any():
        raise ValueError("no row has a weight")
    weights, factors = after[there], after[there] / before[there]
    heaviest = np.sort(weights)[-max(len(weights) // 20, 1) :]
    return Diagnosis(
        rows=int(there.sum()),
        lowest=float(weights.min()),
        highest=float(weights.max()),
        lowest_factor=float(factors.min()),
        highest_factor=float(factors.max()),
        kish=kish_effect(weights),
        heaviest_twentieth=float(heaviest.sum() / weights.sum()),
        thin=tuple(cell for codes, names in cells for cell in _thin(codes[there], names, weights, at_least)),
        totals=tuple(Total(name=name, known=known, reached=float(after @ column)) for name, column, known in totals),
    )


def _thin(codes: Codes, names: Sequence[str], weights: Floats, at_least: int) -> list[ThinCell]:
    counts = np.bincount(codes, minlength=len(names))
    sums = np.bincount(codes, weights=weights, minlength=len(names))
    return [
        ThinCell(name=name, rows=int(count), weight=float(together))
        for name, count, together in zip(names, counts, sums, strict=True)
        if count < at_least
    ]
