"""The formulas once more, in loops, slow and obvious. Written from the textbooks, not from the code it checks.

Särndal, Swensson and Wretman (1992), *Model Assisted Survey Sampling*: section 5.6 for the ratio and result 3.7.2 for
the variance under stratified sampling; Korn and Graubard (1998) for the interval.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import fsum, nan, sqrt


def ratio(y: Sequence[float], x: Sequence[float], w: Sequence[float]) -> tuple[float, list[float]]:
    numerator = fsum(w[k] * y[k] for k in range(len(y)))
    denominator = fsum(w[k] * x[k] for k in range(len(y)))
    estimate = numerator / denominator
    return estimate, [w[k] * (y[k] - estimate * x[k]) / denominator for k in range(len(y))]


def covariance(
    z: Sequence[float],
    u: Sequence[float],
    strata: Sequence[Hashable],
    psus: Sequence[Hashable],
    population: dict[Hashable, float],
) -> float:
    """Covariance of the totals of z and u: stratum after stratum, PSU after PSU."""
    result = 0.0
    for stratum in dict.fromkeys(strata):
        rows = [k for k in range(len(z)) if strata[k] == stratum]
        units = list(dict.fromkeys(psus[k] for k in rows))
        z_totals = [fsum(z[k] for k in rows if psus[k] == unit) for unit in units]
        u_totals = [fsum(u[k] for k in rows if psus[k] == unit) for unit in units]
        n, big_n = len(units), population[stratum]
        if n == big_n:
            continue
        z_mean, u_mean = fsum(z_totals) / n, fsum(u_totals) / n
        products = fsum((a - z_mean) * (b - u_mean) for a, b in zip(z_totals, u_totals, strict=True))
        result += (1 - n / big_n) * n / (n - 1) * products
    return result


def variance_in_stages(
    z: Sequence[float],
    units: Sequence[Sequence[Hashable]],
    population: Sequence[Sequence[float]],
    strata: Sequence[Hashable],
    rule: str,
) -> float:
    """Variance of the total of z: the units of the first stage in their strata, and f_h of what is within each of them.

    Särndal, Swensson and Wretman (1992), result 4.3.1. `rule` is what a stratum with one unit of several adds.
    """
    groups = [[k for k in range(len(z)) if strata[k] == stratum] for stratum in dict.fromkeys(strata)]
    lonely = [len({units[0][k] for k in rows}) == 1 < population[0][rows[0]] for rows in groups]
    usable = len(groups) - sum(lonely)
    result, extra = 0.0, 1.0
    if rule == "average":  # of none there is no average
        extra = len(groups) / usable if usable else nan
    for rows, alone in zip(groups, lonely, strict=True):
        members = list(dict.fromkeys(units[0][k] for k in rows))
        totals = [fsum(z[k] for k in rows if units[0][k] == unit) for unit in members]
        n, big_n = len(members), population[0][rows[0]]
        centre = 0.0 if alone and rule == "adjust" else fsum(totals) / n
        factor = 1.0 if n == 1 else n / (n - 1)
        result += extra * (1 - n / big_n) * factor * fsum((total - centre) ** 2 for total in totals)
        for unit in members if len(units) > 1 else ():
            own = [k for k in rows if units[0][k] == unit]
            deeper = [[stage[k] for k in own] for stage in units[1:]]
            sizes = [[stage[k] for k in own] for stage in population[1:]]
            result += n / big_n * variance_in_stages([z[k] for k in own], deeper, sizes, [0] * len(own), rule)
    return result


def srs_variance_of_mean(values: Sequence[float], population: int) -> float:
    """(1 - f) s^2 / n with s^2 over n - 1."""
    n = len(values)
    mean = fsum(values) / n
    return (1 - n / population) * fsum((value - mean) ** 2 for value in values) / (n - 1) / n


def residuals(z: Sequence[float], before: Sequence[float], after: Sequence[float], cells: Sequence[int]) -> list[float]:
    """z less w times the mean of z / w in the cell, weighted by the weights before."""
    result = []
    for k in range(len(z)):
        own = [j for j in range(len(z)) if cells[j] == cells[k]]
        mean = fsum(before[j] * z[j] / after[j] for j in own) / fsum(before[j] for j in own)
        result.append(z[k] - after[k] * mean)
    return result


def overlap_covariance(a: dict[str, float], b: dict[str, float], population: int) -> float:
    """Covariance of two means of simple random samples that share units, from their values by unit.

    r S_a S_b (m / (n_a n_b) - 1 / N): S over each whole sample, r over the m shared units.
    """
    shared = [unit for unit in a if unit in b]
    m = len(shared)
    a_mean, b_mean = fsum(a[unit] for unit in shared) / m, fsum(b[unit] for unit in shared) / m
    products = fsum((a[unit] - a_mean) * (b[unit] - b_mean) for unit in shared)
    a_squares = fsum((a[unit] - a_mean) ** 2 for unit in shared)
    b_squares = fsum((b[unit] - b_mean) ** 2 for unit in shared)
    if a_squares == 0 or b_squares == 0:
        return 0.0
    r = products / sqrt(a_squares * b_squares)
    return r * deviation(list(a.values())) * deviation(list(b.values())) * (m / (len(a) * len(b)) - 1 / population)


def deviation(values: Sequence[float]) -> float:
    mean = fsum(values) / len(values)
    return sqrt(fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
