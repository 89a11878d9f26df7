from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from peilstok.demo import choice
from peilstok.terms import RegisterRow, UnitId, WaveId

Chosen = Mapping[WaveId, Sequence[UnitId]]


def of(frame: Sequence[RegisterRow], boards: Sequence[UnitId]) -> list[RegisterRow]:
    return [row for row in frame if row["number"] in set(boards)]


def pupils(frame: Sequence[RegisterRow], boards: Sequence[UnitId]) -> int:
    return sum(int(str(row["pupils"])) for row in of(frame, boards))


def test_as_many_boards_answer_as_were_published(chosen: Chosen) -> None:
    assert {wave: len(set(boards)) for wave, boards in chosen.items()} == {"wave-1": 138, "wave-2": 108, "wave-3": 285}


def test_wave_3_has_414915_pupils_exactly(frame: Sequence[RegisterRow], chosen: Chosen) -> None:
    assert pupils(frame, chosen[choice.WAVE_3]) == 414_915


def test_wave_2_has_just_over_143000_pupils_and_9_5_percent_of_all(
    frame: Sequence[RegisterRow], chosen: Chosen
) -> None:
    found = pupils(frame, chosen[choice.WAVE_2])
    assert 143_000 < found < 144_000
    assert 9.45 <= 100 * found / 1_502_012 < 9.55


def test_wave_1_has_about_270000_pupils(frame: Sequence[RegisterRow], chosen: Chosen) -> None:
    assert 269_500 <= pupils(frame, chosen[choice.WAVE_1]) < 270_500


def test_almost_a_third_of_wave_2_has_one_school(frame: Sequence[RegisterRow], chosen: Chosen) -> None:
    assert sum(row["schools"] == 1 for row in of(frame, chosen[choice.WAVE_2])) == 35


def test_60_boards_answer_in_waves_2_and_3(chosen: Chosen) -> None:
    assert len(set(chosen[choice.WAVE_2]) & set(chosen[choice.WAVE_3])) == 60


def test_the_same_seed_chooses_the_same_boards(frame: Sequence[RegisterRow], chosen: Chosen) -> None:
    assert choice.choose(frame, np.random.default_rng(8)) == chosen


@pytest.mark.parametrize("seed", range(5))
def test_every_seed_finds_a_choice(frame: Sequence[RegisterRow], seed: int) -> None:
    chosen = choice.choose(frame, np.random.default_rng(seed))
    assert pupils(frame, chosen[choice.WAVE_3]) == 414_915
