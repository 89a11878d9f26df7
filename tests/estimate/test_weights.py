"""Weighting by cells of size: totals are met, thin cells join their neighbour, the variance is that of residuals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peilstok.estimate.design import simple_random
from peilstok.estimate.weights import PostStrata, merged, post_stratify
from tests.estimate import slow


def strata(frame: list[int], respondents: list[int], bounds: list[int], at_least: int = 1) -> PostStrata:
    before = np.full(len(respondents), len(frame) / len(respondents))
    return post_stratify(frame=frame, respondents=respondents, bounds=bounds, at_least=at_least, before=before)


def test_a_bound_is_the_lowest_size_of_the_next_cell() -> None:
    found = strata([99, 100, 100], [99, 100], [100])
    assert [(cell.low, cell.high, cell.boards, cell.respondents) for cell in found.cells] == [
        (0, 99, 1, 1),
        (100, None, 2, 1),
    ]
    assert list(found.after) == [1, 2]


def test_the_weighted_boards_of_every_cell_are_those_of_the_frame() -> None:
    found = strata([10] * 30 + [200] * 12 + [900] * 5, [10] * 4 + [200] * 6 + [900] * 2, [100, 500])
    assert [found.after[found.codes == cell].sum() for cell in range(3)] == pytest.approx([30, 12, 5], rel=1e-15)


@pytest.mark.parametrize(
    ("counts", "at_least", "runs"),
    [
        ([5, 5, 5], 5, [(0, 0), (1, 1), (2, 2)]),
        ([4, 5, 5], 5, [(0, 1), (2, 2)]),  # short: joins the next larger
        ([4, 0, 1, 5], 5, [(0, 2), (3, 3)]),  # until there are enough
        ([5, 5, 4], 5, [(0, 0), (1, 2)]),  # short at the top: joins the one below
        ([5, 0, 0], 1, [(0, 2)]),
        ([0, 0, 3], 5, [(0, 2)]),  # never enough: one cell
    ],
)
def test_a_cell_with_too_few_respondents_joins_its_neighbour(
    counts: list[int], at_least: int, runs: list[tuple[int, int]]
) -> None:
    assert list(merged(counts, at_least=at_least)) == runs


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(1, 12))
def test_merged_cells_hold_every_cell_once_and_enough_respondents(counts: list[int], at_least: int) -> None:
    runs = merged(counts, at_least=at_least)
    assert [cell for first, last in runs for cell in range(first, last + 1)] == list(range(len(counts)))
    if len(runs) > 1:
        assert min(sum(counts[first : last + 1]) for first, last in runs) >= at_least


def test_a_merged_cell_says_how_many_it_was_made_of() -> None:
    found = strata([10] * 5 + [200] * 5 + [900] * 5, [200] * 2 + [900] * 2, [100, 500])
    assert [(cell.low, cell.high, cell.merged) for cell in found.cells] == [(0, 499, 2), (500, None, 1)]


@given(st.lists(st.floats(-100, 100), min_size=6, max_size=6))
def test_the_projection_is_that_of_the_loops_and_does_nothing_twice(values: list[float]) -> None:
    found = strata([10] * 30 + [200] * 12, [10, 10, 200, 10, 200, 200], [100])
    once = found.project(np.array(values)[:, None])
    expected = slow.residuals(values, [*found.before], [*found.after], [*found.codes])
    assert once[:, 0] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert found.project(once) == pytest.approx(once, rel=1e-9, abs=1e-9)


def test_a_total_that_the_cells_fix_has_no_variance_left() -> None:
    found = strata([10] * 30 + [200] * 12, [10, 10, 200, 10, 200, 200], [100])
    boards_in_first_cell = found.after * (found.codes == 0)
    assert found.project(boards_in_first_cell[:, None]) == pytest.approx(np.zeros((6, 1)), abs=1e-12)


def test_one_cell_changes_no_weight() -> None:
    found = strata([10] * 30, [10] * 6, [100])
    assert list(found.after) == list(simple_random(sampled=6, population=30).weights)
