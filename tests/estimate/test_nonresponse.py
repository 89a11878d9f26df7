"""How far a poll can be trusted: coverage, and every figure under one assumption after another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peilstok.estimate import Plan, Wave, estimates, wave
from peilstok.estimate.nonrespondents import possible
from peilstok.estimate.nonresponse import coverage, report, size_classes
from peilstok.estimate.sensitivity import Sensitivity, as_text, sensitivity
from peilstok.estimate.weightings import Variable, weightings
from peilstok.terms import ALL, FigureName, ItemName, Missing, Value, Words
from tests.estimate.boards import WORDS, answers, board, numbered, plan

CELLS = "weighting: {pupils: [500, 2000], at_least: 3}\n"
FIGURES = f"""\
answered: {{kind: count, base: boards, label: {{nl: iets, en: something}}}}
open: {{kind: share, item: open, is: yes, {WORDS}, domains: [without_vso]}}
care: {{kind: ratio, numerator: care, denominator: register(pupils), {WORDS}}}
staff: {{kind: mean, of: staff, unit: percent, {WORDS}}}
in_care: {{kind: total, of: care, unit: pupils, {WORDS}}}
hours: {{kind: mean, of: hours, unit: number, {WORDS}}}
special: {{kind: register_share, where: {{has_special_school: true}}, {WORDS}}}
"""


def truth(seed: int, boards: int = 60) -> tuple[list[dict[str, object]], dict[str, list[Value]]]:
    """A frame, and what every board of it would answer."""
    rng = np.random.default_rng(seed)
    pupils = rng.integers(60, 5000, boards)
    frame = [dict(board(k + 1, int(pupils[k]), schools=1 + k % 3, special=k % 5 == 0)) for k in range(boards)]
    said: dict[str, list[Value]] = {
        "open": [str(each) for each in np.where(rng.random(boards) < 0.3 + pupils / 10_000, "yes", "no")],
        "care": [int(each) for each in rng.binomial(pupils, rng.uniform(0, 0.3, boards))],
        "staff": [int(each) for each in rng.integers(0, 101, boards)],
        "hours": [int(each) for each in rng.integers(0, 9, boards)],
    }
    return frame, said


def polled(seed: int, answering: set[int]) -> Wave:
    """The wave in which only these boards answered."""
    frame, said = truth(seed)
    items = {item: {k: v for k, v in numbered(values).items() if k in answering} for item, values in said.items()}
    return wave(frame=frame, answers=answers(**items))


def planned() -> Plan:
    return plan(FIGURES, more=CELLS)


EVERY_THIRD = set(range(1, 61, 3)) | {2, 5, 8}


# --- coverage ------------------------------------------------------------------------------------------------------


def test_coverage_counts_boards_and_their_pupils_worked_out_by_hand() -> None:
    pupils, answered = np.array([100.0, 300.0, 600.0, 1000.0]), np.array([True, False, True, False])
    [whole] = coverage(pupils=pupils, answered=answered)
    assert (whole.units, whole.answered, whole.of_units, whole.of_pupils) == (4, 2, 50, 35)
    large, small = coverage(pupils=pupils, answered=answered, classes=["small", "small", "large", "large"])
    assert (large.label, large.of_units, large.of_pupils) == ("large", 50, 37.5)
    assert (small.label, small.of_units, small.of_pupils) == ("small", 50, 25)


def test_coverage_of_pupils_is_not_defined_where_there_are_none() -> None:
    [whole] = coverage(pupils=np.zeros(2), answered=np.array([True, False]))
    assert whole.of_pupils is None


def test_size_classes_are_the_cells_that_the_plan_weights_by() -> None:
    poll, data = planned(), polled(1, EVERY_THIRD)
    cells = estimates(poll, data).cells
    classes = size_classes(data, poll.weighting)
    counted = np.bincount(classes.codes)
    assert counted.tolist() == [cell.boards for cell in cells]
    alone = size_classes(data, None)
    assert set(alone.classes) == {"1: 0+"}


def test_a_size_class_that_is_too_thin_joins_the_next() -> None:
    frame = [board(k, pupils) for k, pupils in enumerate([100, 200, 700, 800, 900, 3000, 4000, 5000], start=1)]
    data = wave(frame=frame, answers=answers(open=dict.fromkeys([1, 3, 4, 5, 6, 7, 8], "yes")))
    classes = size_classes(data, planned().weighting)
    assert classes.labels == ("1: 0-1,999", "2: 2,000+")


# --- weightings ----------------------------------------------------------------------------------------------------


def test_as_answered_and_by_size_are_the_figures_that_are_published() -> None:
    poll, data = planned(), polled(1, EVERY_THIRD)
    published = estimates(poll, data)
    found = report(poll, data)
    assert {figure.name for figure in found.figures} >= {"open", "open.without_vso", "care", "staff", "in_care"}
    for figure in found.figures:
        for key, design in (("as_answered", "as_answered"), ("post_stratified", "weighted")):
            row, expected = figure.row(key), published.row(figure.name).estimates[design, "boards"]
            assert row.value == pytest.approx(expected.value, rel=1e-12), (figure.name, key)
            assert (row.low, row.high) == pytest.approx((expected.ci_low, expected.ci_high), rel=1e-12, abs=1e-9)


def test_raked_and_calibrated_weights_meet_the_frame() -> None:
    data = polled(1, EVERY_THIRD)
    sizes = size_classes(data, planned().weighting)
    special = Variable(
        name=Words(nl="speciaal", en="special"),
        classes=tuple("yes" if row["has_special_school"] else "no" for row in data.frame),
    )
    ways = {each.key: each for each in weightings(data, sizes=sizes, others=[special])}
    answered = np.isin([str(row["number"]) for row in data.frame], data.units)
    for key in ("raked", "calibrated"):
        adjustment = ways[key].adjustment
        assert adjustment is not None
        for variable in (sizes, special):
            met = np.bincount(variable.codes[answered], weights=adjustment.after)
            assert met == pytest.approx(np.bincount(variable.codes), rel=1e-8)
    calibrated = ways["calibrated"].adjustment
    assert calibrated is not None
    assert calibrated.after @ data.sizes[answered] == pytest.approx(data.sizes.sum(), rel=1e-8)
    assert "size (pupils); special; number of pupils" in ways["calibrated"].sentence.en


def test_a_class_of_which_nobody_answered_cannot_be_weighted_to_and_says_so() -> None:
    special = set(range(1, 61, 5))
    data = polled(1, EVERY_THIRD - special)
    found = report(planned(), data)
    row = found.figures[0].row("raked")
    assert (row.value, row.low, row.high) == (None, None, None)
    assert row.why_not == "special school: nobody of yes answered"
    assert found.figures[0].row("post_stratified").value is not None


# --- bounds --------------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 500), st.sets(st.integers(1, 60), min_size=12, max_size=40))
@example(0, {1, 2, 3, 6, 8, 10, 18, 22, 24, 29, 35, 48, 56})  # calibration has no answer and goes up without end
def test_the_worst_case_holds_what_the_whole_frame_would_have_given(seed: int, answering: set[int]) -> None:
    poll = planned()
    complete = estimates(poll, polled(seed, set(range(1, 61))))
    found = report(poll, polled(seed, answering))
    for figure in found.figures:
        row, true = figure.row("worst_case"), complete.row(figure.name).as_answered
        assert true is not None
        if row.why_not is None:
            assert row.low is not None
            assert row.high is not None
            assert row.low - 1e-9 <= true.value <= row.high + 1e-9, figure.name
    assert {figure.name for figure in found.figures if figure.row("worst_case").why_not} == {"hours"}


def test_a_share_under_the_worst_case_worked_out_by_hand() -> None:
    # 3 of 5 boards said yes, 15 did not answer: from 3/20 to 18/20; with at most 10 points 5 +- 1.5 of 15 more
    frame = [board(k, 300) for k in range(1, 21)]
    data = wave(frame=frame, answers=answers(open=numbered(["yes", "yes", "yes", "no", "no"])))
    poll = plan(f"open: {{kind: share, item: open, is: yes, {WORDS}}}")
    figure = report(poll, data).figures[0]
    assert (figure.n, figure.boards) == (5, 20)
    assert (figure.row("worst_case").low, figure.row("worst_case").high) == pytest.approx((15, 90))
    ten = figure.row("within_10")
    assert (ten.low, ten.high) == pytest.approx((100 * (3 + 15 * 0.5) / 20, 100 * (3 + 15 * 0.7) / 20))
    # (3 + 15 (0.6 - d)) / 20 = 1/2 at d = 2/15
    assert figure.turning_point == pytest.approx(100 * 2 / 15, abs=1e-6)


def test_a_board_that_left_the_question_empty_may_still_say_anything() -> None:
    frame = [board(k, 300) for k in range(1, 6)]
    values: list[Value] = ["yes", "no", Missing.NOT_ANSWERED, Missing.NOT_APPLICABLE]
    data = wave(frame=frame, answers=answers(open=numbered(values)))
    poll = plan(f"open: {{kind: share, item: open, is: yes, {WORDS}}}")
    known = possible(data, poll.estimands[0], poll.domains[ALL]).known
    assert known.known.tolist() == [True, True, False, True, False]
    assert known.x.tolist() == [1, 1, 0, 0, 0]
    # one left the base, so others may too: lowest 1 of 2 + 2, highest 3 of 4
    row = report(poll, data).figures[0].row("worst_case")
    assert (row.low, row.high) == pytest.approx((25, 75))


def test_what_the_register_knows_of_every_board_has_no_bounds_but_itself() -> None:
    figure = next(each for each in report(planned(), polled(1, EVERY_THIRD)).figures if each.name == "special")
    for key in ("within_5", "within_10", "worst_case"):
        row = figure.row(key)
        assert (row.low, row.high) == pytest.approx((20, 20))


def test_a_share_of_the_pupils_at_the_boards_is_bounded_by_their_pupils() -> None:
    data = polled(1, EVERY_THIRD)
    poll = planned()
    estimand = next(each for each in poll.estimands if each.name == "open")
    sizes = size_classes(data, poll.weighting)
    found = sensitivity(data, estimand, poll.domains[ALL], weightings=(), cells=sizes.codes, of="pupils")
    said = data.column(ItemName("open")).each()
    yes = sum(pupils for pupils, value in zip(data.register("pupils"), said, strict=True) if value == "yes")
    silent = data.sizes.sum() - data.register("pupils").sum()
    row = found.row("worst_case")
    assert (row.low, row.high) == pytest.approx(
        (100 * yes / data.sizes.sum(), 100 * (yes + silent) / data.sizes.sum()), rel=1e-12
    )


def test_an_amount_that_is_no_percentage_differs_by_percent_of_itself() -> None:
    figure = next(each for each in report(planned(), polled(1, EVERY_THIRD)).figures if each.name == "in_care")
    five = figure.row("within_5")
    assert "at most 5 percent from" in five.sentence.en
    assert five.low is not None
    assert five.high is not None
    value = figure.row("post_stratified").value
    assert value is not None
    assert five.low < value < five.high


def test_in_a_domain_only_its_boards_are_unknown() -> None:
    data = polled(1, EVERY_THIRD)
    figure = next(each for each in report(planned(), data).figures if each.name == "open.without_vso")
    assert figure.boards == sum(not row["has_special_school"] for row in data.frame)


def test_a_count_of_those_that_answered_is_no_figure_of_the_others() -> None:
    found = report(planned(), polled(1, EVERY_THIRD))
    assert found.left_out == {FigureName("answered"): "counted at the boards that answered"}
    poll, data = planned(), polled(1, EVERY_THIRD)
    with pytest.raises(ValueError, match="says nothing of the others"):
        possible(data, poll.estimands[0], poll.domains[ALL])


def test_a_denominator_larger_than_the_pupils_of_a_board_has_no_bounds() -> None:
    frame = [board(k, 100) for k in range(1, 6)]
    data = wave(frame=frame, answers=answers(care=numbered([1, 2]), asked=numbered([300, 10])))
    poll = plan(f"care: {{kind: ratio, numerator: care, denominator: asked, {WORDS}}}")
    found = report(poll, data)
    assert found.figures == ()
    assert "larger than the pupils of a board" in found.left_out[FigureName("care")]


# --- the whole report ----------------------------------------------------------------------------------------------


def test_a_report_says_who_answered_and_how_like_all_they_are() -> None:
    data = polled(1, EVERY_THIRD)
    found = report(planned(), data, regions={})
    [whole] = found.coverage[""]
    assert (whole.units, whole.answered) == (60, len(EVERY_THIRD))
    assert set(found.coverage) == {"", "size (pupils)", "special school", "number of schools"}
    assert 0 <= found.representativity.low <= found.representativity.indicator <= found.representativity.high <= 1
    assert [each.variable for each in found.partials] == ["size (pupils)", "special school", "number of schools"]


def test_the_order_of_the_boards_does_not_show_in_a_report() -> None:
    frame, said = truth(4)
    given = answers(**{item: numbered(values[:30]) for item, values in said.items()})
    once = report(planned(), wave(frame=frame, answers=given))
    turned = report(planned(), wave(frame=frame[::-1], answers=dict(reversed(given.items()))))
    assert once == turned


def test_a_table_reads_in_either_language() -> None:
    frame = [board(k, 300) for k in range(1, 21)]
    data = wave(frame=frame, answers=answers(open=numbered(["yes", "yes", "yes", "no", "no"])))
    figure: Sensitivity = report(plan(f"open: {{kind: share, item: open, is: yes, {WORDS}}}"), data).figures[0]
    english, dutch = as_text(figure, "en").splitlines(), as_text(figure, "nl").splitlines()
    assert english[0] == "something (n = 5 / 20)"
    assert english[-1] == "    -  15.0  90.0  Nothing is assumed about boards that did not answer."
    assert dutch[-1] == "     -  15,0  90,0  Over besturen die niet antwoordden, wordt niets aangenomen."
    assert dutch[1].endswith("als dit waar is")
