"""How wide intervals are expected to become: against the table of estimates, and against really adding boards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from peilstok.estimate import Plan, estimates, wave
from peilstok.estimate.answers import Wave
from peilstok.estimate.outlook import Outlook, outlook
from peilstok.terms import FigureName, ItemName, Missing, UnitId, Value
from tests.estimate.boards import WORDS, board, plan, unit

ESTIMANDS = f"""
in_care: {{kind: ratio, numerator: care, denominator: register(pupils), {WORDS}}}
staff: {{kind: mean, of: staff, unit: percent, {WORDS}}}
lead: {{kind: share, item: lead, is: school, {WORDS}}}
nobody: {{kind: share, item: lead, is: nobody, {WORDS}}}
respondents: {{kind: count, {WORDS}}}
special: {{kind: register_share, where: {{has_special_school: true}}, {WORDS}}}
"""
WEIGHTED = "weighting: {pupils: [500, 1500], at_least: 5}\n"
N = 300


def population(seed: int = 7) -> tuple[list[int], dict[UnitId, dict[ItemName, Value]]]:
    """Sizes of N boards and what each would answer; large boards differ from small ones."""
    rng = np.random.default_rng(seed)
    sizes = np.sort(rng.lognormal(6.7, 0.9, N).astype(int) + 20)
    care = (sizes * rng.beta(2, 30, N)).astype(int)
    staff = np.round(rng.normal(60, 15, N) - 5 * np.log(sizes), 1)
    lead = np.where(rng.random(N) < np.where(sizes > 900, 0.8, 0.35), "school", "other")
    rows = zip(care.tolist(), staff.tolist(), lead.tolist(), strict=True)
    said: dict[UnitId, dict[ItemName, Value]] = {
        unit(at): {ItemName("care"): c, ItemName("staff"): s, ItemName("lead"): one}
        for at, (c, s, one) in enumerate(rows, start=1)
    }
    return sizes.tolist(), said


def data(chosen: Sequence[int], seed: int = 7) -> Wave:
    """The wave in which these boards (from 1) answered."""
    sizes, said = population(seed)
    frame = [board(at, size) for at, size in enumerate(sizes, start=1)]
    return wave(frame=frame, answers={unit(at): said[unit(at)] for at in chosen})


def made(chosen: Sequence[int], *, more: str = WEIGHTED) -> Outlook:
    return outlook(plan(ESTIMANDS, more=more), data(chosen))


def sample(size: int, seed: int = 1) -> list[int]:
    return sorted((np.random.default_rng(seed).permutation(N)[:size] + 1).tolist())


def published(of: Plan, chosen: Sequence[int]) -> dict[tuple[str, str], float]:
    table = estimates(of, data(chosen))
    return {
        (row.name, design): (one.ci_high - one.ci_low) / 2
        for row in table.rows
        for (design, about), one in row.estimates.items()
        if about == "boards" and one.ci_low is not None and one.ci_high is not None
    }


@pytest.mark.parametrize("more", [WEIGHTED, "", WEIGHTED.replace("}", ", variance: jackknife}")])
@pytest.mark.parametrize("size", [12, 90, 299])
def test_now_is_half_the_published_interval(more: str, size: int) -> None:
    chosen = sample(size)
    found, expected = made(chosen, more=more), published(plan(ESTIMANDS, more=more), chosen)
    assert [row.name for row in found.rows] == ["in_care", "staff", "lead", "nobody"]
    for precision, widths in zip(found.designs, found.half_widths(), strict=True):
        for row, width in zip(found.rows, widths, strict=True):
            assert width == pytest.approx(expected[row.name, precision.design], rel=1e-9, abs=1e-12)


def test_when_everybody_answers_nothing_is_uncertain_any_more() -> None:
    found = made(sample(200))
    for widths in (*found.half_widths(found.missing), *made(range(1, N + 1)).half_widths()):
        assert widths == pytest.approx(np.zeros(4), abs=1e-12)


def test_what_is_expected_after_twenty_answers_is_what_twenty_answers_bring_on_average() -> None:
    """120 of 300 boards at random, of which 100 came first: 200 times. The means agree within 1 percent."""
    of, rng = plan(ESTIMANDS, more=WEIGHTED), np.random.default_rng(20)
    expected, came = [], []
    for _ in range(200):
        order = (rng.permutation(N)[:120] + 1).tolist()
        before = outlook(of, data(order[:100]))
        expected.append(np.concatenate(before.half_widths(before.spread_over(20))))
        came.append(np.concatenate(outlook(of, data(order)).half_widths()))
    assert np.mean(expected, axis=0) == pytest.approx(np.mean(came, axis=0), rel=0.01)


def test_a_simple_share_follows_the_formula_by_hand() -> None:
    """50 of 100 boards in a frame of 300 say it, and 20 more answer: the formula of a simple random sample, twice."""
    found = outlook(
        plan(f"half: {{kind: share, item: lead, is: school, {WORDS}}}"),
        wave(
            frame=[board(at, 100) for at in range(1, N + 1)],
            answers={unit(at): {ItemName("lead"): "school" if at % 2 else "other"} for at in range(1, 101)},
        ),
    )
    [now], [then] = found.half_widths()[0], found.half_widths([20])[0]
    # logit interval about one half: expit(4 t se) - 1/2, se = sqrt((1 - n/N) / (4 (n - 1))); t of R: qt(.975, 99), 119
    for width, n, t in ((now, 100, 1.984217), (then, 120, 1.980100)):
        se = np.sqrt((1 - n / N) / (4 * (n - 1)))
        assert width == pytest.approx(100 * (1 / (1 + np.exp(-4 * t * se)) - 0.5), rel=1e-6)


def test_a_board_in_a_thin_cell_adds_more_than_one_in_a_full_cell() -> None:
    sizes, _ = population()
    small = [at for at, size in enumerate(sizes, start=1) if size < 500]
    large = [at for at, size in enumerate(sizes, start=1) if size >= 1500]
    middle = [at for at, size in enumerate(sizes, start=1) if 500 <= size < 1500]
    found = made([*small[:60], *middle[:60], *large[:6]])
    gains = found.gains()
    assert gains[2] > 3 * gains[0] > 0
    assert [found.cell_of(pupils) for pupils in (0, 499, 500, 1_499, 1_500, 90_000)] == [0, 0, 1, 1, 2, 2]


def test_without_weighting_every_missing_board_adds_the_same() -> None:
    found = made(sample(60), more="")
    assert len(found.cells) == 1
    assert found.gains() == pytest.approx([100 * (1 - found.half_widths([1])[-1] / found.half_widths()[-1]).mean()])


def test_a_cell_in_which_nobody_is_missing_adds_nothing() -> None:
    sizes, _ = population()
    large = [at for at, size in enumerate(sizes, start=1) if size >= 1500]
    rest = [at for at, size in enumerate(sizes, start=1) if size < 1500]
    assert made([*large, *rest[::4]]).gains()[-1] == 0


def test_so_many_answers_are_needed_and_one_fewer_is_too_few() -> None:
    found = made(sample(60))
    chosen = [row.estimand.unit == "percent" for row in found.rows]
    width = float(max(each[chosen].max() for each in found.half_widths())) * 0.7
    needed = found.needed(width, chosen)
    assert needed is not None
    assert all((each[chosen] <= width).all() for each in found.half_widths(found.spread_over(needed)))
    assert not all((each[chosen] <= width).all() for each in found.half_widths(found.spread_over(needed - 1)))
    assert found.needed(1e9, chosen) == 0


def test_a_figure_that_one_board_answered_has_no_outlook_yet() -> None:
    answers: dict[UnitId, dict[ItemName, Value]] = {
        unit(1): {ItemName("care"): 4, ItemName("staff"): Missing.DONT_KNOW, ItemName("lead"): "school"},
        unit(2): {ItemName("care"): 6, ItemName("staff"): 3, ItemName("lead"): "other"},
    }
    found = outlook(plan(ESTIMANDS), wave(frame=[board(at, 100) for at in range(1, 9)], answers=answers))
    assert [row.name for row in found.rows] == [FigureName(each) for each in ("in_care", "lead", "nobody")]
