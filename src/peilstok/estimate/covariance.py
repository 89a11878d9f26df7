"""The covariance of estimates from their linearised values: one function for every estimator and design of one stage.

V = sum_h (1 - f_h) n_h / (n_h - 1) sum_i (z_hi - zbar_h)(z_hi - zbar_h)'

over strata h and PSUs i, z summed to the PSU; PSUs without a row in a domain stay in with z = 0 (Särndal, Swensson
and Wretman 1992, result 3.7.2 with the linearised variable of section 5.5).
"""

from __future__ import annotations

import numpy as np

from peilstok.estimate.design import Codes, Design, Floats


def covariance(values: Floats, design: Design) -> Floats:
    """The k x k covariance matrix of k estimates from their n x k linearised values."""
    deviations = _deviations(values, design)
    return np.asarray(deviations.T @ deviations, dtype=np.float64)


def variances(values: Floats, design: Design) -> Floats:
    """The k variances alone."""
    return np.asarray((_deviations(values, design) ** 2).sum(axis=0), dtype=np.float64)


def _deviations(values: Floats, design: Design) -> Floats:
    """PSU totals less the mean of their stratum, scaled so that their cross products add up to the covariance."""
    totals = sums(values, design.psus)
    strata, sampled = design.stratum_of_psu, design.sampled
    means = sums(totals, strata) / sampled[:, None]
    # A stratum of one unit was sampled whole (see Design): its factor is zero, whatever it is divided by.
    scale = np.sqrt((1 - design.fractions) * sampled / np.maximum(sampled - 1, 1))
    return np.asarray((totals - means[strata]) * scale[strata, None], dtype=np.float64)


def sums(values: Floats, codes: Codes) -> Floats:
    """The rows of each code added up: groups x k from n x k."""
    result = np.zeros((int(codes.max()) + 1, values.shape[1]))
    np.add.at(result, codes, values)
    return result
