"""Sums over boards of many measures in many domains at once, and the variances that follow from them.

A measure is y over x (`columns`), and its linearised value in a domain is z = w (y - R x) / sum w x, w y for a total.
Within a cell of equal weights the squares of z about their mean follow from six sums over the boards of the domain, so
that all domains of all measures take one matrix product per cell. Sums of squares lose the digits of what they subtract
when a mean is large against the deviation: y is therefore taken from its overall value (R of all boards times x; the
mean, for a total), and what still loses digits is said (`Spread.told`), to be worked out from the values themselves.

Shapes: n boards, m measures, d domains, c cells of weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from peilstok.estimate.columns import Columns
from peilstok.estimate.design import Codes, Floats

_LOST: Final = 1e-6
"""Below this part of what was subtracted, a variance has fewer than some nine digits left."""

_AHEAD: Final = 64
"""So many boards are looked at before all of them."""

Masks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Measures:
    """Measures side by side, n x m; `ratio` says of each whether it has an x, which is 1 for all boards elsewhere."""

    y: Floats
    x: Floats
    base: Masks
    ratio: Masks

    @cached_property
    def pivot(self) -> Floats:
        """Of each measure: sum y / sum x over all boards; 0 where there is no x."""
        below = self.x.sum(axis=0)
        pivot = np.divide(self.y.sum(axis=0), below, out=np.zeros(len(below)), where=below != 0)
        return np.asarray(pivot, dtype=np.float64)

    @cached_property
    def shifted(self) -> Floats:
        """y from its pivot."""
        return self.y - self.pivot * self.x


def side_by_side(columns: Sequence[Columns]) -> Measures:
    """The measures of some columns, in their order."""
    boards = len(columns[0].y)
    ones = np.ones(boards)
    return Measures(
        y=np.column_stack([each.y for each in columns]),
        x=np.column_stack([ones if each.x is None else each.x for each in columns]),
        base=np.column_stack([each.base for each in columns]),
        ratio=np.array([each.x is not None for each in columns]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Of each domain and measure, d x m: boards in the base, with something of x (of a total: in the base), of y, and
    of x outside y; and the sizes of the boards in the base, added up."""

    n: Floats
    with_x: Floats
    with_y: Floats
    with_rest: Floats
    sizes: Floats

    def of(self, measure: int) -> list[tuple[int, int, int, int, int]]:
        """One measure, in every domain."""
        columns = (self.n, self.with_x, self.with_y, self.with_rest, self.sizes)
        return list(zip(*(column[:, measure].astype(np.intp).tolist() for column in columns), strict=True))


def counts(measures: Measures, inside: Masks, sizes: Floats) -> Counts:
    """Counted in the domains, whose boards `inside` has: n x d; `sizes` has a whole number for every board."""
    y, x, base = measures.y, measures.x, measures.base
    parts = (base, np.where(measures.ratio, x != 0, base), y != 0, x - y > 0, base * sizes[:, None])
    return Counts(*np.split(inside.T.astype(np.float64) @ np.concatenate(parts, axis=1), len(parts), axis=1))


def two_largest(y: Floats, inside: Masks) -> Floats:
    """Of each domain: the part of the sum of all amounts |y| that the two largest have; 0 where there is none."""
    amounts = np.abs(y)
    whole = inside.T.astype(np.float64) @ amounts
    order = np.argsort(-amounts, kind="stable")
    found, here = _first_two(amounts, inside, order[:_AHEAD])
    if not here.all():  # nearly always they are among the largest of all boards
        found[~here], _ = _first_two(amounts, inside[:, ~here], order)
    return np.divide(found, whole, out=np.zeros(len(whole)), where=whole > 0)


def _first_two(amounts: Floats, inside: Masks, order: Codes) -> tuple[Floats, Masks]:
    """Of each domain: the amounts of its first two boards in this order, added up, and whether it has two."""
    there, domains = inside[order].T.copy(), np.arange(inside.shape[1])
    two, found = there.sum(axis=1) >= 2, np.zeros(len(domains))
    for _ in range(2):
        first = there.argmax(axis=1)
        found += there[domains, first] * amounts[order[first]]
        there[domains, first] = False
    return found, two


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Over the boards of each cell and domain, c x d x m. `shifted` is y from its pivot, in `yy` and `yx` too.

    `sizes` are the boards of each cell, in whatever domain; pivots and ratios are those of the measures.
    """

    sizes: Floats
    pivot: Floats
    ratio: Masks
    y: Floats
    x: Floats
    xx: Floats
    shifted: Floats
    yy: Floats
    yx: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Estimates d x m, their variances but for the factor of the design, and the effective number of parts of x.

    `told` says where the variance has kept its digits. An estimate over nothing is nan.
    """

    values: Floats
    squares: Floats
    told: Masks
    parts: Floats


def sums(measures: Measures, inside: Masks, cells: Codes) -> Sums:
    """The sums within the cells (numbered from 0) of the boards."""
    y, x, shifted, there = measures.y, measures.x, measures.shifted, inside.astype(np.float64)
    columns = np.concatenate([y, x, x * x, shifted, shifted * shifted, shifted * x], axis=1)
    every = range(int(cells.max()) + 1)
    of_cells = np.stack([there[cells == cell].T @ columns[cells == cell] for cell in every])
    return Sums(np.bincount(cells).astype(np.float64), measures.pivot, measures.ratio, *np.split(of_cells, 6, axis=2))


def together(found: Sums) -> Sums:
    """The same without the cells: all boards in one."""
    of_cells = (found.y, found.x, found.xx, found.shifted, found.yy, found.yx)
    whole = (each.sum(axis=0, keepdims=True) for each in of_cells)
    return Sums(found.sizes.sum(keepdims=True), found.pivot, found.ratio, *whole)


def spread(found: Sums, weights: Floats) -> Spread:
    """The estimates with these weights, one for each cell, and the squares of z about the mean of its cell."""
    w = (weights / weights.max())[:, None, None]  # equal weights become 1, so that 57 boards of 285 are 20 percent
    above, below = (w * found.y).sum(axis=0), (w * found.x).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(found.ratio, above / below, above * weights.max())
        squares, subtracted = ((w**2 * each).sum(axis=0) for each in central(found, slopes(found, values)))
        scale = np.where(found.ratio, below, 1 / weights.max())
        parts = below**2 / (w**2 * found.xx).sum(axis=0)
        return Spread(values, squares / scale**2, kept_digits(squares, subtracted), parts)


def slopes(found: Measures | Sums, values: Floats) -> Floats:
    """q, with which z is as y + q x, y from its pivot: pivot - R for a ratio, the pivot itself for a total."""
    return np.asarray(found.pivot - np.where(found.ratio, values, 0.0), dtype=np.float64)


def central(found: Sums, q: Floats) -> tuple[Floats, Floats]:
    """Of each cell, c x d x m: the squares of y + q x about their mean, and how large are the sums they come from.

    S_yy + 2 q S_yx + q^2 S_xx, with S the central sums over all boards of the cell (those outside the domain are 0).
    """
    sizes = found.sizes[:, None, None]
    yy, yx = found.yy - found.shifted**2 / sizes, found.yx - found.shifted * found.x / sizes
    squares = yy + 2 * q * yx + q**2 * (found.xx - found.x**2 / sizes)
    return squares, found.yy + 2 * np.abs(q * found.yx) + q**2 * found.xx


def kept_digits(squares: Floats, subtracted: Floats) -> Masks:
    """Where sums of squares about a mean are large enough against the sums that they came from."""
    return np.asarray((squares > _LOST * subtracted) | (subtracted == 0), dtype=np.bool_)
