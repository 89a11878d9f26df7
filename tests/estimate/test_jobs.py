"""Estimation jobs: the same numbers as R for every reference case, and a clear refusal of what cannot be done."""

from __future__ import annotations

import importlib
import json
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from peilstok.cli import app
from peilstok.errors import Refused
from peilstok.estimate.jobs import file, results
from peilstok.estimate.survey import designed

FOLDER = Path(__file__).parent / "reference"
ROOT = Path(__file__).parents[2]


def cases() -> list[Path]:
    """Every job with expected numbers; other files hold calls of R that are no jobs."""
    found = [*FOLDER.glob("*.json"), *FOLDER.glob("further/*.json")]
    return [
        path for path in sorted(found) if "estimand" in (case := json.loads(path.read_text())) and "expected" in case
    ]


def agrees(found: object, expected: object, case: dict[str, Any], *, power: int) -> bool:
    """|x - e| <= tolerance_rel |e| + tolerance_abs max(1, largest |estimate|), as the cases define it."""
    x, e = (np.array(each, dtype=np.float64) for each in (found, expected))
    estimates = np.array(case["expected"].get("estimate", []), dtype=np.float64)
    largest = max(1.0, float(np.nanmax(np.abs(estimates), initial=0.0))) ** power
    within = np.abs(x - e) <= case["tolerance_rel"] * np.abs(e) + case["tolerance_abs"] * largest
    return x.shape == e.shape and bool((within | (np.isnan(x) & np.isnan(e))).all())


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.stem)
def test_a_job_gives_the_numbers_of_r(path: Path) -> None:
    case = json.loads(path.read_text())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of replicates in which an estimate is not defined
        found = results.run(path)
    for name, expected in case["expected"].items():
        if name == "names":
            assert found[name] == ([expected] if isinstance(expected, str) else expected)
        elif expected is not None:
            wanted = np.atleast_1d(expected) if isinstance(found[name], list) else expected
            assert agrees(found[name], wanted, case, power=2 if name == "vcov" else 1), name


def test_there_are_the_cases_of_the_package_and_a_hundred_more() -> None:
    assert len(cases()) > 120


def job(tmp_path: Path, **changes: Any) -> Path:
    """A small job that works, with changes; its data are six boards, one of which left out an answer."""
    (tmp_path / "boards.csv").write_text(
        "board,size,N,w,care,pupils,policy\n"
        "a,small,10,5,3,100,yes\nb,small,10,5,0,150,no\nc,large,8,2,30,900,yes\n"
        "d,large,8,2,25,700,no\ne,large,8,2,11,650,yes\nf,large,8,2,,800,no\n"
    )
    given = {
        "dataset": "boards.csv",
        "design": {"strata": ["size"], "weights": "w", "fpc": ["N"]},
        "estimand": {"type": "ratio", "numerator": "care", "denominator": "pupils", "na_rm": True},
    }
    path = tmp_path / "job.json"
    path.write_text(json.dumps({name: value for name, value in {**given, **changes}.items() if value is not None}))
    return path


def test_a_small_job_is_what_can_be_worked_out_by_hand(tmp_path: Path) -> None:
    found = results.run(job(tmp_path))
    assert found["estimate"] == [pytest.approx((5 * 3 + 2 * 66) / (5 * 250 + 2 * 2250))]
    assert found["names"] == ["care/pupils"]
    assert found["df"] == 4  # six boards, two strata; a missing answer lowers nothing
    assert (found["weight_min"], found["weight_max"], found["sum_weights"]) == (2, 5, 18)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dataset": None}, r"dataset: missing \| this key"),
        ({"estimand": {"type": "median"}}, r"estimand.type: \"median\" \| one of change, chisq, contrast, .*, ttest"),
        ({"design": {"strata": ["sizes"]}}, r"no column sizes \| one of board, size, .*; did you mean size"),
        ({"design": {"weights": "policy"}}, "policy: row 1 has 'yes'; a column of numbers is wanted"),
        ({"dataset": "nothing.csv"}, "nothing.csv there is no such file"),
        ({"estimand": {"type": "mean", "variable": "care"}}, "row 6 has no value; such rows may be left out"),
        ({"estimand": {"type": "mean", "variables": []}}, "name the variable"),
        (
            {"estimand": {"type": "mean", "variable": "pupils", "where": [{"variable": "N", "op": ">", "value": 99}]}},
            "no row lies in the domain",
        ),
        (
            {"estimand": {"type": "proportion", "variable": "policy", "level": "maybe"}},
            "policy has no level 'maybe'; it has no, yes",
        ),
        ({"design": {"ids": ["board"], "strata": ["board"], "weights": "w"}}, "two sampled units at least"),
        ({"design": {"strata": ["size"], "weights": "w", "fpc": ["w"]}}, "more units were sampled"),
        ({"design": {"ids": ["size", "board"], "fpc": ["N"]}}, "without weights fpc needs a column for each of the 2"),
        (
            {"calibration": [{"method": "poststratify", "by": ["size"], "totals": [{"size": "small", "total": 10}]}]},
            "size: no total of large, which has rows",
        ),
        (
            {
                "calibration": [
                    {
                        "method": "calibrate",
                        "bounds": [0.9, 1.1],
                        "constraints": [{"kind": "numeric", "variable": "pupils", "total": 99999}],
                    }
                ]
            },
            "pupils: the total is 99,999; weights of 0.9 to 1.1 times those before",
        ),
        (
            {
                "estimand": {
                    "type": "contrast",
                    "components": [{"name": "a", "type": "mean", "variable": "pupils"}],
                    "contrasts": {"twice": "2 * b"},
                }
            },
            "there is no estimate 'b'; there are a",
        ),
        ({"estimand": {"type": "ttest", "variable": "pupils", "group": "board"}}, "board has 6 levels"),
        ({"replicates": {"source": "construct", "type": "magic"}}, "JK1, JKn, BRR or Fay"),
        (
            {"estimand": {"type": "quantile", "variable": "pupils", "probs": [0.5], "interval": "quantile"}},
            "is of replicate weights; there are mean, xlogit, beta",
        ),
        (
            {"estimand": {"type": "chisq", "rows": "policy", "cols": "size", "by": "size"}},
            "no `by` with this estimand",
        ),
    ],
)
def test_a_job_that_cannot_be_done_is_refused_with_the_reason(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        results.run(job(tmp_path, **changes))


JACKKNIFE = {"source": "construct", "type": "JKn"}
NUMBER: dict[str, Any] = {"kind": "numeric", "variable": "pupils", "total": 6000}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            [NUMBER, {"kind": "levels", "variable": "size", "level": ["large", "small"], "total": [8, 10]}],
            [
                NUMBER,
                {"kind": "level", "variable": "size", "level": "large", "total": 8},
                {"kind": "level", "variable": "size", "level": "small", "total": 10},
            ],
        ),
        (
            [{"kind": "levels", "variable": "size", "levels": [{"level": "large", "total": 8}]}],
            [{"kind": "level", "variable": "size", "level": "large", "total": 8}],
        ),
    ],
)
def test_several_constraints_may_be_written_in_one(tmp_path: Path, one: list[Any], other: list[Any]) -> None:
    estimand = {"type": "total", "variable": "pupils"}
    found = [
        results.run(job(tmp_path, calibration=[{"method": "calibrate", "constraints": each}], estimand=estimand))
        for each in (one, other)
    ]
    assert found[0] == found[1]


def test_constraints_may_hold_in_each_value_of_a_column(tmp_path: Path) -> None:
    """A total of its own in each, as an object or as a list."""
    by_name = {"kind": "numeric", "variable": "pupils", "total": {"small": 1200, "large": 6500}}
    listed = {**by_name, "total": [{"size": "small", "total": 1200}, {"size": "large", "total": 6500}]}
    estimand = {"type": "total", "variable": "pupils", "by": "size"}
    for constraint in (by_name, listed):
        step = {"method": "calibrate", "within": "size", "constraints": [constraint]}
        found = results.run(job(tmp_path, calibration=[step], estimand=estimand))
        assert found["estimate"] == [pytest.approx(6500), pytest.approx(1200)]


def test_one_total_within_groups_holds_in_each_of_them(tmp_path: Path) -> None:
    """Two waves in one file, each calibrated to the same register."""
    estimand = {"type": "total", "variable": "pupils", "by": "size"}
    step = {"method": "calibrate", "within": "size", "constraints": [NUMBER]}
    assert results.run(job(tmp_path, calibration=[step], estimand=estimand))["estimate"] == [pytest.approx(6000)] * 2


@pytest.mark.parametrize(
    ("within", "total", "said"),
    [
        ("size", {"small": 1200}, "pupils: no total within large, which has rows; there are small"),
        ("size", {"small": 1, "large": 2, "huge": 3}, "pupils: a total within huge, which has no rows"),
        ("size", [{"board": "a", "total": 1}], "should have size and total"),
        ("size", [1200, 6500], "pupils: .* is no total"),
        ("care", 6000, "care: row 6 has no value, so it is in no cell"),
        (None, {"small": 1200, "large": 6500}, "one total is wanted; several are for groups, which `within` names"),
    ],
)
def test_totals_that_do_not_fit_their_groups_are_refused(
    tmp_path: Path, within: object, total: object, said: str
) -> None:
    step = {"method": "calibrate", "within": within, "constraints": [{**NUMBER, "total": total}]}
    with pytest.raises(Refused, match=said):
        results.run(job(tmp_path, calibration=[step]))


def test_a_group_without_rows_may_have_a_total_of_nothing(tmp_path: Path) -> None:
    total = {"small": 1200, "large": 6500, "huge": 0}
    step = {"method": "calibrate", "within": "size", "constraints": [{**NUMBER, "total": total}]}
    assert results.run(job(tmp_path, calibration=[step]))["sum_weights"] > 0


@pytest.mark.parametrize("kind", ["multi", "contrast"])
def test_what_is_said_of_an_estimand_of_several_holds_for_each_of_them(tmp_path: Path, kind: str) -> None:
    large, small = ([{"variable": "size", "op": "==", "value": size}] for size in ("large", "small"))
    part = {"name": "m", "type": "mean", "variable": "care"}
    several = {
        "multi": {"type": "multi", "parts": [part]},
        "contrast": {"type": "contrast", "components": [part], "contrasts": {"c": "m"}},
    }[kind]
    found = results.run(job(tmp_path, estimand={**several, "where": large, "na_rm": True}))
    assert found["estimate"] == [pytest.approx((30 + 25 + 11) / 3)]
    assert found["df"] == results.run(job(tmp_path, estimand={**part, "where": large, "na_rm": True}))["df"] == 3
    inner = {name: [{**part, "where": small}] for name in ("parts", "components") if name in several}
    with pytest.raises(Refused, match="no row lies in the domain"):
        results.run(job(tmp_path, estimand={**several, **inner, "where": large, "na_rm": True}))


def test_under_rs_names_the_interval_of_a_quantile_from_replicates_is_rs_mean_and_under_others_it_is_its_own(
    tmp_path: Path,
) -> None:
    """svyquantile of R 4.1 takes `interval.type` and passes it on for designs only."""

    def found(interval: str) -> object:
        estimand = {"type": "quantile", "variable": "pupils", "probs": [0.4], "interval": interval}
        return results.run(job(tmp_path, estimand=estimand, replicates=JACKKNIFE))["ci_high"]

    assert found("beta") == found("xlogit") == found("mean")
    assert len({str(found(each)) for each in ("mean", "quantile", "replicate-xlogit", "replicate-beta")}) > 1


def test_what_r_writes_for_no_bound_and_for_a_scale_is_read(tmp_path: Path) -> None:
    step = {"method": "calibrate", "bounds": ["-Inf", "Inf"], "constraints": [NUMBER]}
    given: dict[str, Any] = {"calibration": [step], "estimand": {"type": "total", "variable": "pupils"}}
    assert results.run(job(tmp_path, **given))["estimate"] == [pytest.approx(6000)]
    (tmp_path / "rep.csv").write_text("r1,r2\n" + "1,1\n2,0\n0,2\n1,1\n2,0\n0,2\n")
    scales = []
    for scale in ("1/(R*(1-rho)^2)", 1 / (2 * 0.7**2)):
        replicates = {"source": "file", "file": "rep.csv", "scale": scale, "rscales": "all 1", "fay_rho": 0.3}
        scales.append(results.run(job(tmp_path, replicates=replicates, estimand=given["estimand"]))["scale"])
    assert scales[0] == pytest.approx(scales[1])


def test_weights_of_respondents_are_the_design_weights_whatever_the_design_names(tmp_path: Path) -> None:
    case = json.loads((FOLDER / "further" / "nr.json").read_text())
    case["dataset"] = str(FOLDER / "further" / case["dataset"])
    printed = []
    for weights in ("w_nr", "w", None):
        (tmp_path / "job.json").write_text(json.dumps(case | {"design": case["design"] | {"weights": weights}}))
        printed.append(results.run(tmp_path / "job.json"))
    assert printed[0] == printed[1] == printed[2]
    assert printed[0]["estimate"] == pytest.approx(case["expected"]["estimate"])


def test_the_command_prints_the_object_and_refuses_with_exit_status_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["estimate", str(job(tmp_path))])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["names"] == ["care/pupils"]
    refused = CliRunner().invoke(app, ["estimate", str(tmp_path / "none.json")])
    assert "none.json there is no such file" in str(refused.exception)
    assert isinstance(refused.exception, Refused)


def test_what_is_not_defined_is_null(tmp_path: Path) -> None:
    found = results.run(
        job(tmp_path, design={"ids": ["size"], "weights": "w"}, estimand={"type": "mean", "variable": "w"})
    )
    assert found["df"] == 1
    alone = {"type": "mean", "variable": "pupils", "where": [{"variable": "board", "op": "==", "value": "a"}]}
    assert results.run(job(tmp_path, estimand=alone))["ci_low"] == [None]


def test_the_json_schema_takes_every_reference_case_without_what_only_a_case_has() -> None:
    validator = importlib.import_module("jsonschema").Draft202012Validator(file.schema())
    for path in cases():
        case = {name: value for name, value in json.loads(path.read_text()).items() if name not in file.CASE_ONLY}
        assert not list(validator.iter_errors(case)), path.stem
    assert list(validator.iter_errors({"dataset": "x.csv", "design": {"strata": 3}}))


def test_every_job_on_the_page_of_the_format_can_be_done(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "formats" / "job.md").read_text()
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    jobs = [block for block in blocks if "dataset" in block]
    assert {"contrast", "separate_ratio_total"} < {each["estimand"]["type"] for each in jobs}
    assert any("replicates" in each for each in jobs)
    assert any("within" in step for each in jobs for step in each.get("calibration", ()))
    (tmp_path / "reference").symlink_to(FOLDER)
    for each in jobs:
        path = tmp_path / "job.json"
        path.write_text(json.dumps({**each, **_beside(each)}))
        done = CliRunner().invoke(app, ["estimate", str(path)])
        assert done.exit_code == 0, done.exception


def _beside(given: dict[str, Any]) -> dict[str, Any]:
    """Its files, from the folder of the reference cases."""
    found = {"dataset": f"reference/{given['dataset']}"}
    if "replicates" not in given:
        return found
    return {**found, "replicates": {**given["replicates"], "file": f"reference/{given['replicates']['file']}"}}


def test_two_forms_of_levels_on_the_page_of_the_format_are_one_constraint() -> None:
    page = (ROOT / "docs" / "formats" / "job.md").read_text()
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    one, other = (designed.Constraint.model_validate(block) for block in blocks if "kind" in block)
    assert one.each == other.each


def test_without_weights_and_populations_every_weight_is_one(tmp_path: Path) -> None:
    found = results.run(job(tmp_path, design={"strata": ["size"]}))
    assert (found["weight_min"], found["weight_max"], found["sum_weights"]) == (1, 1, 6)


@pytest.mark.parametrize(
    ("given", "scale"),
    [
        ({}, 1),
        ({"type": "BRR"}, 1 / 2),
        ({"type": "Fay", "fay_rho": 0.5}, 2),
        ({"type": "bootstrap"}, 1),
        ({"type": "JK1"}, 1 / 2),
    ],
)
def test_replicates_from_a_file_have_scale_one_unless_their_type_says_another(
    tmp_path: Path, given: dict[str, Any], scale: float
) -> None:
    (tmp_path / "rep.csv").write_text("r1,r2\n1,1\n2,0\n0,2\n1,1\n2,0\n0,2\n")
    replicates = {"source": "file", "file": "rep.csv", **given}
    assert results.run(job(tmp_path, replicates=replicates))["scale"] == scale


SEPARATE = {
    "type": "separate_ratio_total",
    "numerator": "care",
    "denominator": "pupils",
    "by_stratum": ["size", "policy"],
}
SEPARATE |= {"where": [{"variable": "board", "op": "!=", "value": "f"}]}
CELLS = [("small", "yes", 100.0), ("small", "no", 150.0), ("large", "yes", 1550.0), ("large", "no", 1500.0)]


def known(*cells: tuple[str, str, float]) -> list[dict[str, Any]]:
    return [{"policy": policy, "size": size, "total": total} for size, policy, total in cells]


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        (known(*CELLS[:3]), "C002 error"),
        (known(*CELLS, ("huge", "no", 1.0)), "a total of huge.no, which has no rows"),
        (known(*CELLS, CELLS[0]), "the total of small.yes is given twice"),
        ([{"size": "small", "total": 1}], "should have size, policy and total"),
        (known(*CELLS), "leave out `where`"),
    ],
)
def test_known_totals_of_a_separate_ratio_are_checked_like_those_of_weighting(
    tmp_path: Path, totals: list[Any], said: str
) -> None:
    with pytest.raises(Refused) as refused:
        results.run(job(tmp_path, estimand=SEPARATE | {"known_totals": totals}))
    assert said in str(refused.value.findings[0])


def test_known_totals_are_found_by_the_columns_and_not_by_the_order_of_the_keys(tmp_path: Path) -> None:
    """6 boards less the one without an answer: 3 / 100 of 100 pupils, 0, 41 / 1550 of 1550, 25 / 700 of 700."""
    (tmp_path / "boards.csv").write_text("")
    path = job(tmp_path, estimand={**SEPARATE, "where": [], "known_totals": known(*CELLS[:3], ("large", "no", 700.0))})
    lines = (tmp_path / "boards.csv").read_text().splitlines()
    (tmp_path / "boards.csv").write_text("\n".join(lines[:-1]) + "\n")
    assert results.run(path)["estimate"] == [pytest.approx(3 + 0 + 41 + 25)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"replicates": {"source": "construct", "type": "JK1"}}, "JK1 is for a design without strata"),
        ({"replicates": {"source": "file", "type": "JKn", "file": "rep.csv"}}, "type JKn need one for each"),
        (
            {
                "calibration": [
                    {"method": "poststratify", "by": ["size"], "totals": [{"size": "small", "total": 10}]},
                    {
                        "method": "nonresponse_cells",
                        "by": ["size"],
                        "base_weight": "w",
                        "responded": "w",
                        "output_weight": "v",
                    },
                ]
            },
            "nonresponse_cells comes before every other step",
        ),
        (
            {
                "estimand": {
                    "type": "contrast",
                    "components": [{"name": "a", "type": "total", "variable": "pupils"}] * 2,
                    "contrasts": {"d": "a - a"},
                }
            },
            "a is the name of two of them",
        ),
        (
            {
                "estimand": {
                    "type": "contrast",
                    "components": [{"name": "a", "type": "total", "variable": "pupils"}],
                    "contrasts": {"d": f"a * {'9' * 400}"},
                }
            },
            "too large",
        ),
    ],
)
def test_what_would_be_taken_otherwise_than_it_is_written_is_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    (tmp_path / "rep.csv").write_text("r1,r2\n1,1\n2,0\n0,2\n1,1\n2,0\n0,2\n")
    with pytest.raises(Refused) as refused:
        results.run(job(tmp_path, **changes))
    assert said in str(refused.value.findings[0])
