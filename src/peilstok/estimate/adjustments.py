"""Weights that were adjusted: what every adjustment is, several in a row, and the two simplest of them.

An adjustment has the weights before and after, and says what it leaves of a matrix of linearised values: what follows
from known totals has no variance any more, so it is a projector on z (Särndal, Swensson and Wretman 1992, sections 6.5
and 7.6). Several in a row are applied in their order, each with the weights it met (R's `svyrecvar`). The others are in
`calibration` and `raking`; which totals to meet is decided by a plan or a job.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from peilstok.estimate.covariance import per_weight, sums
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.unfit import Unfit


class Adjustment(Protocol):
    """What every adjustment can tell."""

    @property
    def after(self) -> Floats: ...

    def project(self, values: Floats) -> Floats:
        """What is left of n x k linearised values (weight included)."""
        ...


Step = Callable[[Floats], Adjustment]
"""Makes an adjustment of the weights before it; with replicate weights, of each replicate's."""


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Adjustments one after the other; `before` is where they began, and with none of them also what comes after."""

    before: Floats
    adjustments: tuple[Adjustment, ...]

    @property
    def after(self) -> Floats:
        return self.adjustments[-1].after if self.adjustments else self.before

    def project(self, values: Floats) -> Floats:
        for adjustment in self.adjustments:
            values = adjustment.project(values)
        return values


def chained(before: Floats, steps: Sequence[Step]) -> Chain:
    """Each step on the weights that the one before it left."""
    done: list[Adjustment] = []
    for step in steps:
        done.append(step(done[-1].after if done else before))
    return Chain(before, tuple(done))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PostStratified:
    """For every row its cell, its weight before and after."""

    codes: Codes
    before: Floats
    after: Floats

    def project(self, values: Floats) -> Floats:
        """What is left of the n x k linearised values when every cell's mean is taken out.

        z_k -> z_k - w_k (sum_c d z / w) / (sum_c d), with d the weight before and w the weight after. A row without
        weight, before and after, has w_k = 1 there, as R has it.
        """
        means = sums(self.before[:, None] * per_weight(values, self.after), self.codes)
        sizes = np.bincount(self.codes, weights=self.before)[:, None]
        means = np.divide(means, sizes, out=np.zeros_like(means), where=sizes > 0)
        after = np.where((self.after == 0) & (self.before == 0), 1.0, self.after)
        return np.asarray(values - after[:, None] * means[self.codes], dtype=np.float64)


def post_stratified(codes: Codes, totals: Sequence[float] | Floats, *, before: Floats) -> PostStratified:
    """Weights that add up to the known total of each cell; `codes` are the cells, from 0, one for each row.

    ValueError where a cell with a total has no weight, or one with rows no total above 0.
    """
    known = np.asarray(totals, dtype=np.float64)
    there = np.bincount(codes, weights=before, minlength=len(known))
    if len(there) > len(known):
        raise Unfit("C001", f"there are rows in {len(there)} cells and totals of {len(known)}")
    empty = np.flatnonzero((there == 0) != (known == 0))
    if len(empty):
        raise Unfit(
            "C002", f"cell {empty[0] + 1}: its total is {known[empty[0]]:g}, its weights sum to {there[empty[0]]:g}"
        )
    factors = np.divide(known, there, out=np.zeros_like(known), where=there > 0)
    return PostStratified(codes=codes, before=before, after=before * factors[codes])


def nonresponse(codes: Codes, responded: Sequence[bool] | Floats, *, before: Floats) -> Floats:
    """The weights of those who responded, for all who were asked in their cell; 0 for the others.

    In every cell: weight x (sum of all weights) / (sum of the weights of respondents), as in Lohr (2010, section
    8.5.1). ValueError where nobody of a cell responded.
    """
    answering = before * (np.asarray(responded) != 0)
    asked, answered = np.bincount(codes, weights=before), np.bincount(codes, weights=answering)
    silent = np.flatnonzero((answered == 0) & (asked > 0))
    if len(silent):
        raise Unfit("C004", f"nobody of cell {silent[0] + 1} responded: put it together with another cell")
    factors = np.divide(asked, answered, out=np.zeros_like(asked), where=answered > 0)
    return np.asarray(answering * factors[codes], dtype=np.float64)
