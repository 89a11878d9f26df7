"""How long all figures of a wave take: 1,000 boards, 40 figures in 40 domains, weighted, with change.

    make bench-live

The monitor and the editor of an article show them at every change. Reading the plan and the answers is done once,
before the clock; the clock has the estimates of the wave with standard errors and intervals, and their covariances
with those of the wave before. Medians of several runs, and how the time grows with boards, figures and domains.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import numpy as np

from peilstok.estimate import Plan, Wave, answers, estimates, read_plan
from peilstok.estimate.change import Sample, covariance_between
from peilstok.terms import ItemName, Missing, RegisterRow, UnitId, Value

RUNS = 7
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
    sizes = [Size(1000, 40, 40), Size(1000, 20, 40), Size(1000, 40, 20), Size(500, 40, 40)]
    print(f"{'boards':>7}{'figures':>9}{'domains':>9}{'cells':>7}{'ms':>9}")
    for size in sizes:
        plan, (before, now) = _plan(size), (_wave(size, seed) for seed in (1, 2))
        table = estimates(plan, before)
        print(
            f"{size.boards:>7}{size.figures:>9}{size.domains:>9}{size.figures * (size.domains + 1):>7}"
            f"{1000 * statistics.median(_seconds(plan, now, table) for _ in range(RUNS)):>9.1f}"
        )


def _seconds(plan: Plan, wave: Wave, before: object) -> float:
    start = time.perf_counter()
    now = estimates(plan, wave)
    a, b = (
        Sample(units=each.influence.units, values=each.influence.values, population=each.population)
        for each in (before, now)
    )
    covariance_between(a, b)
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
    rng = np.random.default_rng(seed)
    pupils = np.maximum(np.random.default_rng(0).lognormal(6.3, 1.2, size.boards), 20).astype(int)
    frame = [_board(number, int(each)) for number, each in enumerate(pupils)]
    return answers.wave(frame=frame, answers={UnitId(row["number"]): _answers(row, rng) for row in frame})


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
