"""`peilstok nonresponse`: what the council sees of how far the answers of a wave can be trusted."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from peilstok.cli import app, surroundings
from peilstok.collect.nonresponse import report_of
from peilstok.errors import NotNow
from tests.disclose.test_command import PLAN, answered, wave


@pytest.fixture(autouse=True)
def _the_tests_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command would start its own."""
    monkeypatch.setattr(surroundings, "open_database", lambda: None)


OF_REGISTER = PLAN.replace("denominator: pupils", "denominator: register(pupils)")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["nonresponse", *arguments])


def answers_of_three_boards() -> None:
    made = wave(OF_REGISTER)
    for number, in_care in (("99001", 10), ("99002", 20), ("99003", 30)):
        answered(made, number, in_care, "school")


@pytest.mark.django_db
def test_it_is_told_in_dutch_unless_english_is_asked_for() -> None:
    answers_of_three_boards()
    dutch, english = run("wave-3"), run("wave-3", "--lang", "en")
    assert (dutch.exit_code, english.exit_code) == (0, 0)
    assert dutch.output.startswith("wave-3, 2020-04-06\n\nWie antwoordde")
    assert "Over besturen die niet antwoordden, wordt niets aangenomen." in dutch.output
    assert english.output.startswith("wave-3, 2020-04-06\n\nWho answered")
    assert "something (n = 3 / 4)" in english.output


@pytest.mark.django_db
def test_a_figure_that_rests_on_too_few_boards_has_no_table_and_no_number() -> None:
    answers_of_three_boards()
    told = run("wave-3", "--lang", "en").output
    assert "lead_school: rests on too few boards (fewer than 2, or nearly all of it on two)" in told
    assert told.count("Nothing is assumed about boards that did not answer.") == 1
    assert [each["name"] for each in json.loads(run("wave-3", "--format", "json").output)["figures"]] == ["in_care"]


@pytest.mark.django_db
def test_a_program_gets_one_object_that_says_of_which_wave_it_is() -> None:
    answers_of_three_boards()
    told = json.loads(run("wave-3", "--format", "json").output)
    assert (told["wave"], told["date"]) == ("wave-3", "2020-04-06")
    assert told["coverage"][0]["classes"][0]["answered"] == 3
    assert set(told["withheld"]) == {"lead_school"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("plan", "name", "told"),
    [(PLAN, "wave-9", "no wave wave-9"), (PLAN, "wave-3", "no board"), ("", "wave-3", "no plan")],
)
def test_what_cannot_be_told_yet_is_said_in_words(plan: str, name: str, told: str) -> None:
    wave(plan)
    result = run(name)
    assert isinstance(result.exception, NotNow)
    assert told in str(result.exception)


@pytest.mark.django_db
def test_the_report_is_of_the_answers_of_now() -> None:
    made = wave()
    for number in ("99001", "99002", "99003"):
        answered(made, number, 10, "school")
    before = report_of(made).coverage[""][0].answered
    answered(made, "99004", 10, "school")
    assert (before, report_of(made).coverage[""][0].answered) == (3, 4)
