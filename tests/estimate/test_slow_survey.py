"""The front door gives what loops over rows give: designs of one to three stages, domains, missing values, post-strata.

Each of the two tests draws 500 designs in a run (5,000 each were drawn once). Drawn are: strata at any stage;
populations at none, the first or all stages; weights given or from the populations; strata with one unit, by two rules;
labels of units that are used again.
"""

from __future__ import annotations

from math import isnan, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from peilstok.estimate import survey
from peilstok.estimate.survey import Found
from tests.estimate.slow_survey import Row, Survey

EXAMPLES = 500
LEVELS = ("a", "b", "c")


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    stages, lonely = draw(st.integers(1, 3)), draw(st.sampled_from(["none", "certainty", "adjust"]))
    stratified = [draw(st.booleans()) for _ in range(stages)]
    known = draw(st.sampled_from([0, 1, stages]))
    derived, nest = draw(st.booleans()) and known == stages, draw(st.booleans())
    rows = [
        row | {"w": float(rng.integers(1, 9)), "d": str(rng.choice(LEVELS)), "cell": str(rng.choice(["p", "q"]))}
        for row in _drawn(rng, 0, stratified, 1 if lonely != "none" else 2, "" if nest else "h")
    ]
    for row in rows:
        row["y"] = nan if rng.random() < 0.15 else float(rng.integers(-5, 20))
        row["x"] = nan if rng.random() < 0.1 else float(rng.integers(1, 6))
    post = draw(st.booleans())
    return Survey(
        rows=rows,
        units=[f"u{stage}" for stage in range(stages)],
        strata=[f"h{stage}" if there else None for stage, there in enumerate(stratified)],
        population=[f"N{stage}" if stage < known else None for stage in range(stages)],
        weights=None if derived else "w",
        nest=nest,
        lonely="certainty" if lonely == "none" else lonely,
        cells="cell" if post else None,
        known={cell: float(rng.integers(50, 500)) for cell in {row["cell"] for row in rows}} if post else None,
    )


def _drawn(rng: np.random.Generator, stage: int, stratified: list[bool], least: int, prefix: str) -> list[Row]:
    """Rows of the units of a stage; labels start anew in each unit of the one before, and if nested in each stratum."""
    if stage == len(stratified):
        return [{} for _ in range(rng.integers(1, 3))]
    rows: list[Row] = []
    for stratum in range(rng.integers(1, 4 if stage == 0 else 3) if stratified[stage] else 1):
        count = int(rng.integers(least, 4 if stage == 0 else 3))
        own = {f"h{stage}": f"h{stratum}", f"N{stage}": float(count + rng.choice([0, 1, 9]))}
        for unit in range(count):
            label = f"{prefix and f'{prefix}{stratum}-'}{unit}"
            rows += [own | {f"u{stage}": label} | each for each in _drawn(rng, stage + 1, stratified, least, prefix)]
    return rows


def sampled(drawn: Survey) -> Any:
    """The same survey at the front door."""
    table = {name: [None if _missing(row[name]) else row[name] for row in drawn.rows] for name in drawn.rows[0]}
    strata = [f"h{stage}" if name else "one" for stage, name in enumerate(drawn.strata)]
    found = survey.sample(
        table | {"one": ["1"] * len(drawn.rows)},
        psus=drawn.units,
        strata=strata,
        weights=drawn.weights,
        population=[name for name in drawn.population if name is not None],
        nest=drawn.nest,
        lonely=drawn.lonely,  # type: ignore[arg-type]
    )
    return survey.post_stratified(found, drawn.cells, drawn.known) if drawn.cells and drawn.known else found


def _missing(value: object) -> bool:
    return isinstance(value, float) and isnan(value)


def column(drawn: Survey, name: str, inside: list[bool]) -> list[float]:
    """Values of the rows inside, 0 outside: a domain keeps all rows."""
    return [row[name] if there else 0.0 for row, there in zip(drawn.rows, inside, strict=True)]


def ones(inside: list[bool]) -> list[float]:
    return [float(there) for there in inside]


def slowly(drawn: Survey, kind: str, inside: list[bool]) -> tuple[float, list[float]]:
    y = column(drawn, "y", inside)
    if kind == "total":
        return drawn.total(y)
    return drawn.ratio(y, ones(inside) if kind == "mean" else column(drawn, "x", inside))


def quickly(sample: Any, kind: str, **where: Any) -> Found:
    if kind == "ratio":
        return survey.ratio(sample, "y", "x", missing="leave out", **where)
    return {"total": survey.total, "mean": survey.mean}[kind](sample, "y", missing="leave out", **where)


def answered(drawn: Survey, kind: str) -> list[bool]:
    names = ("y", "x") if kind == "ratio" else ("y",)
    return [not any(isnan(row[name]) for name in names) for row in drawn.rows]


@settings(max_examples=EXAMPLES, deadline=None)
@given(surveys(), st.sampled_from(["total", "mean", "ratio"]))
def test_estimates_in_domains_have_the_covariance_that_loops_find(drawn: Survey, kind: str) -> None:
    there = answered(drawn, kind)
    domains = {
        level: [row["d"] == level and known for row, known in zip(drawn.rows, there, strict=True)] for level in LEVELS
    }
    domains = {level: inside for level, inside in domains.items() if any(inside)}
    assume(domains)
    found = quickly(sampled(drawn), kind, by="d")
    assert found.names == tuple(domains)
    expected = {level: slowly(drawn, kind, inside) for level, inside in domains.items()}
    assert found.values == pytest.approx([estimate for estimate, _ in expected.values()], rel=1e-9, abs=1e-9)
    covariance = [[drawn.covariance(a, b) for _, b in expected.values()] for _, a in expected.values()]
    largest = max(1.0, *(abs(drawn.variance(errors)) for _, errors in expected.values()))
    assert found.covariance == pytest.approx(np.array(covariance), rel=1e-8, abs=1e-9 * largest)
    assert found.df == drawn.degrees_of_freedom([True] * len(drawn.rows))


@settings(max_examples=EXAMPLES, deadline=None)
@given(surveys(), st.sampled_from(["total", "mean", "ratio"]), st.sampled_from(LEVELS))
def test_one_domain_and_all_rows_have_the_error_and_the_degrees_that_loops_find(
    drawn: Survey, kind: str, level: str
) -> None:
    sample, there = sampled(drawn), answered(drawn, kind)
    domain = [row["d"] == level for row in drawn.rows]
    for where, rows in (({"d": level}, domain), (None, [True] * len(domain))):
        inside = [one and known for one, known in zip(rows, there, strict=True)]
        if not any(inside):
            continue
        found, (estimate, errors) = quickly(sample, kind, where=where), slowly(drawn, kind, inside)
        variance = drawn.variance(errors)
        assert found.values[0] == pytest.approx(estimate, rel=1e-9, abs=1e-9)
        assert found.covariance[0, 0] == pytest.approx(variance, rel=1e-8, abs=1e-9 * max(1.0, abs(estimate) ** 2))
        assert found.df == drawn.degrees_of_freedom(rows)
