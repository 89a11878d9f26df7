"""Weights that meet known totals: that they do, what that makes of a variance, and what is said where they cannot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.estimate.calibration import Distance, calibrate
from peilstok.estimate.design import Floats
from peilstok.estimate.feasibility import CannotBeMet, TooFewRounds

NONE = (-np.inf, np.inf)


def sample(seed: int, rows: int = 40) -> tuple[Floats, Floats, Floats]:
    """Columns (one, a group, a size), weights, and totals that weights within 0.7 and 1.4 of them reach."""
    rng = np.random.default_rng(seed)
    group = (np.arange(rows) % 3 == 0).astype(float)
    columns = np.column_stack([np.ones(rows), group, rng.gamma(2, 500, rows)])
    before = rng.uniform(1, 5, rows)
    return columns, before, columns.T @ (before * rng.uniform(0.8, 1.25, rows))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([("linear", NONE), ("raking", NONE), ("logit", (0.3, 3.0))]))
def test_the_totals_are_met_and_a_total_that_is_known_has_no_variance(
    seed: int, how: tuple[Distance, tuple[float, float]]
) -> None:
    columns, before, totals = sample(seed)
    distance, bounds = how
    done = calibrate(columns, totals, before=before, distance=distance, bounds=bounds)
    assert columns.T @ done.after == pytest.approx(totals, rel=1e-9)
    left = done.project(done.after[:, None] * columns)
    assert np.abs(left).max() <= 1e-7 * np.abs(columns).max()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_without_bounds_the_linear_distance_is_the_regression_estimator(seed: int) -> None:
    """Särndal, Swensson and Wretman (1992), equation 6.4.2: the total plus the slopes times what x falls short."""
    columns, before, totals = sample(seed)
    y = np.random.default_rng(seed + 1).normal(10, 3, len(before))
    slopes = np.linalg.solve(columns.T @ (before[:, None] * columns), columns.T @ (before * y))
    expected = before @ y + (totals - columns.T @ before) @ slopes
    assert calibrate(columns, totals, before=before).after @ y == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("distance", ["linear", "logit"])
def test_weights_stay_within_the_bounds(distance: Distance) -> None:
    columns, before, totals = sample(3)
    done = calibrate(columns, totals, before=before, distance=distance, bounds=(0.85, 1.3))
    ratio = done.after / before
    assert (ratio >= 0.85 - 1e-12).all()
    assert (ratio <= 1.3 + 1e-12).all()


def test_a_column_that_follows_from_others_does_no_harm() -> None:
    columns, before, totals = sample(4)
    twice = np.column_stack([columns, columns[:, 0] - columns[:, 1]])
    more = [*totals, totals[0] - totals[1]]
    once = calibrate(columns, totals, before=before, distance="raking")
    assert calibrate(twice, more, before=before, distance="raking").after == pytest.approx(once.after, rel=1e-8)


@pytest.mark.parametrize(
    ("distance", "bounds"), [("linear", (0.5, 2.0)), ("logit", (0.5, 2.0)), ("linear", NONE), ("raking", NONE)]
)
def test_the_constraint_that_stands_against_the_others_is_named_with_what_it_can_be(
    distance: Distance, bounds: tuple[float, float]
) -> None:
    """Boards are as many as north and south; all pupils together are bounded by the largest board."""
    north = np.array([1.0, 1, 0, 0])
    columns, names = np.column_stack([np.ones(4), north, 1 - north]), ["boards", "north", "south"]
    with pytest.raises(CannotBeMet, match=r"^boards: the total is 9; weights .*come to 8$"):
        calibrate(columns, [9, 4, 4], before=np.ones(4), distance=distance, bounds=bounds, names=names)
    pupils = np.column_stack([np.ones(4), [100.0, 200, 300, 400]])
    wide = bounds if distance != "linear" or bounds != NONE else (0.0, np.inf)
    with pytest.raises(CannotBeMet) as refused:
        calibrate(pupils, [4, 5_000], before=np.ones(4), distance=distance, bounds=wide, names=["boards", "pupils"])
    most = {0.5: 2 * 400 + 1 * 300 + 0.5 * 300, 0.0: 4 * 400, -np.inf: 4 * 400}[wide[0]]
    assert (refused.value.constraint, refused.value.reached) == ("pupils", pytest.approx(most))


def test_totals_that_need_more_rounds_are_told_from_totals_out_of_reach() -> None:
    pupils = np.column_stack([np.ones(4), [100.0, 200, 300, 400]])
    with pytest.raises(TooFewRounds, match=r"after 3 rounds .* allow more rounds"):
        calibrate(pupils, [4, 1_590], before=np.ones(4), distance="raking", rounds=3, names=["boards", "pupils"])
    assert calibrate(pupils, [4, 1_590], before=np.ones(4), distance="raking").after.sum() == pytest.approx(4)


@pytest.mark.parametrize(("distance", "bounds"), [("linear", (0.9, 1.1)), ("logit", (0.9, 1.1)), ("raking", NONE)])
def test_a_total_out_of_reach_is_refused_by_name(distance: Distance, bounds: tuple[float, float]) -> None:
    columns, before, totals = sample(5)
    wrong = totals * [1, -1 if distance == "raking" else 2, 1]
    with pytest.raises(CannotBeMet, match=r"^special schools: the total is "):
        calibrate(
            columns,
            wrong,
            before=before,
            distance=distance,
            bounds=bounds,
            names=["boards", "special schools", "pupils"],
        )


@pytest.mark.parametrize("bounds", [(1.0, 2.0), (0.5, 1.0), (1.2, 1.5)])
def test_bounds_lie_on_both_sides_of_one(bounds: tuple[float, float]) -> None:
    columns, before, totals = sample(6)
    with pytest.raises(ValueError, match="both sides of 1"):
        calibrate(columns, totals, before=before, bounds=bounds)


def test_the_distance_logit_needs_bounds() -> None:
    columns, before, totals = sample(7)
    with pytest.raises(ValueError, match="two finite bounds"):
        calibrate(columns, totals, before=before, distance="logit")
