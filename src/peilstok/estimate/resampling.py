"""Making replicates from a design: jackknife, balanced half samples, bootstraps.

jackknife             leave out one unit of the first stage at a time (JK1, JKn)
balanced, fay         one of two units in each stratum, balanced by a Hadamard matrix (BRR; Fay: a part of the other)
bootstrap             n_h - 1 units drawn with replacement, rescaled (Rao and Wu 1988; R's `subbootstrap`)
finite_bootstrap      the same with the finite population correction, which the former has not
canty_davison         n_h units drawn as they were drawn, from copies where the population is finite (R's `bootstrap`)
multistage_bootstrap  half of the units at each stage, with the correction of each (Preston 2009; R's `mrbbootstrap`)

All but the last know the first stage alone: a unit comes or goes with all that is in it. Without replacement that is a
little short, by f_h of what units vary within; the multistage bootstrap has it all. Deviations are from the mean of the
replicates; for the other form, `dataclasses.replace(replicates, mse=True)`. Not decided here: which of them suits an
estimator (docs/methods/replicates.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from peilstok.estimate.design import Codes, Design, Floats, Lonely, Stage
from peilstok.estimate.hadamard import hadamard
from peilstok.estimate.replicates import MEMORY, Replicates

LARGEST: Final = 2**33
"""Bytes of factors that are made at once; more is refused with a word on what to do."""
_TOGETHER: Final = 16  # replicates that are written into the factors in one go: the width of two lines of cache

Draw = Callable[[np.random.Generator], Floats]
"""The factors of all units in one more replicate."""


def jackknife(design: Design) -> Replicates:
    """One replicate for each unit of the first stage: without it, the others of its stratum times n_h / (n_h - 1).

    With one stratum `scale` is (1 - f)(n - 1) / n (JK1); with several the replicates of stratum h have the rscale
    (1 - f_h)(n_h - 1) / n_h (JKn). A stratum that was sampled whole has none. Of a lonely unit the rule of the design
    decides: none (certainty, remove), none and a larger scale (average), or the whole stratum left out (adjust).
    """
    stage = design.stages[0]
    sampled, strata = stage.sampled[stage.strata], stage.strata
    deleted = np.flatnonzero((stage.fractions < 1) & ((sampled > 1) | (design.lonely is Lonely.ADJUST)))
    _check_size(len(strata), len(deleted))
    inflated = (sampled / np.maximum(sampled - 1, 1))[:, None]
    factors = np.where(strata[:, None] == strata[deleted], inflated, 1.0)
    rscales = (1 - stage.fractions[deleted]) * (sampled[deleted] - 1) / sampled[deleted]
    if design.lonely is Lonely.ADJUST:
        _leave_out_strata(factors, rscales, stage, deleted)
    factors[deleted, np.arange(len(deleted))] = 0
    if len(stage.sampled) == 1 and len(set(rscales)) == 1:
        return _of_units(stage, factors, scale=float(rscales[0]))
    scale = len(strata) / (len(strata) - stage.lonely.sum()) if design.lonely is Lonely.AVERAGE else 1.0
    return _of_units(stage, factors, scale=float(scale), rscales=rscales)


def _leave_out_strata(factors: Floats, rscales: Floats, stage: Stage, deleted: Codes) -> None:
    """A lonely unit is all there is of its stratum: its replicate is that of a jackknife of strata (as in R)."""
    alone, number = np.flatnonzero(stage.lonely[deleted]), len(stage.sampled)
    if number > 1:
        factors[:, alone] = number / (number - 1)
        rscales[alone] = (number - 1) / number


def balanced(design: Design) -> Replicates:
    """Half samples: of the two units of each stratum one has the factor 2 and the other 0 (McCarthy 1969).

    A Hadamard matrix says which, so that over all replicates every pair of strata is balanced; R is its order, the
    smallest above the number of strata that `hadamard` makes. There is no finite population correction. ValueError
    for a stratum without exactly two units.
    """
    return fay(design, rho=0.0)


def fay(design: Design, *, rho: float) -> Replicates:
    """Half samples in which one unit has the factor 2 - rho and the other rho; scale 1 / (R (1 - rho)^2).

    No estimate loses its denominator, as no unit is left out for rho > 0 (Judkins 1990, *JOS* 6, 223-239).
    """
    if not 0 <= rho < 1:
        raise ValueError(f"rho of Fay's method is at least 0 and below 1, not {rho}")
    stage = design.stages[0]
    others = np.flatnonzero(stage.sampled != 2)
    if len(others):
        raise ValueError(
            f"half samples need two units in each stratum; stratum {others[0] + 1} has {stage.sampled[others[0]]:.0f}. "
            "A jackknife or a bootstrap takes any number"
        )
    signs = hadamard(len(stage.sampled) + 1)[1 : len(stage.sampled) + 1]  # without the row that is the same throughout
    _, first = np.unique(stage.strata, return_index=True)
    side = np.full(len(stage.strata), -1.0)
    side[first] = 1
    factors = 1 + (1 - rho) * side[:, None] * signs[stage.strata]
    return _of_units(stage, factors, scale=1 / (signs.shape[1] * (1 - rho) ** 2))


def bootstrap(design: Design, *, replicates: int, rng: np.random.Generator) -> Replicates:
    """n_h - 1 units of each stratum drawn with replacement; a unit drawn c times has the factor c n_h / (n_h - 1).

    Rao and Wu (1988), *JASA* 83, 231-241, as weights in Rao, Wu and Yue (1992). Scale 1 / (R - 1). The population is
    taken as endless. A stratum with one unit stays as it is.
    """
    first = _first(design, replicates)
    draw = _rescaled(first, np.ones(len(first.sampled)))
    return _drawn(first, draw, replicates=replicates, rng=rng, scale=1 / (replicates - 1))


def bootstrap_in_blocks(
    design: Design, *, replicates: int, rng: np.random.Generator, memory: int = MEMORY
) -> Iterator[Replicates]:
    """The replicates of `bootstrap`, the same for the same `rng`, in blocks of at most `memory` bytes of factors."""
    first = _first(design, replicates)
    draw = _rescaled(first, np.ones(len(first.sampled)))
    return _blocks(first, draw, replicates=replicates, rng=rng, memory=memory)


def finite_bootstrap(design: Design, *, replicates: int, rng: np.random.Generator) -> Replicates:
    """`bootstrap` with the finite population correction: factor 1 - L + L c n_h / (n_h - 1), L = sqrt(1 - f_h).

    Rao and Wu (1988). Without such a correction both are the same.
    """
    first = _first(design, replicates)
    draw = _rescaled(first, np.sqrt(1 - _of_strata(first)))
    return _drawn(first, draw, replicates=replicates, rng=rng, scale=1 / (replicates - 1))


def canty_davison(design: Design, *, replicates: int, rng: np.random.Generator) -> Replicates:
    """n_h units of each stratum drawn as they were drawn; the factor is how often. R's `bootstrap`.

    With replacement where f_h = 0; else without, from N_h copies of the sampled units (Canty and Davison 1999, *The
    Statistician* 48, 379-391). The variance is 1 - 1 / n_h too small, which one number mends for all strata, as in R:
    scale n / ((n - 1) (R - 1)) with n the harmonic mean of the n_h. Where these differ much, `bootstrap` is right.
    """
    first = _first(design, replicates)
    mean = len(first.sampled) / (1 / first.sampled).sum()
    if mean == 1:
        raise ValueError("every stratum has one unit: there is nothing to draw")
    scale = float(mean / (mean - 1) / (replicates - 1))
    return _drawn(first, _copies(first, rng), replicates=replicates, rng=rng, scale=scale)


def multistage_bootstrap(design: Design, *, replicates: int, rng: np.random.Generator) -> Replicates:
    """Half of the units of every stratum at every stage, drawn without replacement; finite population at each stage.

    Preston (2009), *Survey Methodology* 35, 227-234. The rscales are 1 / (R - 1). A stratum with one unit keeps it, so
    that what was drawn within it counts; R leaves that out.
    """
    _first(design, replicates)
    stages = design.stages
    for stage in stages:
        _of_strata(stage)
    _, rows = np.unique(stages[-1].units, return_index=True)
    inside = [stage.units[rows] for stage in stages]  # of each unit of the last stage: where it lies at every stage

    def draw(rng: np.random.Generator) -> Floats:
        return rescaled(stages, inside, [_half(stage, rng) for stage in stages])

    made = _drawn(stages[-1], draw, replicates=replicates, rng=rng, scale=1.0)
    return replace(made, rscales=np.full(replicates, 1 / (replicates - 1)))


def rescaled(stages: Sequence[Stage], inside: Sequence[Codes], kept: Sequence[Floats]) -> Floats:
    """The factors of the units of the last stage, when `kept` has 1 for each unit of each stage that is drawn, else 0.

    1 + sum over stages of  prod_before sqrt(n / m) kept  *  L (n / m kept - 1),  L = sqrt(F m (1 - f) / (n - m)),
    with m = floor(n / 2) and F the product of f at the stages before (Preston 2009).
    """
    factors, before = np.ones(len(inside[0])), np.ones(len(inside[0]))
    for stage, units, keep in zip(stages, inside, kept, strict=True):
        sampled = stage.sampled[stage.strata]
        half = np.floor(sampled / 2)
        several, some = half > 0, np.maximum(half, 1)
        spread = np.sqrt(stage.within * half * (1 - stage.fractions) / (sampled - half))
        factors += before * (spread * (sampled / some * keep - 1))[units]
        before *= np.where(several, np.sqrt(sampled / some) * keep, 1.0)[units]
    return factors


def _half(stage: Stage, rng: np.random.Generator) -> Floats:
    """1 for each of floor(n / 2) units of every stratum, drawn without replacement."""
    sampled = stage.sampled.astype(np.intp)
    order = np.argsort(stage.strata + rng.random(len(stage.strata)))
    place = np.arange(len(order)) - np.repeat(np.cumsum(sampled) - sampled, sampled)
    kept = np.empty(len(order))
    kept[order] = place < np.repeat(sampled // 2, sampled)
    return kept


def _rescaled(stage: Stage, spread: Floats) -> Draw:
    """1 - L + L c n / (n - 1) with L = `spread` of each stratum, c of n - 1 draws with replacement."""
    sampled = stage.sampled
    draw = _with_replacement(stage, np.maximum(sampled - 1, 0))
    each = np.where(sampled > 1, spread, 0.0)
    times, stay = (each * sampled / np.maximum(sampled - 1, 1))[stage.strata], (1 - each)[stage.strata]
    return lambda rng: stay + times * draw(rng)


def _with_replacement(stage: Stage, draws: Floats) -> Draw:
    """How often each unit comes in so many draws from its stratum."""
    order = np.argsort(stage.strata, kind="stable")
    sampled, number = stage.sampled.astype(np.intp), draws.astype(np.intp)
    sizes, starts = np.repeat(sampled, number), np.repeat(np.cumsum(sampled) - sampled, number)

    def draw(rng: np.random.Generator) -> Floats:
        counts = np.empty(len(order))
        counts[order] = np.bincount(starts + rng.integers(0, sizes), minlength=len(order))
        return counts

    return draw


def _copies(stage: Stage, rng: np.random.Generator) -> Draw:
    """How often each unit comes in n draws without replacement from N / n copies of each; some have one copy more."""
    parts = _of_strata(stage)
    endless = _with_replacement(stage, np.where(parts > 0, 0, stage.sampled))
    finite = []
    for stratum in np.flatnonzero(parts > 0):
        units = np.flatnonzero(stage.strata == stratum)
        copies = np.full(len(units), round(len(units) / parts[stratum]) // len(units))
        copies[rng.permutation(len(units))[: round(len(units) / parts[stratum]) % len(units)]] += 1
        finite.append((units, copies))

    def draw(rng: np.random.Generator) -> Floats:
        counts = endless(rng)
        for units, copies in finite:
            counts[units] = rng.multivariate_hypergeometric(copies, len(units), method="marginals")
        return counts

    return draw


def _blocks(
    stage: Stage, draw: Draw, *, replicates: int, rng: np.random.Generator, memory: int
) -> Iterator[Replicates]:
    """Replicates of the units of a stage, with scale 1 / (R - 1), in blocks, whose size changes no draw."""
    at_once = max(memory // (8 * len(stage.strata)), 1)
    for first in range(0, replicates, at_once):
        yield _of_units(
            stage, _together(stage, draw, min(at_once, replicates - first), rng), scale=1 / (replicates - 1)
        )


def _together(stage: Stage, draw: Draw, replicates: int, rng: np.random.Generator) -> Floats:
    """The factors of some replicates; a few at a time are turned from rows into columns."""
    factors = np.empty((len(stage.strata), replicates))
    for place in range(0, replicates, _TOGETHER):
        some = [draw(rng) for _ in range(min(_TOGETHER, replicates - place))]
        factors[:, place : place + len(some)] = np.array(some).T
    return factors


def _of_units(stage: Stage, factors: Floats, *, scale: float, rscales: Floats | None = None) -> Replicates:
    """Replicates of rows from factors of units; without `units` where every row is one."""
    each = np.ones(factors.shape[1]) if rscales is None else rscales
    if len(factors) < len(stage.units):
        return Replicates(factors=factors, units=stage.units, scale=scale, rscales=each)
    in_order = bool((stage.units == np.arange(len(factors))).all())
    return Replicates(factors=factors if in_order else factors[stage.units], scale=scale, rscales=each)


def _drawn(stage: Stage, draw: Draw, *, replicates: int, rng: np.random.Generator, scale: float) -> Replicates:
    """All replicates in one block."""
    _check_size(len(stage.strata), replicates)
    [block] = _blocks(stage, draw, replicates=replicates, rng=rng, memory=LARGEST)
    return replace(block, scale=scale)


def _first(design: Design, replicates: int) -> Stage:
    """The first stage, of a design from which something can be drawn."""
    if replicates < 2:
        raise ValueError("a spread needs two replicates at least")
    stage = design.stages[0]
    if design.lonely in (Lonely.ADJUST, Lonely.AVERAGE) and stage.lonely.any():
        raise ValueError(
            f"a bootstrap has no rule {design.lonely} for a stratum with one unit; `jackknife` has, "
            "and with the rules certainty and remove such a stratum adds nothing"
        )
    return stage


def _of_strata(stage: Stage) -> Floats:
    """f_h of each stratum."""
    parts = np.zeros(len(stage.sampled))
    parts[stage.strata] = stage.fractions
    if (parts[stage.strata] != stage.fractions).any():
        raise ValueError(
            "units with chances of their own have no finite population to draw from; `jackknife` takes them"
        )
    return parts


def _check_size(units: int, replicates: int) -> None:
    if 8 * units * replicates > LARGEST:
        raise ValueError(
            f"{replicates:,} replicates of {units:,} units take {8 * units * replicates / 2**30:,.0f} GiB; "
            "take fewer, or `bootstrap_in_blocks` with `replicates.streamed_totals`"
        )
