"""The library's front door: tables in, samples that do not change, estimates out."""

from __future__ import annotations

import csv
import importlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peilstok.estimate import survey
from peilstok.estimate.survey import Sample

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


def wave(number: int) -> Sample:
    return survey.sample(table(f"board_wave{number}.csv"), strata="size_class", weights="weight", population="N_h")


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
    assert heading.split() == ["name", "estimate", "se", "low", "high", "cv", "n", "deff", "neff"]
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


def test_rows_without_a_value_are_refused_or_left_out_as_is_said(boards: Sample) -> None:
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


@pytest.fixture(scope="module")
def boards() -> Sample:
    return wave(3)


def agrees(found: survey.Found, case: dict[str, Any], *, rel: float = 1e-9) -> None:
    assert found.values == pytest.approx(np.atleast_1d(case["estimate"]), rel=rel)
    assert found.se == pytest.approx(np.atleast_1d(case["se"]), rel=rel)
    assert found.df == case["df"]


def test_shares_in_domains_have_the_intervals_of_r_each_on_its_own_degrees_of_freedom(boards: Sample) -> None:
    for method in ("mean", "logit", "xlogit", "beta"):
        case = expected(f"further/ci-by-lin-{method}")
        found = survey.share(boards, "policy", level="yes", interval=method, by="region")
        assert np.concatenate(found.limits) == pytest.approx([*case["ci_low"], *case["ci_high"]], rel=1e-8)
    apart = [survey.share(boards, "policy", level="yes", where={"region": name[:-11]}).df for name in found.names]
    assert found.columns()["df"] == apart
    assert found.note == ""


def test_the_interval_of_a_share_is_the_published_one_and_stays_within_0_and_1(boards: Sample) -> None:
    found = survey.share(boards, "policy")
    low, high = found.limits
    assert (low >= 0).all()
    assert (high <= 1).all()
    assert (low < found.values).all()
    log_odds = survey.share(boards, "policy", interval="xlogit")
    assert np.concatenate(found.limits) == pytest.approx(np.concatenate(log_odds.limits))
    earlier = wave(2)
    few = survey.share(earlier, "bar_other", level=1, where={"region": "north"}, missing="leave out")
    case = expected("ciprop-rare-beta")
    assert np.concatenate(few.limits) == pytest.approx([*case["ci_low"], *case["ci_high"]], rel=1e-9)


def test_a_share_of_none_or_of_all_has_an_interval_with_width(boards: Sample) -> None:
    for answer, value in (("yes", 0.0), ("no", 1.0)):
        found = survey.share(boards, "policy", level=answer, where={"policy": "no"})
        (low,), (high,) = found.limits
        assert found.values[0] == pytest.approx(value)
        assert 0 <= low < high <= 1
        assert value in (low, high)
        assert high - low < 0.1


def test_where_all_answers_are_equal_districts_count_and_not_their_schools(districts: Sample) -> None:
    """Clopper and Pearson's lower limit of n of n is (alpha / 2)^(1 / n)."""
    found = survey.share(districts, "sch.wide", level="Yes", where={"sch.wide": "Yes"})
    rows = [row for row in rows_of("apiclus1.csv") if row["sch.wide"] == "Yes"]
    schools = np.array(list(Counter(row["dnum"] for row in rows).values()))
    units = (schools.sum() ** 2 / (schools**2).sum() - 1) / (1 - 15 / 757)  # 15 of 757 districts
    assert units < 10
    assert found.limits[0][0] == pytest.approx(0.025 ** (1 / units))


def test_conditions_may_compare(boards: Sample) -> None:
    large = survey.mean(boards, "care", where={"pupils": (">=", 2000), "region": ("!=", "north")})
    rows = [row for row in rows_of("board_wave3.csv") if row["pupils"] >= 2000 and row["region"] != "north"]
    weights = np.array([row["weight"] for row in rows])
    assert large.values[0] == pytest.approx(np.average([row["care"] for row in rows], weights=weights))


def rows_of(name: str) -> list[dict[str, Any]]:
    columns = table(name)
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def test_options_are_shares_of_those_who_answered_or_of_picks(boards: Sample) -> None:
    options = ["bar_staff", "bar_money", "bar_housing", "bar_transport", "bar_other"]
    agrees(survey.multiple_response(boards, options), expected("further/multi-ans"))
    agrees(survey.multiple_response(boards, options, of="picks"), expected("further/multi-picks"))


def test_a_separate_ratio_takes_the_known_total_of_each_stratum(schools: Sample) -> None:
    known = {"E": 1877350, "H": 1013824, "M": 920298}
    agrees(
        survey.separate_ratio(schools, "api.stu", "enroll", strata="stype", known=known), expected("further/separate")
    )


def test_respondents_carry_the_weight_of_those_who_were_silent() -> None:
    case = expected("further/nr-ps")
    regions = {"centre": 141, "east": 170, "metro": 102, "north": 177, "south": 192, "west": 189}
    asked = survey.sample(table("further/board_inv.csv"), weights="w")
    weighted = survey.post_stratified(survey.respondents(asked, "responded", cells="size_class"), "region", regions)
    found = survey.total(weighted, "care"), survey.mean(weighted, "pupils")
    assert [each.values[0] for each in found] == pytest.approx(case["estimate"], rel=1e-9)
    assert [each.se[0] for each in found] == pytest.approx(case["se"], rel=1e-9)
    assert weighted.weights.sum() == pytest.approx(case["sum_weights"])
    with pytest.raises(ValueError, match="before any other step"):
        survey.respondents(weighted, "responded", cells="size_class")


def test_balanced_replicates_are_those_of_r_and_given_ones_are_used_as_given() -> None:
    columns = table("scd.csv")
    deaths = survey.sample(
        {**columns, "one": [1.0] * len(columns["ESA"])}, psus="ambulance", strata="ESA", weights="one", nest=True
    )
    weights = np.column_stack(list(table("fay-scd_weights.csv").values())).astype(np.float64)
    given = survey.replicated(deaths, weights, scale=1 / (weights.shape[1] * 0.7**2), combined=False)
    for sample, name in ((survey.balanced(deaths), "brr-scd"), (given, "fay-scd")):
        found, case = survey.ratio(sample, "alive", "arrests"), expected(name)
        assert [found.values[0], found.se[0], found.df] == pytest.approx(
            [case["estimate"][0], case["se"][0], case["df"]], rel=1e-9
        )
    assert survey.ratio(survey.balanced(deaths, rho=0.3), "alive", "arrests").se[0] == pytest.approx(
        expected("fay-scd")["se"][0], rel=0.02
    )  # R draws other half-samples from the same design


@pytest.mark.parametrize("kind", ["finite", "canty-davison", "multistage"])
def test_bootstraps_of_finite_populations_come_near_to_linearisation(schools: Sample, kind: Any) -> None:
    made = survey.bootstrapped(schools, replicates=400, rng=np.random.default_rng(5), kind=kind)
    assert survey.mean(made, "api00").se[0] == pytest.approx(survey.mean(schools, "api00").se[0], rel=0.2)


def test_a_change_in_the_stacked_way_is_that_of_r() -> None:
    case = expected("change-ratio")
    before, after = (
        survey.ratio(
            wave(number),
            "care",
            "pupils",
        )
        for number in (2, 3)
    )
    found = survey.change(before, after, unit="board_id", way="stacked_plain")
    [change] = found.each
    assert [change.before, change.after, change.absolute.value] == pytest.approx(case["estimate"][:3], rel=1e-9)
    assert change.absolute.se == pytest.approx(case["se"][2], rel=1e-9)
    assert change.relative is not None
    assert change.relative.se == pytest.approx(case["se"][3], rel=1e-9)


def test_a_change_at_the_same_boards_is_the_mean_of_their_differences(boards: Sample) -> None:
    columns = table("board_wave3.csv")
    difference = np.array(columns["care"]) - np.array(columns["waiting"])
    together = survey.sample(
        {**columns, "difference": difference}, strata="size_class", weights="weight", population="N_h"
    )
    before, after = (survey.mean(together, name) for name in ("waiting", "care"))
    paired = survey.mean(together, "difference")
    renamed = survey.contrast(after, {"waiting": "care"})
    found = survey.change(before, renamed, unit="board_id").columns()
    assert [found["change"][0], found["se"][0]] == pytest.approx([paired.values[0], paired.se[0]])


def test_a_change_of_shares_takes_the_margins_of_both_intervals() -> None:
    waves = [wave(number) for number in (2, 3)]
    shares = [survey.share(wave, "bar_other", level=1, missing="leave out") for wave in waves]
    found = survey.change(*shares, unit="board_id")
    [change], columns = found.each, found.columns()
    (low,), (high,) = shares[0].limits
    (low_after,), (high_after,) = shares[1].limits
    a, b, r = change.after - low_after, high - change.before, change.r
    assert columns["low"][0] == pytest.approx(columns["change"][0] - (a**2 + b**2 - 2 * r * a * b) ** 0.5)
    a, b = high_after - change.after, change.before - low
    assert columns["high"][0] == pytest.approx(columns["change"][0] + (a**2 + b**2 - 2 * r * a * b) ** 0.5)


def test_what_cannot_be_a_change_is_refused_with_what_would_be_right(boards: Sample, districts: Sample) -> None:
    mean = survey.mean(boards, "care")
    with pytest.raises(ValueError, match="same estimates: care; pupils"):
        survey.change(mean, survey.mean(boards, "pupils"), unit="board_id")
    with pytest.raises(ValueError, match="region must name the sampling units"):
        survey.change(mean, mean, unit="region")
    with pytest.raises(ValueError, match="choose one of overlap"):
        survey.change(mean, mean, unit="board_id", way="paired")
    replicated = survey.mean(survey.jackknifed(boards), "care")
    with pytest.raises(ValueError, match="no linearised values"):
        survey.change(replicated, replicated, unit="board_id")
    without = survey.mean(survey.sample(table("board_wave3.csv"), weights="weight"), "care")
    with pytest.raises(ValueError, match="population="):
        survey.change(without, without, unit="board_id")


def test_tests_and_quantiles_print_as_tables_and_go_to_other_libraries(districts: Sample) -> None:
    test = survey.t_test(districts, "enroll", "comp.imp")
    assert str(test).splitlines()[0].split() == ["name", "estimate", "se", "low", "high", "t", "df", "p"]
    assert str(test).splitlines()[1].split()[0] == "Yes-No"
    square = survey.chi_square(districts, "sch.wide", "stype")
    assert str(square).splitlines()[1].split()[0] == "F"
    assert square.columns()["value"] == pytest.approx([expected("chisq-F")["statistic"]])
    first = survey.chi_square(districts, "sch.wide", "stype", order=1)
    assert str(first).splitlines()[1].split()[3] == "inf"
    quartiles = survey.quantile(districts, "api00", [0.25, 0.5, 0.75])
    assert [each.estimate for each in quartiles] == quartiles.columns()["estimate"] == [552, 652, 719]
    assert quartiles.frame("pandas").shape == (3, 6)


def test_a_contrast_of_several_analyses_has_the_covariance_of_any_two(schools: Sample) -> None:
    parts = [survey.total(schools, "api.stu"), survey.total(schools, "enroll")]
    divided, ratio = survey.contrast(parts, {"r": "_1 / enroll"}), survey.ratio(schools, "api.stu", "enroll")
    assert [divided.values[0], divided.se[0]] == pytest.approx([ratio.values[0], ratio.se[0]])
    replicated = survey.jackknifed(schools)
    parts = [survey.total(replicated, "api.stu"), survey.total(replicated, "enroll")]
    assert survey.contrast(parts, {"r": "_1 / enroll"}).se[0] == pytest.approx(ratio.se[0], rel=0.01)
    logarithm = survey.contrast(ratio, {"log": "log(_1)"})
    assert logarithm.se[0] == pytest.approx(ratio.se[0] / ratio.values[0])
    with pytest.raises(ValueError, match="of one sample"):
        survey.contrast([parts[0], ratio], {"r": "_1 / _2"})
    with pytest.raises(TypeError, match="totals, means, shares or ratios"):
        survey.contrast(survey.quantile(schools, "api00", 0.5), {"r": "_1"})  # type: ignore[arg-type]


def test_numbers_that_name_groups_are_not_taken_for_numbers(schools: Sample) -> None:
    columns = table("apistrat.csv")
    years = survey.sample({**columns, "year": [2019, 2020] * 100}, strata="stype", weights="pw", population="fpc")
    found = survey.mean(years, "api00", by="year")
    with pytest.raises(ValueError, match=r"names no estimate; .*_1 \(2019\)"):
        survey.contrast(found, {"change": "2020 - 2019"})
    assert survey.contrast(found, {"change": "_2 - _1"}).values[0] == pytest.approx(found.values[1] - found.values[0])


@pytest.mark.filterwarnings("ignore:an estimate is not defined")
def test_a_domain_that_a_replicate_lacks_leaves_the_others_as_they_are(districts: Sample) -> None:
    columns = table("apiclus1.csv")
    group = ["a" if each == 637 else "b" if each == 61 else "c" for each in columns["dnum"]]
    replicated = survey.jackknifed(survey.sample({**columns, "g": group}, psus="dnum", weights="pw", population="fpc"))
    apart = survey.mean(replicated, "api00", where={"g": "c"})
    together = survey.mean(replicated, "api00", by="g")
    assert together.se[2] == pytest.approx(apart.se[0])
    assert apart.se[0] == pytest.approx(29.48318, abs=5e-6)  # R: svyby(~api00, ~g, j, svymean)
    assert len(survey.mean(replicated, "api00", by="dnum").names) == 15


def test_conditions_are_values_lists_of_values_and_comparisons(schools: Sample) -> None:
    found = survey.total(schools, "enroll", where={"stype": ["E", "H"], "enroll": [(">=", 100), ("<", 400)]})
    rows = [row for row in rows_of("apistrat.csv") if row["stype"] in "EH" and 100 <= row["enroll"] < 400]
    assert found.values[0] == pytest.approx(sum(row["pw"] * row["enroll"] for row in rows))
    assert found.columns()["n"] == [len(rows)]


def test_a_number_that_nobody_has_is_a_share_of_none_and_a_text_a_slip(boards: Sample) -> None:
    none = survey.share(boards, "trust", level=9, missing="leave out")
    assert none.values[0] == none.limits[0][0] == 0
    assert 0 < none.limits[1][0] < 0.05
    with pytest.raises(ValueError, match="no level 'perhaps'; it has no, yes"):
        survey.share(boards, "policy", level="perhaps")


def test_options_have_intervals_within_0_and_1(boards: Sample) -> None:
    options = ["bar_staff", "bar_other"]
    for of in ("answerers", "picks"):
        found = survey.multiple_response(boards, options, of=of, by="region")
        assert (found.limits[0] >= 0).all()
        assert (found.limits[0] < found.values).all()
        assert (found.limits[1] <= 1).all()


@pytest.mark.parametrize(
    ("does", "said"),
    [
        (lambda s: survey.mean(s, "care", missing="each"), "missing: 'each'; wanted is one of 'refuse'"),
        (lambda s: survey.share(s, "policy", interval="korn"), "interval: 'korn'; wanted is one of 'published'"),
        (lambda s: survey.mean(s, "care", deff=True), "deff: True; wanted is one of 'srswor' or 'srswr'"),
        (lambda s: survey.quantile(s, "care", 50), "probabilities: 50"),
        (lambda s: survey.quantile(s, "care", 0.5, rule="hf8"), "rule: 'hf8'; wanted is one of 'math'"),
        (lambda s: survey.mean(s, "care", where={"pupils": ("~", 5)}), "where: '~'; wanted is one of '=='"),
        (lambda s: survey.bootstrapped(s, replicates=5, rng=1, kind="subbootstrap"), "kind: 'subbootstrap'; wanted"),
        (lambda s: survey.chi_square(s, "policy", "region", order=3), "order: 3; wanted is one of 1, 2"),
        (lambda s: survey.sample(s.table.columns, unequal=True), "unequal chances need them in a column: fractions"),
        (lambda s: survey.diagnosed(s, "trust"), "trust: row "),
    ],
)
def test_arguments_that_are_none_are_refused_in_the_words_of_the_call(boards: Sample, does: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        does(boards)


def test_what_is_no_table_and_no_condition_is_refused(boards: Sample) -> None:
    with pytest.raises(TypeError, match="where is a mapping"):
        survey.mean(boards, "care", where="pupils > 5")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a table is a mapping of columns"):
        survey.sample([{"a": 1}])


def test_a_change_in_domains_counts_the_boards_of_each() -> None:
    waves = [wave(number) for number in (2, 3)]
    by = survey.change(*(survey.mean(wave, "care", by="region") for wave in waves), unit="board_id").columns()
    alone = survey.change(
        *(survey.mean(wave, "care", where={"region": "metro"}) for wave in waves), unit="board_id"
    ).columns()
    metro = by["name"].index("metro")
    for column in ("change", "se", "low", "high", "shared", "df"):
        assert by[column][metro] == pytest.approx(alone[column][0])
    both = set.intersection(
        *({row["board_id"] for row in rows_of(f"board_wave{wave}.csv") if row["region"] == "metro"} for wave in (2, 3))
    )
    assert by["shared"][metro] == len(both)


def test_a_notebook_shows_the_table(districts: Sample) -> None:
    found = survey.mean(districts, "api00")
    assert repr(found) == str(found)
    assert found._repr_html_().startswith("<table><thead><tr><th>name</th><th>estimate</th>")
    assert "<td>644.169</td>" in found._repr_html_()


def test_a_sample_shows_its_size_and_its_weights(districts: Sample) -> None:
    assert repr(districts) == "<sample of 183 rows: 15 sampled units in 1 stratum; weights 33.847 to 33.847, sum 6194>"
    totals = {"E": 4421, "H": 755, "M": 1018}
    assert repr(survey.jackknifed(survey.post_stratified(districts, "stype", totals))).endswith(
        "sum 6194; 1 step of weighting; 15 replicates>"
    )


def test_a_contrast_that_names_nothing_is_told_what_there_is(schools: Sample) -> None:
    found = survey.mean(schools, ["api00", "api99"], by="stype")
    with pytest.raises(ValueError, match=r"no estimate 'E'; .*_1 \(E:api00\)"):
        survey.contrast(found, {"gain": "E - _4"})


def test_columns_of_different_lengths_and_unknown_words_are_refused(schools: Sample) -> None:
    with pytest.raises(ValueError, match="one length"):
        survey.sample({"a": [1, 2], "b": [1]})
    with pytest.raises(TypeError, match="weighted"):
        survey.total(schools, "enroll", weighted=True)  # type: ignore[call-arg]
