"""Figures as rows of text: the values beside a chart, and the table of all figures on page and in PDF.

A figure without interval, weight or share of pupils keeps its row; the cell says so. No figure is left out here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from peilstok.disclose.figures import Figure, Measured, Unit
from peilstok.publish import numbers
from peilstok.terms import Language

NONE = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value as printed, with its interval where there is one."""

    value: str
    interval: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure: as answered, weighted to all boards, and as a share of the pupils at those boards."""

    name: str
    label: str
    answered: Cell
    weighted: Cell
    of_pupils: Cell
    n: str
    base: str

    @property
    def anchor(self) -> str:
        return f"figure-{self.name}"

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "anchor": self.anchor}


def rows(figures: Iterable[Figure], language: Language) -> tuple[Row, ...]:
    """The rows of these figures, in their order."""
    return tuple(row(figure, language) for figure in figures)


def row(figure: Figure, language: Language) -> Row:
    return Row(
        name=figure.name,
        label=numbers.label(figure, language),
        answered=_cell(figure.measured, figure.unit, language),
        weighted=_cell(figure.weighted, figure.unit, language),
        of_pupils=_cell(figure.of_pupils, "percent", language),
        n=NONE if figure.n is None else numbers.number(figure.n, language),
        base=figure.base,
    )


def _cell(measured: Measured | None, unit: Unit, language: Language) -> Cell:
    if measured is None:
        return Cell(value=NONE)
    return Cell(
        value=numbers.short(measured.value, unit, language),
        interval=numbers.interval(measured, unit, language),
    )
