"""The list of planted defects fits the code (`make mutants-estimate` runs them)."""

from __future__ import annotations

import ast

import pytest

from tests.mutants.__main__ import ROOMS
from tests.mutants.planting import ROOT, Defect

ROOM = ROOMS["estimate"]
DEFECTS = ROOM.defects


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_line_that_a_defect_changes_stands_in_its_file_once(defect: Defect) -> None:
    ast.parse(ROOM.changed(defect))
    assert defect.old != defect.new
    for name in defect.tests:
        assert (ROOT / ROOM.path(name)).is_file(), name


def test_no_defect_is_there_twice_and_every_module_of_formulas_has_one() -> None:
    assert (
        len({each.name for each in DEFECTS})
        == len({(each.file, each.old, each.new) for each in DEFECTS})
        == len(DEFECTS)
    )
    with_one = {each.file for each in DEFECTS}
    assert with_one >= {"design.py", "covariance.py", "linearise.py", "adjustments.py", "calibration.py", "raking.py"}


def test_a_line_that_has_moved_on_is_told() -> None:
    with pytest.raises(ValueError, match="stands 0 times"):
        ROOM.changed(Defect("gone", "design.py", "no such line", "", ()))
