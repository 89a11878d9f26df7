"""Every argument of the library does what the same key of a job does, which R's numbers are held against."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peilstok.estimate import survey
from peilstok.estimate.jobs import results
from peilstok.estimate.survey import Sample
from tests.estimate.test_survey import FOLDER, expected, table

BOARDS: dict[str, Any] = {"strata": ["size_class"], "weights": "weight", "fpc": ["N_h"]}
PUBLIC = [{"variable": "denomination", "op": "==", "value": "public"}]
ONLY_PUBLIC = {"denomination": "public"}
TOTALS = {"kind": "intercept", "total": 971}, {"kind": "numeric", "variable": "pupils", "total": 1_500_000}
KNOWN = {"s1_one": 9000, "s2_2to5": 200_000, "s3_6to14": 600_000, "s4_15plus": 800_000}


def boards(**how: Any) -> Sample:
    given = {"strata": "size_class", "weights": "weight", "population": "N_h"} | how
    return survey.sample(table("board_wave3.csv"), **given)


def calibrated(**how: Any) -> Sample:
    return survey.calibrated(boards(), {"(Intercept)": 971, "pupils": 1_500_000}, **how)


def replicated(**how: Any) -> Sample:
    return survey.replicated(boards(), np.column_stack(list(table("further/w3_rep.csv").values())), **how)


def mean(sample: Sample) -> Any:
    return survey.mean(sample, "care")


MEAN = {"type": "mean", "variable": "care"}
FILE = {"source": "file", "file": "further/w3_rep.csv", "scale": 0.05}
ALIKE: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "bounds": (
        lambda: mean(calibrated(bounds=(0.8, 1.2))),
        {"calibration": [{"method": "calibrate", "constraints": TOTALS, "bounds": [0.8, 1.2]}], "estimand": MEAN},
    ),
    "distance": (
        lambda: mean(calibrated(distance="raking")),
        {"calibration": [{"method": "calibrate", "constraints": TOTALS, "calfun": "raking"}], "estimand": MEAN},
    ),
    "within": (
        lambda: mean(survey.calibrated(boards(), {"(Intercept)": {"no": 480, "yes": 491}}, within="policy")),
        {
            "calibration": [
                {
                    "method": "calibrate",
                    "constraints": [{"kind": "intercept", "total": {"no": 480, "yes": 491}}],
                    "within": ["policy"],
                }
            ],
            "estimand": MEAN,
        },
    ),
    "rscales": (
        lambda: mean(replicated(scale=0.05, combined=False, rscales=[0.5] * 20)),
        {"replicates": FILE | {"rscales": 0.5}, "estimand": MEAN},
    ),
    "mse": (
        lambda: mean(replicated(scale=0.05, combined=False, mse=True)),
        {"replicates": FILE | {"mse": True}, "estimand": MEAN},
    ),
    "where of a quantile": (
        lambda: survey.quantile(boards(), "pupils", [0.5], where=ONLY_PUBLIC),
        {"estimand": {"type": "quantile", "variable": "pupils", "probs": [0.5], "where": PUBLIC}},
    ),
    "where of a t test": (
        lambda: survey.t_test(boards(), "care", "policy", where=ONLY_PUBLIC),
        {"estimand": {"type": "ttest", "variable": "care", "group": "policy", "where": PUBLIC}},
    ),
    "by of multiple response": (
        lambda: survey.multiple_response(boards(), ["bar_staff", "bar_money"], by="region"),
        {"estimand": {"type": "multi_response", "options": ["bar_staff", "bar_money"], "by": ["region"]}},
    ),
    "known totals": (
        lambda: survey.separate_ratio(boards(), "care", "pupils", strata="size_class", known=KNOWN),
        {
            "estimand": {
                "type": "separate_ratio_total",
                "numerator": "care",
                "denominator": "pupils",
                "by_stratum": "size_class",
                "known_totals": KNOWN,
            }
        },
    ),
    "fractions": (
        lambda: mean(survey.sample(with_fractions(), strata="size_class", weights="weight", fractions="f")),
        {"design": {"strata": ["size_class"], "weights": "weight", "fpc": ["N_h"]}, "estimand": MEAN},
    ),
}


def with_fractions() -> dict[str, Any]:
    columns = table("board_wave3.csv")
    strata = np.array(columns["size_class"])
    sampled = np.array([float((strata == each).sum()) for each in strata])
    return {**columns, "f": sampled / np.array(columns["N_h"])}


@pytest.mark.parametrize("what", ALIKE)
def test_an_argument_does_what_the_key_of_a_job_does(what: str, tmp_path: Path) -> None:
    does, given = ALIKE[what]
    job = {"dataset": "board_wave3.csv", "design": BOARDS, **given}
    for name in ("board_wave3.csv", "further/w3_rep.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(FOLDER / name)
    (tmp_path / "job.json").write_text(json.dumps(job))
    printed, columns = results.run(tmp_path / "job.json"), does().columns()
    assert columns["estimate"] == pytest.approx(printed["estimate"], rel=1e-9)
    assert columns["se"] == pytest.approx(printed["se"], rel=1e-7)


def test_a_design_effect_stands_beside_whatever_interval_is_asked_for() -> None:
    alone = survey.mean(boards(), "pupils", deff="srswor").columns()
    assert alone["neff"] == pytest.approx([alone["n"][0] / alone["deff"][0]])
    each = [
        survey.share(boards(), "policy", level="yes", interval=name, deff="srswor").columns()["deff"][0]
        for name in ("published", "mean", "xlogit", "beta")
    ]
    assert each == pytest.approx([each[0]] * 4)
    assert "deff" in survey.ratio(boards(), "care", "pupils", deff="srswor").columns()


def test_the_change_of_calibrated_estimates_has_what_calibration_leaves() -> None:
    plain, weighted = (survey.total(each, "pupils") for each in (boards(), calibrated()))
    assert survey.change(plain, plain, unit="board_id").each[0].r == pytest.approx(1)
    fixed = survey.change(
        weighted, survey.contrast(survey.total(calibrated(), "care"), {"pupils": "care"}), unit="board_id"
    )
    alone = survey.total(calibrated(), "care").se[0]
    assert fixed.each[0].absolute.se == pytest.approx(alone, rel=1e-6)  # a total that is known adds nothing


def test_a_sample_does_not_change_with_what_it_was_made_from() -> None:
    sample, weights = boards(), np.column_stack(list(table("further/w3_rep.csv").values()))
    made = survey.replicated(sample, weights, scale=0.05, combined=False)
    before = mean(made).se[0]
    weights[:] = 1
    assert mean(made).se[0] == before
    with pytest.raises(ValueError, match="read-only"):
        sample.weights[:] *= 2


def test_columns_beyond_the_stages_of_a_design_are_refused() -> None:
    with pytest.raises(ValueError, match="strata: size_class, region; a column for each of the stages, here 1"):
        boards(strata=["size_class", "region"])


def test_a_missing_value_outside_the_domain_refuses_nothing() -> None:
    columns = table("board_wave3.csv")
    known = [float(value is not None) for value in columns["hours"]]
    sample = survey.sample({**columns, "known": known}, strata="size_class", weights="weight", population="N_h")
    inside = survey.mean(sample, "hours", where={"known": 1})
    assert inside.values[0] == survey.mean(sample, "hours", missing="leave out").values[0]


def test_places_may_be_written_for_every_name_and_words_of_python_are_no_names() -> None:
    columns = table("board_wave3.csv")
    words = survey.sample({**columns, "word": ["in" if each == "yes" else "or" for each in columns["policy"]]})
    found = survey.mean(words, "care", by="word")
    difference = survey.contrast(found, {"d": "_1 - _2"})
    assert difference.values[0] == pytest.approx(found.values[0] - found.values[1])
    named = survey.mean(boards(), ["care", "pupils"])
    assert (
        survey.contrast(named, {"r": "_1 / pupils"}).values[0] == survey.contrast(named, {"r": "care / _2"}).values[0]
    )


def test_few_clusters_that_said_it_are_rare_however_many_rows_they_have() -> None:
    """Of 30 clusters of 20 rows that are alike two said it: 40 rows, and no logit interval."""
    psus = np.repeat(np.arange(30), 20)
    sample = survey.sample({"psu": psus, "said": (psus < 2).astype(float)}, psus="psu")
    found, beta = (survey.share(sample, "said", level=1, interval=name) for name in ("published", "beta"))
    assert [each[0] for each in found.limits] == pytest.approx([each[0] for each in beta.limits])


def test_given_replicates_have_no_more_units_than_their_degrees_of_freedom() -> None:
    psus = np.repeat(np.arange(12), 20)
    factors = np.where(psus[:, None] == np.arange(12), 0.0, 12 / 11)
    rows = survey.sample({"all": [1.0] * 240})
    given = survey.share(survey.replicated(rows, factors, scale=11 / 12, combined=False), "all", level=1)
    assert given.limits[0][0] == pytest.approx(0.025 ** (1 / 11))


def test_weights_that_a_calibration_made_negative_are_used_as_r_uses_them() -> None:
    """R: g <- calibrate(ds, ~enroll, c(6194, 6194 * 1600)); then svymean, svychisq, svyquantile, svyciprop."""
    schools = survey.sample(table("apistrat.csv"), strata="stype", weights="pw", population="fpc")
    negative = survey.calibrated(schools, {"(Intercept)": 6194, "enroll": 6194 * 1600})
    assert negative.weights.min() < -59
    assert survey.mean(negative, "api00", deff="srswor").columns()["deff"][0] == pytest.approx(3.6632, abs=5e-5)
    assert survey.chi_square(negative, "awards", "sch.wide").statistic == pytest.approx(44.434, abs=5e-4)
    [median] = survey.quantile(negative, "api00", 0.5)
    assert (median.estimate, median.low, median.high) == (592, 539, 646)
    assert median.se == pytest.approx(27.12873, abs=5e-6)
    beta = survey.share(negative, "awards", level="Yes", interval="beta").limits
    assert [round(float(limit[0]), 3) for limit in beta] == [0.282, 0.512]
    edge = survey.share(negative, "awards", level="Yes", where={"awards": "Yes"})
    assert edge.limits[1][0] == 1
    with pytest.raises(ValueError, match="the weight is -1; every weight must be a number from 0"):
        survey.sample({"w": [1, -1]}, weights="w")


@pytest.mark.parametrize("rule", ["adjust", "average", "certainty", "remove"])
@pytest.mark.parametrize("in_domains", [True, False])
def test_rules_of_lonely_strata_are_those_of_r_in_domains_too(rule: Any, in_domains: bool) -> None:
    case = expected(f"further/lonely-by-{rule}-{str(in_domains).upper()}")
    pulse = survey.sample(
        table("board_pulse.csv"),
        strata="fine",
        weights="w_fine",
        population="N_fine",
        lonely=rule,
        lonely_in_domains=in_domains,
    )
    assert survey.mean(pulse, "pupils", by="region").se == pytest.approx(case["se"], rel=1e-9)


def test_chances_that_differ_give_the_variance_of_brewer() -> None:
    case, columns = expected("further/brewer"), table("further/election_pps.csv")
    counties = survey.sample(columns, fractions="p", unequal=True)
    found = survey.total(counties, ["Bush", "Kerry", "Nader"])
    assert found.values == pytest.approx(case["estimate"], rel=1e-9)
    assert found.se == pytest.approx(case["se"], rel=1e-9)
    with pytest.raises(ValueError, match="unequal chances need them in a column"):
        survey.sample(columns, unequal=True)
    with pytest.raises(ValueError, match="not both"):
        survey.sample(columns, fractions="p", population="p")
