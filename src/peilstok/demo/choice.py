"""Which boards of the demo's frame answer in which wave.

The polls of 2020 were published with a number of boards and a number of pupils only. Boards are drawn by kind (one
school or more, (v)so or none, answered in another wave or not) and then exchanged for others of the same kind until
the number of pupils is right. What is fixed here beyond the published numbers (`WISHES`) is a choice, explained in
`docs/demo-2020.md`. Not decided here: what the boards answer (`answers.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from peilstok.terms import RegisterRow, UnitId, WaveId

WAVE_1, WAVE_2, WAVE_3 = WaveId("wave-1"), WaveId("wave-2"), WaveId("wave-3")

PAIRS: Final = 400
"""Exchanges looked at in a round."""

Whole = NDArray[np.int_]
Numbers = NDArray[np.float64]
Yes = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wish:
    """How many boards of which kind answer in a wave, and between which numbers their pupils lie (both included).

    `returning` is how many of them answer in a wave drawn before as well: each such board counts for the first of
    those waves in the order given.
    """

    wave: WaveId
    boards: int
    pupils: tuple[int, int]
    single_school: int
    special: int
    returning: Mapping[WaveId, int]


WISHES: Final = (
    Wish(WAVE_3, 285, pupils=(414_915, 414_915), single_school=112, special=39, returning={}),
    Wish(WAVE_2, 108, pupils=(143_050, 143_400), single_school=35, special=6, returning={WAVE_3: 60}),
    Wish(WAVE_1, 138, pupils=(269_600, 270_400), single_school=38, special=17, returning={WAVE_3: 72, WAVE_2: 14}),
)
"""In the order of drawing: the wave with an exact number of pupils first, while every board is still free."""


def choose(frame: Sequence[RegisterRow], rng: np.random.Generator) -> dict[WaveId, tuple[UnitId, ...]]:
    """The boards that answer in each wave, by number."""
    chosen: dict[WaveId, tuple[UnitId, ...]] = {}
    for wish in WISHES:
        chosen[wish.wave] = _fulfil(wish, frame, chosen, rng)
    return chosen


def _fulfil(
    wish: Wish, frame: Sequence[RegisterRow], earlier: Mapping[WaveId, Sequence[UnitId]], rng: np.random.Generator
) -> tuple[UnitId, ...]:
    pupils = np.array([_whole(row["pupils"]) for row in frame])
    single = np.array([_whole(row["schools"]) == 1 for row in frame])
    special = np.array([bool(row["has_special_school"]) for row in frame])
    group, quotas = _groups(wish, frame, earlier)
    inside = _draw(group, quotas, rng)
    kinds = np.column_stack([single, special]).astype(int)
    goal = np.array([wish.single_school, wish.special])
    inside = _exchanged(inside, group, kinds, goal, goal, rng)
    lowest, highest = (np.array([bound]) for bound in wish.pupils)
    kind = group * 4 + 2 * kinds[:, 0] + kinds[:, 1]
    inside = _exchanged(inside, kind, pupils[:, None], lowest, highest, rng)
    return tuple(sorted(UnitId(str(row["number"])) for row, answers in zip(frame, inside, strict=True) if answers))


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def _groups(
    wish: Wish, frame: Sequence[RegisterRow], earlier: Mapping[WaveId, Sequence[UnitId]]
) -> tuple[Whole, dict[int, int]]:
    """For each board 1, 2 ... for the first wave of `wish.returning` in which it answers, 0 for none; boards wanted."""
    group = np.zeros(len(frame), dtype=int)
    quotas = {0: wish.boards - sum(wish.returning.values())}
    for place, (wave, wanted) in enumerate(wish.returning.items(), start=1):
        answered = set(earlier[wave])
        own = np.array([row["number"] in answered for row in frame])
        group[own & (group == 0)] = place
        quotas[place] = wanted
    return group, quotas


def _draw(group: Whole, quotas: Mapping[int, int], rng: np.random.Generator) -> Yes:
    inside = np.zeros(len(group), dtype=bool)
    for place, wanted in quotas.items():
        inside[rng.permutation(np.flatnonzero(group == place))[:wanted]] = True
    return inside


def _exchanged(
    inside: Yes, group: Whole, counted: Whole, lowest: Whole, highest: Whole, rng: np.random.Generator
) -> Yes:
    """Exchange boards inside for boards outside of the same group until every sum lies between its bounds.

    `counted` has a row for each board and a column for each sum. Each round looks at some random pairs and takes
    the best, if it is better: the draw is disturbed as little as it has to be, and a round costs nothing.
    """
    inside = inside.copy()
    for _ in range(20_000):
        sums = counted[inside].sum(axis=0)
        if _distance(sums, lowest, highest) == 0:
            return inside
        leaving = rng.choice(np.flatnonzero(inside), PAIRS)
        coming = rng.choice(np.flatnonzero(~inside), PAIRS)
        after = _distance(sums + counted[coming] - counted[leaving], lowest, highest)
        after = np.where(group[leaving] == group[coming], after, np.inf)
        best = int(after.argmin())
        if after[best] < _distance(sums, lowest, highest):
            inside[leaving[best]], inside[coming[best]] = False, True
    raise AssertionError("no choice of boards has these sums")


def _distance(sums: Whole, lowest: Whole, highest: Whole) -> Numbers:
    distance: Numbers = (np.maximum(lowest - sums, 0) + np.maximum(sums - highest, 0)).sum(axis=-1).astype(float)
    return distance
