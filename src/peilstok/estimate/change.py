"""Covariance of estimates from two waves of which some boards answered both.

Both waves are simple random samples of n_a and n_b of the same N boards, of which m answered both. Then

Cov = N^2 r S_a S_b (m / (n_a n_b) - 1 / N)

with S the standard deviation over boards of the linearised value and r their correlation over the m boards. Each wave
keeps its own finite population correction; the correction of the union is never used, as it makes intervals far too
short. Taking r S_a S_b for the covariance over the m boards keeps every correlation within -1 and 1 when m is small.
With the same boards in both it is `covariance.covariance` exactly. `docs/methods/change.md` has the reasons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peilstok.estimate.design import Floats
from peilstok.terms import UnitId

FEWEST: Final = 10
"""With fewer boards in both waves r cannot be told, and the waves are taken as separate samples."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The boards of a wave and their n x k linearised values, drawn from `population` boards."""

    units: Sequence[UnitId]
    values: Floats
    population: int


def covariance_between(a: Sample, b: Sample) -> Floats:
    """The k_a x k_b covariances of the estimates of one wave with those of another."""
    place = {unit: at for at, unit in enumerate(b.units)}
    both = [(at, place[unit]) for at, unit in enumerate(a.units) if unit in place]
    if len(both) < FEWEST:
        return np.zeros((a.values.shape[1], b.values.shape[1]))
    in_a, in_b = (list(each) for each in zip(*both, strict=True))
    n_a, n_b = len(a.units), len(b.units)
    # A linearised value holds the weight N / n; without it, and times N, it is on the scale of a mean.
    deviations = np.outer(_deviation(a.values) * n_a, _deviation(b.values) * n_b)
    # Where the frames differ by a merger or two, the larger one counts, and no correlation leaves -1 to 1.
    most = math.sqrt(_uncertain(a) * _uncertain(b))
    together = min(max(len(both) / (n_a * n_b) - 1 / max(a.population, b.population), -most), most)
    return np.asarray(_correlation(a.values[in_a], b.values[in_b]) * deviations * together, dtype=np.float64)


def _uncertain(sample: Sample) -> float:
    """1 / n - 1 / N: what a variance over boards is multiplied by to give that of a mean; 0 when all answered."""
    return 1 / len(sample.units) - 1 / sample.population


def _deviation(values: Floats) -> Floats:
    return np.asarray(values.std(axis=0, ddof=1), dtype=np.float64)


def _correlation(a: Floats, b: Floats) -> Floats:
    """Of every column of a with every column of b; 0 with a column that does not vary."""
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    lengths = np.outer(np.sqrt((a**2).sum(axis=0)), np.sqrt((b**2).sum(axis=0)))
    products = a.T @ b
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
