"""How results print, and go to a table of another library: columns by name, one row for each estimate."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape
from typing import Any, Final, Literal

import numpy as np

from peilstok.estimate.design import Floats

EXTRA: Final = "tables of pandas, polars or Arrow need the extra: pip install 'peilstok[tables]'"


class Tabular(ABC):
    """A result with `columns` of equal length. `print` shows them; `frame` gives them to another library."""

    __slots__ = ()

    @abstractmethod
    def columns(self) -> dict[str, list[Any]]:
        """The columns by name, in their order."""

    @property
    def note(self) -> str:
        """What the printed table says below its rows."""
        return ""

    def frame(self, library: Literal["pandas", "polars", "pyarrow", "arrow"]) -> Any:
        """The table of `columns` as one of pandas, polars or Arrow."""
        try:
            import narwhals
        except ImportError:
            raise ImportError(EXTRA) from None
        return narwhals.from_dict(self.columns(), backend="pyarrow" if library == "arrow" else library).to_native()

    def __str__(self) -> str:
        lines = self._cells()
        widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
        rows = [_line(line, widths) for line in lines]
        return "\n".join([*rows, self.note] if self.note else rows)

    def __repr__(self) -> str:
        """As it prints: at a prompt and in a notebook a result is looked at."""
        return str(self)

    def _repr_html_(self) -> str:
        head, *rows = ([escape(cell) for cell in line] for line in self._cells())
        heading = "".join(f"<th>{cell}</th>" for cell in head)
        body = "".join(
            f"<tr><th>{name}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for name, *cells in rows
        )
        return f"<table><thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table>{escape(self.note)}"

    def _cells(self) -> list[list[str]]:
        """The names of the columns, then each row."""
        columns = self.columns()
        return [list(columns), *([_shown(value) for value in row] for row in zip(*columns.values(), strict=True))]


def usual(names: Sequence[str], values: Floats, se: Floats, low: Floats, high: Floats) -> dict[str, list[Any]]:
    """Name, estimate, standard error, 95 percent interval, coefficient of variation (NaN of an estimate of 0)."""
    variation = np.divide(se, np.abs(values), out=np.full(len(values), np.nan), where=values != 0)
    numbers = {"estimate": values, "se": se, "low": low, "high": high, "cv": variation}
    return {"name": list(names), **{name: column.tolist() for name, column in numbers.items()}}


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The name on the left, numbers on the right."""
    first, *others = (
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *others]).rstrip()


def _shown(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        return "" if math.isnan(value) else str(value)
    if 0 < abs(value) < 1e-4:
        return f"{value:.4e}"
    digits = 0 if value == 0 else min(max(5 - math.floor(math.log10(abs(value))), 0), 8)
    return f"{value:,.{digits}f}"
