"""Analyses of a sample: totals, means, shares, ratios, multiple response, quantiles, tests, contrasts, changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from peilstok.estimate.association import RaoScott
from peilstok.estimate.comparison import TTest
from peilstok.estimate.contrasts import gradient
from peilstok.estimate.effects import Sampling
from peilstok.estimate.survey import estimands, estimation, shares, wanted
from peilstok.estimate.survey.estimation import Estimates
from peilstok.estimate.survey.found import Basis, Found, Quantiles
from peilstok.estimate.survey.samples import Names, Totals, cells, names
from peilstok.estimate.survey.sampling import Sample

Where = Mapping[str, Any]
"""Conditions that all hold: {"region": "north", "pupils": (">=", 1000)}."""
Missing = Literal["refuse", "leave out", "leave out of each"]
_MISSING: Final[Mapping[Missing, bool | Literal["per variable"]]] = {
    "refuse": False,
    "leave out": True,
    "leave out of each": "per variable",
}


def total(
    sample: Sample,
    variables: Names,
    *,
    by: Names = (),
    where: Where | None = None,
    missing: Missing = "refuse",
    deff: Sampling | None = None,
) -> Found:
    """Estimated totals; arguments as in `mean`."""
    given = _common(by, where, missing)
    return _found(wanted.Numbers(type="total", variables=names(variables), deff=deff, **given), sample)


def mean(
    sample: Sample,
    variables: Names,
    *,
    by: Names = (),
    where: Where | None = None,
    missing: Missing = "refuse",
    deff: Sampling | None = None,
) -> Found:
    """Means over rows, in the domains of the crossing of `by`, of the rows where every condition of `where` holds.

    `missing`: rows without a value are refused, left out of all variables, or left out of each by itself. `deff`: the
    design effect against simple random sampling without or with replacement.
    """
    given = _common(by, where, missing)
    return _found(wanted.Numbers(type="mean", variables=names(variables), deff=deff, **given), sample)


def share(
    sample: Sample,
    variables: Names,
    *,
    level: str | float | None = None,
    interval: Literal["published", "mean", "logit", "xlogit", "beta", "wilson"] = "published",
    by: Names = (),
    where: Where | None = None,
    missing: Missing = "refuse",
    deff: Sampling | None = None,
) -> Found:
    """Shares of all levels of categories, or of one `level` alone.

    The interval that is `published` never leaves 0 to 1 and is defined for none and for all (`shares`); the others are
    those of R's `svyciprop`, `mean` the t interval. Each is on the degrees of freedom of its own domain.
    """
    part = wanted.Proportion(
        type="proportion",
        variables=names(variables),
        level=level,
        ci_method=None if interval == "published" else interval,
        treat_as_factor=names(variables),
        deff=deff,
        **_common(by, where, missing),
    )
    estimates = shares.published(part, sample) if interval == "published" else shares.named(part, sample)
    return Found(estimates, Basis(sample, estimands.terms(part, sample.table)))


def ratio(
    sample: Sample,
    numerator: str,
    denominator: str,
    *,
    by: Names = (),
    where: Where | None = None,
    missing: Missing = "refuse",
    deff: Sampling | None = None,
) -> Found:
    """The ratio of two totals."""
    given = _common(by, where, missing)
    return _found(
        wanted.RatioOf(type="ratio", numerator=numerator, denominator=denominator, deff=deff, **given), sample
    )


def separate_ratio(
    sample: Sample, numerator: str, denominator: str, *, strata: Names, known: Totals, where: Where | None = None
) -> Found:
    """The total of the numerator: the ratio of each stratum times the known total of its denominator, added up."""
    part = wanted.SeparateRatio(
        type="separate_ratio_total",
        numerator=numerator,
        denominator=denominator,
        by_stratum=names(strata),
        known_totals=cells(strata, known),
        name=numerator,
        **_common((), where, "refuse"),
    )
    return _found(part, sample)


def multiple_response(
    sample: Sample,
    options: Sequence[str],
    *,
    of: Literal["answerers", "picks"] = "answerers",
    by: Names = (),
    where: Where | None = None,
) -> Found:
    """The share that each option (a column of 0 and 1) has of those who answered the item, or of all picks."""
    part = wanted.MultiResponse(
        type="multi_response",
        options=tuple(options),
        base="picks" if of == "picks" else "rows with the item answered",
        **_common(by, where, "leave out"),
    )
    return _found(part, sample)


def quantile(
    sample: Sample,
    variable: str,
    probabilities: Sequence[float],
    *,
    rule: Literal["math", "school", "hf7", "inverse", "averaged"] = "math",
    interval: Literal["mean", "xlogit", "beta", "quantile", "replicate-xlogit", "replicate-beta"] = "mean",
    where: Where | None = None,
    missing: Missing = "refuse",
) -> Quantiles:
    """Quantiles with the intervals of Woodruff, or with replicates by the spread of the `quantile` itself."""
    part = wanted.Quantile(
        type="quantile",
        variables=(variable,),
        probs=tuple(probabilities),
        rule=rule,
        interval=interval,
        **_common((), where, missing),
    )
    return Quantiles(estimation.quantiles(part, sample))


def t_test(sample: Sample, variable: str, group: str, *, where: Where | None = None) -> TTest:
    """Compare the means of two groups; rows without a value or a group are left out."""
    part = wanted.TTest(type="ttest", variable=variable, group=group, **_common((), where, "leave out"))
    return estimation.t_test(part, sample)


def chi_square(
    sample: Sample, rows: str, cols: str, *, where: Where | None = None, order: Literal[1, 2] = 2
) -> RaoScott:
    """Rao and Scott's test of independence, with the correction of the first or of the second order."""
    part = wanted.ChiSquare(
        type="chisq", rows=rows, cols=cols, statistic="F" if order == 2 else "Chisq", **_common((), where, "leave out")
    )
    return estimation.chi_square(part, sample)


def contrast(found: Found, contrasts: Mapping[str, str]) -> Found:
    """Functions of estimates, {name: expression}; a name that could not stand in one is written _1, _2 by its place.

    By the delta method from the covariance of `found`, which is over all of its domains.
    """
    plain = [name if name.isidentifier() else f"_{place}" for place, name in enumerate(found.names, start=1)]
    try:
        values, slopes = gradient(list(contrasts.values()), dict(zip(plain, found.values.tolist(), strict=True)))
    except ValueError as error:
        written = [f"{short} ({name})" for short, name in zip(plain, found.names, strict=True) if short != name]
        raise ValueError(f"{error}; written by their place: {', '.join(written)}" if written else str(error)) from None
    estimates = Estimates(tuple(contrasts), values, slopes @ found.covariance @ slopes.T, found.df)
    return Found(estimates, found.basis.function(slopes))


def _found(part: wanted.Component, sample: Sample) -> Found:
    return Found(estimation.estimated(part, sample), Basis(sample, estimands.terms(part, sample.table)))


def _common(by: Names, where: Where | None, missing: Missing) -> dict[str, Any]:
    conditions = tuple(_condition(name, value) for name, value in (where or {}).items())
    return {"by": names(by), "where": conditions, "na_rm": _MISSING[missing]}


def _condition(name: str, sought: Any) -> wanted.Condition:
    op, value = sought if isinstance(sought, tuple) else ("==", sought)
    return wanted.Condition(variable=name, op=op, value=value)
