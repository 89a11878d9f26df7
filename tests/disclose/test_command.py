"""`peilstok figures`: the figures of a wave from its answers, on the screen and as a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from typer.testing import CliRunner, Result

from peilstok.audit import trail
from peilstok.cli import app, surroundings
from peilstok.collect import seals, waves
from peilstok.collect.models import Revision, Wave
from peilstok.collect.wavefile import read
from peilstok.disclose import figures
from peilstok.errors import NotNow
from peilstok.terms import FigureName, WaveId
from tests.collect import fielding
from tests.estimate.boards import WORDS

PLAN = f"""
format: peilstok/plan/1
wave: wave-3
population: {{nl: besturen, en: boards}}
bases: {{boards: {{nl: besturen, en: boards}}}}
disclosure: {{minimum_contributors: 2}}
estimands:
  in_care: {{kind: ratio, numerator: in_care, denominator: pupils, {WORDS}}}
  lead_school: {{kind: share, item: lead, is: school, {WORDS}}}
"""


@pytest.fixture(autouse=True)
def _the_tests_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command would start its own."""
    monkeypatch.setattr(surroundings, "open_database", lambda: None)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["figures", *arguments])


def wave(plan: str = PLAN) -> Wave:
    """An open wave on four boards."""
    files = {"questionnaire.yaml": fielding.QUESTIONNAIRE, "plan.yaml": plan}
    text = fielding.WAVE + ("plan: plan.yaml\n" if plan else "")
    fielding_file = read(text, file="wave.yaml", beside=lambda name: files[name])
    frame = fielding.frame()
    fielding.addresses()
    made = waves.create_wave(file=fielding_file, frame=frame, by="command", moment=fielding.BEFORE)
    return waves.open_wave(wave=made, by="command", moment=fielding.OPENS)


@transaction.atomic
def answered(wave: Wave, number: str, in_care: int, lead: str) -> None:
    """The board confirmed this, and the trail says so."""
    invitation = fielding.invitation(wave, number)
    revision = Revision.objects.create(
        invitation=invitation,
        number=1,
        draft_version=1,
        reference="X",
        answers={},
        counted={"pupils": 200, "in_care": in_care, "lead": lead},
        prefilled={},
        questionnaire_fingerprint="f" * 64,
        confirmed_at=fielding.DURING,
    )
    trail.record(
        act="answer.confirm",
        actor=f"invitation:{invitation.pk}",
        subject=f"wave:{wave.pk}",
        moment=fielding.DURING,
        details={"revision": 1, "reference": "X", "answers": seals.of_answers(revision)},
    )


@pytest.mark.django_db
def test_a_word_that_is_no_command_is_a_wave_whose_figures_are_shown() -> None:
    made = wave()
    for number, in_care in (("99001", 10), ("99002", 20), ("99003", 30)):
        answered(made, number, in_care, "school")
    for shown in (run("wave-3"), run("show", "wave-3")):
        assert shown.exit_code == 0
        assert "wave-3, 2020-04-06: 3 of 4 boards answered" in shown.output
        assert "in_care                            3  10.00 (" in shown.output
        assert "lead_school: rests on too few boards (fewer than 2, or nearly all of it on two)" in shown.output


@pytest.mark.django_db
def test_a_share_of_pupils_is_shown_with_the_decimals_that_it_has() -> None:
    made = wave(PLAN.replace("minimum_contributors: 2", "minimum_contributors: 0"))
    for number, lead in (("99001", "school"), ("99002", "other"), ("99003", "other")):
        answered(made, number, 10, lead)
    book = figures.from_json(run("export", "wave-3").output, file="-")
    figure = book.figure(WaveId("wave-3"), FigureName("lead_school"))
    assert figure is not None
    of_pupils = figure.of_pupils
    assert of_pupils is not None
    line = next(line for line in run("wave-3").output.splitlines() if line.startswith("lead_school"))
    assert f"  {of_pupils.value!r} ({of_pupils.ci_low!r} to {of_pupils.ci_high!r})" in line
    assert "33.33 (" in line  # the share of boards, one of three


@pytest.mark.django_db
def test_the_export_is_a_file_of_figures_that_says_when_its_answers_are_synthetic(tmp_path: Path) -> None:
    made = wave(PLAN.replace("minimum_contributors: 2", "minimum_contributors: 0"))  # two boards are all of it
    answered(made, "99001", 10, "school")
    answered(made, "99002", 20, "other")
    told = run("export", "wave-3").output
    book = figures.from_json(told, file="-")
    figure = book.figure(WaveId("wave-3"), FigureName("in_care"))
    assert figure is not None
    assert figure.value == 7.5
    assert book.synthetic
    assert run("export", "wave-3", "-o", str(tmp_path / "F.json")).output == ""
    assert (tmp_path / "F.json").read_text(encoding="utf-8") == told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("plan", "name", "told"),
    [(PLAN, "wave-9", "no wave wave-9"), (PLAN, "wave-3", "no board"), ("", "wave-3", "no plan")],
)
def test_what_cannot_be_shown_yet_is_said_in_words(plan: str, name: str, told: str) -> None:
    wave(plan)
    result = run(name)
    assert isinstance(result.exception, NotNow)
    assert told in str(result.exception)


DECLARED = "changed: {{since: care, comparable: {}, reason: {{nl: Anders gevraagd., en: Asked otherwise.}}}}, "
ARTICLE = """---
wave: wave-4
lang: nl
title: Opvang
date: 2020-04-13
---

Besturen vangen [{words}](claim:higher({figure},wave-3)) leerlingen op.
"""


def next_wave(before: Wave, *, comparable: str, plan: str = PLAN) -> Wave:
    """The wave after it, in which `in_care` has a maximum that its author declares."""
    questionnaire = fielding.QUESTIONNAIRE.replace(
        "{name: in_care, type: number, ", "{name: in_care, type: number, maximum: 900, " + DECLARED.format(comparable)
    )
    files = {"questionnaire.yaml": questionnaire, "plan.yaml": plan.replace("wave: wave-3", "wave: wave-4")}
    text = (
        fielding.WAVE.replace("id: wave-3", "id: wave-4\nprevious: wave-3")
        .replace("date: 2020-04-06", "date: 2020-04-13")
        .replace("closes: 2020-04-06", "closes: 2020-04-13")
    )
    file = read(f"{text}plan: plan.yaml\n", file="wave.yaml", beside=lambda name: files[name])
    made = waves.create_wave(file=file, frame=before.frame, by="command", moment=fielding.DURING)
    return waves.open_wave(wave=made, by="command", moment=fielding.DURING)


def findings_of(tmp_path: Path, figure: str) -> str:
    """What `peilstok` says of an article that compares the figure with the wave before, from figures that it wrote."""
    (tmp_path / "nl.md").write_text(ARTICLE.format(words="meer", figure=figure), encoding="utf-8")
    assert run("export", "wave-4", "-o", str(tmp_path / "F.json")).exit_code == 0
    check = ["article", "check", str(tmp_path / "nl.md"), "--figures", str(tmp_path / "F.json")]
    return CliRunner().invoke(app, check).output


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("comparable", "figure", "forbidden"),
    [("false", "in_care", True), ("true", "in_care", False), ("false", "lead_school", False)],
)
def test_a_break_that_the_questionnaire_declares_forbids_the_change_of_each_figure_that_uses_the_item(
    tmp_path: Path, comparable: str, figure: str, forbidden: bool
) -> None:
    """The plan says nothing of it."""
    plan = PLAN.replace("minimum_contributors: 2", "minimum_contributors: 0")
    first = wave(plan)
    second = next_wave(first, comparable=comparable, plan=plan)
    for made in (first, second):
        answered(made, "99001", 10, "school")
        answered(made, "99002", 20, "other")
    told = findings_of(tmp_path, figure)
    assert ("A044" in told) is forbidden, told
    assert (f"{figure} is not comparable with wave-3: Asked otherwise." in told) is forbidden


def test_help_names_both_commands() -> None:
    assert {"show", "export"} <= set(run("--help").output.split())
