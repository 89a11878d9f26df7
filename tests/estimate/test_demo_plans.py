"""The three plans of the demo: every published figure, and only items that the questionnaires have."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from peilstok.estimate import Plan, read_plan
from peilstok.estimate.measures import Share
from peilstok.estimate.plan import figure_name
from peilstok.terms import DomainKey, FigureName

DEMO = Path(__file__).resolve().parents[2] / "demo" / "2020"
WAVES = ("wave-1", "wave-2", "wave-3")
DOMAINS = {"all": DomainKey("all"), "without (v)so": DomainKey("without_vso")}


def plan(wave: str) -> Plan:
    file = DEMO / wave / "plan.yaml"
    return read_plan(file.read_text(encoding="utf-8"), file=str(file))


def published() -> list[dict[str, str]]:
    with (DEMO / "published_figures.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("wave", WAVES)
def test_a_plan_yields_every_published_figure_of_its_wave_with_its_kind_and_unit(wave: str) -> None:
    planned = {
        figure_name(estimand.name, domain): (str(estimand.kind), str(estimand.unit))
        for estimand in plan(wave).estimands
        for domain in estimand.domains
    }
    rows = {
        figure_name(FigureName(row["figure"]), DOMAINS[row["domain"]]): (row["estimand"], row["unit"])
        for row in published()
        if f"wave-{row['wave']}" == wave
    }
    assert rows
    assert {name: planned.get(name) for name in rows} == rows


@pytest.mark.parametrize("wave", WAVES)
def test_a_plan_counts_its_boards_and_their_pupils(wave: str) -> None:
    assert {"respondents", "pupils_represented", "coverage_of_pupils"} <= {each.name for each in plan(wave).estimands}


@pytest.mark.parametrize("wave", WAVES)
def test_shares_of_boards_count_those_that_do_not_know(wave: str) -> None:
    # The published shares of municipal care in wave 3 add up to 100, those of the expectation to 92: what is missing
    # is in the base.
    measures = [estimand.measure for estimand in plan(wave).estimands]
    assert all(measure.dont_know_counts for measure in measures if isinstance(measure, Share))


@pytest.mark.parametrize("wave", WAVES)
def test_what_a_plan_releases_has_a_role_and_a_reason_in_both_languages(wave: str) -> None:
    for release in plan(wave).releases:
        assert release.by == "poll officer (demo)"
        assert release.reason.nl != release.reason.en


def test_figures_whose_question_changed_are_declared_as_breaks() -> None:
    assert {(each.figure, each.between) for each in plan("wave-3").breaks} == {
        ("vulnerable", ("wave-2", "wave-3")),
        ("care_external", ("wave-2", "wave-3")),
    }
