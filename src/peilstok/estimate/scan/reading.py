"""How the data are to be read: what the first rows suggest, and what a pass over all of them corrects.

A pivot is taken where a ratio is far larger than the deviation from it, since the products of large numbers that nearly
cancel lose digits: about (mean / deviation)^2 times the 1e-16 of a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from peilstok.estimate.design import Floats
from peilstok.estimate.scan.measures import Pair
from peilstok.estimate.scan.sums import Gathered, Layout, Reading
from peilstok.estimate.scan.tables import Arrays, numbers, pair_values

if TYPE_CHECKING:
    from peilstok.estimate.scan.plan import Plan

LOOK: Final = 2_000
"""First rows that are looked at."""
FAR: Final = 10.0
"""A pivot is taken where a ratio exceeds the deviation from it so many times (then two digits would be lost)."""
TOO_FAR: Final = 100.0
"""The data are read once more where it still does after the pass."""


def look(first: Arrays, plan: Plan, *, nan: bool = False) -> Reading:
    weights = numbers(first[plan.weights])
    weights = np.where(np.isfinite(weights), weights, 0.0)
    pivots, complete = [], []
    for pair in plan.pairs:
        y, x, there = pair_values(first, pair)
        complete.append(bool(there.all()))
        w = weights if complete[-1] else weights * there
        with np.errstate(over="ignore", invalid="ignore"):
            wy, wx = w * y, w * x
            pivots.append(_pivot(pair, float(wy @ y), float(wx @ y), float((wx * x).sum())))
    return Reading(pivots=tuple(pivots), complete=tuple(complete), nan=nan)


def _pivot(pair: Pair, yy: float, yx: float, xx: float, *, far: float = FAR) -> float:
    """The ratio of y to x, rounded, where it is far from 0; 0 for an indicator, of which no digits get lost."""
    if pair.y.level is not None or not xx > 0 or not np.isfinite(yy):
        return 0.0
    ratio = yx / xx
    around = max(yy - ratio * yx, 0.0)
    return float(f"{ratio:.6g}") if ratio**2 * xx > far**2 * around else 0.0


def better(reading: Reading, gathered: Gathered, layout: Layout) -> Reading | None:
    """Another reading where this one will not do."""
    [cells, *_] = gathered.cells.values()
    rows = float(gathered.strata.rows.sum())
    complete = tuple(said and bool(cells.there[:, at].sum() == rows) for at, said in enumerate(reading.complete))
    if not np.isfinite(cells.first).all():
        if reading.nan:
            raise ValueError("a value is infinite, or so large that sums are")
        return replace(reading, nan=True)
    if complete != reading.complete:
        return replace(reading, complete=complete)
    pivots = tuple(_moved(layout, cells.second.sum(axis=0)))
    return replace(reading, pivots=pivots) if pivots != reading.pivots else None


def _moved(layout: Layout, second: Floats) -> Iterator[float]:
    """The pivot of each pair, moved where what is left of the ratio is still far from 0."""
    u, v = range(len(layout.pairs)), layout.denominators
    sums = (second[layout.places(i, j)].tolist() for i, j in ((u, u), (u, v), (v, v)))
    for pair, pivot, yy, yx, xx in zip(layout.pairs, layout.reading.pivots, *sums, strict=True):
        yield pivot + _pivot(pair, yy, yx, xx, far=TOO_FAR)
