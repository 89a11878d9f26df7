"""A share as R's `svyciprop(method = "logit")` finds it: by fitting a constant to the log odds.

The fit has the weighted share for its solution, and the interval is that of `intervals.logit_interval`. R stops when
the deviance changes by less than 1e-8 of itself, up to 1e-8 of the share away from it. Those who compare digits with R
take the same steps here (Fisher scoring, McCullagh and Nelder 1989, *Generalized Linear Models*, section 2.5); others
use the share itself.
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

    ValueError where all or none of them have y = 1: the log odds are infinite.
    """
    there = (inside == 1) & (weights > 0)
    said = np.asarray(y, dtype=np.float64)[there]
    if said.size == 0 or said.min() == said.max():
        raise ValueError("the log odds of a share of 0 or 1 are infinite: take another interval")
    # The steps depend on the size of the weights through where they start: R's mean is 1 over all rows that it fits.
    relative = weights[there] / weights[there].mean()
    share = _scored(said, relative)
    values = np.zeros(len(weights))
    values[there] = relative * (said - share) / relative.sum()
    return Linearised(share, values)


def log_odds_again(y: Floats, inside: Floats, *, weights: Floats, share: float) -> float:
    """The log odds with the weights of a replicate, fitted from those of the full sample's `share` (R's `svyglm`).

    NaN where those rows that have a weight are alike, or none has.
    """
    there = (inside == 1) & (weights > 0)
    said = np.asarray(y, dtype=np.float64)[there]
    if said.size == 0 or said.min() == said.max():
        return math.nan
    fitted = _scored(said, weights[there] / weights[there].sum(), np.full(len(said), share))
    return math.log(fitted / (1 - fitted))


def _scored(said: Floats, weights: Floats, start: Floats | None = None) -> float:
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
    return float(at[0])


def _deviance(said: Floats, weights: Floats, at: Floats) -> float:
    return float(-2 * (weights * np.log(np.where(said == 1, at, 1 - at))).sum())
