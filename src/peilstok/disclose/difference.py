"""The difference of one figure between two waves, and what may be said of it: the one place where that is decided.

A table of changes and the check of a sentence both ask here. More or less is said only where the 95 percent interval
of the difference excludes zero (normal, two-sided), with the covariance where the same boards answered both times; a
figure without a standard error has no sampling error. Across a declared break nothing is compared. Not decided here:
words, and whether two waves are about equal. `docs/methods/claims.md` has the reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Final, Literal

from peilstok.disclose.figures import Break, Figure, FigureBook, Measured
from peilstok.terms import FigureName, WaveId

Z95: Final = 1.959963984540054  # standard normal, 97.5 percent

Verdict = Literal["higher", "lower", "not_clear", "equal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A figure in two waves: `value` is now minus before, in its unit (percentage points for percent).

    `se` is None where neither wave has a sampling error; `broken` is the declared break that lies between the two.
    """

    now: Figure
    before: Figure
    waves: tuple[WaveId, WaveId]  # before, now
    value: Fraction
    se: float | None
    broken: Break | None

    @property
    def margin(self) -> float:
        """Half the 95 percent interval."""
        return Z95 * (self.se or 0.0)

    @property
    def verdict(self) -> Verdict | None:
        """None across a break, where nothing is said."""
        return None if self.broken else verdict(float(self.value), self.margin)


def of_figures(*, book: FigureBook, now: Figure, before: Figure, waves: tuple[WaveId, WaveId]) -> Difference:
    """The difference of a figure of wave `waves[1]` with the figure of the same name of wave `waves[0]`."""
    earlier, later = waves
    return Difference(
        now=now,
        before=before,
        waves=waves,
        value=_decimal(now.value) - _decimal(before.value),
        se=standard_error(now.measured, before.measured, book.covariance((earlier, before.name), (later, now.name))),
        broken=break_between(book, now, waves),
    )


def _decimal(value: float) -> Fraction:
    """With nine decimals, so that no noise of binary numbers makes two equal values differ."""
    return Fraction(str(round(value, 9)))


def verdict(difference: float, margin: float) -> Verdict:
    """More or less only where the interval excludes zero; an interval that ends at zero does not exclude it."""
    if difference == 0:
        return "equal" if margin == 0 else "not_clear"
    if abs(difference) > margin:
        return "higher" if difference > 0 else "lower"
    return "not_clear"


def standard_error(a: Measured, b: Measured, covariance: float) -> float | None:
    """Of the difference of two figures; one without an error of its own adds none and goes along with nothing."""
    if a.se is None and b.se is None:
        return None
    if a.se is None or b.se is None:
        covariance = 0.0
    # rounding can leave a covariance a hair above what the two variances allow
    return sqrt(max((a.se or 0.0) ** 2 + (b.se or 0.0) ** 2 - 2 * covariance, 0.0))


def break_between(book: FigureBook, figure: Figure, waves: tuple[WaveId, WaveId]) -> Break | None:
    """A declared break of this figure, or of the estimand that it is a domain of, anywhere between the two waves."""
    order = [wave.id for wave in book.waves]
    names = {figure.name, FigureName(figure.name.partition(".")[0]), figure.estimand}
    first, last = sorted(map(order.index, waves))
    for each in book.breaks:
        if each.figure not in names or not set(each.between) <= set(order):
            continue
        at, to = sorted(map(order.index, each.between))
        if at < last and to > first:
            return each
    return None
