"""Estimates from a table of answers, in a notebook or a program: the library's front door.

    sample = survey.sample(table, strata="stype", weights="pw", population="fpc")
    sample = survey.raked(sample, {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"No": 1072, "Yes": 5122}})
    print(survey.mean(sample, "api00", by="stype"))

A table is a mapping of names to columns, or a table of pandas, polars or Arrow (through narwhals, an extra). Texts stay
texts, missing is what the table has for it (null, None, NaN), and only columns that are used are read. A sample is
never changed: weighting gives another one. What comes back (`Found`) prints as a table, and goes to any of these kinds
of tables. The same estimation as that of jobs (`jobs.estimation`), which the reference cases hold against R.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from peilstok.estimate import resampling
from peilstok.estimate.adjustments import Chain
from peilstok.estimate.association import RaoScott
from peilstok.estimate.comparison import TTest
from peilstok.estimate.design import Floats
from peilstok.estimate.diagnostics import Diagnosis, diagnosis
from peilstok.estimate.jobs import estimation, file, keys, memory, sampling, wanted
from peilstok.estimate.jobs.data import Table
from peilstok.estimate.jobs.estimation import Estimates
from peilstok.estimate.jobs.sampling import Sample
from peilstok.estimate.quantiles import Quantile
from peilstok.estimate.replicates import Replicates

Names = str | Sequence[str]
Totals = Mapping[str, float] | Mapping[tuple[str, ...], float]
Missing = Literal["refuse", "leave out", "leave out of each"]
_MISSING: Final[Mapping[Missing, bool | Literal["per variable"]]] = {
    "refuse": False,
    "leave out": True,
    "leave out of each": "per variable",
}
EXTRA: Final = "tables of pandas, polars or Arrow need the extra: pip install 'peilstok[tables]'"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Estimates by name. `print` shows a table with the usual columns; `frame` gives it to another library."""

    estimates: Estimates

    @property
    def names(self) -> tuple[str, ...]:
        return self.estimates.names

    @property
    def values(self) -> Floats:
        return self.estimates.estimates

    @property
    def se(self) -> Floats:
        return self.estimates.errors

    @property
    def covariance(self) -> Floats:
        return self.estimates.covariance

    @property
    def df(self) -> int:
        return self.estimates.df

    def columns(self) -> dict[str, list[Any]]:
        """Name, estimate, standard error, 95 percent interval, coefficient of variation; where asked design effect."""
        low, high = self.estimates.limits
        variation = np.divide(
            self.se, np.abs(self.values), out=np.full(len(self.values), np.nan), where=self.values != 0
        )
        columns: dict[str, Any] = {
            "name": list(self.names),
            "estimate": self.values,
            "se": self.se,
            "low": low,
            "high": high,
            "cv": variation,
        }
        if self.estimates.deff is not None:
            columns["deff"] = self.estimates.deff
        return {name: column if isinstance(column, list) else column.tolist() for name, column in columns.items()}

    def frame(self, library: Literal["pandas", "polars", "pyarrow"]) -> Any:
        """The table of `columns` as one of pandas, polars or pyarrow."""
        try:
            import narwhals
        except ImportError:
            raise ImportError(EXTRA) from None
        return narwhals.from_dict(self.columns(), backend=library).to_native()

    def __str__(self) -> str:
        columns = self.columns()
        lines = [list(columns), *([_shown(value) for value in row] for row in zip(*columns.values(), strict=True))]
        widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
        text = "\n".join(
            "  ".join(
                cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )
        return f"{text}\n({self.df} degrees of freedom)"


def _shown(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return ""
    digits = 0 if value == 0 else min(max(5 - math.floor(math.log10(abs(value))), 0), 8)
    return f"{value:,.{digits}f}"


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
    design = file.Design(
        ids=_names(psus),
        strata=_names(strata),
        weights=weights,
        fpc=_names(population) or _names(fractions),
        fpc_kind="sampling_fraction" if fractions else "population_size",
        pps="brewer" if unequal else None,
        nest=nest,
        lonely_psu=lonely,
        domain_lonely_adjust=lonely_in_domains,
    )
    return sampling.of_table(_table(table), design)


def post_stratified(sample: Sample, by: Names, totals: Totals) -> Sample:
    """Weighted to the known total of every cell: {"E": 4421, ...}, or by the levels of several columns as a tuple."""
    return sampling.adjusted(sample, file.PostStratify(method="poststratify", by=_names(by), totals=_cells(by, totals)))


def raked(
    sample: Sample, margins: Mapping[str, Mapping[str, float]], *, rounds: int = 50, epsilon: float = 1e-10
) -> Sample:
    """Weighted to several margins in turn, {column: {level: total}}; `epsilon` as in `raking.rake`."""
    given = tuple(file.Margin(by=(name,), totals=_cells(name, totals)) for name, totals in margins.items())
    return sampling.adjusted(sample, file.Rake(method="rake", margins=given, maxit=rounds, epsilon=epsilon))


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
    step = file.Calibrate(
        method="calibrate",
        calfun=distance,
        bounds=bounds,
        constraints=constraints,
        within=_names(within),
        epsilon=1e-11,
    )
    return sampling.adjusted(sample, step)


def diagnosed(sample: Sample, by: Names = (), *, at_least: int = 5) -> Diagnosis:
    """What weighting did to the weights: range, Kish's effect, and the cells of each column of `by` that are thin."""
    cells = [sample.table.crossed((name,)) for name in _names(by)]
    named = [(codes, [".".join(levels) for levels in found]) for codes, found in cells]
    return diagnosis(sample.fixed.before, sample.weights, cells=named, at_least=at_least)


def jackknifed(sample: Sample) -> Sample:
    """With replicate weights that leave out a PSU each; the steps of weighting so far are repeated in each."""
    return _with_replicates(sample, resampling.jackknife(sample.design))


def bootstrapped(sample: Sample, *, replicates: int, rng: np.random.Generator) -> Sample:
    """With replicate weights of the rescaling bootstrap of Rao and Wu."""
    return _with_replicates(sample, resampling.bootstrap(sample.design, replicates=replicates, rng=rng))


def _with_replicates(sample: Sample, replicates: Replicates) -> Sample:
    return replace(sample, fixed=Chain(sample.fixed.before, ()), again=sample.repeatable, replicates=replicates)


def total(sample: Sample, variables: Names, **how: Any) -> Found:
    """Estimated totals. `how` as in `mean`."""
    return _numbers("total", sample, variables, **how)


def mean(
    sample: Sample,
    variables: Names,
    *,
    by: Names = (),
    where: Mapping[str, Any] | None = None,
    missing: Missing = "refuse",
    deff: Literal["srswor", "srswr"] | None = None,
) -> Found:
    """Means over rows, in the domains of the crossing of `by`; of the rows where every column of `where` has its value.

    `missing`: rows without a value are refused, left out of all variables, or left out of each by itself.
    """
    return _numbers("mean", sample, variables, by=by, where=where, missing=missing, deff=deff)


def share(
    sample: Sample,
    variables: Names,
    *,
    level: str | float | None = None,
    interval: Literal["mean", "logit", "xlogit", "beta", "wilson"] | None = None,
    by: Names = (),
    where: Mapping[str, Any] | None = None,
    missing: Missing = "refuse",
) -> Found:
    """Shares of all levels of categories, or of one `level` alone, which may have an interval of a share."""
    part = wanted.Proportion(
        type="proportion",
        variables=_names(variables),
        level=level,
        ci_method=interval,
        treat_as_factor=_names(variables),
        **_common(by, where, missing),
    )
    return Found(estimation.estimated(part, sample))


def ratio(
    sample: Sample,
    numerator: str,
    denominator: str,
    *,
    by: Names = (),
    where: Mapping[str, Any] | None = None,
    missing: Missing = "refuse",
) -> Found:
    """The ratio of two totals."""
    given = _common(by, where, missing)
    part = wanted.RatioOf(type="ratio", numerator=numerator, denominator=denominator, **given)
    return Found(estimation.estimated(part, sample))


def quantile(
    sample: Sample,
    variable: str,
    probabilities: Sequence[float],
    *,
    rule: Literal["math", "school", "hf7", "inverse", "averaged"] = "math",
    interval: Literal["mean", "xlogit", "beta", "quantile", "replicate-xlogit", "replicate-beta"] = "mean",
    where: Mapping[str, Any] | None = None,
    missing: Missing = "refuse",
) -> tuple[Quantile, ...]:
    """Quantiles with the intervals of Woodruff, or with replicates by the spread of the `quantile` itself."""
    given = _common((), where, missing)
    part = wanted.Quantile(
        type="quantile", variables=(variable,), probs=tuple(probabilities), rule=rule, interval=interval, **given
    )
    return estimation.quantiles(part, sample)


def t_test(sample: Sample, variable: str, group: str, *, where: Mapping[str, Any] | None = None) -> TTest:
    """Compare the means of two groups; rows without a value or a group are left out."""
    part = wanted.TTest(type="ttest", variable=variable, group=group, **_common((), where, "leave out"))
    _, found = estimation.t_test(part, sample)
    return found


def chi_square(sample: Sample, rows: str, cols: str, *, where: Mapping[str, Any] | None = None) -> RaoScott:
    """Rao and Scott's test of independence, with the correction of the second order."""
    part = wanted.ChiSquare(type="chisq", rows=rows, cols=cols, **_common((), where, "leave out"))
    return estimation.chi_square(part, sample)


def contrast(found: Found, contrasts: Mapping[str, str]) -> Found:
    """Functions of estimates, {name: expression}; a name that could not stand in one is written _1, _2 by its place.

    By the delta method from the covariance of `found`, which is over all of its domains.
    """
    from peilstok.estimate.contrasts import gradient

    plain = [name if name.isidentifier() else f"_{place}" for place, name in enumerate(found.names, start=1)]
    values, slopes = gradient(list(contrasts.values()), dict(zip(plain, found.values.tolist(), strict=True)))
    return Found(Estimates(tuple(contrasts), values, slopes @ found.covariance @ slopes.T, found.df))


def _numbers(kind: Literal["total", "mean"], sample: Sample, variables: Names, **how: Any) -> Found:
    deff = how.pop("deff", None)
    given = _common(how.pop("by", ()), how.pop("where", None), how.pop("missing", "refuse"))
    if how:
        raise TypeError(f"what is {', '.join(how)}? There are by, where, missing and deff")
    return Found(
        estimation.estimated(wanted.Numbers(type=kind, variables=_names(variables), deff=deff, **given), sample)
    )


def _common(by: Names, where: Mapping[str, Any] | None, missing: Missing) -> dict[str, Any]:
    conditions = tuple(wanted.Condition(variable=name, op="==", value=value) for name, value in (where or {}).items())
    return {"by": _names(by), "where": conditions, "na_rm": _MISSING[missing]}


def _names(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _cells(by: Names, totals: Totals) -> tuple[dict[str, keys.Level], ...]:
    names = _names(by)
    cells: list[dict[str, keys.Level]] = []
    for key, total in totals.items():
        levels = key if isinstance(key, tuple) else (key,)
        cells.append({**dict(zip(names, levels, strict=True)), "total": float(total)})
    return tuple(cells)


def _constraint(name: str, total: float | Mapping[str, float]) -> file.Constraint:
    if isinstance(total, Mapping):
        levels = tuple(file.Total(level=level, total=float(each)) for level, each in total.items())
        return file.Constraint(kind="levels", variable=name, levels=levels)
    if name == "(Intercept)":
        return file.Constraint(kind="intercept", total=float(total))
    return file.Constraint(kind="numeric", variable=name, total=float(total))


def _table(table: Any) -> Table:
    if isinstance(table, Mapping):
        return memory.of_columns(table)
    try:
        import narwhals
    except ImportError:
        raise ImportError(EXTRA) from None
    return memory.of_frame(narwhals.from_native(table, eager_only=True))
