"""Change between two samples that share units: two waves of a poll."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from peilstok.estimate import change as changes
from peilstok.estimate import overlap
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.intervals import Interval
from peilstok.estimate.overlap import Way, way_named
from peilstok.estimate.survey import estimation
from peilstok.estimate.survey.found import Changes, Found
from peilstok.estimate.survey.sampling import Sample


def change(before: Found, after: Found, *, unit: str, way: str = Way.OVERLAP) -> Changes:
    """The change of estimates from one wave to the next; a unit that is in both has the same label in column `unit`.

    Both samples have one stage and their populations. Columns of strata must have the same levels in both. The interval
    is the t interval, or, where both shares have the interval of a share, made of those (`change.from_intervals`). For
    other designs stack the waves in one table, with the units as PSUs, and take a `contrast`. Degrees of freedom are
    the fewer of the two waves in the domain.
    """
    if not isinstance(before, Found) or not isinstance(after, Found):
        raise TypeError("a change is of totals, means, shares, ratios or contrasts; of quantiles there is none")
    if before.names != after.names:
        raise ValueError(f"a change is of the same estimates: {', '.join(before.names)}; {', '.join(after.names)}")
    a, b, chosen = _wave(before, unit), _wave(after, unit), way_named(way)
    df = tuple(max(min(each), 1) for each in zip(_df(before), _df(after), strict=True))
    found = changes.of_matrix(
        _joint(before, after, a, b, chosen),
        before=before.values.tolist(),
        after=after.values.tolist(),
        df=df,
        shared=_shared(before, after, unit),
        way=chosen,
    )
    own = before.estimates.own_limits is not None and after.estimates.own_limits is not None
    intervals = _from_intervals(before, after, found) if own else tuple(_t_interval(each) for each in found)
    return Changes(before.names, found, intervals, df)


def _df(found: Found) -> list[int]:
    """Of each estimate, in its own domain."""
    sample = found.basis.sample
    if not found.basis.inside:
        return [found.df] * len(found.names)
    return [estimation.df_in(inside, sample) for inside in found.basis.inside]


def _shared(before: Found, after: Found, unit: str) -> list[int]:
    """Of each estimate, the units that have rows in its domain in both waves; of functions of estimates all units."""
    return [len(a & b) for a, b in zip(_units(before, unit), _units(after, unit), strict=True)]


def _units(found: Found, unit: str) -> list[set[str]]:
    labels = np.array(_labels(found.basis.sample, unit))
    everywhere = np.ones(len(labels), dtype=np.bool_)
    domains = found.basis.inside or [everywhere] * len(found.names)
    return [set(labels[inside].tolist()) for inside in domains]


def _joint(before: Found, after: Found, a: overlap.Sample, b: overlap.Sample, way: Way) -> Floats:
    """Within each wave the covariance that its estimates have."""
    if way in {Way.STACKED, Way.STACKED_PLAIN}:
        return overlap.joint_covariance(a, b, way=way)
    between = np.zeros((len(before.names), len(after.names)))
    if way is not Way.INDEPENDENT:
        between = overlap.covariance_between(a, b, way=way)
    return np.block([[before.covariance, between], [between.T, after.covariance]])


def _wave(found: Found, unit: str) -> overlap.Sample:
    sample = found.basis.sample
    if len(sample.design.stages) > 1 or sample.drawn.pps:
        raise ValueError("a change needs samples of one stage with equal chances in a stratum; stack the waves instead")
    if not sample.drawn.fpc:
        raise ValueError("a change needs the population of each wave: population=... of the sample")
    stage, labels = sample.design.stages[0], _labels(sample, unit)
    _, first = np.unique(stage.units, return_index=True)
    values = np.zeros((len(first), len(found.names)))
    np.add.at(values, stage.units, found.basis.values)
    codes, levels = sample.table.crossed(sample.drawn.strata)
    strata = [".".join(levels[code]) for code in codes[first].tolist()]
    sizes = (stage.sampled / stage.fractions[np.unique(stage.strata, return_index=True)[1]])[stage.strata]
    populations: dict[Hashable, int] = dict(zip(strata, sizes.round().astype(int).tolist(), strict=True))
    return overlap.Sample(
        units=[labels[row] for row in first],
        values=values,
        population=sum(populations.values()),
        strata=strata,
        populations=populations,
    )


def _labels(sample: Sample, unit: str) -> list[str]:
    """The unit of every row; the rows of a PSU have one, and no other PSU has the same."""
    column = sample.table.levels(unit)
    if not column.known.all():
        raise ValueError(f"{unit}: row {int(np.argmin(column.known)) + 1} has no unit")
    codes: Codes = column.values.astype(np.intp)
    pairs = np.unique(np.column_stack([sample.design.stages[0].units, codes]), axis=0)
    if len(pairs) != len(np.unique(pairs[:, 0])) or len(pairs) != len(np.unique(pairs[:, 1])):
        raise ValueError(f"{unit} must name the sampling units: one label for each, and none twice")
    return [column.levels[code] for code in codes.tolist()]


def _t_interval(change: changes.Change) -> Interval:
    return Interval(change.absolute.low, change.absolute.high, "t")


def _from_intervals(before: Found, after: Found, found: tuple[changes.Change, ...]) -> tuple[Interval, ...]:
    sides = [
        [Interval(low, high, "logit") for low, high in zip(*(each.tolist() for each in side.limits), strict=True)]
        for side in (before, after)
    ]
    return tuple(
        changes.from_intervals(before=each.before, of_before=a, after=each.after, of_after=b, r=each.r)
        for each, a, b in zip(found, *sides, strict=True)
    )
