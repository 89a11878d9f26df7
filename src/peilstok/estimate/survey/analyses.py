"""Analyses of a sample: totals, means, shares, ratios, multiple response, quantiles, tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from peilstok.estimate.association import RaoScott
from peilstok.estimate.comparison import TTest
from peilstok.estimate.effects import Sampling
from peilstok.estimate.survey import estimands, estimation, shares, wanted
from peilstok.estimate.survey.asking import Missing, Names, Where, asked, common, names, one_of
from peilstok.estimate.survey.found import Basis, Found, Quantiles
from peilstok.estimate.survey.samples import Totals, cells
from peilstok.estimate.survey.sampling import Sample

_INTERVALS: Final = ("published", "mean", "logit", "xlogit", "beta", "wilson")


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
    given = common(by, where, missing)
    return _found(asked(wanted.Numbers, type="total", variables=names(variables), deff=deff, **given), sample)


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

    `where`: {"region": "north", "pupils": (">=", 1000), "size": ["s1", "s2"]}; two comparisons of one column as a list.
    `missing`: rows without a value are refused ("refuse"), left out of all variables ("leave out"), or left out of each
    by itself ("leave out of each"). `deff`: the design effect against simple random sampling without ("srswor") or with
    replacement ("srswr"), and the effective sample size. Degrees of freedom are those of the whole design, also in
    domains by `by`; of the rows of `where` they are those of the domain.
    """
    given = common(by, where, missing)
    return _found(asked(wanted.Numbers, type="mean", variables=names(variables), deff=deff, **given), sample)


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

    The interval that is "published" never leaves 0 to 1 and is defined for none and for all (`shares`); the others are
    those of R's `svyciprop`, "mean" the t interval. Each is on the degrees of freedom of its own domain.
    """
    one_of("interval", interval, _INTERVALS)
    part = asked(
        wanted.Proportion,
        type="proportion",
        variables=names(variables),
        level=level,
        ci_method=None if interval == "published" else interval,
        treat_as_factor=names(variables),
        deff=deff,
        **common(by, where, missing),
    )
    return _found(part, sample, interval=interval)


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
    given = common(by, where, missing)
    part = asked(wanted.RatioOf, type="ratio", numerator=numerator, denominator=denominator, deff=deff, **given)
    return _found(part, sample)


def separate_ratio(
    sample: Sample, numerator: str, denominator: str, *, strata: Names, known: Totals, where: Where | None = None
) -> Found:
    """The total of the numerator: the ratio of each stratum times the known total of its denominator, added up."""
    part = asked(
        wanted.SeparateRatio,
        type="separate_ratio_total",
        numerator=numerator,
        denominator=denominator,
        by_stratum=names(strata),
        known_totals=cells(strata, known),
        name=numerator,
        **common((), where, "refuse"),
    )
    return _found(part, sample)


def multiple_response(
    sample: Sample,
    options: Sequence[str],
    *,
    of: Literal["answerers", "picks"] = "answerers",
    interval: Literal["published", "mean"] = "published",
    by: Names = (),
    where: Where | None = None,
) -> Found:
    """The share that each option (a column of 0 and 1) has of those who answered the item, or of all picks.

    Rows without a value of an option have not answered. The interval is as in `share`.
    """
    one_of("of", of, ("answerers", "picks"))
    one_of("interval", interval, ("published", "mean"))
    part = asked(
        wanted.MultiResponse,
        type="multi_response",
        options=tuple(options),
        base="picks" if of == "picks" else "rows with the item answered",
        **common(by, where, "leave out"),
    )
    return _found(part, sample, interval=interval)


def quantile(
    sample: Sample,
    variable: str,
    probabilities: Sequence[float] | float,
    *,
    rule: Literal["math", "school", "hf7", "inverse", "averaged"] = "math",
    interval: Literal["mean", "xlogit", "beta", "quantile", "replicate-xlogit", "replicate-beta"] = "mean",
    where: Where | None = None,
    missing: Missing = "refuse",
) -> Quantiles:
    """Quantiles with the intervals of Woodruff, or with replicates by the spread of the "quantile" itself."""
    part = asked(
        wanted.Quantile,
        type="quantile",
        variables=(variable,),
        probs=(probabilities,) if isinstance(probabilities, float | int) else tuple(probabilities),
        rule=rule,
        interval=interval,
        **common((), where, missing),
    )
    return Quantiles(estimation.quantiles(part, sample))


def t_test(sample: Sample, variable: str, group: str, *, where: Where | None = None) -> TTest:
    """Compare the means of two groups, the second in the order of bytes less the first.

    Rows without a value or a group are left out.
    """
    part = asked(wanted.TTest, type="ttest", variable=variable, group=group, **common((), where, "leave out"))
    return estimation.t_test(part, sample)


def chi_square(
    sample: Sample, rows: str, cols: str, *, where: Where | None = None, order: Literal[1, 2] = 2
) -> RaoScott:
    """Rao and Scott's test of independence, with the correction of the first or of the second order."""
    one_of("order", order, (1, 2))
    statistic = "F" if order == 2 else "Chisq"
    given = common((), where, "leave out")
    return estimation.chi_square(
        asked(wanted.ChiSquare, type="chisq", rows=rows, cols=cols, statistic=statistic, **given), sample
    )


def _found(part: wanted.Component, sample: Sample, *, interval: str = "") -> Found:
    terms = estimands.terms(part, sample.table)
    estimates = estimation.estimated(part, sample, terms)
    if interval == "published":
        estimates = shares.published(estimates, terms, sample)
    return Found(estimates, Basis(sample, terms))
