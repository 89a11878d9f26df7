"""What a sample says of an estimand: estimates with their covariance, by linearisation or from replicates.

Every estimand is estimated in its own domain; the covariance of several is over the whole sample.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from peilstok.estimate import comparison, effects, intervals
from peilstok.estimate.association import Order, RaoScott, rao_scott, rao_scott_replicated
from peilstok.estimate.comparison import TTest
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.quantiles import IntervalKind, Quantile, ReplicatedKind, woodruff, woodruff_replicated
from peilstok.estimate.quasibinomial import fitted_share, log_odds_again
from peilstok.estimate.replicates import Replicates, adjusted, replicated
from peilstok.estimate.survey import estimands, wanted
from peilstok.estimate.survey.data import Column, Mask
from peilstok.estimate.survey.estimands import Term, Terms
from peilstok.estimate.survey.sampling import Sample
from peilstok.estimate.unfit import Unfit


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """m estimates by name, their m x m covariance, degrees of freedom, and where asked their design effects.

    `own_limits` are m x 2, where they are not those of the t interval of `df`; `own_df` are the degrees of freedom that
    each of those has, which are of its own domain.
    """

    names: tuple[str, ...]
    estimates: Floats
    covariance: Floats
    df: int
    deff: Floats | None = None
    own_limits: Floats | None = None
    own_df: tuple[int, ...] | None = None

    @property
    def errors(self) -> Floats:
        """Standard errors."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def limits(self) -> tuple[Floats, Floats]:
        """The lower and upper limits of the 95 percent intervals; NaN without degrees of freedom."""
        if self.own_limits is not None:
            return self.own_limits[:, 0], self.own_limits[:, 1]
        half = (intervals.quantile_t(self.df) if self.df > 0 else math.nan) * self.errors
        return self.estimates - half, self.estimates + half


def estimated(part: wanted.Component | wanted.Contrast, sample: Sample, terms: Terms | None = None) -> Estimates:
    """An estimand of a sample, whose terms may be there already; ValueError where the two do not fit."""
    terms = terms or estimands.terms(part, sample.table)
    found = _from_linearisation(terms, sample) if sample.replicates is None else from_replicates(terms, sample)
    kind = getattr(part, "deff", None)
    if kind is not None:
        found = _with_effects(found, terms, sample, kind)
    if isinstance(part, wanted.Proportion) and part.ci_method is not None:
        found = replace(found, own_df=tuple(df_in(term.inside, sample) for term in terms.terms))
        if part.ci_method == "logit" and sample.replicates is not None:
            return _fitted_again(terms, found, sample)
        if part.ci_method == "logit":
            return _fitted(terms, found, sample)
        return _with_limits(found, part.ci_method, terms, sample)
    return found


def _from_linearisation(terms: Terms, sample: Sample) -> Estimates:
    estimates, values = terms.linearised(sample.weights)
    return Estimates(terms.names, estimates, _covariance(terms, values, sample), df_in(terms.domain, sample))


def _fitted(terms: Terms, found: Estimates, sample: Sample) -> Estimates:
    """Shares and limits as R's fit of the log odds has them, to its last digits; the covariance is of the shares."""
    fits = [fitted_share(term.y, term.inside.astype(np.float64), weights=sample.weights) for term in terms.terms]
    values = np.column_stack([fit.values for fit in fits])
    shares = np.array([fit.estimate for fit in fits])
    fitted = replace(found, estimates=shares, covariance=_covariance(terms, values, sample))
    limits = _with_limits(fitted, "logit", terms, sample)
    return replace(limits, covariance=found.covariance)


def _fitted_again(terms: Terms, found: Estimates, sample: Sample) -> Estimates:
    """The same from replicates: R's interval is of the log odds that are fitted in each."""
    from scipy.special import expit, logit

    weights, replicates = _replicates(sample)
    parts = [(term.y, term.inside.astype(np.float64)) for term in terms.terms]
    shares = [fitted_share(y, inside, weights=weights).estimate for y, inside in parts]

    def again(each: Floats) -> Floats:
        return np.array(
            [log_odds_again(y, base, weights=each, share=share) for (y, base), share in zip(parts, shares, strict=True)]
        )

    fits, _ = replicated(again, weights, replicates)
    middle = logit(np.array(shares))
    t = intervals.quantiles_t(np.array(found.own_df, dtype=np.float64))
    half = t * np.sqrt(np.diag(replicates.covariance(fits, middle)))
    limits = expit(np.column_stack([middle - half, middle + half]))
    return replace(found, estimates=np.array(shares), own_limits=limits)


def df_in(inside: Mask | None, sample: Sample) -> int:
    """Degrees of freedom in a domain, or of the whole sample."""
    if sample.replicates is not None:
        return _df_of_replicates(sample, inside)
    return sample.design.degrees_of_freedom if inside is None else sample.design.degrees_of_freedom_in(inside)


def _covariance(terms: Terms, values: Floats, sample: Sample) -> Floats:
    """Over the whole sample; what is estimated in one domain by the rules of that domain."""
    whole = sample.covariance(values)
    if not (terms.of_domain and sample.domains_matter):
        return whole
    masks = {term.inside.tobytes(): term.inside for term in terms.terms}
    for key, inside in masks.items():
        if not inside.all():
            places = [place for place, term in enumerate(terms.terms) if term.inside.tobytes() == key]
            whole[np.ix_(places, places)] = sample.covariance(values[:, places], inside)
    return whole


def from_replicates(terms: Terms, sample: Sample) -> Estimates:
    """From the estimates of the replicates; degrees of freedom from the rank of their weights.

    A function of estimates is not evaluated in every replicate: its variance is that of the delta method, from the
    covariance of the totals that it is made of.
    """
    parts = terms.totals if terms.of_totals else terms
    weights, replicates = _replicates(sample)
    found, estimates = replicated(parts.of_replicate, weights, replicates)
    if np.isnan(estimates).any():
        parts.linearised(weights)  # says which of them
    covariance = replicates.covariance(found, estimates)
    df = df_in(terms.domain, sample)
    if parts is not terms:
        estimates, slopes = terms.of_sums(estimates)
        covariance = slopes @ covariance @ slopes.T
    return Estimates(terms.names, estimates, covariance, df)


def covariance_of(terms: Terms, sample: Sample) -> Floats:
    """The covariance of any terms of a sample."""
    if sample.replicates is not None:
        return from_replicates(terms, sample).covariance
    return _covariance(terms, terms.linearised(sample.weights)[1], sample)


def _replicates(sample: Sample) -> tuple[Floats, Replicates]:
    """The weights of the full sample and their replicates, after the steps that are repeated in each."""
    assert sample.replicates is not None
    weights, replicates = sample.fixed.after, sample.replicates
    return adjusted(weights, replicates, sample.reweighted) if sample.again else (weights, replicates)


def _df_of_replicates(sample: Sample, inside: Mask | None = None) -> int:
    """The rank of the replicates' weights less 1, of the whole sample or in a domain.

    R counts it again after every step of weighting and in a domain, but not after a calibration that is iterated.
    """
    if inside is not None and not inside.all():
        weights, replicates = _replicates(sample)
        return replicates.degrees_of_freedom(weights * inside)
    weights, replicates = _replicates(sample.before_iterations)
    return replicates.degrees_of_freedom(weights)


def _with_limits(found: Estimates, method: intervals.Method, terms: Terms, sample: Sample) -> Estimates:
    """Each share with the degrees of freedom and the rows of its own domain, as R has them for a subset."""
    assert found.own_df is not None  # a share with an interval of its own
    shares = zip(terms.terms, found.estimates.tolist(), found.errors.tolist(), found.own_df, strict=True)
    limits = [
        intervals.interval_of_share(share, se, method=method, n=sample.rows_of(term.inside), df=df)
        for term, share, se, df in shares
    ]
    return replace(found, own_limits=np.array([(each.low, each.high) for each in limits]))


def _with_effects(found: Estimates, terms: Terms, sample: Sample, kind: effects.Sampling) -> Estimates:
    _, values = terms.linearised(sample.weights)
    deff = [
        effects.design_effect(
            values[:, place],
            term.y if term.denominator is None or term.of_rows else None,
            design=sample.weighted,
            variance=float(found.covariance[place, place]),
            inside=term.inside,
            kind=kind,
            of="total" if term.denominator is None else "mean",
        )
        for place, term in enumerate(terms.terms)
    ]
    return replace(found, deff=np.array(deff))


def quantiles(part: wanted.Quantile, sample: Sample) -> tuple[Quantile, ...]:
    """Of each variable in turn; degrees of freedom are those of the rows of the domain that have a value."""
    where = estimands.inside(part, sample.table)
    found: list[Quantile] = []
    for name in part.columns:
        column = sample.table.column(name)
        missing = where & ~column.known
        if missing.any() and not part.na_rm:
            raise Unfit("E002", f"{name}: row {int(np.argmax(missing)) + 1} has no value; such rows may be left out")
        found += _quantiles(part, column.numbers, where & column.known, sample)
    return tuple(found)


_OF_DESIGNS: Final[Mapping[str, IntervalKind]] = {"mean": "mean", "xlogit": "xlogit", "beta": "beta"}
_OF_REPLICATES: Final[Mapping[str, ReplicatedKind]] = {
    "mean": "mean",
    "xlogit": "mean",  # svyquantile of R passes no other interval on when it has replicates
    "beta": "mean",
    "quantile": "quantile",
    "replicate-xlogit": "xlogit",
    "replicate-beta": "beta",
}
"""Which interval of a quantile from replicates a job gets under which name: those of R, and two that R lacks."""


def _quantiles(part: wanted.Quantile, y: Floats, inside: Mask, sample: Sample) -> tuple[Quantile, ...]:
    if sample.replicates is not None:
        weights, replicates = _replicates(sample)
        return woodruff_replicated(
            y,
            weights=weights,
            replicates=replicates,
            probabilities=part.probs,
            rule=part.rule,
            interval=_OF_REPLICATES[part.interval],
            inside=inside,
            df=None
            if part.na_rm
            else _df_of_replicates(sample, inside),  # R takes a subset where values may be missing
            inverted=not sample.replicates_given,
        )
    if part.interval not in _OF_DESIGNS:
        raise ValueError(f"the interval {part.interval} is of replicate weights; there are {', '.join(_OF_DESIGNS)}")
    return woodruff(
        y,
        design=sample.weighted,
        probabilities=part.probs,
        rule=part.rule,
        interval=_OF_DESIGNS[part.interval],
        inside=inside,
        rows_of_data=sample.rows_of(inside),
        project=sample.chain.project,
    )


def chi_square(part: wanted.ChiSquare, sample: Sample) -> RaoScott:
    """A test of independence. Rows without an answer count among those of the domain, as in R."""
    where = estimands.inside(part, sample.table)
    rows, cols = (_codes(sample.table.levels(name)) for name in (part.rows, part.cols))
    order: Order = 2 if part.statistic == "F" else 1
    if sample.replicates is not None:
        weights, replicates = _replicates(sample)
        return rao_scott_replicated(
            rows,
            cols,
            weights=weights,
            replicates=replicates,
            inside=where,
            df=_df_of_replicates(sample, where),
            order=order,
        )
    return rao_scott(
        rows,
        cols,
        design=sample.weighted,
        inside=where,
        df=sample.design.psus_less_strata(np.ones(sample.table.rows, dtype=np.bool_))
        if sample.chain.adjustments
        else None,
        rows_of_data=sample.rows_of(where),
        project=sample.chain.project,
        order=order,
    )


def _codes(column: Column) -> Codes:
    """The place of each row's level, -1 where it has none."""
    return np.where(column.known, column.values, -1).astype(np.intp)


def t_test(part: wanted.TTest, sample: Sample) -> TTest:
    """The second group less the first; rows without a value or a group are left out.

    Levels without a row in the domain do not count.
    """
    y, group = sample.table.column(part.variable), sample.table.levels(part.group)
    where = estimands.inside(part, sample.table)
    there = np.unique(group.values[where & group.known]).astype(int).tolist()
    if len(there) != 2:
        raise ValueError(f"{part.group} has {len(there)} levels among these rows; a t test compares two")
    name, second = "-".join(group.levels[place] for place in reversed(there)), group.values == there[1]
    inside, values = where & y.known & group.known, np.nan_to_num(y.numbers)
    if sample.replicates is not None:
        return replace(_t_test_of_replicates(values, [inside & second, inside & ~second], where, sample), name=name)
    tested = comparison.t_test(values, second, design=sample.weighted, inside=inside, project=sample.chain.project)
    return replace(tested, name=name)


def _t_test_of_replicates(y: Floats, groups: list[Mask], where: Mask, sample: Sample) -> TTest:
    """Degrees of freedom are of all rows in the domain, with or without a value (R)."""
    slopes = np.array([[1.0, -1.0]])
    means = tuple(Term("", y, np.ones(len(y)), rows) for rows in groups)
    terms = Terms(("difference",), means, lambda each: (slopes @ each, slopes), domain=where)
    found = from_replicates(terms, sample)
    return comparison.tested(float(found.estimates[0]), float(found.errors[0]), df=found.df - 1)
