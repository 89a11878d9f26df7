"""Weighted figures of a plan with the jackknife's variance: as R has them, and as a loop over boards has them."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peilstok.errors import Refused
from peilstok.estimate import EstimateTable, estimates, leaving_out, wave
from peilstok.estimate.moments import Measures
from peilstok.estimate.weights import post_stratify
from peilstok.terms import FigureName
from tests.estimate import slow_replicates
from tests.estimate.boards import WORDS, answers, board, numbered, plan

HEAD = """\
format: peilstok/plan/1
wave: wave-3
population: {nl: besturen, en: boards}
bases:
  boards: {nl: besturen, en: boards}
domains:
  south: {label: {nl: zuid, en: south}, where: {region: south}}
"""
ESTIMANDS = f"""
care: {{kind: ratio, numerator: care, denominator: register(pupils), domains: [south], {WORDS}}}
yes: {{kind: share, item: said, is: yes, domains: [south], {WORDS}}}
total: {{kind: total, of: care, unit: pupils, {WORDS}}}
"""
CARE = [0, 0, 0, 8, 6, 5, 5, 12, 16, 22, 4, 21, 0, 21, 6, 44, 32, 24, 20, 25, 30, 40, 55, 12]
SAID = [0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1]


def answered(variance: str) -> EstimateTable:
    """24 boards of 60: 8 of 20 below 500 pupils, 8 of 22 below 1,000, 8 of 18 from there; every third in the south."""
    frame = [board(number, 60 * number) | {"region": "south" if number % 3 == 0 else None} for number in range(1, 25)]
    rest = [480] * 12 + [600] * 14 + [1200] * 10
    frame += [board(number, pupils) for number, pupils in enumerate(rest, start=25)]
    weighting = f"weighting: {{pupils: [500, 1000], variance: {variance}}}\n"
    said = numbered("yes" if each else "no" for each in SAID)
    return estimates(
        plan(ESTIMANDS, head=HEAD, more=weighting), wave(frame=frame, answers=answers(care=numbered(CARE), said=said))
    )


@pytest.mark.parametrize(
    ("name", "of", "value", "se"),
    [
        ("care", "boards", 2.2570390554, 0.24819229146),
        ("care.south", "boards", 1.76796454574, 0.339462500667),
        ("yes", "boards", 41.25, 8.66896391584),
        ("yes.south", "boards", 47.5, 14.3248780068),
        ("yes", "pupils", 44.4482288828, 9.82911573032),
        ("total", "boards", 994, 113.968640513),
    ],
)
def test_a_plan_that_asks_for_the_jackknife_publishes_what_r_makes_of_replicates(
    name: str, of: str, value: float, se: float
) -> None:
    """R 4.2.2, survey 4.1-1.

    des <- as.svrepdesign(svydesign(~1, fpc = ~N, data = d), type = "JK1")  # N = 60
    ps <- postStratify(des, ~cell, data.frame(cell = 1:3, Freq = c(20, 22, 18)))
    svyratio(~care, ~pupils, ps); svymean(~yes, ps); svyratio(~I(yes * pupils), ~pupils, ps); svytotal(~care, ps)
    svyratio(~care, ~pupils, subset(ps, south)); svymean(~yes, subset(ps, south))
    """
    found = answered("jackknife").row(FigureName(name)).estimates["weighted", of]  # type: ignore[index]
    assert found.value == pytest.approx(value, rel=1e-11)
    assert found.se == pytest.approx(se, rel=1e-11)
    assert "variance by the jackknife" in found.method


def test_the_jackknife_changes_the_errors_of_weighted_figures_and_nothing_else() -> None:
    jackknife, linearised = answered("jackknife"), answered("linearised")
    for one, other in zip(jackknife.rows, linearised.rows, strict=True):
        for key, estimate in one.estimates.items():
            beside = other.estimates[key]
            assert estimate.value == beside.value
            assert (estimate == beside) == (key[0] == "as_answered")
            if key[0] == "weighted":
                assert estimate.se is not None
                assert estimate.se > (beside.se or 0)
                assert (estimate.ci_high or 0) - (estimate.ci_low or 0) > (beside.ci_high or 0) - (beside.ci_low or 0)


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_sums_give_what_a_loop_that_leaves_out_each_board_and_weights_anew_gives(seed: int, ratio: bool) -> None:
    rng = np.random.default_rng(seed)
    boards = int(rng.integers(6, 30))
    sizes = rng.integers(1, 1_000, boards)
    frame = [*sizes.tolist(), *rng.integers(1, 1_000, boards).tolist()]
    strata = post_stratify(
        frame=frame, respondents=sizes.tolist(), bounds=(300, 600), at_least=2, before=np.full(boards, 2.0)
    )
    y, x = rng.integers(0, 50, boards).astype(float), rng.integers(1, 80, boards).astype(float)
    inside = rng.random(boards) < 0.7
    if inside.sum() < 2:
        inside[:2] = True
    totals = [sum(strata.after[strata.codes == cell]) for cell in range(len(strata.cells))]

    def estimate(kept: list[int]) -> float:
        weights = [
            totals[strata.codes[at]] / sum(strata.codes[other] == strata.codes[at] for other in kept) for at in kept
        ]
        above = sum(w * y[at] for w, at in zip(weights, kept, strict=True) if inside[at])
        return above / sum(w * x[at] for w, at in zip(weights, kept, strict=True) if inside[at]) if ratio else above

    without = [estimate([at for at in range(boards) if at != each]) for each in range(boards)]
    measures = Measures(
        y=y[:, None],
        x=(x if ratio else np.ones(boards))[:, None],
        base=np.ones((boards, 1), bool),
        ratio=np.array([ratio]),
    )
    found = leaving_out.squares(measures, inside[:, None], strata)
    expected = (boards - 1) * slow_replicates.spread(without)
    assert sqrt(found[0, 0]) == pytest.approx(sqrt(expected), rel=1e-6, abs=1e-9)


def test_cells_of_one_board_are_refused_in_a_plan_whose_variance_leaves_one_out() -> None:
    with pytest.raises(Refused) as refused:
        plan(ESTIMANDS, head=HEAD, more="weighting: {pupils: [500], at_least: 1, variance: jackknife}\n")
    [finding] = refused.value.findings
    assert "at_least: 2 or more, as the jackknife leaves a board out of its cell" in str(finding)


@pytest.mark.parametrize("boards", [0, 1, 2, 3])
def test_the_jackknife_of_few_boards_is_an_estimate_without_error_or_none_and_never_a_crash(boards: int) -> None:
    frame = [board(number, 100 * number) for number in range(1, 9)]
    few = plan(ESTIMANDS, head=HEAD, more="weighting: {pupils: [500], at_least: 5, variance: jackknife}\n")
    said, care = numbered(["yes", "no", "yes"][:boards]), numbered([5, 0, 9][:boards])
    if boards == 0:
        with pytest.raises(Refused):
            estimates(few, wave(frame=frame, answers=answers(care=care, said=said)))
        return
    found = estimates(few, wave(frame=frame, answers=answers(care=care, said=said))).row(FigureName("care"))
    assert (("weighted", "boards") in found.estimates) == (boards >= 2)
    for each in found.estimates.values():
        assert each.se is not None
        assert np.isfinite(each.se)
