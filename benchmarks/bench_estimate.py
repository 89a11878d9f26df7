"""How long a scan and raking take, beside the bare scan of DuckDB from Parquet and the bare counts of numpy.

    python -m benchmarks.bench_estimate [--rows 1000 100000 1000000] [--runs 5]

600 means with standard errors: 20 items in 30 domains, 20 strata, every row its own PSU or one of rows / 2 clusters.
All cases of one size run in turn, and the table has medians, ratios to the floor of the same run, and the peak memory
of a process of its own for each. Run by `make bench-estimate`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from peilstok.estimate import scan
from peilstok.estimate.raking import rake

ITEMS = [f"y{item}" for item in range(20)]
Case = Callable[[], object]


def write(place: Path, rows: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(1)
    columns: dict[str, Any] = {
        "h": rng.integers(0, 20, rows).astype("i4"),
        "d": rng.integers(0, 30, rows).astype("i4"),
        "psu": rng.integers(0, rows // 2, rows).astype("i4"),
        "w": rng.uniform(1, 5, rows),
    }
    pq.write_table(pa.table(columns | {item: rng.normal(10, 3, rows) for item in ITEMS}), place)


def bare(place: Path, psu: str | None) -> str:
    """The statements that any program needs: sums by cell, for clusters of the totals of PSUs and with their number."""
    products = ", ".join(f"sum(u_{y}), sum(u_{y} * v), sum(u_{y} * u_{y})" for y in ITEMS)
    if psu is None:
        rows = f"(select h, d, w as v, {', '.join(f'w * {y} as u_{y}' for y in ITEMS)} from '{place}')"
        return f"select h, d, count(*), sum(v), sum(v * v), {products} from {rows} group by h, d"
    totals = ", ".join(f"sum(w * {y}) as u_{y}" for y in ITEMS)
    rows = f"(select h, d, psu, sum(w) as v, {totals} from '{place}' group by h, d, psu)"
    cells = f"select h, d, count(*), sum(v), sum(v * v), {products} from {rows} group by h, d"
    return f"{cells}; select h, count(distinct psu) from '{place}' group by h"


def cases(place: Path, psu: str | None) -> dict[str, Case]:
    import duckdb
    import ibis
    import pyarrow.parquet as pq

    plan = scan.plan(weights="w", strata="h", psu=psu, by=["d"], measures=[scan.mean(item) for item in ITEMS])
    connection, plain = ibis.duckdb.connect(), duckdb.connect()
    stored = connection.read_parquet(str(place))

    def floor() -> None:
        for statement in bare(place, psu).split("; "):
            plain.execute(statement).fetchnumpy()

    def arrays() -> Case:
        columns = {name: column.to_numpy() for name, column in zip(*_columns(pq.read_table(place)), strict=True)}
        return lambda: plan.on(columns)

    def memory() -> Case:
        held = connection.create_table("held", stored, overwrite=True)
        return lambda: plan.on(held)

    return {
        "floor: DuckDB from Parquet": floor,
        "peilstok, numpy": _once(arrays),
        "peilstok, DuckDB in memory": _once(memory),
        "peilstok, DuckDB from Parquet": lambda: plan.on(stored),
    }


def _columns(table: Any) -> tuple[list[str], list[Any]]:
    return table.column_names, table.columns


def _once(make: Callable[[], Case]) -> Case:
    """Loads its data at its first run, which is not measured."""
    made: list[Case] = []

    def run() -> object:
        if not made:
            made.append(make())
        return made[0]()

    return run


def raking(rows: int) -> dict[str, Case]:
    rng = np.random.default_rng(1)
    margins = [rng.integers(0, size, rows) for size in (6, 12, 4)]
    before, other = rng.uniform(1, 5, rows), rng.uniform(1, 5, rows)
    totals = [np.bincount(codes, weights=other) for codes in margins]

    def floor() -> None:
        crossing = (margins[0] * 12 + margins[1]) * 4 + margins[2]
        start = np.bincount(crossing, weights=before, minlength=288).reshape(6, 12, 4)
        weights = start
        for _ in range(3):
            weights = weights * (totals[0] / weights.sum((1, 2)))[:, None, None]
            weights = weights * (totals[1] / weights.sum((0, 2)))[None, :, None]
            weights = weights * (totals[2] / weights.sum((0, 1)))[None, None, :]
        before * (weights / start).ravel()[crossing]

    return {
        "floor: numpy, cells": floor,
        "peilstok.rake to 1e-10": lambda: rake(margins, totals, before=before, rounds=50, epsilon=1e-10),
    }


def medians(found: dict[str, Case], runs: int) -> dict[str, float]:
    """Seconds of each case, one after another in every run; a first run of each is not counted."""
    times: dict[str, list[float]] = {name: [] for name in found}
    for run in range(runs + 1):
        for name, case in found.items():
            start = time.perf_counter()
            case()
            if run:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in times.items()}


def peak(arguments: list[str]) -> int:
    """MB of a process that does one case."""
    command = [sys.executable, "-m", "benchmarks.bench_estimate", *arguments]
    return int(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _highest() -> int:
    """MB. Not `ru_maxrss`, in which a child begins with what its parent has."""
    [line] = [each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def table(title: str, times: dict[str, float], memory: dict[str, int]) -> None:
    least = next(iter(times.values()))
    print(f"\n### {title}\n\n| | seconds | times the floor | peak MB |\n|---|---|---|---|")
    for name, seconds in times.items():
        print(f"| {name} | {seconds:.4f} | {seconds / least:.2f} | {memory.get(name, '')} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--one", nargs=3, metavar=("FILE", "PSU", "CASE"), help="the peak memory of one case")
    asked = parser.parse_args()
    if asked.one:
        place, psu, name = asked.one
        cases(Path(place), psu or None)[name]()
        print(_highest())
        return
    with tempfile.TemporaryDirectory() as folder:
        for rows in asked.rows:
            place = Path(folder) / f"{rows}.parquet"
            write(place, rows)
            for psu, what in ((None, "every row a PSU"), ("psu", f"{rows // 2:,} clusters")):
                found = cases(place, psu)
                memory = {name: peak(["--one", str(place), psu or "", name]) for name in found}
                table(f"600 means, {rows:,} rows, {what}", medians(found, asked.runs), memory)
    table(f"Raking {max(asked.rows):,} rows on three margins", medians(raking(max(asked.rows)), asked.runs), {})


if __name__ == "__main__":
    main()
