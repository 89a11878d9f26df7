"""Covariance between waves that share boards."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.estimate import linearise
from peilstok.estimate.change import FEWEST, Sample, covariance_between
from peilstok.estimate.covariance import covariance
from peilstok.estimate.design import simple_random
from peilstok.terms import UnitId
from tests.estimate import slow


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
