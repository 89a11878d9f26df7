"""Change between waves that share boards: its covariance, its ways, its intervals."""

from __future__ import annotations

import csv
import json
import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.estimate import linearise
from peilstok.estimate.calibration import calibrate
from peilstok.estimate.change import (
    FEWEST,
    Sample,
    Way,
    change,
    covariance_between,
    from_intervals,
    joint_covariance,
    way_named,
)
from peilstok.estimate.covariance import covariance
from peilstok.estimate.design import simple_random, stratified
from peilstok.estimate.intervals import Interval, beta_interval, quantile_t
from peilstok.estimate.weights import post_stratify
from peilstok.terms import UnitId
from tests.estimate import slow

REFERENCE = Path(__file__).parent / "reference"


def sample(values: dict[str, float], population: int) -> Sample:
    """The mean of these values by board, as one column of linearised values."""
    design = simple_random(sampled=len(values), population=population)
    mean = linearise.mean(np.array([*values.values()]), np.ones(len(values)), weights=design.weights)
    return Sample(units=[UnitId(each) for each in values], values=mean.values[:, None], population=population)


def drawn(seed: int, first: range, second: range) -> tuple[dict[str, float], dict[str, float]]:
    rng = np.random.default_rng(seed)
    level = rng.normal(0, 1, 100)
    waves = (first, second)
    a, b = ({str(board): float(level[board] + rng.normal(0, 1)) for board in boards} for boards in waves)
    return a, b


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(FEWEST, 30), st.integers(0, 20), st.integers(0, 20), st.sampled_from([0, 50]))
def test_the_covariance_is_that_of_the_loops(seed: int, shared: int, only_a: int, only_b: int, more: int) -> None:
    a, b = drawn(seed, range(shared + only_a), range(only_a, only_a + shared + only_b))
    population = len(a.keys() | b.keys()) + more
    [[found]] = covariance_between(sample(a, population), sample(b, population))
    assert found == pytest.approx(slow.overlap_covariance(a, b, population), rel=1e-9, abs=1e-12)


def test_with_the_same_boards_in_both_it_is_the_covariance_within_a_wave() -> None:
    a, b = drawn(5, range(30), range(30))
    one, other = sample(a, 80), sample(b, 80)
    together = covariance(np.column_stack([one.values, other.values]), simple_random(sampled=30, population=80))
    assert covariance_between(one, other)[0, 0] == pytest.approx(together[0, 1], rel=1e-12)
    assert covariance_between(one, one)[0, 0] == pytest.approx(together[0, 0], rel=1e-12)


def test_boards_that_stay_alike_make_a_change_more_certain() -> None:
    a, b = drawn(5, range(40), range(10, 60))
    assert covariance_between(sample(a, 300), sample(b, 300))[0, 0] > 0


def test_the_order_of_the_boards_does_not_matter() -> None:
    a, b = drawn(5, range(40), range(10, 60))
    turned = dict(reversed(b.items()))
    assert covariance_between(sample(a, 300), sample(turned, 300)) == pytest.approx(
        covariance_between(sample(a, 300), sample(b, 300)), rel=1e-12
    )


@pytest.mark.parametrize(("shared", "told"), [(FEWEST - 1, False), (FEWEST, True)])
def test_too_few_shared_boards_count_as_separate_samples(shared: int, told: bool) -> None:
    a, b = drawn(5, range(40), range(40 - shared, 80))
    found = covariance_between(sample(a, 90), sample(b, 90))[0, 0]
    assert bool(found) is told


def test_a_value_that_does_not_vary_has_no_covariance() -> None:
    a, b = drawn(5, range(20), range(20))
    flat = dict.fromkeys(a, 3.0)
    assert covariance_between(sample(flat, 50), sample(b, 50))[0, 0] == 0


@given(st.integers(0, 300), st.integers(FEWEST, 25), st.integers(0, 15), st.integers(0, 3))
def test_no_change_has_a_negative_variance(seed: int, shared: int, only: int, gone: int) -> None:
    # Also where almost every board answered, and where the frames differ by boards that merged.
    a, b = drawn(seed, range(shared + only), range(only, shared + only))
    one, other = sample(a, len(a) + gone), sample(b, len(b))
    [variance_a] = np.diag(covariance(one.values, simple_random(sampled=len(a), population=len(a) + gone)))
    [variance_b] = np.diag(covariance(other.values, simple_random(sampled=len(b), population=len(b))))
    [[both]] = covariance_between(one, other)
    assert variance_a + variance_b - 2 * both >= -1e-12


def test_the_formula_is_exact_over_all_pairs_of_samples_with_so_many_shared_boards() -> None:
    """Every pair of samples of 3 and 2 boards out of 6 that share one: Cov = S_ab (m / (n_a n_b) - 1 / N)."""
    a, b = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0], [2.0, 3.0, 1.0, 9.0, 4.0, 8.0]
    pairs = [
        (np.mean([a[k] for k in first]), np.mean([b[k] for k in second]))
        for first in combinations(range(6), 3)
        for second in combinations(range(6), 2)
        if len(set(first) & set(second)) == 1
    ]
    true = np.cov(np.array(pairs).T, bias=True)[0, 1]
    s_ab = np.cov(a, b)[0, 1]
    assert true == pytest.approx(s_ab * (1 / (3 * 2) - 1 / 6), abs=1e-12)
    pairs_two = [
        (np.mean([a[k] for k in first]), np.mean([b[k] for k in second]))
        for first in combinations(range(6), 3)
        for second in combinations(range(6), 2)
        if len(set(first) & set(second)) == 2
    ]
    assert np.cov(np.array(pairs_two).T, bias=True)[0, 1] == pytest.approx(s_ab * (2 / 6 - 1 / 6), rel=1e-12)


# --- strata --------------------------------------------------------------------------------------------------------


def in_strata(values: dict[str, float], strata: dict[str, str], populations: dict[str, int]) -> Sample:
    """The estimated total of these values by board, as one column of linearised values."""
    labels = [strata[unit] for unit in values]
    weights = np.array([populations[label] / labels.count(label) for label in labels])
    total = linearise.total(np.array([*values.values()]), weights=weights)
    return Sample(
        units=[UnitId(each) for each in values],
        values=total.values[:, None],
        population=sum(populations.values()),
        strata=labels,
        populations=populations,
    )


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 1000), st.integers(FEWEST, 20), st.integers(0, 15), st.integers(0, 15))
def test_in_strata_the_covariance_is_the_sum_of_those_of_the_strata(seed: int, shared: int, a: int, b: int) -> None:
    rng = np.random.default_rng(seed)
    populations = {"small": 60, "large": 90}
    boards = {h: [f"{h}{k}" for k in range(shared + a + b)] for h in populations}
    strata = {board: h for h, own in boards.items() for board in own}
    first = {board: float(rng.normal(5, 2)) for own in boards.values() for board in own[: shared + a]}
    second = {board: float(rng.normal(5, 2)) for own in boards.values() for board in own[:shared] + own[shared + a :]}
    [[found]] = covariance_between(in_strata(first, strata, populations), in_strata(second, strata, populations))
    of_means = {
        h: slow.overlap_covariance(
            {unit: y for unit, y in first.items() if strata[unit] == h},
            {unit: y for unit, y in second.items() if strata[unit] == h},
            populations[h],
        )
        for h in populations
    }
    assert found == pytest.approx(sum(populations[h] ** 2 * each for h, each in of_means.items()), rel=1e-9, abs=1e-9)


def test_a_stratum_with_few_shared_boards_takes_the_correlation_of_all_strata() -> None:
    rng = np.random.default_rng(3)
    strata = {f"{h}{k}": h for h in "ab" for k in range(30)}
    level = {board: float(rng.normal(0, 3)) for board in strata}
    shared = [f"a{k}" for k in range(12)] + ["b0", "b1", "b2"]
    first = {k: level[k] + float(rng.normal()) for k in [*shared, "a20", "a21", "b20", "b21"]}
    second = {k: level[k] + float(rng.normal()) for k in [*shared, "a22", "a23", "b22", "b23"]}
    one, other = (in_strata(each, strata, {"a": 40, "b": 50}) for each in (first, second))
    [[both]] = covariance_between(one, other)
    # by hand: centred within the strata, over the fifteen shared boards; z = w y
    z = {w: dict(zip(each.units, each.values[:, 0], strict=True)) for w, each in enumerate((one, other))}
    centred = {
        w: np.concatenate([
            (v := np.array([z[w][UnitId(k)] for k in shared if strata[k] == h])) - v.mean() for h in "ab"
        ])
        for w in (0, 1)
    }  # fmt: skip
    pooled = float(centred[0] @ centred[1]) / math.sqrt(float(centred[0] @ centred[0]) * float(centred[1] @ centred[1]))
    own = slow.overlap_covariance(
        *({k: y for k, y in each.items() if strata[k] == "a"} for each in (first, second)), 40
    )
    s_a, s_b = (slow.deviation([y for k, y in each.items() if strata[k] == "b"]) for each in (first, second))
    assert both == pytest.approx(40**2 * own + 50**2 * pooled * s_a * s_b * (3 / 25 - 1 / 50), rel=1e-9)


def test_a_board_that_changed_its_stratum_is_refused() -> None:
    strata = {f"{k}": "a" for k in range(20)}
    one = in_strata({f"{k}": float(k) for k in range(20)}, strata, {"a": 30, "b": 30})
    moved = in_strata({f"{k}": float(k) for k in range(20)}, strata | {"0": "b", "1": "b"}, {"a": 30, "b": 30})
    with pytest.raises(ValueError, match=r"board 0 is in strata a and b"):
        covariance_between(one, moved)


# --- ways ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [Way.OVERLAP, Way.OVERLAP_COVARIANCE])
@pytest.mark.parametrize("boards", [2, 5, 40])
def test_the_same_boards_in_both_waves_give_the_paired_result(way: Way, boards: int) -> None:
    a, b = drawn(8, range(boards), range(boards))
    differences = [b[unit] - a[unit] for unit in a]
    [found] = change(sample(a, 90), sample(b, 90), before=[mean(a)], after=[mean(b)], way=way)
    se = math.sqrt(slow.srs_variance_of_mean(differences, 90))
    assert found.absolute.value == pytest.approx(sum(differences) / boards, rel=1e-12)
    assert found.absolute.se == pytest.approx(se, rel=1e-9)
    assert (found.absolute.df, found.shared) == (boards - 1, boards)
    assert found.absolute.high - found.absolute.value == pytest.approx(quantile_t(boards - 1) * se, rel=1e-9)


def test_the_same_boards_in_both_waves_give_the_paired_result_without_correction_when_stacked() -> None:
    a, b = drawn(8, range(25), range(25))
    differences = [b[unit] - a[unit] for unit in a]
    endless = 10**15
    for way in (Way.STACKED, Way.STACKED_PLAIN):
        [found] = change(sample(a, 90), sample(b, 90), before=[mean(a)], after=[mean(b)], way=way)
        expected = math.sqrt(slow.srs_variance_of_mean(differences, endless))
        assert found.absolute.se == pytest.approx(expected, rel=1e-9), way


@pytest.mark.parametrize("way", [Way.OVERLAP, Way.OVERLAP_COVARIANCE, Way.INDEPENDENT])
def test_waves_without_a_shared_board_are_independent(way: Way) -> None:
    a, b = drawn(8, range(30), range(30, 80))
    [found] = change(sample(a, 200), sample(b, 200), before=[mean(a)], after=[mean(b)], way=way)
    variance = slow.srs_variance_of_mean([*a.values()], 200) + slow.srs_variance_of_mean([*b.values()], 200)
    assert found.absolute.se == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert (found.r, found.shared) == (0, 0)


def test_waves_without_a_shared_board_are_independent_when_stacked_and_have_no_correction() -> None:
    a, b = drawn(8, range(30), range(30, 80))
    [found] = change(sample(a, 200), sample(b, 200), before=[mean(a)], after=[mean(b)], way=Way.STACKED)
    endless = 10**15
    variance = slow.srs_variance_of_mean([*a.values()], endless) + slow.srs_variance_of_mean([*b.values()], endless)
    assert found.absolute.se == pytest.approx(math.sqrt(variance), rel=1e-9)


def test_independent_waves_are_wider_than_those_whose_shared_boards_stay_alike() -> None:
    a, b = drawn(5, range(40), range(10, 60))
    se = {
        way: change(sample(a, 300), sample(b, 300), before=[1], after=[1], way=way)[0].absolute.se
        for way in (Way.OVERLAP, Way.INDEPENDENT)
    }
    assert se[Way.OVERLAP] < se[Way.INDEPENDENT]


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 1000), st.integers(FEWEST, 20), st.integers(0, 10), st.sampled_from([0, 3, 50]))
def test_no_way_gives_a_change_of_one_figure_a_negative_variance(seed: int, shared: int, only: int, more: int) -> None:
    a, b = drawn(seed, range(shared + only), range(only, shared + only))
    one, other = sample(a, len(a) + more), sample(b, len(a) + more)
    for way in Way:
        matrix = joint_covariance(one, other, way=way)
        assert matrix == pytest.approx(matrix.T, rel=1e-12, abs=1e-15)
        assert matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1] >= -1e-12


def test_the_correction_of_the_union_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match=r"84 percent of samples; choose one of overlap, "):
        way_named("union_fpc")
    with pytest.raises(ValueError, match=r'"paired" is no way to estimate a change'):
        way_named("paired")
    assert way_named("stacked") is Way.STACKED


def test_only_closed_forms_have_a_covariance_of_their_own() -> None:
    a, b = drawn(5, range(20), range(20))
    with pytest.raises(ValueError, match="joint covariance"):
        covariance_between(sample(a, 50), sample(b, 50), way=Way.STACKED)


# --- absolute, relative, of ratios, of calibrated estimates -----------------------------------------------------------


def mean(values: dict[str, float]) -> float:
    return math.fsum(values.values()) / len(values)


def test_a_relative_change_worked_out_by_hand() -> None:
    # 1, 2, 3 then 2, 2, 5 at the same boards of 12: means 2 and 3; S_aa = 1, S_bb = 3, S_ab = 1.5; (1 - 3/12) / 3 = 1/4
    a, b = {"1": 1.0, "2": 2.0, "3": 3.0}, {"1": 2.0, "2": 2.0, "3": 5.0}
    [found] = change(sample(a, 12), sample(b, 12), before=[2.0], after=[3.0])
    assert found.absolute.value == 1
    assert found.absolute.se == pytest.approx(math.sqrt((1 + 3 - 2 * 1.5) / 4), rel=1e-12)
    assert found.r == pytest.approx(1.5 / math.sqrt(3), rel=1e-12)
    assert found.relative is not None
    assert found.relative.value == 0.5
    # (V_b - 2 R C + R^2 V_a) / a^2 with R = 3/2
    assert found.relative.se == pytest.approx(math.sqrt((3 - 2 * 1.5 * 1.5 + 1.5**2) / 4 / 4), rel=1e-12)
    assert found.relative_by_log is not None
    t = quantile_t(2)
    half = t * found.relative.se / 1.5
    assert found.relative_by_log.low == pytest.approx(1.5 * math.exp(-half) - 1, rel=1e-12)
    assert found.relative_by_log.high == pytest.approx(1.5 * math.exp(half) - 1, rel=1e-12)


def test_there_is_no_relative_change_from_nothing_and_none_by_logarithms_to_nothing() -> None:
    a, b = dict.fromkeys("abcdefghijkl", 0.0), {unit: float(at) for at, unit in enumerate("abcdefghijkl")}
    [up] = change(sample(a, 30), sample(b, 30), before=[0.0], after=[mean(b)])
    [down] = change(sample(b, 30), sample(a, 30), before=[mean(b)], after=[0.0])
    assert (up.relative, up.relative_by_log) == (None, None)
    assert down.relative is not None
    assert down.relative.value == -1
    assert down.relative_by_log is None


def test_a_change_of_several_estimates_is_that_of_each() -> None:
    a, b = drawn(5, range(40), range(10, 60))
    one, other = sample(a, 300), sample(b, 300)
    two = [
        Sample(units=s.units, values=np.column_stack([s.values, 2 * s.values]), population=300) for s in (one, other)
    ]
    first, second = change(*two, before=[mean(a), 2 * mean(a)], after=[mean(b), 2 * mean(b)])
    [alone] = change(one, other, before=[mean(a)], after=[mean(b)])
    assert (first.absolute.se, first.r) == pytest.approx((alone.absolute.se, alone.r), rel=1e-12)
    assert second.absolute.se == pytest.approx(2 * alone.absolute.se, rel=1e-12)


def test_a_change_of_totals_that_weights_fix_has_no_variance() -> None:
    rng = np.random.default_rng(4)
    pupils = rng.integers(50, 3000, 200).astype(float)
    waves = [np.sort(rng.permutation(200)[:n]) for n in (40, 70)]
    samples = []
    for rows in waves:
        design = simple_random(sampled=len(rows), population=200)
        columns = np.column_stack([np.ones(len(rows)), pupils[rows]])
        step = calibrate(columns, [200, pupils.sum()], before=design.weights)
        z = linearise.total(pupils[rows], weights=step.after)
        values = step.project(z.values[:, None])
        samples.append(Sample(units=[UnitId(str(row)) for row in rows], values=values, population=200))
    for way in Way:
        [found] = change(*samples, before=[pupils.sum()], after=[pupils.sum()], way=way)
        assert found.absolute.se == pytest.approx(0, abs=1e-6 * pupils.sum()), way


def test_a_change_of_post_stratified_ratios_uses_what_projection_leaves() -> None:
    rng = np.random.default_rng(4)
    pupils = rng.integers(50, 3000, 200).astype(float)
    care = rng.binomial(pupils.astype(int), 0.04).astype(float)
    rows = np.sort(rng.permutation(200)[:60])
    design = simple_random(sampled=60, population=200)
    step = post_stratify(frame=pupils, respondents=pupils[rows], bounds=[500, 1500], at_least=5, before=design.weights)
    ratio = linearise.ratio(care[rows], pupils[rows], weights=step.after)
    later = linearise.ratio(2 * care[rows], pupils[rows], weights=step.after)
    one, other = (
        Sample(units=[UnitId(str(r)) for r in rows], values=step.project(each.values[:, None]), population=200)
        for each in (ratio, later)
    )
    [found] = change(one, other, before=[ratio.estimate], after=[later.estimate])
    # the change is the ratio once more, so its variance is that of the post-stratified ratio
    [variance] = np.diag(covariance(step.project(ratio.values[:, None]), design))
    assert found.absolute.se == pytest.approx(math.sqrt(variance), rel=1e-9)
    assert found.relative is not None
    assert found.relative.se == pytest.approx(0, abs=1e-7)


# --- intervals from those of the two shares ---------------------------------------------------------------------------


def test_the_interval_from_two_intervals_is_the_one_that_newcombe_printed() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table II, column (a): 56/70 less 48/80, method 10: 0.0524 to 0.3339
    def wilson(count: int, n: int) -> Interval:
        p, z = count / n, 1.959963984540054
        middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return Interval((middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n), "logit")

    found = from_intervals(before=0.6, of_before=wilson(48, 80), after=0.8, of_after=wilson(56, 70), r=0)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_with_symmetric_intervals_it_is_the_usual_one() -> None:
    a, b, r = Interval(0.2, 0.4, "t"), Interval(0.35, 0.65, "t"), 0.6
    found = from_intervals(before=0.3, of_before=a, after=0.5, of_after=b, r=r)
    half = math.sqrt(0.1**2 + 0.15**2 - 2 * r * 0.1 * 0.15)
    assert (found.low, found.high) == pytest.approx((0.2 - half, 0.2 + half), rel=1e-12)


@given(st.integers(0, 40), st.integers(0, 40), st.floats(-1, 1))
def test_the_interval_of_a_change_of_shares_stays_between_minus_one_and_one(x: int, y: int, r: float) -> None:
    a, b = beta_interval(x / 40, size=40), beta_interval(y / 40, size=40)
    found = from_intervals(before=x / 40, of_before=a, after=y / 40, of_after=b, r=r)
    assert -1 - 1e-12 <= found.low <= (y - x) / 40 <= found.high <= 1 + 1e-12


# --- R -------------------------------------------------------------------------------------------------------------


def boards(wave: int) -> tuple[list[dict[str, str]], Sample, float]:
    """The made-up wave of the reference cases with its estimated ratio of care to pupils."""
    with (REFERENCE / f"board_wave{wave}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    care, pupils, weights = (np.array([float(row[name]) for row in rows]) for name in ("care", "pupils", "weight"))
    ratio = linearise.ratio(care, pupils, weights=weights)
    populations = {row["size_class"]: int(row["N_h"]) for row in rows}
    return (
        rows,
        Sample(
            units=[UnitId(row["board_id"]) for row in rows],
            values=ratio.values[:, None],
            population=sum(populations.values()),
            strata=[row["size_class"] for row in rows],
            populations=populations,
        ),
        ratio.estimate,
    )


def case(name: str) -> dict[str, Any]:
    file: dict[str, Any] = json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))
    return file


def test_the_plain_stacked_file_gives_the_changes_that_r_gives() -> None:
    expected = case("change-ratio")["expected"]
    (_, a, before), (_, b, after) = boards(2), boards(3)
    [found] = change(a, b, before=[before], after=[after], way=Way.STACKED_PLAIN, df=expected["df"])
    assert found.relative is not None
    assert [found.before, found.after, found.absolute.value, found.relative.value] == pytest.approx(
        expected["estimate"], rel=1e-9
    )
    assert [found.absolute.se, found.relative.se] == pytest.approx(expected["se"][2:], rel=1e-9)
    assert [found.absolute.low, found.relative.low] == pytest.approx(expected["ci_low"][2:], rel=1e-9)
    assert [found.absolute.high, found.relative.high] == pytest.approx(expected["ci_high"][2:], rel=1e-9)
    matrix = joint_covariance(a, b, way=Way.STACKED_PLAIN)
    assert matrix == pytest.approx(np.array(expected["vcov"])[:2, :2], rel=1e-9)


def test_the_stacked_file_centred_by_wave_is_that_of_r_but_for_how_boards_are_counted() -> None:
    """R counts the boards of the stacked stratum, n_u / (n_u - 1); here every wave counts its own."""
    expected = case("change-ratio-poststratified")["expected"]
    (_, a, _), (_, b, _) = boards(2), boards(3)
    found = np.zeros((2, 2))
    for stratum in a.populations:
        rows = [[at for at, label in enumerate(each.strata) if label == stratum] for each in (a, b)]
        own = [of_stratum(each, places) for each, places in zip((a, b), rows, strict=True)]
        union = len({unit for each in own for unit in each.units})
        factors = [math.sqrt(union / (union - 1) * (len(r) - 1) / len(r)) for r in rows]
        found += np.outer(factors, factors) * joint_covariance(*own, way=Way.STACKED)
    assert found == pytest.approx(np.array(expected["vcov"])[:2, :2], rel=1e-9)
    whole = joint_covariance(a, b, way=Way.STACKED)
    change_se = math.sqrt(whole[0, 0] + whole[1, 1] - 2 * whole[0, 1])
    assert change_se == pytest.approx(expected["se"][2], rel=0.02)


def of_stratum(each: Sample, places: list[int]) -> Sample:
    units, population = [each.units[at] for at in places], each.boards(each.strata[places[0]])
    return Sample(units=units, values=each.values[places], population=population)


def test_each_wave_keeps_its_own_correction() -> None:
    for wave in (2, 3):
        rows, own, _ = boards(wave)
        design = stratified(
            strata=[row["size_class"] for row in rows],
            population=[float(row["N_h"]) for row in rows],
            weights=[float(row["weight"]) for row in rows],
        )
        [[expected]] = covariance(own.values, design)
        matrix = joint_covariance(own, own, way=Way.INDEPENDENT)
        assert matrix == pytest.approx(np.diag([expected, expected]), rel=1e-12)


# --- what cannot be ------------------------------------------------------------------------------------------------


def test_a_wave_that_does_not_fit_together_is_refused() -> None:
    values = np.ones((2, 1))
    units = [UnitId("1"), UnitId("2")]
    with pytest.raises(ValueError, match="different lengths"):
        Sample(units=units[:1], values=values, population=9)
    with pytest.raises(ValueError, match="twice"):
        Sample(units=[units[0]] * 2, values=values, population=9)
    with pytest.raises(ValueError, match="stratum b: how many boards it has"):
        Sample(units=units, values=values, population=9, strata=["a", "b"], populations={"a": 9})


def test_a_change_needs_its_values_and_two_boards_in_each_wave() -> None:
    a, b = drawn(5, range(20), range(20))
    with pytest.raises(ValueError, match="its value and its column"):
        change(sample(a, 50), sample(b, 50), before=[1, 2], after=[1, 2])
    one = Sample(units=[UnitId("7")], values=np.ones((1, 1)), population=50)
    with pytest.raises(ValueError, match="two boards"):
        change(one, sample(b, 50), before=[1], after=[1])
