"""Estimators: each gives its estimate and the linearised value of every row.

The variance of an estimate is the variance of the total of its linearised values, so that one covariance serves every
estimator and any two of them (Särndal, Swensson and Wretman 1992, section 5.5). A domain keeps all rows: what lies
outside is zero, because the number of units inside it is random too.

Shapes: `y`, `x`, `weights` have one number for every row; so has `values`, which include the weight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from peilstok.estimate.design import Floats

Project = Callable[[Floats], Floats]
"""What an adjustment of weights leaves of n x k linearised values (`adjustments`)."""


def unadjusted(values: Floats) -> Floats:
    """All of them: the weights were not adjusted."""
    return values


@dataclass(frozen=True, slots=True, eq=False)
class Linearised:
    """An estimate, and its linearised value times the weight for every row."""

    estimate: float
    values: Floats


def total(y: Floats, *, weights: Floats) -> Linearised:
    """Sum of w y; z = w y."""
    weighted = weights * y
    return Linearised(float(weighted.sum()), weighted)


def ratio(y: Floats, x: Floats, *, weights: Floats) -> Linearised:
    """R = sum w y / sum w x; z = w (y - R x) / sum w x (Särndal et al. 1992, section 5.6).

    ZeroDivisionError when the denominator is zero: the ratio is not defined.
    """
    # A ratio is the same for all weights times a number; equal ones become 1, so that 57 boards of 285 are 20 percent.
    largest = float(weights.max(initial=0.0))
    relative = weights / largest if largest else weights
    denominator = float((relative * x).sum())
    if denominator == 0:
        raise ZeroDivisionError("the denominator of the ratio is zero")
    estimate = float((relative * y).sum()) / denominator
    return Linearised(estimate, relative * (y - estimate * x) / denominator)


def mean(y: Floats, inside: Floats, *, weights: Floats) -> Linearised:
    """The mean of y over the rows where `inside` is 1 (0 elsewhere): a ratio to their estimated number."""
    return ratio(np.where(inside == 1, y, 0.0), inside, weights=weights)


def of(y: Floats, x: Floats | None, *, weights: Floats) -> Linearised:
    """The ratio of y to x, or the total of y where there is no x."""
    return total(y, weights=weights) if x is None else ratio(y, x, weights=weights)
