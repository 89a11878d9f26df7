"""Shares with the interval that is published: it never leaves 0 to 1, whatever the design.

Jobs have R's intervals, which are not defined (or are those of a fit that stopped somewhere) where all or none said it.
Here the rule of `intervals.share_interval` holds in any design: by the log odds, by beta where fewer than ten sampled
units (PSUs) have a row that said it, or one that did not, and at 0 and 1 the exact interval for an effective number of
units. Where a calibration has made weights negative, and a share leaves 0 to 1 itself, it has the t interval.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from peilstok.estimate import intervals
from peilstok.estimate.blocks import effective_boards
from peilstok.estimate.design import Design, Floats
from peilstok.estimate.intervals import Interval
from peilstok.estimate.survey import estimation
from peilstok.estimate.survey.data import Mask
from peilstok.estimate.survey.estimands import Term, Terms
from peilstok.estimate.survey.estimation import Estimates
from peilstok.estimate.survey.sampling import Sample

_NOISE: Final = 1e-12  # a share that is nearer to 0 or 1 is none or all


def published(found: Estimates, terms: Terms, sample: Sample) -> Estimates:
    """The shares with the interval that is published, each on the degrees of freedom of its own domain."""
    df = tuple(estimation.df_in(term.inside, sample) for term in terms.terms)
    shares = zip(terms.terms, found.estimates.tolist(), found.errors.tolist(), df, strict=True)
    limits = [_published(term, share, se, sample, df=own) for term, share, se, own in shares]
    return replace(found, own_limits=np.array([(each.low, each.high) for each in limits]), own_df=df)


def effective_units(base: Floats, design: Design) -> float:
    """The sampled units that a domain is worth where all its answers are equal, for the exact interval.

    `base` is what each row has of the denominator: 1 in the domain for a share. (sum a)^2 / sum a^2 less one, over
    1 - f, with a the weighted base added up in each PSU and f the part of the domain's rows that was sampled: PSUs and
    not rows, as nothing tells how alike the rows of a PSU would otherwise have been.
    Infinite where the domain was sampled whole. For boards it is what is published (`blocks.effective_boards`).
    """
    there = (base != 0) & (design.weights != 0)
    parts = np.bincount(design.stages[0].units[there], weights=(design.weights * base)[there])
    [size] = effective_boards(np.array([parts.sum() ** 2 / (parts**2).sum()]), _fraction(there, design))
    return float(size)


def _fraction(there: Mask, design: Design) -> float:
    """Rows over how many they stand for in the population, by the chances of all stages; 0 with replacement."""
    last = design.stages[-1]
    chances = (last.within * last.fractions)[last.units[there]]
    return 0.0 if (chances <= 0).any() else float(len(chances) / (1 / chances).sum())


def _is_edge(share: float) -> bool:
    return min(abs(share), abs(1 - share)) < _NOISE


def _published(term: Term, share: float, se: float, sample: Sample, *, df: int) -> Interval:
    """Negative weights of a calibration may put a share outside 0 to 1: then it has the t interval."""
    assert term.x is not None  # a share has a base
    there, units = (term.x != 0) & (sample.weights != 0), sample.design.stages[0].units
    if _is_edge(share):
        share, se = float(round(share)), 0.0
    elif df <= 0:
        return Interval(math.nan, math.nan, "t")
    elif not 0 < share < 1:
        return intervals.t_interval(share, se, df=df)
    elif se <= intervals.NOISE * math.sqrt(share * (1 - share)):
        if sample.chain.adjustments:
            return Interval(share, share, "logit")  # the weighting has fixed it
        return intervals.beta_interval(share, size=_size(term.x, sample, df=df))  # units that are all alike, by chance
    said, not_said = (np.unique(units[there & each]) for each in (term.y != 0, term.x - term.y != 0))
    return intervals.share_interval(
        share,
        se,
        said=len(said),
        not_said=len(not_said),
        n=int(there.sum()),
        size=_size(term.x, sample, df=df) if se == 0 else math.nan,
        df=df,
    )


def _size(base: Floats, sample: Sample, *, df: int) -> float:
    """Replicates that were given know of sampling units that the design does not name: no more than df + 1 of them."""
    size = effective_units(base, sample.weighted)
    return min(size, float(max(df, 1))) if sample.replicates_given else size
