"""What is estimated in one scan: totals, means, shares and ratios, each as two sums over rows.

Every measure is made of a numerator y and a denominator x of each row:

    total   sum of w y
    mean    sum of w y / sum of w x with x = 1 where y is there
    share   the mean of 1 where a column has a level and 0 where it has another
    ratio   sum of w y / sum of w x, over the rows where both are there

A missing value counts as zero in both, and its row stays in the design. Not decided here: in which domains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Item:
    """A number of each row: that in a column, or 1 where the column has `level` and 0 where it has another."""

    column: str
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Numerator and denominator of a row; without a denominator it is 1 where the numerator is there."""

    y: Item
    x: Item | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        return (self.y,) if self.x is None else (self.y, self.x)


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    pair: Pair
    kind: Literal["total", "ratio"]


def total(column: str, *, level: Level | None = None, name: str | None = None) -> Measure:
    """The sum of a column over the population; with a `level`, how many units have it."""
    return Measure(name or f"total({_said(column, level)})", Pair(Item(column, level)), "total")


def mean(column: str, *, name: str | None = None) -> Measure:
    """The mean of a column over the units where it is there."""
    return Measure(name or f"mean({column})", Pair(Item(column)), "ratio")


def share(column: str, level: Level, *, name: str | None = None) -> Measure:
    """The part of the units where the column is there that has this level."""
    return Measure(name or f"share({_said(column, level)})", Pair(Item(column, level)), "ratio")


def ratio(numerator: str, denominator: str, *, name: str | None = None) -> Measure:
    """The sum of one column over the sum of another, over the units where both are there."""
    return Measure(name or f"ratio({numerator}, {denominator})", Pair(Item(numerator), Item(denominator)), "ratio")


def _said(column: str, level: Level | None) -> str:
    return column if level is None else f"{column} = {level}"
