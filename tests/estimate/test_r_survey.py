"""The same numbers as R's `survey` on the same data (tests/estimate/reference/README.md)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peilstok.estimate import intervals, linearise
from peilstok.estimate.adjustments import post_stratified
from peilstok.estimate.calibration import calibrate
from peilstok.estimate.covariance import covariance
from peilstok.estimate.design import Design, Floats, Lonely, multistage, simple_random
from peilstok.estimate.linearise import Linearised
from peilstok.estimate.raking import rake

FOLDER = Path(__file__).parent / "reference"
Rows = list[dict[str, str]]


class Case:
    """A case file with its data and design, and the comparison within its tolerance."""

    def __init__(self, name: str) -> None:
        self.file: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
        self.expected: dict[str, Any] = self.file["expected"]
        with (FOLDER / self.file["dataset"]).open(newline="") as file:
            self.rows: Rows = list(csv.DictReader(file))

    def numbers(self, column: str) -> Floats:
        """0 where the cell is empty."""
        return np.array([float(row[column] or 0) for row in self.rows])

    def where(self, column: str, value: str) -> Floats:
        return np.array([float(row[column] == value) for row in self.rows])

    def design(self) -> Design:
        design = self.file["design"]
        return multistage(
            units=[self.labels(column) for column in design["ids"]] or [[*map(str, range(len(self.rows)))]],
            strata=[self.labels(column) for column in design["strata"]],
            population=[self.numbers(column) for column in design["fpc"]],
            weights=self.numbers(design["weights"]) if "weights" in design else None,
            lonely=Lonely(design["lonely_psu"]),
        )

    def labels(self, column: str) -> list[str]:
        return [row[column] for row in self.rows]

    def agree(self, name: str, found: object, *, power: int = 1) -> None:
        size = max(1.0, *(abs(each) for each in self.expected["estimate"])) ** power
        rel, absolute = self.file["tolerance_rel"], self.file["tolerance_abs"] * size
        assert np.asarray(found) == pytest.approx(np.asarray(self.expected[name]), rel=rel, abs=absolute), name

    def check(self, parts: list[Linearised], design: Design, *, df: int, project: Callable[[Floats], Floats]) -> None:
        """Estimates, standard errors, t intervals and, where given, the covariances."""
        matrix = covariance(project(np.column_stack([part.values for part in parts])), design)
        se = np.sqrt(np.diag(matrix))
        self.agree("estimate", [part.estimate for part in parts])
        self.agree("se", se)
        assert df == self.expected["df"]
        t = [intervals.t_interval(part.estimate, error, df=df) for part, error in zip(parts, se, strict=True)]
        self.agree("ci_low", [interval.low for interval in t])
        self.agree("ci_high", [interval.high for interval in t])
        if "vcov" in self.expected:
            self.agree("vcov", matrix, power=2)


def as_they_are(values: Floats) -> Floats:
    return values


def test_totals_of_a_stratified_sample() -> None:
    case = Case("total-strat-fpc")
    design = case.design()
    parts = [linearise.total(case.numbers(name), weights=design.weights) for name in ("enroll", "api.stu")]
    case.check(parts, design, df=design.degrees_of_freedom, project=as_they_are)


def test_a_ratio_of_a_stratified_sample() -> None:
    case = Case("ratio-strat-fpc")
    design = case.design()
    ratio = linearise.ratio(case.numbers("api.stu"), case.numbers("enroll"), weights=design.weights)
    case.check([ratio], design, df=design.degrees_of_freedom, project=as_they_are)


def test_means_of_a_sample_of_clusters() -> None:
    case = Case("mean-clus1-fpc")
    design = case.design()
    everybody = np.ones(len(case.rows))
    parts = [linearise.mean(case.numbers(name), everybody, weights=design.weights) for name in ("api00", "meals")]
    case.check(parts, design, df=design.degrees_of_freedom, project=as_they_are)


@pytest.mark.parametrize("name", ["mean-clus2-fpc", "mean-clus2-wr"])
def test_means_of_a_sample_in_two_stages_with_and_without_finite_populations(name: str) -> None:
    case = Case(name)
    design = case.design()
    everybody = np.ones(len(case.rows))
    variables = case.file["estimand"]["variables"]
    parts = [linearise.mean(case.numbers(each), everybody, weights=design.weights) for each in variables]
    case.check(parts, design, df=design.degrees_of_freedom, project=as_they_are)


def test_a_total_in_two_stages_leaves_missing_values_out() -> None:
    case = Case("total-clus2-missing")
    design = case.design()
    assert "" in case.labels("enroll")
    parts = [linearise.total(case.numbers("enroll"), weights=design.weights)]
    case.check(parts, design, df=design.degrees_of_freedom, project=as_they_are)


def test_strata_with_one_unit_are_not_centred_under_the_rule_adjust() -> None:
    case = Case("lonely-adjust")
    design = case.design()
    pupils, weights = case.numbers("pupils"), design.weights
    parts = [
        linearise.mean(pupils, np.ones(len(pupils)), weights=weights),
        linearise.total(case.numbers("waiting"), weights=weights),
        linearise.ratio(case.numbers("care"), pupils, weights=weights),
    ]
    case.check(parts, design, df=design.degrees_of_freedom, project=as_they_are)


def test_a_ratio_in_every_region() -> None:
    case = Case("board-ratio-region")
    design = case.design()
    care, pupils = case.numbers("care"), case.numbers("pupils")
    inside = [case.where("region", name) for name in case.expected["names"]]
    parts = [linearise.ratio(care * where, pupils * where, weights=design.weights) for where in inside]
    case.check(parts, design, df=design.degrees_of_freedom, project=as_they_are)


def test_two_domain_means_with_their_covariance_and_difference() -> None:
    case = Case("domain-cov-strat")
    design = case.design()
    yes, no = (
        linearise.mean(case.numbers("api00"), case.where("awards", level), weights=design.weights)
        for level in ("Yes", "No")
    )
    difference = Linearised(yes.estimate - no.estimate, yes.values - no.values)
    case.check([yes, no, difference], design, df=design.degrees_of_freedom, project=as_they_are)


def test_two_regions_with_their_difference_and_relative_difference() -> None:
    case = Case("board-region-cov")
    design = case.design()
    care, pupils = case.numbers("care"), case.numbers("pupils")
    north, metro = (
        linearise.ratio(care * where, pupils * where, weights=design.weights)
        for where in (case.where("region", "north"), case.where("region", "metro"))
    )
    relative = metro.estimate / north.estimate
    parts = [
        north,
        metro,
        Linearised(metro.estimate - north.estimate, metro.values - north.values),
        Linearised(relative - 1, (metro.values - relative * north.values) / north.estimate),
    ]
    case.check(parts, design, df=design.degrees_of_freedom, project=as_they_are)


def test_shares_of_respondents_as_a_simple_random_sample() -> None:
    case = Case("respondent-share")
    design = simple_random(sampled=len(case.rows), population=971)
    levels = [("policy", "no"), ("policy", "yes"), *(("trust", str(level)) for level in range(1, 6))]
    parts = [
        linearise.mean(case.where(item, level), 1 - case.where(item, ""), weights=design.weights)
        for item, level in levels
    ]
    case.check(parts, design, df=design.degrees_of_freedom, project=as_they_are)


def test_post_stratified_means_and_totals() -> None:
    case = Case("poststrat-clus1")
    design = case.design()
    [step] = case.file["calibration"]
    totals: Mapping[str, float] = {each["stype"]: each["total"] for each in step["totals"]}
    before, cells = design.weights, sorted(totals)
    codes = np.array([cells.index(row["stype"]) for row in case.rows])
    strata = post_stratified(codes, [totals[cell] for cell in cells], before=before)
    after = strata.after
    parts = [
        linearise.mean(case.numbers("api00"), np.ones(len(codes)), weights=after),
        linearise.total(case.numbers("enroll"), weights=after),
    ]
    assert after.sum() == pytest.approx(case.expected["sum_weights"], rel=1e-12)
    case.check(parts, design, df=design.degrees_of_freedom, project=strata.project)


def share_of(case: Case, item: str, level: str, inside: Floats) -> tuple[float, float, Design]:
    """A share, its standard error and the design."""
    design = case.design()
    share = linearise.mean(case.where(item, level), inside, weights=design.weights)
    [[variance]] = covariance(share.values[:, None], design)
    case.agree("estimate", [share.estimate])
    case.agree("se", [np.sqrt(variance)])
    return share.estimate, float(np.sqrt(variance)), design


def test_the_logit_interval_is_xlogit() -> None:
    case = Case("ciprop-xlogit-board")
    share, se, design = share_of(case, "policy", "yes", 1 - case.where("policy", ""))
    interval = intervals.logit_interval(share, se, df=design.degrees_of_freedom)
    case.agree("ci_low", [interval.low])
    case.agree("ci_high", [interval.high])


def test_the_beta_interval_is_that_of_korn_and_graubard() -> None:
    case = Case("ciprop-beta")
    share, se, design = share_of(case, "sch.wide", "Yes", np.ones(len(case.rows)))
    size = intervals.effective_size(share, se, n=len(case.rows), df=design.degrees_of_freedom)
    interval = intervals.beta_interval(share, size=size)
    case.agree("ci_low", [interval.low])
    case.agree("ci_high", [interval.high])


def test_the_beta_interval_of_a_rare_answer_in_a_domain() -> None:
    case = Case("ciprop-rare-beta")
    inside = case.where("region", "north") * (1 - case.where("bar_other", ""))
    share, se, _ = share_of(case, "bar_other", "1", inside)
    size = intervals.effective_size(share, se, n=int(inside.sum()), df=case.expected["df"])
    interval = intervals.beta_interval(share, size=size)
    case.agree("ci_low", [interval.low])
    case.agree("ci_high", [interval.high])


def test_the_interval_of_a_share_takes_the_degrees_of_freedom_of_its_design() -> None:
    """23 boards in four strata: 19, so that the factor of Korn and Graubard is not 1."""
    case = Case("ciprop-rare-beta")
    inside = case.where("region", "north") * (1 - case.where("bar_other", ""))
    share, se, _ = share_of(case, "bar_other", "1", inside)
    n, said = int(inside.sum()), int((inside * case.where("bar_other", "1")).sum())
    found = intervals.share_interval(share, se, said=said, not_said=n - said, n=n, size=0.0, df=case.expected["df"])
    assert found.kind == "beta"
    case.agree("ci_low", [found.low])
    case.agree("ci_high", [found.high])


@pytest.mark.parametrize(
    "name", ["cal-board-linear-bounded", "cal-board-logit", "cal-board-raking", "cal-linear-clus1"]
)
def test_weights_calibrated_to_known_totals(name: str) -> None:
    case = Case(name)
    design = case.design()
    [step] = case.file["calibration"]
    bounds = tuple(step.get("bounds", (-np.inf, np.inf)))
    columns = np.column_stack([constraint(case, each) for each in step["constraints"]])
    totals = [each["total"] for each in step["constraints"]]
    done = calibrate(columns, totals, before=design.weights, distance=step["calfun"], bounds=bounds)  # type: ignore[arg-type]
    assert columns.T @ done.after == pytest.approx(totals, rel=1e-10)
    assert done.after.min() == pytest.approx(case.expected["weight_min"], rel=case.file["tolerance_rel"])
    assert done.after.max() == pytest.approx(case.expected["weight_max"], rel=case.file["tolerance_rel"])
    parts = [part for each in case.file["estimand"]["parts"] for part in parts_of(case, each, done.after)]
    case.check(parts, design, df=design.degrees_of_freedom, project=done.project)


def test_weights_raked_on_three_margins_stop_where_r_stops() -> None:
    case = Case("rake-board-default")
    design = case.design()
    [step] = case.file["calibration"]
    columns = [margin["by"][0] for margin in step["margins"]]
    levels = [
        [each[column] for each in margin["totals"]] for column, margin in zip(columns, step["margins"], strict=True)
    ]
    margins = [
        np.array([own.index(label) for label in case.labels(column)])
        for column, own in zip(columns, levels, strict=True)
    ]
    totals = [np.array([float(each["total"]) for each in margin["totals"]]) for margin in step["margins"]]
    done = rake(margins, totals, before=design.weights, rounds=step["maxit"], epsilon=step["epsilon"])
    assert done.converged
    assert done.after.sum() == pytest.approx(case.expected["sum_weights"], rel=1e-12)
    part = linearise.ratio(case.numbers("care"), case.numbers("pupils"), weights=done.after)
    case.check([part], design, df=design.degrees_of_freedom, project=done.project)


def constraint(case: Case, described: Mapping[str, Any]) -> Floats:
    match described["kind"]:
        case "intercept":
            return np.ones(len(case.rows))
        case "level":
            return case.where(described["variable"], described["level"])
    return case.numbers(described["variable"])


def parts_of(case: Case, part: Mapping[str, Any], weights: Floats) -> list[Linearised]:
    name, everybody = part["variable"], np.ones(len(case.rows))
    match part["type"]:
        case "total":
            return [linearise.total(case.numbers(name), weights=weights)]
        case "mean":
            return [linearise.mean(case.numbers(name), everybody, weights=weights)]
    levels = sorted(set(case.labels(name)) - {""})
    there = 1 - case.where(name, "")
    return [linearise.mean(case.where(name, level), there, weights=weights) for level in levels]
