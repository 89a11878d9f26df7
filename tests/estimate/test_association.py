"""Rao and Scott's tests, against R, the definition in another basis, closed forms, and what must not change them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import inf, isnan

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2
from scipy.stats import f as fishers_f

from peilstok.estimate.association import RaoScott, rao_scott, rao_scott_replicated
from peilstok.estimate.design import Design, multistage, simple_random
from peilstok.estimate.replicates import Replicates, UndefinedReplicates
from peilstok.estimate.resampling import jackknife
from tests.estimate import r_calls, slow
from tests.estimate.r_calls import Call, calls, survey
from tests.estimate.random_designs import Sample, samples


@pytest.mark.parametrize("call", calls("chisq"))
def test_both_orders_are_those_of_r(call: Call) -> None:
    data = survey(call["design"])
    found = rao_scott(
        data.codes(call["rows"]),
        data.codes(call["cols"]),
        design=data.design,
        inside=data.inside,
        df=data.df,
        rows_of_data=data.rows_of_data,
        project=data.project,
        order=call["order"],
    )
    r_calls.agree([found.statistic, found.ndf, found.p_value], [call[name] for name in ("statistic", "ndf", "p_value")])
    assert found.ddf == pytest.approx(call.get("ddf", inf), rel=1e-9)


def test_whether_school_wide_growth_goes_with_the_type_of_school_is_what_r_finds() -> None:
    case = json.loads((r_calls.FOLDER / "chisq-F.json").read_text())["expected"]
    clus1 = survey("clus1")
    found = rao_scott(clus1.codes("sch.wide"), clus1.codes("stype"), design=clus1.design, inside=clus1.inside)
    for name in ("statistic", "ndf", "ddf", "p_value"):
        r_calls.agree(getattr(found, name), case[name])


def replaced(n: int) -> Design:
    """n rows of equal weight, drawn with replacement."""
    return multistage(units=[range(n)], weights=[3.0] * n)


def of_table(table: list[list[int]]) -> tuple[list[int], list[int]]:
    """The codes of rows and columns of as many rows of data as the table says."""
    cells = [(r, c) for r, line in enumerate(table) for c, count in enumerate(line) for _ in range(count)]
    return [r for r, _ in cells], [c for _, c in cells]


def of_counts(table: list[list[int]], *, order: int = 2) -> RaoScott:
    rows, cols = map(np.array, of_table(table))
    n = len(rows)
    return rao_scott(rows, cols, design=replaced(n), inside=np.ones(n, dtype=np.bool_), order=order)  # type: ignore[arg-type]


def test_under_simple_random_sampling_it_is_pearsons_test() -> None:
    """The eigenvalues are n / (n - 1), as S2 divides by n - 1."""
    found = of_counts([[10, 20], [30, 40]], order=1)
    x2 = 100 * (10 * 40 - 20 * 30) ** 2 / (30 * 70 * 40 * 60)
    assert found.x2 == found.statistic == pytest.approx(x2, rel=1e-12)
    assert found.eigenvalues == pytest.approx((100 / 99,))
    assert (found.ndf, found.ddf) == (1, inf)
    assert found.p_value == pytest.approx(chi2.sf(x2 * 99 / 100, 1), rel=1e-9)


@given(st.lists(st.lists(st.integers(1, 9), min_size=3, max_size=3), min_size=2, max_size=4))
@settings(max_examples=50, deadline=None)
def test_under_simple_random_sampling_every_eigenvalue_is_the_same(table: list[list[int]]) -> None:
    found, n = of_counts(table), sum(map(sum, table))
    k = 2 * (len(table) - 1)
    assert found.eigenvalues == pytest.approx([n / (n - 1)] * k)
    assert (found.ndf, found.ddf) == (pytest.approx(k), pytest.approx(k * (n - 1)))
    assert found.mean_eigenvalue == pytest.approx(n / (n - 1))


def test_when_answers_have_nothing_to_do_with_each_other_the_statistic_is_0() -> None:
    for order in (1, 2):
        found = of_counts([[2, 4, 6], [3, 6, 9]], order=order)
        assert found.statistic == pytest.approx(0, abs=1e-12)
        assert found.p_value == pytest.approx(1)


Shares = tuple[float, ...]
Covariances = Callable[[Sample, list[list[float]], list[float]], tuple[Shares, list[list[float]]]]


def linearised(sample: Sample, own: list[list[float]], base: list[float]) -> tuple[Shares, list[list[float]]]:
    """The shares of the cells and their covariances, in loops over strata and PSUs."""
    shares, z = zip(*(slow.ratio(each, base, sample.weights) for each in own), strict=True)
    population = dict(zip(sample.strata, sample.population, strict=True))
    return shares, [[slow.covariance(a, b, sample.strata, sample.psus, population) for b in z] for a in z]  # type: ignore[arg-type]


def of_replicates(replicates: Replicates) -> Covariances:
    """The same from the shares of each replicate, in loops over replicates."""

    def covariances(sample: Sample, own: list[list[float]], base: list[float]) -> tuple[Shares, list[list[float]]]:
        def shares(weights: list[float]) -> Shares:
            return tuple(slow.ratio(each, base, weights)[0] for each in own)

        full = shares(sample.weights)
        again = [shares(list(each)) for each in replicates.weights(np.array(sample.weights))]
        centre = full if replicates.mse else tuple(sum(column) / len(again) for column in zip(*again, strict=True))
        cells, scales = range(len(own)), replicates.scale * replicates.rscales
        return full, [
            [
                sum(s * (t[a] - centre[a]) * (t[b] - centre[b]) for s, t in zip(scales, again, strict=True))
                for b in cells
            ]
            for a in cells
        ]

    return covariances


def by_definition(sample: Sample, cols: list[int], covariances: Covariances) -> tuple[float, list[list[float]]]:
    """X2 and Delta from the covariances of all cells in loops, and contrasts by regression on the main effects."""
    rows = range(len(sample.y))
    levels = [sorted({codes[k] for k in rows if sample.inside[k]}) for codes in (sample.groups, cols)]
    cells = [(r, c) for r in levels[0] for c in levels[1]]
    base = [float(inside) for inside in sample.inside]
    own = [[float(sample.inside[k] and (sample.groups[k], cols[k]) == cell) for k in rows] for cell in cells]
    shares, v = covariances(sample, own, base)
    main = np.array([[1.0, *(r == x for x in levels[0][1:]), *(c == x for x in levels[1][1:])] for r, c in cells])
    both = np.array([[float(r == x and c == y) for x in levels[0][1:] for y in levels[1][1:]] for r, c in cells])
    contrasts = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    n, inverse = sum(base), np.diag([1 / share if share else 0.0 for share in shares])
    delta = np.linalg.solve(contrasts.T @ inverse @ contrasts / n, contrasts.T @ inverse @ v @ inverse @ contrasts)
    of = dict(zip(cells, shares, strict=True))
    margins = {cell: sum(of[cell[0], c] for c in levels[1]) * sum(of[r, cell[1]] for r in levels[0]) for cell in cells}
    return n * sum((of[cell] - margins[cell]) ** 2 / margins[cell] for cell in cells), delta.tolist()


@st.composite
def crossed(draw: st.DrawFn) -> tuple[Sample, list[int]]:
    """A sample with rows in two or three groups, and its columns, so that no cell of the table is empty."""
    sample = draw(samples(groups=2, at_least=6))
    cols = draw(st.lists(st.integers(0, 2), min_size=len(sample.y), max_size=len(sample.y)))
    cells = [(r, c) for r in (0, 1) for c in (0, 1, 2)]
    for k, (r, c) in zip(draw(st.permutations(range(len(sample.y)))), cells, strict=False):
        sample.groups[k], cols[k], sample.inside[k] = r, c, True
    return sample, cols


@settings(max_examples=80, deadline=None)
@given(crossed())
def test_eigenvalues_and_statistic_are_those_of_the_definition(drawn: tuple[Sample, list[int]]) -> None:
    sample, cols = drawn
    x2, delta = by_definition(sample, cols, linearised)
    trace = float(np.trace(delta))
    assume(trace > 1e-6)
    found = rao_scott(np.array(sample.groups), np.array(cols), design=sample.design, inside=sample.inside)
    squares = float(np.trace(np.array(delta) @ delta))
    assert found.x2 == pytest.approx(x2, rel=1e-9, abs=1e-9)
    assert sum(found.eigenvalues) == pytest.approx(trace, rel=1e-9)
    assert found.statistic == pytest.approx(x2 / trace, rel=1e-9, abs=1e-9)
    assert found.ndf == pytest.approx(trace**2 / squares, rel=1e-9)
    df = sample.design.degrees_of_freedom_in(sample.inside)
    if df:
        expected = fishers_f.sf(x2 / trace, trace**2 / squares, trace**2 / squares * df)
        assert found.p_value == pytest.approx(expected, rel=1e-6, abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(crossed(), st.booleans())
def test_from_replicates_they_are_those_of_the_definition_with_the_spread_of_the_replicates(
    drawn: tuple[Sample, list[int]], mse: bool
) -> None:
    sample, cols = drawn
    replicates = replace(jackknife(sample.design), mse=mse)
    weights = np.array(sample.weights)
    assume(len(replicates) > 0 and all((each * sample.inside).any() for each in replicates.weights(weights)))
    x2, delta = by_definition(sample, cols, of_replicates(replicates))
    trace = float(np.trace(delta))
    assume(trace > 1e-6)
    found = rao_scott_replicated(
        np.array(sample.groups), np.array(cols), weights=weights, replicates=replicates, inside=sample.inside
    )
    squares = float(np.trace(np.array(delta) @ delta))
    assert found.x2 == pytest.approx(x2, rel=1e-9, abs=1e-9)
    assert sum(found.eigenvalues) == pytest.approx(trace, rel=1e-8)
    assert found.ndf == pytest.approx(trace**2 / squares, rel=1e-8)
    inside = np.diag(weights * sample.inside) @ np.column_stack(
        [each / weights for each in replicates.weights(weights)]
    )
    assert found.ddf == pytest.approx(found.ndf * (np.linalg.matrix_rank(inside, rtol=1e-6) - 1))


def test_a_replicate_that_leaves_nobody_in_the_table_counts_for_nothing() -> None:
    """All rows of the table are in one PSU, which the first replicate leaves out: of the other two both are alike."""
    rows, cols = map(np.array, of_table([[1, 2], [3, 4]]))
    factors = np.repeat([[0.0, 1.5, 1.5], [1.5, 0.0, 1.5]], [10, 2], axis=0)
    replicates = Replicates(factors=factors, rscales=np.ones(3))
    rows, cols = np.append(rows, [-1, -1]), np.append(cols, [0, 1])
    everybody = np.ones(12, dtype=np.bool_)
    with pytest.warns(UndefinedReplicates, match="in 1 of 3"), pytest.raises(ValueError, match="nothing in this table"):
        rao_scott_replicated(rows, cols, weights=np.ones(12), replicates=replicates, inside=everybody)


@settings(max_examples=60, deadline=None)
@given(st.data(), crossed())
def test_neither_names_nor_order_nor_turning_the_table_change_a_test(
    data: st.DataObject, drawn: tuple[Sample, list[int]]
) -> None:
    sample, cols = drawn
    order = list(data.draw(st.permutations(range(len(sample.y)))))
    names = np.array(data.draw(st.permutations([4, 1])))
    rows = np.array(sample.groups)
    try:
        found = rao_scott(rows, np.array(cols), design=sample.design, inside=sample.inside)
    except ValueError:
        assume(False)
    other = sample.in_order(order)
    turned = rao_scott(np.array(cols)[order], names[rows][order], design=other.design, inside=other.inside)
    assert [turned.x2, turned.ndf] == pytest.approx([found.x2, found.ndf], rel=1e-8, abs=1e-9)
    assert turned.eigenvalues == pytest.approx(found.eigenvalues, rel=1e-8, abs=1e-9)


def test_a_category_that_nobody_chose_does_not_count() -> None:
    found = of_counts([[10, 0, 20], [0, 0, 0], [30, 0, 40]])
    expected = of_counts([[10, 20], [30, 40]])
    assert found == expected


def test_a_missing_answer_is_in_no_cell_and_counts_among_the_rows() -> None:
    """Ten rows without an answer: X2 of 110 rows instead of 100, and as many degrees of freedom more."""
    rows, cols = of_table([[10, 20], [30, 40]])
    rows, cols = [*rows, *[-1] * 5, *[0] * 5], [*cols, *[1] * 5, *[-1] * 5]
    everybody = np.ones(110, dtype=np.bool_)
    found = rao_scott(np.array(rows), np.array(cols), design=replaced(110), inside=everybody)
    assert found.x2 == pytest.approx(1.1 * of_counts([[10, 20], [30, 40]]).x2, rel=1e-12)
    assert found.ddf == pytest.approx(109)


def test_a_table_needs_two_rows_and_two_columns_with_answers() -> None:
    for table in ([[3, 4]], [[3], [4]], [[5, 0], [4, 0]], [[5]]):
        with pytest.raises(ValueError, match="two rows and two columns"):
            of_counts(table)
    two, codes = simple_random(sampled=2, population=9), np.array([0, 1])
    with pytest.raises(ValueError, match="this one has 0 by 0"):
        rao_scott(codes, codes, design=two, inside=np.zeros(2, dtype=np.bool_))


def test_too_many_empty_cells_are_refused_and_some_are_not() -> None:
    with pytest.raises(ValueError, match="join categories"):
        of_counts([[5, 0, 0], [0, 5, 0], [0, 0, 5]])
    assert of_counts([[5, 5, 5], [0, 5, 5], [5, 5, 5]]).ndf > 3


def test_a_table_of_everybody_has_no_sampling_variance() -> None:
    rows, cols = map(np.array, of_table([[1, 2], [3, 4]]))
    with pytest.raises(ValueError, match="nothing in this table is uncertain"):
        rao_scott(rows, cols, design=simple_random(sampled=10, population=10), inside=np.ones(10, dtype=np.bool_))


def test_without_degrees_of_freedom_the_first_order_has_a_p_value_and_the_second_has_none() -> None:
    rows, cols = map(np.array, of_table([[1, 2], [3, 4]]))
    everybody = np.ones(10, dtype=np.bool_)
    second = rao_scott(rows, cols, design=replaced(10), inside=everybody, df=0)
    first = rao_scott(rows, cols, design=replaced(10), inside=everybody, df=0, order=1)
    assert (second.ddf, isnan(second.p_value)) == (0, True)
    assert first.p_value == pytest.approx(chi2.sf(float(Fraction(10, 1) * Fraction(9, 10) * Fraction(4, 504)), 1))
