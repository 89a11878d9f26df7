"""The spread of the chances to answer: R-indicators, against R, by hand and over every way that boards answer."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.estimate.representativity import (
    Propensities,
    by_cells,
    by_regression,
    dummies,
    partials,
    representativity,
)

REFERENCE = Path(__file__).parent / "reference"
NAMES = ("size_class", "region", "denomination")


def of_boards() -> tuple[Propensities, dict[str, list[str]]]:
    """The made-up register of the reference cases, and who answered its third wave."""
    with (REFERENCE / "board_frame.csv").open(newline="", encoding="utf-8") as file:
        frame = list(csv.DictReader(file))
    with (REFERENCE / "board_wave3.csv").open(newline="", encoding="utf-8") as file:
        answered = {row["board_id"] for row in csv.DictReader(file)}
    variables = {name: [row[name] for row in frame] for name in NAMES}
    return by_regression(
        np.array([row["board_id"] in answered for row in frame]), dummies([*variables.values()])
    ), variables


def expected() -> dict[str, object]:
    file: dict[str, dict[str, object]] = json.loads((REFERENCE / "response-propensities.json").read_text("utf-8"))
    return file["expected"]


def test_the_chances_are_those_of_the_logistic_regression_of_r() -> None:
    propensities, _ = of_boards()
    assert propensities.chances[:10] == pytest.approx(expected()["first_ten"], rel=1e-8)
    assert [propensities.chances.min(), propensities.chances.max()] == pytest.approx(expected()["range"], rel=1e-8)


def test_the_indicator_its_bias_and_its_interval_are_what_r_works_out() -> None:
    r = {name: float(str(expected()[name])) for name in ("variance", "accident", "variance_of_variance", "rate")}
    found = representativity(of_boards()[0])
    assert found.unadjusted == pytest.approx(1 - 2 * math.sqrt(r["variance"]), rel=1e-8)
    square = r["variance"] - r["accident"]
    assert found.indicator == pytest.approx(1 - 2 * math.sqrt(square), rel=1e-8)
    half = 1.959963984540054 * math.sqrt(r["variance_of_variance"])
    assert (found.low, found.high) == pytest.approx(
        (1 - 2 * math.sqrt(square + half), 1 - 2 * math.sqrt(square - half)), rel=1e-8
    )
    assert found.largest_bias == pytest.approx(math.sqrt(square) / r["rate"], rel=1e-8)


def test_partial_indicators_before_adjustment_are_what_r_works_out() -> None:
    propensities, variables = of_boards()
    certain = Propensities(
        chances=propensities.chances, slopes=propensities.slopes, spread=np.zeros_like(propensities.spread)
    )
    for found in partials(certain, variables):
        between, within = expected()["between"], expected()["within"]
        assert isinstance(between, dict)
        assert isinstance(within, dict)
        assert found.unconditional == pytest.approx(math.sqrt(between[found.variable]), rel=1e-8)
        assert found.conditional == pytest.approx(math.sqrt(within[found.variable]), rel=1e-8)


# --- what must hold ------------------------------------------------------------------------------------------------


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 4))
def test_equal_chances_have_the_indicator_one(cells: int, answered: int, more: int) -> None:
    labels = [cell for cell in range(cells) for _ in range(answered + more)]
    who = np.array([place < answered for _ in range(cells) for place in range(answered + more)])
    for propensities in (by_cells(who, labels), by_regression(who, dummies([labels]))):
        found = representativity(propensities)
        assert found.indicator == pytest.approx(1, abs=1e-6)
        assert found.unadjusted == pytest.approx(1, abs=1e-6)
        assert found.largest_bias == pytest.approx(0, abs=1e-6)
        assert found.rate == pytest.approx(answered / (answered + more))


def test_half_of_the_frame_that_always_answers_and_half_that_never_does_is_as_unlike_as_can_be() -> None:
    labels = ["a"] * 500 + ["b"] * 500
    found = representativity(by_cells(np.array([True] * 500 + [False] * 500), labels))
    assert found.indicator == pytest.approx(0, abs=1e-3)  # S = 1/2 sqrt(N / (N - 1))
    assert (found.low, found.high) == pytest.approx((0, 0), abs=1e-3)


def test_an_indicator_worked_out_by_hand() -> None:
    # 4 of 10 and 8 of 10 answer: mean 0.6, S^2 = 20 * 0.2^2 / 19 = 0.8 / 19
    # accident: (0.4 * 0.6 + 0.8 * 0.2) / 19 for the cells, less (0.4 * 0.6 + 0.8 * 0.2) / 2 / 19 for the mean
    who = np.array([True] * 4 + [False] * 6 + [True] * 8 + [False] * 2)
    propensities = by_cells(who, ["small"] * 10 + ["large"] * 10)
    found = representativity(propensities)
    assert found.unadjusted == pytest.approx(1 - 2 * math.sqrt(0.8 / 19), rel=1e-12)
    assert found.deviation == pytest.approx(math.sqrt((0.8 - 0.4 + 0.2) / 19), rel=1e-12)
    [partial] = partials(propensities, {"size": ["small"] * 10 + ["large"] * 10})
    assert partial.unconditional == partial.conditional == pytest.approx(found.deviation, rel=1e-12)
    large, small = partial.classes
    assert (large.label, large.units, large.rate) == ("large", 10, pytest.approx(0.8))
    assert large.difference == pytest.approx(0.2)
    assert small.share == pytest.approx(-0.2 * math.sqrt(10 / 19), rel=1e-12)
    # of half the difference of two rates: (0.024 + 0.016) / 4
    assert large.se == small.se == pytest.approx(math.sqrt((0.4 * 0.6 / 10 + 0.8 * 0.2 / 10) / 4), rel=1e-12)


def patterns(chances: list[float]) -> Iterator[tuple[float, tuple[bool, ...]]]:
    """Every way that units answer, each by itself, with its probability."""
    for who in product([False, True], repeat=len(chances)):
        yield math.prod(p if yes else 1 - p for p, yes in zip(chances, who, strict=True)), who


def test_on_average_over_every_way_that_boards_answer_the_adjusted_square_is_that_of_the_true_chances() -> None:
    """The plug-in rate (1 - rate) / n is itself too small by a part 1 / n, so that a little is left: 1 / n of it."""
    chances = [0.3] * 6 + [0.7] * 6
    labels = [0] * 6 + [1] * 6
    true = 12 * 0.2**2 / 11
    plain = adjusted = 0.0
    for probability, who in patterns(chances):
        if any(who):
            cells = [sum(who[:6]) / 6, sum(who[6:]) / 6]
            square = 3 * (cells[0] - cells[1]) ** 2 / 11  # 12 * ((c_0 - c_1) / 2)^2 / 11
            accident = sum(rate * (1 - rate) for rate in cells) / 2 / 11
            plain += probability * square
            adjusted += probability * (square - accident)
            found = representativity(by_cells(np.array(who), labels))
            assert found.unadjusted == pytest.approx(max(1 - 2 * math.sqrt(square), 0), abs=1e-9)
            assert found.deviation == pytest.approx(math.sqrt(max(square - accident, 0)), abs=1e-9)
    noise = (0.21 + 0.21) / 2 / 11
    assert plain == pytest.approx(true + noise, rel=1e-3)
    assert adjusted == pytest.approx(true + noise / 6, rel=1e-3)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000))
def test_regression_on_all_crossings_is_the_rate_of_each_cell(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 3, 120), rng.integers(0, 2, 120)
    who = rng.random(120) < 0.2 + 0.2 * a / 2 + 0.2 * b
    cells = a * 2 + b
    one, other = by_cells(who, cells), by_regression(who, dummies([cells]))
    assert one.chances == pytest.approx(other.chances, abs=1e-5)
    first, second = representativity(one), representativity(other)
    assert first.indicator == pytest.approx(second.indicator, abs=1e-5)
    assert (first.low, first.high) == pytest.approx((second.low, second.high), abs=1e-4)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000))
def test_a_variable_alone_and_what_the_others_have_within_it_make_the_whole(seed: int) -> None:
    # Between the classes of a and within them: S^2 = P_u(a)^2 + P_c(b)^2, where a is all that is beside b
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 3, 300), rng.integers(0, 4, 300)
    who = rng.random(300) < 0.15 + 0.15 * a + 0.1 * b
    found = by_regression(who, dummies([a, b]))
    propensities = Propensities(chances=found.chances, slopes=found.slopes, spread=0 * found.spread)  # not adjusted
    of_a, of_b = partials(propensities, {"a": a, "b": b})
    whole = representativity(propensities).deviation
    assert of_a.unconditional**2 + of_b.conditional**2 == pytest.approx(whole**2, rel=1e-9)
    assert of_b.unconditional**2 + of_a.conditional**2 == pytest.approx(whole**2, rel=1e-9)


def test_the_order_of_the_boards_and_a_column_that_follows_from_others_change_nothing() -> None:
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 3, 90)
    who = rng.random(90) < 0.2 + 0.2 * labels
    order = rng.permutation(90)
    once = representativity(by_regression(who, dummies([labels])))
    turned = representativity(by_regression(who[order], dummies([labels[order], labels[order] + 7])))
    assert turned.indicator == pytest.approx(once.indicator, rel=1e-9)
    assert (turned.low, turned.high) == pytest.approx((once.low, once.high), rel=1e-9)


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_a_class_that_answered_whole_or_not_at_all_has_that_chance(rate: float) -> None:
    labels = ["a"] * 20 + ["b"] * 20
    who = np.array([rate == 1] * 20 + [True] * 8 + [False] * 12)
    assert by_regression(who, dummies([labels])).chances[:20] == pytest.approx(rate, abs=1e-9)
    assert by_cells(who, labels).chances[:20] == pytest.approx(rate)


def test_a_frame_that_answered_whole_is_like_itself() -> None:
    found = representativity(by_regression(np.ones(30, bool), dummies([[0, 1, 2] * 10])))
    assert (found.indicator, found.rate, found.largest_bias) == pytest.approx((1, 1, 0), abs=1e-6)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(6)
    labels = np.repeat([0, 1, 2, 3], 100)
    chances = np.array([0.15, 0.25, 0.3, 0.4])[labels]
    square = chances.var(ddof=1)
    found = [representativity(by_cells(rng.random(400) < chances, labels)) for _ in range(400)]
    assert 0.92 <= np.mean([each.low <= 1 - 2 * math.sqrt(square) <= each.high for each in found]) <= 0.98
    assert np.mean([each.deviation**2 for each in found]) == pytest.approx(square, rel=0.05)
    assert np.mean([(1 - each.unadjusted) ** 2 / 4 for each in found]) > 1.1 * square


def test_chances_that_nobody_can_tell_are_refused() -> None:
    with pytest.raises(ValueError, match="some answered"):
        by_cells(np.zeros(5, bool), [1] * 5)
    with pytest.raises(ValueError, match="5 units, their variables of 4"):
        by_regression(np.ones(5, bool), np.ones((4, 1)))
