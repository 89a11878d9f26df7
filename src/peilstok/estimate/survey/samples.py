"""Samples from tables: how they were drawn, weighted, and replicated. Each step gives another sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from peilstok.estimate import resampling
from peilstok.estimate.adjustments import Chain
from peilstok.estimate.design import Floats
from peilstok.estimate.diagnostics import Diagnosis, diagnosis
from peilstok.estimate.replicates import Replicates, of_weights
from peilstok.estimate.survey import designed, keys, memory, sampling
from peilstok.estimate.survey.data import Table
from peilstok.estimate.survey.sampling import Sample
from peilstok.estimate.tabular import EXTRA

Names = str | Sequence[str]
Totals = Mapping[str, float] | Mapping[tuple[str, ...], float]


def sample(
    table: Any,
    *,
    psus: Names = (),
    strata: Names = (),
    weights: str | None = None,
    population: Names = (),
    fractions: Names = (),
    unequal: bool = False,
    nest: bool = False,
    lonely: Literal["fail", "certainty", "remove", "adjust", "average"] = "fail",
    lonely_in_domains: bool = False,
) -> Sample:
    """A sample from a table: all arguments name columns, as in `design.multistage`, a name for each stage."""
    design = designed.Design(
        ids=names(psus),
        strata=names(strata),
        weights=weights,
        fpc=names(population) or names(fractions),
        fpc_kind="sampling_fraction" if fractions else "population_size",
        pps="brewer" if unequal else None,
        nest=nest,
        lonely_psu=lonely,
        domain_lonely_adjust=lonely_in_domains,
    )
    return sampling.of_table(_table(table), design)


def respondents(sample: Sample, responded: str, *, cells: Names) -> Sample:
    """Those who responded, with the weight of all who were asked in their cell; before any other weighting.

    `responded` is 0 or 1. The new weights are taken as fixed, as if the respondents had been drawn with them.
    """
    return sampling.responding(sample, responded, names(cells))


def post_stratified(sample: Sample, by: Names, totals: Totals) -> Sample:
    """Weighted to the known total of every cell: {"E": 4421, ...}, or by the levels of several columns as a tuple."""
    step = designed.PostStratify(method="poststratify", by=names(by), totals=cells(by, totals))
    return sampling.adjusted(sample, step)


def raked(
    sample: Sample, margins: Mapping[str, Mapping[str, float]], *, rounds: int = 50, epsilon: float = 1e-10
) -> Sample:
    """Weighted to several margins in turn, {column: {level: total}}; `epsilon` as in `raking.rake`."""
    given = tuple(designed.Margin(by=(name,), totals=cells(name, totals)) for name, totals in margins.items())
    return sampling.adjusted(sample, designed.Rake(method="rake", margins=given, maxit=rounds, epsilon=epsilon))


def calibrated(
    sample: Sample,
    totals: Mapping[str, float | Mapping[str, float]],
    *,
    distance: Literal["linear", "raking", "logit"] = "linear",
    bounds: tuple[float | None, float | None] | None = None,
    within: Names = (),
) -> Sample:
    """Weighted so that columns add up: {"(Intercept)": 971, "pupils": 1_500_000, "region": {"north": 177, ...}}.

    `(Intercept)` is the number of units; a mapping is of the levels of a column.
    """
    constraints = tuple(_constraint(name, total) for name, total in totals.items())
    step = designed.Calibrate(
        method="calibrate",
        calfun=distance,
        bounds=bounds,
        constraints=constraints,
        within=names(within),
        epsilon=1e-11,
    )
    return sampling.adjusted(sample, step)


def diagnosed(sample: Sample, by: Names = (), *, at_least: int = 5) -> Diagnosis:
    """What weighting did to the weights: range, Kish's effect, and the cells of each column of `by` that are thin."""
    crossed = [sample.table.crossed((name,)) for name in names(by)]
    named = [(codes, [".".join(levels) for levels in found]) for codes, found in crossed]
    return diagnosis(sample.fixed.before, sample.weights, cells=named, at_least=at_least)


def jackknifed(sample: Sample) -> Sample:
    """With replicate weights that leave out a PSU each (JK1, or JKn in strata).

    As in everything below, the steps of weighting so far are repeated in each replicate, and so are those that follow.
    """
    return _with(sample, resampling.jackknife(sample.design))


def balanced(sample: Sample, *, rho: float = 0.0) -> Sample:
    """With balanced repeated replicates: of two PSUs in each stratum one counts double, or 2 - rho (Fay)."""
    replicates = resampling.fay(sample.design, rho=rho) if rho else resampling.balanced(sample.design)
    return _with(sample, replicates)


def bootstrapped(
    sample: Sample,
    *,
    replicates: int,
    rng: np.random.Generator,
    kind: Literal["rao-wu", "finite", "canty-davison", "multistage"] = "rao-wu",
) -> Sample:
    """With replicate weights of a bootstrap; see `resampling` for the kinds."""
    made = {
        "rao-wu": resampling.bootstrap,
        "finite": resampling.finite_bootstrap,
        "canty-davison": resampling.canty_davison,
        "multistage": resampling.multistage_bootstrap,
    }[kind]
    return _with(sample, made(sample.design, replicates=replicates, rng=rng))


def replicated(
    sample: Sample,
    weights: Names | Floats,
    *,
    scale: float,
    rscales: Sequence[float] | None = None,
    combined: bool = True,
    mse: bool = False,
) -> Sample:
    """With replicate weights that are given: n x R, or the names of R columns.

    The variance is scale times the sum over replicates of rscale (1 without) times a squared deviation, from the mean
    of the replicates or from the full sample (`mse`). `combined`: the weight of the full sample is in them already.
    """
    columns = _matrix(sample.table, weights)
    each = np.ones(columns.shape[1]) if rscales is None else np.asarray(rscales, dtype=np.float64)
    if combined:
        made = of_weights(columns, sample.design.weights, rscales=each, scale=scale, mse=mse)
    else:
        made = Replicates(factors=columns, rscales=each, scale=scale, mse=mse)
    return replace(_with(sample, made), replicates_given=True)


def _matrix(table: Table, columns: Names | Floats) -> Floats:
    if isinstance(columns, np.ndarray):
        return columns
    return np.column_stack([table.numbers(name) for name in names(columns)])


def _with(sample: Sample, replicates: Replicates) -> Sample:
    return replace(sample, fixed=Chain(sample.fixed.before, ()), again=sample.repeatable, replicates=replicates)


def names(given: Names) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def cells(by: Names, totals: Totals) -> tuple[dict[str, keys.Level], ...]:
    columns = names(by)
    found: list[dict[str, keys.Level]] = []
    for key, total in totals.items():
        levels = key if isinstance(key, tuple) else (key,)
        found.append({**dict(zip(columns, levels, strict=True)), "total": float(total)})
    return tuple(found)


def _constraint(name: str, total: float | Mapping[str, float]) -> designed.Constraint:
    if isinstance(total, Mapping):
        levels = tuple(designed.Total(level=level, total=float(each)) for level, each in total.items())
        return designed.Constraint(kind="levels", variable=name, levels=levels)
    if name == "(Intercept)":
        return designed.Constraint(kind="intercept", total=float(total))
    return designed.Constraint(kind="numeric", variable=name, total=float(total))


def _table(table: Any) -> Table:
    if isinstance(table, Mapping):
        return memory.of_columns(table)
    try:
        import narwhals
    except ImportError:
        raise ImportError(EXTRA) from None
    return memory.of_frame(narwhals.from_native(table, eager_only=True))
