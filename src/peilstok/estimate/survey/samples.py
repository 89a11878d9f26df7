"""Samples from tables: how they were drawn, weighted, and replicated. Each step gives another sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, Final, Literal

import numpy as np

from peilstok.estimate import resampling
from peilstok.estimate.adjustments import Chain
from peilstok.estimate.design import Floats
from peilstok.estimate.diagnostics import Diagnosis, diagnosis
from peilstok.estimate.replicates import Replicates, of_weights
from peilstok.estimate.survey import designed, keys, memory, sampling
from peilstok.estimate.survey.asking import Names, asked, names, one_of
from peilstok.estimate.survey.data import Table
from peilstok.estimate.survey.sampling import Sample
from peilstok.estimate.survey.weighting import cells_of
from peilstok.estimate.tabular import EXTRA

_BOOTSTRAPS: Final = {
    "rao-wu": resampling.bootstrap,
    "finite": resampling.finite_bootstrap,
    "canty-davison": resampling.canty_davison,
    "multistage": resampling.multistage_bootstrap,
}
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
    stages = max(len(names(psus)), 1)
    for what, given in (("strata", strata), ("population", population), ("fractions", fractions)):
        if len(names(given)) > stages:
            raise ValueError(f"{what}: {', '.join(names(given))}; a column for each of the stages, here {stages}")
    if population and fractions:
        raise ValueError("population, or the fractions that were sampled, not both")
    if unequal and not fractions:
        raise ValueError("unequal chances need them in a column: fractions")
    design = asked(
        designed.Design,
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
    step = asked(designed.PostStratify, method="poststratify", by=names(by), totals=cells(by, totals))
    return sampling.adjusted(sample, step)


def raked(
    sample: Sample, margins: Mapping[str, Mapping[str, float]], *, rounds: int = 50, epsilon: float = 1e-10
) -> Sample:
    """Weighted to several margins in turn, {column: {level: total}}; `epsilon` as in `raking.rake`."""
    given = tuple(designed.Margin(by=(name,), totals=cells(name, totals)) for name, totals in margins.items())
    return sampling.adjusted(sample, asked(designed.Rake, method="rake", margins=given, maxit=rounds, epsilon=epsilon))


def calibrated(
    sample: Sample,
    totals: Mapping[str, float | Mapping[str, Any]],
    *,
    distance: Literal["linear", "raking", "logit"] = "linear",
    bounds: tuple[float | None, float | None] | None = None,
    within: Names = (),
    stage: int | None = None,
    rounds: int = 50,
) -> Sample:
    """Weighted so that columns add up: {"(Intercept)": 971, "pupils": 1_500_000, "region": {"north": 177, ...}}.

    `(Intercept)` is the number of units; a mapping is of the levels of a column. `bounds` are of the weight after over
    that before. `within`: the totals hold in every level of a column, or crossing of several; a total that differs is
    given by group, {"(Intercept)": {"north": 177, ...}}, of two columns as "north.public". `stage`: the units of this
    stage keep one factor for all of their rows.
    """
    groups = {".".join(cell) for cell in sample.table.crossed(names(within))[1]} if within else set()
    constraints = tuple(_constraint(name, total, groups) for name, total in totals.items())
    step = asked(
        designed.Calibrate,
        method="calibrate",
        calfun=distance,
        bounds=bounds,
        constraints=constraints,
        within=names(within),
        aggregate_stage=stage,
        maxit=rounds,
        epsilon=1e-11,
    )
    return sampling.adjusted(sample, step)


def diagnosed(sample: Sample, by: Names = (), *, at_least: int = 5) -> Diagnosis:
    """What weighting did to the weights: range, Kish's effect, and the cells of each column of `by` that are thin."""
    crossed = [cells_of((name,), sample.table) for name in names(by)]
    named = [(codes, [".".join(levels) for levels in found]) for codes, found in crossed]
    return diagnosis(sample.fixed.before, sample.weights, cells=named, at_least=at_least)


def jackknifed(sample: Sample, *, mse: bool = False) -> Sample:
    """With replicate weights that leave out a PSU each (JK1, or JKn in strata).

    As in everything below, the steps of weighting so far are repeated in each replicate, and so are those that follow.
    `mse`: deviations are from the estimate of the full sample, else from the mean of the replicates.
    """
    return _with(sample, replace(resampling.jackknife(sample.design), mse=mse))


def balanced(sample: Sample, *, rho: float = 0.0, mse: bool = False) -> Sample:
    """With balanced repeated replicates: of two PSUs in each stratum one counts double, or 2 - rho (Fay)."""
    return _with(sample, replace(resampling.fay(sample.design, rho=rho), mse=mse))


def bootstrapped(
    sample: Sample,
    *,
    replicates: int,
    rng: np.random.Generator | int,
    kind: Literal["rao-wu", "finite", "canty-davison", "multistage"] = "rao-wu",
    mse: bool = False,
) -> Sample:
    """With replicate weights of a bootstrap; `rng` is a generator or a seed.

    "rao-wu": n - 1 of the n PSUs of a stratum, drawn with replacement and rescaled (R's "subbootstrap"); "finite": with
    the finite population correction; "canty-davison"; "multistage": at every stage (Preston, R's "mrbbootstrap").
    """
    one_of("kind", kind, tuple(_BOOTSTRAPS))
    draws = _BOOTSTRAPS[kind](sample.design, replicates=replicates, rng=np.random.default_rng(rng))
    return _with(sample, replace(draws, mse=mse))


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
        return columns.astype(np.float64)  # a copy: the caller may go on with it
    return np.column_stack([table.numbers(name) for name in names(columns)])


def _with(sample: Sample, replicates: Replicates) -> Sample:
    return replace(sample, fixed=Chain(sample.fixed.before, ()), again=sample.repeatable, replicates=replicates)


def cells(by: Names, totals: Totals) -> tuple[dict[str, keys.Level], ...]:
    columns = names(by)
    found: list[dict[str, keys.Level]] = []
    for key, total in totals.items():
        levels = key if isinstance(key, tuple) else (key,)
        found.append({**dict(zip(columns, levels, strict=True)), "total": float(total)})
    return tuple(found)


def _constraint(name: str, total: float | Mapping[str, Any], groups: Set[str]) -> designed.Constraint:
    """A mapping of groups is one total in each of them; any other is of the levels of the column."""
    of_groups = isinstance(total, Mapping) and bool(groups) and set(total) <= groups
    if isinstance(total, Mapping) and not of_groups and name != "(Intercept)":
        levels = tuple(asked(designed.Total, level=level, total=each) for level, each in total.items())
        return asked(designed.Constraint, kind="levels", variable=name, levels=levels)
    if name == "(Intercept)":
        return asked(designed.Constraint, kind="intercept", total=total)
    return asked(designed.Constraint, kind="numeric", variable=name, total=total)


def _table(table: Any) -> Table:
    if isinstance(table, Mapping):
        return memory.of_columns(table)
    try:
        import narwhals
    except ImportError:
        raise ImportError(EXTRA) from None
    try:
        return memory.of_frame(narwhals.from_native(table, eager_only=True))
    except TypeError:
        wanted = "a mapping of columns, or a frame of pandas, polars (collected) or Arrow"
        raise TypeError(
            f"a table is {wanted}; {type(table).__name__} is none. Tables in a database: peilstok.estimate.scan"
        ) from None
