"""Is the mean of one group higher than that of another? The t test under a sampling design.

The difference of two domain means is linear in their linearised values, so that its variance knows that both groups
come from the same PSUs. The test asks whether it is larger than chance would make it, with the design's degrees of
freedom less one, as one more mean is estimated (R's `svyttest`). Not decided here: what a difference means, and how
many comparisons were made before this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import copysign, inf, nan
from typing import Any, Final

import numpy as np

from peilstok.estimate import linearise
from peilstok.estimate.covariance import Inside, variances
from peilstok.estimate.design import Design, Floats
from peilstok.estimate.intervals import t_interval
from peilstok.estimate.linearise import Project, unadjusted
from peilstok.estimate.tabular import Tabular

_NOISE: Final = 1e-12  # of the largest value: a smaller difference or standard error is rounding


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TTest(Tabular):
    """The difference of two means, second less first, in the unit of y, with its 95 percent interval.

    Where nothing varies `se` is 0: then `statistic` is infinite, or nan when the means are equal as well. Without
    degrees of freedom `p_value`, `low` and `high` are nan.
    """

    estimate: float
    se: float
    statistic: float
    df: float
    p_value: float
    low: float
    high: float
    name: str = "difference"

    def columns(self) -> dict[str, list[Any]]:
        """Name, estimate, se, low, high; t, df, p."""
        return {
            "name": [self.name],
            "estimate": [self.estimate],
            "se": [self.se],
            "low": [self.low],
            "high": [self.high],
            "t": [self.statistic],
            "df": [self.df],
            "p": [self.p_value],
        }


def t_test(
    y: Floats,
    group: Inside | Floats,
    *,
    design: Design,
    inside: Inside,
    df: float | None = None,
    project: Project = unadjusted,
) -> TTest:
    """Compare the means of y in two groups of a domain: `group` is 1 for rows of the second one, 0 for the first.

    `inside` says of each row whether it lies in the domain and has y and a group (both do not matter elsewhere).
    `design.weights` are the weights after adjustment, `project` what the adjustment leaves of linearised values.
    Without `df` they are those of the domain less one.

    ValueError where a group has no rows with a weight, or `group` is something else than 0 and 1.
    """
    first, second = _groups(group, inside, design.weights)
    before, after = (linearise.mean(y, each, weights=design.weights) for each in (first, second))
    values = after.values - before.values
    error = float(np.sqrt(variances(project(values[:, None]), design, inside)[0]))
    noise = _NOISE * float(np.abs(y[inside]).max())
    estimate, se = (0.0 if abs(each) <= noise else each for each in (after.estimate - before.estimate, error))
    return tested(estimate, se, df=design.degrees_of_freedom_in(inside) - 1 if df is None else df)


def tested(estimate: float, se: float, *, df: float) -> TTest:
    """A difference against zero, however its standard error was found."""
    interval = t_interval(estimate, se, df=df)
    statistic = _statistic(estimate, se)
    return TTest(
        estimate=estimate,
        se=se,
        statistic=statistic,
        df=df,
        p_value=_two_sided(statistic, df),
        low=interval.low,
        high=interval.high,
    )


def _groups(group: Inside | Floats, inside: Inside, weights: Floats) -> tuple[Floats, Floats]:
    """Both as columns of 0 and 1 over all rows."""
    strange = inside & (group != 0) & (group != 1)
    if strange.any():
        raise ValueError(f"row {int(np.flatnonzero(strange)[0]) + 1}: the group of a t test is 0 or 1")
    columns = [inside & (group == level) for level in (0, 1)]
    for name, column in zip(("first", "second"), columns, strict=True):
        if not (weights[column] != 0).any():
            raise ValueError(f"a t test compares two groups: the {name} one has no rows in the domain")
    first, second = (column.astype(np.float64) for column in columns)
    return first, second


def _statistic(estimate: float, se: float) -> float:
    if se == 0:
        return nan if estimate == 0 else copysign(inf, estimate)
    return estimate / se


def _two_sided(statistic: float, df: float) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(statistic)))
