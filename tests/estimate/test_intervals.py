"""Intervals: where each takes over, what it never does, and how often it covers the truth, computed exactly."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import gammaln
from scipy.stats import norm

from peilstok.estimate import intervals, linearise
from peilstok.estimate.covariance import variances
from peilstok.estimate.intervals import Interval
from peilstok.estimate.quasibinomial import fitted_share
from tests.estimate import r_calls
from tests.estimate.r_calls import Call, calls, survey

BOARDS = 971


def of_share(count: int, n: int, population: int = BOARDS) -> Interval:
    """The interval that `count` of `n` boards get under simple random sampling."""
    share, unseen = count / n, 1 - n / population
    se = sqrt(unseen * share * (1 - share) / (n - 1))
    size = (n - 1) / unseen if unseen else inf
    return intervals.share_interval(share, se, said=count, not_said=n - count, n=n, size=size, df=n - 1)


def test_students_t_has_the_value_of_the_tables() -> None:
    # Printed tables of t, upper 2.5 percent: 2.228 at 10, 1.980 at 120 degrees of freedom.
    assert intervals.quantile_t(10) == pytest.approx(2.228, abs=5e-4)
    assert intervals.quantile_t(120) == pytest.approx(1.980, abs=5e-4)


def test_the_t_interval_is_symmetric() -> None:
    interval = intervals.t_interval(8.0, 2.0, df=10)
    assert interval.high - 8 == pytest.approx(4.456, abs=1e-3)
    assert 8 - interval.low == interval.high - 8


def test_clopper_and_pearson_find_none_of_twenty_below_one_in_six() -> None:
    # For 0 of n the upper limit is 1 - 0.025^(1/n) exactly.
    assert intervals.beta_interval(0.0, size=20).high == pytest.approx(1 - 0.025 ** (1 / 20), rel=1e-12)
    assert intervals.beta_interval(0.0, size=20).low == 0
    assert intervals.beta_interval(1.0, size=20) == Interval(pytest.approx(0.025 ** (1 / 20), rel=1e-12), 1.0, "beta")


@pytest.mark.parametrize(("count", "kind"), [(9, "beta"), (10, "logit"), (98, "logit"), (99, "beta")])
def test_the_beta_interval_takes_over_below_ten_boards_on_either_side(count: int, kind: str) -> None:
    assert of_share(count, 108).kind == kind


@given(st.integers(2, BOARDS - 1).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_holds_it_and_never_leaves_0_to_1(drawn: tuple[int, int]) -> None:
    count, n = drawn
    interval = of_share(count, n)
    assert 0 <= interval.low <= count / n <= interval.high <= 1
    assert interval.low < interval.high


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_share_of_few_boards_has_an_interval_that_says_something(count: int) -> None:
    interval = of_share(count, 285)
    assert interval.high < 0.04
    assert (interval.low > 0) is (count > 0)


def test_when_every_board_answered_nothing_is_uncertain() -> None:
    assert of_share(3, 20, population=20) == Interval(0.15, 0.15, "beta")
    assert of_share(0, 20, population=20) == Interval(0.0, 0.0, "beta")


def test_the_interval_for_none_is_where_the_effective_size_of_a_vanishing_share_goes() -> None:
    n, unseen = 108, 1 - 108 / BOARDS
    for share in (1e-3, 1e-6):
        se = sqrt(unseen * share * (1 - share) / (n - 1))
        assert intervals.effective_size(share, se, n=n, df=n - 1) == pytest.approx((n - 1) / unseen, rel=1e-9)


def coverage(n: int) -> list[float]:
    """For each number of boards that would say it, how often the interval holds the truth: every sample counted."""
    counts = np.arange(n + 1)
    limits = [of_share(int(count), n) for count in counts]
    low, high = np.array([each.low for each in limits]), np.array([each.high for each in limits])
    result = []
    for saying in range(1, BOARDS // 2 + 1):
        possible = (counts <= saying) & (n - counts <= BOARDS - saying)
        some = counts[possible]
        chance = np.exp(_choose(saying, some) + _choose(BOARDS - saying, n - some) - _choose(BOARDS, np.array([n])))
        truth = saying / BOARDS
        holds = (low[some] <= truth + 1e-12) & (truth - 1e-12 <= high[some])
        result.append(float((chance * holds).sum()))
    return result


def _choose(among: int, some: np.ndarray) -> np.ndarray:
    return gammaln(among + 1) - gammaln(some + 1) - gammaln(among - some + 1)


@pytest.mark.parametrize("n", [20, 108, 285])
def test_the_interval_covers_the_truth_about_95_times_in_100_and_rare_shares_at_least(n: int) -> None:
    covered = coverage(n)
    assert 0.95 <= np.mean(covered) < 0.985
    assert min(covered) > 0.93
    assert np.mean(covered[:50]) >= 0.96


@pytest.mark.parametrize("call", calls("share"))
def test_the_interval_of_a_share_is_that_of_r_by_every_method(call: Call) -> None:
    data = survey(call["design"])
    inside = data.inside & (data.codes(call["item"]) >= 0)
    said, base = (data.where(call["item"], call["level"]) & inside).astype(float), inside.astype(float)
    method, weights = call["method"], data.design.weights
    part = (fitted_share if method == "logit" else linearise.mean)(said, base, weights=weights)
    se = float(np.sqrt(variances(data.project(part.values[:, None]), data.design)[0]))
    found = intervals.interval_of_share(
        part.estimate,
        se,
        method=method,
        n=data.rows_of_data or int(inside.sum()),
        df=data.design.degrees_of_freedom_in(inside),
    )
    r_calls.agree([part.estimate, se], [call["estimate"], call["se"]])
    r_calls.agree([found.low, found.high], [call["ci_low"], call["ci_high"]])


def test_rs_fit_of_a_constant_stops_within_a_hundred_millionth_of_the_share() -> None:
    """Why its interval by the method "logit" is, but for that, the one by the method "xlogit"."""
    for n, said in ((285, 32), (1000, 3), (57, 30)):
        y = np.array([1.0] * said + [0.0] * (n - said))
        fitted = fitted_share(y, np.ones(n), weights=np.linspace(1, 3, n))
        exact = linearise.mean(y, np.ones(n), weights=np.linspace(1, 3, n))
        assert fitted.estimate == pytest.approx(exact.estimate, rel=2e-8)
        assert fitted.values == pytest.approx(exact.values, rel=1e-6)


@pytest.mark.parametrize(("y", "side"), [([0.0] * 9, 0.0), ([1.0] * 9, 1.0)])
def test_rs_fit_of_none_and_of_all_stops_just_beside_them(y: list[float], side: float) -> None:
    """With R's own digits: the cases ci-edge-none-logit and ci-edge-all-logit of `test_jobs`."""
    fitted = fitted_share(np.array(y), np.ones(len(y)), weights=np.linspace(1, 3, len(y)))
    assert 0 < abs(fitted.estimate - side) < 1e-10
    assert 0 < fitted.estimate < 1


@pytest.mark.parametrize("weights", [[], [0.0, 0.0]])
def test_the_log_odds_of_nobody_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="one row with a weight at least"):
        fitted_share(np.ones(len(weights)), np.ones(len(weights)), weights=np.array(weights))


@settings(max_examples=500)
@given(st.floats(0, 1), st.floats(2, 5000), st.sampled_from([3.0, 19, 281, inf]))
@example(0.9999999999999999, 33.0, 3.0)
def test_the_wilson_interval_holds_the_shares_that_the_score_test_does_not_reject(
    share: float, size: float, df: float
) -> None:
    """Where a limit lies within 0 and 1, |p - pi| = t sqrt(pi (1 - pi) / n*)."""
    interval, t = intervals.wilson_interval(share, size=size, df=df), intervals.quantile_t(df)
    assert 0 <= interval.low <= share <= interval.high <= 1
    for limit in (interval.low, interval.high):
        if 1e-9 < limit < 1 - 1e-9:
            assert abs(share - limit) == pytest.approx(t * sqrt(limit * (1 - limit) / size), rel=1e-6, abs=1e-9)


def test_the_wilson_interval_of_none_of_ten_has_the_limit_of_the_textbook() -> None:
    square = norm.ppf(0.975) ** 2
    assert intervals.wilson_interval(0.0, size=10) == Interval(0.0, pytest.approx(square / (10 + square)), "wilson")
    assert intervals.wilson_interval(1.0, size=10) == Interval(pytest.approx(10 / (10 + square)), 1.0, "wilson")


def test_the_mean_interval_of_a_share_is_symmetric_and_may_leave_0_to_1() -> None:
    interval = intervals.mean_interval(0.02, 0.02, df=10)
    assert interval.low == pytest.approx(0.02 - 2.228 * 0.02, abs=1e-4)
    assert interval.low < 0


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_none_or_all_has_no_interval_without_an_effective_size(share: float) -> None:
    assert intervals.interval_of_share(share, 0.0, method="mean", n=20, df=19) == Interval(share, share, "t")
    for method in ("xlogit", "logit", "beta", "wilson"):
        found = intervals.interval_of_share(share, 0.0, method=method, n=20, df=19)  # type: ignore[arg-type]
        assert np.isnan([found.low, found.high]).all()


@pytest.mark.parametrize("method", ["mean", "xlogit", "beta", "wilson"])
def test_a_share_that_is_known_is_its_own_interval(method: str) -> None:
    """The share of a stratum: its size is known, and no sample changes it."""
    found = intervals.interval_of_share(0.3, 0.0, method=method, n=20, df=19)  # type: ignore[arg-type]
    assert (found.low, found.high) == (0.3, 0.3)
