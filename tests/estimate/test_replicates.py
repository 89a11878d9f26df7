"""Replicate weights: the numbers of R, equality with the linearised variance, and what they refuse."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.estimate import linearise, resampling
from peilstok.estimate.calibration import calibrate
from peilstok.estimate.design import Codes, Design, Floats, Lonely, multistage, simple_random
from peilstok.estimate.intervals import t_interval
from peilstok.estimate.replicates import (
    Replicates,
    UndefinedReplicates,
    adjusted,
    domain_means,
    domain_totals,
    of_weights,
    replicated,
    streamed_totals,
    totals,
)

FOLDER = Path(__file__).parent / "reference"
Estimator = Callable[[Floats], Floats]


class Case:
    """A file of reference/: its data, its design and its numbers."""

    def __init__(self, name: str) -> None:
        self.file: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
        with (FOLDER / self.file["dataset"]).open(newline="") as file:
            self.rows = [{**row, "one": "1"} for row in csv.DictReader(file)]

    def labels(self, column: str) -> list[str]:
        return [row[column] for row in self.rows]

    def numbers(self, column: str) -> Floats:
        """0 where the cell is empty."""
        return np.array([float(each or 0) for each in self.labels(column)])

    def known(self, column: str) -> Floats:
        return np.array([float(each != "") for each in self.labels(column)])

    def design(self) -> Design:
        design = self.file["design"]
        return multistage(
            units=[self.labels(column) for column in design["ids"]] or [list(range(len(self.rows)))],
            strata=[self.labels(column) for column in design["strata"]],
            population=[self.numbers(column) for column in design["fpc"]],
            weights=self.numbers(design["weights"]) if "weights" in design else None,
            nest=design["nest"],
            lonely=Lonely(design["lonely_psu"]),
        )

    def given_replicates(self) -> Replicates:
        asked = self.file["replicates"]
        factors = np.loadtxt(FOLDER / asked["file"], delimiter=",", skiprows=1)
        scale = 1 / (4 * 0.7**2) if asked["type"] == "Fay" else asked["scale"]
        return Replicates(factors=factors, rscales=np.ones(factors.shape[1]), scale=scale, mse=asked["mse"])

    def check(self, estimator: Estimator, weights: Floats, replicates: Replicates) -> None:
        """Estimates, standard errors, degrees of freedom, intervals and, where given, covariances."""
        found, estimate = replicated(estimator, weights, replicates)
        matrix = replicates.covariance(found, estimate)
        se, df = np.sqrt(np.diag(matrix)), replicates.degrees_of_freedom(weights)
        self._agree("estimate", estimate)
        self._agree("se", se)
        assert df == self.file["expected"]["df"]
        each = [t_interval(one, error, df=df) for one, error in zip(estimate, se, strict=True)]
        self._agree("ci_low", [interval.low for interval in each])
        self._agree("ci_high", [interval.high for interval in each])
        if "vcov" in self.file["expected"]:
            self._agree("vcov", matrix, power=2)

    def _agree(self, name: str, found: object, *, power: int = 1) -> None:
        expected = self.file["expected"]
        size = max(1.0, *(abs(each) for each in expected["estimate"])) ** power
        rel, absolute = self.file["tolerance_rel"], self.file["tolerance_abs"] * size
        assert np.asarray(found) == pytest.approx(np.asarray(expected[name]), rel=rel, abs=absolute), name


def mean_total_ratio(case: Case) -> Estimator:
    scores, pupils, tested = case.numbers("api00"), case.numbers("enroll"), case.numbers("api.stu")
    return lambda w: np.array([w @ scores / w.sum(), w @ pupils, w @ tested / (w @ pupils)])


def boards(case: Case) -> Estimator:
    pupils, waiting, care = case.numbers("pupils"), case.numbers("waiting"), case.numbers("care")
    return lambda w: np.array([w @ pupils / w.sum(), w @ waiting, w @ care / (w @ pupils)])


def survival(case: Case) -> Estimator:
    alive, arrests = case.numbers("alive"), case.numbers("arrests")
    return lambda w: np.array([w @ alive / (w @ arrests), w @ alive])


def means(case: Case, *columns: str, inside: Floats | None = None) -> Estimator:
    values = np.column_stack([case.numbers(column) for column in columns])
    base = np.ones(len(values)) if inside is None else inside

    def estimate(w: Floats) -> Floats:
        if not (w * base).any():
            raise ZeroDivisionError
        return np.asarray((w * base) @ values / (w @ base))

    return estimate


def test_a_jackknife_of_clusters_with_a_finite_population() -> None:
    case = Case("jk1-clus1")
    design = case.design()
    made = resampling.jackknife(design)
    assert made.scale == pytest.approx((1 - 15 / 757) * 14 / 15, rel=1e-15)
    case.check(mean_total_ratio(case), design.weights, replace(made, mse=True))


def test_a_jackknife_in_strata_with_finite_populations() -> None:
    case = Case("jkn-strat")
    design = case.design()
    case.check(mean_total_ratio(case), design.weights, resampling.jackknife(design))


def test_post_stratification_is_done_again_in_each_replicate_and_two_degrees_of_freedom_go() -> None:
    case = Case("jkn-board-poststrat")
    design = case.design()
    care, pupils, hours, known = (
        case.numbers("care"),
        case.numbers("pupils"),
        case.numbers("hours"),
        case.known("hours"),
    )
    [step] = case.file["calibration"]
    goal = {each["region"]: each["total"] for each in step["totals"]}
    after = post_stratified([*map(sorted(goal).index, case.labels("region"))], [goal[each] for each in sorted(goal)])
    weights, made = adjusted(design.weights, resampling.jackknife(design), after)
    case.check(lambda w: np.array([w @ care / (w @ pupils), w @ care, w @ hours / (w @ known)]), weights, made)
    assert made.degrees_of_freedom(weights) == design.degrees_of_freedom - 2


def post_stratified(cells: list[int], goal: list[float]) -> Callable[[Floats], Floats]:
    def after(weights: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(weights * (np.array(goal) / np.bincount(cells, weights=weights))[cells])

    return after


def test_calibration_is_done_again_in_each_replicate() -> None:
    case = Case("jk1-cal-clus1")
    design = case.design()
    columns = np.column_stack(
        [np.ones(len(case.rows)), *(np.array(case.labels("stype")) == level for level in "HM"), case.numbers("api99")]
    )
    goal = [each["total"] for each in case.file["calibration"][0]["constraints"]]
    made = replace(resampling.jackknife(design), mse=True)
    pupils, scores = case.numbers("enroll"), case.numbers("api00")
    weights, made = adjusted(design.weights, made, lambda w: calibrate(columns, goal, before=w).after)
    case.check(lambda w: np.array([w @ pupils, w @ scores / w.sum()]), weights, made)


@pytest.mark.parametrize("rule", ["average", "adjust", "remove"])
def test_strata_with_one_unit_follow_the_rule_of_the_design_in_a_jackknife(rule: str) -> None:
    case = Case(f"jkn-lonely-{rule}")
    design = case.design()
    case.check(boards(case), design.weights, resampling.jackknife(design))


def test_given_and_made_half_samples_of_fay() -> None:
    case = Case("fay-scd")
    design = case.design()
    case.check(survival(case), design.weights, case.given_replicates())
    case.check(survival(case), design.weights, resampling.fay(design, rho=0.3))


def test_balanced_half_samples() -> None:
    case = Case("brr-scd")
    design = case.design()
    case.check(survival(case), design.weights, resampling.balanced(design))


def test_given_bootstraps_of_clusters_and_of_two_stages() -> None:
    for name, columns in (("boot-clus1", ["api00", "enroll"]), ("mrb-clus2", ["api00"])):
        case = Case(name)
        case.check(means(case, *columns), case.design().weights, case.given_replicates())


def test_a_replicate_without_a_row_of_the_domain_counts_for_nothing_and_a_warning_says_so() -> None:
    case = Case("boot-undefined")
    inside = np.array([row["stype"] == "H" and 437 <= int(row["dnum"]) <= 448 for row in case.rows], dtype=float)
    with pytest.warns(UndefinedReplicates, match="8 of 80 replicates"):
        case.check(
            means(case, "api00", "enroll", inside=inside), case.design().weights * inside, case.given_replicates()
        )


def test_the_multistage_bootstrap_gives_the_weights_that_r_gave_for_the_same_halves() -> None:
    case = Case("mrb-clus2")
    design, factors = case.design(), case.given_replicates().factors
    first, second = design.stages
    n = first.sampled[0]
    not_drawn = 1 - sqrt((n // 2) * (1 - first.fractions[0]) / (n - n // 2))
    rows = np.argsort(second.units)
    inside = [first.units[rows], np.arange(len(rows))]
    for factor in factors[rows].T:
        psus = np.array([factor[inside[0] == psu][0] > not_drawn + 1e-9 for psu in range(int(n))], dtype=float)
        # of the units within a PSU those with the larger factor were drawn
        units = np.array([factor[k] > factor[second.strata == second.strata[k]].max() - 1e-9 for k in range(len(rows))])
        found = resampling.rescaled(design.stages, inside, [psus, units.astype(float)])
        assert found == pytest.approx(factor, rel=1e-12)


def random_replicates(seed: int, *, rows: int = 40, number: int = 7, units: int | None = None) -> Replicates:
    rng = np.random.default_rng(seed)
    factors = rng.uniform(0, 2, (units or rows, number))
    codes = None if units is None else np.append(np.arange(units), rng.integers(0, units, rows - units))
    return Replicates(factors=factors, rscales=rng.uniform(0, 1, number), scale=0.4, units=codes)


def with_missing(seed: int, rows: int = 40) -> tuple[Floats, Floats, Codes]:
    """Values with some missing, weights, and domains of which one has no row and one row is in none."""
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((rows, 3)) < 0.2, np.nan, rng.normal(size=(rows, 3)))
    domains = rng.choice([0, 1, 3], rows)
    domains[:2] = -1, 3
    return values, rng.uniform(0, 3, rows), domains


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([None, 5, 39]), st.sampled_from([1, 500, 2_000, 10**6]))
def test_totals_in_blocks_are_those_of_a_loop(seed: int, units: int | None, memory: int) -> None:
    made = random_replicates(seed, units=units)
    values, weights, domains = with_missing(seed)
    values = np.nan_to_num(values)
    whole, parts = (
        totals(values, weights, made, memory=memory),
        domain_totals(values, weights, domains, made, memory=memory),
    )
    for place, each in enumerate(made.weights(weights)):
        for k in range(3):
            assert whole[place, k] == pytest.approx(
                sum(each[row] * values[row, k] for row in range(40)), rel=1e-9, abs=1e-9
            )
            for domain in range(4):
                inside = [each[row] * values[row, k] for row in range(40) if domains[row] == domain]
                assert parts[place, domain, k] == pytest.approx(sum(inside), rel=1e-9, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([None, 5]), st.sampled_from([1, 2_000, 10**6]))
def test_means_in_domains_leave_missing_values_out_in_each_replicate(seed: int, units: int | None, memory: int) -> None:
    made = random_replicates(seed, units=units)
    values, weights, domains = with_missing(seed)
    means_of_replicates, estimate = domain_means(values, weights, domains, made, memory=memory)
    for place, each in enumerate([*made.weights(weights), weights]):
        found = estimate if place == len(made) else means_of_replicates[place]
        for domain, k in np.ndindex(4, 3):
            rows = [row for row in range(40) if domains[row] == domain and not np.isnan(values[row, k])]
            expected = (
                sum(each[row] * values[row, k] for row in rows) / sum(each[row] for row in rows) if rows else np.nan
            )
            assert found[domain, k] == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


def test_means_without_missing_values_are_the_same_by_the_shorter_way() -> None:
    made, (values, weights, domains) = random_replicates(1), with_missing(1)
    full = np.nan_to_num(values)
    marked = np.column_stack([full, np.full(len(full), np.nan)])
    shorter, longer = domain_means(full, weights, domains, made), domain_means(marked, weights, domains, made)
    assert shorter[0] == pytest.approx(longer[0][..., :3], rel=1e-12, nan_ok=True)
    assert shorter[1] == pytest.approx(longer[1][..., :3], rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("memory", [1, 4_000, 10**7])
def test_replicates_that_come_in_blocks_give_the_covariance_of_all_of_them(memory: int) -> None:
    design = simple_random(sampled=30, population=90)
    values, weights = np.random.default_rng(2).normal(size=(30, 4)), design.weights
    together = resampling.bootstrap(design, replicates=60, rng=np.random.default_rng(7))
    blocks = resampling.bootstrap_in_blocks(design, replicates=60, rng=np.random.default_rng(7), memory=memory)
    found, scales = streamed_totals(values, weights, blocks, memory=memory)
    direct = totals(values, weights, together)
    assert found == pytest.approx(direct, rel=1e-12)
    expected = together.covariance(direct, weights @ values)
    assert scales.covariance(found, weights @ values) == pytest.approx(expected, rel=1e-10)
    with pytest.raises(ValueError, match="30 weights, and replicate factors of 0 rows"):
        scales.degrees_of_freedom(weights)


def test_factors_may_lie_in_a_file(tmp_path: Path) -> None:
    made, (values, weights, _) = random_replicates(3), with_missing(3)
    on_disk = np.memmap(tmp_path / "factors", dtype=np.float64, shape=made.factors.shape, mode="w+")
    on_disk[:] = made.factors
    values = np.nan_to_num(values)
    found = totals(values, weights, replace(made, factors=on_disk), memory=1_000)
    assert found == pytest.approx(totals(values, weights, made), rel=1e-12)


def test_deviations_are_from_the_mean_or_from_the_full_sample_and_not_from_replicates_that_count_for_nothing() -> None:
    made = Replicates(factors=np.ones((1, 4)), rscales=np.array([1.0, 0.5, 0.5, 0.0]), scale=2.0)
    estimates = np.array([[1.0], [2.0], [6.0], [99.0]])
    # about the mean 3 of the first three: 2 (1 * 4 + 0.5 * 1 + 0.5 * 9); about 5: 2 (16 + 0.5 * 9 + 0.5 * 1)
    assert made.covariance(estimates, np.array([5.0])) == pytest.approx(np.array([[18.0]]))
    assert replace(made, mse=True).covariance(estimates, np.array([5.0])) == pytest.approx(np.array([[42.0]]))


def test_an_estimate_that_is_undefined_in_a_replicate_does_not_touch_the_others() -> None:
    made = Replicates(factors=np.ones((1, 3)), rscales=np.ones(3))
    estimates = np.array([[1.0, 4.0], [3.0, np.nan], [5.0, 8.0]])
    with pytest.warns(UndefinedReplicates, match="1 of 3 replicates"):
        matrix = made.covariance(estimates, np.zeros(2))
    # first about 3, second about 6 over two replicates; together over the same two
    assert matrix == pytest.approx(np.array([[8.0, 8.0], [8.0, 8.0]]))


def test_an_estimate_that_no_replicate_has_is_an_error() -> None:
    made = Replicates(factors=np.ones((1, 2)), rscales=np.ones(2))
    with pytest.warns(UndefinedReplicates), pytest.raises(ValueError, match="defined in no replicate"):
        made.covariance(np.array([[np.nan], [np.inf]]), np.zeros(1))


def test_a_ratio_without_a_denominator_in_a_replicate_is_undefined_there_and_an_error_in_the_full_sample() -> None:
    made = resampling.jackknife(simple_random(sampled=3, population=9))
    y, x = np.array([2.0, 1.0, 4.0]), np.array([0.0, 3.0, 0.0])

    def estimator(w: Floats) -> Floats:
        return np.array([linearise.ratio(y, x, weights=w).estimate])

    found, estimate = replicated(estimator, np.full(3, 3.0), made)
    assert np.isnan(found[:, 0]).tolist() == [False, True, False]
    assert estimate == pytest.approx([7 / 3])
    with pytest.raises(ZeroDivisionError):
        replicated(estimator, np.array([3.0, 0.0, 3.0]), made)


def test_adjusting_first_or_in_the_loop_is_the_same() -> None:
    case = Case("jk1-clus1")
    design = case.design()
    made, levels = resampling.jackknife(design), case.labels("stype")
    after = post_stratified([*map("EHM".index, levels)], [4421, 755, 1018])
    found, estimate = replicated(mean_total_ratio(case), design.weights, made, adjust=after)
    weights, changed = adjusted(design.weights, made, after)
    again, same = replicated(mean_total_ratio(case), weights, changed)
    assert found == pytest.approx(again, rel=1e-12)
    assert estimate == pytest.approx(same, rel=1e-15)
    assert (changed.scale, changed.mse) == (made.scale, made.mse)


def test_an_adjustment_that_fails_in_a_replicate_says_in_which() -> None:
    made = resampling.jackknife(simple_random(sampled=4, population=8))
    emptied = post_stratified([0, 0, 1, 0], [6, 2])
    with pytest.raises(ValueError, match=r"replicate 3: the adjustment leaves weights that are no numbers"):
        adjusted(np.full(4, 2.0), made, emptied)
    columns = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    with pytest.raises(ValueError, match="replicate 3: constraint 2"):
        replicated(lambda w: w, np.full(4, 2.0), made, adjust=lambda w: calibrate(columns, [8, 2], before=w).after)


def test_weights_of_replicates_as_files_have_them_become_factors() -> None:
    weights = np.array([2.0, 0.0, 4.0])
    made = of_weights(np.array([[4.0, 0.0], [0.0, 0.0], [4.0, 8.0]]), weights, rscales=np.ones(2))
    assert made.factors.tolist() == [[2, 0], [0, 0], [1, 2]]
    with pytest.raises(ValueError, match="without weight in the full sample"):
        of_weights(np.ones((3, 2)), weights, rscales=np.ones(2))


def test_degrees_of_freedom_count_columns_that_are_no_combination_of_those_before() -> None:
    rng = np.random.default_rng(4)
    a, b, c = rng.normal(size=(3, 50))
    for change, expected in ((0.0, 2), (3e-6, 2), (3e-5, 3)):  # on both sides of 1e-5
        near = a + b + change * np.linalg.norm(a + b) * orthogonal(c, a, b)
        factors = np.column_stack([a, b, near, 0 * a, 2 * a])
        made = Replicates(factors=factors, rscales=np.ones(5))
        assert made.degrees_of_freedom(np.ones(50)) == expected - 1


def orthogonal(c: Floats, *others: Floats) -> Floats:
    basis, _ = np.linalg.qr(np.column_stack(others))
    left = c - basis @ (basis.T @ c)
    return np.asarray(left / np.linalg.norm(left))


def test_degrees_of_freedom_are_the_same_by_unit_and_by_row_and_in_many_rows() -> None:
    rng = np.random.default_rng(6)
    units = rng.integers(0, 12, 9_000)  # more rows than one block of the triangle has
    factors = rng.integers(0, 3, (12, 30)).astype(float)
    weights = rng.uniform(0, 2, 9_000)
    by_unit = Replicates(factors=factors, units=units, rscales=np.ones(30))
    by_row = Replicates(factors=factors[units], rscales=np.ones(30))
    rank = np.linalg.matrix_rank(factors)
    assert by_unit.degrees_of_freedom(weights) == by_row.degrees_of_freedom(weights) == rank - 1


def test_degrees_of_freedom_of_a_domain_are_those_of_weights_that_are_0_outside_it() -> None:
    made = resampling.jackknife(simple_random(sampled=6, population=60))
    assert made.degrees_of_freedom(np.ones(6)) == 5
    # two replicates without one of its units, and four that are the same in it
    inside = np.array([1.0, 1.0, 0, 0, 0, 0])
    assert made.degrees_of_freedom(inside) == 1
    clusters = replace(made, units=np.repeat(np.arange(6), 3))
    assert clusters.degrees_of_freedom(np.repeat(inside, 3)) == 1


def test_replicates_that_cannot_be_are_refused() -> None:
    ones = np.ones((3, 2))
    with pytest.raises(ValueError, match="one of rscales for each replicate"):
        Replicates(factors=ones, rscales=np.ones(3))
    with pytest.raises(ValueError, match="numbers from 0"):
        Replicates(factors=ones, rscales=np.array([1.0, -1.0]))
    with pytest.raises(ValueError, match="numbers from 0"):
        Replicates(factors=ones, rscales=np.ones(2), scale=float("nan"))
    with pytest.raises(ValueError, match="every factor must be a number"):
        Replicates(factors=np.array([[1.0, np.nan]]), rscales=np.ones(2))
    with pytest.raises(ValueError, match="a unit that has no factors"):
        Replicates(factors=ones, rscales=np.ones(2), units=np.array([0, 3]))
    made = Replicates(factors=ones, rscales=np.ones(2))
    with pytest.raises(ValueError, match="4 weights, and replicate factors of 3 rows"):
        totals(np.ones((4, 1)), np.ones(4), made)
    with pytest.raises(ValueError, match="different numbers of rows"):
        domain_totals(np.ones((3, 1)), np.ones(3), np.zeros(4, dtype=int), made)
    with pytest.raises(ValueError, match="there must be some"):
        streamed_totals(np.ones((3, 1)), np.ones(3), [])
