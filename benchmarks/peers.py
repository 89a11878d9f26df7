"""One case of another library in a process of its own: `bench_estimate` starts it, in that library's environment.

    python peers.py LIBRARY WORK FILE PSU

The file is read before the clock. Every line on standard input asks for one run; a line with its seconds and a number
to compare comes back (the sum of all standard errors, or of all raked weights), and at the end the peak memory in MB.
It imports nothing of Peilstok.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars

warnings.simplefilter("ignore")
ITEMS = [f"y{item}" for item in range(20)]
MARGINS = {"m0": 6, "m1": 12, "m2": 4}
Case = Callable[[], float]


def svy_means(rows: Any, psu: str) -> Case:
    import svy

    design = svy.Design(stratum="h", wgt="w", psu="psu") if psu else svy.Design(stratum="h", wgt="w")
    sample = svy.Sample(rows, design)

    def run() -> float:
        return float(sum(one.se for each in sample.estimation.mean(ITEMS, by="d") for one in each.estimates))

    return run


def samplics_means(rows: Any, psu: str) -> Case:
    from samplics import PopParam, TaylorEstimator

    columns = {name: rows[name].to_numpy() for name in rows.columns}

    def run() -> float:
        total = 0.0
        for item in ITEMS:
            estimator = TaylorEstimator(PopParam.mean)
            estimator.estimate(
                y=columns[item],
                samp_weight=columns["w"],
                stratum=columns["h"],
                psu=columns["psu"] if psu else None,
                domain=columns["d"],
            )
            total += sum(estimator.stderror.values())
        return total

    return run


def svy_raking(rows: Any, _: str) -> Case:
    import svy

    totals = _totals(rows)
    sample = svy.Sample(rows, svy.Design(wgt="w"))

    def run() -> float:
        raked = sample.weighting.rake(controls=totals, tol=1e-10)
        return float(raked.data["rk_wgt"].sum())

    return run


def samplics_raking(rows: Any, _: str) -> Case:
    from samplics import SampleWeight

    margins, totals = {name: rows[name].to_numpy() for name in MARGINS}, _totals(rows)
    weights = rows["w"].to_numpy()

    def run() -> float:
        raked = SampleWeight().rake(weights, margins=margins, control=totals, tol=1e-10, ctrl_tol=1e-10)
        return float(np.sum(raked))

    return run


def _totals(rows: Any) -> dict[str, dict[int, float]]:
    other = rows["other"].to_numpy()
    return {
        name: dict(enumerate(np.bincount(rows[name].to_numpy(), weights=other, minlength=size).tolist()))
        for name, size in MARGINS.items()
    }


CASES: dict[tuple[str, str], Callable[[Any, str], Case]] = {
    ("svy", "means"): svy_means,
    ("samplics", "means"): samplics_means,
    ("svy", "raking"): svy_raking,
    ("samplics", "raking"): samplics_raking,
}


def main() -> None:
    library, work, place, psu = sys.argv[1:]
    run = CASES[library, work](polars.read_parquet(place), psu)
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        number = run()
        print(time.perf_counter() - start, number, flush=True)
    [line] = [each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")]
    print(int(line.split()[1]) // 1024, flush=True)


if __name__ == "__main__":
    main()
