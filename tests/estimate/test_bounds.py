"""Bounds of a figure of the whole frame: they hold the truth whatever those that did not answer would have said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.estimate import linearise
from peilstok.estimate.bounds import Known, turning_point, within, worst_case
from peilstok.estimate.weights import post_stratify


def share(said: list[float | None]) -> Known:
    """A share of boards: 1 or 0, None where the board did not answer."""
    known = np.array([each is not None for each in said])
    ones, n = np.ones(len(said)), len(said)
    return Known(
        y=np.array([each or 0.0 for each in said]),
        x=ones,
        known=known,
        y_least=np.zeros(n),
        y_most=ones,
        x_least=ones,
        x_most=ones,
        sizes=ones,
        part=True,
    )


@st.composite
def figures(draw: st.DrawFn) -> tuple[Known, np.ndarray, np.ndarray, np.ndarray]:
    """A ratio over up to twelve units of which some are known, the truth at every unit, and a cell for each."""
    n = draw(st.integers(2, 12))
    part, fixed = draw(st.booleans()), draw(st.booleans())
    x_most = np.array(draw(st.lists(st.integers(1, 50), min_size=n, max_size=n)), float)
    x_least = x_most if fixed else np.array([draw(st.integers(0, int(most))) for most in x_most], float)
    x = np.array([draw(st.integers(int(a), int(b))) for a, b in zip(x_least, x_most, strict=True)], float)
    y_most = x_most if part else np.array(draw(st.lists(st.integers(-20, 60), min_size=n, max_size=n)), float)
    y_least = np.zeros(n) if part else y_most - draw(st.integers(0, 40))
    tops = np.minimum(y_most, x) if part else y_most
    y = np.array([draw(st.integers(int(a), int(b))) for a, b in zip(y_least, tops, strict=True)], float)
    known = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    known[0], x[0] = True, max(x[0], 1)
    cells = np.array(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    found = Known(
        y=y * known, x=x * known, known=known, y_least=y_least, y_most=y_most, x_least=x_least, x_most=x_most,
        sizes=x_most, part=part,
    )  # fmt: skip
    return found, y, x, cells


@settings(max_examples=200, deadline=None)
@given(figures())
def test_the_worst_case_holds_the_truth_whatever_the_others_say(figure: tuple[Known, np.ndarray, ...]) -> None:
    known, y, x, _ = figure
    assert worst_case(known).holds(float(y.sum() / x.sum()))


@settings(max_examples=100, deadline=None)
@given(figures())
def test_the_worst_case_is_reached_at_corners(figure: tuple[Known, np.ndarray, ...]) -> None:
    """Every unit has its y at a bound and its x at a bound, or, in a part of a whole, at its y."""
    known, _, _, _ = figure
    low, high = math.inf, -math.inf
    corners = [
        [
            (y, x)
            for y in (known.y_least[k], known.y_most[k])
            for x in (known.x_least[k], known.x_most[k], float(np.clip(y, known.x_least[k], known.x_most[k])))
            if not known.part or y <= x
        ]
        + ([(known.x_least[k], known.x_least[k])] if known.part else [])
        for k in np.flatnonzero(known.unknown)[:4]
    ]
    if known.unknown.sum() > 4:
        return
    sums = [known.sums()]
    for unit in corners:
        sums = list({(a + y, b + x) for a, b in sums for y, x in unit})
    low, high = min(a / b for a, b in sums), max(a / b for a, b in sums)
    found = worst_case(known)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(figures(), st.floats(0, 2))
def test_bounds_of_some_points_hold_every_truth_that_keeps_to_them(
    figure: tuple[Known, np.ndarray, ...], points: float
) -> None:
    """Where x is known of all: the truth is within the bounds if no cell differs by more points than allowed."""
    known, y, x, cells = figure
    if (known.x_least < known.x_most).any():
        return
    apart = [0.0]
    for cell in set(cells.tolist()):
        answered, other = known.known & (cells == cell), known.unknown & (cells == cell)
        if answered.any() and other.any():
            apart.append(abs(y[answered].sum() / x[answered].sum() - y[other].sum() / x[other].sum()))
    assert within(known, cells, points=max(apart) * (1 + 1e-12)).holds(float(y.sum() / x.sum()))
    narrow, wide, widest = (within(known, cells, points=d) for d in (points, 2 * points, 1e9))
    worst = worst_case(known)
    assert worst.low <= widest.low <= wide.low <= narrow.low <= narrow.high <= wide.high <= widest.high <= worst.high


@pytest.mark.parametrize("said", [0, 5, 20])
def test_a_share_worked_out_by_hand(said: int) -> None:
    found = worst_case(share([1.0] * said + [0.0] * (20 - said) + [None] * 80))
    assert (found.low, found.high) == pytest.approx((said / 100, (said + 80) / 100), rel=1e-12)


def test_a_share_of_those_in_the_base_worked_out_by_hand() -> None:
    # 3 of 10 in the base said it; 10 did not answer and may be in the base or not
    unknown = np.array([False] * 10 + [True] * 10)
    zeros, ones = np.zeros(20), np.ones(20)
    known = Known(
        y=np.array([1.0] * 3 + [0.0] * 17), x=np.where(unknown, 0, ones), known=~unknown,
        y_least=zeros, y_most=ones, x_least=zeros, x_most=ones, sizes=ones, part=True,
    )  # fmt: skip
    assert worst_case(known).low == pytest.approx(3 / 20)
    assert worst_case(known).high == pytest.approx(13 / 20)


def test_within_some_points_worked_out_by_hand() -> None:
    # small boards: 1 of 4 said it and 6 are unknown; large ones: 3 of 4 and 2 are unknown; 10 points
    known = share([1.0, 0.0, 0.0, 0.0] + [None] * 6 + [1.0, 1.0, 1.0, 0.0] + [None] * 2)
    cells = np.array([0] * 10 + [1] * 6)
    found = within(known, cells, points=0.10)
    assert found.low == pytest.approx((4 + 6 * 0.15 + 2 * 0.65) / 16, rel=1e-12)
    assert found.high == pytest.approx((4 + 6 * 0.35 + 2 * 0.85) / 16, rel=1e-12)
    wide = within(known, cells, points=0.30)
    assert wide.low == pytest.approx((4 + 0 + 2 * 0.45) / 16, rel=1e-12)  # a share is never below 0
    assert wide.high == pytest.approx((4 + 6 * 0.55 + 2) / 16, rel=1e-12)  # and never above 1


def test_with_no_points_it_is_the_post_stratified_share() -> None:
    rng = np.random.default_rng(3)
    pupils = rng.integers(50, 5000, 300).astype(float)
    said = (rng.random(300) < 0.2 + pupils / 10_000).astype(float)
    answered = rng.random(300) < 0.3
    rows = np.flatnonzero(answered)
    step = post_stratify(
        frame=pupils,
        respondents=pupils[rows],
        bounds=[500, 2000],
        at_least=1,
        before=np.full(len(rows), 300 / len(rows)),
    )
    expected = linearise.mean(said[rows], np.ones(len(rows)), weights=step.after).estimate
    known = share([float(each) if yes else None for each, yes in zip(said, answered, strict=True)])
    found = within(known, np.searchsorted([500, 2000], pupils, side="right"), points=0)
    assert found.low == pytest.approx(found.high, rel=1e-12)
    assert found.low == pytest.approx(expected, rel=1e-12)


def test_a_cell_of_which_nobody_answered_has_its_worst_case() -> None:
    known = share([1.0, 0.0, None, None])
    found = within(known, np.array([0, 0, 1, 1]), points=0)
    assert (found.low, found.high) == pytest.approx((1 / 4, 3 / 4))


def test_a_frame_that_answered_whole_has_one_value() -> None:
    known = share([1.0, 0.0, 1.0])
    for found in (worst_case(known), within(known, np.zeros(3, int), points=0.5)):
        assert found.low == found.high == pytest.approx(2 / 3)


def test_how_far_the_others_must_differ_to_turn_a_majority() -> None:
    # 6 of 10 said it and 10 are unknown: (6 + 10 (0.6 - d)) / 20 = 1/2 at d = 0.2
    known = share([1.0] * 6 + [0.0] * 4 + [None] * 10)
    assert turning_point(known, np.zeros(20, int), 0.5) == pytest.approx(0.2, abs=1e-9)
    assert turning_point(known, np.zeros(20, int), 0.6) == pytest.approx(0, abs=1e-8)
    assert turning_point(known, np.zeros(20, int), 0.95) is None


def test_an_amount_without_a_bound_has_no_bound() -> None:
    ones = np.ones(4)
    known = Known(
        y=np.array([2.0, 4.0, 0.0, 0.0]), x=ones, known=np.array([True, True, False, False]),
        y_least=np.zeros(4), y_most=np.full(4, np.inf), x_least=ones, x_most=ones, sizes=ones,
    )  # fmt: skip
    assert (worst_case(known).low, worst_case(known).high) == (1.5, math.inf)
    found = within(known, np.zeros(4, int), points=1)
    assert (found.low, found.high) == pytest.approx((2.5, 3.5))


def test_what_cannot_be_bounded_is_refused() -> None:
    ones, some = np.ones(2), np.array([True, False])
    fits = {"y": ones, "x": ones, "known": some, "y_least": 0 * ones, "y_most": ones, "x_least": ones, "x_most": ones}
    with pytest.raises(ValueError, match="no answer is known"):
        Known(**(fits | {"known": ~some & some}), sizes=ones)
    with pytest.raises(ValueError, match="the least first"):
        Known(**(fits | {"y_least": 2 * ones}), sizes=ones)
    with pytest.raises(ValueError, match="different lengths"):
        Known(**(fits | {"y": np.ones(3)}), sizes=ones)
    with pytest.raises(ValueError, match="larger than its whole"):
        Known(**(fits | {"y": 2 * ones}), sizes=ones, part=True)
    with pytest.raises(ValueError, match="zero"):
        worst_case(Known(**(fits | {"x": 0 * ones, "x_least": 0 * ones}), sizes=ones))
    with pytest.raises(ValueError, match="upper bound"):
        worst_case(Known(**(fits | {"x_most": np.full(2, np.inf)}), sizes=ones))
    with pytest.raises(ValueError, match="from 0"):
        within(Known(**fits, sizes=ones), np.zeros(2, int), points=-1)
