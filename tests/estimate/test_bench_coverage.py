"""What the simulation of coverage counts, on a small population of its own."""

from __future__ import annotations

from itertools import starmap

import numpy as np
import pytest
from benchmarks import bench_coverage as bench

from peilstok.estimate.change import Way
from peilstok.terms import UnitId


def population(boards: int = 40) -> bench.Population:
    rng = np.random.default_rng(1)
    pupils = rng.integers(50, 3000, boards).astype(float)
    ones = np.ones(boards)
    figures = (
        bench.Figure("share", (rng.random(boards) < 0.4).astype(float), ones),
        bench.Figure("ratio", rng.binomial(pupils.astype(int), 0.1).astype(float), pupils),
    )
    return bench.Population(
        units=tuple(UnitId(str(k)) for k in range(boards)),
        pupils=pupils,
        known=np.column_stack([ones, pupils]),
        before=figures,
        figures=figures,
        chances=0.1 + 0.1 * pupils / 3000,
        care=rng.normal(size=boards),
    )


def test_a_result_worked_out_by_hand() -> None:
    figure = bench.Figure("share", np.array([1.0, 0.0]), np.ones(2))
    found = bench.result(figure, 0.5, np.array([[0.4, 0.1, 0.3, 0.45], [0.8, 0.1, 0.5, 0.9]]))
    assert (found.truth, found.covered) == (50, 50)  # a limit that is the truth covers it
    assert (found.bias, found.error, found.width) == pytest.approx((10, 0.1 / 0.2, 27.5))


def test_when_every_board_answers_nothing_is_uncertain() -> None:
    people = population()
    [share, ratio] = bench.of_figures(people, [np.arange(40)] * 2, map)["as answered"]
    for found in (share, ratio):
        assert (found.covered, found.width) == pytest.approx((100, 0), abs=1e-9)


def test_chances_are_scaled_to_the_boards_wanted_and_keep_their_odds() -> None:
    chances = np.array([0.1, 0.2, 0.5, 0.05])
    found = bench.scaled(chances, 2)
    assert found.sum() == pytest.approx(2, rel=1e-6)
    odds = (found / (1 - found)) / (chances / (1 - chances))
    assert odds == pytest.approx(odds[0], rel=1e-9)


def test_pairs_share_as_many_boards_as_the_demo_has() -> None:
    rng = np.random.default_rng(2)
    for first, second in bench.pairs_of_random(971, 5, rng):
        assert (len(first), len(second), len(set(first) & set(second))) == (108, 285, 60)
    chances = np.full(971, 285 / 971)
    pairs = bench.pairs_by_chance(np.full(971, 108 / 971), chances, 400, rng)
    sizes = np.mean([*starmap(lambda a, b: (len(a), len(b), len(set(a) & set(b))), pairs)], axis=0)
    assert sizes == pytest.approx([108, 285, 60], rel=0.03)


def test_the_table_of_changes_has_every_way_and_the_refused_one() -> None:
    people = population()
    pairs = [(np.arange(20), np.arange(5, 30)), (np.arange(8, 28), np.arange(10, 40))]
    found = bench.of_changes(people, pairs, [*Way], "as answered", map)
    assert [*found] == [*Way, bench.UNION, bench.INTERVALS]
    text = bench.change_table(people, found)
    assert text.splitlines()[0].startswith("| change of | truth | overlap | overlap_covariance |")
    assert found[bench.UNION][0].width < found[Way.STACKED_PLAIN][0].width
