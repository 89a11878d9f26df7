"""95 percent intervals from an estimate, its standard error and its degrees of freedom.

Means, totals and ratios that are no part of a whole have the symmetric t interval. Shares, and ratios of a part to its
whole, have the logit interval, which stays between 0 and 1; where fewer than `RARE` units say it, or fewer than
`RARE` do not, the beta interval of Korn and Graubard takes over, which covers well there and is defined for none and
for all. `docs/methods/intervals.md` shows how often each covers the truth.

scipy.special is imported where it is used: loading it takes a fifth of a second, and every process of the site, the one
that only sends mail too, has this module in its house.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from peilstok.estimate.design import Floats

LEVEL: Final = 0.95
RARE: Final = 10
NOISE: Final = 1e-9  # a standard error below this part of the standard deviation is rounding

Kind = Literal["t", "logit", "beta", "wilson"]
Method = Literal["mean", "xlogit", "logit", "beta", "wilson"]


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float
    kind: Kind


def quantile_t(df: float) -> float:
    """The upper 97.5 percent point of Student's t."""
    return float(quantiles_t(np.array([df], dtype=np.float64))[0])


def t_interval(estimate: float, se: float, *, df: float) -> Interval:
    half = quantile_t(df) * se
    return Interval(estimate - half, estimate + half, "t")


def logit_interval(share: float, se: float, *, df: float) -> Interval:
    """expit(logit p -+ t se / (p (1 - p))), for 0 < p < 1 (`svyciprop(method = "xlogit")` of R)."""
    low, high = _logit_limits(*(np.array([each], dtype=np.float64) for each in (share, se, df)))
    return Interval(float(low[0]), float(high[0]), "logit")


def effective_size(share: float, se: float, *, n: float, df: float) -> float:
    """The size of a binomial sample with this standard error, less what few degrees of freedom cost.

    n* = p (1 - p) / se^2 (t_{n-1} / t_df)^2 (Korn and Graubard 1998).
    """
    found = _effective_sizes(*(np.array([each], dtype=np.float64) for each in (share, se, n, df)))
    return float(found[0])


def beta_interval(share: float, *, size: float) -> Interval:
    """The exact binomial interval of Clopper and Pearson for a sample of `size`, which need not be whole.

    Lower limit Beta(n* p, n* (1 - p) + 1), upper limit Beta(n* p + 1, n* (1 - p)).
    """
    low, high = _beta_limits(np.array([share]), np.array([size]))
    return Interval(float(low[0]), float(high[0]), "beta")


def wilson_interval(share: float, *, size: float, df: float = math.inf) -> Interval:
    """The score interval: all pi with |p - pi| <= t sqrt(pi (1 - pi) / n*), which never leaves 0 to 1.

    `size` is the effective number n* = p (1 - p) / se^2; t is normal without `df` (Wilson 1927, *JASA* 22, 209-212;
    Franco, Little, Louis and Slud 2019, *Journal of Survey Statistics and Methodology* 7, for complex samples).
    """
    square = quantile_t(df) ** 2 / size
    middle, half = share + square / 2, math.sqrt(square * (share * (1 - share) + square / 4))
    low, high = (middle - half) / (1 + square), (middle + half) / (1 + square)
    low, high = max(min(low, share), 0.0), min(max(high, share), 1.0)  # rounding, at shares next to 0 and 1
    return Interval(0.0 if share <= 0 else low, 1.0 if share >= 1 else high, "wilson")


def mean_interval(share: float, se: float, *, df: float) -> Interval:
    """p -+ t se, which may leave 0 to 1 (`svyciprop(method = "mean")` of R)."""
    return t_interval(share, se, df=df)


def interval_of_share(share: float, se: float, *, method: Method, n: float, df: float) -> Interval:
    """The interval of a share by one method, whatever the share; n rows are in the data (for "beta").

    "logit" is "xlogit" of the share that R's fit stops at (`quasibinomial.fitted_share`), or of the share itself.
    With a standard error of zero all but "mean" are nan at 0 and at 1, where they would need an effective size:
    `share_interval` takes one, and is what is published.
    """
    if method == "mean":
        return mean_interval(share, se, df=df)
    kind: Kind = "logit" if method == "xlogit" else method
    if not 0 < share < 1:
        return Interval(math.nan, math.nan, kind)
    if se <= NOISE * math.sqrt(share * (1 - share)):
        return Interval(share, share, kind)
    if kind == "logit":
        return logit_interval(share, se, df=df)
    if method == "beta":
        return beta_interval(share, size=effective_size(share, se, n=n, df=df))
    return wilson_interval(share, size=share * (1 - share) / se**2, df=df)


def share_interval(share: float, se: float, *, said: int, not_said: int, n: int, size: float, df: float) -> Interval:
    """The interval of a share, or of the part of a whole, over n units: `share_intervals` of one."""
    numbers = (np.array([each], dtype=np.float64) for each in (share, se, said, not_said, n, size, df))
    low, high, logit = share_intervals(*numbers)
    return Interval(float(low[0]), float(high[0]), "logit" if logit[0] else "beta")


def share_intervals(
    share: Floats, se: Floats, said: Floats, not_said: Floats, n: Floats, size: Floats, df: Floats
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """The intervals of k shares, or parts of a whole: lower and upper limits, and which are logit; the others are beta.

    Over `n` units each, of which `said` have a part in it and `not_said` something outside it (for a ratio a unit may
    do both). `size` is the effective size to take where the standard error is zero because no answers differ: none or
    all said it. It is infinite when everybody answered; then nothing is uncertain.
    """
    deviation = np.sqrt(np.maximum(share * (1 - share), 0.0))
    certain, differ = size == np.inf, se > NOISE * deviation
    logit = ~certain & differ & (np.minimum(said, not_said) >= RARE)
    low, high = share.copy(), share.copy()
    low[logit], high[logit] = _logit_limits(share[logit], se[logit], df[logit])
    korn, exact = ~certain & ~logit & differ, ~certain & ~differ
    effective = size.copy()
    effective[korn] = _effective_sizes(share[korn], se[korn], n[korn], df[korn])
    low[korn | exact], high[korn | exact] = _beta_limits(share[korn | exact], effective[korn | exact])
    return low, high, logit


def quantiles_t(df: Floats) -> Floats:
    """The upper 97.5 percent points of Student's t, each found once."""
    from scipy.special import stdtrit

    different, places = np.unique(df, return_inverse=True)
    return np.asarray(stdtrit(different, (1 + LEVEL) / 2)[places], dtype=np.float64)


def _logit_limits(share: Floats, se: Floats, df: Floats) -> tuple[Floats, Floats]:
    from scipy.special import expit, logit

    middle, half = logit(share), quantiles_t(df) * se / (share * (1 - share))
    return expit(middle - half), expit(middle + half)


def _effective_sizes(share: Floats, se: Floats, n: Floats, df: Floats) -> Floats:
    return np.asarray(share * (1 - share) / se**2 * (quantiles_t(n - 1) / quantiles_t(df)) ** 2, dtype=np.float64)


def _beta_limits(share: Floats, size: Floats) -> tuple[Floats, Floats]:
    from scipy.special import betaincinv

    tail, said, not_said = (1 - LEVEL) / 2, size * share, size * (1 - share)
    with np.errstate(invalid="ignore"):
        low = np.where(share <= 0, 0.0, betaincinv(said, not_said + 1, tail))
        high = np.where(share >= 1, 1.0, betaincinv(said + 1, not_said, 1 - tail))
    return low, high
