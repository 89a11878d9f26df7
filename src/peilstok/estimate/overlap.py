"""Covariance of estimates from two waves of which some boards answered both.

Both waves are simple random samples of n_a and n_b of the same N boards (or are so in every stratum h), of which m
answered both. Then

Cov = sum over h of  N^2 r S_a S_b (m / (n_a n_b) - 1 / N)

with S the standard deviation over boards of the linearised value and r their correlation over the m boards. Each wave
keeps its own finite population correction; the correction of the union is never used, as it makes intervals far too
short. Taking r S_a S_b for the covariance over the m boards keeps every correlation within -1 and 1 when m is small.
With the same boards in both it is `covariance.covariance` exactly. Other ways have names of their own (`Way`);
`docs/methods/change.md` has the reasons. Not decided here: whether two waves may be compared at all (breaks of a plan).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from peilstok.estimate.covariance import covariance
from peilstok.estimate.design import Floats, multistage, stratified
from peilstok.terms import UnitId

FEWEST: Final = 10
"""With fewer boards in both waves r cannot be told, and the waves are taken as separate samples."""


class Way(StrEnum):
    """How the covariance of two waves that share boards is estimated. The first is the one that is published."""

    OVERLAP = "overlap"  # the closed form with r S_a S_b; each wave has its finite population correction
    OVERLAP_COVARIANCE = "overlap_covariance"  # the same with the covariance over the m boards themselves
    INDEPENDENT = "independent"  # two separate samples, each with its finite population correction
    STACKED = "stacked"  # one file without correction, centred per wave and stratum
    STACKED_PLAIN = "stacked_plain"  # one file without correction, centred per stratum: R's `svydesign(id = ~board)`


_UNION: Final = (
    "the finite population correction of the stacked file is refused: it takes boards of one wave for boards of both, "
    "and its 95 percent intervals hold the truth in 84 percent of samples; choose one of "
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The boards of a wave and their n x k linearised values, drawn from `population` boards.

    Values of estimates that are weighted (post-stratified, raked, calibrated) are those after projection. Where boards
    were drawn in strata, `strata` has that of each board and `populations` the number of boards of each.
    """

    units: Sequence[UnitId]
    values: Floats
    population: int
    strata: Sequence[Hashable] = ()
    populations: Mapping[Hashable, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.units) != len(self.values) or (self.strata and len(self.strata) != len(self.units)):
            raise ValueError("boards, strata and linearised values of a wave have different lengths")
        if len(set(self.units)) < len(self.units):
            raise ValueError("a board stands in a wave twice")
        if missing := set(self.strata) - self.populations.keys():
            raise ValueError(f"stratum {min(map(str, missing))}: how many boards it has is not given")

    @property
    def labels(self) -> Sequence[Hashable]:
        """The stratum of each board; one for all where there are none."""
        return self.strata or [None] * len(self.units)

    def boards(self, stratum: Hashable) -> int:
        return self.populations[stratum] if self.strata else self.population

    @property
    def degrees_of_freedom(self) -> int:
        return len(self.units) - len(set(self.labels))


def joint_covariance(
    a: Sample, b: Sample, *, way: Way = Way.OVERLAP, own: tuple[Floats, Floats] | None = None
) -> Floats:
    """The covariances of k_a estimates of one wave and k_b of another, together: (k_a + k_b) x (k_a + k_b).

    `own` are those within each wave where its estimates have them already; the stacked ways have theirs of the stack.
    """
    if way is Way.STACKED:
        return _stacked(a, b)
    if way is Way.STACKED_PLAIN:
        return _stacked_plain(a, b)
    between = np.zeros((a.values.shape[1], b.values.shape[1]))
    if way is not Way.INDEPENDENT:
        between = covariance_between(a, b, way=way)
    of_a, of_b = own or (_within(a), _within(b))
    return np.block([[of_a, between], [between.T, of_b]])


def covariance_between(a: Sample, b: Sample, *, way: Way = Way.OVERLAP) -> Floats:
    """The k_a x k_b covariances of the estimates of one wave with those of another, by a closed form."""
    if way not in (Way.OVERLAP, Way.OVERLAP_COVARIANCE):
        raise ValueError(f"{way} has no closed form between two waves: ask for the joint covariance")
    result = np.zeros((a.values.shape[1], b.values.shape[1]))
    strata = [stratum for stratum in _strata(a, b) if stratum.in_a and stratum.varies]
    if sum(len(stratum.in_a) for stratum in strata) < FEWEST and not any(each.same for each in strata):
        return result
    pooled = np.empty(0) if all(each.told for each in strata) else _pooled(a, b, strata)
    for stratum in strata:
        result += _of_stratum(a, b, stratum, pooled, way)
    return result


def way_named(name: str) -> Way:
    """The way of this name. ValueError for others, among them the correction of the union, which is refused."""
    ways = ", ".join(Way)
    if name in ("stacked_fpc", "union_fpc"):
        raise ValueError(_UNION + ways)
    try:
        return Way(name)
    except ValueError:
        raise ValueError(f'"{name}" is no way to estimate a change: choose one of {ways}') from None


@dataclass(frozen=True, slots=True)
class _Stratum:
    """Rows of the boards of a stratum in each wave, rows of those in both in the same order, boards of the frame."""

    rows_a: list[int]
    rows_b: list[int]
    in_a: list[int]
    in_b: list[int]
    boards_a: int
    boards_b: int

    @property
    def varies(self) -> bool:
        return min(len(self.rows_a), len(self.rows_b)) > 1

    @property
    def same(self) -> bool:
        """The same boards answered both: their covariance is that of pairs, however few they are."""
        return len(self.in_a) == len(self.rows_a) == len(self.rows_b)

    @property
    def told(self) -> bool:
        """Whether r can be told of this stratum by itself."""
        return self.same or len(self.in_a) >= FEWEST

    @property
    def together(self) -> float:
        """m / (n_a n_b) - 1 / N, within what the two variances allow."""
        return _together(len(self.in_a), len(self.rows_a), len(self.rows_b), self.boards_a, self.boards_b)

    @property
    def most(self) -> float:
        return _most(len(self.rows_a), len(self.rows_b), self.boards_a, self.boards_b)


def correlation_of_estimates(shared: int, n_a: int, n_b: int, boards_a: int, boards_b: int) -> float:
    """By what the correlation over the m shared boards is multiplied to become that of the two estimates; -1 to 1."""
    most = _most(n_a, n_b, boards_a, boards_b)
    return _together(shared, n_a, n_b, boards_a, boards_b) / most if most else 0.0


def _together(shared: int, n_a: int, n_b: int, boards_a: int, boards_b: int) -> float:
    """m / (n_a n_b) - 1 / N.

    Where the frames differ by a merger or two, the larger one counts, and no correlation leaves -1 to 1.
    """
    between, most = shared / (n_a * n_b) - 1 / max(boards_a, boards_b), _most(n_a, n_b, boards_a, boards_b)
    return min(max(between, -most), most)


def _most(n_a: int, n_b: int, boards_a: int, boards_b: int) -> float:
    """The root of the two 1 / n - 1 / N, by which variances over boards give those of means."""
    return math.sqrt(max((1 / n_a - 1 / boards_a) * (1 / n_b - 1 / boards_b), 0.0))


def _strata(a: Sample, b: Sample) -> Iterator[_Stratum]:
    """The strata that occur in both waves. ValueError where a board changed its stratum."""
    place, of_b = {unit: at for at, unit in enumerate(b.units)}, b.labels
    for unit, stratum in zip(a.units, a.labels, strict=True):
        if unit in place and of_b[place[unit]] != stratum:
            raise ValueError(f"board {unit} is in strata {stratum} and {of_b[place[unit]]}: take those of one frame")
    for stratum in dict.fromkeys(a.labels):
        rows_a = [at for at, label in enumerate(a.labels) if label == stratum]
        rows_b = [at for at, label in enumerate(of_b) if label == stratum]
        in_a = [at for at in rows_a if a.units[at] in place]
        if rows_b:
            in_b = [place[a.units[at]] for at in in_a]
            yield _Stratum(rows_a, rows_b, in_a, in_b, a.boards(stratum), b.boards(stratum))


def _of_stratum(a: Sample, b: Sample, stratum: _Stratum, pooled: Floats, way: Way) -> Floats:
    # A linearised value holds the weight N / n; without it, and times N, it is on the scale of a mean.
    n_a, n_b = len(stratum.rows_a), len(stratum.rows_b)
    deviations = np.outer(_deviation(a.values[stratum.rows_a]) * n_a, _deviation(b.values[stratum.rows_b]) * n_b)
    own_a, own_b = a.values[stratum.in_a], b.values[stratum.in_b]
    if way is Way.OVERLAP or not stratum.told:
        r = _correlation(own_a, own_b) if stratum.told else pooled
        return np.asarray(r * deviations * stratum.together, dtype=np.float64)
    most = deviations * stratum.most
    own = _centred(own_a).T @ _centred(own_b) / (len(own_a) - 1) * n_a * n_b
    return np.asarray(np.clip(own * stratum.together, -most, most), dtype=np.float64)


def _pooled(a: Sample, b: Sample, strata: Sequence[_Stratum]) -> Floats:
    """The correlation over the shared boards of all strata, of deviations within each."""
    in_a = np.concatenate([_centred(a.values[each.in_a]) for each in strata])
    in_b = np.concatenate([_centred(b.values[each.in_b]) for each in strata])
    return _correlation(in_a, in_b)


def _within(sample: Sample) -> Floats:
    """The covariances within a wave, with its finite population correction."""
    population = [sample.boards(stratum) for stratum in sample.labels]
    labels = [str(stratum) for stratum in sample.labels]
    design = stratified(strata=labels, population=population, weights=np.ones(len(population)))
    return covariance(sample.values, design)


def _stacked(a: Sample, b: Sample) -> Floats:
    """Sums over boards of products of deviations, each from the mean of its wave and stratum, times n / (n - 1)."""
    deviations_a, deviations_b = _scaled(a), _scaled(b)
    place = {unit: at for at, unit in enumerate(b.units)}
    in_a = [at for at, unit in enumerate(a.units) if unit in place]
    in_b = [place[a.units[at]] for at in in_a]
    between = deviations_a[in_a].T @ deviations_b[in_b]
    return np.block([[deviations_a.T @ deviations_a, between], [between.T, deviations_b.T @ deviations_b]])


def _scaled(sample: Sample) -> Floats:
    result = np.empty_like(sample.values)
    for stratum in dict.fromkeys(sample.labels):
        rows = [at for at, label in enumerate(sample.labels) if label == stratum]
        if len(rows) == 1:
            raise ValueError(f"stratum {stratum} has one board in a wave: no deviation can be told")
        result[rows] = _centred(sample.values[rows]) * math.sqrt(len(rows) / (len(rows) - 1))
    return result


def _stacked_plain(a: Sample, b: Sample) -> Floats:
    """Each board once, with what it says in either wave beside each other and 0 where it did not answer."""
    strata = dict(zip(b.units, b.labels, strict=True)) | dict(zip(a.units, a.labels, strict=True))
    list(_strata(a, b))  # that no board changed its stratum
    place = {unit: at for at, unit in enumerate(strata)}
    k = a.values.shape[1]
    values = np.zeros((len(strata), k + b.values.shape[1]))
    values[[place[unit] for unit in a.units], :k] = a.values
    values[[place[unit] for unit in b.units], k:] = b.values
    labels = [str(stratum) for stratum in strata.values()]
    design = multistage(units=[np.arange(len(strata))], strata=[labels], weights=np.ones(len(strata)))
    return covariance(values, design)


def _deviation(values: Floats) -> Floats:
    return np.asarray(values.std(axis=0, ddof=1), dtype=np.float64)


def _centred(values: Floats) -> Floats:
    return np.asarray(values - values.mean(axis=0), dtype=np.float64)


def _correlation(a: Floats, b: Floats) -> Floats:
    """Of every column of a with every column of b; 0 with a column that does not vary."""
    a, b = _centred(a), _centred(b)
    lengths = np.outer(np.sqrt((a**2).sum(axis=0)), np.sqrt((b**2).sum(axis=0)))
    products = a.T @ b
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
