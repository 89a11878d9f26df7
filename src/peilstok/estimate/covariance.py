"""The covariance of estimates from their linearised values: one function for every estimator and design.

V = sum over stages and strata h of  F_h (1 - f_h) n_h / (n_h - 1) sum_i (z_hi - zbar_h)(z_hi - zbar_h)'

with z summed to the units i of the stage, f_h the part of the stratum that was sampled, and F_h the product of these
parts at the stages before (1 at the first). PSUs without a row in a domain stay in with z = 0 (Särndal, Swensson and
Wretman 1992, results 3.7.2 and 4.3.1 with the linearised variable of section 5.5; Brewer's approximation where the
units of a stratum have chances f_i of their own: 1 - f_i stands beside the square of unit i).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from peilstok.estimate.design import Codes, Design, Floats, Lonely, Stage

Inside = NDArray[np.bool_]
_AT_ONCE: Final = 1_000_000  # numbers


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
    stages = [_of_stage(values, design, stage, inside) for stage in design.stages]
    return stages[0] if len(stages) == 1 else np.concatenate(stages)


def _of_stage(values: Floats, design: Design, stage: Stage, inside: Inside | None) -> Floats:
    totals, sampled = _totals(values, stage), stage.sampled
    means, scales = (sums(totals, stage.strata) / sampled[:, None]).T, np.sqrt(_factors(stage, design, inside))
    centred = _centred(stage, design, inside)
    found = np.empty_like(totals)
    for some in _columns(totals):
        centres = (means[some][:, stage.strata] * centred).T
        found[:, some] = (totals[:, some] - centres) * scales[:, None]
    return found


def _centred(stage: Stage, design: Design, inside: Inside | None) -> Floats:
    """1 for each unit that deviates from the mean of its stratum, 0 where that is taken as 0."""
    centred = np.ones(len(stage.strata))
    if design.lonely is Lonely.ADJUST:
        centred[stage.lonely] = 0
        if design.lonely_in_domains and inside is not None:
            centred[_there(stage, inside)[stage.strata] == 1] = 0
    return centred


def _columns(values: Floats) -> Iterator[slice]:
    """The columns of a matrix a few at a time, so that what is made on the way stays small."""
    rows, columns = values.shape
    step = max(_AT_ONCE // max(rows, 1), 1)
    return (slice(place, place + step) for place in range(0, columns, step))


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

    Without `groups` as many as the largest code says. Few numbers are counted over all columns at once: from 1,000 rows
    on several times as fast as `np.add.at`, with the same sums to the last bit.
    """
    columns = values.shape[1]
    size = int(codes.max()) + 1 if groups is None else groups
    if values.size > _AT_ONCE:
        return np.column_stack([np.bincount(codes, weights=column, minlength=size) for column in values.T])
    places = (codes[:, None] * columns + np.arange(columns)).ravel()
    flat = np.bincount(places, weights=values.ravel(), minlength=size * columns)
    return np.asarray(flat.reshape(size, columns), dtype=np.float64)


def per_weight(values: Floats, weights: Floats) -> Floats:
    """z / w for each row of n x k values; 0 where the weight is 0."""
    column = weights[:, None]
    return np.asarray(np.divide(values, column, out=np.zeros_like(values), where=column != 0), dtype=np.float64)
