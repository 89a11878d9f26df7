"""Design effects and effective sizes, against R, loops and closed forms."""

from __future__ import annotations

from math import fsum, isnan

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from peilstok.estimate import linearise
from peilstok.estimate.covariance import variances
from peilstok.estimate.design import Design, multistage, simple_random
from peilstok.estimate.effects import Sampling, design_effect, effective_sample_size, kish_effect
from peilstok.estimate.linearise import Linearised
from tests.estimate import r_calls
from tests.estimate.r_calls import Call, calls, survey
from tests.estimate.random_designs import Sample, samples


@pytest.mark.parametrize("call", calls("deff"))
def test_design_effects_are_those_of_r(call: Call) -> None:
    data = survey(call["design"])
    y, inside = data.numbers(call["y"])
    y, weights = y * inside, data.design.weights
    match call["of"]:
        case "mean":
            linearised = linearise.mean(y, inside.astype(float), weights=weights)
        case "total":
            linearised = linearise.total(y, weights=weights)
        case _:
            linearised = linearise.ratio(y, data.numbers(call["x"])[0], weights=weights)
    found = design_effect(
        linearised.values,
        None if call["of"] == "ratio" else y,
        design=data.design,
        variance=float(variances(data.project(linearised.values[:, None]), data.design)[0]),
        inside=inside,
        kind=call["kind_of_srs"],
        of="total" if call["of"] == "total" else "mean",
    )
    r_calls.agree(found, call["deff"])


def effect_of_mean(y: list[float], design: Design, *, kind: Sampling = "srswor") -> float:
    everybody = np.ones(len(y), dtype=np.bool_)
    mean = linearise.mean(np.array(y), everybody.astype(float), weights=design.weights)
    variance = float(variances(mean.values[:, None], design)[0])
    return design_effect(mean.values, np.array(y), design=design, variance=variance, inside=everybody, kind=kind)


@given(st.lists(st.integers(-9, 9).map(float), min_size=2, max_size=9), st.integers(1, 50))
def test_a_simple_random_sample_has_the_effect_1(y: list[float], more: int) -> None:
    assume(len(set(y)) > 1)
    n = len(y)
    assert effect_of_mean(y, simple_random(sampled=n, population=n + more)) == pytest.approx(1, rel=1e-9)
    replaced = multistage(units=[range(n)], weights=[3.0] * n)
    assert effect_of_mean(y, replaced, kind="srswr") == pytest.approx(1, rel=1e-9)


def test_pairs_that_answer_alike_are_worth_less_than_half_as_many_rows() -> None:
    # PSUs of two rows that say 0, 0, 1, 1: z adds up to -+ 2 x 1/2 / 8 in each, V = 4/3 x 4 x 1/64 = 1/12;
    # S2 / n = 8/7 x 1/4 / 8 = 1/28.
    y = [0.0, 0, 0, 0, 1, 1, 1, 1]
    design = multistage(units=[[0, 0, 1, 1, 2, 2, 3, 3]], weights=[5.0] * 8)
    effect = effect_of_mean(y, design, kind="srswr")
    assert effect == pytest.approx(28 / 12, rel=1e-12)
    assert effective_sample_size(8, effect) == pytest.approx(8 * 12 / 28)


def in_loops(sample: Sample, variance: float, *, kind: Sampling, of: str) -> float:
    rows = [k for k in range(len(sample.y)) if sample.inside[k]]
    n, whole = len(rows), fsum(sample.weights[k] for k in rows)
    mean = fsum(sample.weights[k] * sample.y[k] for k in rows) / whole
    s2 = n / (n - 1) * fsum(sample.weights[k] * (sample.y[k] - mean) ** 2 for k in rows) / whole
    srs = s2 * (1 / n - 1 / whole) if kind == "srswor" else s2 / n
    return variance / (srs if of == "mean" else srs * whole**2)


@settings(max_examples=100, deadline=None)
@given(samples(), st.sampled_from(["srswor", "srswr"]), st.sampled_from(["mean", "total"]))
def test_an_effect_is_what_loops_find_and_that_of_its_linearised_variable(
    sample: Sample, kind: Sampling, of: str
) -> None:
    inside = [k for k in range(len(sample.y)) if sample.inside[k]]
    assume(len({sample.y[k] for k in inside}) > 1)
    assume(sum(sample.weights[k] for k in inside) > len(inside))
    linearised = {
        "mean": linearise.mean(sample.values, sample.inside.astype(float), weights=sample.design.weights),
        "total": linearise.total(sample.values * sample.inside, weights=sample.design.weights),
    }[of]
    variance = sample.variance(linearised.values.tolist())
    assume(variance > 1e-9)
    found, again = (
        design_effect(
            linearised.values,
            y,
            design=sample.design,
            variance=variance,
            inside=sample.inside,
            kind=kind,
            of=of,  # type: ignore[arg-type]
        )
        for y in (sample.values, None)
    )
    assert found == pytest.approx(in_loops(sample, variance, kind=kind, of=of), rel=1e-9)
    assert again == pytest.approx(found, rel=1e-9)


def test_where_a_simple_random_sample_has_no_variance_the_effect_is_not_defined() -> None:
    assert isnan(effect_of_mean([0.1] * 4, simple_random(sampled=4, population=40)))
    assert isnan(effect_of_mean([1.0, 2, 3], simple_random(sampled=3, population=3)))
    design, zero = simple_random(sampled=3, population=30), Linearised(0.0, np.zeros(3))
    for inside in ([True, False, False], [False] * 3):  # one row, and none
        assert isnan(design_effect(zero.values, np.arange(3.0), design=design, variance=0.0, inside=np.array(inside)))


def test_equal_weights_cost_nothing_and_1_and_3_cost_a_quarter() -> None:
    assert kish_effect(np.full(7, 3.4)) == pytest.approx(1, rel=1e-14)
    assert kish_effect(np.array([1.0, 3])) == pytest.approx(1.25)
    assert kish_effect(np.array([1.0, 3, 0])) == pytest.approx(1.25)
    with pytest.raises(ValueError, match="one row with a weight"):
        kish_effect(np.zeros(3))


@given(st.lists(st.floats(0.5, 100), min_size=1, max_size=30), st.sampled_from([1e-3, 1.0, 1e6]))
def test_the_effect_of_weights_is_1_and_their_relative_variance_whatever_their_scale(
    weights: list[float], scale: float
) -> None:
    given_ = np.array(weights)
    assert kish_effect(given_ * scale) == pytest.approx(1 + given_.var() / given_.mean() ** 2, rel=1e-9)
