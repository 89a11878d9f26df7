"""The library's front door: tables in, samples that do not change, estimates out."""

from __future__ import annotations

import csv
import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peilstok.estimate import survey
from peilstok.estimate.jobs.sampling import Sample

FOLDER = Path(__file__).parent / "reference"


def table(name: str) -> dict[str, list[Any]]:
    rows = list(csv.DictReader((FOLDER / name).read_text().splitlines()))
    return {column: [_value(row[column]) for row in rows] for column in rows[0]}


def _value(text: str) -> Any:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def expected(case: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{case}.json").read_text())["expected"]
    return found


@pytest.fixture(scope="module")
def districts() -> Sample:
    return survey.sample(table("apiclus1.csv"), psus="dnum", weights="pw", population="fpc")


@pytest.fixture(scope="module")
def schools() -> Sample:
    return survey.sample(table("apistrat.csv"), strata="stype", weights="pw", population="fpc")


def test_weighting_gives_another_sample_and_leaves_the_first_as_it_was(districts: Sample) -> None:
    before = districts.weights.copy()
    weighted = survey.post_stratified(districts, "stype", {"E": 4421, "H": 755, "M": 1018})
    assert (districts.weights == before).all()
    case = expected("poststrat-clus1")
    assert weighted.weights.sum() == pytest.approx(case["sum_weights"])
    means, totals = survey.mean(weighted, "api00"), survey.total(weighted, "enroll")
    assert [means.values[0], totals.values[0]] == pytest.approx(case["estimate"], rel=1e-9)
    assert [means.se[0], totals.se[0]] == pytest.approx(case["se"], rel=1e-9)


def test_calibration_takes_numbers_of_columns_and_of_levels(districts: Sample) -> None:
    totals = {"(Intercept)": 6194, "stype": {"H": 755, "M": 1018}, "api99": 3914069}
    case = expected("cal-linear-clus1")
    found = survey.total(survey.calibrated(districts, totals), "enroll")
    assert (found.values[0], found.se[0]) == pytest.approx((case["estimate"][0], case["se"][0]), rel=1e-8)


def test_steps_of_weighting_are_repeated_in_every_replicate(schools: Sample) -> None:
    case = json.loads((FOLDER / "further" / "jkn-ps.json").read_text())["expected"]
    weighted = survey.post_stratified(schools, "sch.wide", {"No": 1072, "Yes": 5122})
    before = survey.mean(survey.jackknifed(weighted), "api00")
    after = survey.mean(
        survey.post_stratified(survey.jackknifed(schools), "sch.wide", {"No": 1072, "Yes": 5122}), "api00"
    )
    for found in (before, after):
        assert (found.values[0], found.se[0]) == pytest.approx((case["estimate"][0], case["se"][0]), rel=1e-9)
        assert found.df == case["df"]


def test_a_bootstrap_comes_near_to_linearisation_and_again_with_the_same_seed(schools: Sample) -> None:
    once, again = (
        survey.mean(survey.bootstrapped(schools, replicates=400, rng=np.random.default_rng(5)), "api00")
        for _ in range(2)
    )
    assert once.se[0] == again.se[0]
    assert once.se[0] == pytest.approx(survey.mean(schools, "api00").se[0], rel=0.2)  # 400 draws: 3.5 percent


def test_a_contrast_of_two_domains_has_their_covariance(schools: Sample) -> None:
    case = expected("domain-cov-strat")
    both = survey.mean(schools, "api00", by="awards")
    difference = survey.contrast(both, {"difference": "Yes - No"})
    assert difference.values[0] == pytest.approx(case["estimate"][2], rel=1e-9)
    assert difference.se[0] == pytest.approx(case["se"][2], rel=1e-9)


def test_a_name_that_cannot_stand_in_an_expression_is_named_by_its_place(schools: Sample) -> None:
    found = survey.mean(schools, ["api00", "api99"], by="stype")
    assert found.names[0] == "E:api00"
    gain = survey.contrast(found, {"gain": "_1 - _4"})
    assert gain.values[0] == pytest.approx(found.values[0] - found.values[3])


def test_estimates_print_as_a_table_with_the_usual_columns(schools: Sample) -> None:
    text = str(survey.mean(schools, ["api00", "meals"], deff="srswor"))
    heading, first, _, last = text.splitlines()
    assert heading.split() == ["name", "estimate", "se", "low", "high", "cv", "deff"]
    assert first.split()[:3] == ["api00", "662.287", "9.40894"]
    assert last == "(197 degrees of freedom)"


@pytest.mark.parametrize("library", ["pandas", "pyarrow", "polars"])
def test_tables_of_other_libraries_go_in_and_come_out(library: Any) -> None:
    module = importlib.import_module(library)
    given = table("apistrat.csv")
    made = module.DataFrame(given, strict=False) if library == "polars" else None
    made = module.DataFrame(given) if library == "pandas" else made
    made = module.table(given) if library == "pyarrow" else made
    found = survey.mean(survey.sample(made, strata="stype", weights="pw", population="fpc"), "api00", by="stype")
    alike = survey.mean(survey.sample(given, strata="stype", weights="pw", population="fpc"), "api00", by="stype")
    assert (found.values == alike.values).all()
    back = found.frame(library)
    assert list(back.columns if library != "pyarrow" else back.column_names)[:3] == ["name", "estimate", "se"]
    assert len(back) == 3


def test_rows_without_a_value_are_refused_or_left_out_as_is_said() -> None:
    boards = survey.sample(table("board_wave3.csv"), strata="size_class", weights="weight", population="N_h")
    with pytest.raises(ValueError, match="has no value"):
        survey.mean(boards, ["hours", "trust"])
    together = survey.mean(boards, ["hours", "trust"], missing="leave out")
    each = survey.mean(boards, ["hours", "trust"], missing="leave out of each")
    assert together.values[0] != each.values[0]
    assert each.values[1] == survey.mean(boards, "trust", missing="leave out").values[0]


def test_weighting_can_be_looked_at(districts: Sample) -> None:
    weighted = survey.post_stratified(districts, "stype", {"E": 4421, "H": 755, "M": 1018})
    found = survey.diagnosed(weighted, "stype", at_least=20)
    assert found.rows == 183
    assert [(cell.name, cell.rows) for cell in found.thin] == [("H", 14)]  # of 144 E, 14 H and 25 M
    assert found.lowest < districts.weights[0] < found.highest


def test_columns_of_different_lengths_and_unknown_words_are_refused(schools: Sample) -> None:
    with pytest.raises(ValueError, match="one length"):
        survey.sample({"a": [1, 2], "b": [1]})
    with pytest.raises(TypeError, match="what is weighted"):
        survey.total(schools, "enroll", weighted=True)
