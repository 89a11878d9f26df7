"""A job done: estimates, standard errors, covariances, intervals, as the object that is printed.

Variances come from linearised values, or from replicates where the job has them. Every estimand is estimated in its own
domain; `covariance` of several parts is over the whole sample.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate import association, comparison, effects, intervals, quantiles
from peilstok.estimate.design import Floats
from peilstok.estimate.jobs import estimands, file, sampling
from peilstok.estimate.jobs.data import Mask
from peilstok.estimate.jobs.estimands import Term, Terms
from peilstok.estimate.jobs.sampling import Sample
from peilstok.estimate.replicates import adjusted, replicated

NORMAL: Final = 1.959963984540054
"""The upper 97.5 percent point of the normal distribution (Abramowitz and Stegun 1964, table 26.1, to more digits)."""

Result = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Estimated:
    names: tuple[str, ...]
    estimates: Floats
    covariance: Floats
    df: int
    deff: Floats | None = None
    limits: Floats | None = None  # m x 2, where they are not the t interval

    @property
    def errors(self) -> Floats:
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


def run(path: Path) -> dict[str, object]:
    """Run the job of a file; raises `Refused` with what is wrong with it or with its data."""
    job = file.read(path)
    try:
        sample = sampling.sample(job, path.parent)
        return as_json(_done(job.estimand, sample) | _weights(sample))
    except (ValueError, ZeroDivisionError) as error:
        finding = Finding("J020", Severity.ERROR, Place(str(path), 1), str(error), "data and a design that fit the job")
        raise Refused([finding]) from error


def _done(estimand: file.Estimand, sample: Sample) -> Result:
    match estimand:
        case file.ChiSquare():
            return _chi_square(estimand, sample)
        case file.TTest():
            return _t_test(estimand, sample)
        case file.Quantile():
            return _quantiles(estimand, sample)
        case file.Multi():
            return _joined([_done(part, sample) for part in estimand.parts])
    return _as_result(_estimated(estimand, sample))


def _joined(parts: list[Result]) -> Result:
    """The parts one after the other; the degrees of freedom of the first."""
    keys = set.intersection(*(set(part) for part in parts)) - {"df", "vcov"}
    whole: Result = {key: [value for part in parts for value in part[key]] for key in parts[0] if key in keys}
    return whole | {"df": parts[0]["df"]}


def _estimated(part: file.Component | file.Contrast, sample: Sample) -> _Estimated:
    terms = estimands.terms(part, sample.table)
    found = _from_linearisation(terms, sample) if sample.replicates is None else _from_replicates(terms, sample)
    if isinstance(part, file.Proportion) and part.ci_method is not None:
        method: intervals.Method = "xlogit" if part.ci_method == "logit" else part.ci_method
        return _with_limits(found, method, sample.rows_of(terms.terms[0].inside))
    kind = getattr(part, "deff", None)
    return found if kind is None else _with_effects(found, terms, sample, kind)


def _from_linearisation(terms: Terms, sample: Sample) -> _Estimated:
    estimates, values = terms.linearised(sample.weights)
    return _Estimated(terms.names, estimates, _covariance(terms, values, sample), _df(terms, sample))


def _df(terms: Terms, sample: Sample) -> int:
    if terms.domain is None:
        return sample.design.degrees_of_freedom
    return sample.design.degrees_of_freedom_in(terms.domain)


def _covariance(terms: Terms, values: Floats, sample: Sample) -> Floats:
    """Over the whole sample; what is estimated in one domain by the rules of that domain."""
    whole = sample.covariance(values)
    if not terms.of_domain:
        return whole
    masks = {term.inside.tobytes(): term.inside for term in terms.terms}
    for key, inside in masks.items():
        if not inside.all():
            places = [place for place, term in enumerate(terms.terms) if term.inside.tobytes() == key]
            whole[np.ix_(places, places)] = sample.covariance(values[:, places], inside)
    return whole


def _from_replicates(terms: Terms, sample: Sample) -> _Estimated:
    """From the estimates of the replicates; degrees of freedom from the rank of their weights.

    A function of estimates is not evaluated in every replicate: its variance is that of the delta method, from the
    covariance of the totals that it is made of.
    """
    assert sample.replicates is not None
    parts = terms.totals if terms.of_totals else terms
    weights, replicates = sample.fixed.after, sample.replicates
    if sample.again:
        weights, replicates = adjusted(weights, replicates, sample.reweighted)
    found, estimates = replicated(parts.estimates, weights, replicates)
    covariance = replicates.covariance(found, estimates)
    inside = 1.0 if terms.domain is None else terms.domain
    df = replicates.degrees_of_freedom(weights * inside)
    if parts is not terms:
        estimates, slopes = terms.of_sums(estimates)
        covariance = slopes @ covariance @ slopes.T
    return _Estimated(terms.names, estimates, covariance, df)


def _with_limits(found: _Estimated, method: intervals.Method, rows: int) -> _Estimated:
    limits = [
        intervals.interval_of_share(float(share), float(se), method=method, n=rows, df=found.df)
        for share, se in zip(found.estimates, found.errors, strict=True)
    ]
    return replace(found, limits=np.array([(each.low, each.high) for each in limits]))


def _with_effects(found: _Estimated, terms: Terms, sample: Sample, kind: effects.Sampling) -> _Estimated:
    deff = [
        effects.design_effect(
            term.linearised(sample.weights),
            term.y if term.x is None or term.of_rows else None,
            design=sample.weighted,
            variance=float(found.covariance[place, place]),
            inside=term.inside,
            kind=kind,
            of="total" if term.x is None else "mean",
        )
        for place, term in enumerate(terms.terms)
    ]
    return replace(found, deff=np.array(deff))


def _as_result(found: _Estimated) -> Result:
    errors = found.errors
    t = intervals.quantile_t(found.df) if found.df > 0 else math.nan
    limits = found.limits
    result: Result = {
        "names": list(found.names),
        "estimate": found.estimates,
        "se": errors,
        "ci_low": found.estimates - t * errors if limits is None else limits[:, 0],
        "ci_high": found.estimates + t * errors if limits is None else limits[:, 1],
        "ci_low_z": found.estimates - NORMAL * errors,
        "ci_high_z": found.estimates + NORMAL * errors,
        "df": found.df,
        "vcov": found.covariance,
    }
    return result | ({} if found.deff is None else {"deff": found.deff})


def _quantiles(part: file.Quantile, sample: Sample) -> Result:
    """One after the other; degrees of freedom are those of the rows of the domain that have a value."""
    where = estimands.inside(part, sample.table)
    found = []
    for name in part.columns:
        column = sample.table.column(name)
        if not (part.na_rm or column.known[where].all()):
            raise ValueError(f"{name}: a row has no value; na_rm leaves it out")
        found += quantiles.woodruff(
            column.numbers,
            design=sample.weighted,
            probabilities=part.probs,
            rule=part.rule,
            interval=part.interval,
            inside=where & column.known,
            rows_of_data=sample.rows_of(where & column.known),
            project=sample.chain.project,
        )
    names = [f"{each.probability:.15g}" for each in found]
    several = [f"{name}:{each.probability:.15g}" for name in part.columns for each in found[: len(part.probs)]]
    return {
        "names": names if len(part.columns) == 1 else several,
        "estimate": [each.estimate for each in found],
        "se": [each.se for each in found],
        "ci_low": [each.low for each in found],
        "ci_high": [each.high for each in found],
        "df": found[0].df,
    }


def _chi_square(part: file.ChiSquare, sample: Sample) -> Result:
    if sample.replicates is not None:
        raise ValueError("a chi-square test with replicate weights is not one of the jobs")
    where = estimands.inside(part, sample.table)
    rows, cols = sample.table.levels(part.rows), sample.table.levels(part.cols)
    found = association.rao_scott(
        np.where(rows.known, rows.values, -1).astype(np.intp),
        np.where(cols.known, cols.values, -1).astype(np.intp),
        design=sample.weighted,
        inside=where,
        df=sample.design.degrees_of_freedom if sample.chain.adjustments else None,
        rows_of_data=sample.rows_of(where),
        project=sample.chain.project,
        order=2 if part.statistic == "F" else 1,
    )
    if part.statistic == "F":
        return {"statistic": found.statistic, "ndf": found.ndf, "ddf": found.ddf, "p_value": found.p_value}
    return {"statistic": found.statistic, "df": found.ndf, "p_value": found.p_value}


def _t_test(part: file.TTest, sample: Sample) -> Result:
    y, group = sample.table.column(part.variable), sample.table.levels(part.group)
    if len(group.levels) != 2:
        raise ValueError(f"{part.group} has {len(group.levels)} levels; a t test compares two")
    inside = estimands.inside(part, sample.table) & y.known & group.known
    found = (
        comparison.t_test(
            np.nan_to_num(y.numbers),
            group.values == 1,
            design=sample.weighted,
            inside=inside,
            project=sample.chain.project,
        )
        if sample.replicates is None
        else _t_test_of_replicates(np.nan_to_num(y.numbers), group.values == 1, inside, sample)
    )
    return {
        "names": [f"{group.levels[1]}-{group.levels[0]}"],
        "estimate": [found.estimate],
        "se": [found.se],
        "statistic": found.statistic,
        "df": found.df,
        "p_value": found.p_value,
        "ci_low": [found.low],
        "ci_high": [found.high],
    }


def _t_test_of_replicates(y: Floats, second: Mask, inside: Mask, sample: Sample) -> comparison.TTest:
    groups = [inside & second, inside & ~second]
    slopes = np.array([[1.0, -1.0]])
    means = tuple(Term("", np.where(rows, y, 0.0), rows.astype(np.float64), rows) for rows in groups)
    terms = Terms(("difference",), means, lambda found: (slopes @ found, slopes))
    found = _from_replicates(terms, sample)
    return comparison.tested(float(found.estimates[0]), float(found.errors[0]), df=found.df - 1)


def _weights(sample: Sample) -> Result:
    """Range and sum of the weights after adjustment, and what replicates were multiplied by."""
    weights = sample.weights
    found: Result = {"sum_weights": float(weights.sum())}
    found |= {"weight_min": float(weights.min()), "weight_max": float(weights.max())}
    return found | ({} if sample.replicates is None else {"scale": sample.replicates.scale})


def as_json(result: Result) -> dict[str, object]:
    """Lists instead of arrays, and null for what is not defined."""
    return {name: _plain(value) for name, value in result.items()}


def _plain(value: Any) -> object:
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value
