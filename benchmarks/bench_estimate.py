"""How long 600 estimates and raking take, beside bare floors, samplics, svy and R's survey.

    python -m benchmarks.bench_estimate [--rows 1000 100000 1000000] [--runs 5]

600 means with standard errors: 20 items in 30 domains, 20 strata, every row its own PSU or one of rows / 2 clusters.
All cases of one size run in turn, and the table has medians, ratios to the floor of the same run, and the peak memory
of a process of its own for each. Floors: one scan of DuckDB from Parquet; for raking, counts of cells in numpy. Other
libraries (`others`) have read their data before the clock; whoever needs more than 10 seconds runs twice. The sum of
all standard errors, or of all raked weights, must be the same for all. Run by `make bench-estimate`.
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
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks import others
from benchmarks.others import Process

from peilstok.estimate import scan
from peilstok.estimate.raking import rake

ITEMS = [f"y{item}" for item in range(20)]
Case = Callable[[], float | None]
MOST_ROWS = {("samplics", "psu"): 100_000, ("R survey", "psu"): 1_000}
"""With clusters they need minutes from here on (R had no result for a million rows within 330 seconds)."""


def made(rng: np.random.Generator, rows: int, clusters: int) -> dict[str, Any]:
    """Columns of the design, and the items."""
    columns: dict[str, Any] = {
        "h": rng.integers(0, 20, rows).astype("i4"),
        "d": rng.integers(0, 30, rows).astype("i4"),
        "psu": rng.integers(0, clusters, rows).astype("i4"),
        "w": rng.uniform(1, 5, rows),
    }
    return columns | {item: rng.normal(10, 3, rows) for item in ITEMS}


def planned(psu: str | None) -> scan.Plan:
    return scan.plan(weights="w", strata="h", psu=psu, by=["d"], measures=[scan.mean(item) for item in ITEMS])


def write(place: Path, rows: int) -> None:
    """As Parquet, and for R."""
    _stored(place, made(np.random.default_rng(1), rows, rows // 2))


def write_margins(place: Path, rows: int) -> dict[str, Any]:
    """What is raked: weights `w` to the margins that the weights `other` have."""
    rng = np.random.default_rng(1)
    columns: dict[str, Any] = {f"m{at}": rng.integers(0, size, rows) for at, size in enumerate((6, 12, 4))}
    columns |= {"w": rng.uniform(1, 5, rows), "other": rng.uniform(1, 5, rows)}
    _stored(place, columns)
    return columns


def _stored(place: Path, columns: dict[str, Any]) -> None:
    """As Parquet, and for R in a folder beside it, with every column as doubles."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), place)
    place.with_suffix("").mkdir(exist_ok=True)
    for name, column in columns.items():
        column.astype("f8").tofile(place.with_suffix("") / name)


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

    plan = planned(psu)
    connection, plain = ibis.duckdb.connect(), duckdb.connect()
    stored = connection.read_parquet(str(place))

    def floor() -> None:
        for statement in bare(place, psu).split("; "):
            plain.execute(statement).fetchnumpy()

    def arrays() -> Case:
        columns = {name: column.to_numpy() for name, column in zip(*_columns(pq.read_table(place)), strict=True)}
        return lambda: errors(plan.on(columns))

    def memory() -> Case:
        held = connection.create_table("held", stored, overwrite=True)
        return lambda: errors(plan.on(held))

    def errors(found: scan.Result) -> float:
        return float(found.se.sum())

    return {
        "floor: DuckDB from Parquet": floor,
        "peilstok, numpy": _once(arrays),
        "peilstok, DuckDB in memory": _once(memory),
        "peilstok, DuckDB from Parquet": lambda: errors(plan.on(stored)),
    }


def _columns(table: Any) -> tuple[list[str], list[Any]]:
    return table.column_names, table.columns


def _once(make: Callable[[], Case]) -> Case:
    """Loads its data at its first run, which is not measured."""
    made: list[Case] = []

    def run() -> float | None:
        if not made:
            made.append(make())
        return made[0]()

    return run


def raking(columns: dict[str, Any]) -> dict[str, Case]:
    margins, before, other = [columns[f"m{at}"] for at in range(3)], columns["w"], columns["other"]
    totals = [np.bincount(codes, weights=other) for codes in margins]

    def floor() -> float:
        crossing = (margins[0] * 12 + margins[1]) * 4 + margins[2]
        start = np.bincount(crossing, weights=before, minlength=288).reshape(6, 12, 4)
        weights = start
        for _ in range(3):
            weights = weights * (totals[0] / weights.sum((1, 2)))[:, None, None]
            weights = weights * (totals[1] / weights.sum((0, 2)))[None, :, None]
            weights = weights * (totals[2] / weights.sum((0, 1)))[None, None, :]
        return float((before * (weights / start).ravel()[crossing]).sum())

    return {
        "floor: numpy, cells": floor,
        "peilstok.rake to 1e-10": lambda: float(
            rake(margins, totals, before=before, rounds=50, epsilon=1e-10).after.sum()
        ),
    }


def measured(own: dict[str, Case], started: dict[str, Process], runs: int) -> dict[str, float]:
    """Median seconds of each case, one after another in every run; a first run of each is not counted.

    Raises ValueError where two cases do not find the same number.
    """
    times: dict[str, list[float]] = {name: [] for name in (*own, *started)}
    numbers: dict[str, float] = {}
    for run in range(runs + 1):
        for name, case in own.items():
            start = time.perf_counter()
            found = case()
            seconds = time.perf_counter() - start
            if found is not None:
                numbers[name] = found
            times[name] += [seconds] if run else []
        for name, other in started.items():
            if run <= 1 or times[name][0] < others.SLOW:
                seconds, numbers[name] = other.run()
                times[name] += [seconds] if run else []
    if numbers and max(numbers.values()) - min(numbers.values()) > 1e-6 * abs(max(numbers.values())):
        raise ValueError(f"not the same numbers: {numbers}")
    return {name: statistics.median(each) for name, each in times.items()}


def compared(
    own: dict[str, Case], work: str, place: Path, psu: str, *, rows: int, runs: int
) -> tuple[dict[str, float], dict[str, int]]:
    """Medians of everything that can run here, and the peak memory of the processes of others."""
    with ExitStack() as open_until_then:
        started = {}
        for name, command in others.available().items():
            if rows > MOST_ROWS.get((name, psu), rows):
                continue
            file = place.with_suffix("") if name == "R survey" else place
            case = others.started(name, [*command, work, str(file), psu])
            started[name] = open_until_then.enter_context(case)
        times = measured(own, started, runs)
        return times, {name: other.end() for name, other in started.items()}


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
    if missing := others.missing():
        print(f"Not installed here, and not measured: {missing}.")
    with tempfile.TemporaryDirectory() as folder:
        for rows in asked.rows:
            place = Path(folder) / f"{rows}.parquet"
            write(place, rows)
            for psu, what in (("", "every row a PSU"), ("psu", f"{rows // 2:,} clusters")):
                own = cases(place, psu or None)
                memory = {name: peak(["--one", str(place), psu, name]) for name in own}
                times, of_others = compared(own, "means", place, psu, rows=rows, runs=asked.runs)
                table(f"600 means, {rows:,} rows, {what}", times, memory | of_others)
        place, rows = Path(folder) / "margins.parquet", max(asked.rows)
        own = raking(write_margins(place, rows))
        times, of_others = compared(own, "raking", place, "", rows=rows, runs=asked.runs)
        table(f"Raking {rows:,} rows on three margins to 1e-10", times, of_others)


if __name__ == "__main__":
    main()
