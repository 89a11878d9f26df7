"""A share as R's `svyciprop(method = "logit")` finds it: by fitting a constant to the log odds.

The fit has the weighted share for its solution, and the interval is that of `intervals.logit_interval`. R stops when
the deviance changes by less than 1e-8 of itself, up to 1e-8 of the share away from it. Those who compare digits with R
take the same steps here (Fisher scoring, McCullagh and Nelder 1989, *Generalized Linear Models*, section 2.5); others
use the share itself. Where all or none of the rows have y = 1 the log odds are infinite: each step moves them by one,
and the share that R stops at (about 1e-11 from 0 or 1) says how many steps it took, nothing of the population.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from peilstok.estimate.design import Floats
from peilstok.estimate.linearise import Linearised

ROUNDS: Final = 25
EPSILON: Final = 1e-8


def fitted_share(y: Floats, inside: Floats, *, weights: Floats) -> Linearised:
    """The share of y = 1 (0 elsewhere) among the rows where `inside` is 1, with its linearised values.

    ValueError where there are no such rows with a weight.
    """
    there = (inside == 1) & (weights > 0)
    said = np.asarray(y, dtype=np.float64)[there]
    if said.size == 0:
        raise ValueError("the log odds of a share need one row with a weight at least: there is none")
    # The steps depend on the size of the weights through where they start: R's mean is 1 over all rows that it fits.
    relative = weights[there] / weights[there].mean()
    share = 1 / (1 + math.exp(-_scored(said, relative)))
    values = np.zeros(len(weights))
    values[there] = relative * (said - share) / relative.sum()
    return Linearised(share, values)


def log_odds_again(y: Floats, inside: Floats, *, weights: Floats, share: float) -> float:
    """The log odds with the weights of a replicate, fitted from those of the full sample's `share` (R's `svyglm`).

    NaN where no row has a weight.
    """
    there = (inside == 1) & (weights > 0)
    said = np.asarray(y, dtype=np.float64)[there]
    if said.size == 0:
        return math.nan
    return _scored(said, weights[there] / weights[there].sum(), np.full(len(said), share))


def _scored(said: Floats, weights: Floats, start: Floats | None = None) -> float:
    """The log odds that the fit stops at."""
    at = (weights * said + 0.5) / (weights + 1) if start is None else start
    log_odds, deviance = np.log(at / (1 - at)), _deviance(said, weights, at)
    for _ in range(ROUNDS):
        information = weights * at * (1 - at)
        working = log_odds + (said - at) / (at * (1 - at))
        log_odds = np.full(len(said), (information * working).sum() / information.sum())
        at = 1 / (1 + np.exp(-log_odds))
        before, deviance = deviance, _deviance(said, weights, at)
        if abs(deviance - before) / (abs(deviance) + 0.1) < EPSILON:
            break
    return float(log_odds[0])


def _deviance(said: Floats, weights: Floats, at: Floats) -> float:
    return float(-2 * (weights * np.log(np.where(said == 1, at, 1 - at))).sum())
