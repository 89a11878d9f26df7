"""The t test, against R, loops, a sample worked out by hand, and what must not change it."""

from __future__ import annotations

import json
from math import atan, copysign, inf, isnan, pi, sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import t as students_t

from peilstok.estimate.comparison import t_test
from peilstok.estimate.design import multistage, simple_random
from tests.estimate import r_calls, slow
from tests.estimate.r_calls import Call, calls, survey
from tests.estimate.random_designs import Sample, samples


@pytest.mark.parametrize("call", calls("t test"))
def test_two_means_are_compared_as_r_does(call: Call) -> None:
    data = survey(call["design"])
    y, there = data.numbers(call["y"])
    group = data.codes(call["group"])
    found = t_test(y, group, design=data.design, inside=there & (group >= 0), project=data.project)
    for name, value in (("estimate", found.estimate), ("statistic", found.statistic), ("p_value", found.p_value)):
        r_calls.agree(value, call[name])
    assert found.df == call["df"]
    r_calls.agree([found.low, found.high], [call["ci_low"], call["ci_high"]])


def test_enrolment_by_whether_a_school_improved_is_compared_as_r_does() -> None:
    case = json.loads((r_calls.FOLDER / "ttest.json").read_text())["expected"]
    clus1 = survey("clus1")
    y, there = clus1.numbers("enroll")
    found = t_test(y, clus1.where("comp.imp", "Yes"), design=clus1.design, inside=there)
    assert found.df == case["df"]
    r_calls.agree([found.estimate], case["estimate"])
    for name, value in (("statistic", found.statistic), ("p_value", found.p_value)):
        r_calls.agree(value, case[name])
    r_calls.agree([[found.low], [found.high]], [case["ci_low"], case["ci_high"]])


def test_five_boards_worked_out_by_hand() -> None:
    # Means 2 and 5. z = -(-1, 0, 1) / 3 and (-1, 1) / 2, with n / (n - 1) = 5 / 4: variance 5/4 (2/9 + 1/2) = 65/72.
    y, group = np.array([1.0, 2, 3, 4, 6]), np.array([0, 0, 0, 1, 1])
    design, everybody = multistage(units=[range(5)], weights=[7.0] * 5), np.ones(5, dtype=np.bool_)
    found = t_test(y, group, design=design, inside=everybody)
    statistic = 3 / sqrt(65 / 72)
    assert (found.estimate, found.df) == (pytest.approx(3, rel=1e-14), 3)
    assert found.statistic == pytest.approx(statistic, rel=1e-12)
    # The distribution of Student's t on three degrees of freedom, in closed form.
    x = statistic / sqrt(3)
    assert found.p_value == pytest.approx(1 - 2 / pi * (atan(x) + x / (1 + x**2)), rel=1e-9)


def in_loops(sample: Sample) -> tuple[float, float, int]:
    """The difference, its standard error and the degrees of freedom."""
    rows = range(len(sample.y))
    means, columns = [], []
    for level in (0, 1):
        own = [float(sample.inside[k] and sample.groups[k] == level) for k in rows]
        mean, z = slow.ratio([sample.y[k] * own[k] for k in rows], own, sample.weights)
        means.append(mean)
        columns.append(z)
    df = len({sample.psus[k] for k in rows if sample.inside[k]}) - len(
        {sample.strata[k] for k in rows if sample.inside[k]}
    )
    return means[1] - means[0], sqrt(sample.variance([b - a for a, b in zip(*columns, strict=True)])), df - 1


def both_groups(sample: Sample) -> bool:
    return {0, 1} == {group for group, inside in zip(sample.groups, sample.inside, strict=True) if inside}


@settings(max_examples=120, deadline=None)
@given(samples())
def test_a_comparison_is_what_loops_find(sample: Sample) -> None:
    assume(both_groups(sample))
    found = t_test(sample.values, np.array(sample.groups), design=sample.design, inside=sample.inside)
    difference, se, df = in_loops(sample)
    assert found.df == df
    assert [found.estimate, found.se] == pytest.approx([difference, se], rel=1e-9, abs=1e-9)
    if df > 0:
        t = students_t.ppf(0.975, df)
        assert [found.low, found.high] == pytest.approx([difference - t * se, difference + t * se], rel=1e-9, abs=1e-9)
        if se > 1e-9:
            assert found.p_value == pytest.approx(2 * students_t.sf(abs(difference / se), df), rel=1e-6, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.data(), samples())
def test_the_order_of_rows_never_shows_and_groups_that_change_places_change_the_sign(
    data: st.DataObject, sample: Sample
) -> None:
    assume(both_groups(sample))
    other = sample.in_order(list(data.draw(st.permutations(range(len(sample.y))))))
    found = t_test(sample.values, np.array(sample.groups), design=sample.design, inside=sample.inside)
    turned = t_test(other.values, 1 - np.array(other.groups), design=other.design, inside=other.inside)
    assert [turned.estimate, turned.se] == pytest.approx([-found.estimate, found.se], rel=1e-9, abs=1e-12)
    assert [turned.low, turned.high] == pytest.approx([-found.high, -found.low], rel=1e-9, abs=1e-12, nan_ok=True)
    assert turned.p_value == pytest.approx(found.p_value, rel=1e-6, abs=1e-12, nan_ok=True)


FOUR, EVERYBODY = simple_random(sampled=4, population=40), np.ones(4, dtype=np.bool_)
TWO_AND_TWO = np.array([0, 0, 1, 1])


def test_when_all_values_are_equal_there_is_no_difference_and_nothing_to_test() -> None:
    found = t_test(np.full(4, 0.1), TWO_AND_TWO, design=FOUR, inside=EVERYBODY)
    assert (found.estimate, found.se, found.low, found.high) == (0, 0, 0, 0)
    assert isnan(found.statistic)
    assert isnan(found.p_value)


@pytest.mark.parametrize("second", [0.3, -0.3])
def test_groups_that_differ_and_do_not_vary_differ_for_certain(second: float) -> None:
    found = t_test(np.array([0.1, 0.1, second, second]), TWO_AND_TWO, design=FOUR, inside=EVERYBODY)
    assert (found.se, found.statistic, found.p_value) == (0, copysign(inf, second), 0)
    assert found.low == found.high == found.estimate


def test_without_degrees_of_freedom_there_is_a_difference_and_no_test() -> None:
    two = simple_random(sampled=2, population=40)
    found = t_test(np.array([1.0, 3.0]), np.array([0, 1]), design=two, inside=EVERYBODY[:2])
    assert (found.estimate, found.df) == (2, 0)
    assert np.isnan([found.p_value, found.low, found.high]).all()


def test_one_group_a_domain_without_rows_and_a_third_group_are_refused() -> None:
    y = np.array([1.0, 2, 3, 4])
    with pytest.raises(ValueError, match="the second one has no rows in the domain"):
        t_test(y, TWO_AND_TWO, design=FOUR, inside=TWO_AND_TWO == 0)
    with pytest.raises(ValueError, match="the first one has no rows in the domain"):
        t_test(y, TWO_AND_TWO, design=FOUR, inside=~EVERYBODY)
    with pytest.raises(ValueError, match="row 2: the group of a t test is 0 or 1"):
        t_test(y, np.array([0, 2, 1, 1]), design=FOUR, inside=EVERYBODY)


def test_what_lies_outside_the_domain_may_be_anything() -> None:
    y, group = np.array([1.0, 2, 4, np.nan]), np.array([0, 0, 1, 7])
    found = t_test(y, group, design=FOUR, inside=np.array([True, True, True, False]))
    assert found.estimate == pytest.approx(2.5)
    assert found.df == 1
