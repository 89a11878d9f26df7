"""From an estimand of a job to columns: y over x in a domain, and how several of these make one number.

A total is a sum of y; a mean, share or ratio is y over x; a contrast is a function of those. Every one becomes `Terms`,
which give estimates and linearised values for any weights, so that linearisation and replicates ask the same thing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from peilstok.estimate import contrasts, linearise
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.linearise import Linearised
from peilstok.estimate.survey import data, wanted
from peilstok.estimate.survey.data import Column, Mask, Table
from peilstok.estimate.survey.weighting import cells_of, once
from peilstok.estimate.unfit import Unfit


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """Sum of w y, or sum of w y / sum of w x, over the rows `inside`.

    `numerator` and `denominator` have all rows, and many domains share them; y and x are 0 outside.
    """

    name: str
    numerator: Floats
    denominator: Floats | None
    inside: Mask

    @property
    def y(self) -> Floats:
        return np.where(self.inside, self.numerator, 0.0)

    @property
    def x(self) -> Floats | None:
        return None if self.denominator is None else np.where(self.inside, self.denominator, 0.0)

    @property
    def rows(self) -> Codes:
        """The rows that lie inside."""
        return np.flatnonzero(self.inside)

    def linearised(self, weights: Floats) -> Linearised:
        """Of the `rows` alone: elsewhere z is 0. `Unfit` where there is nothing to divide by."""
        rows = self.rows
        x = None if self.denominator is None else self.denominator[rows]
        try:
            return linearise.of(self.numerator[rows], x, weights=weights[rows])
        except ZeroDivisionError:
            raise Unfit("E003", f"{self.name or 'the estimate'}: the denominator is zero") from None

    def of_replicate(self, weights: Floats) -> float:
        """The estimate alone, NaN where there is nothing to divide by: another replicate may have something."""
        try:
            return self.linearised(weights).estimate
        except Unfit:
            return math.nan

    @property
    def of_rows(self) -> bool:
        """A mean or share over rows: x is 1 inside."""
        return self.denominator is not None and bool((self.denominator[self.rows] == 1).all())


Crossed = tuple[Codes, tuple[tuple[str, ...], ...]]
"""The cell of every row in a crossing, and the levels of each cell (`Table.crossed`)."""
Function = Callable[[Floats], tuple[Floats, Floats]]
"""The m values of functions of k estimates, and their m x k derivatives."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """k terms and the m named functions of them that are wanted; without `function` the terms themselves.

    `domain` are the rows on which degrees of freedom are counted, where that is a domain; `of_domain`: each term is
    estimated in its own (and what a rule says of lonely units is said of that domain).
    """

    names: tuple[str, ...]
    terms: tuple[Term, ...]
    function: Function | None = None
    domain: Mask | None = None
    of_domain: bool = True

    @property
    def of_totals(self) -> bool:
        """A contrast: its variance is by the delta method from the totals in it."""
        return self.function is not None and not self.of_domain

    @property
    def totals(self) -> Terms:
        """All sums in the terms, numerators and denominators in turn, as terms of their own."""
        sums = [
            Term(term.name, column, None, term.inside)
            for term in self.terms
            for column in (term.numerator, term.denominator)
            if column is not None
        ]
        return Terms(tuple(each.name for each in sums), tuple(sums))

    def of_sums(self, sums: Floats) -> tuple[Floats, Floats]:
        """The m estimates from the sums of `totals`, and their derivatives with respect to those."""
        assert self.function is not None
        found, slopes = np.zeros(len(self.terms)), np.zeros((len(self.terms), len(sums)))
        at = 0
        for place, term in enumerate(self.terms):
            if term.denominator is None:
                found[place], slopes[place, at] = sums[at], 1.0
                at += 1
                continue
            found[place] = sums[at] / sums[at + 1]
            slopes[place, at : at + 2] = 1 / sums[at + 1], -found[place] / sums[at + 1]
            at += 2
        results, outer = self.function(found)
        return results, outer @ slopes

    def of_replicate(self, weights: Floats) -> Floats:
        """The m estimates from the weights of a replicate, NaN for those that are not defined there."""
        found = np.array([term.of_replicate(weights) for term in self.terms])
        return self.function(found)[0] if self.function else found

    def linearised(self, weights: Floats) -> tuple[Floats, Floats]:
        """The m estimates and the n x m linearised values."""
        found, values = np.zeros(len(self.terms)), np.zeros((len(weights), len(self.terms)), order="F")
        for place, term in enumerate(self.terms):
            each = term.linearised(weights)
            found[place], values[term.rows, place] = each.estimate, each.values
        if self.function is None:
            return found, values
        results, slopes = self.function(found)
        return results, values @ slopes.T


def terms(part: wanted.Component | wanted.Contrast, table: Table) -> Terms:
    """The terms of one estimand."""
    match part:
        case wanted.Numbers():
            return _numbers(part, table)
        case wanted.Proportion():
            return _proportions(part, table)
        case wanted.RatioOf():
            return _ratios(part, table)
        case wanted.MultiResponse():
            return _options(part, table)
        case wanted.SeparateRatio():
            return _separate(part, table)
        case wanted.Contrast():
            return _contrast(part, table)


def inside(part: wanted.Estimated, table: Table) -> Mask:
    """The rows for which all conditions of `where` hold."""
    holding: Mask = np.logical_and.reduce(
        [np.ones(table.rows, dtype=np.bool_), *(_holds(each, table) for each in part.where)]
    )
    return holding


def _holds(condition: wanted.Condition, table: Table) -> Mask:
    column = table.column(condition.variable)
    if condition.op == "in":
        among = [_is(column, each) for each in condition.values]
        return np.asarray(np.logical_or.reduce(among), dtype=np.bool_) & column.known
    if column.levels and condition.op not in {"==", "!="}:
        raise ValueError(f"{condition.variable} has text, which is == or != a level")
    values, sought = column.values, column.sought(condition.values[0])
    compared: Mapping[str, Mask] = {
        "==": values == sought,
        "!=": values != sought,
        "<": values < sought,
        "<=": values <= sought,
        ">": values > sought,
        ">=": values >= sought,
    }
    return compared[condition.op] & column.known


def _is(column: Column, value: str | float) -> Mask:
    return np.asarray(column.values == column.sought(value), dtype=np.bool_)


def _domains(crossed: Crossed | None, where: Mask) -> Iterator[tuple[str, Mask]]:
    """The domains of a crossing, with their names; without one a domain without a name."""
    if crossed is None:
        yield "", where
        return
    codes, cells = crossed
    for place, levels in enumerate(cells):
        domain = where & (codes == place)
        if domain.any():
            yield ".".join(levels), domain


def _crossed(part: wanted.Estimated, table: Table) -> Crossed | None:
    return table.crossed(part.by) if part.by else None


def _answered(part: wanted.Estimated, columns: Sequence[Column], where: Mask) -> Mask:
    """The rows that have every column. `Unfit` where one is missing in the domain and nothing is said of that."""
    known: Mask = np.logical_and.reduce([column.known for column in columns])
    if not (part.na_rm or known[where].all()):
        row = int(np.argmax(where & ~known)) + 1
        raise Unfit(
            "E002", f"{', '.join(column.name for column in columns)}: row {row} has no value; such rows may be left out"
        )
    return known


def _checked(part: wanted.Estimated, table: Table) -> Mask:
    where = inside(part, table)
    if not where.any():
        raise Unfit("E001", "no row lies in the domain")
    return where


def _made(part: wanted.Estimated, found: Sequence[Term], where: Mask) -> Terms:
    names = tuple(term.name for term in found)
    if part.name is not None and len(found) == 1:
        names = (part.name,)
    return Terms(names, tuple(found), domain=where if part.where else None)


def _numbers(part: wanted.Numbers, table: Table) -> Terms:
    where, columns = _checked(part, table), [table.column(name) for name in part.columns]
    crossed = _crossed(part, table)
    ones = np.ones(table.rows)
    bases = {"total": (None,), "mean": (ones,), "total+mean": (None, ones)}[part.type]
    found = [
        Term(_name(domain, column.name, len(columns) > 1), column.numbers, base, rows)
        for base in bases
        for column in columns
        for domain, rows in _domains(crossed, where & _known(part, column, columns, where))
    ]
    return _made(part, found, where)


def _known(part: wanted.Estimated, column: Column, columns: Sequence[Column], where: Mask) -> Mask:
    return _answered(part, [column] if part.na_rm == "per variable" else columns, where)


def _name(domain: str, variable: str, several: bool) -> str:
    if not domain:
        return variable
    return f"{domain}:{variable}" if several else domain


def _proportions(part: wanted.Proportion, table: Table) -> Terms:
    where = _checked(part, table)
    columns = [table.levels(name) for name in part.columns]
    crossed, ones = _crossed(part, table), np.ones(table.rows)
    found = []
    for column in columns:
        rows = where & _known(part, column, columns, where)
        single = part.level is not None
        for code, level in [_sought(column, part.level, table)] if single else enumerate(column.levels):
            name = f"{column.name}{'=' if single else ''}{level}"
            y = (column.values == code).astype(np.float64)
            for domain, each in _domains(crossed, rows):
                found.append(Term(_name(domain, name, True), y, ones, each))
    if not found:
        raise Unfit("E001", f"{', '.join(part.columns)}: no row of the domain has a value")
    made = _made(part, found, where)
    if part.ci_method is None:
        return made
    return replace(made, domain=np.logical_or.reduce([term.inside for term in made.terms]))


def _sought(column: Column, level: str | float | None, table: Table) -> tuple[int, str]:
    """The place of a level and its name. A number that no row has is a share of 0 (R); of a text it is a slip."""
    assert level is not None
    written = data.named(level)
    if written not in column.levels and not table.column(column.name).levels and data.NUMBER.fullmatch(written):
        return -2, written
    return column.code_of(level), written


def _ratios(part: wanted.RatioOf, table: Table) -> Terms:
    where = _checked(part, table)
    y, x = table.column(part.numerator), table.column(part.denominator)
    rows = where & _answered(part, [y, x], where)
    found = [
        Term(domain or f"{y.name}/{x.name}", y.numbers, x.numbers, each)
        for domain, each in _domains(_crossed(part, table), rows)
    ]
    return _made(part, found, where)


def _options(part: wanted.MultiResponse, table: Table) -> Terms:
    where, columns = _checked(part, table), [table.column(name) for name in part.options]
    rows = where & np.logical_and.reduce([column.known for column in columns])
    for column in columns:
        _picked(column, rows)
    picks = np.where(rows, sum(column.numbers for column in columns), 0.0)
    x, crossed = picks if part.base == "picks" else np.ones(table.rows), _crossed(part, table)
    found = [
        Term(_name(domain, column.name, True), column.numbers, x, each)
        for column in columns
        for domain, each in _domains(crossed, rows)
    ]
    return _made(part, found, where)


def _picked(column: Column, rows: Mask) -> None:
    strange = rows & (column.numbers != 0) & (column.numbers != 1)
    if strange.any():
        row = int(np.argmax(strange))
        raise Unfit("E004", f"{column.name}: row {row + 1} has {column.values[row]:g}; an option is 1 or 0")


def _separate(part: wanted.SeparateRatio, table: Table) -> Terms:
    where = _checked(part, table)
    y, x = table.column(part.numerator), table.column(part.denominator)
    rows = where & _answered(part, [y, x], where)
    codes, cells = cells_of(part.by_stratum, table)
    found = [Term(".".join(cell), y.numbers, x.numbers, rows & (codes == place)) for place, cell in enumerate(cells)]
    known, named = _known_totals(part), [".".join(cell) for cell in cells]
    for stratum in named:
        if stratum not in known:
            raise Unfit("C002", f"known_totals: none of the stratum {stratum}, which has rows")
    for stratum, total in known.items():
        if not math.isfinite(total):
            raise Unfit("C007", f"known_totals: {stratum} has {total:g}; a number is wanted")
        if stratum not in named:
            raise Unfit("C002", f"known_totals: a total of {stratum}, which has no rows")
    if part.where:
        raise ValueError("a separate ratio is of all rows: its known totals are of whole strata; leave out `where`")
    slopes = np.array([[known[stratum] for stratum in named]])
    name = part.name or "total"
    return Terms((name,), tuple(found), lambda ratios: (slopes @ ratios, slopes), of_domain=False)


def _known_totals(part: wanted.SeparateRatio) -> Mapping[str, float]:
    """A number for each stratum: as an object by its levels, or as a list of objects with the levels and `total`."""
    if isinstance(part.known_totals, dict):
        return part.known_totals
    listed: list[tuple[str, float]] = []
    for each in part.known_totals:
        total, levels = each.get("total", each.get("Freq")), [each.get(column) for column in part.by_stratum]
        if not isinstance(total, int | float) or None in levels:
            raise ValueError(f"known_totals: {each} should have {', '.join(part.by_stratum)} and total")
        listed.append((".".join(data.named(level) for level in levels if level is not None), total))
    return once("known_totals", listed)


def _contrast(part: wanted.Contrast, table: Table) -> Terms:
    """Components are taken in the whole sample, 0 outside their domain, so that any two have a covariance."""
    found: list[Term] = []
    names: list[str] = []
    for component in part.components:
        made = terms(component, table)
        if made.function is not None:
            raise ValueError("a separate ratio cannot be a component of a contrast")
        single = len(made.names) == 1 and component.name is not None
        names += [component.name or ""] if single else list(made.names)
        found += made.terms
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"components: {twice[0]} is the name of two of them; every estimate needs its own")
    expressions = list(part.contrasts.values())
    return Terms(
        tuple(part.contrasts),
        tuple(found),
        lambda values: contrasts.gradient(expressions, dict(zip(names, values.tolist(), strict=True))),
        domain=inside(part, table) if part.where else None,
        of_domain=False,
    )
