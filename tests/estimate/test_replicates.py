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

from peilstok.estimate import resampling
from peilstok.estimate.calibration import calibrate
from peilstok.estimate.design import Design, Floats, Lonely, multistage
from peilstok.estimate.intervals import t_interval
from peilstok.estimate.replicates import (
    Replicates,
    UndefinedReplicates,
    adjusted,
    replicated,
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
