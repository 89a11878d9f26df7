"""What cannot be estimated has an error with a code; what lies at the edge is defined (docs/methods/bad-input.md)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peilstok.estimate import survey
from peilstok.estimate.adjustments import nonresponse, post_stratified
from peilstok.estimate.calibration import calibrate
from peilstok.estimate.design import Design, multistage, simple_random, stratified
from peilstok.estimate.survey import designed, sampling
from peilstok.estimate.unfit import Unfit

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "bad-input.md"
ROWS = {"size": ["s", "s", "l", "l"], "N": [9, 9, 3, 3], "w": [4.5, 4.5, 1.5, 1.5], "care": [1, 2, None, 8]}
MORE = {"none": [0, 0, 0, 0], "large": [0, 0, 1, 1]}


def design(**changes: Any) -> Design:
    given = {"strata": ROWS["size"], "population": ROWS["N"], "weights": ROWS["w"]}
    return stratified(**{**given, **changes})


CASES: list[tuple[str, Callable[[], object], str]] = [
    ("D001", lambda: design(weights=[4.5, -1, 1.5, 1.5]), "row 2: the weight is -1"),
    ("D001", lambda: design(weights=[4.5, 4.5, np.nan, 1.5]), "row 3: the weight is nan"),
    ("D002", lambda: design(weights=[4.5, 4.5]), "different lengths"),
    ("D003", lambda: design(population=[9, 9, 1, 1]), "row 3, stage 1: more units were sampled"),
    (
        "D004",
        lambda: design(strata=["s", "s", "s", "l"], population=[9, 9, 9, 3]),
        "row 4, stage 1: alone in its stratum",
    ),
    (
        "D004",
        lambda: survey.sample({"h": ["north", "north", "south"]}, strata="h"),
        "certainty, remove, adjust, average (h south)",
    ),
    ("D005", lambda: design(psus=["a", "b", "b", "c"]), "must lie in one stratum"),
    ("D006", lambda: design(population=[9, 8, 3, 3]), "different population sizes"),
    ("C001", lambda: post_stratified(np.array([0, 1]), [5.0], before=np.ones(2)), "rows in 2 cells and totals of 1"),
    ("C002", lambda: post_stratified(np.array([0, 0]), [5.0, 2.0], before=np.ones(2)), "cell 2: its total is 2"),
    (
        "C003",
        lambda: calibrate(np.ones((4, 1)), [99.0], before=np.ones(4), bounds=(0.5, 2), names=["boards"]),
        "boards: the total is 99; weights of 0.5 to 2 times those before that meet the other totals come to 8",
    ),
    (
        "C009",
        lambda: calibrate(np.ones((4, 1)), [99.0], before=np.ones(4), distance="raking", rounds=2, names=["boards"]),
        "boards: the total is 99, and after 2 rounds the weights come to",
    ),
    ("C004", lambda: nonresponse(np.array([0, 1]), [True, False], before=np.ones(2)), "nobody of cell 2 responded"),
    ("D007", lambda: survey.sample({"h": ["a", None, "a"]}, strata="h"), "h: row 2 has no stratum"),
    ("D007", lambda: survey.sample({"p": [1, 2, None]}, psus="p"), "p: row 3 has no sampling unit"),
    ("D008", lambda: survey.sample({**ROWS, "N": [9, 9, None, 3]}, population="N"), "N: row 3 has no population"),
    ("D009", lambda: survey.sample({"w": []}, weights="w"), "there are no rows"),
    ("D010", lambda: survey.sample({"w": [1, "1"]}, weights="w"), "w: row 2 has a value of the type str"),
    ("D011", lambda: survey.mean(survey.sample({"y": [1, np.inf]}), "y"), "y: row 2 is infinite"),
    ("C005", lambda: weighted({**INTERCEPT, "aggregate_stage": 2}), "aggregate_stage 2: there is 1"),
    ("C006", lambda: survey.calibrated(sample(), {"care": 9}), "care: row 3 has no value"),
    ("C006", lambda: survey.calibrated(sample(), {"care": {"8": 9}}), "care: row 3 has no value"),
    ("C006", lambda: survey.post_stratified(sample(), "care", {"8": 9}), "care: row 3 has no value"),
    ("C006", lambda: survey.raked(sample(), {"care": {"8": 9}}), "care: row 3 has no value"),
    ("C007", lambda: survey.post_stratified(sample(), "size", {"s": -5, "l": 9}), "the total of s is -5"),
    ("C007", lambda: survey.raked(sample(), {"size": {"s": -5, "l": 9}}), "size: the total of s is -5"),
    ("C007", lambda: survey.calibrated(sample(), {"N": np.inf}), "N: the total is inf"),
    ("C008", lambda: survey.post_stratified(sample(), "N", {"9": 5, 9: 6, "3": 2}), "total of 9 is given twice"),
    (
        "C011",
        lambda: survey.raked(sample(), {"size": {"s": 5, "l": 9}, "N": {"9": 10, "3": 5}}),
        "N adds up to 15, size to 14",
    ),
    ("E001", lambda: survey.mean(sample(), "N", where={"N": 77}), "no row lies in the domain"),
    ("E003", lambda: survey.ratio(sample(), "N", "none"), "N/none: the denominator is zero"),
    ("E003", lambda: survey.contrast(survey.total(sample(), ["N", "none"]), {"r": "N / none"}), "N / none: divides"),
    ("E004", lambda: survey.multiple_response(sample(), ["none", "N"]), "N: row 1 has 9; an option is 1 or 0"),
    ("C004", lambda: survey.respondents(sample(), "large", cells="size"), "size: nobody of s responded"),
    ("C010", lambda: survey.respondents(sample(), "N", cells="size"), "N: row 1 has 9; 1 or 0 is wanted"),
    ("E002", lambda: survey.mean(sample(), "care"), "care: row 3 has no value"),
]


INTERCEPT = {"method": "calibrate", "constraints": [{"kind": "intercept", "total": 12}]}


def weighted(step: dict[str, Any]) -> object:
    return sampling.adjusted(sample(), designed.Calibrate.model_validate(step))


def sample() -> Any:
    return survey.sample({**ROWS, **MORE}, strata="size", weights="w", population="N")


@pytest.mark.parametrize(("code", "does", "said"), CASES, ids=lambda each: each if isinstance(each, str) else "")
def test_what_cannot_be_estimated_is_refused_with_code_and_place(
    code: str, does: Callable[[], object], said: str
) -> None:
    with pytest.raises(Unfit, match=re.escape(said)) as refused:
        does()
    assert refused.value.code == code


def test_every_code_of_the_page_is_shown_here() -> None:
    of_page = set(re.findall(r"^\| ([A-Z]\d{3}) \|", PAGE.read_text(), re.MULTILINE))
    assert of_page == {code for code, *_ in CASES}


def test_equal_answers_have_no_sampling_error() -> None:
    same = survey.sample({**ROWS, "same": [7, 7, 7, 7]}, strata="size", weights="w", population="N")
    found = survey.mean(same, "same")
    assert (found.values[0], found.se[0]) == (pytest.approx(7), 0)
    assert found.columns()["low"] == found.columns()["high"] == found.values.tolist()


def test_one_board_has_an_estimate_and_no_interval() -> None:
    one = survey.sample({"w": [5.0], "care": [3]}, weights="w", lonely="certainty")
    found = survey.mean(one, "care")
    assert (found.values[0], found.df) == (3, 0)
    assert np.isnan(found.columns()["low"][0])


def test_one_row_in_a_domain_has_no_degrees_of_freedom() -> None:
    found = survey.mean(sample(), "care", where={"care": 8}, missing="leave out")
    assert (found.values[0], found.df) == (8, 0)


def test_when_everybody_answered_nothing_is_uncertain() -> None:
    everybody = simple_random(sampled=4, population=4)
    assert everybody.stages[0].fractions.tolist() == [1, 1, 1, 1]
    all_of_them = survey.sample({**ROWS, "N": [4, 4, 4, 4]}, weights="w", population="N")
    assert survey.mean(all_of_them, "N").se[0] == 0


def test_labels_of_two_strata_may_be_alike_when_nested() -> None:
    nested = multistage(units=[["a", "b", "a", "b"]], strata=[ROWS["size"]], nest=True)
    assert nested.degrees_of_freedom == 2
