"""The change of every figure of a wave since another, all at once, as a monitor shows it at every answer.

The same numbers as `change.change` with the overlap's closed form (`overlap`), of one figure at a time: the correlation
over the m boards that answered both waves is taken from sums over them (`moments`), for all figures in all domains
together, and not from n x k linearised values. With S n = se / sqrt(1 / n - 1 / N) the closed form becomes

    r se_a se_b (m / (n_a n_b) - 1 / N) / sqrt((1 / n_a - 1 / N)(1 / n_b - 1 / N))

Not decided here: whether two waves may be compared at all (breaks of a plan).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peilstok.estimate import moments
from peilstok.estimate.change import limits_from_intervals
from peilstok.estimate.columns import Columns
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.intervals import quantiles_t
from peilstok.estimate.moments import Masks, Measures
from peilstok.estimate.overlap import FEWEST, correlation_of_estimates
from peilstok.estimate.plan import figure_name
from peilstok.estimate.table import EstimateTable, Influence, Part
from peilstok.terms import DomainKey, FigureName


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Changes:
    """Of k figures that both waves have: now less before in the unit of the figure, with 95 percent intervals.

    Of shares, and of parts of a whole, they are made of the intervals of both waves (`change.from_intervals`), as a t
    interval is too short for rare ones; of others they are t intervals on the degrees of freedom of the wave with fewer
    boards. `r` is the correlation of the two estimates.
    """

    names: tuple[FigureName, ...]
    values: Floats
    se: Floats
    low: Floats
    high: Floats
    r: Floats
    shared: int


_OF_PART: Final = ("estimates", "se", "low", "high")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Side:
    """What one wave says at the boards of both: measures over them, their domains, and estimates of the whole wave.

    Shapes: `inside` m x d; `estimates`, `se`, `low` and `high` d x measures, nan where there is none; `whole` measures.
    """

    measures: Measures
    inside: Masks
    estimates: Floats
    se: Floats
    low: Floats
    high: Floats
    whole: Masks

    @property
    def own(self) -> Floats:
        """Estimates with the limits of their own intervals, 3 x d x measures."""
        return np.stack([self.estimates, self.low, self.high])

    @property
    def q(self) -> Floats:
        return moments.slopes(self.measures, self.estimates)

    def residuals(self, domain: int, place: int) -> Floats:
        """z but for its factor, of one figure."""
        slope = self.estimates[domain, place] if self.measures.ratio[place] else 0.0
        y, x = self.measures.y[:, place], self.measures.x[:, place]
        return np.asarray(self.inside[:, domain] * (y - slope * x), dtype=np.float64)


def since(before: EstimateTable, now: EstimateTable) -> Changes:
    """The change of every figure, as answered and of boards, that has a standard error in both tables."""
    a, b = before.influence, now.influence
    rows = _shared(a, b)
    keys = tuple(key for key in b.domains if key in a.domains)
    of_a = {part.name: part for part in a.parts}
    parts = [(of_a[part.name], part) for part in b.parts if part.name in of_a and _alike(of_a[part.name], part)]
    if not parts:
        nothing = np.zeros(0)
        return Changes(names=(), values=nothing, se=nothing, low=nothing, high=nothing, r=nothing, shared=len(rows[0]))
    earlier = _side(a, [part for part, _ in parts], rows[0], keys)
    later = _side(b, [part for _, part in parts], rows[1], keys)
    both = np.argwhere(~np.isnan(earlier.estimates + later.estimates).T)
    places, domains = both[:, 0], both[:, 1]
    r = _correlations(earlier, later, a, b)[domains, places]
    se_a, se_b = earlier.se[domains, places], later.se[domains, places]
    se = np.sqrt(np.maximum(se_a**2 + se_b**2 - 2 * r * se_a * se_b, 0.0))
    values = (later.estimates - earlier.estimates)[domains, places]
    half = quantiles_t(np.array([max(min(len(a.units), len(b.units)) - 1, 1)], dtype=np.float64)) * se
    low, high = values - half, values + half
    shares = (earlier.whole & later.whole)[places]
    own = [side.own[:, domains[shares], places[shares]] for side in (earlier, later)]
    low[shares], high[shares] = limits_from_intervals(own[0], own[1], r[shares])
    return Changes(
        names=tuple(figure_name(parts[place][1].name, keys[domain]) for place, domain in both.tolist()),
        values=values,
        se=se,
        low=low,
        high=high,
        r=r,
        shared=len(rows[0]),
    )


def _alike(a: Part, b: Part) -> bool:
    return (a.x is None) == (b.x is None)


def _shared(a: Influence, b: Influence) -> tuple[Codes, Codes]:
    """The rows in either wave of the boards that answered both, in the same order."""
    place = {unit: at for at, unit in enumerate(b.units)}
    pairs = [(at, place[unit]) for at, unit in enumerate(a.units) if unit in place]
    rows = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def _side(influence: Influence, parts: Sequence[Part], rows: Codes, keys: Sequence[DomainKey]) -> _Side:
    everybody = np.ones(len(rows), dtype=np.bool_)
    columns = [Columns(part.y[rows], None if part.x is None else part.x[rows], everybody) for part in parts]
    at = [influence.domains.index(key) for key in keys]
    found = {name: np.full((len(influence.domains), len(parts)), np.nan) for name in _OF_PART}
    for place, part in enumerate(parts):
        for name, numbers in found.items():
            numbers[part.domains, place] = getattr(part, name)
    return _Side(
        measures=moments.side_by_side(columns),
        inside=influence.inside[rows][:, at],
        whole=np.array([part.whole for part in parts]),
        **{name: numbers[at] for name, numbers in found.items()},
    )


def _correlations(earlier: _Side, later: _Side, a: Influence, b: Influence) -> Floats:
    """Of the two estimates of every figure, d x measures."""
    shared, sizes = len(earlier.inside), (len(a.units), len(b.units))
    of_estimates = correlation_of_estimates(shared, *sizes, a.population, b.population)
    if of_estimates == 0 or (shared < FEWEST and not shared == sizes[0] == sizes[1]):
        return np.zeros_like(earlier.estimates)
    (total_a, own_a, told_a), (total_b, own_b, told_b) = _own(earlier), _own(later)
    product = _product(earlier, later) - total_a * total_b / shared
    lengths = np.sqrt(np.maximum(own_a * own_b, 0.0))
    result = np.divide(product, lengths, out=np.zeros_like(product), where=lengths > 0)
    for domain, place in np.argwhere(~(told_a & told_b) & ~np.isnan(earlier.estimates + later.estimates)):
        result[domain, place] = _correlation(earlier.residuals(domain, place), later.residuals(domain, place))
    return np.asarray(result * of_estimates, dtype=np.float64)


def _own(side: _Side) -> tuple[Floats, Floats, Masks]:
    """Sums of z over the boards, of its squares about the mean, and whether those have kept their digits."""
    q, boards = side.q, len(side.inside)
    sums = moments.sums(side.measures, side.inside, np.zeros(boards, dtype=np.intp))
    squares, subtracted = moments.central(sums, q)
    return (sums.shifted + q * sums.x)[0], squares[0], moments.kept_digits(squares, subtracted)[0]


def _product(earlier: _Side, later: _Side) -> Floats:
    """Sums over the boards of the products of both z."""
    (y_a, x_a), (y_b, x_b) = ((side.measures.shifted, side.measures.x) for side in (earlier, later))
    columns = np.concatenate([y_a * y_b, y_a * x_b, x_a * y_b, x_a * x_b], axis=1)
    sums = (earlier.inside & later.inside).T.astype(np.float64) @ columns
    yy, yx, xy, xx = np.split(sums, 4, axis=1)
    return np.asarray(yy + later.q * yx + earlier.q * xy + earlier.q * later.q * xx, dtype=np.float64)


def _correlation(a: Floats, b: Floats) -> float:
    """0 where one of them does not vary."""
    a, b = a - a.mean(), b - b.mean()
    length = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / length if length else 0.0
