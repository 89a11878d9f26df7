"""The ways to weight the boards that answered to the frame, each with what it takes for true.

As answered, post-stratified by board size, raked to the classes of several variables, calibrated to those classes and
to pupils. Each says in a sentence what has to be so for its figures to be right. Where weights cannot be made (nobody
of a class answered, totals out of reach) it says why instead. Not decided here: which of them is published (the plan).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from peilstok.estimate.adjustments import Adjustment, Chain, post_stratified
from peilstok.estimate.answers import Mask, Wave
from peilstok.estimate.calibration import calibrate
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.raking import rake
from peilstok.estimate.representativity import dummies
from peilstok.terms import Words


@dataclass(frozen=True, kw_only=True, eq=False)
class Variable:
    """A class of the register for each board of the frame, and what the variable is called."""

    name: Words
    classes: tuple[str, ...]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.classes)))

    @cached_property
    def codes(self) -> Codes:
        """The place of each board's class among the labels."""
        place = {label: at for at, label in enumerate(self.labels)}
        return np.array([place[label] for label in self.classes], dtype=np.intp)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighting:
    """Weights of the boards that answered, and what they assume; without an adjustment, why there is none."""

    key: str
    sentence: Words
    adjustment: Adjustment | None
    why_not: str | None = None


_SENTENCES: Final[Mapping[str, Words]] = {
    "as_answered": Words(
        nl="Besturen die niet antwoordden, zijn gemiddeld als besturen die antwoordden.",
        en="Boards that did not answer are on average like boards that did.",
    ),
    "post_stratified": Words(
        nl="Besturen die niet antwoordden, zijn als besturen van hun grootte die antwoordden.",
        en="Boards that did not answer are like boards of their size that did.",
    ),
    "raked": Words(
        nl="Besturen die niet antwoordden, verschillen van de andere alleen door: {names}.",
        en="Boards that did not answer differ from the others only by: {names}.",
    ),
    "calibrated": Words(
        nl="Besturen die niet antwoordden, verschillen van de andere alleen door: {names}; aantal leerlingen.",
        en="Boards that did not answer differ from the others only by: {names}; number of pupils.",
    ),
}


def weightings(wave: Wave, *, sizes: Variable, others: Sequence[Variable]) -> tuple[Weighting, ...]:
    """As answered, post-stratified by size, raked to all variables, calibrated to them and to pupils, in this order."""
    answered = wave.answered
    before = np.full(len(wave), len(wave.frame) / len(wave))
    variables = (sizes, *others)
    names = Words(nl="; ".join(each.name.nl for each in variables), en="; ".join(each.name.en for each in variables))
    makers: Mapping[str, Callable[[], Adjustment]] = {
        "as_answered": lambda: Chain(before, ()),
        "post_stratified": lambda: _post_stratified(sizes, answered, before),
        "raked": lambda: _raked(variables, answered, before),
        "calibrated": lambda: _calibrated(variables, wave.sizes, answered, before),
    }
    return tuple(_made(key, names, make) for key, make in makers.items())


def _made(key: str, names: Words, make: Callable[[], Adjustment]) -> Weighting:
    text = _SENTENCES[key]
    sentence = Words(nl=text.nl.format(names=names.nl), en=text.en.format(names=names.en))
    try:
        return Weighting(key=key, sentence=sentence, adjustment=make())
    except ValueError as error:
        return Weighting(key=key, sentence=sentence, adjustment=None, why_not=str(error))


def _post_stratified(sizes: Variable, answered: Mask, before: Floats) -> Adjustment:
    totals = np.bincount(sizes.codes).astype(np.float64)
    return post_stratified(sizes.codes[answered], totals, before=before)


def _raked(variables: Sequence[Variable], answered: Mask, before: Floats) -> Adjustment:
    _check_classes(variables, answered)
    margins = [each.codes[answered] for each in variables]
    totals = [np.bincount(each.codes).astype(np.float64) for each in variables]
    raked = rake(margins, totals, before=before, rounds=1000, epsilon=1e-9)
    if not raked.converged:
        raise ValueError("the margins contradict each other: raking does not settle")
    return raked


def _calibrated(variables: Sequence[Variable], pupils: Floats, answered: Mask, before: Floats) -> Adjustment:
    _check_classes(variables, answered)
    columns = np.column_stack([dummies([each.classes for each in variables]), pupils])
    classes = [f"{each.name.en}: {label}" for each in variables for label in each.labels[1:]]
    names = ["boards", *classes, "pupils"]
    return calibrate(columns[answered], columns.sum(axis=0), before=before, distance="raking", names=names)


def _check_classes(variables: Sequence[Variable], answered: Mask) -> None:
    for each in variables:
        silent = np.flatnonzero(np.bincount(each.codes[answered], minlength=len(each.labels)) == 0)
        if len(silent):
            raise ValueError(f"{each.name.en}: nobody of {each.labels[silent[0]]} answered")
