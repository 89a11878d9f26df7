"""What weighting did to the weights."""

from __future__ import annotations

import numpy as np
import pytest

from peilstok.estimate.adjustments import post_stratified
from peilstok.estimate.diagnostics import diagnosis

BEFORE = np.full(10, 2.0)


def test_equal_weights_cost_nothing() -> None:
    found = diagnosis(BEFORE, BEFORE)
    assert (found.rows, found.lowest, found.highest, found.kish, found.effective_rows) == (10, 2, 2, 1, 10)
    assert (found.lowest_factor, found.highest_factor, found.heaviest_twentieth) == (1, 1, 0.1)


def test_range_effect_and_heaviest_rows_of_unequal_weights() -> None:
    after = np.array([1.0] * 8 + [6.0, 6.0])
    found = diagnosis(BEFORE, after)
    assert (found.lowest, found.highest) == (1, 6)
    assert (found.lowest_factor, found.highest_factor) == (0.5, 3)
    assert found.kish == pytest.approx(10 * (8 + 72) / 20**2)  # n sum w^2 / (sum w)^2
    assert found.heaviest_twentieth == pytest.approx(6 / 20)


def test_a_cell_with_few_rows_is_named_with_what_it_stands_for() -> None:
    codes = np.array([0] * 6 + [1] * 4)
    weighted = post_stratified(codes, [30, 90], before=BEFORE)
    found = diagnosis(BEFORE, weighted.after, cells=[(codes, ["north", "south"])], at_least=5)
    assert [(cell.name, cell.rows, cell.weight) for cell in found.thin] == [("south", 4, pytest.approx(90))]
    assert diagnosis(BEFORE, weighted.after, cells=[(codes, ["north", "south"])], at_least=4).thin == ()


def test_a_cell_without_rows_is_thin() -> None:
    found = diagnosis(BEFORE, BEFORE, cells=[(np.zeros(10, dtype=np.intp), ["north", "south"])])
    assert [(cell.name, cell.rows) for cell in found.thin] == [("south", 0)]


def test_totals_are_met_or_missed() -> None:
    ones, pupils = np.ones(10), np.arange(10.0)
    found = diagnosis(BEFORE, BEFORE, totals=[("boards", ones, 20.0), ("pupils", pupils, 91.0)])
    assert [(total.name, total.met) for total in found.totals] == [("boards", True), ("pupils", False)]
    assert [(total.name, total.reached) for total in found.missed] == [("pupils", 90)]


def test_rows_without_weight_do_not_count() -> None:
    after = BEFORE.copy()
    after[0] = 0
    assert diagnosis(BEFORE, after).rows == 9
    with pytest.raises(ValueError, match="no row has a weight"):
        diagnosis(BEFORE, np.zeros(10))


def test_it_prints_as_sentences() -> None:
    text = str(diagnosis(BEFORE, BEFORE, totals=[("pupils", np.arange(10.0), 91.0)]))
    assert text.splitlines()[0] == "10 rows, weights 2 to 2"
    assert "missed: pupils is 91, reached 90" in text
