"""The covariances of all estimates of one set of domains, from the sums of a scan with all their products.

Every estimate is a u + b v in its domain (`closing`). With T the covariances of the totals of all columns in all
domains, those of the estimates are L T L' with the a and b of each in a row of L. Two domains share no rows; without
clusters their totals are correlated through the mean of the stratum alone, and with clusters through the PSUs that have
rows in both.
"""

from __future__ import annotations

import numpy as np

from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.scan.sums import Cells, Layout


def of_totals(cells: Cells, layout: Layout, centred: Floats, *, factors: Floats, means: Floats) -> Floats:
    """T, domains x columns of it in both directions.

    `centred` are the centred products of each cell; `factors` (1 - f) n / (n - 1) and `means` the same over n, of the
    stratum of each cell, 0 where nothing is centred.
    """
    size, columns = len(cells.domains), layout.columns
    result = -_through_means(cells, size, means)
    if cells.between is not None:
        between, of_stratum = cells.between, np.zeros(int(cells.stratum.max(initial=-1)) + 1)
        of_stratum[cells.stratum] = factors
        keys = zip(between.stratum, between.one, between.other, strict=True)
        for place, (stratum, one, other) in enumerate(keys):
            result[one, :, other] += of_stratum[stratum] * between.products[place]
    i, j = np.array(layout.products, dtype=np.intp).T
    within = np.zeros((size, columns, columns))
    for cell, domain in enumerate(cells.domain):
        within[domain, i, j] += factors[cell] * centred[cell]
    within[:, j, i] = within[:, i, j]
    result[np.arange(size), :, np.arange(size)] = within
    return result.reshape(size * columns, size * columns)


def _through_means(cells: Cells, size: int, means: Floats) -> Floats:
    """sum_h c_h / n_h (total of a column in one domain) (total of a column in another), domains x columns twice."""
    columns = cells.first.shape[1]
    totals = np.zeros((int(cells.stratum.max(initial=-1)) + 1, size, columns))
    totals[cells.stratum, cells.domain] = np.sqrt(means)[:, None] * cells.first
    return np.asarray(np.tensordot(totals, totals, axes=(0, 0)), dtype=np.float64)


def of_estimates(totals: Floats, *, a: Floats, b: Floats, u: Codes, v: Codes) -> Floats:
    """L T L': in the order of domains, and of measures within each. `a` and `b` are domains x measures."""
    size, measures = a.shape
    columns = len(totals) // size
    linear = np.zeros((size, measures, size, columns))
    domain, measure = np.indices((size, measures))
    linear[domain, measure, domain, u] = a
    linear[domain, measure, domain, v] = b
    flat = linear.reshape(size * measures, size * columns)
    return np.asarray(flat @ totals @ flat.T, dtype=np.float64)
