"""Variances from replicate weights: an estimate is made again with every set of weights, and their spread is its error.

V = scale * sum_r rscale_r (t_r - c)(t_r - c)'

with t_r the estimates of replicate r, and c their mean or the estimate of the full sample (Wolter 2007, *Introduction
to Variance Estimation*, chapters 3 to 5). Any estimator serves, also one that nobody has linearised, and an adjustment
of weights is accounted for by doing it again in each replicate. Totals, and what follows from totals, need no loop:
those of all replicates are one matrix product.

Not decided here: how replicates are made (`resampling`), and whether they suit the estimator: a jackknife does not suit
a median.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from peilstok.estimate.covariance import sums
from peilstok.estimate.design import Codes, Floats

MEMORY: Final = 2**28
"""Bytes that a product takes beside its input and its result, unless another bound is given."""

_AT_ONCE: Final = 4096  # rows of a domain whose factors are gathered together: they stay in the cache

TOLERANCE: Final = 1e-5
"""A column is a combination of those before it when no more than this part of its length is left (R's `qr`)."""

Estimator = Callable[[Floats], Floats]
"""From n weights to k estimates; NaN, or a ZeroDivisionError for all of them, where one is not defined."""
Adjustment = Callable[[Floats], Floats]
"""From n weights to n weights: post-stratification, raking or calibration of one replicate."""


class UndefinedReplicates(UserWarning):
    """In some replicates an estimate is not defined; its variance is of the others, and too small."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replicates:
    """What the weights of the full sample are multiplied by in each of R replicates, and what each counts for.

    `factors` is n x R, a row for each row of the data; or m x R with `units`, which says for each of the n rows which
    of the m it has: the rows of a sampling unit share theirs. `mse`: deviations from the estimate of the full sample,
    else from the mean of the replicates.
    """

    factors: Floats
    rscales: Floats
    scale: float = 1.0
    mse: bool = False
    units: Codes | None = None

    def __post_init__(self) -> None:
        if self.factors.ndim != 2 or self.rscales.shape != self.factors.shape[1:]:
            raise ValueError(f"{self.factors.shape} factors need one of rscales for each replicate (column)")
        if not (self.scale >= 0 and (self.rscales >= 0).all() and np.isfinite(self.rscales).all()):
            raise ValueError("scale and rscales must be numbers from 0")
        if not np.isfinite(self.factors.sum()):
            raise ValueError("every factor must be a number")
        if self.units is not None and len(self.units) and int(self.units.max()) >= len(self.factors):
            raise ValueError("a row has a unit that has no factors")

    def __len__(self) -> int:
        return len(self.rscales)

    def weights(self, weights: Floats) -> Iterator[Floats]:
        """The n weights of each replicate in turn."""
        _check_rows(weights, self)
        for column in self.factors.T:
            yield weights * (column if self.units is None else column[self.units])

    def covariance(self, replicates: Floats, estimate: Floats) -> Floats:
        """The k x k covariance matrix of k estimates from those of the replicates, R x k.

        A replicate in which an estimate is not finite counts for nothing in the variance of that estimate, without
        compensation (as in R), and `UndefinedReplicates` warns. ValueError where none is left.
        """
        counts = (np.isfinite(replicates).T & (self.rscales > 0)).T
        if not np.isfinite(replicates).all():
            _warn(replicates)
        if len(self) and not counts.any(axis=0).all():
            raise ValueError("an estimate is defined in no replicate")
        known = np.where(counts, replicates, 0.0)
        centre = estimate if self.mse else known.sum(axis=0) / np.maximum(counts.sum(axis=0), 1)
        deviations = np.where(counts, known - centre, 0.0) * np.sqrt(self.scale * self.rscales)[:, None]
        return np.asarray(deviations.T @ deviations, dtype=np.float64)

    def degrees_of_freedom(self, weights: Floats) -> int:
        """The rank of the n x R analysis weights, less 1. Of a domain: with `weights` 0 outside it."""
        _check_rows(weights, self)
        # Rows of a unit are multiples of one another: together they have the length of one row with this weight.
        length = np.abs(weights) if self.units is None else np.sqrt(np.bincount(self.units, weights=weights**2))
        return max(_rank(length, self.factors) - 1, 0)


def of_weights(
    combined: Floats, weights: Floats, *, rscales: Floats, scale: float = 1.0, mse: bool = False
) -> Replicates:
    """Replicates from n x R weights as files have them, with the full-sample weight multiplied in."""
    column = np.asarray(weights, dtype=np.float64)[:, None]
    if combined[column[:, 0] == 0].any():
        raise ValueError("a row without weight in the full sample has one in a replicate")
    factors = np.divide(combined, column, out=np.zeros(combined.shape), where=column != 0)
    return Replicates(factors=factors, rscales=rscales, scale=scale, mse=mse)


def replicated(
    estimator: Estimator, weights: Floats, replicates: Replicates, *, adjust: Adjustment | None = None
) -> tuple[Floats, Floats]:
    """R x k estimates of the replicates, and the k of the full sample.

    `adjust` is done to the weights of the full sample and again to those of each replicate. An estimate that is not
    defined in a replicate is NaN there.
    """
    estimate = estimator(weights if adjust is None else adjust(weights))
    result = np.full((len(replicates), len(estimate)), np.nan)
    for place, each in enumerate(_adjusted(weights, replicates, adjust)):
        try:
            result[place] = estimator(each)
        except ZeroDivisionError:
            continue
    return result, estimate


def adjusted(weights: Floats, replicates: Replicates, adjust: Adjustment) -> tuple[Floats, Replicates]:
    """The adjusted weights of the full sample, and replicates whose factors are of those.

    With them totals, covariances and degrees of freedom are of the adjusted estimator, and the adjustment is done once
    for each replicate, however many estimates follow.
    """
    full = adjust(weights)
    combined = np.empty((len(replicates), len(weights)))
    for place, each in enumerate(_adjusted(weights, replicates, adjust)):
        combined[place] = each
    return full, of_weights(combined.T, full, rscales=replicates.rscales, scale=replicates.scale, mse=replicates.mse)


def _adjusted(weights: Floats, replicates: Replicates, adjust: Adjustment | None) -> Iterator[Floats]:
    for place, each in enumerate(replicates.weights(weights), start=1):
        try:
            after = each if adjust is None else adjust(each)
        except ValueError as error:
            raise ValueError(f"replicate {place}: {error}") from error
        if not np.isfinite(after).all():
            raise ValueError(f"replicate {place}: the adjustment leaves weights that are no numbers; is a cell empty?")
        yield after


def totals(values: Floats, weights: Floats, replicates: Replicates, *, memory: int = MEMORY) -> Floats:
    """R x k weighted totals of the n x k `values` in each replicate: one matrix product.

    It runs over blocks of rows when what it takes beside `values`, the factors and the result would exceed `memory`
    bytes; the factors may lie in a file (`numpy.memmap`).
    """
    return domain_totals(values, weights, np.zeros(len(values), dtype=np.intp), replicates, memory=memory)[:, 0]


def streamed_totals(
    values: Floats, weights: Floats, blocks: Iterable[Replicates], *, memory: int = MEMORY
) -> tuple[Floats, Replicates]:
    """`totals` of replicates that come in blocks and are never together (`resampling.bootstrap_in_blocks`).

    Also gives the scales of all blocks, as replicates without rows, for their `covariance`.
    """
    results, rscales, scales = [], [], set()
    for block in blocks:
        results.append(totals(values, weights, block, memory=memory))
        rscales.append(block.rscales)
        scales.add((block.scale, block.mse))
        del block  # the next one is made when this has gone
    if len(scales) != 1:
        raise ValueError("blocks of replicates need one scale and one kind of deviation, and there must be some")
    [(scale, mse)] = scales
    every = np.concatenate(rscales)
    joined = Replicates(factors=np.empty((0, len(every))), rscales=every, scale=scale, mse=mse)
    return np.concatenate(results), joined


def domain_totals(
    values: Floats, weights: Floats, domains: Codes, replicates: Replicates, *, memory: int = MEMORY
) -> Floats:
    """R x D x k weighted totals in each of D domains; `domains` has that of each row, and -1 for a row in none.

    Each row is multiplied once, in the domain where it is, and not D times; twice as fast where rows are in the order
    of domains.
    """
    return _in_domains(values, weights, domains, replicates, memory)[0]


def domain_means(
    values: Floats, weights: Floats, domains: Codes, replicates: Replicates, *, memory: int = MEMORY
) -> tuple[Floats, Floats]:
    """R x D x k means of each replicate, and the D x k of the full sample; NaN where there is nothing to take one of.

    A missing value is NaN and leaves the mean of its column.
    """
    known = ~np.isnan(values)
    whole = bool(known.all())
    base = np.ones((len(values), 1)) if whole else known.astype(np.float64)
    both = np.column_stack([values if whole else np.where(known, values, 0.0), base])
    found, full = _in_domains(both, weights, domains, replicates, memory)
    k = values.shape[1]
    return _divided(found[..., :k], found[..., k:]), _divided(full[..., :k], full[..., k:])


def _in_domains(
    values: Floats, weights: Floats, domains: Codes, replicates: Replicates, memory: int
) -> tuple[Floats, Floats]:
    """Totals of the replicates, R x D x k, and of the full sample, D x k."""
    _check_rows(weights, replicates)
    if values.ndim != 2 or len(values) != len(weights) or len(domains) != len(weights):
        raise ValueError("values (rows x estimates), weights and domains have different numbers of rows")
    number, k, count = len(replicates), values.shape[1], max(int(domains.max(initial=0)) + 1, 1)
    found, full = np.zeros((number, count, k)), np.zeros((count, k))
    whole = count == 1 and not domains.any()
    step = max(memory // (8 * (2 * k if whole else number + 2 * k)), 1)
    room = np.empty((0 if whole else min(step, _AT_ONCE), number))
    for domain, rows in _whole(len(weights), step) if whole else _parts(domains, count, len(room)):
        weighted = weights[rows][:, None] * values[rows]
        full[domain] += weighted.sum(axis=0)
        found[:, domain] += _product(weighted, replicates, rows, room)
    return found, full


def _divided(numerators: Floats, denominators: Floats) -> Floats:
    shape = np.broadcast_shapes(numerators.shape, denominators.shape)
    ratios = np.divide(numerators, denominators, out=np.full(shape, np.nan), where=denominators != 0)
    return np.asarray(ratios, dtype=np.float64)


def _whole(rows: int, step: int) -> Iterator[tuple[int, slice]]:
    """All rows as one domain, in slices, which take no room."""
    for first in range(0, rows, step):
        yield 0, slice(first, first + step)


def _parts(domains: Codes, count: int, step: int) -> Iterator[tuple[int, Codes | slice]]:
    """A domain and some of its rows, until all have come; slices where rows are in the order of domains already."""
    in_order = bool((domains[1:] >= domains[:-1]).all())
    order = np.arange(len(domains)) if in_order else np.argsort(domains, kind="stable")
    bounds = np.searchsorted(domains[order], np.arange(count + 1))
    for domain, (start, end) in enumerate(pairwise(bounds)):
        for first in range(start, end, step):
            part = slice(first, min(first + step, end))
            yield domain, part if in_order else order[part]


def _product(weighted: Floats, replicates: Replicates, rows: Codes | slice, room: Floats) -> Floats:
    """R x k: the factors of these rows, transposed, times their weighted values."""
    factors = replicates.factors
    if replicates.units is not None:
        units, places = np.unique(replicates.units[rows], return_inverse=True)
        return np.asarray(factors[units].T @ sums(weighted, places), dtype=np.float64)
    # Gathered rows go where the last ones were: fresh memory for each would cost as much as the product.
    gathered = factors[rows] if isinstance(rows, slice) else np.take(factors, rows, 0, room[: len(rows)], "clip")
    return np.asarray(gathered.T @ weighted, dtype=np.float64)


def _rank(lengths: Floats, factors: Floats) -> int:
    """The rank of diag(lengths) factors as R's `qr` has it: columns from left to right, each against those kept.

    A triangle with the same inner products is made first, block of rows after block.
    """
    triangle = np.empty((0, factors.shape[1]))
    step = max(2 * factors.shape[1], 4096)
    for first in range(0, len(factors), step):
        rows = slice(first, first + step)
        triangle = _triangle(np.concatenate([triangle, lengths[rows, None] * factors[rows]]))
    kept = np.empty((triangle.shape[0], min(triangle.shape)))
    rank = 0
    for column in triangle.T:
        left = column
        for _ in range(2):  # the second time takes out what rounding left
            left = left - kept[:, :rank] @ (left @ kept[:, :rank])
        size = float(np.linalg.norm(left))
        if rank < kept.shape[1] and size > TOLERANCE * float(np.linalg.norm(column)):
            kept[:, rank] = left / size
            rank += 1
    return rank


def _triangle(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.qr(matrix, mode="r"), dtype=np.float64)


def _check_rows(weights: Floats, replicates: Replicates) -> None:
    rows = len(replicates.factors) if replicates.units is None else len(replicates.units)
    if len(weights) != rows:
        raise ValueError(f"there are {len(weights)} weights, and replicate factors of {rows} rows")


def _warn(replicates: Floats) -> None:
    missing = int((~np.isfinite(replicates)).any(axis=1).sum())
    message = f"an estimate is not defined in {missing} of {len(replicates)} replicates, which its variance leaves out"
    warnings.warn(UndefinedReplicates(message), stacklevel=3)
