"""How far a poll that nobody drew at random can be trusted: who answered, how like all they are, what hangs on it.

    report(plan, wave)      coverage of the frame, R-indicator, and a table of assumptions for every figure

The frame is known: of every board its pupils, region and whether it has a special school. So it can be told which
boards are missing (coverage), how unlike all boards those are that answered (`representativity`), and how each figure
changes with what is assumed about the others (`sensitivity`). What no register knows stays unknown: whether boards
answer because of what they would answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from peilstok.estimate.answers import Wave
from peilstok.estimate.design import Floats, Labels
from peilstok.estimate.measures import Count, OfFrame
from peilstok.estimate.plan import Plan, Weighting, figure_name
from peilstok.estimate.representativity import (
    Partial,
    Representativity,
    by_regression,
    dummies,
    partials,
    representativity,
)
from peilstok.estimate.sensitivity import POINTS, Sensitivity, sensitivity
from peilstok.estimate.weightings import Variable, weightings
from peilstok.estimate.weights import merged
from peilstok.terms import FigureName, Words

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of the boards in a class of the frame, and of their pupils, those that answered."""

    label: str
    units: int
    answered: int
    pupils: float
    pupils_answered: float

    @property
    def of_units(self) -> float:
        """In percent."""
        return 100 * self.answered / self.units

    @property
    def of_pupils(self) -> float | None:
        """In percent; None where the class has no pupils."""
        return 100 * self.pupils_answered / self.pupils if self.pupils else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a wave covers, how representative it is, and each figure under every assumption.

    `coverage` has all boards under the empty name first, then the classes of each variable under its name in English;
    `names` has both languages. Without an R-indicator `no_indicator` says why there is none. `left_out` says why a
    figure has no table, `withheld` the same of figures that may not be shown (`without`).
    """

    coverage: Mapping[str, tuple[Coverage, ...]]
    names: Mapping[str, Words]
    representativity: Representativity | None
    no_indicator: str | None = None
    partials: tuple[Partial, ...]
    figures: tuple[Sensitivity, ...]
    left_out: Mapping[FigureName, str]
    withheld: Mapping[FigureName, Words] = field(default_factory=dict)

    def without(self, withheld: Mapping[FigureName, Words]) -> Report:
        """Without the figures that may not be shown, of which nothing but the reason is told."""
        return replace(
            self,
            figures=tuple(each for each in self.figures if each.name not in withheld),
            left_out={name: why for name, why in self.left_out.items() if name not in withheld},
            withheld=withheld,
        )


def report(
    plan: Plan, wave: Wave, *, regions: Mapping[str, str] | None = None, points: Sequence[float] = POINTS
) -> Report:
    """Everything of a wave. `regions` puts the regions of the register together into a few parts of the country."""
    answered = wave.answered
    sizes, others = size_classes(wave, plan.weighting), tuple(_others(wave, regions or {}))
    variables = {each.name.en: each.classes for each in (sizes, *others)}
    indicator, parts, why_not = _indicator(answered, variables)
    figures, left_out = _tables(plan, wave, sizes, others, points)
    return Report(
        coverage={
            "": coverage(pupils=wave.sizes, answered=answered),
            **{name: coverage(pupils=wave.sizes, answered=answered, classes=each) for name, each in variables.items()},
        },
        names={each.name.en: each.name for each in (sizes, *others)},
        representativity=indicator,
        no_indicator=why_not,
        partials=parts,
        figures=figures,
        left_out=left_out,
    )


def _indicator(
    answered: Mask, variables: Mapping[str, tuple[str, ...]]
) -> tuple[Representativity | None, tuple[Partial, ...], str | None]:
    """R and its parts; where chances to answer cannot be estimated (all boards of a class answered) why not."""
    try:
        propensities = by_regression(answered, dummies([*variables.values()]))
        return representativity(propensities), partials(propensities, variables), None
    except ValueError as error:
        return None, (), str(error)


def coverage(*, pupils: Floats, answered: Mask, classes: Labels | None = None) -> tuple[Coverage, ...]:
    """Of each class in the order of the labels, or of all boards together."""
    labels, codes = np.unique(np.asarray([""] * len(pupils) if classes is None else classes), return_inverse=True)
    columns = (np.ones(len(pupils)), answered, pupils, pupils * answered)
    units, there, every, some = (np.bincount(codes, weights=each, minlength=len(labels)) for each in columns)
    return tuple(
        Coverage(
            label=str(label),
            units=int(units[k]),
            answered=int(there[k]),
            pupils=float(every[k]),
            pupils_answered=float(some[k]),
        )
        for k, label in enumerate(labels.tolist())
    )


def size_classes(wave: Wave, weighting: Weighting | None) -> Variable:
    """The cells of the plan's weighting for every board of the frame, those that are too thin put together as there."""
    bounds = weighting.bounds if weighting else ()
    places = np.searchsorted(bounds, wave.sizes, side="right")
    counts = np.bincount(places[wave.answered], minlength=len(bounds) + 1).tolist()
    runs = merged(counts, at_least=max(weighting.at_least if weighting else 1, 1))
    edges = [0, *bounds]
    names = [
        f"{edges[first]:,}-{edges[last + 1] - 1:,}" if last < len(bounds) else f"{edges[first]:,}+"
        for first, last in runs
    ]
    digits = len(str(len(runs)))
    of_place = [
        f"{run + 1:0{digits}}: {names[run]}" for run, (first, last) in enumerate(runs) for _ in range(first, last + 1)
    ]
    return Variable(
        name=Words(nl="grootte (leerlingen)", en="size (pupils)"),
        classes=tuple(of_place[place] for place in places.tolist()),
    )


def _others(wave: Wave, regions: Mapping[str, str]) -> Iterator[Variable]:
    """What else the frame knows of its boards; a variable that is the same for all is none."""
    special = tuple("yes" if row["has_special_school"] else "no" for row in wave.frame)
    single = tuple("one" if row["schools"] == 1 else "several" for row in wave.frame)
    part = tuple(regions.get(str(row["region"]), "elsewhere") for row in wave.frame)
    for name, classes in (
        (Words(nl="school voor (v)so", en="special school"), special),
        (Words(nl="aantal scholen", en="number of schools"), single),
        (Words(nl="landsdeel", en="part of the country"), part),
    ):
        if len(set(classes)) > 1:
            yield Variable(name=name, classes=classes)


def _tables(
    plan: Plan, wave: Wave, sizes: Variable, others: Sequence[Variable], points: Sequence[float]
) -> tuple[tuple[Sensitivity, ...], dict[FigureName, str]]:
    figures: list[Sensitivity] = []
    left_out: dict[FigureName, str] = {}
    ways = weightings(wave, sizes=sizes, others=others)
    for estimand in plan.estimands:
        if isinstance(estimand.measure, Count | OfFrame):
            left_out[estimand.name] = "counted at the boards that answered"
            continue
        for key in estimand.domains:
            domain = plan.domains[key]
            try:
                found = sensitivity(wave, estimand, domain, weightings=ways, cells=sizes.codes, points=points)
                figures.append(found)
            except ValueError as error:
                left_out[figure_name(estimand.name, key)] = str(error)
    return tuple(figures), left_out
