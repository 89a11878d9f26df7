"""Weights that meet several margins in turn: raking, also called iterative proportional fitting.

Margin after margin, every weight is multiplied by (known total of its cell) / (weighted total of its cell), round after
round until a round changes little (Deming and Stephan 1940, *Annals of Mathematical Statistics* 11, 427-444). Rows of
one cell of the full crossing keep the same factor, so the rounds run on the sums of those cells and a file of a million
rows costs no more than a small one.

The stopping rule and the variance are those of R's `rake`; `calibration.calibrate(distance="raking")` finds the same
weights and has the textbook's variance. Not decided here: which margins, and whether they are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peilstok.estimate.covariance import per_weight, sums
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.unfit import Unfit

SWEEPS: Final = 10
"""Rounds of centring that stand for the limit of the variance (R's `svyrecvar`)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raked:
    """The cell of every row in each margin, the weights before and after, and how it ended.

    `steps` are the weights after each margin of the last round; the last of them are those after all.
    """

    margins: tuple[Codes, ...]
    before: Floats
    steps: tuple[Floats, ...]
    rounds: int
    converged: bool

    @property
    def after(self) -> Floats:
        return self.steps[-1]

    def project(self, values: Floats) -> Floats:
        """Ten rounds of taking out the plain mean of z / w of the cell, margin after margin, from n x k values."""
        sizes = [np.maximum(np.bincount(codes), 1)[:, None] for codes in self.margins]
        for _ in range(SWEEPS):
            for codes, weights, size in zip(self.margins, self.steps, sizes, strict=True):
                means = sums(per_weight(values, weights), codes) / size
                values = values - weights[:, None] * means[codes]
        return values


def rake(
    margins: Sequence[Codes],
    totals: Sequence[Floats],
    *,
    before: Floats,
    rounds: int = 10,
    epsilon: float = 1.0,
    names: Sequence[str] = (),
) -> Raked:
    """Rake to the totals of each margin: `margins` has for each the cell of every row, `totals` those of its cells.

    Stops when no cell of the full crossing changes by `epsilon` or more in a round (below 1: that part of the sum of
    the weights), or after so many `rounds`; `converged` says which. ValueError where a cell with a total has no
    weight, or the margins, by their `names`, add up to different totals.
    """
    cells, crossing = _crossed(margins, totals)
    start: Floats = np.bincount(crossing, weights=before, minlength=len(cells[0])).astype(np.float64)
    _check(cells, totals, start, names)
    limit = epsilon if epsilon >= 1 else epsilon * float(before.sum())
    steps, done, change = [start], 0, float(np.inf)
    while done < rounds and change >= limit:
        last, steps, done = steps[-1], _round(steps[-1], cells, totals), done + 1
        change = float(np.abs(steps[-1] - last).max())
    per_row = [before * np.divide(each, start, out=np.zeros_like(start), where=start > 0)[crossing] for each in steps]
    return Raked(margins=tuple(margins), before=before, steps=tuple(per_row), rounds=done, converged=change < limit)


def _crossed(margins: Sequence[Codes], totals: Sequence[Floats]) -> tuple[list[Codes], Codes]:
    """The cell in each margin of every cell of the full crossing, and the cell of the crossing of every row.

    Cells are numbered; they are sorted out only where far more could be than there are rows.
    """
    crossing, cells, count = np.zeros(len(margins[0]), dtype=np.intp), list[Codes](), 1
    for place, (codes, total) in enumerate(zip(margins, totals, strict=True), start=1):
        size = len(total)
        if len(codes) and not 0 <= int(codes.min()) <= int(codes.max()) < size:
            raise ValueError(f"margin {place} has {size} totals, and rows in cells beyond 1 to {size}")
        crossing, found = crossing * size + codes, np.arange(count * size)
        if len(found) > 4 * len(codes) + 1024:
            found, crossing = np.unique(crossing, return_inverse=True)
        cells, count = [*(own[found // size] for own in cells), found % size], len(found)
    return cells, crossing


def _round(weights: Floats, cells: Sequence[Codes], totals: Sequence[Floats]) -> list[Floats]:
    """The weights of the crossing's cells after each margin."""
    steps = []
    for codes, total in zip(cells, totals, strict=True):
        there = np.bincount(codes, weights=weights, minlength=len(total))
        weights = weights * np.divide(total, there, out=np.zeros(len(total)), where=there > 0)[codes]
        steps.append(weights)
    return steps


def _check(cells: Sequence[Codes], totals: Sequence[Floats], start: Floats, names: Sequence[str]) -> None:
    wholes = [float(total.sum()) for total in totals]
    for place, (codes, total) in enumerate(zip(cells, totals, strict=True), start=1):
        there = np.bincount(codes, weights=start, minlength=len(total))
        empty = np.flatnonzero((there == 0) & (total > 0))
        if len(empty):
            raise ValueError(f"margin {place}: cell {empty[0] + 1} has a total of {total[empty[0]]:g} and no rows")
        if abs(wholes[place - 1] - wholes[0]) > 1e-9 * abs(wholes[0]):
            first, this = (names[each] if names else f"margin {each + 1}" for each in (0, place - 1))
            said = f"{this} adds up to {wholes[place - 1]:g}, {first} to {wholes[0]:g}"
            raise Unfit("C011", f"{said}; margins of one population add up to the same")
