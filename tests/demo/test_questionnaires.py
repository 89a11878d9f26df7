"""The synthetic answers against the questionnaires that they are given to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from peilstok import questionnaire as questions
from peilstok.collect import wavefile, waves
from peilstok.demo import content
from peilstok.demo.answers import Answers
from peilstok.questionnaire import Context, Questionnaire
from peilstok.terms import RegisterRow, WaveId
from tests.collect import fielding


def asked_in(wave: WaveId) -> Questionnaire:
    file = content.folder(wave) / "questionnaire.yaml"
    return questions.read(file.read_text(), file=str(file))


@pytest.mark.parametrize("wave", content.WAVES)
def test_no_check_stops_an_answer(
    frame: Sequence[RegisterRow], answers: Mapping[WaveId, Answers], wave: WaveId
) -> None:
    rows, asked = {row["number"]: row for row in frame}, asked_in(wave)
    for unit, own in answers[wave].items():
        found = questions.problems(asked, own, Context(register=rows[unit], previous={}))
        assert not [problem for problem in found if problem.hard], unit


@pytest.mark.parametrize("wave", content.WAVES)
def test_all_that_is_asked_is_answered_and_nothing_else(
    frame: Sequence[RegisterRow], answers: Mapping[WaveId, Answers], wave: WaveId
) -> None:
    rows, asked = {row["number"]: row for row in frame}, asked_in(wave)
    for unit, own in answers[wave].items():
        path = questions.path(asked, own, Context(register=rows[unit], previous={}))
        optional = {name for name, item in asked.items.items() if item.optional}
        assert path.asked - optional == set(own) - optional
        assert set(own) <= path.asked


@pytest.mark.django_db
def test_each_wave_is_taken_after_the_one_before_it() -> None:
    frame = fielding.frame()
    for name in content.WAVES:
        file = wavefile.load(content.folder(name) / "wave.yaml", waves=waves.dates())
        wave = waves.create_wave(file=file, frame=frame, by="command", moment=file.spec.opens)
        assert wave.previous_id == file.spec.previous
