"""The sampling design: how likely each unit was to be among those who answered, as variance needs it.

A design is strata with their population sizes, primary sampling units (PSUs) and the weight of every row. The polls
are taken as a simple random sample of boards without replacement from the frame: one stratum, every board its own
PSU. Not decided here: adjustments of weights (`weights`), and whether boards answered at random (nobody knows).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """For each of n rows its weight, its stratum and its PSU; for each of H strata its population of PSUs.

    `strata` are numbers from 0 to H - 1, `psus` from 0 to the number of PSUs less one, and a PSU lies in one stratum.
    `population` is infinite for a stratum that was drawn with replacement. A stratum of which not every PSU was
    sampled has two of them at least, as the variance within it cannot be estimated from one.
    """

    weights: Floats
    strata: Codes
    psus: Codes
    population: Floats

    def __post_init__(self) -> None:
        if not len(self.weights) == len(self.strata) == len(self.psus):
            raise ValueError("weights, strata and PSUs have different lengths")
        if not (np.isfinite(self.weights).all() and (self.weights >= 0).all()):
            raise ValueError("every weight must be a number from 0")
        stratum = self.stratum_of_psu
        if (stratum[self.psus] != self.strata).any():
            raise ValueError("a PSU must lie in one stratum")
        if ((self.sampled < 2) & (self.sampled < self.population)).any():
            raise ValueError("every stratum needs two sampled units at least")
        if (self.sampled > self.population).any():
            raise ValueError("more units were sampled than the population of the stratum has")

    @property
    def stratum_of_psu(self) -> Codes:
        result = np.zeros(int(self.psus.max()) + 1, dtype=np.intp)
        result[self.psus] = self.strata
        return result

    @property
    def sampled(self) -> Floats:
        """n_h: the sampled PSUs of each stratum."""
        return np.bincount(self.stratum_of_psu, minlength=len(self.population)).astype(np.float64)

    @property
    def fractions(self) -> Floats:
        """f_h = n_h / N_h."""
        return np.asarray(self.sampled / self.population, dtype=np.float64)

    @property
    def degrees_of_freedom(self) -> int:
        """PSUs less strata."""
        return int(self.sampled.sum()) - len(self.population)


def simple_random(*, sampled: int, population: float) -> Design:
    """n units without replacement from N, each with the weight N / n."""
    return Design(
        weights=np.full(sampled, population / sampled),
        strata=np.zeros(sampled, dtype=np.intp),
        psus=np.arange(sampled),
        population=np.array([population], dtype=np.float64),
    )


def stratified(
    *,
    strata: Sequence[object],
    population: Sequence[float],
    weights: Sequence[float] | Floats,
    psus: Sequence[object] | None = None,
) -> Design:
    """A design from labels: for every row its stratum, its PSU, the population of PSUs in the stratum, its weight.

    Without `psus` every row is its own. The same label of a PSU in two strata is refused.
    """
    _, first, codes = np.unique(np.asarray(strata), return_index=True, return_inverse=True)
    sizes = np.asarray(population, dtype=np.float64)[first]
    if (sizes[codes] != np.asarray(population)).any():
        raise ValueError("the rows of a stratum give different population sizes")
    units = np.arange(len(codes)) if psus is None else np.unique(np.asarray(psus), return_inverse=True)[1]
    return Design(weights=np.asarray(weights, dtype=np.float64), strata=codes, psus=units, population=sizes)
