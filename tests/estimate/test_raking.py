"""Raking: margins are met, the weights are those of calibration, and rows of one cell keep one factor."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.estimate.calibration import calibrate
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.raking import rake

TIGHT = 1e-13


def sample(seed: int, rows: int = 60) -> tuple[list[Codes], list[Floats], Floats]:
    """Three margins with 3, 2 and 4 cells, all of them filled, the totals of other weights, and weights."""
    rng = np.random.default_rng(seed)
    margins = [np.append(np.arange(cells), rng.integers(0, cells, rows - cells)) for cells in (3, 2, 4)]
    before, other = rng.uniform(1, 4, rows), rng.uniform(1, 4, rows)
    return margins, [np.bincount(codes, weights=other) for codes in margins], before


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_every_margin_is_met_by_the_weights_that_calibration_finds(seed: int) -> None:
    margins, totals, before = sample(seed)
    done = rake(margins, totals, before=before, rounds=5_000, epsilon=TIGHT)
    assert done.converged
    for codes, total in zip(margins, totals, strict=True):
        assert np.bincount(codes, weights=done.after) == pytest.approx(total, rel=1e-8)
    columns = np.column_stack([(codes == cell).astype(float) for codes in margins for cell in range(codes.max() + 1)])
    same = calibrate(columns, np.concatenate(totals), before=before, distance="raking")
    assert done.after == pytest.approx(same.after, rel=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    margins, totals, before = sample(seed)
    order = np.random.default_rng(seed).permutation(len(before))
    values = np.random.default_rng(seed + 1).normal(size=(len(before), 2))
    one = rake(margins, totals, before=before)
    other = rake([codes[order] for codes in margins], totals, before=before[order])
    assert other.after == pytest.approx(one.after[order], rel=1e-12)
    assert other.project(values[order]) == pytest.approx(one.project(values)[order], rel=1e-9, abs=1e-12)


def test_after_so_many_rounds_it_stops_and_says_so() -> None:
    margins, totals, before = sample(1)
    done = rake(margins, totals, before=before, rounds=2, epsilon=TIGHT)
    assert (done.rounds, done.converged) == (2, False)


def test_one_margin_is_post_stratification_and_takes_one_round_and_one_to_see_it() -> None:
    margins, totals, before = sample(2)
    done = rake(margins[:1], totals[:1], before=before, epsilon=TIGHT)
    assert done.after == pytest.approx(before * (totals[0] / np.bincount(margins[0], weights=before))[margins[0]])
    assert (done.rounds, done.converged) == (2, True)


def test_a_cell_without_rows_and_margins_that_differ_are_refused_by_number() -> None:
    margins, totals, before = sample(3)
    longer = [*totals[:2], np.append(totals[2], 5.0)]
    with pytest.raises(ValueError, match="margin 3: cell 5 has a total of 5 and no rows"):
        rake(margins, longer, before=before)
    with pytest.raises(ValueError, match="margin 2 adds up to"):
        rake(margins, [totals[0], totals[1] * 2, totals[2]], before=before)


def test_a_row_in_a_cell_that_has_no_total_is_refused() -> None:
    margins, totals, before = sample(4)
    with pytest.raises(ValueError, match="margin 2 has 1 totals"):
        rake(margins, [totals[0], totals[1].sum(keepdims=True), totals[2]], before=before)


def test_margins_with_far_more_crossings_than_rows_give_the_weights_that_few_cells_give() -> None:
    margins, totals, before = sample(5)
    wide = [codes * 400 for codes in margins]  # 1,200 x 800 x 1,600 possible cells, 24 of them in use
    spread = [np.zeros(400 * len(total)) for total in totals]
    for total, empty in zip(totals, spread, strict=True):
        empty[::400] = total
    one, other = rake(margins, totals, before=before), rake(wide, spread, before=before)
    assert (one.rounds, one.converged) == (other.rounds, other.converged)
    assert other.after == pytest.approx(one.after, rel=1e-13)
