"""The sums of a scan made by numpy, from one array for each column.

Cells are numbered, and every sum over them is one `bincount`. Columns are made, added up and forgotten one at a time,
so that memory stays at a few columns, except for clusters, whose totals are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.scan.reading import LOOK
from peilstok.estimate.scan.sums import Between, Cells, Columns, Domain, Gathered, Layout, Strata
from peilstok.estimate.scan.tables import Arrays, coded, compact, numbers, pair_values

if TYPE_CHECKING:
    from peilstok.estimate.scan.plan import Plan


class ArraySource:
    """Arrays of one length by the names of columns."""

    hides_nan = False

    def __init__(self, columns: Arrays, plan: Plan) -> None:
        self._columns, self._plan = columns, plan

    def first_rows(self) -> Arrays:
        return {name: values[:LOOK] for name, values in self._columns.items()}

    def gather(self, sums: Layout) -> Gathered:
        rows = _Rows(self._columns, self._weights, sums)
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is found in the sums
            cells = {own: self._cells(own, rows, sums) for own in self._plan.scanned}
        return Gathered(strata=self._strata, cells=cells)

    @cached_property
    def _weights(self) -> Floats:
        return numbers(self._columns[self._plan.weights])

    @cached_property
    def _stratum(self) -> tuple[tuple[object, ...], Codes]:
        if self._plan.strata is None:
            return ("",), np.zeros(len(self._weights), dtype=np.intp)
        return coded(self._columns[self._plan.strata])

    @cached_property
    def _psu(self) -> tuple[Codes, Codes]:
        """The stratum of each PSU, and the PSU of each row."""
        assert self._plan.psu is not None
        labels, codes = coded(self._columns[self._plan.psu])
        if None in labels:
            raise ValueError(f"a row has no PSU ({self._plan.psu})")
        strata, stratum = self._stratum
        found, place = compact(stratum * len(labels) + codes, size=len(strata) * len(labels))
        return found // len(labels), place

    @cached_property
    def _strata(self) -> Strata:
        labels, stratum = self._stratum
        size = len(labels)
        rows = np.bincount(stratum, minlength=size).astype(np.float64)
        sampled = rows if self._plan.psu is None else np.bincount(self._psu[0], minlength=size).astype(np.float64)
        low, high = _range(self._weights, stratum, size)
        population = np.full(size, np.inf)
        if self._plan.population is not None:
            population, most = _range(numbers(self._columns[self._plan.population]), stratum, size)
            population = np.where(population == most, population, np.nan)
        return Strata(labels=labels, rows=rows, sampled=sampled, population=population, low=low, high=high)

    def _cells(self, own: Columns, rows: _Summands, sums: Layout) -> Cells:
        domains, domain = self._domains(own)
        stratum, between = self._stratum[1], None
        if self._plan.psu is not None:
            strata, unit = self._psu
            found, place = compact(unit * len(domains) + domain, size=len(strata) * len(domains))
            rows = _totals(rows, place, len(found), sums)
            stratum, domain = strata[found // len(domains)], found % len(domains)
            if self._plan.covariance:
                between = _between(rows, found // len(domains), stratum, domain)
        size = len(self._stratum[0]) * len(domains)
        found, place = compact(stratum * len(domains) + domain, size=size)
        columns = np.empty((sums.columns, len(found)))
        products = np.empty((len(sums.products), len(found)))
        last, one = -1, np.empty(0)
        for at, (i, j) in enumerate(sums.products):
            if i != last:
                last, one = i, rows.column(i)
                columns[i] = _added(one, place, len(found))
            products[at] = _added(one * (one if i == j else rows.column(j)), place, len(found))
        units = np.bincount(place, minlength=len(found)).astype(np.float64)
        return Cells(
            domains=domains,
            stratum=found // len(domains),
            domain=found % len(domains),
            units=units,
            there=np.column_stack([_counted(rows.there(pair), place, units) for pair in range(len(sums.pairs))]),
            first=columns.T,
            second=products.T,
            between=between,
        )

    def _domains(self, own: Columns) -> tuple[tuple[Domain, ...], Codes]:
        """The domains of a set that occur, and that of every row."""
        domains: tuple[Domain, ...] = ((),)
        codes = np.zeros(len(self._weights), dtype=np.intp)
        for column in own:
            labels, inner = coded(self._columns[column])
            found, codes = compact(codes * len(labels) + inner, size=len(domains) * len(labels))
            domains = tuple((*domains[code // len(labels)], labels[code % len(labels)]) for code in found.tolist())
        return domains, codes


class _Summands(Protocol):
    """What is added up: the columns of a layout, and where each pair is there (None: everywhere)."""

    def column(self, place: int) -> Floats: ...

    def there(self, pair: int) -> Floats | None: ...


class _Rows:
    """The columns of each row."""

    def __init__(self, columns: Arrays, weights: Floats, sums: Layout) -> None:
        self._columns, self._weights, self._sums = columns, weights, sums
        self._missing: dict[int, Floats] = {}

    def column(self, place: int) -> Floats:
        sums = self._sums
        if place == sums.weight:
            return self._weights
        pair = place if place < len(sums.pairs) else sums.denominators.index(place)
        y, x, there = pair_values(self._columns, sums.pairs[pair])
        if place != pair:
            return self._weights * x
        if not there.all():
            self._missing[pair] = there.astype(np.float64)
        pivot = sums.reading.pivots[pair]
        return self._weights * (y - pivot * x if pivot else y)

    def there(self, pair: int) -> Floats | None:
        """Known once the column of its numerator was made."""
        return self._missing.get(pair)


@dataclass(frozen=True, slots=True, eq=False)
class _Totals:
    """The columns of each PSU in each domain."""

    columns: Sequence[Floats]
    counts: Sequence[Floats]

    def column(self, place: int) -> Floats:
        return self.columns[place]

    def there(self, pair: int) -> Floats | None:
        return self.counts[pair]


def _totals(rows: _Summands, place: Codes, size: int, sums: Layout) -> _Totals:
    count = np.bincount(place, minlength=size).astype(np.float64)
    columns = [_added(rows.column(column), place, size) for column in range(sums.columns)]
    return _Totals(columns, [_counted(rows.there(pair), place, count) for pair in range(len(sums.pairs))])


def _between(totals: _Totals, unit: Codes, stratum: Codes, domain: Codes) -> Between:
    """For the totals of PSUs in domains, in the order of PSUs: every two domains of one PSU."""
    columns = np.column_stack(totals.columns)
    one, other = np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    for apart in range(1, len(unit)):
        same = np.flatnonzero(unit[apart:] == unit[:-apart])
        if not len(same):
            break
        one, other = np.concatenate([one, same, same + apart]), np.concatenate([other, same + apart, same])
    keys, place = np.unique(np.column_stack([stratum[one], domain[one], domain[other]]), axis=0, return_inverse=True)
    products = np.zeros((len(keys), columns.shape[1], columns.shape[1]))
    np.add.at(products, place.ravel(), columns[one][:, :, None] * columns[other][:, None, :])
    return Between(stratum=keys[:, 0], one=keys[:, 1], other=keys[:, 2], products=products)


def _added(values: Floats, place: Codes, size: int) -> Floats:
    return np.bincount(place, weights=values, minlength=size).astype(np.float64, copy=False)


def _counted(there: Floats | None, place: Codes, count: Floats) -> Floats:
    return count if there is None else _added(there, place, len(count))


def _range(values: Floats, stratum: Codes, size: int) -> tuple[Floats, Floats]:
    """The smallest and the largest value in every stratum; NaN where one is NaN."""
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    with np.errstate(invalid="ignore"):
        np.minimum.at(low, stratum, values)
        np.maximum.at(high, stratum, values)
    return low, high
