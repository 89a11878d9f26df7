"""What a measure asks of every board, as columns: y over x, and the boards whose answers count.

A share has y = 1 for the boards that said it and x = 1 for those that answered; a mean over boards has the number
itself over x = 1; a ratio has numerator over denominator. A total has no x. A domain makes both zero outside it and
keeps all boards. A board without a value for any part of the measure leaves its base.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from peilstok.estimate import answers
from peilstok.estimate.answers import Mask, Wave
from peilstok.estimate.design import Floats
from peilstok.estimate.measures import Count, Mean, Measure, OfFrame, Ratio, RegisterShare, Share, Total


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """For every unit: `y`, `x` (None for a total) and whether it is in the base. Both are 0 outside the base."""

    y: Floats
    x: Floats | None
    base: Mask
    whole: bool = False  # y is a part of x

    def within(self, inside: Mask) -> Columns:
        base = self.base & inside
        return replace(self, y=self.y * base, x=None if self.x is None else self.x * base, base=base)

    def times(self, sizes: Floats) -> Columns:
        """Every board counts as often as it has pupils."""
        return replace(self, y=self.y * sizes, x=None if self.x is None else self.x * sizes)

    @property
    def n(self) -> int:
        return int(self.base.sum())

    @property
    def contributors(self) -> int:
        """Units in the base on which the value rests."""
        return self.n if self.x is None else int((self.x != 0).sum())

    @property
    def said(self) -> int:
        return int((self.y != 0).sum())

    @property
    def not_said(self) -> int:
        """Units with something of x outside y."""
        return 0 if self.x is None else int((self.x - self.y > 0).sum())


def columns(wave: Wave, measure: Measure) -> Columns:
    """The columns of a measure over all units."""
    match measure:
        case Ratio(numerator=numerator, denominator=denominator, of_whole=whole):
            (y, y_known), (x, x_known) = answers.numbers(wave, numerator), answers.numbers(wave, denominator)
            return Columns(y, x, y_known & x_known, whole).within(y_known & x_known)
        case Mean(of=of, per=None):
            y, known = answers.numbers(wave, of)
            return Columns(y, known.astype(np.float64), known)
        case Mean():
            return _percentages(wave, measure)
        case Share():
            y, base = answers.shares(wave, measure)
            return Columns(y, base.astype(np.float64), base, whole=True)
        case RegisterShare(where=where):
            everybody = np.ones(len(wave), dtype=np.bool_)
            return Columns(wave.inside(where).astype(np.float64), everybody.astype(np.float64), everybody, whole=True)
        case Total(of=of) | OfFrame(numerator=of) | Count(of=tuple() as of):
            return Columns(*_with_no_x(answers.numbers(wave, of)))
        case Count():
            everybody = np.ones(len(wave), dtype=np.bool_)
            return Columns(everybody.astype(np.float64), None, everybody)


def _with_no_x(numbers: tuple[Floats, Mask]) -> tuple[Floats, None, Mask]:
    y, known = numbers
    return y, None, known


def _percentages(wave: Wave, measure: Mean) -> Columns:
    """A percentage at every board; a board with nothing to take it of has none and leaves the base."""
    assert measure.per is not None
    (part, part_known), (whole, whole_known) = answers.numbers(wave, measure.of), answers.numbers(wave, measure.per)
    base = part_known & whole_known & (whole != 0)
    y = np.divide(100 * part, whole, out=np.zeros(len(wave)), where=base)
    return Columns(y, base.astype(np.float64), base)
