"""Change between two waves: how much, how certain, as a difference and as a part of what it was.

A change is a function of two estimates, and its variance follows from their joint covariance (`overlap`) by the delta
method. Its interval is the t interval; of shares, above all of rare ones, `from_intervals` makes one of the two
shares' own intervals. Not decided here: whether two waves may be compared at all (breaks of a plan).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from peilstok.estimate.design import Floats
from peilstok.estimate.intervals import Interval, t_interval
from peilstok.estimate.overlap import FEWEST, Sample, Way, covariance_between, joint_covariance, way_named

__all__ = [
    "FEWEST",
    "Change",
    "Difference",
    "Sample",
    "Way",
    "change",
    "covariance_between",
    "from_intervals",
    "joint_covariance",
    "limits_from_intervals",
    "of_matrix",
    "way_named",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A change with its standard error and its 95 percent t interval."""

    value: float
    se: float
    low: float
    high: float
    df: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From `before` to `after`: `absolute` is after - before, `relative` is after / before - 1 (None from 0).

    `relative_by_log` is the interval of the relative change that never falls below -1, exp(log(after / before) -+ t se)
    - 1; None where either value is not above 0. `r` is the correlation of the two estimates; `shared` boards answered
    both.
    """

    before: float
    after: float
    absolute: Difference
    relative: Difference | None
    relative_by_log: Interval | None
    r: float
    shared: int
    way: Way


def change(
    a: Sample, b: Sample, *, before: Sequence[float], after: Sequence[float], way: Way = Way.OVERLAP, df: float = 0
) -> tuple[Change, ...]:
    """The change of each of k estimates from wave a, where they are `before`, to wave b, where they are `after`.

    Column j of both samples is estimate j: of any kind (a total, a mean, a share, a ratio). Without `df` it is that of
    the smaller wave, which is right for the same boards in both, and never too large for others.
    """
    k = a.values.shape[1]
    if not len(before) == len(after) == k == b.values.shape[1]:
        raise ValueError("every estimate of a change needs its value and its column in both waves")
    if min(len(a.units), len(b.units)) < 2:
        raise ValueError("a change needs two boards at least in each wave")
    matrix = joint_covariance(a, b, way=way)
    df = df or max(min(a.degrees_of_freedom, b.degrees_of_freedom), 1)
    shared = len(set(a.units) & set(b.units))
    return of_matrix(matrix, before=before, after=after, df=[df] * k, shared=[shared] * k, way=way)


def of_matrix(
    matrix: Floats,
    *,
    before: Sequence[float],
    after: Sequence[float],
    df: Sequence[float],
    shared: Sequence[int],
    way: Way,
) -> tuple[Change, ...]:
    """The same from the 2k x 2k covariance of the k estimates before and the k after; `df` and `shared` are of each."""
    k = len(before)
    return tuple(
        _change(before[j], after[j], matrix[np.ix_([j, k + j], [j, k + j])], df=df[j], shared=shared[j], way=way)
        for j in range(k)
    )


def from_intervals(*, before: float, of_before: Interval, after: float, of_after: Interval, r: float) -> Interval:
    """The interval of after - before from the intervals of both and the correlation r of the two estimates.

    Each limit takes the margins on the side where it lies, so that it keeps the skewness of a rare share and never
    leaves -1 to 1 (Zou and Donner 2008, *Statistics in Medicine* 27, 1693-1702; Newcombe 1998, method 10, for r = 0):
    d - sqrt(a^2 + b^2 - 2 r a b) with a = after - its lower limit, b = upper limit of before - before; and the reverse.
    """
    sides = np.array([[before, of_before.low, of_before.high], [after, of_after.low, of_after.high]])
    low, high = limits_from_intervals(sides[0, :, None], sides[1, :, None], np.array([r]))
    return Interval(float(low[0]), float(high[0]), of_after.kind)


def limits_from_intervals(before: Floats, after: Floats, r: Floats) -> tuple[Floats, Floats]:
    """The lower and upper limits of k changes, in the way of `from_intervals`.

    `before` and `after` are 3 x k: the estimates, and the lower and upper limits of their own intervals.
    """
    (old, old_low, old_high), (new, new_low, new_high) = before, after
    down, up = (new - new_low, old_high - old), (new_high - new, old - old_low)
    below, above = (np.sqrt(np.maximum(a**2 + b**2 - 2 * r * a * b, 0.0)) for a, b in (down, up))
    return new - old - below, new - old + above


def _change(before: float, after: float, matrix: Floats, *, df: float, shared: int, way: Way) -> Change:
    factor = after / before if before else math.nan
    of_factor = _error(matrix, -factor / before, 1 / before) if before else 0.0
    by_log = before > 0 and after > 0
    deviations = math.sqrt(matrix[0, 0] * matrix[1, 1])
    return Change(
        before=before,
        after=after,
        absolute=_difference(after - before, _error(matrix, -1.0, 1.0), df),
        relative=_difference(factor - 1, of_factor, df) if before else None,
        relative_by_log=_by_log(factor, of_factor / factor, df) if by_log else None,
        r=float(matrix[0, 1] / deviations) if deviations else 0.0,
        shared=shared,
        way=way,
    )


def _error(matrix: Floats, *slopes: float) -> float:
    """The delta method: the root of g' V g."""
    g = np.array(slopes)
    return math.sqrt(max(float(g @ matrix @ g), 0.0))


def _difference(value: float, se: float, df: float) -> Difference:
    interval = t_interval(value, se, df=df)
    return Difference(value=value, se=se, low=interval.low, high=interval.high, df=df)


def _by_log(factor: float, se: float, df: float) -> Interval:
    interval = t_interval(math.log(factor), se, df=df)
    return Interval(math.expm1(interval.low), math.expm1(interval.high), "t")
