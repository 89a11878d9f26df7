"""Replicates once more, in loops. Written from the textbooks, not from the code it checks.

Wolter (2007), *Introduction to Variance Estimation*, section 4.5 for the jackknife in strata; Preston (2009), *Survey
Methodology* 35, for the bootstrap of several stages.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from math import fsum, sqrt

Estimator = Callable[[list[float]], float]


def jackknife_variance(
    estimator: Estimator,
    weights: Sequence[float],
    strata: Sequence[Hashable],
    psus: Sequence[Hashable],
    population: dict[Hashable, float],
) -> float:
    """Leave out PSU after PSU; deviations from the estimate of the full sample."""
    full, result = estimator(list(weights)), 0.0
    for stratum in dict.fromkeys(strata):
        members = list(dict.fromkeys(psus[k] for k in range(len(psus)) if strata[k] == stratum))
        n, big_n = len(members), population[stratum]
        if n == big_n:
            continue
        for gone in members:
            changed = []
            for k in range(len(weights)):
                if strata[k] != stratum:
                    changed.append(weights[k])
                elif psus[k] == gone:
                    changed.append(0.0)
                else:
                    changed.append(weights[k] * n / (n - 1))
            result += (1 - n / big_n) * (n - 1) / n * (estimator(changed) - full) ** 2
    return result


def spread(values: Sequence[float]) -> float:
    """The variance over a list of equally likely values."""
    mean = fsum(values) / len(values)
    return fsum((value - mean) ** 2 for value in values) / len(values)


def preston(row: Sequence[tuple[bool, int, float]]) -> float:
    """The factor of a row from what is known of it at each stage: is its unit drawn, and n and n / N of its stratum."""
    result, before, fractions = 1.0, 1.0, 1.0
    for drawn, n, f in row:
        half = n // 2
        if half:
            length = sqrt(fractions * half * (1 - f) / (n - half))
            result += before * (-length + (length * n / half if drawn else 0.0))
            before *= sqrt(n / half) if drawn else 0.0
        fractions *= f
    return result


def total(y: Sequence[float]) -> Estimator:
    return lambda w: fsum(w[k] * y[k] for k in range(len(y)))


def mean(y: Sequence[float]) -> Estimator:
    return lambda w: fsum(w[k] * y[k] for k in range(len(y))) / fsum(w)
