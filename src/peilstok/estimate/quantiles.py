"""Quantiles of a weighted sample, with the interval of Woodruff.

A quantile has no useful linearised value. Woodruff (1952, *JASA* 47, 635-646) takes the interval of a proportion
instead: that of the rows at or below the estimate, whose two limits are then read as probabilities and turned back into
values. The rules that turn a probability into a value, on rows sorted by value with cumulative weights:

    math     the smallest value with a cumulative weight of at least p of the whole
    school   the same; where the cumulative weight is exactly p of the whole, the mean of it and the next value
    hf7      between values, on the weight that lies before each of them (Hyndman and Fan 1996, type 7)
    inverse  `math` without R's exception: below the weight of the first row, R's `svyquantile` gives the second value

`math`, `school` and `hf7` are those of R's `svyquantile`, with its exceptions; `inverse` is the textbook's quantile at
every probability (Särndal, Swensson and Wretman 1992, section 5.11). Not decided here: which quantiles to publish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Final, Literal

import numpy as np

from peilstok.estimate import intervals, linearise
from peilstok.estimate.covariance import Inside, variances
from peilstok.estimate.design import Design, Floats
from peilstok.estimate.linearise import Project, unadjusted

Rule = Literal["math", "school", "hf7", "inverse"]
IntervalKind = Literal["mean", "xlogit", "beta"]
TIE: Final = 1e-12
"""A cumulative share of the weights that is this near to p is p: sums of weights are not exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A quantile with its standard error and 95 percent interval, in the unit of the values.

    A limit is nan where that of the proportion is not within 0 to 1, as happens far out in a tail; then `se`, the width
    of the interval over two t, is nan too.
    """

    probability: float
    estimate: float
    se: float
    low: float
    high: float
    df: float


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """Values in rising order, equal ones in the order of their rows, and the sum of the weights up to each of them."""

    values: Floats
    upto: Floats

    def at(self, probability: float, rule: Rule) -> float:
        if rule == "hf7":
            return self._between(probability)
        shares = self.upto / self.upto[-1]
        place, last = int(np.searchsorted(shares, probability - TIE)), len(shares) - 1
        exactly = abs(shares[place] - probability) <= TIE
        if place == 0 and not exactly and rule != "inverse":
            return float(self.values[min(1, last)])
        if exactly and rule == "school":
            return float(self.values[place] + self.values[min(place + 1, last)]) / 2
        return float(self.values[place])

    def _between(self, probability: float) -> float:
        if len(self.values) == 1:
            return float(self.values[0])
        before = np.concatenate([[0.0], self.upto[:-1]]) / self.upto[-2]
        nearest = int(np.abs(before - probability).argmin())
        if abs(before[nearest] - probability) <= TIE:
            return float(self.values[nearest])  # exactly, or Woodruff would count it as above the estimate
        return float(np.interp(probability, before, self.values))


def quantile(y: Floats, weights: Floats, probability: float, *, rule: Rule = "math") -> float:
    """The quantile of n values with n weights; rows with the weight 0 do not count.

    ValueError where no row has a weight, a value that has one is missing, or `probability` is not within 0 to 1.
    """
    return _ranked(y, weights).at(_within(probability), rule)


def woodruff(
    y: Floats,
    *,
    design: Design,
    probabilities: Sequence[float],
    rule: Rule = "math",
    interval: IntervalKind = "mean",
    inside: Inside,
    df: float | None = None,
    rows_of_data: int | None = None,
    project: Project = unadjusted,
) -> tuple[Quantile, ...]:
    """Quantiles of y in a domain, each with the interval of Woodruff.

    `inside` says of each of the n rows whether it lies in the domain and has a value (y of other rows does not matter).
    `design.weights` are the weights after adjustment, and `project` what the adjustment leaves of linearised values.
    Without `df` they are those of the domain. The interval "beta" counts the rows of the data: those inside, where
    `rows_of_data` says nothing else (R counts all rows of a calibrated design).

    ValueError as in `quantile`.
    """
    ranked = _ranked(y[inside], design.weights[inside])
    estimates = [ranked.at(_within(each), rule) for each in probabilities]
    base = inside.astype(np.float64)
    shares = [
        linearise.mean((inside & (y <= estimate)).astype(np.float64), base, weights=design.weights)
        for estimate in estimates
    ]
    values = np.column_stack([share.values for share in shares])
    errors = np.sqrt(variances(project(values), design, inside))
    degrees = design.degrees_of_freedom_in(inside) if df is None else df
    n = int(inside.sum()) if rows_of_data is None else rows_of_data
    limits = [
        intervals.interval_of_share(share.estimate, float(se), method=interval, n=n, df=degrees)
        for share, se in zip(shares, errors, strict=True)
    ]
    return tuple(
        _quantile(ranked, rule, probability, estimate, limit, degrees)
        for probability, estimate, limit in zip(probabilities, estimates, limits, strict=True)
    )


def _quantile(
    ranked: _Ranked, rule: Rule, probability: float, estimate: float, share: intervals.Interval, df: float
) -> Quantile:
    low = ranked.at(share.low, rule) if share.low >= 0 else nan
    high = ranked.at(share.high, rule) if share.high <= 1 else nan
    se = (high - low) / (2 * intervals.quantile_t(df))
    return Quantile(probability=probability, estimate=estimate, se=se, low=low, high=high, df=df)


def _ranked(y: Floats, weights: Floats) -> _Ranked:
    there = weights > 0
    values, weights = np.asarray(y, dtype=np.float64)[there], weights[there]
    if len(values) == 0:
        raise ValueError("a quantile needs one row with a weight at least: the domain has none")
    if np.isnan(values).any():
        raise ValueError("a quantile of missing values is not defined: leave their rows out of the domain")
    order = np.argsort(values, kind="stable")
    return _Ranked(values[order], np.cumsum(weights[order]))


def _within(probability: float) -> float:
    if not 0 <= probability <= 1:
        raise ValueError(f"the probability of a quantile is {probability:g}: it must lie within 0 to 1")
    return probability
