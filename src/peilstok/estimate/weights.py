"""Weighting the answers to the frame by cells of board size: post-stratification.

Within a cell every answering board gets the weight boards in the frame / boards that answered, so that the weighted
number of boards is that of the frame in every cell. Its variance is that of the residuals within cells: the
adjustment is a projector on the linearised values (`adjustments.PostStratified`). Not decided here: which cells (the
plan says), and whether weighting removes the bias of nonresponse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from peilstok.estimate.adjustments import PostStratified
from peilstok.estimate.design import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Boards with `low` up to and including `high` pupils (None: no limit); `merged` cells of the plan in one."""

    low: int
    high: int | None
    boards: int
    respondents: int
    merged: int

    @property
    def weight(self) -> float:
        return self.boards / self.respondents


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PostStrata(PostStratified):
    """The adjustment, and what its cells are."""

    cells: tuple[Cell, ...]


def post_stratify(
    *,
    frame: Sequence[float] | Floats,
    respondents: Sequence[float] | Floats,
    bounds: Sequence[int],
    at_least: int,
    before: Floats,
) -> PostStrata:
    """Weights to the frame by cells of size.

    `frame` and `respondents` are the sizes (pupils) of all boards and of those that answered; a bound is the lowest
    size of the next cell. A cell with fewer than `at_least` respondents is put together with the next larger one,
    again and again from the smallest up; what is then left short at the top joins the cell below it.
    """
    in_frame = _counted(frame, bounds)
    answered = _counted(respondents, bounds)
    groups = merged(answered, at_least=max(at_least, 1))
    cells = tuple(_cell(first, last, bounds, in_frame, answered) for first, last in groups)
    cell_of = np.repeat(np.arange(len(groups)), [last - first + 1 for first, last in groups])
    codes = cell_of[np.searchsorted(bounds, respondents, side="right")]
    after = np.array([cell.weight for cell in cells])[codes]
    return PostStrata(cells=cells, codes=codes, before=before, after=after)


def merged(counts: Sequence[int], *, at_least: int) -> tuple[tuple[int, int], ...]:
    """Runs of neighbouring cells, first and last, each with `at_least` respondents (or all cells in one run)."""
    runs: list[tuple[int, int]] = []
    first, inside = 0, 0
    for place, count in enumerate(counts):
        inside += count
        if inside >= at_least:
            runs.append((first, place))
            first, inside = place + 1, 0
    last = len(counts) - 1
    if first <= last:
        runs[-1:] = [(runs[-1][0] if runs else 0, last)]
    return tuple(runs)


def _counted(sizes: Sequence[float] | Floats, bounds: Sequence[int]) -> list[int]:
    places = np.searchsorted(bounds, np.asarray(sizes, dtype=np.float64), side="right")
    return [int(count) for count in np.bincount(places, minlength=len(bounds) + 1)]


def _cell(first: int, last: int, bounds: Sequence[int], in_frame: Sequence[int], answered: Sequence[int]) -> Cell:
    return Cell(
        low=bounds[first - 1] if first else 0,
        high=bounds[last] - 1 if last < len(bounds) else None,
        boards=sum(in_frame[first : last + 1]),
        respondents=sum(answered[first : last + 1]),
        merged=last - first + 1,
    )
