"""Every estimand of a plan in every domain at once: values, standard errors and intervals, as arrays.

From sums over boards (`moments`); where those lose the digits of a variance, from the linearised values themselves.
Shapes are domains x measures. Not decided here: how one of them is shown (`estimates`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peilstok.estimate import leaving_out, linearise, moments
from peilstok.estimate.answers import Wave
from peilstok.estimate.columns import Columns
from peilstok.estimate.covariance import variances
from peilstok.estimate.design import Codes, Floats, simple_random
from peilstok.estimate.intervals import Interval, quantiles_t, share_interval, share_intervals, t_interval
from peilstok.estimate.measures import Count, OfFrame
from peilstok.estimate.moments import Counts, Masks, Measures, Spread, Sums
from peilstok.estimate.plan import Domain, Estimand, Variance, figure_name
from peilstok.estimate.table import Design, Of
from peilstok.estimate.weights import PostStrata
from peilstok.terms import FigureName

FEWEST: Final = 2
"""From one board no variance can be estimated, and so no estimate is given."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WaveSample:
    """The boards of a wave as a simple random sample from its frame: their domains and their weights.

    `inside` is boards x domains. `strata` are the cells to which the weights of the design "weighted" were made, and
    `variance` is how that of weighted estimates is worked out.
    """

    wave: Wave
    domains: tuple[Domain, ...]
    inside: Masks
    weights: Mapping[Design, Floats]
    strata: PostStrata | None
    variance: Variance = "linearised"

    @property
    def boards(self) -> int:
        return len(self.wave)

    @property
    def fraction(self) -> float:
        """The part of the frame that answered."""
        return len(self.wave) / len(self.wave.frame)

    @property
    def cells(self) -> Codes:
        """The cell of every board, from 0; all in one where nothing is weighted."""
        return self.strata.codes if self.strata else np.zeros(self.boards, dtype=np.intp)

    def spread(self, sums: Sums, design: Design) -> Spread:
        if design == "weighted" and self.strata:
            return moments.spread(sums, np.array([cell.weight for cell in self.strata.cells]))
        return moments.spread(moments.together(sums), np.array([1 / self.fraction]))

    def linearised(self, columns: Columns, design: Design) -> float:
        """The variance of one estimate, from its linearised values."""
        values = linearise.of(columns.y, columns.x, weights=self.weights[design]).values[:, None]
        if design == "weighted" and self.strata:
            values = self.strata.project(values)
        return float(variances(values, simple_random(sampled=len(self.wave), population=len(self.wave.frame)))[0])


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """An estimand over all boards, of boards or of the pupils at them; in which domains it is asked for."""

    estimand: Estimand
    of: Of
    columns: Columns
    domains: Sequence[int]

    def name(self, domain: Domain) -> FigureName:
        return figure_name(self.estimand.name, domain.key)

    @property
    def counted(self) -> bool:
        """At the boards that answered, without sampling error."""
        return isinstance(self.estimand.measure, Count | OfFrame)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """All measures in all domains with the weights of one design, in the units of the estimands.

    `made` says where there is an estimate, `logit` where its interval is one; those of other shares are beta intervals.
    """

    design: Design
    made: Masks
    values: Floats
    se: Floats
    low: Floats
    high: Floats
    logit: Masks


def blocks(every: Sequence[Measured], measures: Measures, counts: Counts, sample: WaveSample) -> tuple[Block, ...]:
    """One for each design of the sample; `measures` are those of the estimands, in their order."""
    sums = moments.sums(measures, sample.inside, sample.cells)
    made = _made(every, counts)
    result = []
    for design in sample.weights:
        spread = sample.spread(sums, design)
        variances = _variances(every, made, counts, spread, design, sample)
        if design == "weighted" and sample.strata and sample.variance == "jackknife":
            variances = _jackknifed(variances, measures, sample.strata, sample)
        result.append(_block(every, made, counts, spread, variances, design, sample.fraction))
    return tuple(result)


def _block(
    every: Sequence[Measured],
    made: Masks,
    counts: Counts,
    spread: Spread,
    variances: Floats,
    design: Design,
    fraction: float,
) -> Block:
    whole, scale, se = _whole(every), np.array([each.estimand.scale for each in every]), np.sqrt(variances)
    low, high, logit = _intervals(made & whole, made & ~whole, spread, se, counts, fraction)
    return Block(design, made, scale * spread.values, scale * se, scale * low, scale * high, logit)


def _whole(every: Sequence[Measured]) -> Masks:
    """Which of them are shares, or the part of a whole."""
    return np.array([each.columns.whole for each in every], dtype=np.bool_)


def _jackknifed(linearised: Floats, measures: Measures, strata: PostStrata, sample: WaveSample) -> Floats:
    """Instead of the linearised variances; those stay where an estimate rests on one board, and are 0 there."""
    if sample.boards < FEWEST:
        return linearised
    made = leaving_out.squares(measures, sample.inside, strata) * (1 - sample.fraction)
    return np.where((linearised > 0) & np.isfinite(made), made, linearised)


def _made(every: Sequence[Measured], counts: Counts) -> Masks:
    """Where an estimate with a sampling error is asked for and can be made."""
    asked = np.zeros(counts.n.shape, dtype=np.bool_)
    for place, each in enumerate(every):
        asked[each.domains, place] = not each.counted
    return np.asarray(asked & (counts.n >= FEWEST) & (counts.with_x > 0), dtype=np.bool_)


def _variances(
    every: Sequence[Measured], made: Masks, counts: Counts, spread: Spread, design: Design, sample: WaveSample
) -> Floats:
    """(1 - f) n / (n - 1) sum (z - zbar)^2. Where all of a whole said it, or none, no z differs from another."""
    result = spread.squares * (1 - sample.fraction) * sample.boards / max(sample.boards - 1, 1)
    alike = _whole(every) & ((counts.with_y == 0) | (counts.with_rest == 0))
    result[alike] = 0
    for domain, place in np.argwhere(made & ~spread.told & ~alike):
        result[domain, place] = sample.linearised(every[place].columns.within(sample.inside[:, domain]), design)
    return np.asarray(np.maximum(result, 0.0), dtype=np.float64)


def _intervals(
    shares: Masks, others: Masks, spread: Spread, se: Floats, counts: Counts, fraction: float
) -> tuple[Floats, Floats, Masks]:
    """The 95 percent intervals of shares and of other estimates, and which of them are logit intervals."""
    low, high, logit = np.full_like(se, math.nan), np.full_like(se, math.nan), np.zeros(se.shape, dtype=np.bool_)
    half = quantiles_t(counts.n[others] - 1) * se[others]
    low[others], high[others] = spread.values[others] - half, spread.values[others] + half
    low[shares], high[shares], logit[shares] = share_intervals(
        np.minimum(spread.values[shares], 1.0),
        se[shares],
        counts.with_y[shares],
        counts.with_rest[shares],
        counts.n[shares],
        effective_boards(spread.parts[shares], fraction),
        counts.n[shares] - 1,
    )
    return low, high, logit


def effective_boards(parts: Floats, fraction: float) -> Floats:
    """The effective number of boards: (sum a)^2 / sum a^2 for their parts a in the denominator, less one, over 1 - f.

    With equal parts it is (n - 1) / (1 - f), where the effective size of Korn and Graubard goes as a share goes to 0.
    """
    return np.full_like(parts, math.inf) if fraction == 1 else np.maximum(parts - 1, 1.0) / (1 - fraction)


def interval_of(
    columns: Columns, estimate: float, se: float, *, weights: Floats, boards: int, scale: float = 1.0
) -> Interval:
    """The 95 percent interval that is published, of one estimate in its unit, which is `scale` times y / x.

    `weights` are those of all units that answered, `boards` how many the frame has.
    """
    if not columns.whole:
        return t_interval(estimate, se, df=columns.n - 1)
    assert columns.x is not None  # it is the part of a whole
    parts = weights * columns.x
    [size] = effective_boards(np.array([parts.sum() ** 2 / (parts**2).sum()]), len(weights) / boards)
    part = share_interval(
        min(estimate / scale, 1.0),
        se / scale,
        said=columns.said,
        not_said=columns.not_said,
        n=columns.n,
        size=float(size),
        df=columns.n - 1,
    )
    return Interval(part.low * scale, part.high * scale, part.kind)
