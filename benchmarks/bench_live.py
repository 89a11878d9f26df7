"""How long all figures of a wave take: 1,000 boards of 1,500, 40 figures in 40 domains, weighted, with change.

    make bench-live

The monitor and the editor of an article show them at every change. Reading the plan and putting the answers into
columns is done before the clock. Then, by the clock: the estimates of the wave, as answered and weighted to cells of
size, of boards and of pupils, with standard errors and intervals; the same with the change of every figure since the
wave before; and the same with a row of the table for every one of them, where a screen needs some.
Beside them, the estimates where the plan asks for the jackknife. Medians of several runs, and how the time grows with
boards, figures and domains. As in the processes of the site, matrices are multiplied in one thread.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from peilstok.estimate import EstimateTable, Plan, Wave, answers, estimates, read_plan
from peilstok.estimate.since import since
from peilstok.terms import ItemName, Missing, RegisterRow, UnitId, Value

RUNS = 15
ANSWERED = 2 / 3  # of the frame, in either wave at random
HEAD = """\
format: peilstok/plan/1
wave: live
population: {nl: besturen, en: boards}
bases: {boards: {nl: besturen, en: boards}, pupils: {nl: leerlingen, en: pupils}}
weighting: {pupils: [200, 500, 1500, 4000]}
domains:
"""


@dataclass(frozen=True)
class Size:
    boards: int
    figures: int
    domains: int


def main() -> None:
    sizes = [Size(1000, 40, 40), Size(1000, 20, 40), Size(1000, 40, 20), Size(500, 40, 40), Size(285, 40, 40)]
    heads = ("boards", "figures", "domains", "cells", "estimates ms", "with change", "and all rows", "jackknife")
    print("".join(f"{head:>14}" for head in heads))
    for size in sizes:
        plan, (earlier, now) = _plan(size), (_wave(size, seed) for seed in (1, 2))
        before = estimates(plan, earlier)
        times = [_median(work) for work in _works(plan, now, before)]
        numbers = (size.boards, size.figures, size.domains, size.figures * (size.domains + 1))
        print("".join(f"{number:>14}" for number in numbers) + "".join(f"{1000 * each:>14.1f}" for each in times))


def _works(plan: Plan, now: Wave, before: EstimateTable) -> tuple[Callable[[], object], ...]:
    def with_change() -> EstimateTable:
        table = estimates(plan, now)
        since(before, table)
        return table

    assert plan.weighting
    leaving_out = replace(plan, weighting=replace(plan.weighting, variance="jackknife"))
    return (
        lambda: estimates(plan, now),
        with_change,
        lambda: tuple(with_change().rows),
        lambda: estimates(leaving_out, now),
    )


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_seconds(work) for _ in range(RUNS))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _plan(size: Size) -> Plan:
    places = np.linspace(0, 3_000, size.domains + 1).astype(int)
    domains = "".join(
        f"  d{place}: {{label: {{nl: groep {place}, en: group {place}}}, where: {{pupils: {{at_least: {low}}}}}}}\n"
        for place, low in enumerate(places[:-1])
    )
    inside = ", ".join(f"d{place}" for place in range(size.domains))
    kinds = [
        "kind: share, item: s{0}, is: yes, base: boards, dont_know: counts_in_base",
        "kind: ratio, numerator: n{0}, denominator: pupils, of_whole: true, unit: percent, base: pupils",
        "kind: mean, of: n{0}, unit: number, base: boards",
    ]
    estimands = "".join(
        f"  f{place}: {{{kinds[place % 3].format(place % 9)}, domains: [{inside}], "
        f"label: {{nl: cijfer {place}, en: figure {place}}}}}\n"
        for place in range(size.figures)
    )
    return read_plan(f"{HEAD}{domains}estimands:\n{estimands}", file="live.yaml")


def _wave(size: Size, seed: int) -> Wave:
    rng, frame_size = np.random.default_rng(seed), round(size.boards / ANSWERED)
    pupils = np.maximum(np.random.default_rng(0).lognormal(6.3, 1.2, frame_size), 20).astype(int)
    frame = [_board(number, int(each)) for number, each in enumerate(pupils)]
    who = sorted(rng.permutation(frame_size)[: size.boards].tolist())
    return answers.wave(frame=frame, answers={UnitId(frame[at]["number"]): _answers(frame[at], rng) for at in who})


def _board(number: int, pupils: int) -> RegisterRow:
    return {
        "number": f"{number:05}",
        "name": f"Board {number}",
        "pupils": pupils,
        "pupils_bo": pupils,
        "pupils_sbo": None,
        "pupils_so": None,
        "pupils_vso": None,
        "schools": 1,
        "sites": 1,
        "region": None,
        "has_special_school": False,
    }


def _answers(row: RegisterRow, rng: np.random.Generator) -> dict[ItemName, Value]:
    pupils = int(row["pupils"])
    given: dict[ItemName, Value] = {ItemName("pupils"): pupils}
    for place in range(9):
        given[ItemName(f"s{place}")] = str(rng.choice(["yes", "no"])) if rng.random() < 0.9 else Missing.DONT_KNOW
        given[ItemName(f"n{place}")] = int(rng.binomial(pupils, 0.03))
    return given


if __name__ == "__main__":
    main()
