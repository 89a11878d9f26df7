"""The covariance of estimates from their linearised values: one function for every estimator and design.

V = sum over stages and strata h of  F_h (1 - f_h) n_h / (n_h - 1) sum_i (z_hi - zbar_h)(z_hi - zbar_h)'

with z summed to the units i of the stage, f_h the part of the stratum that was sampled, and F_h the product of these
parts at the stages before (1 at the first). PSUs without a row in a domain stay in with z = 0 (Särndal, Swensson and
Wretman 1992, results 3.7.2 and 4.3.1 with the linearised variable of section 5.5; Brewer's approximation where the
units of a stratum have chances f_i of their own: 1 - f_i stands beside the square of unit i).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from peilstok.estimate.design import Codes, Design, Floats, Lonely, Stage

Inside = NDArray[np.bool_]


def covariance(values: Floats, design: Design, inside: Inside | None = None) -> Floats:
    """The k x k covariance matrix of k estimates from their n x k linearised values.

    `inside` says of each of the n rows whether it lies in the domain of the estimates. What lies outside has z = 0 and
    stays in; the mask is needed only for what a rule says of lonely units in domains.
    """
    deviations = _deviations(values, design, inside)
    return np.asarray(deviations.T @ deviations, dtype=np.float64)


def variances(values: Floats, design: Design, inside: Inside | None = None) -> Floats:
    """The k variances alone."""
    return np.asarray((_deviations(values, design, inside) ** 2).sum(axis=0), dtype=np.float64)


def _deviations(values: Floats, design: Design, inside: Inside | None) -> Floats:
    """Deviations of units from their stratum, scaled so that their cross products add up to the covariance."""
    return np.concatenate([_of_stage(values, design, stage, inside) for stage in design.stages])


def _of_stage(values: Floats, design: Design, stage: Stage, inside: Inside | None) -> Floats:
    totals, sampled = _totals(values, stage), stage.sampled
    centres = (sums(totals, stage.strata) / sampled[:, None])[stage.strata]
    if design.lonely is Lonely.ADJUST:
        centres[stage.lonely] = 0
        if design.lonely_in_domains and inside is not None:
            centres[_there(stage, inside)[stage.strata] == 1] = 0
    factors = _factors(stage, design, inside)
    return np.asarray((totals - centres) * np.sqrt(factors)[:, None], dtype=np.float64)


def _totals(values: Floats, stage: Stage) -> Floats:
    """Of each unit. Where every row is a unit of its own, in their order, there is nothing to add up."""
    own = len(stage.strata) == len(values) and (stage.units == np.arange(len(values))).all()
    return values if own else sums(values, stage.units)


def _there(stage: Stage, inside: Inside) -> Codes:
    """Of each stratum: how many of its units have a row in the domain."""
    return np.bincount(stage.strata[np.unique(stage.units[inside])], minlength=len(stage.sampled))


def _factors(stage: Stage, design: Design, inside: Inside | None) -> Floats:
    """F (1 - f) n / (n - 1) of each unit. A unit that is alone deviates from its own mean by 0, whatever it is."""
    sampled = stage.sampled[stage.strata]
    factors = stage.within * (1 - stage.fractions) * sampled / np.maximum(sampled - 1, 1)
    if design.lonely is Lonely.AVERAGE:
        alone, present = stage.lonely, np.ones(len(stage.sampled), dtype=np.bool_)
        if inside is not None:
            there = _there(stage, inside)
            present = there > 0
            if design.lonely_in_domains:  # a stratum with one unit in the domain is left to the average too (R)
                alone = alone | ((there[stage.strata] == 1) & (stage.fractions < 1))
        usable = int(present[np.unique(stage.strata[~alone])].sum())
        # with none to take an average of, the variance is not known
        factors = np.where(alone, 0.0, factors) * (present.sum() / usable if usable else np.nan)
    return np.asarray(factors, dtype=np.float64)


def sums(values: Floats, codes: Codes, *, groups: int | None = None) -> Floats:
    """The rows of each code added up, in the order of the rows: groups x k from n x k.

    Without `groups` as many as the largest code says. One count over all columns at once: from 1,000 rows on several
    times as fast as `np.add.at`, with the same sums to the last bit.
    """
    columns = values.shape[1]
    size = int(codes.max()) + 1 if groups is None else groups
    places = (codes[:, None] * columns + np.arange(columns)).ravel()
    flat = np.bincount(places, weights=values.ravel(), minlength=size * columns)
    return np.asarray(flat.reshape(size, columns), dtype=np.float64)


def per_weight(values: Floats, weights: Floats) -> Floats:
    """z / w for each row of n x k values; 0 where the weight is 0."""
    column = weights[:, None]
    return np.asarray(np.divide(values, column, out=np.zeros_like(values), where=column != 0), dtype=np.float64)
