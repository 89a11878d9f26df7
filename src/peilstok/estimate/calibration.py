"""Weights that meet known totals: calibration by a distance, and what it does to a variance.

From the weights d before, calibration looks for weights w = d g(x' eta) whose weighted sums of the columns x are the
given totals, and which are as near to d as the distance says (Deville and Särndal 1992, *JASA* 87, 376-382):

    linear    g(u) = 1 + u, in closed form: the regression estimator; with bounds cut off at both
    raking    g(u) = exp(u), never negative
    logit     between the bounds L and U (their case 6)

The variance is that of the residuals of z / w after the d-weighted regression on x (Deville and Särndal 1992, 3.3-3.4;
R's `calibrate`). Not decided here: which totals to meet, and whether that removes the bias of nonresponse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from peilstok.estimate.covariance import per_weight, sums
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.feasibility import refusal

Distance = Literal["linear", "raking", "logit"]
ROUNDS: Final = 50
EXACT: Final = 1e-11
"""Totals are met when no misfit is larger than this part of 1 + |total|."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibrated:
    """Weights before and after, their ratio, and the n x p columns whose totals are met.

    Where the ratio is the same within groups of rows, `columns` and `before` are means over the group.
    """

    columns: Floats
    before: Floats
    factors: Floats
    after: Floats

    def project(self, values: Floats) -> Floats:
        """What is left of the n x k linearised values: w times the residual of z / w on the columns, weighted by d."""
        root = np.sqrt(self.before)[:, None]
        weights = self.before * self.factors
        each = per_weight(values, weights)
        fitted, *_ = np.linalg.lstsq(root * self.columns, root * each, rcond=None)
        return np.asarray(weights[:, None] * (each - self.columns @ fitted), dtype=np.float64)


def calibrate(
    columns: Floats,
    totals: Sequence[float] | Floats,
    *,
    before: Floats,
    distance: Distance = "linear",
    bounds: tuple[float, float] = (-np.inf, np.inf),
    groups: Codes | None = None,
    exact: float = EXACT,
    rounds: int = ROUNDS,
    names: Sequence[str] = (),
) -> Calibrated:
    """Weights near `before` with which the n x p `columns` add up to the p `totals`.

    `bounds` are of after / before, the lower one below 1 and the upper one above. `groups`: after / before is the same
    for all rows of a group, as where a household or a board has one weight. `exact`: no misfit may be larger than this
    part of 1 + |total|, after so many `rounds`; else `feasibility.refusal` says why, with the `names` of the columns.
    Columns that follow from others do no harm.
    """
    given, goal = before, np.asarray(totals, dtype=np.float64)
    if groups is not None:
        columns, before = _means(columns, groups), _means(before[:, None], groups)[:, 0]
    factor, slope = _distance(distance, bounds)
    scale = np.maximum(np.abs(columns).max(axis=0), 1e-300)
    scaled = columns / scale  # pupils beside ones: alike in size, Newton's steps are safe
    eta = np.zeros(columns.shape[1])
    for _ in range(rounds):
        at = scaled @ eta
        misfit = goal - columns.T @ (before * factor(at))
        if (np.abs(misfit) <= exact * (1 + np.abs(goal))).all():
            return Calibrated(columns=columns, before=before, factors=factor(at), after=given * factor(at))
        slopes = scaled.T @ ((before * slope(at))[:, None] * scaled)
        eta = eta + np.linalg.lstsq(slopes, misfit / scale, rcond=None)[0]
    raise refusal(
        columns,
        goal,
        before=before,
        weights=before * factor(scaled @ eta),
        bounds=(0.0, np.inf) if distance == "raking" else bounds,
        rounds=rounds,
        names=names,
    )


def _means(values: Floats, groups: Codes) -> Floats:
    """Every row has the mean of its group."""
    return np.asarray((sums(values, groups) / np.bincount(groups)[:, None])[groups], dtype=np.float64)


def _distance(
    distance: Distance, bounds: tuple[float, float]
) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """g and its derivative."""
    low, high = bounds
    if not low < 1 < high:
        raise ValueError("the bounds of after / before lie on both sides of 1")
    match distance:
        case "linear":
            return (
                lambda u: np.clip(1 + u, low, high),
                lambda u: np.asarray((1 + u > low) & (1 + u < high), dtype=np.float64),
            )
        case "raking":
            return _exponential, _exponential
        case "logit":
            return _logit(low, high)


def _exponential(u: Floats) -> Floats:
    # A total out of reach sends u up without end: e^500 can still be multiplied by a column and added up.
    return np.asarray(np.exp(np.minimum(u, 500)), dtype=np.float64)


def _logit(low: float, high: float) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """(L (U - 1) + U (1 - L) e^{Au}) / (U - 1 + (1 - L) e^{Au}) with A = (U - L) / ((1 - L)(U - 1))."""
    if not np.isfinite([low, high]).all():
        raise ValueError("the distance logit needs two finite bounds")
    steep = (high - low) / ((1 - low) * (high - 1))

    def part(u: Floats) -> Floats:
        odds = (1 - low) / (high - 1) * np.exp(np.clip(steep * u, -700, 700))
        return np.asarray(odds / (1 + odds), dtype=np.float64)

    return (
        lambda u: low + (high - low) * part(u),
        lambda u: np.asarray((high - low) * steep * part(u) * (1 - part(u)), dtype=np.float64),
    )
