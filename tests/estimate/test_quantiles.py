"""Quantiles and their intervals, against R, loops in exact fractions, numpy, and what must not change them."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import nan, sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import t as students_t

from peilstok.estimate.design import simple_random
from peilstok.estimate.quantiles import Rule, quantile, woodruff, woodruff_replicated
from peilstok.estimate.replicates import Replicates, UndefinedReplicates
from peilstok.estimate.resampling import bootstrap
from tests.estimate import r_calls, slow
from tests.estimate.r_calls import Call, calls, survey
from tests.estimate.random_designs import Sample, samples

PROBABILITIES = st.integers(0, 24).map(lambda k: Fraction(k, 24))
WEIGHTED = st.lists(st.tuples(st.integers(-3, 6), st.integers(1, 4)), min_size=1, max_size=12)


@pytest.mark.parametrize("call", calls("quantile"))
def test_quantiles_by_every_rule_and_interval_are_those_of_r(call: Call) -> None:
    data = survey(call["design"])
    y, inside = data.numbers(call["y"])
    found = woodruff(
        y,
        design=data.design,
        probabilities=call["probabilities"],
        rule=call["rule"],
        interval=call["interval"],
        inside=inside,
        rows_of_data=data.rows_of_data,
        project=data.project,
    )
    r_calls.agree([each.estimate for each in found], call["estimate"])
    r_calls.agree([each.low for each in found], call["ci_low"])
    r_calls.agree([each.high for each in found], call["ci_high"])
    r_calls.agree([each.se for each in found], call["se"])


def test_the_median_of_boards_that_gave_a_number_in_a_domain_is_that_of_r() -> None:
    case = json.loads((r_calls.FOLDER / "quantile-board-missing.json").read_text())
    board = survey("board")
    hours, there = board.numbers("hours")
    inside = there & ~board.where("size_class", "s1_one")
    [median] = woodruff(hours, design=board.design, probabilities=case["estimand"]["probs"], inside=inside)
    expected = case["expected"]
    found = [[median.estimate], [median.low], [median.high], [median.se]]
    assert found == [pytest.approx(expected[name], rel=1e-9) for name in ("estimate", "ci_low", "ci_high", "se")]


def slow_quantile(y: list[float], weights: list[float], p: Fraction, rule: Rule) -> float:
    """Along the sorted rows, in exact fractions."""
    rows = sorted(zip(y, map(Fraction, weights), strict=True), key=lambda row: row[0])
    whole = sum(weight for _, weight in rows)
    if rule == "hf7":
        return _slow_hf7(rows, p)
    upto = Fraction(0)
    for place, (value, weight) in enumerate(rows):
        upto += weight
        if rule == "averaged" and upto == p * whole and place + 1 < len(rows):
            return (value + rows[place + 1][0]) / 2
        if upto >= p * whole:
            return value
    raise AssertionError


def _slow_hf7(rows: list[tuple[float, Fraction]], p: Fraction) -> float:
    """A line through (weight before the row / weight before the last, value)."""
    if len(rows) == 1:
        return rows[0][0]
    until_last = sum(weight for _, weight in rows[:-1])
    before = Fraction(0)
    for (value, weight), (following, _) in pairwise(rows):
        if before <= p * until_last <= before + weight:
            return float(value + (following - value) * (p * until_last - before) / weight)
        before += weight
    raise AssertionError


@settings(max_examples=300, deadline=None)
@given(WEIGHTED, PROBABILITIES, st.sampled_from(["inverse", "averaged", "hf7"]))
def test_a_quantile_is_what_exact_fractions_find(rows: list[tuple[int, int]], p: Fraction, rule: Rule) -> None:
    y, weights = [float(row[0]) for row in rows], [float(row[1]) for row in rows]
    found = quantile(np.array(y), np.array(weights), float(p), rule=rule)
    assert found == pytest.approx(slow_quantile(y, weights, p, rule), rel=1e-12, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(WEIGHTED, st.floats(0, 1))
def test_rs_rules_are_the_textbooks_but_for_their_two_exceptions(rows: list[tuple[int, int]], p: float) -> None:
    y, weights = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows], dtype=float)
    shares = np.cumsum(weights[np.argsort(y, kind="stable")]) / weights.sum()
    assume(p >= shares[0])
    assume(np.abs(shares - p).min() > 1e-12)
    for of_r, of_textbook in (("math", "inverse"), ("school", "averaged")):
        assert quantile(y, weights, p, rule=of_r) == quantile(y, weights, p, rule=of_textbook)  # type: ignore[arg-type]


@pytest.mark.parametrize("weight", [0.1, 3.7, 8.99, 971 / 285])
@pytest.mark.parametrize("n", [4, 20, 60, 140, 400])
def test_a_quarter_of_the_boards_is_a_quarter_whatever_their_common_weight(n: int, weight: float) -> None:
    y, weights = np.arange(1.0, n + 1), np.full(n, weight)
    for quarter in (1, 2, 3):
        assert quantile(y, weights, quarter / 4, rule="inverse") == quarter * n / 4
        assert quantile(y, weights, quarter / 4, rule="averaged") == quarter * n / 4 + 0.5


def test_rs_third_quartile_of_twenty_boards_with_the_weight_8_99_is_one_board_off() -> None:
    y, weights = np.arange(1.0, 21), np.full(20, 8.99)
    assert quantile(y, weights, 0.75, rule="math") == quantile(y, weights, 0.75, rule="school") == 16
    assert quantile(y, weights, 0.75, rule="inverse") == 15


@given(st.lists(st.integers(-3, 6).map(float), min_size=2, max_size=30), PROBABILITIES)
def test_with_equal_weights_the_rules_are_those_of_hyndman_and_fan(y: list[float], p: Fraction) -> None:
    values, weights = np.array(y), np.ones(len(y))
    assume(p == 0 or (p * len(y)).denominator > 1 or float(p) * len(y) == p * len(y))  # numpy knows no ties but exact
    for rule, method in (("hf7", "linear"), ("inverse", "inverted_cdf"), ("averaged", "averaged_inverted_cdf")):
        found = quantile(values, weights, float(p), rule=rule)  # type: ignore[arg-type]
        assert found == pytest.approx(np.quantile(values, float(p), method=method), abs=1e-12)  # type: ignore[call-overload]


@settings(max_examples=100, deadline=None)
@given(samples(), st.sampled_from([0.1, 0.25, 0.5, 0.8]), st.sampled_from(["averaged", "inverse"]))
def test_an_interval_is_what_loops_find(sample: Sample, p: float, rule: Rule) -> None:
    [found] = woodruff(sample.values, design=sample.design, probabilities=[p], rule=rule, inside=sample.inside)
    rows = [k for k in range(len(sample.y)) if sample.inside[k]]
    y, weights = [sample.y[k] for k in rows], [sample.weights[k] for k in rows]
    assert found.estimate == slow_quantile(y, weights, Fraction(p).limit_denominator(100), rule)
    said = [float(sample.inside[k] and sample.y[k] <= found.estimate) for k in range(len(sample.y))]
    share, z = slow.ratio(said, [float(each) for each in sample.inside], sample.weights)
    df = len({sample.psus[k] for k in rows}) - len({sample.strata[k] for k in rows})
    assert found.df == df
    if df == 0:
        assert np.isnan([found.low, found.high, found.se]).all()
        return
    half = students_t.ppf(0.975, df) * sqrt(sample.variance(z))
    assume(
        all(abs(limit * sum(weights) - round(limit * sum(weights))) > 1e-6 for limit in (share - half, share + half))
    )
    expected = [
        slow_quantile(y, weights, Fraction(limit), rule) if 0 <= limit <= 1 else nan
        for limit in (share - half, share + half)
    ]
    assert [found.low, found.high] == pytest.approx(expected, nan_ok=True)
    assert 2 * found.se * students_t.ppf(0.975, df) == pytest.approx(found.high - found.low, nan_ok=True)


def spread(full: float, again: list[float], replicates: Replicates) -> float:
    """The standard error from the values of the replicates: those that are defined, about their mean."""
    defined = [(scale, value) for scale, value in zip(replicates.rscales, again, strict=True) if not np.isnan(value)]
    centre = full if replicates.mse else sum(value for _, value in defined) / len(defined)
    return sqrt(replicates.scale * sum(scale * (value - centre) ** 2 for scale, value in defined))


@settings(max_examples=100, deadline=None)
@given(samples(), st.integers(0, 99), st.sampled_from([0.1, 0.25, 0.5, 0.8]), st.booleans())
def test_intervals_from_replicates_are_what_loops_find(sample: Sample, seed: int, p: float, mse: bool) -> None:
    replicates = replace(bootstrap(sample.design, replicates=12, rng=np.random.default_rng(seed)), mse=mse)
    weights, n = np.array(sample.weights), len(sample.y)
    again = [list(each) for each in replicates.weights(weights)]
    assume(all(any(each[k] and sample.inside[k] for k in range(n)) for each in again))
    given = {"weights": weights, "replicates": replicates, "probabilities": [p], "inside": sample.inside}
    [woodruffs] = woodruff_replicated(sample.values, rule="inverse", **given)  # type: ignore[arg-type]
    [own] = woodruff_replicated(sample.values, rule="inverse", interval="quantile", **given)  # type: ignore[arg-type]
    base = [float(each) for each in sample.inside]
    said = [float(sample.inside[k] and sample.y[k] <= own.estimate) for k in range(n)]

    def of(each: list[float]) -> float:
        rows = [k for k in range(n) if sample.inside[k] and each[k]]
        return slow_quantile([sample.y[k] for k in rows], [each[k] for k in rows], Fraction(p), "inverse")

    # Ties of p with a cumulative weight are exact here and within 1e-12 there: of whole weights times n / (n - 1).
    assume(not any(_nearly_tied(sample, each, p) for each in again))
    assert own.estimate == woodruffs.estimate
    assert own.se == pytest.approx(spread(own.estimate, [of(each) for each in again], replicates), abs=1e-12)
    half = students_t.ppf(0.975, own.df) * own.se if own.df else nan
    assert [own.low, own.high] == pytest.approx([own.estimate - half, own.estimate + half], nan_ok=True)
    share = slow.ratio(said, base, sample.weights)[0]
    se = spread(share, [slow.ratio(said, base, each)[0] for each in again], replicates)
    low = share - students_t.ppf(0.975, own.df) * se if own.df else nan
    if low > 1e-9 and not _nearly_tied(sample, sample.weights, low):
        rows = [k for k in range(n) if sample.inside[k]]
        expected = slow_quantile(
            [sample.y[k] for k in rows], [sample.weights[k] for k in rows], Fraction(low), "inverse"
        )
        assert woodruffs.low == expected
    else:
        assert np.isnan(woodruffs.low) or low > -1e-9


def _nearly_tied(sample: Sample, weights: list[float], p: float) -> bool:
    """Whether p is a cumulative weight of the domain but for rounding."""
    rows = sorted((sample.y[k], weights[k]) for k in range(len(sample.y)) if sample.inside[k])
    upto = np.cumsum([weight for _, weight in rows])
    return bool(upto[-1] == 0 or (np.abs(upto / upto[-1] - p) < 1e-9).any())


def test_a_replicate_without_a_row_of_the_domain_counts_for_nothing() -> None:
    factors = np.array([[0.0, 2, 1], [0, 1, 2], [1, 1, 1]])
    replicates = Replicates(factors=factors, rscales=np.ones(3))
    inside = np.array([True, True, False])
    for interval in ("mean", "quantile"):
        with pytest.warns(UndefinedReplicates, match="in 1 of 3"):
            [found] = woodruff_replicated(
                np.array([1.0, 2, nan]),
                weights=np.ones(3),
                replicates=replicates,
                probabilities=[0.5],
                interval=interval,  # type: ignore[arg-type]
                inside=inside,
            )
        assert (found.estimate, found.df) == (1, 1)


def test_the_intervals_of_a_quantile_from_replicates_have_the_size_of_those_by_linearisation() -> None:
    """400 answers, 2,000 bootstrap replicates: within a fifth of each other."""
    rng = np.random.default_rng(4)
    y, design = rng.normal(size=400), simple_random(sampled=400, population=10**9)
    replicates, everybody = bootstrap(design, replicates=2000, rng=rng), np.ones(400, dtype=np.bool_)
    [linearised] = woodruff(y, design=design, probabilities=[0.5], inside=everybody)
    given = {"weights": design.weights, "replicates": replicates, "probabilities": [0.5], "inside": everybody}
    for interval in ("mean", "xlogit", "beta", "quantile"):
        [found] = woodruff_replicated(y, interval=interval, df=399, **given)  # type: ignore[arg-type]
        assert found.se == pytest.approx(linearised.se, rel=0.2)


@settings(max_examples=60, deadline=None)
@given(st.data(), samples(), st.sampled_from(["averaged", "inverse"]))
def test_the_order_of_the_rows_never_shows(data: st.DataObject, sample: Sample, rule: Rule) -> None:
    order = data.draw(st.permutations(range(len(sample.y))))
    other = sample.in_order(list(order))
    found, again = (
        woodruff(each.values, design=each.design, probabilities=[0.2, 0.5, 0.9], rule=rule, inside=each.inside)
        for each in (sample, other)
    )
    for a, b in zip(found, again, strict=True):
        assert a.estimate == b.estimate
        assert [a.low, a.high, a.se] == pytest.approx([b.low, b.high, b.se], nan_ok=True)


@given(st.data(), WEIGHTED, PROBABILITIES)
def test_a_row_that_becomes_two_with_half_the_weight_changes_nothing(
    data: st.DataObject, rows: list[tuple[int, int]], p: Fraction
) -> None:
    y, weights = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows], dtype=float)
    split = data.draw(st.integers(0, len(rows) - 1))
    twice, halves = np.append(y, y[split]), np.append(weights, weights[split] / 2)
    halves[split] /= 2
    assert quantile(twice, halves, float(p), rule="inverse") == quantile(y, weights, float(p), rule="inverse")


@given(WEIGHTED, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_probability_never_has_a_lower_quantile(rows: list[tuple[int, int]], p: float, q: float) -> None:
    y, weights = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows], dtype=float)
    low, high = sorted((p, q))
    for rule in ("inverse", "hf7"):
        at_low, at_high = (quantile(y, weights, each, rule=rule) for each in (low, high))  # type: ignore[arg-type]
        assert at_low <= at_high + 1e-12


def test_below_the_weight_of_the_first_row_r_gives_the_second_value_and_the_textbook_the_first() -> None:
    y, weights = np.array([3.0, 1, 2, 4]), np.ones(4)
    assert quantile(y, weights, 0.1, rule="math") == 2
    assert quantile(y, weights, 0.1, rule="school") == 2
    assert quantile(y, weights, 0.1, rule="inverse") == 1
    assert quantile(y, weights, 0.1, rule="averaged") == 1
    assert quantile(y, weights, 0.25, rule="math") == 1


def test_at_0_and_1_a_quantile_is_the_smallest_and_the_largest_value() -> None:
    y, weights = np.array([3.0, 1, 2, 4]), np.array([1.0, 2, 3, 1])
    for rule in ("inverse", "averaged", "hf7"):
        assert quantile(y, weights, 0, rule=rule) == 1  # type: ignore[arg-type]
    for rule in ("math", "school", "hf7", "inverse", "averaged"):
        assert quantile(y, weights, 1, rule=rule) == 4  # type: ignore[arg-type]


def test_rows_without_weight_do_not_count() -> None:
    y = np.array([nan, 5, 6, 99])
    for rule in ("math", "school", "hf7", "inverse", "averaged"):
        expected = 5.9 if rule == "hf7" else 6
        assert quantile(y, np.array([0.0, 1, 1, 0]), 0.9, rule=rule) == expected  # type: ignore[arg-type]


def test_values_that_are_all_equal_have_that_quantile_and_an_interval_of_no_width() -> None:
    design, everybody = simple_random(sampled=5, population=50), np.ones(5, dtype=np.bool_)
    for found in woodruff(np.full(5, 7.0), design=design, probabilities=[0.1, 0.5, 1], inside=everybody):
        assert (found.estimate, found.low, found.high, found.se) == (7, 7, 7, 0)


@pytest.mark.parametrize("interval", ["xlogit", "beta"])
def test_the_largest_value_has_no_interval_that_needs_a_share_below_1(interval: str) -> None:
    design, everybody = simple_random(sampled=5, population=50), np.ones(5, dtype=np.bool_)
    [found] = woodruff(
        np.arange(5.0),
        design=design,
        probabilities=[1],
        interval=interval,  # type: ignore[arg-type]
        inside=everybody,
    )
    assert found.estimate == 4
    assert np.isnan([found.low, found.high, found.se]).all()


def test_a_limit_outside_0_to_1_is_not_defined() -> None:
    design, everybody = simple_random(sampled=10, population=1000), np.ones(10, dtype=np.bool_)
    [low] = woodruff(np.arange(10.0), design=design, probabilities=[0.1], inside=everybody)
    assert np.isnan([low.low, low.se]).all()
    assert low.high == 3  # the share's limit is 0.1 + 2.262 x sqrt(0.99 x 0.09 / 9) = 0.325: the fourth of ten values


def test_one_row_is_its_own_quantile_and_has_no_interval() -> None:
    design = simple_random(sampled=3, population=30)
    inside = np.array([False, True, False])
    for rule in ("math", "school", "hf7", "inverse", "averaged"):
        [found] = woodruff(np.array([1.0, 2, 3]), design=design, probabilities=[0.3], rule=rule, inside=inside)  # type: ignore[arg-type]
        assert (found.estimate, found.df) == (2, 0)
        assert np.isnan([found.low, found.high, found.se]).all()


def test_a_domain_without_rows_a_missing_value_and_a_strange_probability_are_refused() -> None:
    design, y = simple_random(sampled=3, population=30), np.array([1.0, nan, 3])
    nobody, everybody = np.zeros(3, dtype=np.bool_), np.ones(3, dtype=np.bool_)
    with pytest.raises(ValueError, match="one row with a weight at least"):
        woodruff(y, design=design, probabilities=[0.5], inside=nobody)
    with pytest.raises(ValueError, match="one row with a weight at least"):
        woodruff(y, design=replace(design, weights=np.zeros(3)), probabilities=[0.5], inside=everybody)
    with pytest.raises(ValueError, match="leave their rows out"):
        woodruff(y, design=design, probabilities=[0.5], inside=everybody)
    for probability in (-0.1, 1.1, nan):
        with pytest.raises(ValueError, match="within 0 to 1"):
            woodruff(y, design=design, probabilities=[probability], inside=~np.isnan(y))
