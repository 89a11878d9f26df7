"""The sums of a scan as one expression of Ibis for each set of domains, which its engine runs.

Only what every engine does alike stands in an expression: sums, counts, products, smallest and largest, keys. No
division (an error in one engine, infinite in another), no order (keys come back in any), no product of a number and a
truth value. NaN becomes missing at the door when the data have one. Ibis itself is not imported: a table brings it.

Clusters are added up first, PSU by PSU in each domain, and the products made of those totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.scan.measures import Item
from peilstok.estimate.scan.reading import LOOK
from peilstok.estimate.scan.sums import Between, Cells, Columns, Domain, Gathered, Layout, Strata, ordered
from peilstok.estimate.scan.tables import Arrays, check_columns

if TYPE_CHECKING:
    from peilstok.estimate.scan.plan import Plan

Expression = Any  # tables and columns of Ibis, whose classes differ by engine and are not imported
Named = dict[str, Expression]


class IbisSource:
    """A table of Ibis, on whatever engine it lives."""

    def __init__(self, table: Expression, plan: Plan) -> None:
        check_columns(plan.columns, tuple(table.columns))
        self._table, self._plan = table, plan

    @property
    def hides_nan(self) -> bool:
        """Spark fills a NaN with 0 where it fills what is missing, and counts it: the sums look sound."""
        return bool(self._table.get_backend().name == "pyspark")

    def first_rows(self) -> Arrays:
        found = self._table.select(*self._plan.columns).limit(LOOK).to_pyarrow()
        return {name: found.column(name).to_numpy() for name in self._plan.columns}

    def gather(self, sums: Layout) -> Gathered:
        rows = self._rows(sums)
        plan = self._plan
        whole: Named = {}
        if plan.psu is not None:
            whole = _run(_grouped(rows, self._keys()).aggregate(**self._facts(rows), sampled=rows.psu.nunique()))
        cells = {}
        for own in plan.scanned:
            found = _run(self._sums(rows, own, sums))
            if plan.psu is not None:
                found |= _beside(found, _run(self._there(rows, own, sums)), self._cell_keys(own))
            whole = whole or found
            pairs = _run(self._between(rows, own, sums)) if plan.covariance and plan.psu is not None else None
            cells[own] = (own, found, pairs)
        strata = self._strata(whole)
        return Gathered(strata=strata, cells={own: self._cells(*each, strata, sums) for own, each in cells.items()})

    def _rows(self, sums: Layout) -> Expression:
        """What is added up of every row, under names of its own."""
        plan, table = self._plan, self._table
        weight = _number(table, plan.weights, nan=False)
        named: Named = {"w": weight}
        keys = (("h", plan.strata), ("psu", plan.psu))
        named |= {name: _label(table, column, nan=True) for name, column in keys if column}
        if plan.population is not None:
            named["size"] = _number(table, plan.population, nan=False)
        domains = dict.fromkeys(column for own in plan.scanned for column in own)
        named |= {f"d_{column}": _label(table, column, nan=True) for column in domains}
        for at in range(len(sums.pairs)):
            named |= _summands(table, weight, sums, at)
        return table.select(**named)

    def _keys(self) -> list[str]:
        return [] if self._plan.strata is None else ["h"]

    def _facts(self, rows: Expression) -> Named:
        """What is known of the sample of a stratum, in any part of it."""
        columns = [rows.w] if self._plan.population is None else [rows.w, rows.size]
        facts: Named = {"rows": rows.count()}
        for column in columns:
            name = column.get_name()
            facts |= {f"{name}_low": column.min(), f"{name}_high": column.max(), f"{name}_n": column.count()}
        if self._plan.psu is not None:
            facts["psu_n"] = rows.psu.count()
        return facts

    def _sums(self, rows: Expression, own: Columns, sums: Layout) -> Expression:
        """Of every stratum and domain: PSUs, sums and products; without PSUs what is known of its rows as well."""
        keys, columns = self._cell_keys(own), _columns(sums)
        known: Named = {}
        if self._plan.psu is None:
            known = {**self._facts(rows), **_counts(rows, sums)}
        else:
            rows = _totals(rows, [*keys, "psu"], columns)
        first = {f"s{at}": rows[column].sum() for at, column in enumerate(columns)}
        second = {f"p{at}": (rows[columns[i]] * rows[columns[j]]).sum() for at, (i, j) in enumerate(sums.products)}
        return _grouped(rows, keys).aggregate(units=rows.count(), **known, **first, **second)

    def _there(self, rows: Expression, own: Columns, sums: Layout) -> Expression:
        """The rows of every stratum and domain where each pair is there: counted of rows, as counts of every PSU would
        double what an engine holds while it adds up.
        """
        return _grouped(rows, self._cell_keys(own)).aggregate(**_counts(rows, sums))

    def _cell_keys(self, own: Columns) -> list[str]:
        return [*self._keys(), *(f"d_{column}" for column in own)]

    def _between(self, rows: Expression, own: Columns, sums: Layout) -> Expression:
        """Products of the totals of a PSU in one domain with those in each domain, the same one too."""
        columns, keys = _columns(sums), self._keys()
        domains = [f"d_{column}" for column in own]
        one = _totals(rows, [*keys, "psu", *domains], columns)
        other = one.select(**{f"other_{name}": one[name] for name in one.columns})
        both = one.join(other, [one[key] == other[f"other_{key}"] for key in (*keys, "psu")])
        products = {
            f"b{i}_{j}": (both[first] * both[f"other_{second}"]).sum()
            for i, first in enumerate(columns)
            for j, second in enumerate(columns)
        }
        return _grouped(both, [*keys, *domains, *(f"other_{name}" for name in domains)]).aggregate(**products)

    def _strata(self, found: Named) -> Strata:
        """From facts of parts of strata."""
        keys = _stratum(found, len(found["rows"]))
        labels = tuple(domain[0] for domain in ordered((key,) for key in keys))
        place = _places(keys, labels)
        rows = _per(np.add, found["rows"], place, labels, start=0)
        sampled = rows if self._plan.psu is None else _per(np.add, found["sampled"], place, labels, start=0)
        if self._plan.psu is not None and (found["psu_n"] != found["rows"]).any():
            raise ValueError(f"a row has no PSU ({self._plan.psu})")
        low, high = _range(found, "w", place, labels)
        population = np.full(len(labels), np.inf)
        if self._plan.population is not None:
            population, most = _range(found, "size", place, labels)
            population = np.where(population == most, population, np.nan)
        return Strata(labels=labels, rows=rows, sampled=sampled, population=population, low=low, high=high)

    def _cells(self, own: Columns, found: Named, pairs: Named | None, strata: Strata, sums: Layout) -> Cells:
        """The rows of an answer, which come in any order, with their keys as codes."""
        size = len(found["units"])
        labels = _domains(found, own, size)
        domains = ordered(labels)
        return Cells(
            domains=domains,
            stratum=_places(_stratum(found, size), strata.labels),
            domain=_places(labels, domains),
            units=found["units"],
            there=np.column_stack([found[f"n{at}"] for at in range(len(sums.pairs))]),
            first=np.column_stack([found[f"s{at}"] for at in range(sums.columns)]),
            second=np.column_stack([found[f"p{at}"] for at in range(len(sums.products))]),
            between=None if pairs is None else _between(pairs, own, domains, strata, sums.columns),
        )


def _between(found: Named, own: Columns, domains: tuple[Domain, ...], strata: Strata, columns: int) -> Between:
    """Without the products of a domain with itself."""
    size = len(found["b0_0"])
    one = _places(_domains(found, own, size), domains)
    other = _places(_domains(found, own, size, prefix="other_d_"), domains)
    products = np.column_stack([found[f"b{i}_{j}"] for i in range(columns) for j in range(columns)])
    apart = one != other
    return Between(
        stratum=_places(_stratum(found, size), strata.labels)[apart],
        one=one[apart],
        other=other[apart],
        products=products.reshape(size, columns, columns)[apart],
    )


def _stratum(found: Named, size: int) -> list[object]:
    return list(found.get("h", [""] * size))


def _domains(found: Named, own: Columns, size: int, *, prefix: str = "d_") -> list[Domain]:
    return [*zip(*(found[f"{prefix}{column}"] for column in own), strict=True)] if own else [()] * size


def _totals(rows: Expression, keys: list[str], columns: list[str]) -> Expression:
    """The columns added up over the rows of each PSU in each domain; 0 where all are missing."""
    totals = {column: rows[column].sum().fill_null(0.0) for column in dict.fromkeys(columns)}
    return rows.group_by(*keys).aggregate(**totals)


def _counts(rows: Expression, sums: Layout) -> Named:
    return {f"n{at}": rows[f"u{at}"].count() for at in range(len(sums.pairs))}


def _beside(found: Named, counted: Named, keys: list[str]) -> Named:
    """The counts in the order of what was found: answers come in any."""
    if not keys:
        return counted
    place = {key: at for at, key in enumerate(zip(*(counted[key] for key in keys), strict=True))}
    order = [place[key] for key in zip(*(found[key] for key in keys), strict=True)]
    return {name: values[order] for name, values in counted.items() if name not in keys}


def _summands(table: Expression, weight: Expression, sums: Layout, at: int) -> Named:
    """u and, where it is not the weight, v of a pair: missing where the pair is."""
    pair, pivot, nan = sums.pairs[at], sums.reading.pivots[at], sums.reading.nan
    y = _item(table, pair.y, nan=nan)
    x = None if pair.x is None else _item(table, pair.x, nan=nan)
    if sums.denominators[at] == sums.weight:
        return {f"u{at}": weight * (y - pivot if pivot else y)}
    if x is None:
        return {f"u{at}": weight * (y - pivot if pivot else y), f"v{at}": y.notnull().ifelse(weight, None)}
    both = y.notnull() & x.notnull()
    return {
        f"u{at}": weight * (y - x * pivot if pivot else both.ifelse(y, None)),
        f"v{at}": weight * both.ifelse(x, None),
    }


def _columns(sums: Layout) -> list[str]:
    """The name of each column of a layout."""
    own = {place: f"v{pair}" for pair, place in enumerate(sums.denominators)}
    names = [f"u{pair}" for pair in range(len(sums.pairs))]
    return [*names, *("w" if place == sums.weight else own[place] for place in range(len(names), sums.columns))]


def _item(table: Expression, item: Item, *, nan: bool) -> Expression:
    if item.level is None:
        return _number(table, item.column, nan=nan)
    found = _label(table, item.column, nan=nan) == item.level
    return found.cast("int32").cast("float64")  # not every engine makes a number of a truth value at once


def _number(table: Expression, column: str, *, nan: bool) -> Expression:
    values = _label(table, column, nan=nan)
    if values.type().is_boolean():
        values = values.cast("int32")
    return values if values.type().is_float64() else values.cast("float64")


def _label(table: Expression, column: str, *, nan: bool) -> Expression:
    """A column as it is; with `nan` a NaN in it is missing."""
    values = table[column]
    return values.nullif(float("nan")) if nan and values.type().is_floating() else values


def _grouped(table: Expression, keys: list[str]) -> Expression:
    return table.group_by(*keys) if keys else table


def _run(expression: Expression) -> Named:
    """Each column of the answer: keys as a list, numbers as an array in which a sum over nothing is 0."""
    found = expression.to_pyarrow()
    return {name: _column(found, name) for name in found.column_names}


def _column(found: Expression, name: str) -> Expression:
    values = found.column(name)
    if name == "h" or name.startswith(("d_", "other_d_")):
        return values.to_pylist()
    return np.asarray(values.fill_null(0).to_numpy(), dtype=np.float64)


def _places(keys: Iterable[object], labels: Iterable[object]) -> Codes:
    place = {label: at for at, label in enumerate(labels)}
    return np.array([place[key] for key in keys], dtype=np.intp)


def _range(found: Mapping[str, Floats], name: str, place: Codes, labels: tuple[object, ...]) -> tuple[Floats, Floats]:
    """Smallest and largest of each stratum; NaN where one is missing."""
    missing = found[f"{name}_n"] != found["rows"]
    low, high = (np.where(missing, np.nan, found[f"{name}_{end}"]) for end in ("low", "high"))
    return _per(np.minimum, low, place, labels, start=np.inf), _per(np.maximum, high, place, labels, start=-np.inf)


def _per(operation: np.ufunc, values: Floats, place: Codes, labels: tuple[object, ...], *, start: float) -> Floats:
    result = np.full(len(labels), start)
    with np.errstate(invalid="ignore"):
        operation.at(result, place, values)
    return result
