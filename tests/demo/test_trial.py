from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from peilstok import disclose
from peilstok.collect import waves
from peilstok.collect.content import of as content_of
from peilstok.collect.models import Contact, Invitation, Message, Wave
from peilstok.demo import content, people, trial
from peilstok.errors import NotNow
from peilstok.register.models import Frame
from peilstok.terms import UnitId
from tests.collect import fielding
from tests.collect.test_blocks import with_sites

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def frame(settings: object) -> Frame:
    """The demo's frame in small, its people, and its last wave, which the trial follows."""
    settings.PEILSTOK_MOMENT = lambda: NOW  # type: ignore[attr-defined]  # pytest-django's settings take any name
    made = fielding.frame(on=content.FRAME_DATE)
    with_sites(made)
    asked = content.folder(content.WAVES[-1]) / "questionnaire.yaml"
    fielding.draft_wave(questionnaire=asked.read_text(encoding="utf-8"), on=made)
    people.settle_council(moment=NOW)
    people.settle_boards(frame=made, board=UnitId("99001"), moment=NOW)
    return made


def test_the_trial_wave_takes_answers_now_and_mails_nobody(frame: Frame) -> None:
    wave = trial.open_now(NOW)
    assert wave.takes_answers(NOW)
    assert Invitation.objects.filter(wave=wave).count() == len(fielding.BOARDS)
    assert not Message.objects.exists()


def test_serving_again_takes_the_wave_that_is_open(frame: Frame) -> None:
    assert trial.open_now(NOW) == trial.open_now(NOW + timedelta(days=29))
    assert Wave.objects.filter(pk__startswith="trial").count() == 1


def test_when_it_is_over_there_is_a_new_one(frame: Frame) -> None:
    first = trial.open_now(NOW)
    assert trial.open_now(NOW + trial.OPEN_FOR) != first


def test_a_trial_that_was_closed_today_makes_room_for_another(frame: Frame) -> None:
    first = trial.open_now(NOW)
    waves.close_wave(wave=first, by="command", moment=NOW)
    second = trial.open_now(NOW + timedelta(hours=1))
    assert (first.pk, second.pk) == ("trial-2026-11-24", "trial-2026-11-24-2")


def test_the_figures_of_the_trial_are_its_own(frame: Frame) -> None:
    wave = trial.open_now(NOW)
    assert disclose.read_plan(wave.plan, file="plan.yaml").wave == wave.pk


def test_the_welcome_has_every_login_and_a_link_for_bram(frame: Frame) -> None:
    lines = "\n".join(trial.welcome("http://127.0.0.1:8000"))
    assert all(person.email in lines and person.password in lines for person in content.PEOPLE)
    assert "Stichting De Proef: http://" in lines


def test_there_is_a_trial_that_asks_every_school_beside_the_one_that_asks_the_board(frame: Frame) -> None:
    by_board, by_school = trial.open_now(NOW), trial.open_now(NOW, name=trial.BY_SCHOOL)
    assert (by_board.pk, by_school.pk) == ("trial-2026-11-24", "trial-schools-2026-11-24")
    assert trial.open_now(NOW) == by_board
    assert trial.open_now(NOW, name=trial.BY_SCHOOL) == by_school
    assert "The same for each of its schools: http://" in "\n".join(trial.welcome("http://127.0.0.1:8000"))
    assert content_of(by_school).questionnaire.blocks


def test_a_school_has_a_part_of_its_own_the_same_each_time(frame: Frame) -> None:
    first, again = (next(line for line in trial.welcome("http://x") if "handed its part" in line) for _ in range(2))
    assert first == again
    assert first.startswith("As one of them, De Linden, to which the board handed its part: http://")


def test_without_a_demo_there_is_nothing_to_serve(db: None, settings: object) -> None:
    settings.PEILSTOK_MOMENT = lambda: NOW  # type: ignore[attr-defined]  # pytest-django's settings take any name
    with pytest.raises(NotNow, match="make demo"):
        list(trial.welcome("http://127.0.0.1:8000"))


def test_people_are_settled_once_and_a_changed_address_stays(frame: Frame) -> None:
    Contact.objects.filter(organisation__number="99004").update(email="nieuw@voorbeeld.example")
    people.settle_boards(frame=frame, board=UnitId("99001"), moment=NOW)
    assert people.settle_council(moment=NOW).name == "Anna"
    assert Contact.objects.get(organisation__number="99004").email == "nieuw@voorbeeld.example"
    assert Contact.objects.count() == len(fielding.BOARDS)
