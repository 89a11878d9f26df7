"""600 estimates of 20 million rows in a memory that is limited: DuckDB from Parquet, and Spark.

    python -m benchmarks.bench_large [--rows 20000000] [--runs 3] [--memory 1GB]

The estimates are those of `bench_estimate`; the items are answers as a survey has them (yes or no, scales, counts,
three amounts with decimals), of which Parquet makes about 1 GB. Each run is a process of its own: its peak memory is
wanted (with that of the JVM it started, for Spark): DuckDB may use `--memory` and writes what does not fit to a folder;
Spark's driver has as much heap. The floor is DuckDB's bare scan, in the same memory. Run by `make bench-large`, in the
environment of `make test-engines`; Spark is left out, loudly, where there is no Java.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.bench_estimate import ITEMS, bare, planned

CHUNK = 1_000_000
ENGINES = Path("var/engines/bin/python")


def answered(rng: np.random.Generator, rows: int, clusters: int) -> dict[str, Any]:
    """Columns of the design, and the items."""
    columns: dict[str, Any] = {
        "h": rng.integers(0, 20, rows).astype("i4"),
        "d": rng.integers(0, 30, rows).astype("i4"),
        "psu": rng.integers(0, clusters, rows).astype("i4"),
        "w": rng.uniform(1, 5, rows),
    }
    drawn = [
        *(rng.random(rows) < part for part in np.linspace(0.05, 0.95, 10)),
        *(rng.integers(1, 6, rows) for _ in range(4)),
        *(rng.poisson(mean, rows) for mean in (2, 10, 50)),
        *(rng.lognormal(mean, 1, rows) for mean in (1, 2, 3)),
    ]
    return columns | {item: column.astype("f8") for item, column in zip(ITEMS, drawn, strict=True)}


def write(place: Path, rows: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng, writer = np.random.default_rng(1), None
    for begin in range(0, rows, CHUNK):
        size = min(CHUNK, rows - begin)
        part = pa.table(answered(rng, size, rows // 2))
        writer = writer or pq.ParquetWriter(place, part.schema)
        writer.write_table(part)
    if writer:
        writer.close()


def duckdb(place: Path, psu: str, memory: str) -> float:
    import ibis

    table = ibis.duckdb.connect(**_limits(place, memory)).read_parquet(str(place))
    start = time.perf_counter()
    planned(psu or None).on(table)
    return time.perf_counter() - start


def floor(place: Path, psu: str, memory: str) -> float:
    import duckdb

    connection = duckdb.connect(config=_limits(place, memory))
    start = time.perf_counter()
    for statement in bare(place, psu or None).split("; "):
        connection.execute(statement).fetchnumpy()
    return time.perf_counter() - start


def _limits(place: Path, memory: str) -> dict[str, Any]:
    """Of DuckDB. Rows need not come in their order, so that nothing is held back to keep it."""
    return {"memory_limit": memory, "temp_directory": str(place.parent / "spill"), "preserve_insertion_order": False}


def spark(place: Path, psu: str, memory: str) -> float:
    import ibis
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", memory.lower().replace("gb", "g"))
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.local.dir", str(place.parent / "spill"))
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    connection = ibis.pyspark.connect(session)
    table = connection.read_parquet(str(place))
    start = time.perf_counter()
    planned(psu or None).on(table)
    return time.perf_counter() - start


WORKS = {"floor: DuckDB from Parquet": floor, "peilstok, DuckDB": duckdb, "peilstok, Spark": spark}


def _peak() -> int:
    """MB, of this process and of those that it started and that live."""
    own, total = os.getpid(), 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                lines = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
            except OSError:  # it has ended since
                continue
            if "VmHWM" in lines and own in (int(folder.name), *_parents(int(lines["PPid"]))):
                total += int(lines["VmHWM"].split()[0]) // 1024
    return total


def _parents(process: int) -> list[int]:
    found = []
    while process > 1:
        found.append(process)
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:
            break
        process = int(status.split("PPid:")[1].split()[0])
    return found


def run(name: str, place: Path, psu: str, memory: str) -> tuple[float, int]:
    """Seconds and peak MB of one run."""
    python = str(ENGINES) if "Spark" in name else sys.executable
    command = [python, "-m", "benchmarks.bench_large", "--one", str(place), psu, name, "--memory", memory]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-2_000:]}")
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--one", nargs=3, metavar=("FILE", "PSU", "CASE"), help="one run of one case")
    asked = parser.parse_args()
    if asked.one:
        place, psu, name = asked.one
        seconds = WORKS[name](Path(place), psu, asked.memory)
        print(json.dumps([seconds, _peak()]))
        return
    names = [name for name in WORKS if "Spark" not in name or shutil.which("java")]
    if len(names) < len(WORKS):
        print("Spark is left out: there is no Java.")
    with tempfile.TemporaryDirectory(dir="var") as folder:
        place = Path(folder).resolve() / "rows.parquet"
        write(place, asked.rows)
        print(f"{asked.rows:,} rows, {place.stat().st_size / 1e9:.2f} GB of Parquet, memory limit {asked.memory}")
        for psu, what in (("", "every row a PSU"), ("psu", f"{asked.rows // 2:,} clusters")):
            found = {name: [] for name in names}
            for _ in range(asked.runs):
                for name in names:
                    found[name].append(run(name, place, psu, asked.memory))
            least = statistics.median(seconds for seconds, _ in found[names[0]])
            print(f"\n### 600 means, {what}\n\n| | seconds | times the floor | peak MB |\n|---|---|---|---|")
            for name, runs in found.items():
                seconds, peak = statistics.median(each for each, _ in runs), max(each for _, each in runs)
                print(f"| {name} | {seconds:.2f} | {seconds / least:.2f} | {peak} |", flush=True)


if __name__ == "__main__":
    main()
