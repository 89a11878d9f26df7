"""The jackknife of post-stratified estimates of many measures in many domains at once: each board is left out in turn.

Without board i of cell h the others of that cell get the weight N_h / (n_h - 1), and those of all other cells keep
theirs. A weighted total T = sum_h N_h / n_h S_h, S_h the sum over the boards of the cell in the domain, becomes

    T_(i) = T + N_h / (n_h - 1) (S_h - y_i) - N_h / n_h S_h

so that no replicate needs a pass over the boards. The variance is that of JK1 with weights adjusted anew in each
replicate (Wolter 2007, *Introduction to Variance Estimation*, sections 4.2 and 4.5; R: `postStratify` on
`as.svrepdesign(type = "JK1")`): (n - 1) / n sum (t_(i) - mean of t_(i))^2, times 1 - n / N. It sees what linearisation
leaves out, that a ratio and its weights were made from few boards (`docs/methods/coverage.md`).

Shapes: n boards, m measures, d domains.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from peilstok.estimate.design import Floats
from peilstok.estimate.moments import Masks, Measures
from peilstok.estimate.weights import PostStrata

FEWEST: Final = 2
"""A cell must have so many boards, as one is left out of it."""


def squares(measures: Measures, inside: Masks, strata: PostStrata) -> Floats:
    """(n - 1) / n sum (t_(i) - mean of t_(i))^2 of every estimate, d x m, in the unit of y / x (y for a total).

    nan where an estimate is not defined without some board: it is the only one in the domain that has an x.
    """
    cells, frame = strata.codes, np.array([cell.boards for cell in strata.cells], dtype=np.float64)
    sizes = np.array([cell.respondents for cell in strata.cells], dtype=np.float64)
    if (sizes < FEWEST).any():
        raise ValueError(f"a cell has fewer than {FEWEST} boards: none can be left out of it")
    left = frame / (sizes - 1)  # the weight of the others of its cell, once a board is left out
    there = inside.astype(np.float64)
    result = np.empty((there.shape[1], measures.y.shape[1]))
    for place, ratio in enumerate(measures.ratio.tolist()):
        # From its pivot y / x differs by a constant, which no variance has.
        y, x = (measures.shifted if ratio else measures.y)[:, place], measures.x[:, place]
        above = _without_each(y, there, cells, frame / sizes, left)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = above / _without_each(x, there, cells, frame / sizes, left) if ratio else above
            deviations = values - values.mean(axis=0)
        result[:, place] = np.einsum("nd,nd->d", deviations, deviations)
    return np.asarray((1 - 1 / len(cells)) * result, dtype=np.float64)


def _without_each(y: Floats, there: Floats, cells: np.ndarray, full: Floats, left: Floats) -> Floats:
    """Weighted totals without each board in turn, n x d."""
    inside = there * y[:, None]
    sums = np.stack([inside[cells == cell].sum(axis=0) for cell in range(len(full))])
    total = full @ sums
    of_cells = total + (left - full)[:, None] * sums  # before the board itself is taken out
    return np.asarray(of_cells[cells] - left[cells][:, None] * inside, dtype=np.float64)
