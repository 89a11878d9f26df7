"""The data of a sample in memory: columns by name, or a frame of pandas, Polars or Arrow (through narwhals).

What is text stays text, whatever it looks like: `007` and `7` are two labels, `NA` is one. Missing is what the frame
has for it (null, None, NaN, NA). A column is read when it is first used, so that others may hold anything; it is kept
as it was when the table was given. Not decided here: what a column is used for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any, Final

import numpy as np

from peilstok.estimate.design import Floats
from peilstok.estimate.scan.tables import Array, is_missing, of_series
from peilstok.estimate.survey.data import Column, Table
from peilstok.estimate.unfit import Unfit

WHOLE: Final = 2**53
"""Beyond it neighbouring whole numbers are one number of floating point."""


def of_columns(columns: Mapping[str, Any]) -> Table:
    """The table of columns by name: lists, arrays or series, of numbers (also true and false) or of texts."""
    kept = {name: _kept(values) for name, values in columns.items()}
    shapes = {values.shape for values in kept.values()}
    if len(shapes) != 1 or len(shape := shapes.pop()) != 1:
        raise ValueError(f"columns of one length are wanted, here are {sorted({len(each) for each in kept.values()})}")
    return Table("table", _Columns(tuple(kept), kept), shape[0])


def of_frame(frame: Any) -> Table:
    """The table of a frame of narwhals, whatever is behind it."""
    kept = frame.clone() if frame.implementation.is_pandas_like() else frame  # the others cannot be changed in place
    return Table("table", _Columns(tuple(frame.columns), kept), len(frame))


class _Columns(Mapping[str, Column]):
    """Columns that are read at their first use."""

    def __init__(self, names: tuple[str, ...], kept: Any) -> None:
        self._names, self._kept, self._read = names, kept, dict[str, Column]()

    def __getitem__(self, name: str) -> Column:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            values = self._kept[name]
            self._read[name] = _column(name, values if isinstance(values, np.ndarray) else of_series(values))
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _kept(values: Any) -> Array:
    """A copy; a list may hold anything, of which numpy would make texts if one of it is."""
    masked = isinstance(values, np.ma.MaskedArray)
    if hasattr(values, "__array__") and not masked:
        return np.array(values)
    listed = values.tolist() if masked else list(values)  # None where masked
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def _column(name: str, values: Array) -> Column:
    if values.dtype.kind in "biuf":
        if values.dtype.kind in "iu" and len(values) and max(-int(values.min()), int(values.max())) > WHOLE:
            raise _beyond(name, int(np.argmax(np.maximum(values, -(values + 1)) >= WHOLE)))
        return Column(name, values.astype(np.float64))
    if values.dtype.kind not in "OU":
        raise _strange(name, 0, str(values.dtype))
    cells = [None if is_missing(value) else value for value in values.tolist()]
    filled = [value for value in cells if value is not None]
    if filled and all(isinstance(value, str) for value in filled):
        return Column.of_texts(name, cells)
    return Column(name, _numbers(name, cells))


def _numbers(name: str, cells: list[Any]) -> Floats:
    for row, value in enumerate(cells):
        if isinstance(value, int) and abs(value) > WHOLE:
            raise _beyond(name, row)
        if not (value is None or isinstance(value, Real | Decimal | np.bool_)):
            raise _strange(name, row, type(value).__name__)
    return np.array([np.nan if value is None else float(value) for value in cells], dtype=np.float64)


def _strange(name: str, row: int, found: str) -> Unfit:
    return Unfit(
        "D010", f"{name}: row {row + 1} has a value of the type {found}; a column has numbers alone or texts alone"
    )


def _beyond(name: str, row: int) -> Unfit:
    return Unfit("D010", f"{name}: row {row + 1} has a whole number beyond 2^53, which would be rounded; give texts")
