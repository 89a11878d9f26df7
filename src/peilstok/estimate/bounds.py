"""What a figure of the whole frame could be, whatever those that did not answer would have said.

A figure is a sum of y over a sum of x over the frame. For units whose answer is known both are known; for the others it
is known how small and how large they can be (a share: 0 or 1; pupils: from 0 to those of the register). `worst_case`
assumes nothing more (Manski 2003, *Partial Identification of Probability Distributions*, chapter 1). `within` assumes
that units of a cell that did not answer differ on average by at most so many points from those of the cell that did:
with 0 points that is weighting by cells, with many it is the worst case.

These are no confidence intervals: nothing is drawn, the frame is all there is, and the answers known are taken as true.
Not decided here: how many points are likely. Nobody knows; `turning_point` says how many would change a conclusion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from peilstok.estimate.design import Codes, Floats

Mask = NDArray[np.bool_]

_HALVINGS: Final = 60
_MOST_POINTS: Final = 1e9


@dataclass(frozen=True, slots=True)
class Bounds:
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Rounding of the sums aside."""
        slack = 1e-12 * max(abs(self.low), abs(self.high), 1.0)
        return self.low - slack <= value <= self.high + slack


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What is known of y and x at each of N units of the frame.

    Where `known`, y and x themselves; elsewhere `y` and `x` are not looked at, and the unit's y lies between `y_least`
    and `y_most`, its x between `x_least` and `x_most`; a `part` of a whole is never more than its whole, y <= x.
    `sizes` say how large a unit is, in what x counts: 1 for figures of boards, pupils for figures of pupils.
    """

    y: Floats
    x: Floats
    known: Mask
    y_least: Floats
    y_most: Floats
    x_least: Floats
    x_most: Floats
    sizes: Floats
    part: bool = False

    def __post_init__(self) -> None:
        columns = (self.y, self.x, self.y_least, self.y_most, self.x_least, self.x_most, self.sizes)
        if any(len(each) != len(self.known) for each in columns):
            raise ValueError("the columns of a figure have different lengths")
        if not self.known.any():
            raise ValueError("no answer is known: every value between the bounds is possible")
        if (self.y_least > self.y_most).any() or (self.x_least > self.x_most).any() or (self.x_least < 0).any():
            raise ValueError("bounds of y and x: the least first, and x is never below 0")
        if self.part and ((self.y > self.x) & self.known).any():
            raise ValueError("a part is larger than its whole")

    @property
    def unknown(self) -> Mask:
        return ~self.known

    def sums(self) -> tuple[float, float]:
        """Of y and of x over the units that are known."""
        return float(self.y[self.known].sum()), float(self.x[self.known].sum())


def worst_case(known: Known) -> Bounds:
    """The smallest and the largest value that the figure can have, with nothing assumed.

    Infinite where a y has no bound. ValueError where no known x is above 0, or an x has no upper bound.
    """
    if known.sums()[1] <= 0:
        raise ValueError("the denominator of those that answered is zero: the figure has no bounds")
    if not np.isfinite(known.x_most[known.unknown]).all():
        raise ValueError("x needs an upper bound at every unit that did not answer")
    return Bounds(-_largest(known, sign=-1.0), _largest(known, sign=1.0))


def within(known: Known, cells: Codes, *, points: float) -> Bounds:
    """The figure where units of a cell that did not answer differ by at most `points` (of y / x) from those that did.

    The ratio of a cell's unknown units is that of its known units, give or take the points, as far as their bounds let
    it be. Their x, where it is not known, is as much per size as that of the known. A cell of which nobody answered has
    the worst case. Never wider than `worst_case`.
    """
    if points < 0:
        raise ValueError("points: how far apart at most, from 0")
    widest = worst_case(known)
    y, x = known.sums()
    ratio, more = _by_cell(known, cells)
    least, most = _possible(known, cells, more)
    lowest = np.where(np.isnan(ratio), least, np.clip(more * (ratio - points), least, most))
    highest = np.where(np.isnan(ratio), most, np.clip(more * (ratio + points), least, most))
    whole = x + float(more.sum())
    low, high = (y + float(lowest.sum())) / whole, (y + float(highest.sum())) / whole
    return Bounds(min(max(low, widest.low), widest.high), max(min(high, widest.high), widest.low))


def turning_point(known: Known, cells: Codes, threshold: float) -> float | None:
    """With how many points of difference the figure could be on the other side of a threshold; None: with no number.

    The smallest number of points with which the bounds of `within` hold the threshold.
    """
    points = 1e-9
    while not within(known, cells, points=points).holds(threshold):
        points *= 2
        if points > _MOST_POINTS:
            return None
    low = 0.0
    for _ in range(_HALVINGS):
        middle = (low + points) / 2
        low, points = (low, middle) if within(known, cells, points=middle).holds(threshold) else (middle, points)
    return points


def _largest(known: Known, *, sign: float) -> float:
    """The largest value of sign * y / x: every unit has the y and x that raise y - ratio * x most.

    Which these are depends on the ratio, so the step is repeated until the ratio stays (Dinkelbach 1967, *Management
    Science* 13, 492-498). They change at a ratio of 0 and of 1 only, so that four steps are enough.
    """
    (y, x), where = known.sums(), known.unknown
    top = (known.y_most if sign > 0 else -known.y_least)[where]
    least, most = known.x_least[where], known.x_most[where]
    if known.part:  # a whole is at least its part
        least = np.maximum(least, known.y_least[where])
    ratio = sign * y / x
    for _ in range(4):
        at = most if ratio < 0 else least
        if known.part and sign > 0 and 0 <= ratio < 1:
            at = np.clip(top, least, most)  # up to here y may grow with x
        reached = np.minimum(top, at) if known.part and sign > 0 else top
        ratio = (sign * y + float(reached.sum())) / (x + float(at.sum()))
    return ratio


def _by_cell(known: Known, cells: Codes) -> tuple[Floats, Floats]:
    """y / x of the known units of each cell (NaN without), and the sum of x of its unknown units."""
    count = int(cells.max()) + 1

    def summed(column: Floats, where: Mask) -> Floats:
        return np.bincount(cells[where], weights=column[where], minlength=count).astype(np.float64)

    y, x, sizes = (summed(column, known.known) for column in (known.y, known.x, known.sizes))
    per_size = np.divide(x, sizes, out=np.full(count, x.sum() / sizes.sum()), where=sizes > 0)
    least, most = summed(known.x_least, known.unknown), summed(known.x_most, known.unknown)
    more = np.clip(per_size * summed(known.sizes, known.unknown), least, most)
    return np.divide(y, x, out=np.full(count, np.nan), where=x > 0), more


def _possible(known: Known, cells: Codes, more: Floats) -> tuple[Floats, Floats]:
    """The least and the most that y of the unknown units of each cell can be together."""
    where = known.unknown
    least, most = (
        np.bincount(cells[where], weights=column[where], minlength=len(more)).astype(np.float64)
        for column in (known.y_least, known.y_most)
    )
    return (np.minimum(least, more), np.minimum(most, more)) if known.part else (least, most)
