"""Change between two samples that share units: two waves of a poll."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from peilstok.estimate import change as changes
from peilstok.estimate import overlap
from peilstok.estimate.design import Codes, Floats
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
    chosen, labels = way_named(way), [_labels(each.basis.sample, unit) for each in (before, after)]
    a, b = (_wave(found, of_rows) for found, of_rows in zip((before, after), labels, strict=True))
    df = tuple(max(min(each), 1) for each in zip(_df(before), _df(after), strict=True))
    units = (_units(found, of_rows) for found, of_rows in zip((before, after), labels, strict=True))
    found = changes.of_matrix(
        overlap.joint_covariance(a, b, way=chosen, own=(before.covariance, after.covariance)),
        before=before.values.tolist(),
        after=after.values.tolist(),
        df=df,
        shared=[len(one & other) for one, other in zip(*units, strict=True)],
        way=chosen,
    )
    return Changes(before.names, found, _limits(before, after, found), df)


def _limits(before: Found, after: Found, found: tuple[changes.Change, ...]) -> tuple[Floats, Floats]:
    if before.estimates.own_limits is None or after.estimates.own_limits is None:
        return np.array([each.absolute.low for each in found]), np.array([each.absolute.high for each in found])
    sides = [np.stack([side.values, *side.limits]) for side in (before, after)]
    return changes.limits_from_intervals(sides[0], sides[1], np.array([each.r for each in found]))


def _df(found: Found) -> list[int]:
    """Of each estimate, in its own domain."""
    sample = found.basis.sample
    if not found.basis.inside:
        return [found.df] * len(found.names)
    return [estimation.df_in(inside, sample) for inside in found.basis.inside]


def _units(found: Found, labels: Sequence[str]) -> list[set[str]]:
    """Of each estimate, the units that have rows in its domain; of functions of estimates all units."""
    of_rows, everywhere = np.array(labels), np.ones(len(labels), dtype=np.bool_)
    return [set(of_rows[inside].tolist()) for inside in found.basis.inside or [everywhere] * len(found.names)]


def _wave(found: Found, labels: Sequence[str]) -> overlap.Sample:
    sample = found.basis.sample
    if len(sample.design.stages) > 1 or sample.drawn.pps:
        raise ValueError("a change needs samples of one stage with equal chances in a stratum; stack the waves instead")
    if not sample.drawn.fpc:
        raise ValueError("a change needs the population of each wave: population=... of the sample")
    stage = sample.design.stages[0]
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
