"""How long replicates take, beside the bare matrix products that numpy needs for the same numbers.

    python -m benchmarks.bench_replicates [--rows 100000] [--runs 7]

Run by hand. Every case runs in turn with its floor, and the table has medians. The floor is what cannot be saved: the
factors are there, and so are weighted values and the rows of each domain.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np

from peilstok.estimate import resampling
from peilstok.estimate.design import Design, Floats, stratified
from peilstok.estimate.replicates import domain_means, streamed_totals, totals

ITEMS, DOMAINS, STRATA = 20, 30, 20


def sample(rows: int, rng: np.random.Generator) -> tuple[Design, Floats, Floats]:
    """Every row its own unit, in strata of a twentieth each; values of the items, and domains."""
    strata = np.arange(rows) % STRATA
    design = stratified(strata=strata, population=np.full(rows, 1e7), weights=rng.uniform(50, 150, rows))
    return design, rng.normal(size=(rows, ITEMS)), rng.integers(0, DOMAINS, rows)


def alternating(runs: int, *cases: Callable[[], object]) -> list[float]:
    """The median seconds of each, one after another in every run."""
    times: list[list[float]] = [[] for _ in cases]
    for _ in range(runs):
        for place, case in enumerate(cases):
            start = time.perf_counter()
            case()
            times[place].append(time.perf_counter() - start)
    return [statistics.median(each) for each in times]


def in_domains(rows: int, runs: int, rng: np.random.Generator) -> None:
    design, values, domains = sample(rows, rng)
    made = resampling.bootstrap(design, replicates=100, rng=rng)
    weighted = design.weights[:, None] * np.column_stack([values, np.ones(rows)])
    inside = [np.flatnonzero(domains == domain) for domain in range(DOMAINS)]
    ordered = [(made.factors[each], weighted[each]) for each in inside]
    whole, bare, gathered = alternating(
        runs,
        lambda: domain_means(values, design.weights, domains, made),
        lambda: [factors.T @ part for factors, part in ordered],
        lambda: [made.factors[each].T @ weighted[each] for each in inside],
    )
    line("100 replicates, 600 means in domains, rows in any order", whole, gathered)
    line("  beside products of rows that were gathered before", whole, bare)
    rows_of = np.concatenate(inside)
    sorted_by = resampling.bootstrap(design, replicates=100, rng=rng)
    values, weights, domains = values[rows_of], design.weights[rows_of], domains[rows_of]
    ordered = [(sorted_by.factors[domains == domain], weighted[inside[domain]]) for domain in range(DOMAINS)]
    whole, bare = alternating(
        runs,
        lambda: domain_means(values, weights, domains, sorted_by),
        lambda: [factors.T @ part for factors, part in ordered],
    )
    line("100 replicates, 600 means in domains, rows in their order", whole, bare)


def in_one_product(rows: int, runs: int, rng: np.random.Generator) -> None:
    design, values, _ = sample(rows, rng)
    made = resampling.bootstrap(design, replicates=1000, rng=rng)
    weighted = design.weights[:, None] * values
    whole, bare = alternating(runs, lambda: totals(values, design.weights, made), lambda: made.factors.T @ weighted)
    line("1,000 replicates, 20 totals", whole, bare)


def streaming(rows: int, runs: int, rng: np.random.Generator) -> None:
    design, values, _ = sample(rows, rng)
    for mebibytes in (64, 256):
        memory = mebibytes * 2**20

        def stream(memory: int = memory) -> None:
            blocks = resampling.bootstrap_in_blocks(design, replicates=1000, rng=rng, memory=memory)
            streamed_totals(values, design.weights, blocks, memory=memory)

        def draw(memory: int = memory) -> None:
            for _ in resampling.bootstrap_in_blocks(design, replicates=1000, rng=rng, memory=memory):
                del _  # as streaming does, so that two blocks are never there together

        whole, drawing = alternating(max(runs // 2, 1), stream, draw)
        line(f"1,000 replicates drawn and streamed in {mebibytes} MiB (beside drawing)", whole, drawing)
        print(
            f"  peak memory of the process so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB"
        )


def line(name: str, seconds: float, floor: float) -> None:
    print(f"{name:70} {1000 * seconds:9.1f} ms {1000 * floor:9.1f} ms {seconds / floor:6.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=7)
    asked = parser.parse_args()
    print(f"{'':70} {'ours':>12} {'floor':>12} ratio")
    # Streaming comes first: the peak memory of the process only grows.
    for case in (streaming, in_domains, in_one_product):
        case(asked.rows, asked.runs, np.random.default_rng(1))


if __name__ == "__main__":
    main()
