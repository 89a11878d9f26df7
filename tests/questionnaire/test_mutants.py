"""The list of planted defects fits the code (`make mutants-questionnaire` runs them)."""

from __future__ import annotations

import ast

import pytest

from tests.mutants.__main__ import ROOMS
from tests.mutants.planting import ROOT, Defect
from tests.mutants.questionnaire import DEFECTS

ROOM = ROOMS["questionnaire"]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_line_that_a_defect_changes_stands_in_its_file_once(defect: Defect) -> None:
    ast.parse(ROOM.changed(defect))
    for test in defect.tests:
        file, _, one = ROOM.path(test).partition("::")
        assert one in (ROOT / file).read_text()
