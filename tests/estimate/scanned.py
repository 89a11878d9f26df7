"""Samples for the tests of the scan, and what its estimates are by loops over their rows (`slow`)."""

from __future__ import annotations

from collections.abc import Hashable
from math import isnan, nan
from typing import Any

import numpy as np

from peilstok.estimate import scan
from tests.estimate import slow

Table = dict[str, Any]
MEASURES = [
    scan.mean("y"),
    scan.total("y"),
    scan.ratio("y", "x"),
    scan.share("answer", "yes"),
    scan.total("answer", level="no"),
    scan.mean("x"),
]
DESIGN: dict[str, Any] = {"weights": "w", "strata": "h", "population": "N"}


def sample(seed: int, rows: int = 60, strata: int = 3, missing: float = 0.15) -> Table:
    """Rows in strata of at least two PSUs; missing numbers, answers and regions; a stratum without the region "far"."""
    rng = np.random.default_rng(seed)
    h = np.append(np.repeat(np.arange(strata), 2), rng.integers(0, strata, rows))
    psu = np.append(np.tile([0, 1], strata), rng.integers(0, 5, rows))
    size = len(h)
    region = rng.choice(["east", "far", "west"], size).astype(object)
    region[(h == 0) & (region == "far")] = "west"
    answer = rng.choice(["no", "yes", "perhaps"], size).astype(object)
    y = rng.normal(50, 20, size)
    for values, gap in ((region, None), (answer, None), (y, nan)):
        values[rng.random(size) < missing] = gap
    return {
        "h": h,
        "psu": psu,
        "w": rng.uniform(0.5, 9, size),
        "N": np.array([400.0, 290.0, 1000.0])[h],
        "y": y,
        "x": rng.poisson(4, size) + 1.0,
        "answer": answer,
        "region": region,
        "size": rng.integers(1, 3, size),
    }


def by_loops(
    table: Table, measures: list[scan.Measure], domains: tuple[scan.Labels, ...]
) -> tuple[list[list[float]], list[list[float]]]:
    """Of each domain and measure: the estimate, and the linearised value of every row."""
    estimates, values = [], []
    for domain in domains:
        inside = [all(table[column][k] == label for column, label in domain) for k in range(len(table["w"]))]
        for measure in measures:
            estimate, z = _one(table, measure, inside)
            estimates.append([estimate])
            values.append(z)
    return estimates, values


def covariances_by_loops(table: Table, values: list[list[float]], *, psu: str | None) -> np.ndarray[Any, Any]:
    """Of every two estimates, stratum after stratum and PSU after PSU."""
    strata: list[Hashable] = [*table["h"].tolist()]
    psus = [(table["h"][k], table[psu][k]) for k in range(len(strata))] if psu else [*range(len(strata))]
    population: dict[Hashable, float] = dict(zip(strata, table["N"].tolist(), strict=True))
    return np.array([[slow.covariance(z, u, strata, psus, population) for u in values] for z in values])


def _one(table: Table, measure: scan.Measure, inside: list[bool]) -> tuple[float, list[float]]:
    w = table["w"].tolist()
    y = [_read(table, measure.pair.y, k) for k in range(len(w))]
    x = [1.0 if measure.pair.x is None else _read(table, measure.pair.x, k) for k in range(len(w))]
    there = [inside[k] and not isnan(y[k]) and not isnan(x[k]) for k in range(len(w))]
    y, x = ([each[k] if there[k] else 0.0 for k in range(len(w))] for each in (y, x))
    if measure.kind == "total":
        return sum(w[k] * y[k] for k in range(len(w))), [w[k] * y[k] for k in range(len(w))]
    return slow.ratio(y, x, w) if any(x) else (nan, [0.0] * len(w))


def _read(table: Table, item: Any, k: int) -> float:
    value = table[item.column][k]
    if item.level is None or value is None:
        return nan if value is None else float(value)
    return float(value == item.level)
