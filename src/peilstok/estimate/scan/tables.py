"""The door: any table becomes a source that an engine reads, and a missing value becomes NaN or None.

Arrays by name, and tables of pandas, Polars and Arrow (by narwhals), are read by numpy; a table of Ibis stays where it
is, and its engine makes the sums. No library is imported that did not make the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.scan.measures import Item, Pair

if TYPE_CHECKING:
    from peilstok.estimate.scan.plan import Plan, Source

Array = NDArray[Any]  # numbers or labels
Arrays = Mapping[str, Array]


def source(table: object, plan: Plan) -> Source:
    """KeyError, with the columns that there are, for one that is not there."""
    from peilstok.estimate.scan.arrays import ArraySource
    from peilstok.estimate.scan.expressions import IbisSource

    if type(table).__module__.partition(".")[0] == "ibis":
        return IbisSource(table, plan)
    return ArraySource(arrays(table, plan.columns), plan)


def arrays(table: object, columns: tuple[str, ...]) -> Arrays:
    """The columns of a table in memory, all of one length."""
    if isinstance(table, Mapping):
        check_columns(columns, tuple(table))
        found: Arrays = {name: np.asarray(table[name]) for name in columns}
    else:
        found = _of_frame(table, columns)
    if len({values.shape for values in found.values()}) > 1:
        raise ValueError("the columns have different lengths")
    return found


def check_columns(wanted: tuple[str, ...], there: tuple[str, ...]) -> None:
    missing = [name for name in wanted if name not in there]
    if missing:
        raise KeyError(f"no column {missing[0]!r}; there are {', '.join(map(str, there))}")


def _of_frame(table: Any, columns: tuple[str, ...]) -> Arrays:
    import narwhals as nw

    frame = nw.from_native(table, eager_only=True)  # TypeError for what is no table
    check_columns(columns, tuple(frame.columns))
    return {name: of_series(frame[name]) for name in columns}


def of_series(series: Any) -> Array:
    """The values of a series of narwhals, whatever is behind it; where one is missing not always as numbers."""
    if series.dtype.is_float() or (series.dtype.is_integer() and not series.null_count()):
        return np.asarray(series.to_numpy())
    return np.array(series.to_list(), dtype=object)


def numbers(values: Array) -> Floats:
    """As floating point, NaN where missing."""
    if values.dtype == object:
        values = np.array([np.nan if is_missing(value) else value for value in values.tolist()])
    return values.astype(np.float64, copy=False)


def item_values(columns: Arrays, item: Item) -> Floats:
    """The number that an item reads of every row, NaN where it is missing."""
    values = columns[item.column]
    if item.level is None:
        return numbers(values)
    found = np.asarray(values == item.level, dtype=np.float64)
    if values.dtype == object:
        found[[is_missing(value) for value in values.tolist()]] = np.nan
    elif values.dtype.kind == "f":
        found[np.isnan(values)] = np.nan
    return found


def pair_values(columns: Arrays, pair: Pair) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Numerator and denominator of every row, both 0 where one is missing, and where they are there.

    A denominator that is 1 everywhere comes as one number.
    """
    y = item_values(columns, pair.y)
    there = ~np.isnan(y)
    if pair.x is None:
        return (y, np.ones(1), there) if there.all() else (np.where(there, y, 0.0), there.astype(np.float64), there)
    x = item_values(columns, pair.x)
    there &= ~np.isnan(x)
    return np.where(there, y, 0.0), np.where(there, x, 0.0), there


def coded(values: Array) -> tuple[tuple[object, ...], Codes]:
    """The labels that occur, None for missing, and for every row the place of its label."""
    if values.dtype.kind in "iub" and len(values):
        low = int(values.min())
        shifted = values.astype(np.intp) - low
        if int(shifted.max()) < 4 * len(values) + 1024:
            there, codes = compact(shifted, size=int(shifted.max()) + 1)
            return tuple((there + low).astype(values.dtype).tolist()), codes
    if values.dtype.kind in "fU" or (values.dtype.kind in "iub"):
        found, codes = np.unique(values, return_inverse=True)
        return tuple(None if is_missing(label) else label for label in found.tolist()), codes.ravel()
    place: dict[object, int] = {}
    listed = [place.setdefault(None if is_missing(value) else value, len(place)) for value in values.tolist()]
    return tuple(place), np.array(listed, dtype=np.intp)


def compact(codes: Codes, *, size: int) -> tuple[Codes, Codes]:
    """The codes below `size` that occur, in order, and for every row the place of its code among them."""
    if size > 32 * len(codes) + 1024:
        found, place = np.unique(codes, return_inverse=True)
        return found, place.ravel()
    there = np.zeros(size, dtype=np.bool_)
    there[codes] = True
    found = np.flatnonzero(there)
    if len(found) == size:
        return found, codes
    at = np.empty(size, dtype=np.int32 if len(found) < 2**31 else np.intp)  # small, as it is read in any order
    at[found] = np.arange(len(found))
    return found, at[codes].astype(np.intp)


def is_missing(value: object) -> bool:
    """None, NaN, or the missing value of another library, which differs from itself or will not say."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:
        return True
