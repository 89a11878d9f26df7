"""What the design and the weights cost: design effect, effective sample size, Kish's effect of weights.

The design effect is the variance over that of a simple random sample with as many rows (Kish 1965, *Survey Sampling*,
section 8.2; Särndal, Swensson and Wretman 1992, section 2.10). Above 1 the sample is worth fewer rows than it has;
strata bring it below 1. It needs an estimate of the variance of y in the population:

S2 = n / (n - 1) sum w (y - m)^2 / sum w, with n the rows that have a weight and m the weighted mean.

Not decided here: whether an effective size is enough to publish (`docs/methods/disclosure.md`).
"""

from __future__ import annotations

from math import nan
from typing import Final, Literal

import numpy as np

from peilstok.estimate.covariance import Inside, per_weight
from peilstok.estimate.design import Design, Floats

Sampling = Literal["srswor", "srswr"]
_NOISE: Final = 1e-24  # of the largest square: a smaller variance is rounding


def design_effect(
    linearised: Floats,
    y: Floats | None = None,
    *,
    design: Design,
    variance: float,
    inside: Inside,
    kind: Sampling = "srswor",
    of: Literal["mean", "total"] = "mean",
) -> float:
    """`variance` over that of the same estimate from a simple random sample of as many rows.

    `linearised` are the n values of the estimate, weight included. `kind`: drawn without replacement from as many units
    as the weights add up to, or with replacement. `of` a mean or a total of y; without y (for a ratio) it is taken of
    the estimate's linearised variable z / w, of which it is a total. `inside` says of each row whether it lies in the
    domain and has a value; `design.weights` are those after all adjustments.

    nan where a simple random sample has no variance: y does not vary, one row or none, or (`srswor`) weights that add
    up to no more units than there are rows.
    """
    there = inside & (design.weights != 0)
    weights, whole = design.weights[there], float(design.weights[there].sum())
    values = per_weight(linearised[:, None], design.weights)[:, 0] if y is None else y
    n, spread = len(weights), _spread(values[there], weights)
    if spread == 0 or (kind == "srswor" and whole <= n):
        return nan
    unseen = 1 / n - (1 / whole if kind == "srswor" else 0.0)
    of_mean = y is not None and of == "mean"
    return variance / (spread * unseen * (1.0 if of_mean else whole**2))


def effective_sample_size(n: float, deff: float) -> float:
    """The rows of a simple random sample that would tell as much as n rows with this design effect."""
    return n / deff


def kish_effect(weights: Floats) -> float:
    """n sum w^2 / (sum w)^2 = 1 + cv^2: what unequal weights cost when they have nothing to do with the answers.

    Rows with the weight 0 do not count (Kish 1965, section 11.7; Kish 1992, *Journal of Official Statistics* 8,
    183-200). ValueError where no row has a weight.
    """
    given = weights[weights > 0]
    if len(given) == 0:
        raise ValueError("the effect of weights needs one row with a weight at least: there is none")
    relative = given / given.max()
    return float(len(given) * (relative**2).sum() / relative.sum() ** 2)


def _spread(y: Floats, weights: Floats) -> float:
    """S2; 0 for one row, or values that differ by rounding only."""
    n = len(y)
    if n < 2:
        return 0.0
    mean = float(np.average(y, weights=weights))
    spread = float(np.average((y - mean) ** 2, weights=weights)) * n / (n - 1)
    return spread if spread > _NOISE * float(np.abs(y).max()) ** 2 else 0.0
