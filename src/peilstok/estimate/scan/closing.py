"""From the sums of a scan to estimates and their covariance, whatever engine made the sums.

With p the pivot of a pair, U and V the sums of u = w (y - p x) and v = w x over a domain, every estimate and its
linearised value are

    ratio   p + U / V      z = (u - (U / V) v) / V
    total   U + p V        z = u + p v

so that z = a u + b v, and the covariance of two estimates follows from the centred products of u and v:

    C_h(uv) = (1 - f_h) n_h / (n_h - 1) (sum_i u_hi v_hi - sum_i u_hi sum_i v_hi / n_h)

over the PSUs i of stratum h (Särndal, Swensson and Wretman 1992, results 3.7.2 and 5.5; the same as
`covariance.covariance` on the rows). n_h counts the PSUs of the whole stratum, in the domain or not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from peilstok.estimate.covariance import sums as added
from peilstok.estimate.design import Codes, Floats, Lonely
from peilstok.estimate.scan import covariances
from peilstok.estimate.scan.result import Result
from peilstok.estimate.scan.sums import Between, Cells, Columns, Gathered, Layout, Strata, added_up, ordered

if TYPE_CHECKING:
    from peilstok.estimate.scan.plan import Plan

NOISE: Final = 1e-13
"""A variance below this part of what it is the difference of is rounding, and is 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Closed:
    """The estimates of one set: arrays of domains x measures, degrees of freedom of each domain."""

    domains: tuple[tuple[object, ...], ...]
    estimate: Floats
    se: Floats
    n: Floats
    df: Floats
    digits: Floats
    covariance: Floats | None


def close(plan: Plan, layout: Layout, gathered: Gathered, *, passes: int) -> Result:
    """All sets of the plan, one after the other."""
    closed = []
    for own in plan.by:
        cells = _of_set(own, plan, gathered)
        closed.append(_close_set(cells, plan, layout, gathered.strata))
    return Result(
        names=tuple(measure.name for measure in plan.measures),
        domains=tuple(
            tuple(zip(own, labels, strict=True))
            for own, each in zip(plan.by, closed, strict=True)
            for labels in each.domains
        ),
        estimate=np.concatenate([each.estimate for each in closed]),
        se=np.concatenate([each.se for each in closed]),
        n=np.concatenate([each.n for each in closed]),
        df=np.concatenate([each.df for each in closed]),
        digits=np.concatenate([each.digits for each in closed]),
        covariances={
            own: each.covariance for own, each in zip(plan.by, closed, strict=True) if each.covariance is not None
        },
        passes=passes,
    )


def check(strata: Strata, plan: Plan) -> None:
    """ValueError where the sample contradicts the design."""
    if not strata.rows.sum():
        raise ValueError("the table has no rows")
    if None in strata.labels:
        raise ValueError(f"a row has no stratum ({plan.strata})")
    if not (np.isfinite(strata.high).all() and (strata.low >= 0).all()):
        raise ValueError(f"every weight must be a number from 0 ({plan.weights})")
    if np.isnan(strata.population).any():
        raise ValueError(f"the rows of a stratum give different population sizes, or none ({plan.population})")
    if (strata.sampled > strata.population).any():
        raise ValueError("more units were sampled than the population of the stratum has")
    if plan.lonely is Lonely.FAIL and _lonely(strata).any():
        raise ValueError("every stratum needs two sampled units at least")


def _lonely(strata: Strata) -> NDArray[np.bool_]:
    return np.asarray((strata.sampled == 1) & (strata.population > 1), dtype=np.bool_)


def _of_set(own: Columns, plan: Plan, gathered: Gathered) -> Cells:
    """The cells of the domains of one set, from its own sums or from those of a set of more columns."""
    if own in gathered.cells:
        return gathered.cells[own]
    larger = next(each for each in gathered.cells if set(own) < set(each))
    return added_up(gathered.cells[larger], larger, own)


def _factors(strata: Strata, rule: Lonely) -> Floats:
    """(1 - f) n / (n - 1) of each stratum."""
    lonely, sampled = _lonely(strata), strata.sampled
    factors = (1 - sampled / strata.population) * sampled / np.maximum(sampled - 1, 1)
    if rule is Lonely.AVERAGE:
        factors = factors * (len(sampled) / max(int((~lonely).sum()), 1))
    if rule is not Lonely.ADJUST:
        factors = np.where(lonely, 0.0, factors)  # one unit deviates from its own mean by 0
    return np.asarray(factors, dtype=np.float64)


def _inside(cells: Cells) -> Cells:
    """Without those in no domain of the set, and with the domains in order."""
    domains = ordered(domain for domain in cells.domains if None not in domain)
    code = {domain: at for at, domain in enumerate(domains)}
    to = np.array([code.get(domain, -1) for domain in cells.domains], dtype=np.intp)
    inside = to[cells.domain] >= 0
    return Cells(
        domains=domains,
        stratum=cells.stratum[inside],
        domain=to[cells.domain[inside]],
        units=cells.units[inside],
        there=cells.there[inside],
        first=cells.first[inside],
        second=cells.second[inside],
        between=_between_inside(cells.between, to),
    )


def _between_inside(between: Between | None, to: Codes) -> Between | None:
    if between is None:
        return None
    one, other = to[between.one], to[between.other]
    inside = (one >= 0) & (other >= 0)
    return Between(
        stratum=between.stratum[inside],
        one=one[inside],
        other=other[inside],
        products=between.products[inside],
    )


def _close_set(cells: Cells, plan: Plan, layout: Layout, strata: Strata) -> _Closed:
    cells, factors = _inside(cells), _factors(strata, plan.lonely)
    size, scale = len(cells.domains), factors[cells.stratum][:, None]
    centred, doubt = _centred(cells, plan, layout, strata)
    form = _form(added(cells.first, cells.domain, groups=size), plan, layout)
    variance = form.of(added(scale * centred, cells.domain, groups=size), layout)
    uncertain = form.absolute.of(added(scale * doubt, cells.domain, groups=size), layout)
    variance = np.where(variance <= NOISE * uncertain, 0.0, variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = -np.log10(np.finfo(np.float64).eps * np.maximum(uncertain / variance, 1))
    return _Closed(
        domains=cells.domains,
        estimate=form.estimate,
        se=np.sqrt(variance),
        n=added(cells.there, cells.domain, groups=size)[:, form.pair],
        df=added(cells.units[:, None] - 1, cells.domain, groups=size)[:, 0],
        digits=np.where(variance == 0, np.inf, digits),
        covariance=_covariance(cells, centred, form, plan, layout, strata) if plan.covariance else None,
    )


def _covariance(cells: Cells, centred: Floats, form: _Form, plan: Plan, layout: Layout, strata: Strata) -> Floats:
    factors = _factors(strata, plan.lonely)
    alone = _lonely(strata) & (plan.lonely is Lonely.ADJUST)
    means = np.where(alone, 0.0, factors / np.maximum(strata.sampled, 1))
    stratum = cells.stratum
    totals = covariances.of_totals(cells, layout, centred, factors=factors[stratum], means=means[stratum])
    return covariances.of_estimates(totals, a=form.a, b=form.b, u=form.pair, v=form.denominator(layout))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Form:
    """Estimates, and their linearised values a u + b v: all arrays of domains x measures; the pair of each measure."""

    pair: Codes
    estimate: Floats
    a: Floats
    b: Floats

    def of(self, products: Floats, layout: Layout) -> Floats:
        """The variances, from centred products that were added up over strata (domains x products)."""
        u, v = self.pair, self.denominator(layout)
        uu, uv, vv = (products[:, layout.places(i, j)] for i, j in ((u, u), (u, v), (v, v)))
        return np.asarray(self.a**2 * uu + 2 * self.a * self.b * uv + self.b**2 * vv, dtype=np.float64)

    def denominator(self, layout: Layout) -> Codes:
        """The column of v of each measure."""
        return np.array(layout.denominators, dtype=np.intp)[self.pair]

    @property
    def absolute(self) -> _Form:
        return replace(self, a=np.abs(self.a), b=np.abs(self.b))


def _form(first: Floats, plan: Plan, layout: Layout) -> _Form:
    """From the sums of u and v in every domain; NaN where a denominator is zero."""
    pair = np.array(plan.pair_of, dtype=np.intp)
    is_ratio = np.array([measure.kind == "ratio" for measure in plan.measures])
    pivot = np.array(layout.reading.pivots)[pair]
    u, v = first[:, pair], first[:, np.array(layout.denominators, dtype=np.intp)[pair]]
    one = np.where(v == 0, np.nan, 1.0)  # a ratio to nothing is not defined
    left = u / np.where(v == 0, np.nan, v)
    return _Form(
        pair=pair,
        estimate=np.where(is_ratio, pivot + left, u + pivot * v),
        a=np.where(is_ratio, one / np.where(v == 0, 1.0, v), 1.0),
        b=np.where(is_ratio, -left / np.where(v == 0, 1.0, v), pivot),
    )


def _centred(cells: Cells, plan: Plan, layout: Layout, strata: Strata) -> tuple[Floats, Floats]:
    """The centred products of every cell (cells x products), and the size of what they are the difference of."""
    i, j = np.array(layout.products, dtype=np.intp).T
    sampled = strata.sampled[cells.stratum][:, None]
    means = cells.first[:, i] * cells.first[:, j] / sampled
    if plan.lonely is Lonely.ADJUST:
        means[_lonely(strata)[cells.stratum]] = 0
    centred, doubt = cells.second - means, np.abs(cells.second) + np.abs(means)
    if plan.psu is None:
        _exact_counts(centred, doubt, cells, layout, strata)
    return centred, doubt


def _exact_counts(centred: Floats, doubt: Floats, cells: Cells, layout: Layout, strata: Strata) -> None:
    """Where all weights of a stratum are equal, v = w or 0 and centring it is counting: u w k becomes u w (1 - k / n).

    Nothing cancels then: a total keeps its digits however large the mean is against the deviation.
    """
    equal = ((strata.low == strata.high) & (strata.sampled > 1))[cells.stratum]
    weight, sampled = strata.low[cells.stratum], strata.sampled[cells.stratum]
    for at, (i, j) in enumerate(layout.products) if equal.any() else ():
        count = _count_of(i, j, cells, layout)
        if count is not None:
            exact = cells.first[:, i] * weight * (1 - count / sampled)
            if i == j:
                exact = weight**2 * count * (1 - count / sampled)
            centred[equal, at], doubt[equal, at] = exact[equal], np.abs(exact)[equal]


def _count_of(i: int, j: int, cells: Cells, layout: Layout) -> Floats | None:
    """The rows where column j is the weight, when column i is 0 in all others; None where that is not so."""
    if j == layout.weight:
        return cells.units
    if j < len(layout.pairs):
        return None
    pair = layout.denominators.index(j)
    if layout.pairs[pair].x is not None or i not in (pair, j):
        return None
    return cells.there[:, pair]
