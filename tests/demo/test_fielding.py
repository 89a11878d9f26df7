from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from peilstok.collect.models import Wave
from peilstok.demo import content, fielding
from peilstok.demo.fielding import Stage
from peilstok.errors import CannotRun
from tests.collect import fielding as small

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, {}, lambda *_: None, by="command")


def test_a_wave_that_opens_in_a_new_database_begins_without_the_letters_of_another(stage: Stage) -> None:
    letter, seen = _left_over(stage.folder)
    wave = fielding.opened(content.WAVES[0], frame=small.frame(on=content.FRAME_DATE), stage=stage)
    assert wave.state == Wave.State.OPEN
    assert not letter.exists()
    assert not seen.exists()


def test_a_run_that_goes_on_keeps_the_letters_that_it_sent(stage: Stage) -> None:
    frame = small.frame(on=content.FRAME_DATE)
    fielding.opened(content.WAVES[0], frame=frame, stage=stage)
    letter, seen = _left_over(stage.folder)
    fielding.opened(content.WAVES[0], frame=frame, stage=stage)
    assert letter.exists()
    assert seen.exists()


def test_a_demo_of_another_version_is_told_with_how_to_begin_again(stage: Stage) -> None:
    fielding.opened(content.WAVES[0], frame=small.frame(on=content.FRAME_DATE), stage=stage)
    with pytest.raises(CannotRun, match="The demo here is of another version: `make clean`, and begin again"):
        fielding.opened(content.WAVES[0], frame=small.frame(on=date(2020, 10, 1)), stage=stage)


def _left_over(folder: Path) -> tuple[Path, Path]:
    letter = folder / "mail" / content.WAVES[0] / "secretariaat.eml"
    letter.parent.mkdir(parents=True, exist_ok=True)
    letter.write_text("with a link that opens nothing here")
    seen = fielding.confirmations(folder, content.WAVES[0])
    seen.parent.mkdir(parents=True, exist_ok=True)
    seen.write_text('{"board": "99001", "reference": "2222-2222"}\n')
    return letter, seen
