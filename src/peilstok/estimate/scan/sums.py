"""The sums that one scan gathers, and from which every estimate and its variance can be closed.

Per row, with weight w and a pivot p for each pair of numerator y and denominator x:

    u = w (y - p x)      v = w x

Both are added up within a PSU (a row is its own PSU when there are no clusters), and then, in every cell of a stratum
and a domain, u, v and their products uu, uv, vv are added up over its PSUs. A pivot near the ratio of y to x keeps
these products small: without one, digits are lost when the mean is large against the deviation.

Not decided here: how the sums are made (`arrays`, `expressions`) and what is made of them (`closing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from peilstok.estimate.covariance import sums
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.scan.measures import Pair

Columns = tuple[str, ...]
Domain = tuple[object, ...]
"""The labels of a domain, one for each column of its set. With a None in it, rows that are in no domain of the set."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the data are to be read, for each pair: its pivot, and whether no value is missing. `nan`: NaN occurs."""

    pivots: tuple[float, ...]
    complete: tuple[bool, ...]
    nan: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns are added up: first u of every pair, then the different v; and which products of two of them.

    `denominators` has the column of v of each pair. Pairs without a denominator and without missing values share one,
    the weight itself, which is column `weight` (None where no pair has it).
    """

    pairs: tuple[Pair, ...]
    reading: Reading
    denominators: tuple[int, ...]
    weight: int | None
    products: tuple[tuple[int, int], ...]

    @property
    def columns(self) -> int:
        return max(self.denominators) + 1

    def places(self, first: Sequence[int] | Codes, second: Sequence[int] | Codes) -> Codes:
        """Where the products of columns `first` and `second` stand."""
        place = {product: at for at, product in enumerate(self.products)}
        return np.array([place[min(i, j), max(i, j)] for i, j in zip(first, second, strict=True)], dtype=np.intp)


def layout(pairs: tuple[Pair, ...], reading: Reading, *, all_products: bool) -> Layout:
    """The columns and products of these pairs; all products are needed for covariances."""
    shared = [pair.x is None and complete for pair, complete in zip(pairs, reading.complete, strict=True)]
    weight = len(pairs) if any(shared) else None
    after = len(pairs) + any(shared)
    own = {at: after + place for place, at in enumerate(at for at, each in enumerate(shared) if not each)}
    denominators = tuple(own.get(at, len(pairs)) for at in range(len(pairs)))
    if all_products:
        products = tuple(combinations_with_replacement(range(max(denominators) + 1), 2))
    else:
        needed = {product for u, v in enumerate(denominators) for product in ((u, u), (u, v), (v, v))}
        products = tuple(sorted(needed))
    return Layout(pairs=pairs, reading=reading, denominators=denominators, weight=weight, products=products)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strata:
    """The whole sample of every stratum: its rows and PSUs, PSUs in the population (infinite: with replacement).

    `low` and `high` are the smallest and largest weight of its rows.
    """

    labels: tuple[object, ...]
    rows: Floats
    sampled: Floats
    population: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """The sums of one set of domains: m cells, each of one stratum and one domain, in any order.

    `units` are the PSUs with a row in the cell, `there` (m x pairs) the rows where the pair is there, `first` (m x
    columns) and `second` (m x products) the sums. With clusters and covariances there is what lies `between` domains.
    """

    domains: tuple[Domain, ...]
    stratum: Codes
    domain: Codes
    units: Floats
    there: Floats
    first: Floats
    second: Floats
    between: Between | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Between:
    """Products of the totals of PSUs with rows in two domains, added up: m x columns x columns.

    The first column is that of domain `one`. Every two domains stand there in both orders.
    """

    stratum: Codes
    one: Codes
    other: Codes
    products: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gathered:
    """All that a scan brings: the strata, and the cells of each set of domains."""

    strata: Strata
    cells: Mapping[Columns, Cells]


def added_up(cells: Cells, columns: Columns, wanted: Columns) -> Cells:
    """The cells of domains by fewer columns, where every row is a PSU of its own."""
    places = [columns.index(column) for column in wanted]
    fewer = [tuple(domain[place] for place in places) for domain in cells.domains]
    domains = ordered(fewer)
    code = {domain: at for at, domain in enumerate(domains)}
    to = np.array([code[domain] for domain in fewer], dtype=np.intp)
    groups, place = np.unique(np.column_stack([cells.stratum, to[cells.domain]]), axis=0, return_inverse=True)
    place = place.ravel()
    return Cells(
        domains=domains,
        stratum=groups[:, 0],
        domain=groups[:, 1],
        units=sums(cells.units[:, None], place)[:, 0],
        there=sums(cells.there, place),
        first=sums(cells.first, place),
        second=sums(cells.second, place),
    )


def ordered(domains: Iterable[Domain]) -> tuple[Domain, ...]:
    """Each once, by their labels; labels of different types by type."""
    return tuple(sorted(set(domains), key=lambda domain: [(type(label).__name__, label) for label in domain]))
