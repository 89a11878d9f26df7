"""One scan in numpy against loops over the rows, the estimators row by row, R, and what must hold exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.estimate import linearise, scan
from peilstok.estimate.covariance import variances
from peilstok.estimate.design import Lonely, multistage, simple_random
from peilstok.estimate.scan.reading import LOOK
from tests.estimate.scanned import DESIGN, MEASURES, Table, by_loops, covariances_by_loops, sample
from tests.estimate.test_r_survey import Case

SETS = [scan.EVERYBODY, "region", ("region", "size")]


def shuffled(table: Table, order: Any) -> Table:
    return {name: values[order] for name, values in table.items()}


@pytest.mark.parametrize("psu", [None, "psu"])
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.15, 0.6]))
def test_estimates_and_standard_errors_in_domains_are_those_of_loops(psu: str | None, seed: int, gaps: float) -> None:
    table = sample(seed, missing=gaps)
    result = scan.plan(**DESIGN, psu=psu, measures=MEASURES, by=SETS).on(table)
    estimates, values = by_loops(table, MEASURES, result.domains)
    assert result.estimate.ravel() == pytest.approx(np.ravel(estimates), rel=1e-10, nan_ok=True)
    expected = [covariances_by_loops(table, [z], psu=psu)[0, 0] for z in values]
    defined = ~np.isnan(result.estimate.ravel())
    assert result.se.ravel()[defined] ** 2 == pytest.approx(np.array(expected)[defined], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("psu", [None, "psu"])
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_covariances_within_and_between_domains_are_those_of_loops(psu: str | None, seed: int) -> None:
    table, measures = sample(seed), MEASURES[:4]
    result = scan.plan(**DESIGN, psu=psu, measures=measures, by=["region"], covariance=True).on(table)
    _, values = by_loops(table, measures, result.domains)
    expected = covariances_by_loops(table, values, psu=psu)
    largest = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    largest[largest < 1e-18] = 1.0  # a domain of one row has no variance
    assert result.covariances["region",] / largest == pytest.approx(expected / largest, abs=1e-9)
    assert np.sqrt(np.diag(expected)) == pytest.approx(result.se.ravel(), rel=1e-9)


@pytest.mark.parametrize("rule", [Lonely.CERTAINTY, Lonely.REMOVE, Lonely.ADJUST, Lonely.AVERAGE])
@pytest.mark.parametrize("psu", [None, "psu"])
def test_a_stratum_with_one_unit_adds_what_the_rule_says(rule: Lonely, psu: str | None) -> None:
    table = sample(3)
    alone = np.append(np.flatnonzero(table["h"] != 1), np.flatnonzero(table["h"] == 1)[0])
    table = shuffled(table, alone)
    y = np.nan_to_num(table["y"])
    units = np.arange(len(y)) if psu is None else table["psu"]
    design = multistage(
        units=[units], strata=[table["h"]], population=[table["N"]], weights=table["w"], nest=True, lonely=rule
    )
    expected = [
        linearise.total(y, weights=table["w"]),
        linearise.mean(y, 1.0 - np.isnan(table["y"]), weights=table["w"]),
    ]
    plan = scan.plan(**DESIGN, psu=psu, measures=[scan.total("y"), scan.mean("y")], lonely=rule, covariance=True)
    result = plan.on(table)
    assert result.estimate[0] == pytest.approx([each.estimate for each in expected], rel=1e-12)
    found = variances(np.column_stack([each.values for each in expected]), design)
    assert result.se[0] ** 2 == pytest.approx(found, rel=1e-10)
    assert np.diag(result.covariances[()]) == pytest.approx(found, rel=1e-10)
    with pytest.raises(ValueError, match="two sampled units"):
        scan.plan(**DESIGN, psu=psu, measures=[scan.total("y")]).on(table)


def test_a_stratum_sampled_whole_adds_nothing_under_any_rule() -> None:
    table = {"h": np.array([0, 1, 1]), "N": np.array([1.0, 9, 9]), "w": np.array([1.0, 4.5, 4.5]), "y": np.arange(3.0)}
    for rule in Lonely:
        result = scan.plan(**DESIGN, measures=[scan.total("y")], lonely=rule).on(table)
        # by hand, of the second stratum alone: 81 (1 - 2/9) (1/2) / 2
        assert result.se[0, 0] ** 2 == pytest.approx(81 * (7 / 9) * 0.5 / 2, rel=1e-14)


def test_without_a_population_units_were_drawn_with_replacement_and_without_strata_there_is_one() -> None:
    table = sample(4)
    y = np.nan_to_num(table["y"])
    whole = multistage(units=[np.arange(len(y))], weights=table["w"])
    result = scan.plan(weights="w", measures=[scan.total("y")]).on(table)
    values = linearise.total(y, weights=table["w"]).values[:, None]
    assert result.se[0] ** 2 == pytest.approx(variances(values, whole), rel=1e-12)
    assert result.df.tolist() == [len(y) - 1]
    simple = {"w": np.full(len(y), 10.0), "N": np.full(len(y), 10.0 * len(y)), "y": y}
    result = scan.plan(weights="w", population="N", measures=[scan.total("y")]).on(simple)
    srs = simple_random(sampled=len(y), population=10 * len(y))
    assert result.se[0] ** 2 == pytest.approx(variances(10 * y[:, None], srs), rel=1e-12)


def test_degrees_of_freedom_are_the_psus_less_the_strata_with_a_row_in_the_domain() -> None:
    table = {
        "h": np.array([1, 1, 1, 1, 2, 2, 2, 3, 3]),
        "psu": np.array([1, 1, 2, 3, 1, 2, 2, 1, 2]),
        "d": np.array([0, 0, 0, 1, 0, 0, 1, 1, 1]),
        "w": np.ones(9),
        "N": np.full(9, 50.0),
        "y": np.array([np.nan, np.nan, 1, 2, 3, 4, 5, 6, 7]),
    }
    clustered = scan.plan(**DESIGN, psu="psu", measures=[scan.total("y")], by=[(), "d"]).on(table)
    # all: 7 PSUs, 3 strata; d = 0: 4 PSUs, 2 strata; d = 1: 4 PSUs, 3 strata; missing values do not lower them
    assert clustered.df.tolist() == [4, 2, 1]
    assert scan.plan(**DESIGN, measures=[scan.total("y")], by=[(), "d"]).on(table).df.tolist() == [6, 3, 1]
    assert clustered.n.ravel().tolist() == [7, 3, 4]


def test_a_domain_that_a_stratum_does_not_have_keeps_the_whole_sample_of_that_stratum() -> None:
    # by hand: z = 2, 4, 0, 0 in a stratum of n = 4 of N = 8, w = 1: (1/2)(4/3)(20 - 36/4) = 22/3; stratum 2 has none
    table = {
        "h": np.array([1, 1, 1, 1, 2, 2]),
        "N": np.array([8.0] * 4 + [6.0] * 2),
        "w": np.ones(6),
        "d": np.array(["a", "a", "b", "b", "b", "b"]),
        "y": np.array([2.0, 4.0, 9, 9, 9, 9]),
    }
    result = scan.plan(**DESIGN, measures=[scan.total("y")], by=["d"]).on(table)
    assert result.domains[0] == (("d", "a"),)
    assert result.se[0, 0] ** 2 == pytest.approx(22 / 3, rel=1e-14)


@pytest.mark.parametrize("psu", [None, "psu"])
def test_a_partition_adds_up_with_its_covariances(psu: str | None) -> None:
    table = sample(6, missing=0.0)
    result = scan.plan(**DESIGN, psu=psu, measures=[scan.total("y")], by=[(), "region"], covariance=True).on(table)
    assert result.estimate[1:].sum() == pytest.approx(result.estimate[0, 0], rel=1e-13)
    assert result.covariances["region",].sum() == pytest.approx(result.se[0, 0] ** 2, rel=1e-10)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_neither_order_nor_labels_nor_splitting_the_rows_of_a_psu_change_anything(seed: int) -> None:
    table = sample(seed)
    plan = scan.plan(**DESIGN, psu="psu", measures=MEASURES, by=["region"])
    one = plan.on(table)
    other = shuffled(table, np.random.default_rng(seed).permutation(len(table["w"])))
    other["h"] = np.array(["c", "a", "b"])[other["h"]]
    split = {name: np.concatenate([values, values]) for name, values in other.items()}
    split["w"] = np.concatenate([other["w"] * 0.3, other["w"] * 0.7])
    for again in (plan.on(other), plan.on(split)):
        assert again.domains == one.domains
        assert again.estimate == pytest.approx(one.estimate, rel=1e-11)
        assert again.se == pytest.approx(one.se, rel=1e-9, abs=1e-12)
        assert (again.df == one.df).all()


@pytest.mark.parametrize("mean", [0.0, 1e3, 1e6, 1e9])
def test_a_mean_far_larger_than_the_deviation_costs_no_digits(mean: float) -> None:
    rng = np.random.default_rng(5)
    y = mean + np.round(rng.normal(size=200), 3)
    table = {"w": np.full(200, 5.0), "N": np.full(200, 1000.0), "y": y, "d": np.arange(200) % 2}
    result = scan.plan(weights="w", population="N", measures=[scan.mean("y"), scan.total("y")]).on(table)
    exact = [Fraction(value) for value in y.tolist()]
    middle = sum(exact) / 200
    square = sum((value - middle) ** 2 for value in exact) / 199
    variance = float(Fraction(4, 5) * square / 200)  # (1 - n / N) s^2 / n
    assert result.se[0] == pytest.approx([variance**0.5, 1000 * variance**0.5], rel=1e-11)
    assert result.estimate[0, 0] == pytest.approx(float(middle), rel=1e-15)
    assert result.digits.min() > 11
    assert result.passes == 1


def test_a_value_that_is_missing_after_the_first_rows_only_has_the_data_read_once_more() -> None:
    size = LOOK + 500
    table = {"w": np.ones(size), "z": np.random.default_rng(8).normal(size=size)}
    plan = scan.plan(weights="w", measures=[scan.mean("z")])
    assert plan.on(table).passes == 1
    table["z"][-3:] = np.nan
    result = plan.on(table)
    assert result.passes == 2
    assert result.n.tolist() == [[size - 3]]
    assert result.estimate[0, 0] == pytest.approx(np.nanmean(table["z"]), rel=1e-12)


def test_a_mean_that_is_far_from_the_first_rows_has_the_data_read_once_more() -> None:
    size = 50 * LOOK
    y = 1e7 + np.round(np.random.default_rng(8).normal(size=size), 3)
    y[1] = -y[1:LOOK].sum()  # the first rows have a mean of zero, and a large deviation
    one = {"w": np.where(np.arange(size) == 1, 0.0, 1.0), "y": y}
    result = scan.plan(weights="w", measures=[scan.mean("y")]).on(one)
    assert result.passes == 1  # a weight of zero does not mislead
    one["w"][1] = 1e-9
    result = scan.plan(weights="w", measures=[scan.mean("y")]).on(one)
    residuals = one["w"] * (y - result.estimate[0, 0])
    expected = np.sqrt(size / (size - 1) * (residuals**2).sum()) / one["w"].sum()
    assert result.se[0, 0] == pytest.approx(expected, rel=1e-9)


def test_answers_that_are_all_equal_have_a_standard_error_of_zero() -> None:
    table = sample(9)
    table["y"] = np.full(len(table["w"]), 0.1)
    result = scan.plan(**DESIGN, measures=[scan.mean("y"), scan.share("size", 7)], by=[(), "size"]).on(table)
    assert (result.se == 0).all()
    assert np.isinf(result.digits).all()
    assert result.estimate[:, 0] == pytest.approx([0.1] * 3, rel=1e-15)


def test_a_mean_in_a_domain_where_nobody_answered_is_not_defined_and_the_total_is_zero() -> None:
    table = sample(10)
    table["y"][table["size"] == 2] = np.nan
    result = scan.plan(**DESIGN, measures=[scan.mean("y"), scan.total("y")], by=["size"]).on(table)
    assert np.isnan([result.estimate[1, 0], result.se[1, 0]]).all()
    assert (result.estimate[1, 1], result.se[1, 1]) == (0, 0)
    assert result.n[1].tolist() == [0, 0]
    assert np.isfinite(result.se[0]).all()


def test_a_set_within_a_larger_one_is_added_up_from_it_with_rows_that_miss_the_other_label() -> None:
    table = sample(11)
    apart = scan.plan(**DESIGN, measures=MEASURES, by=["size"]).on(table)
    plan = scan.plan(**DESIGN, measures=MEASURES, by=["size", ("region", "size")])
    assert plan.scanned == (("region", "size"),)
    together = plan.on(table)
    assert None in table["region"]
    assert together.estimate[:2] == pytest.approx(apart.estimate, rel=1e-12)
    assert together.se[:2] == pytest.approx(apart.se, rel=1e-10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"w": -1.0}, "weight must be a number from 0"),
        ({"w": np.nan}, "weight must be a number from 0"),
        ({"w": np.inf}, "weight must be a number from 0"),
        ({"N": 401.0}, "different population sizes"),
        ({"N": np.nan}, "different population sizes"),
        ({"N": 3.0}, "more units were sampled"),
        ({"y": np.inf}, "infinite"),
        ({"h": None}, "no stratum"),
        ({"psu": None}, "no PSU"),
    ],
)
def test_data_that_contradict_the_design_are_refused(change: dict[str, Any], message: str) -> None:
    table = sample(12)
    [(column, value)] = change.items()
    table[column] = table[column].astype(object if value is None else float)
    rows = slice(None) if value == 3.0 else slice(5, 6)
    table[column][rows] = value
    with pytest.raises(ValueError, match=message):
        scan.plan(**DESIGN, psu="psu", measures=[scan.mean("y")]).on(table)


def test_a_plan_or_table_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="'mean\\(y\\)' comes twice"):
        scan.plan(weights="w", measures=[scan.mean("y"), scan.mean("y")])
    with pytest.raises(ValueError, match="comes twice"):
        scan.plan(weights="w", measures=[scan.mean("y")], by=["d", ("d",)])
    with pytest.raises(ValueError, match="needs a measure"):
        scan.plan(weights="w", measures=[])
    with pytest.raises(KeyError, match="no column 'y'; there are w, z"):
        scan.plan(weights="w", measures=[scan.mean("y")]).on({"w": [1], "z": [1]})
    with pytest.raises(ValueError, match="different lengths"):
        scan.plan(weights="w", measures=[scan.mean("y")]).on({"w": [1.0, 1.0], "y": [1.0]})
    with pytest.raises(ValueError, match="no rows"):
        scan.plan(weights="w", measures=[scan.mean("y")]).on({"w": [], "y": []})


def of_case(case: Case, measures: list[scan.Measure], by: list[Any]) -> scan.Result:
    design = case.file["design"]
    table: dict[str, Any] = {name: np.array(case.labels(name), dtype=object) for name in case.rows[0]}
    for measure in measures:
        for item in measure.pair.items:
            if item.level is None:
                table[item.column] = np.array([float(row[item.column] or "nan") for row in case.rows])
    table |= {"w": case.design().weights, "N": case.numbers(design["fpc"][0])}
    [strata], [psu] = (design["strata"] or [None]), (design["ids"] or [None])
    plan = scan.plan(
        weights="w",
        strata=strata,
        psu=psu,
        population="N",
        measures=measures,
        by=by,
        lonely=Lonely(design["lonely_psu"]),
        covariance=True,
    )
    return plan.on(table)


def test_totals_of_a_stratified_sample_are_those_of_r() -> None:
    case = Case("total-strat-fpc")
    result = of_case(case, [scan.total("enroll"), scan.total("api.stu")], [()])
    case.agree("estimate", result.estimate[0])
    case.agree("vcov", result.covariances[()], power=2)
    assert result.df.tolist() == [case.expected["df"]]


def test_means_of_clusters_are_those_of_r() -> None:
    case = Case("mean-clus1-fpc")
    result = of_case(case, [scan.mean("api00"), scan.mean("meals")], [()])
    case.agree("estimate", result.estimate[0])
    case.agree("se", result.se[0])
    assert result.df.tolist() == [case.expected["df"]]


def test_a_ratio_in_regions_with_strata_of_one_board_is_that_of_r() -> None:
    case = Case("board-ratio-region")
    result = of_case(case, [scan.ratio("care", "pupils")], ["region"])
    assert [label for [(_, label)] in result.domains] == case.expected["names"]
    case.agree("estimate", result.estimate[:, 0])
    case.agree("se", result.se[:, 0])


def test_two_domain_means_have_the_covariance_of_r() -> None:
    case = Case("domain-cov-strat")
    result = of_case(case, [scan.mean("api00")], ["awards"])
    no, yes = result.estimate[:, 0]
    (v_no, both), (_, v_yes) = result.covariances["awards",]
    case.agree("estimate", [yes, no, yes - no])
    case.agree("se", np.sqrt([v_yes, v_no, v_yes + v_no - 2 * both]))


def test_the_rule_adjust_is_that_of_r() -> None:
    case = Case("lonely-adjust")
    result = of_case(case, [scan.mean("pupils"), scan.total("waiting"), scan.ratio("care", "pupils")], [()])
    case.agree("estimate", result.estimate[0])
    case.agree("se", result.se[0])


def test_a_result_is_a_table_with_a_row_for_each_domain_and_measure() -> None:
    result = scan.plan(**DESIGN, measures=MEASURES[:2], by=[(), ("region", "size")]).on(sample(13))
    columns = result.columns()
    assert columns["domain"][0] == "all"
    assert columns["domain"][2] == "region = east, size = 1"
    assert columns["measure"][:2] == ["mean(y)", "total(y)"]
    assert {len(values) for values in columns.values()} == {len(result.domains) * 2}
