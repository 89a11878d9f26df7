"""The demo's frame, choice and answers, made once: they come from a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from peilstok.demo import answers as demo_answers
from peilstok.demo import choice
from peilstok.demo.exchange import Row, exchange
from peilstok.terms import RegisterRow, UnitId, WaveId
from tests.demo import real_register
from tests.demo.frames import register_rows


@pytest.fixture(scope="session")
def real() -> Sequence[Row]:
    return real_register.rows()


@pytest.fixture(scope="session")
def demo(real: Sequence[Row]) -> Sequence[Row]:
    return exchange(real, np.random.default_rng(7))


@pytest.fixture(scope="session")
def frame(demo: Sequence[Row]) -> tuple[RegisterRow, ...]:
    return register_rows(demo)


@pytest.fixture(scope="session")
def chosen(frame: Sequence[RegisterRow]) -> Mapping[WaveId, Sequence[UnitId]]:
    return choice.choose(frame, np.random.default_rng(8))


@pytest.fixture(scope="session")
def answers(
    frame: Sequence[RegisterRow], chosen: Mapping[WaveId, Sequence[UnitId]]
) -> Mapping[WaveId, demo_answers.Answers]:
    return demo_answers.answers(frame, chosen, np.random.default_rng(9))
