"""What must hold whatever the numbers are, from the front door of the library."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.estimate import survey

Table = dict[str, list[Any]]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Boards in two or three strata, in clusters or alone, with two numbers and a domain of three levels."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    strata = draw(st.integers(2, 3))
    sizes = [draw(st.integers(3, 8)) for _ in range(strata)]
    rows = [(h, psu) for h, size in enumerate(sizes) for psu in range(size) for _ in range(rng.integers(1, 4))]
    count = len(rows)
    return {
        "stratum": [f"h{h}" for h, _ in rows],
        "psu": [f"h{h}p{psu}" for h, psu in rows],
        "N": [20.0 * (h + 1) for h, _ in rows],
        "w": rng.uniform(1, 9, count).tolist(),
        "y": rng.normal(10, 4, count).tolist(),
        "x": rng.uniform(1, 5, count).tolist(),
        "domain": rng.choice(["a", "b", "c"], count).tolist(),
    }


def sampled(table: Table) -> Any:
    return survey.sample(table, psus="psu", strata="stratum", weights="w", population="N")


def told(table: Table) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Estimates and standard errors of a total, a mean and a ratio."""
    sample = sampled(table)
    found = [survey.total(sample, "y"), survey.mean(sample, "y"), survey.ratio(sample, "y", "x")]
    return np.array([[each.values[0], each.se[0]] for each in found])


@given(tables(), st.randoms())
@settings(max_examples=40)
def test_the_order_of_the_rows_changes_nothing(table: Table, random: Any) -> None:
    order = list(range(len(table["w"])))
    random.shuffle(order)
    mixed = {name: [column[place] for place in order] for name, column in table.items()}
    assert told(mixed) == pytest.approx(told(table), rel=1e-9)


@given(tables(), st.floats(0.1, 0.9))
@settings(max_examples=40)
def test_a_row_in_two_parts_of_one_psu_counts_as_one(table: Table, part: float) -> None:
    split = {name: [*column, column[0]] for name, column in table.items()}
    split["w"] = [table["w"][0] * part, *table["w"][1:], table["w"][0] * (1 - part)]
    assert told(split) == pytest.approx(told(table), rel=1e-9)


@given(tables())
@settings(max_examples=40)
def test_the_names_of_strata_and_psus_change_nothing(table: Table) -> None:
    renamed = {
        **table,
        "stratum": [f"z{name}" for name in table["stratum"]],
        "psu": [name[::-1] for name in table["psu"]],
    }
    assert told(renamed) == pytest.approx(told(table), rel=1e-9)


@given(tables())
@settings(max_examples=40)
def test_totals_of_domains_add_up_to_the_total_and_so_does_their_covariance(table: Table) -> None:
    sample = sampled(table)
    parts, whole = survey.total(sample, "y", by="domain"), survey.total(sample, "y")
    assert parts.values.sum() == pytest.approx(whole.values[0], rel=1e-9)
    assert parts.covariance.sum() == pytest.approx(whole.covariance[0, 0], rel=1e-6)


@given(tables())
@settings(max_examples=40)
def test_a_total_that_weights_were_calibrated_to_is_met_and_certain(table: Table) -> None:
    sample = sampled(table)
    known = {"(Intercept)": float(sum(table["w"])) * 1.1, "x": float(np.dot(table["w"], table["x"])) * 1.12}
    found = survey.total(survey.calibrated(sample, known), "x")
    assert found.values[0] == pytest.approx(known["x"], rel=1e-9)
    assert found.se[0] <= 1e-6 * known["x"]


@given(tables())
@settings(max_examples=40)
def test_post_stratified_domains_of_the_cells_are_known(table: Table) -> None:
    totals = {level: 50.0 + 10 * place for place, level in enumerate(sorted(set(table["domain"])))}
    weighted = survey.post_stratified(sampled(table), "domain", totals)
    counted = survey.total(with_ones(weighted), "one", by="domain")
    assert dict(zip(counted.names, counted.values, strict=True)) == pytest.approx(totals)
    assert counted.se == pytest.approx(np.zeros(len(totals)), abs=1e-6)


def with_ones(sample: Any) -> Any:
    return replace(sample, table=sample.table.with_numbers("one", np.ones(sample.table.rows)))


@given(tables())
@settings(max_examples=25)
def test_the_jackknife_of_a_total_is_its_linearisation(table: Table) -> None:
    sample = sampled(table)
    jackknifed, linearised = survey.total(survey.jackknifed(sample), "y"), survey.total(sample, "y")
    assert jackknifed.se == pytest.approx(linearised.se, rel=1e-8)


@given(tables())
@settings(max_examples=25)
def test_a_contrast_of_domains_is_that_of_the_ratio_of_their_totals(table: Table) -> None:
    """A mean in a domain is the ratio of two totals, by the delta method from their covariance."""
    sample = sampled(table)
    inside = min(set(table["domain"]))
    means = survey.mean(sample, "y", by="domain")
    ones = survey.total(with_ones(sample), ["y", "one"], by="domain")
    place = [name.partition(":")[0] for name in ones.names].index(inside)
    levels = len(means.names)
    ratio = survey.contrast(ones, {"mean": f"_{place + 1} / _{place + 1 + levels}"})
    at = means.names.index(inside)
    assert (ratio.values[0], ratio.se[0]) == pytest.approx((means.values[at], means.se[at]), rel=1e-8, abs=1e-6)
