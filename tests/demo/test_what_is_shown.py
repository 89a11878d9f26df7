"""The rule of disclosure on the demo's answers: every published figure is shown, a few of them with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from peilstok.demo import content
from peilstok.demo.answers import Answers
from peilstok.demo.published import read_published
from peilstok.disclose import Act, read_plan, safe_table
from peilstok.terms import RegisterRow, WaveId

WITH_A_REASON = {
    "wave-1": set(),
    "wave-2": {"care_external", "lead_youth_care"},
    "wave-3": {"expects_fewer", "municipal_care_not", "lead_youth_care"},
}


@pytest.mark.parametrize("wave", [*WITH_A_REASON])
def test_every_published_figure_is_shown_and_only_those_named_in_the_plan_with_a_reason(
    wave: str, frame: Sequence[RegisterRow], answers: Mapping[WaveId, Answers]
) -> None:
    file = content.folder(WaveId(wave)) / "plan.yaml"
    plan = read_plan(file.read_text(encoding="utf-8"), file=str(file))
    table = safe_table(plan, frame=frame, answers=answers[WaveId(wave)], date=date(2020, 4, 6))
    published = {row.name for row in read_published(content.PUBLISHED.read_text(encoding="utf-8")) if row.wave == wave}
    assert published <= set(table.figures.figures)
    assert {entry.figure for entry in table.log if entry.act is Act.RELEASED} == WITH_A_REASON[wave]
