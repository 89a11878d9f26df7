"""A plan on answers: bases, domains, weights and every way of estimating, on boards few enough to work out by hand."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.errors import Refused
from peilstok.estimate import Estimate, EstimateTable, Plan, Row, estimates, wave
from peilstok.terms import FigureName, Missing, RegisterRow, Value
from tests.estimate import slow
from tests.estimate.boards import WORDS, answers, board, numbered, plan, unit

FRAME = [board(number, 100 * number, schools=number, special=number in (7, 8)) for number in range(1, 9)]
SHARE = plan(f"started: {{kind: share, item: care, is: [yes], {WORDS}}}")


def table(plan: Plan, frame: list[RegisterRow] = FRAME, **items: dict[int, Value]) -> EstimateTable:
    return estimates(plan, wave(frame=frame, answers=answers(**items)))


def row(plan: Plan, name: str, **items: dict[int, Value]) -> Row:
    return table(plan, **items).row(FigureName(name))


def answered(row: Row) -> Estimate:
    assert row.as_answered is not None
    return row.as_answered


def test_a_share_counts_boards_and_has_the_standard_error_of_a_simple_random_sample() -> None:
    found = row(SHARE, "started", care=numbered(["yes", "no", "yes", "no"]))
    assert (found.n, found.count, found.contributors) == (4, 2, 4)
    assert answered(found).value == 50
    assert answered(found).se == pytest.approx(100 * sqrt(1 / 24), rel=1e-12)  # (1 - 4/8) (1/3) / 4 of 8 boards
    assert answered(found).df == 3


def test_the_share_of_pupils_stands_beside_the_share_of_boards() -> None:
    found = row(SHARE, "started", care=numbered(["yes", "no", "yes", "no"]))
    of_pupils = found.estimates["as_answered", "pupils"]
    assert of_pupils.value == pytest.approx(40)  # (100 + 300) of (100 + 200 + 300 + 400)
    _, z = slow.ratio([100, 0, 300, 0], [100, 200, 300, 400], [2] * 4)
    variance = slow.covariance(z, z, ["all"] * 4, range(4), {"all": 8})
    assert of_pupils.se == pytest.approx(100 * sqrt(variance), rel=1e-12)


def test_coverage_is_of_all_pupils_in_the_frame() -> None:
    found = row(SHARE, "started", care=numbered(["yes", "no", "yes", "no"]))
    assert found.pupils == 1000
    assert found.coverage == pytest.approx(100 * 1000 / 3600)


def test_boards_that_do_not_know_leave_the_base_of_a_share() -> None:
    found = row(SHARE, "started", care=numbered(["yes", "no", Missing.DONT_KNOW, "no"]))
    assert (found.n, found.count) == (3, 1)
    assert answered(found).value == pytest.approx(100 / 3)


def test_boards_that_do_not_know_stay_in_the_base_where_the_plan_says_so_and_can_be_a_share() -> None:
    counted = plan(
        f"""
        started: {{kind: share, item: care, is: yes, dont_know: counts_in_base, {WORDS}}}
        unknown: {{kind: share, item: care, is: dont_know, dont_know: counts_in_base, {WORDS}}}
        """
    )
    values = numbered(["yes", "no", Missing.DONT_KNOW, Missing.DONT_KNOW])
    found = table(counted, care=values).rows
    assert [(each.n, each.count) for each in found] == [(4, 1), (4, 2)]


@pytest.mark.parametrize("missing", [Missing.NOT_ANSWERED, Missing.NOT_ASKED, Missing.NOT_APPLICABLE])
def test_boards_that_were_not_asked_or_did_not_answer_are_never_in_the_base(missing: Missing) -> None:
    counted = plan(f"started: {{kind: share, item: care, is: yes, dont_know: counts_in_base, {WORDS}}}")
    assert row(counted, "started", care=numbered(["yes", "no", missing, "no"])).n == 3
    assert row(counted, "started", care=numbered(["yes", "no"]), other=numbered(["x"] * 4)).n == 2


def test_not_applicable_counts_in_the_base_where_the_plan_says_so() -> None:
    counted = plan(f"started: {{kind: share, item: care, is: yes, not_applicable: counts_in_base, {WORDS}}}")
    values = numbered(["yes", Missing.DONT_KNOW, Missing.NOT_APPLICABLE, "no"])
    assert row(counted, "started", care=values).n == 3


def test_an_option_may_be_called_unknown_without_being_a_missing_answer() -> None:
    counted = plan(f"unknown: {{kind: share, item: care, is: unknown, {WORDS}}}")
    assert answered(row(counted, "unknown", care=numbered(["unknown", "no", "yes", "no"]))).value == 25


def test_a_board_with_several_answers_counts_once_in_each_of_them() -> None:
    forms = plan(
        """
        forms:
          kind: multiple_response
          item: forms
          base: boards
          shares:
            on_site: {is: on_site, label: {nl: a, en: b}}
            digital: {is: digital, label: {nl: a, en: b}}
        """
    )
    values = [frozenset({"on_site", "digital"}), frozenset({"on_site"}), frozenset({"none"}), Missing.DONT_KNOW]
    found = table(forms, forms=numbered(values)).rows
    assert [(each.n, each.count) for each in found] == [(3, 2), (3, 1)]


def test_a_ratio_is_of_sums_and_a_mean_of_percentages_is_of_boards() -> None:
    both = plan(
        f"""
        ratio: {{kind: ratio, numerator: care, denominator: pupils, {WORDS}}}
        mean: {{kind: mean, of: {{percent: care, per: pupils}}, unit: percent, {WORDS}}}
        """
    )
    ratio, mean = table(both, care=numbered([10, 60]), pupils=numbered([100, 300])).rows
    assert answered(ratio).value == pytest.approx(17.5)  # 70 of 400
    assert answered(mean).value == pytest.approx(15)  # of 10 and 20 percent


def test_a_board_with_nothing_to_take_a_percentage_of_leaves_the_mean() -> None:
    mean = plan(f"mean: {{kind: mean, of: {{percent: care, per: pupils}}, unit: percent, {WORDS}}}")
    found = row(mean, "mean", care=numbered([10, 60, 0]), pupils=numbered([100, 300, 0]))
    assert (found.n, answered(found).value) == (2, pytest.approx(15))


def test_a_board_without_one_part_of_a_sum_leaves_the_ratio() -> None:
    ratio = plan(f"a: {{kind: ratio, numerator: x + y, denominator: pupils, {WORDS}}}")
    found = row(ratio, "a", x=numbered([1, 2, 3]), y=numbered([1, Missing.DONT_KNOW, 3]), pupils=numbered([10, 10, 10]))
    assert (found.n, answered(found).value) == (2, pytest.approx(40))


def test_a_ratio_rests_on_boards_that_have_something_in_its_denominator() -> None:
    ratio = plan(f"a: {{kind: ratio, numerator: x, denominator: y, {WORDS}}}")
    found = row(ratio, "a", x=numbered([1, 0, 3]), y=numbered([2, 0, 4]))
    assert (found.n, found.contributors) == (3, 2)


def test_a_total_is_of_the_whole_frame_and_a_count_of_those_that_answered() -> None:
    both = plan(
        f"""
        total: {{kind: total, of: care, unit: pupils, {WORDS}}}
        count: {{kind: count, of: care, {WORDS}}}
        boards: {{kind: count, {WORDS}}}
        """
    )
    total, count, boards = table(both, care=numbered([10, 60])).rows
    assert answered(total).value == 280  # 70 at 2 of 8 boards
    assert answered(total).se == pytest.approx(sqrt(64 * (1 - 2 / 8) * 1250 / 2), rel=1e-12)
    assert (answered(count).value, answered(count).se) == (70, None)
    assert (answered(boards).value, boards.estimand.unit, count.estimand.unit) == (2, "boards", "pupils")


def test_what_is_known_of_the_frame_has_no_sampling_error() -> None:
    known = plan(f"a: {{kind: ratio, numerator: register(pupils), denominator: frame(pupils), {WORDS}}}")
    found = answered(row(known, "a", care=numbered([1, 1])))
    assert (found.value, found.se, found.ci_low) == (pytest.approx(100 * 300 / 3600), None, None)


def test_a_share_of_the_register_needs_no_item() -> None:
    single = plan(f"single: {{kind: register_share, where: {{schools: {{at_most: 2}}}}, {WORDS}}}")
    found = row(single, "single", care=numbered([1] * 4))
    assert (found.n, found.count) == (4, 2)


def test_a_domain_has_its_own_base_coverage_and_zero_filled_standard_error() -> None:
    mean = plan(f"mean: {{kind: mean, of: care, unit: number, domains: [without_vso], {WORDS}}}")
    values = {3: 2.0, 4: 4.0, 5: 9.0, 7: 50.0, 8: 70.0}
    found = row(mean, "mean.without_vso", care=values)
    _, z = slow.ratio([2, 4, 9, 0, 0], [1, 1, 1, 0, 0], [8 / 5] * 5)
    variance = slow.covariance(z, z, ["all"] * 5, range(5), {"all": 8})
    assert (found.n, answered(found).value, answered(found).df) == (3, 5, 2)
    assert answered(found).se == pytest.approx(sqrt(variance), rel=1e-12)
    assert found.coverage == pytest.approx(100 * 1200 / 2100)


def test_the_totals_of_two_domains_add_up_to_all() -> None:
    total = plan(f"a: {{kind: total, of: care, unit: pupils, domains: [without_vso, with_vso], {WORDS}}}")
    rows = table(total, care={3: 2, 4: 4, 7: 50, 8: 70}).rows
    over_all, without, with_ = (answered(each).value for each in rows)
    assert without + with_ == pytest.approx(over_all, rel=1e-14)


def test_weighting_gives_every_size_cell_its_boards_in_the_frame() -> None:
    weighted = plan(
        f"started: {{kind: share, item: care, is: yes, {WORDS}}}", more="weighting: {pupils: [600], at_least: 1}\n"
    )
    found = row(weighted, "started", care={1: "no", 2: "no", 3: "yes", 6: "yes", 7: "yes"})
    # cells: 5 boards below 600 (3 answered, 1 yes), 3 from 600 (2 answered, 2 yes)
    assert found.estimates["weighted", "boards"].value == pytest.approx(100 * (5 / 3 + 3) / 8)
    after = [5 / 3, 5 / 3, 5 / 3, 3 / 2, 3 / 2]
    _, z = slow.ratio([0, 0, 1, 1, 1], [1] * 5, after)
    z = slow.residuals(z, [8 / 5] * 5, after, [0, 0, 0, 1, 1])
    variance = slow.covariance(z, z, ["all"] * 5, range(5), {"all": 8})
    assert found.estimates["weighted", "boards"].se == pytest.approx(100 * sqrt(variance), rel=1e-12)
    assert found.estimates["weighted", "pupils"].value == pytest.approx(
        100 * (5 / 3 * 300 + 3 / 2 * 1300) / (5 / 3 * 600 + 3 / 2 * 1300)
    )


def test_without_weighting_in_the_plan_nothing_is_weighted() -> None:
    found = table(SHARE, care=numbered(["yes", "no", "yes"]))
    assert found.cells == ()
    assert set(found.rows[0].estimates) == {("as_answered", "boards"), ("as_answered", "pupils")}


def test_when_every_board_answered_every_way_is_exact() -> None:
    everybody = plan(
        f"started: {{kind: share, item: care, is: yes, {WORDS}}}", more="weighting: {pupils: [300], at_least: 1}\n"
    )
    found = row(everybody, "started", care=numbered(["yes", "no"] * 4))
    for design in ("as_answered", "weighted"):
        estimate = found.estimates[design, "boards"]  # type: ignore[index]  # one of the two designs
        assert estimate.value == pytest.approx(50)
        assert estimate.se == pytest.approx(0, abs=1e-12)
        assert (estimate.ci_low, estimate.ci_high) == (pytest.approx(50), pytest.approx(50))


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0, None), (12, None, 100)])
def test_a_share_that_none_or_all_said_still_has_an_interval(count: int, low: float, high: float) -> None:
    frame = [board(number, 100) for number in range(1, 100)]
    values = numbered(["yes"] * count + ["no"] * (12 - count))
    found = answered(table(SHARE, frame, care=values).rows[0])
    assert found.se == 0
    if low == 0:
        assert found.ci_low == 0
        assert 20 < found.ci_high < 30  # type: ignore[operator]  # 1 - 0.025^(1/12.5) is 25.5 percent
    if high == 100:
        assert found.ci_high == 100
        assert 70 < found.ci_low < 80  # type: ignore[operator]  # the mirror image


@pytest.mark.parametrize("answers", [{1: "yes"}, {1: Missing.DONT_KNOW, 2: Missing.DONT_KNOW, 3: "yes"}])
def test_one_board_gives_no_estimate_and_the_reason(answers: dict[int, Value]) -> None:
    found = row(SHARE, "started", care=answers)
    assert (found.as_answered, found.why_not) == (None, "fewer than two boards answered it")


def test_two_boards_give_an_estimate() -> None:
    assert row(SHARE, "started", care={1: "yes", 2: "no"}).as_answered is not None


def test_a_ratio_to_nothing_gives_no_estimate_and_the_reason() -> None:
    ratio = plan(f"a: {{kind: ratio, numerator: x, denominator: y, {WORDS}}}")
    found = row(ratio, "a", x=numbered([0, 0]), y=numbered([0, 0]))
    assert (found.as_answered, found.why_not) == (None, "the denominator is zero at every board")


def test_boards_without_pupils_have_no_share_of_pupils() -> None:
    frame = [board(number, 0) for number in range(1, 5)]
    found = table(SHARE, frame, care=numbered(["yes", "no"])).rows[0]
    assert set(found.estimates) == {("as_answered", "boards")}
    assert found.coverage is None


def test_a_part_larger_than_its_whole_is_refused_unless_it_is_none() -> None:
    part = f"a: {{kind: ratio, numerator: x, denominator: y, {WORDS}}}"
    with pytest.raises(Refused, match=r"E104 .* a outside 0 to 100 percent"):
        table(plan(part), x=numbered([3, 4]), y=numbered([3, 3]))
    assert answered(row(plan(part), "a", x=numbered([3, 3]), y=numbered([3, 3]))).value == 100
    free = plan(part.replace("denominator: y", "denominator: y, of_whole: false"))
    assert answered(row(free, "a", x=numbered([3, 4]), y=numbered([3, 3]))).value == pytest.approx(700 / 6)


def test_all_that_does_not_fit_in_the_answers_is_told_at_once() -> None:
    both = plan(f"a: {{kind: mean, of: x, unit: number, {WORDS}}}\nb: {{kind: share, item: y, is: yes, {WORDS}}}")
    with pytest.raises(Refused) as refused:
        table(both, x=numbered([1, "many", float("nan")]), y=numbered(["yes", 3, "no"]))
    assert [(each.code, each.found) for each in refused.value.findings] == [
        ("E103", "board 00002, x: 'many'"),
        ("E103", "board 00003, x: 'nan'"),
        ("E103", "board 00002, y: '3'"),
    ]


def test_boards_outside_the_frame_and_numbers_twice_in_it_are_refused_together() -> None:
    with pytest.raises(Refused) as refused:
        wave(frame=[*FRAME, FRAME[0]], answers=answers(care={99: "yes", 98: "yes"}))
    assert [each.found for each in refused.value.findings] == [
        "board 00098",
        "board 00099",
        "a board's number twice in the frame",
    ]
    with pytest.raises(Refused, match="no answers"):
        wave(frame=FRAME, answers={})


MIXED = plan(
    f"""
    ratio: {{kind: ratio, numerator: x, denominator: pupils, {WORDS}, domains: [without_vso, with_vso]}}
    share: {{kind: share, item: care, is: yes, {WORDS}, domains: [without_vso]}}
    """,
    more="weighting: {pupils: [300, 500], at_least: 2}\n",
)


@settings(max_examples=50, deadline=None)
@given(st.permutations(range(1, 9)), st.permutations(range(1, 9)))
def test_the_order_in_which_boards_and_answers_come_never_shows(first: list[int], second: list[int]) -> None:
    x: dict[int, Value] = {number: number * 1.1 for number in range(1, 8)}
    pupils: dict[int, Value] = {number: 33.3 + number**2 for number in range(1, 8)}
    care: dict[int, Value] = {number: "yes" if number % 3 else "no" for number in range(1, 8)}
    given_answers = answers(x=x, pupils=pupils, care=care)
    usual = estimates(MIXED, wave(frame=FRAME, answers=given_answers))
    turned = {unit(number): given_answers[unit(number)] for number in first if unit(number) in given_answers}
    other = estimates(MIXED, wave(frame=[FRAME[number - 1] for number in second], answers=turned))
    assert repr(other) == repr(usual)
    assert other.influence.values.tobytes() == usual.influence.values.tobytes()


def test_other_answers_give_another_fingerprint_of_the_data() -> None:
    found = {
        table(SHARE, care=numbered(values)).data_fingerprint
        for values in (["yes", "no"], ["yes", "yes"], ["yes", Missing.DONT_KNOW], ["yes", "dont_know"])
    }
    assert len(found) == 4


def test_another_domain_of_a_board_gives_another_fingerprint_of_the_data_and_another_name_does_not() -> None:
    care = numbered(["yes", "no", "yes"])
    moved = [{**FRAME[0], "has_special_school": True}, *FRAME[1:]]
    renamed = [{**FRAME[0], "name": "Ander bestuur"}, *FRAME[1:]]
    usual, other, same = (table(SHARE, frame, care=care).data_fingerprint for frame in (FRAME, moved, renamed))
    assert (usual == other, usual == same) == (False, True)
