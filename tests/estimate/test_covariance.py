"""The estimators and the one covariance, against loops on random designs and against what must hold exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.estimate import linearise
from peilstok.estimate.covariance import covariance, sums, variances
from peilstok.estimate.design import Lonely, multistage, simple_random, stratified
from tests.estimate import slow

NUMBERS = st.floats(-1000, 1000, allow_subnormal=False)
POSITIVE = st.floats(0.5, 100)


@st.composite
def samples(draw: st.DrawFn) -> dict[str, list[float]]:
    """Rows in up to three strata with two to five PSUs of one to three rows, some outside the domain."""
    rows: list[tuple[int, str, float]] = []
    for stratum in range(draw(st.integers(1, 3))):
        units = draw(st.integers(2, 5))
        population = units + draw(st.sampled_from([0, 1, 7, 1000]))
        rows += [
            (stratum, f"{stratum}-{psu}", float(population))
            for psu in range(units)
            for _ in range(draw(st.integers(1, 3)))
        ]
    size = len(rows)
    inside = draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=size, max_size=size))
    inside[0] = 1.0
    columns = {name: draw(st.lists(values, min_size=size, max_size=size)) for name, values in DRAWN.items()}
    order = draw(st.permutations(range(size)))
    strata, psus, population_of = ([row[part] for row in rows] for part in range(3))
    table = {**columns, "strata": strata, "psus": psus, "population": population_of, "inside": inside}
    return {name: [column[place] for place in order] for name, column in table.items()}  # type: ignore[index]


DRAWN = {"y": NUMBERS, "x": POSITIVE, "u": NUMBERS, "w": POSITIVE}


@settings(max_examples=100, deadline=None)
@given(samples())
def test_two_ratios_in_a_domain_have_the_covariance_that_the_loops_find(sample: dict[str, list[float]]) -> None:
    y, x, u, w, inside = (np.array(sample[name]) for name in ("y", "x", "u", "w", "inside"))
    design = stratified(
        strata=sample["strata"], psus=sample["psus"], population=sample["population"], weights=sample["w"]
    )
    first = linearise.ratio(y * inside, x * inside, weights=w)
    second = linearise.mean(u, inside, weights=w)
    estimate, z = slow.ratio([*(y * inside)], [*(x * inside)], sample["w"])
    other, v = slow.ratio([*(u * inside)], sample["inside"], sample["w"])
    population = dict(zip(sample["strata"], sample["population"], strict=True))

    assert first.estimate == pytest.approx(estimate, rel=1e-9, abs=1e-9)
    assert second.estimate == pytest.approx(other, rel=1e-9, abs=1e-9)
    found = covariance(np.column_stack([first.values, second.values]), design)
    for (row, a), (column, b) in (((0, z), (0, z)), ((0, z), (1, v)), ((1, v), (1, v))):
        expected = slow.covariance(a, b, sample["strata"], sample["psus"], population)
        assert found[row, column] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert variances(np.column_stack([first.values, second.values]), design) == pytest.approx(np.diag(found))


@given(st.lists(NUMBERS, min_size=2, max_size=30), st.integers(0, 50))
def test_a_mean_of_a_simple_random_sample_has_the_textbook_variance(values: list[float], more: int) -> None:
    population = len(values) + more
    design = simple_random(sampled=len(values), population=population)
    mean = linearise.mean(np.array(values), np.ones(len(values)), weights=design.weights)
    [variance] = variances(mean.values[:, None], design)
    assert variance == pytest.approx(slow.srs_variance_of_mean(values, population), rel=1e-9, abs=1e-9)


def test_half_of_four_boards_out_of_eight_has_the_standard_error_worked_out_by_hand() -> None:
    # p = 1/2; s^2 = 4/3 * 1/4 = 1/3; (1 - 4/8) * (1/3) / 4 = 1/24
    design = simple_random(sampled=4, population=8)
    share = linearise.mean(np.array([1.0, 1.0, 0.0, 0.0]), np.ones(4), weights=design.weights)
    assert share.estimate == 0.5
    assert variances(share.values[:, None], design)[0] == pytest.approx(1 / 24, rel=1e-14)


def test_a_census_has_no_sampling_error() -> None:
    design = simple_random(sampled=5, population=5)
    total = linearise.total(np.array([1.0, 2.0, 3.0, 4.0, 100.0]), weights=design.weights)
    assert total.estimate == 110
    assert variances(total.values[:, None], design)[0] == 0


def test_one_board_less_than_a_census_has_a_sampling_error() -> None:
    design = simple_random(sampled=5, population=6)
    total = linearise.total(np.array([1.0, 2.0, 3.0, 4.0, 100.0]), weights=design.weights)
    assert variances(total.values[:, None], design)[0] > 0


def test_a_domain_keeps_the_boards_outside_it_as_zeros() -> None:
    # The total of a domain of size n_d: its number is random too, so leaving rows out gives another variance.
    design = simple_random(sampled=6, population=60)
    y, inside = np.array([2.0, 4.0, 6.0, 9.0, 9.0, 9.0]), np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    values = linearise.total(y * inside, weights=design.weights).values
    # by hand: s^2 of 2, 4, 6, 0, 0, 0 is (56 - 144 / 6) / 5 = 6.4; N^2 (1 - f) s^2 / n = 3600 * 0.9 * 6.4 / 6
    assert variances(values[:, None], design)[0] == pytest.approx(3456, rel=1e-12)


def test_the_totals_of_a_partition_add_up_with_their_covariances() -> None:
    rng = np.random.default_rng(1)
    y, part = rng.normal(50, 20, 40), rng.integers(0, 3, 40)
    design = simple_random(sampled=40, population=200)
    parts = np.column_stack([linearise.total(y * (part == k), weights=design.weights).values for k in range(3)])
    whole = linearise.total(y, weights=design.weights)
    assert parts.sum() == pytest.approx(whole.estimate, rel=1e-12)
    assert covariance(parts, design).sum() == pytest.approx(variances(whole.values[:, None], design)[0], rel=1e-12)


def test_the_two_shares_of_a_whole_are_fully_negatively_correlated() -> None:
    design = simple_random(sampled=10, population=30)
    said = np.array([1.0] * 3 + [0.0] * 7)
    both = np.column_stack([linearise.mean(y, np.ones(10), weights=design.weights).values for y in (said, 1 - said)])
    matrix = covariance(both, design)
    assert matrix[0, 1] == pytest.approx(-matrix[0, 0], rel=1e-12)
    assert matrix[0, 1] < 0


def test_strata_may_bear_any_labels() -> None:
    y = np.arange(8.0)
    population = [10.0] * 4 + [20.0] * 4
    found = [
        variances(
            linearise.total(y, weights=np.ones(8)).values[:, None],
            stratified(strata=labels, population=population, weights=np.ones(8)),
        )[0]
        for labels in (["a"] * 4 + ["b"] * 4, ["z"] * 4 + ["c"] * 4, [7] * 4 + [3] * 4)
    ]
    assert found[0] == found[1] == found[2]


def test_a_ratio_to_nothing_is_not_defined() -> None:
    with pytest.raises(ZeroDivisionError):
        linearise.ratio(np.zeros(3), np.zeros(3), weights=np.ones(3))


def test_a_stratum_sampled_whole_may_have_one_unit_and_another_may_not() -> None:
    whole = stratified(strata=["a", "b", "b"], population=[1, 9, 9], weights=[1, 4.5, 4.5])
    assert whole.degrees_of_freedom == 1
    assert variances(np.array([[5.0], [1.0], [1.0]]), whole)[0] == 0
    with pytest.raises(ValueError, match="two sampled units"):
        stratified(strata=["a", "b", "b"], population=[2, 9, 9], weights=[2, 4.5, 4.5])


def test_a_design_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="population of the stratum"):
        simple_random(sampled=9, population=8)
    with pytest.raises(ValueError, match="number from 0"):
        stratified(strata=["a", "a"], population=[5, 5], weights=[1, -1])
    with pytest.raises(ValueError, match="number from 0"):
        stratified(strata=["a", "a"], population=[5, 5], weights=[1, float("nan")])
    with pytest.raises(ValueError, match="one stratum"):
        stratified(strata=["a", "a", "b", "b"], psus=[1, 2, 2, 3], population=[5] * 4, weights=[1] * 4)
    with pytest.raises(ValueError, match="different population sizes"):
        stratified(strata=["a", "a"], population=[5, 6], weights=[1, 1])
    with pytest.raises(ValueError, match="different lengths"):
        stratified(strata=["a", "a"], population=[5, 5], weights=[1, 1, 1])


@st.composite
def staged(draw: st.DrawFn) -> dict[str, list[float]]:
    """Rows in one to three strata of one to three PSUs, each with one to three units of one or two rows."""
    rows: list[tuple[float, float, float, float, float]] = []
    for stratum in range(draw(st.integers(1, 3))):
        psus = draw(st.integers(1, 3))
        population = float(psus + draw(st.sampled_from([0, 1, 5])))
        for psu in range(psus):
            units = draw(st.integers(1, 3))
            inside = float(units + draw(st.sampled_from([0, 2])))
            for unit in range(units):
                rows += [(stratum, 10 * stratum + psu, unit, population, inside)] * draw(st.integers(1, 2))
    rows = draw(st.permutations(rows))
    names = ("strata", "psus", "units", "population", "inside")
    table = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return {**table, "z": draw(st.lists(NUMBERS, min_size=len(rows), max_size=len(rows)))}


@settings(max_examples=150, deadline=None)
@given(staged(), st.sampled_from([Lonely.CERTAINTY, Lonely.REMOVE, Lonely.ADJUST]))
def test_a_variance_in_two_stages_is_what_the_recursion_finds(sample: dict[str, list[float]], rule: Lonely) -> None:
    design = multistage(
        units=[sample["psus"], sample["units"]],
        strata=[sample["strata"]],
        population=[sample["population"], sample["inside"]],
        lonely=rule,
    )
    units, population = [sample["psus"], sample["units"]], [sample["population"], sample["inside"]]
    expected = slow.variance_in_stages(sample["z"], units, population, sample["strata"], rule)
    assert variances(np.array(sample["z"])[:, None], design)[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(staged())
def test_on_average_a_lonely_unit_adds_what_the_other_strata_add(sample: dict[str, list[float]]) -> None:
    design = multistage(
        units=[sample["psus"]], strata=[sample["strata"]], population=[sample["population"]], lonely=Lonely.AVERAGE
    )
    expected = slow.variance_in_stages(
        sample["z"], [sample["psus"]], [sample["population"]], sample["strata"], "average"
    )
    found = variances(np.array(sample["z"])[:, None], design)[0]
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


def test_a_design_that_fails_on_lonely_units_says_so_and_a_census_of_one_is_none() -> None:
    with pytest.raises(ValueError, match="two sampled units at least"):
        stratified(strata=["a", "b", "b"], population=[2, 5, 5], weights=[2, 2.5, 2.5])
    assert stratified(strata=["a", "b", "b"], population=[1, 5, 5], weights=[1, 2.5, 2.5]).degrees_of_freedom == 1


def test_the_same_label_in_two_strata_is_two_units_when_nested() -> None:
    labels = {
        "units": [[1, 2, 1, 2]],
        "strata": [["a", "a", "b", "b"]],
        "population": [[9.0] * 4],
        "weights": [1.0] * 4,
    }
    assert multistage(**labels, nest=True).degrees_of_freedom == 2  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must lie in one stratum"):
        multistage(**labels)  # type: ignore[arg-type]


def test_sums_by_code_are_those_of_a_loop_in_the_order_of_the_rows_to_the_last_bit() -> None:
    rng = np.random.default_rng(7)
    for rows, columns, groups in ((1, 1, 1), (500, 1, 7), (500, 13, 400), (40, 3, 1)):
        values, codes = rng.normal(size=(rows, columns)) * 10.0 ** rng.integers(-8, 8), rng.integers(0, groups, rows)
        expected = np.zeros((groups + 2, columns))
        for row, code in zip(values, codes, strict=True):
            expected[code] += row
        assert (sums(values, codes, groups=groups + 2) == expected).all()
        assert (sums(values, codes) == expected[: codes.max() + 1]).all()
    assert sums(np.empty((0, 2)), np.empty(0, dtype=np.intp), groups=3).tolist() == [[0, 0]] * 3


def test_a_stratum_with_one_unit_in_the_domain_is_not_centred_where_the_design_says_so() -> None:
    # Stratum a has two units of 6, of which the domain has rows in one; all of stratum b's three of 9 have some.
    values, inside = np.array([[6.0], [0.0], [1.0], [2.0], [6.0]]), np.array([True, False, True, True, True])
    designs = [
        multistage(
            units=[np.arange(5)],
            strata=[["a", "a", "b", "b", "b"]],
            population=[[6.0, 6.0, 9.0, 9.0, 9.0]],
            lonely=Lonely.ADJUST,
            lonely_in_domains=in_domains,
        )
        for in_domains in (True, False)
    ]
    # by hand: b gives 2/3 * 3/2 * (4 + 1 + 9) = 14; a gives 2/3 * 2 * 36 = 48 about 0, and 2/3 * 2 * 18 = 24 about 3
    assert variances(values, designs[0], inside)[0] == pytest.approx(14 + 48, rel=1e-12)
    assert variances(values, designs[1], inside)[0] == pytest.approx(14 + 24, rel=1e-12)
    assert variances(values, designs[0])[0] == pytest.approx(14 + 24, rel=1e-12)
