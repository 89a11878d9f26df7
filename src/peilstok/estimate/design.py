"""The sampling design: how likely each unit was to be among those who answered, as variance needs it.

A design is the weight of every row and the stages of sampling, outermost first: primary sampling units (PSUs) drawn in
strata, then units within each of those, as far down as a finite population was drawn from without replacement. The
polls are taken as a simple random sample of boards from the frame: one stage, one stratum, every board its own PSU.
Not decided here: adjustments of weights (`weights`), and whether boards answered at random (nobody knows).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from peilstok.estimate.unfit import Unfit

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Labels = Sequence[object] | NDArray[np.generic]


class Lonely(StrEnum):
    """What a stratum adds to a variance when one of its units was sampled, and there are more (R's `lonely.psu`)."""

    FAIL = "fail"  # such a design is refused
    CERTAINTY = "certainty"  # nothing, as if the unit had been sure to be in the sample
    REMOVE = "remove"  # nothing
    ADJUST = "adjust"  # the square of its total, not of a deviation: the mean over all units is taken as 0
    AVERAGE = "average"  # what the other strata add on average


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """One stage of sampling with m units in H strata.

    `units` has the unit of each row, from 0 to m - 1; `strata` the stratum of each unit, from 0 to H - 1. A stratum
    lies in one unit of the stage before. `fractions` has for each unit the part of its stratum that was sampled (or,
    where units were drawn with unequal chances, its own chance): 0 for sampling with replacement, 1 for a census.
    `within` is the product of the fractions of the units of earlier stages in which a unit lies; 1 at the first.
    """

    units: Codes
    strata: Codes
    fractions: Floats
    within: Floats

    @property
    def sampled(self) -> Floats:
        """n_h: the sampled units of each stratum."""
        return np.bincount(self.strata).astype(np.float64)

    @property
    def lonely(self) -> NDArray[np.bool_]:
        """Of each unit: is it the only one sampled of a stratum that has more?"""
        return np.asarray((self.sampled[self.strata] == 1) & (self.fractions < 1), dtype=np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """The weight of each of n rows, the stages of sampling, and what a stratum with one sampled unit adds.

    `lonely_in_domains`: under the rule `adjust` a stratum of which one unit alone has rows in a domain is not centred
    either, when that domain is estimated (R's `survey.adjust.domain.lonely`).
    """

    weights: Floats
    stages: tuple[Stage, ...]
    lonely: Lonely = Lonely.FAIL
    lonely_in_domains: bool = False

    def __post_init__(self) -> None:
        for place, stage in enumerate(self.stages, start=1):
            if len(stage.units) != len(self.weights):
                raise Unfit("D002", "weights, strata and units have different lengths")
            possible = (stage.fractions >= 0) & (stage.fractions <= 1)
            if not possible.all():
                row = _row_of(stage, int(np.argmin(possible)))
                why = "more units were sampled than the population of the stratum has"
                raise Unfit("D003", f"row {row}, stage {place}: {why}", row=row - 1)
            if self.lonely is Lonely.FAIL and stage.lonely.any():
                row = _row_of(stage, int(np.argmax(stage.lonely)))
                rules = "two sampled units at least are wanted, or a rule: certainty, remove, adjust, average"
                raise Unfit("D004", f"row {row}, stage {place}: alone in its stratum; {rules}", row=row - 1)

    @property
    def degrees_of_freedom(self) -> int:
        """PSUs less strata, of rows with a weight."""
        return self.degrees_of_freedom_in(np.ones(len(self.weights), dtype=np.bool_))

    def degrees_of_freedom_in(self, inside: NDArray[np.bool_]) -> int:
        """PSUs with a row in the domain less strata with one; `inside` says of each row whether it lies in it.

        Rows of weight 0 do not count (R's `degf`): they stay in the design and say nothing.
        """
        return self.psus_less_strata(inside & (self.weights != 0))

    def psus_less_strata(self, inside: NDArray[np.bool_]) -> int:
        """The same of all rows, whatever their weight: what R's `svychisq` takes."""
        first = self.stages[0]
        psus = np.unique(first.units[inside])
        return len(psus) - len(np.unique(first.strata[psus]))


def _row_of(stage: Stage, unit: int) -> int:
    """The first row of a unit, as a person counts."""
    return int(np.argmax(stage.units == unit)) + 1


def simple_random(*, sampled: int, population: float) -> Design:
    """n units without replacement from N, each with the weight N / n."""
    rows = np.arange(sampled)
    return multistage(
        weights=np.full(sampled, population / sampled), units=[rows], population=[np.full(sampled, population)]
    )


def stratified(
    *,
    strata: Labels,
    population: Sequence[float] | Floats,
    weights: Sequence[float] | Floats,
    psus: Labels | None = None,
    lonely: Lonely = Lonely.FAIL,
) -> Design:
    """A design of one stage from labels: for every row its stratum, its PSU, the number of PSUs in the population.

    Without `psus` every row is its own. The same label of a PSU in two strata is refused.
    """
    units = np.arange(len(weights)) if psus is None else psus
    return multistage(weights=weights, units=[units], strata=[strata], population=[population], lonely=lonely)


def multistage(
    *,
    units: Sequence[Labels],
    weights: Sequence[float] | Floats | None = None,
    strata: Sequence[Labels] = (),
    population: Sequence[Sequence[float] | Floats] = (),
    fractions: Sequence[Sequence[float] | Floats] = (),
    nest: bool = False,
    unequal: bool = False,
    lonely: Lonely = Lonely.FAIL,
    lonely_in_domains: bool = False,
) -> Design:
    """A design from labels: at each stage, for every row, its unit, its stratum, and how many units its stratum has.

    Stages without strata have one in each unit of the stage before. Instead of the `population`, `fractions` may say
    which part of the stratum was sampled; `unequal`: the chance of the unit itself (Brewer's variance). With neither
    the first stage was drawn with replacement, and further ones do not count (the ultimate cluster). Labels of units
    below the first stage need only differ within their unit of the stage before. `nest`: the same label of a PSU may
    stand in several strata. Without weights each row has the inverse of its chance, the product over the stages.
    """
    rows, known = len(units[0]), population or fractions
    if any(len(each) != rows for each in (*units, *strata, *known, *([] if weights is None else [weights]))):
        raise Unfit("D002", "weights, strata, units and populations have different lengths")
    stages: list[Stage] = []
    inside, kept = np.zeros(rows, dtype=np.intp), np.ones(rows)  # of each row: its unit so far, and what was kept of it
    for place in range(len(units) if known else 1):
        groups = _crossed(inside, strata[place] if place < len(strata) else np.zeros(rows))
        codes = _crossed(groups if place or nest else np.zeros(rows, dtype=np.intp), units[place])
        given = np.asarray(known[place], dtype=np.float64) if place < len(known) else np.full(rows, np.inf)
        parts = np.where(given == np.inf, 0.0, given) if fractions else _sampled(codes, groups) / given
        stages.append(_stage(codes, groups, parts, kept, unequal=unequal))
        inside, kept = codes, kept * stages[-1].fractions[codes]
    chances = kept if known else np.ones(rows)
    return Design(
        weights=1 / chances if weights is None else _sound(weights),
        stages=tuple(stages),
        lonely=lonely,
        lonely_in_domains=lonely_in_domains,
    )


def _sound(weights: Sequence[float] | Floats) -> Floats:
    """Weights as they were drawn; a calibration may make them negative afterwards."""
    given = np.asarray(weights, dtype=np.float64)
    sound = np.isfinite(given) & (given >= 0)
    if not sound.all():
        row = int(np.argmin(sound))
        raise Unfit(
            "D001", f"row {row + 1}: the weight is {given[row]:g}; every weight must be a number from 0", row=row
        )
    return given


def _sampled(codes: Codes, groups: Codes) -> Floats:
    """Of each row: how many units of its stratum were sampled."""
    _, first = np.unique(codes, return_index=True)
    return np.bincount(groups[first], minlength=int(groups.max()) + 1)[groups].astype(np.float64)


def _stage(codes: Codes, groups: Codes, parts: Floats, kept: Floats, *, unequal: bool) -> Stage:
    _, first = np.unique(codes, return_index=True)
    strata, fractions = groups[first], parts[first]
    if (strata[codes] != groups).any():
        raise Unfit("D005", "a unit must lie in one stratum (nest: the same label may stand in several)")
    _, one = np.unique(groups, return_index=True)
    if ((fractions[codes] if unequal else parts[one][groups]) != parts).any():
        raise Unfit("D006", "the rows of a stratum give different population sizes")
    return Stage(units=codes, strata=strata, fractions=fractions, within=kept[first])


def _crossed(outer: Codes, inner: Labels) -> Codes:
    """One number from 0 for every pair of a code and a label that occurs."""
    _, codes = np.unique(np.asarray(inner), return_inverse=True)
    _, pairs = np.unique(outer * (int(codes.max(initial=0)) + 1) + codes.ravel(), return_inverse=True)
    return np.asarray(pairs.ravel(), dtype=np.intp)
