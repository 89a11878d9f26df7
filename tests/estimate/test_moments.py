"""All figures of a wave at once against one figure at a time, and digits that sums of squares would lose."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.errors import Refused
from peilstok.estimate import EstimateTable, Plan, Wave, answers, estimates, moments
from peilstok.estimate.change import Change, Sample, change, from_intervals
from peilstok.estimate.intervals import Interval
from peilstok.estimate.since import since
from peilstok.terms import FigureName, ItemName, Missing, UnitId, Value
from tests.estimate import slow
from tests.estimate.boards import WORDS, board, plan, unit

MANY = plan(
    f"""
    said: {{kind: share, item: care, is: "yes", domains: [without_vso, with_vso], {WORDS}}}
    part: {{kind: ratio, numerator: a, denominator: pupils, domains: [without_vso, with_vso], {WORDS}}}
    whole: {{kind: ratio, numerator: a, denominator: b, unit: number, domains: [without_vso, with_vso], {WORDS}}}
    mean: {{kind: mean, of: b, unit: number, domains: [without_vso, with_vso], {WORDS}}}
    total: {{kind: total, of: a, unit: number, domains: [without_vso, with_vso], {WORDS}}}
    """,
    more="weighting: {pupils: [300, 600], at_least: 2}\n",
)
BOARDS = 40


@st.composite
def waves(draw: st.DrawFn) -> Wave:
    """Of 40 boards some answered, each with gaps of its own."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return answered(rng, rng.permutation(BOARDS)[: draw(st.integers(2, BOARDS))])


def answered(rng: np.random.Generator, who: np.ndarray[tuple[int], np.dtype[np.intp]], *, special: int = 3) -> Wave:
    """Every so many-th board has a special school."""
    sizes = np.random.default_rng(3).integers(20, 1_000, BOARDS)
    frame = [board(number, int(size), special=number % special == 0) for number, size in enumerate(sizes)]
    return answers.wave(frame=frame, answers={unit(int(one)): _said(rng, int(sizes[one])) for one in who})


def _said(rng: np.random.Generator, pupils: int) -> dict[ItemName, Value]:
    found: dict[str, Value] = {
        "care": str(rng.choice(["yes", "no"])),
        "a": int(rng.integers(0, pupils // 2)),
        "b": int(rng.integers(0, 50)),
        "pupils": pupils,
    }
    return {ItemName(name): value if rng.random() < 0.8 else Missing.DONT_KNOW for name, value in found.items()}


@settings(max_examples=150, deadline=None)
@given(waves())
def test_every_figure_of_a_wave_is_that_of_the_textbook_alone(wave: Wave) -> None:
    table = estimates(MANY, wave)
    cells = [int(np.searchsorted([cell.low for cell in table.cells], size, side="right")) for size in sizes(wave)]
    for row in table.rows:
        for (design, of), found in row.estimates.items():
            y, x = columns(wave, MANY, row.name, pupils=of == "pupils")
            after = [cell.weight for cell in table.cells]
            before = [BOARDS / len(wave)] * len(wave)
            weights = before if design == "as_answered" else [after[cell - 1] for cell in cells]
            value, z = slow.ratio(y, x, weights) if x else (sum(np.multiply(weights, y)), list(np.multiply(weights, y)))
            if design == "weighted":
                z = slow.residuals(z, before, weights, cells)
            scale = 100 if row.estimand.unit == "percent" else 1
            nearly = 1e-9 * max(abs(scale * value), 1)
            variance = slow.covariance(z, z, ["all"] * len(z), range(len(z)), {"all": BOARDS})
            assert found.value == pytest.approx(scale * value, rel=1e-9)
            assert found.se == pytest.approx(scale * sqrt(max(variance, 0)), rel=1e-7, abs=nearly)


def sizes(wave: Wave) -> list[float]:
    return [float(each) for each in wave.register("pupils")]


def columns(wave: Wave, plan: Plan, name: FigureName, *, pupils: bool) -> tuple[list[float], list[float]]:
    """y and x of a figure of `MANY` by a loop over the boards; no x for the total."""
    estimand, _, domain = name.partition(".")
    given_to = {item: wave.column(ItemName(item)).each() for item in ("care", "a", "b", "pupils")}
    y, x = [], []
    for place, size in enumerate(sizes(wave)):
        special = wave.frame[int(wave.places[place])]["has_special_school"]
        there = domain == "" or (domain == "with_vso") == special
        said = {item: values[place] for item, values in given_to.items()}
        above, below = _parts(estimand, said)
        counts = there and not isinstance(above, Missing) and not isinstance(below, Missing)
        times = size if pupils else 1
        y.append(float(above) * times if counts else 0.0)
        x.append(float(below) * times if counts else 0.0)
    return y, [] if estimand == "total" else x


def _parts(estimand: str, said: dict[str, object]) -> tuple[object, object]:
    if estimand == "said":
        return said["care"] if isinstance(said["care"], Missing) else said["care"] == "yes", 1
    above, below = {"part": ("a", "pupils"), "whole": ("a", "b"), "mean": ("b", ""), "total": ("a", "")}[estimand]
    return said[above], said[below] if below else 1


def test_a_standard_error_keeps_its_digits_where_a_domain_is_far_from_all_others() -> None:
    """Ten boards say a million and some thousandths, thirty say 0: a sum of squares alone would have no digit left."""
    near = {unit(number): 1e6 + 0.001 * (number % 7) if number % 3 == 0 else 0.0 for number in range(BOARDS)}
    frame = [board(number, 100, special=number % 3 == 0) for number in range(BOARDS)]
    given_to = {one: {ItemName("b"): value} for one, value in near.items() if one != unit(0)}
    mean = plan(f"mean: {{kind: mean, of: b, unit: number, domains: [with_vso], {WORDS}}}")
    found = estimates(mean, answers.wave(frame=frame, answers=given_to)).row(FigureName("mean.with_vso")).as_answered
    assert found is not None
    inside = [float(near[unit(number)]) - 1e6 for number in range(3, BOARDS, 3)]
    middle = sum(inside) / len(inside)
    squares = sum((each - middle) ** 2 for each in inside)
    n = BOARDS - 1
    wanted = sqrt((1 - n / BOARDS) * n / (n - 1) * squares) / len(inside)
    assert found.se == pytest.approx(wanted, rel=1e-6)


@settings(max_examples=50)
@given(st.integers(1, 200), st.integers(0, 2**32 - 1))
def test_the_two_largest_amounts_of_a_domain_are_found(boards: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, inside = rng.integers(-5, 50, boards).astype(float), rng.random((boards, 4)) < [1, 0.5, 0.02, 0]
    for domain, found in enumerate(moments.two_largest(y, inside)):
        amounts = sorted(np.abs(y[inside[:, domain]]), reverse=True)
        assert found == pytest.approx(sum(amounts[:2]) / sum(amounts) if sum(amounts) else 0)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Wave, Wave]:
    """Two waves that share some boards, or none; some have got a special school since."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    order, size = rng.permutation(BOARDS), draw(st.integers(5, 25))
    later = draw(st.integers(0, size))
    return answered(rng, order[:size]), answered(rng, order[later : later + size], special=2)


@settings(max_examples=100, deadline=None)
@given(pairs())
def test_the_changes_of_all_figures_are_those_of_one_figure_after_the_other(waves: tuple[Wave, Wave]) -> None:
    before, now = (estimates(MANY, wave) for wave in waves)
    found = since(before, now)
    assert found.names == tuple(name for name in now.influence.names if name in before.influence.names)
    for place, name in enumerate(found.names):
        (was, a), (is_now, b) = (one_figure(table, name) for table in (before, now))
        [change_of_one] = change(a, b, before=[was], after=[is_now])
        wanted = change_of_one.absolute
        assert found.values[place] == pytest.approx(wanted.value, rel=1e-9, abs=1e-9)
        digits = 1e-6 * sum(float(np.abs(each.values).max()) * BOARDS for each in (a, b))
        assert found.se[place] == pytest.approx(wanted.se, rel=1e-6, abs=digits)
        limits = interval_of_change(before, now, name, change_of_one)
        assert (found.low[place], found.high[place]) == pytest.approx(limits, rel=1e-6, abs=10 * digits)
        assert found.shared == change_of_one.shared


def interval_of_change(
    before: EstimateTable, now: EstimateTable, name: FigureName, found: Change
) -> tuple[float, float]:
    """Of shares from their own intervals, of other figures the t interval."""
    if name.partition(".")[0] not in {"said", "part"}:
        return found.absolute.low, found.absolute.high
    own = [Interval(*own_interval(table, name), "logit") for table in (before, now)]
    made = from_intervals(before=found.before, of_before=own[0], after=found.after, of_after=own[1], r=found.r)
    return made.low, made.high


def own_interval(table: EstimateTable, name: FigureName) -> tuple[float, float]:
    found = table.row(name).as_answered
    assert found is not None
    assert found.ci_low is not None
    assert found.ci_high is not None
    return found.ci_low, found.ci_high


def one_figure(table: EstimateTable, name: FigureName) -> tuple[float, Sample]:
    answered = table.row(name).as_answered
    assert answered is not None
    influence = table.influence
    values = influence.values[:, [influence.names.index(name)]]
    return answered.value, Sample(units=influence.units, values=values, population=influence.population)


def test_a_figure_of_another_kind_in_the_wave_before_is_not_compared() -> None:
    other = plan(f"said: {{kind: total, of: a, unit: number, {WORDS}}}")
    mine = plan(f'said: {{kind: share, item: care, is: "yes", {WORDS}}}')
    wave = answered(np.random.default_rng(1), np.arange(30))
    assert since(estimates(other, wave), estimates(mine, wave)).names == ()
    assert since(estimates(mine, wave), estimates(mine, wave)).names == ("said",)


def test_the_same_boards_with_the_same_answers_have_not_changed_for_certain() -> None:
    table = estimates(MANY, answered(np.random.default_rng(1), np.arange(30)))
    found = since(table, table)
    assert set(found.values) == {0.0}
    own = [one.se or 0 for name in found.names if (one := table.row(name).as_answered)]
    assert (found.se <= 1e-6 * np.array(own)).all()


def test_nobody_is_in_two_waves_with_other_boards() -> None:
    rng = np.random.default_rng(1)
    found = since(estimates(MANY, answered(rng, np.arange(20))), estimates(MANY, answered(rng, np.arange(20, 40))))
    assert (found.shared, set(found.r)) == (0, {0.0})
    assert UnitId("00000") not in found.names


def test_rows_are_made_one_estimand_at_a_time_and_once() -> None:
    rows = estimates(MANY, answered(np.random.default_rng(1), np.arange(30))).rows
    assert [row.name for row in rows[:4]] == ["said", "said.without_vso", "said.with_vso", "part"]
    assert rows.named(FigureName("mean")) is rows[9]
    assert (len(rows), rows[-1].name) == (15, "total.with_vso")
    with pytest.raises(IndexError):
        rows[15]
    with pytest.raises(KeyError):
        rows.named(FigureName("absent"))


def test_an_answer_that_is_no_value_at_all_is_told_like_any_other_misfit() -> None:
    said = plan(f'said: {{kind: share, item: care, is: "yes", {WORDS}}}')
    frame = [board(number, 100) for number in range(4)]
    given_to: dict[UnitId, dict[ItemName, Any]] = {unit(number): {ItemName("care"): ["yes"]} for number in range(3)}
    with pytest.raises(Refused) as refused:
        estimates(said, answers.wave(frame=frame, answers=given_to))
    assert [each.code for each in refused.value.findings] == ["E103"] * 3


def test_a_plan_of_counts_alone_and_of_totals_alone_needs_no_shares() -> None:
    wave = answered(np.random.default_rng(1), np.arange(10))
    counted = estimates(plan(f"boards: {{kind: count, {WORDS}}}"), wave)
    assert [each.value for row in counted.rows for each in row.estimates.values()] == [10]
    assert counted.influence.values.shape == (10, 0)
    total = estimates(plan(f"total: {{kind: total, of: a, unit: number, {WORDS}}}"), wave)
    assert since(counted, total).names == ()
    assert since(total, total).names == ("total",)


def test_a_domain_without_a_board_has_no_estimate_and_changes_nothing_else() -> None:
    frame = [board(number, 100) for number in range(6)]
    given_to = {unit(number): {ItemName("care"): "yes" if number % 2 else "no"} for number in range(5)}
    table = estimates(
        plan(f'said: {{kind: share, item: care, is: "yes", domains: [with_vso], {WORDS}}}'),
        answers.wave(frame=frame, answers=given_to),
    )
    empty = table.row(FigureName("said.with_vso"))
    assert (empty.n, empty.coverage, empty.estimates, empty.why_not) == (
        0,
        None,
        {},
        "fewer than two boards answered it",
    )
    assert table.influence.names == ("said",)
