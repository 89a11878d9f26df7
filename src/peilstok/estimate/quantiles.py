"""Quantiles of a weighted sample, with the interval of Woodruff.

A quantile has no useful linearised value. Woodruff (1952, *JASA* 47, 635-646) takes the interval of a proportion
instead: that of the rows at or below the estimate, whose two limits are then read as probabilities and turned back into
values. The rules that turn a probability into a value, on rows sorted by value with cumulative weights:

    inverse   the smallest value with a cumulative weight of at least p of the whole
    averaged  the same; where the cumulative weight is exactly p of the whole, the mean of it and the next value
    math      R's `inverse`        school   R's `averaged`
    hf7       between values, on the weight that lies before each of them (Hyndman and Fan 1996, type 7), as R has it

R's rules differ from the first two at two places: below the weight of the first row they give the second value, and
whether a cumulative weight is exactly p of the whole they leave to the rounding of sums. `math`, `school` and `hf7` do
the same, to the last bit; `inverse` and `averaged` are the textbook's at every probability (Särndal, Swensson and
Wretman 1992, section 5.11). The variance of the proportion is by linearisation (`woodruff`) or from replicates
(`woodruff_replicated`), which may also give that of the quantile itself. Not decided here: which quantiles to publish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Final, Literal

import numpy as np

from peilstok.estimate import intervals, linearise
from peilstok.estimate.covariance import Inside, variances
from peilstok.estimate.design import Design, Floats
from peilstok.estimate.linearise import Project, unadjusted
from peilstok.estimate.replicates import Replicates, replicated

Rule = Literal["math", "school", "hf7", "inverse", "averaged"]
IntervalKind = Literal["mean", "xlogit", "beta"]
ReplicatedKind = IntervalKind | Literal["quantile"]
"""`quantile`: t times the spread of the quantiles of the replicates themselves, on both sides of the estimate."""
TIE: Final = 1e-12
"""A cumulative share of the weights that is this near to p is p for `inverse` and `averaged`: sums are not exact."""


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
    """Values in rising order, equal ones in the order of their rows; the weights up to each of them; the sum of all."""

    values: Floats
    upto: Floats
    whole: float

    def at(self, probability: float, rule: Rule) -> float:
        match rule:
            case "inverse" | "averaged":
                place, exactly = self._first_with(probability)
                return self._mean(place, place + 1 if exactly and rule == "averaged" else place)
            case "math" | "school":
                place, exactly = self._last_within(probability)
                return self._mean(place if exactly else place + 1, place if exactly and rule == "math" else place + 1)
            case "hf7":
                return self._between(probability)

    def _mean(self, *places: int) -> float:
        last = len(self.values) - 1
        first, second = (float(self.values[min(place, last)]) for place in places)
        return first if first == second else (first + second) / 2

    def _first_with(self, probability: float) -> tuple[int, bool]:
        """The first row with at least this share of the weights, and whether it has exactly this."""
        shares = self.upto / self.whole
        place = min(int(np.searchsorted(shares, probability - TIE)), len(shares) - 1)
        return place, abs(shares[place] - probability) <= TIE

    def _last_within(self, probability: float) -> tuple[int, bool]:
        """R's question: the last row with at most this share, the first one where none has, and whether it is exact."""
        place = max(int(np.searchsorted(self.upto, probability * self.whole, side="right")) - 1, 0)
        return place, probability == self.upto[place] / self.whole

    def _between(self, probability: float) -> float:
        if len(self.values) == 1:
            return float(self.values[0])
        before = np.concatenate([[0.0], self.upto[:-1]]) / self.upto[-2]
        place = int(np.searchsorted(before, probability, side="right")) - 1
        if place == len(before) - 1 or before[place] == probability:
            return float(self.values[place])
        low, high = float(self.values[place]), float(self.values[place + 1])
        return low + (high - low) * float((probability - before[place]) / (before[place + 1] - before[place]))


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Some quantiles by a rule, in a domain."""

    ranked: _Ranked
    probabilities: tuple[float, ...]
    rule: Rule

    @property
    def estimates(self) -> list[float]:
        return [self.ranked.at(_within(each), self.rule) for each in self.probabilities]

    def below(self, y: Floats, inside: Inside) -> Floats:
        """n x k: 1 for the rows inside at or below each estimate."""
        return np.column_stack([(inside & (y <= estimate)).astype(np.float64) for estimate in self.estimates])

    def woodruff(
        self, shares: Floats, errors: Floats, *, interval: IntervalKind, n: int, df: float
    ) -> tuple[Quantile, ...]:
        """With the intervals of the shares at or below each estimate, read as probabilities."""
        limits = [
            intervals.interval_of_share(float(share), float(se), method=interval, n=n, df=df)
            for share, se in zip(shares, errors, strict=True)
        ]
        return tuple(
            self._between(probability, estimate, limit, df)
            for probability, estimate, limit in zip(self.probabilities, self.estimates, limits, strict=True)
        )

    def _between(self, probability: float, estimate: float, share: intervals.Interval, df: float) -> Quantile:
        low = self.ranked.at(share.low, self.rule) if share.low >= 0 else nan
        high = self.ranked.at(share.high, self.rule) if share.high <= 1 else nan
        se = (high - low) / (2 * intervals.quantile_t(df))
        return Quantile(probability=probability, estimate=estimate, se=se, low=low, high=high, df=df)

    def symmetric(self, errors: Floats, *, df: float) -> tuple[Quantile, ...]:
        """With t intervals from the standard errors of the quantiles themselves."""
        limits = [
            intervals.t_interval(estimate, float(se), df=df)
            for estimate, se in zip(self.estimates, errors, strict=True)
        ]
        return tuple(
            Quantile(probability=probability, estimate=estimate, se=float(se), low=limit.low, high=limit.high, df=df)
            for probability, estimate, se, limit in zip(self.probabilities, self.estimates, errors, limits, strict=True)
        )


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
    asked = _Asked(_ranked(y[inside], design.weights[inside]), tuple(probabilities), rule)
    base = inside.astype(np.float64)
    shares = [linearise.mean(each, base, weights=design.weights) for each in asked.below(y, inside).T]
    values = np.column_stack([share.values for share in shares])
    return asked.woodruff(
        np.array([share.estimate for share in shares]),
        np.sqrt(variances(project(values), design, inside)),
        interval=interval,
        n=int(inside.sum()) if rows_of_data is None else rows_of_data,
        df=design.degrees_of_freedom_in(inside) if df is None else df,
    )


def woodruff_replicated(
    y: Floats,
    *,
    weights: Floats,
    replicates: Replicates,
    probabilities: Sequence[float],
    rule: Rule = "math",
    interval: ReplicatedKind = "mean",
    inside: Inside,
    df: float | None = None,
    inverted: bool = True,
) -> tuple[Quantile, ...]:
    """The same, with the share at or below each estimate worked out again in every replicate of the n `weights`.

    With the interval "quantile" it is the quantile itself that is worked out again. Without `df` they are those of the
    replicates in the domain. `inverted`: R has these weights from a design and not from a file (`_ranked`).

    ValueError as in `quantile`.
    """
    asked = _Asked(_ranked(y[inside], weights[inside], inverted=inverted), tuple(probabilities), rule)
    degrees = replicates.degrees_of_freedom(weights * inside) if df is None else df
    if interval == "quantile":
        found, _ = replicated(lambda each: _again(asked, y, each, inside), weights, replicates)
        errors = np.sqrt(np.diag(replicates.covariance(found, np.array(asked.estimates))))
        return asked.symmetric(errors, df=degrees)
    below = asked.below(y, inside)
    found, shares = replicated(lambda each: _shares(below, each, inside), weights, replicates)
    errors = np.sqrt(np.diag(replicates.covariance(found, shares)))
    return asked.woodruff(shares, errors, interval=interval, n=int(inside.sum()), df=degrees)


def _again(asked: _Asked, y: Floats, weights: Floats, inside: Inside) -> Floats:
    """The quantiles with the weights of a replicate; NaN where those leave nobody in the domain."""
    if not (weights[inside] != 0).any():
        return np.full(len(asked.probabilities), nan)
    return np.array(replace(asked, ranked=_ranked(y[inside], weights[inside], inverted=False)).estimates)


def _shares(below: Floats, weights: Floats, inside: Inside) -> Floats:
    """The shares at or below each estimate; NaN where the weights leave nobody in the domain."""
    whole = float((weights * inside).sum())
    if whole == 0:
        return np.full(below.shape[1], nan)
    # The same sums in the same order: where everybody is at or below the estimate the share is 1 to the last digit.
    return np.array([float((weights * column).sum()) / whole for column in below.T])


def _ranked(y: Floats, weights: Floats, *, inverted: bool = True) -> _Ranked:
    """`inverted`: as R has the weights of a design, the inverse of a stored chance, which may move their last digit."""
    there = weights != 0
    values, weights = np.asarray(y, dtype=np.float64)[there], weights[there]
    if len(values) == 0:
        raise ValueError("a quantile needs one row with a weight at least: the domain has none")
    if np.isnan(values).any():
        raise ValueError("a quantile of missing values is not defined: leave their rows out of the domain")
    order = np.argsort(values, kind="stable")
    # R makes sums in the processor's longest numbers.
    long = (1 / (1 / weights) if inverted else weights).astype(np.longdouble)
    return _Ranked(values[order], np.cumsum(long[order]).astype(np.float64), float(long.sum()))


def _within(probability: float) -> float:
    if not 0 <= probability <= 1:
        raise ValueError(f"the probability of a quantile is {probability:g}: it must lie within 0 to 1")
    return probability
