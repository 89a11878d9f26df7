"""Why totals were not met: which constraint stands against the others, or whether rounds were too few.

Weights w = d g with g within bounds that meet as many totals as they can: the linear program that minimises the sum of
the relative misfits (an L1 distance, which leaves a misfit at few constraints rather than a little at all).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from peilstok.estimate.design import Floats
from peilstok.estimate.unfit import Unfit

MOST: Final = 20_000  # different rows of the columns: a larger program would take minutes to say why
_MET: Final = 1e-7


class CannotBeMet(Unfit):
    """No weights within the bounds meet the totals. `constraint` is the one that stands against the others."""

    def __init__(self, constraint: str, total: float, reached: float, weights: str) -> None:
        super().__init__(
            "C003",
            f"{constraint}: the total is {total:,.10g}; {weights} that meet the other totals come to {reached:,.10g}",
        )
        self.constraint, self.total, self.reached = constraint, total, reached


class TooFewRounds(Unfit):
    """There are such weights, but the iteration has not come to them."""

    def __init__(self, constraint: str, total: float, reached: float, rounds: int) -> None:
        super().__init__(
            "C009",
            f"{constraint}: the total is {total:,.10g}, and after {rounds} rounds the weights come to {reached:,.10g}; "
            "allow more rounds, or wider bounds",
        )


def refusal(
    columns: Floats,
    goal: Floats,
    *,
    before: Floats,
    weights: Floats,
    bounds: tuple[float, float],
    rounds: int,
    names: Sequence[str],
) -> Unfit:
    """What to say of n x p columns whose p totals were not met; `weights` are those that the last round had."""
    last = columns.T @ np.nan_to_num(weights)
    nearest = _nearest(columns, goal, before, bounds)
    too_few = nearest is not None and _misfit(goal, nearest).max() <= _MET
    reached = last if nearest is None or too_few else nearest
    worst = int(np.argmax(_misfit(goal, reached)))
    name = names[worst] if names else f"constraint {worst + 1}"
    if too_few:
        return TooFewRounds(name, float(goal[worst]), float(reached[worst]), rounds)
    return CannotBeMet(name, float(goal[worst]), float(reached[worst]), _of(bounds))


def _misfit(goal: Floats, reached: Floats) -> Floats:
    return np.asarray(np.abs(goal - reached) / (1 + np.abs(goal)), dtype=np.float64)


def _of(bounds: tuple[float, float]) -> str:
    low, high = bounds
    if np.isfinite([low, high]).all():
        return f"weights of {low:g} to {high:g} times those before"
    if np.isfinite(low):
        return f"weights of at least {low:g} times those before" if low > 0 else "weights from 0"
    return f"weights of at most {high:g} times those before" if np.isfinite(high) else "weights"


def _nearest(columns: Floats, goal: Floats, before: Floats, bounds: tuple[float, float]) -> Floats | None:
    """The totals that come nearest; None where the program is too large or not solved.

    Rows with the same columns may have the same factor, so that each stands once, with the weights of all of them.
    """
    from scipy.optimize import linprog

    different, places = np.unique(columns, axis=0, return_inverse=True)
    if len(different) > MOST:
        return None
    scale = 1 + np.abs(goal)
    each = (different * np.bincount(places.ravel(), weights=before)[:, None]).T / scale[:, None]
    slack = np.eye(len(goal))
    low, high = (None if np.isinf(bound) else bound for bound in bounds)
    solved = linprog(
        np.concatenate([np.zeros(len(different)), np.ones(2 * len(goal))]),
        A_eq=np.hstack([each, slack, -slack]),
        b_eq=goal / scale,
        bounds=[(low, high)] * len(different) + [(0, None)] * (2 * len(goal)),
    )
    return None if solved.x is None else np.asarray(scale * (each @ solved.x[: len(different)]), dtype=np.float64)
