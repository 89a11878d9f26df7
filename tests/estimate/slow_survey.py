"""The front door of the library once more: a survey of rows as dictionaries, in loops, slow and obvious.

Written from the textbooks, not from the code it checks: Särndal, Swensson and Wretman (1992), *Model Assisted Survey
Sampling*, result 4.3.1 for stages, section 5.6 for ratios, section 7.6 for post-strata, section 10.3 for domains.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import fsum, inf, prod
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Survey:
    """Rows with the columns of each stage: its units, its strata (or none), its population (or none: with replacement).

    `lonely` says what a stratum with one sampled unit of several adds: its square ("adjust") or nothing ("certainty").
    """

    rows: list[Row]
    units: list[str]
    strata: list[str | None]
    population: list[str | None]
    weights: str | None = None
    nest: bool = False
    lonely: str = "certainty"
    cells: str | None = None
    known: dict[str, float] | None = None

    @cached_property
    def before(self) -> list[float]:
        """The weights as given, or N / n at every stage."""
        if self.weights is not None:
            return [float(row[self.weights]) for row in self.rows]
        stages = range(len(self.units))
        drawn = [
            {
                stratum: len({self.unit(stage, row) for row in self.rows if self.stratum(stage, row) == stratum})
                for stratum in {self.stratum(stage, row) for row in self.rows}
            }
            for stage in stages
        ]
        return [
            prod(row[self.population[stage]] / drawn[stage][self.stratum(stage, row)] for stage in stages)
            for row in self.rows
        ]

    @cached_property
    def after(self) -> list[float]:
        """After post-stratification: the rows of a cell have its known total together."""
        if self.cells is None or self.known is None:
            return self.before
        weighted = list(zip(self.before, (row[self.cells] for row in self.rows), strict=True))
        there = {cell: fsum(w for w, own in weighted if own == cell) for cell in self.known}
        return [w * self.known[cell] / there[cell] for w, cell in weighted]

    def stratum(self, stage: int, row: Row) -> tuple[Any, ...]:
        """Where a unit of this stage was drawn: the unit before it, and its stratum there."""
        column = self.strata[stage]
        own = () if column is None else (row[column],)
        return own if stage == 0 else (*self.unit(stage - 1, row), *own)

    def unit(self, stage: int, row: Row) -> tuple[Any, ...]:
        """A unit has its own name within its stratum; a PSU in all strata, unless labels are nested."""
        if stage == 0 and not self.nest:
            return (row[self.units[0]],)
        return (*self.stratum(stage, row), row[self.units[stage]])

    def total(self, y: list[float]) -> tuple[float, list[float]]:
        """The estimate, and what each row adds to its error, before its weight."""
        return fsum(w * value for w, value in zip(self.after, y, strict=True)), y

    def ratio(self, y: list[float], x: list[float]) -> tuple[float, list[float]]:
        """The same of a ratio; a mean is one to the number of rows."""
        (above, _), (below, _) = self.total(y), self.total(x)
        return above / below, [(a - above / below * b) / below for a, b in zip(y, x, strict=True)]

    def covariance(self, a: list[float], b: list[float]) -> float:
        """Of two estimates, from what the rows add to their errors: V(a + b) is V(a) + V(b) + 2 C(a, b)."""
        both = [one + other for one, other in zip(a, b, strict=True)]
        return (self.variance(both) - self.variance(a) - self.variance(b)) / 2

    def variance(self, errors: list[float]) -> float:
        """Of the total of weight times error; of what is left of the errors when known totals have been met."""
        left = errors if self.cells is None else self._less_those_of_cells(errors)
        return self._within(0, [(w * error, row) for w, error, row in zip(self.after, left, self.rows, strict=True)])

    def _less_those_of_cells(self, errors: list[float]) -> list[float]:
        """Less the mean of the cell, with the weights before."""
        cells = [row[self.cells or ""] for row in self.rows]
        own = list(zip(cells, self.before, errors, strict=True))
        means = {
            cell: fsum(w * e for c, w, e in own if c == cell) / fsum(w for c, w, _ in own if c == cell)
            for cell in set(cells)
        }
        return [error - means[cell] for error, cell in zip(errors, cells, strict=True)]

    def _within(self, stage: int, weighted: list[tuple[float, Row]]) -> float:
        """Over the strata of a stage: (1 - f) n / (n - 1) times the squares of the totals of its units about their
        mean, and f times what is within each unit.
        """
        if stage == len(self.units):
            return 0.0
        result = 0.0
        for stratum in dict.fromkeys(self.stratum(stage, row) for _, row in weighted):
            own = [(z, row) for z, row in weighted if self.stratum(stage, row) == stratum]
            members = dict.fromkeys(self.unit(stage, row) for _, row in own)
            of_unit = [[(z, row) for z, row in own if self.unit(stage, row) == unit] for unit in members]
            totals = [fsum(z for z, _ in each) for each in of_unit]
            column = self.population[stage]
            n, big_n = len(totals), inf if column is None else own[0][1][column]
            if n > 1:
                mean = fsum(totals) / n
                result += (1 - n / big_n) * n / (n - 1) * fsum((each - mean) ** 2 for each in totals)
            elif self.lonely == "adjust":
                result += (1 - n / big_n) * totals[0] ** 2
            result += n / big_n * fsum(self._within(stage + 1, each) for each in of_unit)
        return result

    def degrees_of_freedom(self, inside: list[bool]) -> int:
        rows = [row for row, there in zip(self.rows, inside, strict=True) if there]
        return len({self.unit(0, row) for row in rows}) - len({self.stratum(0, row) for row in rows})
