"""The steps of weighting of a job as functions of weights: post-stratification, raking, calibration, within groups.

Not decided here: on which rows, in what order, and which steps are repeated with the weights of each replicate
(`sampling`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from peilstok.estimate import adjustments
from peilstok.estimate.adjustments import Adjustment, Step
from peilstok.estimate.calibration import Calibrated, Distance, calibrate
from peilstok.estimate.design import Codes, Design, Floats
from peilstok.estimate.raking import Raked, rake
from peilstok.estimate.survey import data, designed, keys
from peilstok.estimate.survey.data import Table
from peilstok.estimate.unfit import Unfit


@dataclass(frozen=True, slots=True, eq=False)
class _Raking:
    """A step that rakes."""

    margins: list[Codes]
    totals: list[Floats]
    names: list[str]
    rounds: int
    epsilon: float

    def __call__(self, before: Floats) -> Raked:
        return rake(
            self.margins, self.totals, before=before, rounds=self.rounds, epsilon=self.epsilon, names=self.names
        )


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A step that calibrates. `iterated`: not the linear distance without bounds, which is solved at once."""

    columns: Floats
    totals: list[float]
    names: list[str]
    distance: Distance
    bounds: tuple[float, float]
    groups: Codes | None
    exact: float
    rounds: int

    @property
    def iterated(self) -> bool:
        return self.distance != "linear" or bool(np.isfinite(self.bounds).any())

    def __call__(self, before: Floats) -> Calibrated:
        return calibrate(
            self.columns,
            self.totals,
            before=before,
            distance=self.distance,
            bounds=self.bounds,
            groups=self.groups,
            exact=self.exact,
            rounds=self.rounds,
            names=self.names,
        )


def repeated(step: Step, done: Adjustment) -> Step:
    """The step as it is taken with the weights of a replicate: as many rounds of raking as the full sample had (R)."""
    if isinstance(step, _Raking) and isinstance(done, Raked):
        return replace(step, rounds=done.rounds, epsilon=0.0)
    return step


def step_of(step: designed.PostStratify | designed.Rake | designed.Calibrate, table: Table, design: Design) -> Step:
    if isinstance(step, designed.PostStratify):
        codes, totals = _margin(step, table)
        return lambda before: adjustments.post_stratified(codes, totals, before=before)
    if isinstance(step, designed.Rake):
        margins = [_margin(margin, table) for margin in step.margins]
        codes_of, totals_of = [codes for codes, _ in margins], [totals for _, totals in margins]
        return _Raking(codes_of, totals_of, [", ".join(each.by) for each in step.margins], step.maxit, step.epsilon)
    return _calibration(step, table, design)


def _margin(margin: designed.Margin, table: Table) -> tuple[Codes, Floats]:
    """The cell of every row, and the known total of each cell that occurs."""
    codes, cells = cells_of(margin.by, table)
    by = ", ".join(margin.by)
    totals = once(by, [(tuple(data.named(each[name]) for name in margin.by), _total(each)) for each in margin.totals])
    for cell, total in totals.items():
        if not 0 <= total < np.inf:
            raise Unfit("C007", f"{by}: the total of {', '.join(cell)} is {total:g}; a number from 0 is wanted")
    for cell in cells:
        if cell not in totals:
            raise Unfit("C002", f"{', '.join(margin.by)}: no total of {', '.join(cell)}, which has rows")
    for cell, total in totals.items():
        if cell not in cells and total:
            raise Unfit("C002", f"{', '.join(margin.by)}: a total of {', '.join(cell)}, which has no rows")
    return codes, np.array([totals[cell] for cell in cells])


def cells_of(by: Sequence[str], table: Table) -> tuple[Codes, tuple[tuple[str, ...], ...]]:
    """The cell of every row, as `Table.crossed`; every row must be in one."""
    codes, cells = table.crossed(by)
    if (codes < 0).any():
        row = int(np.argmax(codes < 0)) + 1
        raise Unfit("C006", f"{', '.join(by)}: row {row} has no value, so it is in no cell; every row needs one")
    return codes, cells


def filled(table: Table, name: str) -> Floats:
    """The numbers of a column of which every row must have one."""
    _filled(table.column(name))
    return table.numbers(name)


def _filled(column: data.Column) -> None:
    known = column.known
    if not known.all():
        row = int(np.argmin(known)) + 1
        raise Unfit("C006", f"{column.name}: row {row} has no value; to weight by it every row needs one")


def once(where: str, given: Sequence[tuple[Any, float]]) -> dict[Any, float]:
    """Totals by their cell, each of which may be given once."""
    found: dict[Any, float] = {}
    for cell, total in given:
        if cell in found:
            name = cell if isinstance(cell, str) else ", ".join(cell)
            both = f"{found[cell]:g} and {total:g}"
            raise Unfit("C008", f"{where}: the total of {name} is given twice, {both}; one is wanted")
        found[cell] = total
    return found


def _total(given: dict[str, keys.Level]) -> float:
    value = given.get("total", given.get("Freq"))
    if not isinstance(value, int | float):
        raise ValueError(f"a total of {given} is missing: total")
    return float(value)


def _calibration(step: designed.Calibrate, table: Table, design: Design) -> Step:
    groups = _groups(step.within, table)
    found = [
        (f"{name} in {group.name}" if group.levels else name, column * group.inside, known)
        for constraint in step.constraints
        for name, column, total in _constraints(constraint, table)
        for group, known in zip(groups, _in_groups(total, groups, step.within, name), strict=True)
    ]
    for name, total in once("constraints", [(name, total) for name, _, total in found]).items():
        if not np.isfinite(total):
            raise Unfit("C007", f"{name}: the total is {total:g}; a number is wanted")
    stages, aggregate = len(design.stages), step.aggregate_stage
    if aggregate is not None and aggregate > stages:
        why = "the stages of the design that have a population; without populations the first alone counts"
        raise Unfit("C005", f"aggregate_stage {aggregate}: there is {stages}, of {why}")
    low, high = step.bounds or (None, None)
    return Calibration(
        columns=np.column_stack([column for _, column, _ in found]),
        totals=[total for *_, total in found],
        names=[name for name, *_ in found],
        distance=step.calfun,
        bounds=(-np.inf if low is None else low, np.inf if high is None else high),
        groups=None if aggregate is None else design.stages[aggregate - 1].units,
        exact=step.epsilon,
        rounds=step.maxit,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Rows in which a set of constraints holds by itself: one level of each column of `within`; or all rows."""

    levels: tuple[str, ...]
    inside: Floats

    @property
    def name(self) -> str:
        return ".".join(self.levels)


def _groups(within: Sequence[str], table: Table) -> list[_Group]:
    if not within:
        return [_Group((), np.ones(table.rows))]
    codes, cells = cells_of(within, table)
    return [_Group(cell, (codes == place).astype(np.float64)) for place, cell in enumerate(cells)]


def _constraints(constraint: designed.Constraint, table: Table) -> list[tuple[str, Floats, keys.Known]]:
    """Name, column and total of every constraint that this one stands for."""
    if constraint.kind == "intercept":
        return [("(Intercept)", np.ones(table.rows), total) for _, total in constraint.each]
    if constraint.variable is None:
        raise ValueError(f"a constraint of the kind {constraint.kind} needs its variable")
    if constraint.kind == "numeric":
        return [(constraint.variable, filled(table, constraint.variable), total) for _, total in constraint.each]
    levels, found = table.levels(constraint.variable), []
    _filled(levels)
    for level, total in constraint.each:
        if level is None:
            raise ValueError(f"{constraint.variable}: a constraint of the kind {constraint.kind} needs its level")
        column = (levels.values == levels.code_of(level)).astype(np.float64)
        found.append((f"{constraint.variable}{data.named(level)}", column, total))
    return found


def _in_groups(total: keys.Known, groups: Sequence[_Group], within: Sequence[str], name: str) -> list[float]:
    """One number holds in each group. Others are by the group: {"north.public": 9}, or with its levels by column."""
    if isinstance(total, int | float):
        return [float(total)] * len(groups)
    if not within:
        raise ValueError(f"{name}: one total is wanted; several are for groups, which `within` names")
    listed = [] if isinstance(total, dict) else [(_group_of(each, within, name), _total(each)) for each in total]
    known = total if isinstance(total, dict) else once(name, listed)
    missing = [group.name for group in groups if group.name not in known]
    if missing:
        raise Unfit("C002", f"{name}: no total within {missing[0]}, which has rows; there are {', '.join(known)}")
    without = [each for each, value in known.items() if value and each not in {group.name for group in groups}]
    if without:
        raise Unfit("C002", f"{name}: a total within {without[0]}, which has no rows")
    return [float(known[group.name]) for group in groups]


def _group_of(given: dict[str, keys.Level], within: Sequence[str], name: str) -> str:
    if set(given) - {"total", "Freq"} != set(within):
        raise ValueError(f"{name}: {given} should have {', '.join(within)} and total")
    return ".".join(data.named(given[column]) for column in within)
