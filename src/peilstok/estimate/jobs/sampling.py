"""From a job to a sample: the design of its rows, the weighting step by step, and replicate weights.

Not decided here: what is estimated (`estimands`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from peilstok.estimate import adjustments, contrasts, resampling
from peilstok.estimate.adjustments import Adjustment, Chain, Step, chained
from peilstok.estimate.calibration import Calibrated, Distance, calibrate
from peilstok.estimate.covariance import covariance
from peilstok.estimate.design import Codes, Design, Floats, Lonely, multistage
from peilstok.estimate.jobs import data, file
from peilstok.estimate.jobs.data import Mask, Table
from peilstok.estimate.raking import Raked, rake
from peilstok.estimate.replicates import Replicates, of_weights
from peilstok.estimate.unfit import Unfit


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The rows of a job with their design and weights. `fixed` steps were taken on the full sample alone; the `again`
    steps are repeated with the weights of each replicate. `replicates_given`: those came from a file, which for R is
    a design without chances.
    """

    table: Table
    design: Design
    fixed: Chain
    chain: Chain  # the fixed steps and those that are repeated
    again: tuple[Step, ...] = ()
    replicates: Replicates | None = None
    replicates_given: bool = False
    repeatable: tuple[Step, ...] = ()  # all steps, as they would be taken in a replicate

    @property
    def weights(self) -> Floats:
        return self.chain.after

    @property
    def weighted(self) -> Design:
        """The design with the weights after adjustment."""
        return replace(self.design, weights=self.weights)

    def reweighted(self, weights: Floats) -> Floats:
        """A replicate's weights after the steps that are repeated."""
        return chained(weights, self.again).after

    @property
    def before_iterations(self) -> Sample:
        """Without the iterated calibrations at the end: R counts the degrees of freedom of replicates before those."""
        last = max((k + 1 for k, step in enumerate(self.again) if not _iterated(step)), default=0)
        return replace(self, again=self.again[:last])

    def covariance(self, values: Floats, inside: Mask | None = None) -> Floats:
        """What a rule says of lonely units in domains is said only before adjustment: after it all rows stay in (R)."""
        return covariance(self.chain.project(values), self.design, None if self.chain.adjustments else inside)

    def rows_of(self, inside: Mask) -> int:
        """The rows that R counts in a domain: all of them when weights were adjusted, but not those of replicates."""
        everywhere = self.chain.adjustments and self.replicates is None
        return self.table.rows if everywhere else int(inside.sum())


def _iterated(step: Step) -> bool:
    return isinstance(step, Calibration) and step.iterated


def sample(job: file.Job, folder: Path) -> Sample:
    """The sample of a job whose paths are relative to `folder`."""
    table = data.read(folder / job.dataset)
    for name, meaning in job.estimand.derived.items():
        table = table.with_numbers(name, _constant(name, meaning, table.rows))
    for step in job.calibration:
        if isinstance(step, file.NonresponseCells):
            table = _respondents(table, step)
    design = _design(job.design, table)
    made = job.replicates is not None and job.replicates.source == "construct"
    steps = [
        (_step(step, table, design), made or step.each_replicate)
        for step in job.calibration
        if not isinstance(step, file.NonresponseCells)
    ]
    first = next((place for place, (_, again) in enumerate(steps) if again), len(steps))
    fixed = chained(design.weights, [step for step, _ in steps[:first]])
    then = chained(fixed.after, [step for step, _ in steps[first:]])
    return Sample(
        table=table,
        design=design,
        fixed=fixed,
        chain=Chain(fixed.before, (*fixed.adjustments, *then.adjustments)),
        again=tuple(_repeated(step, done) for (step, _), done in zip(steps[first:], then.adjustments, strict=True)),
        replicates=_replicates(job.replicates, design, folder) if job.replicates else None,
        replicates_given=job.replicates is not None and not made,
    )


def of_table(table: Table, design: file.Design) -> Sample:
    """The sample of a table, not weighted yet."""
    made = _design(design, table)
    chain = Chain(made.weights, ())
    return Sample(table=table, design=made, fixed=chain, chain=chain)


def adjusted(sample: Sample, step: file.PostStratify | file.Rake | file.Calibrate) -> Sample:
    """The sample after one more step of weighting."""
    made = _step(step, sample.table, sample.design)
    done = made(sample.weights)
    chain = Chain(sample.chain.before, (*sample.chain.adjustments, done))
    repeatable = (*sample.repeatable, _repeated(made, done))
    if sample.replicates is not None:
        return replace(sample, chain=chain, again=(*sample.again, repeatable[-1]), repeatable=repeatable)
    return replace(sample, fixed=chain, chain=chain, repeatable=repeatable)


def _constant(name: str, meaning: str, rows: int) -> Floats:
    kind, _, value = meaning.partition(" ")
    if kind != "constant":
        raise ValueError(f"derived {name}: {meaning!r}; what can be derived is `constant 1`")
    return np.full(rows, float(value))


def _respondents(table: Table, step: file.NonresponseCells) -> Table:
    codes, _ = table.crossed(step.by)
    responded = table.numbers(step.responded)
    weights = adjustments.nonresponse(codes, responded, before=table.numbers(step.base_weight))
    return table.with_numbers(step.output_weight, weights).subset(responded != 0)


def _design(design: file.Design, table: Table) -> Design:
    if not design.weights and 0 < len(design.fpc) < len(design.ids):
        raise ValueError(f"without weights fpc needs a column for each of the {len(design.ids)} stages")
    known = [table.numbers(name) for name in design.fpc]
    fractions = design.fpc_kind == "sampling_fraction" or design.pps is not None
    return multistage(
        units=[table.column(name).values for name in design.ids] or [np.arange(table.rows)],
        strata=[table.column(name).values for name in design.strata],
        weights=table.numbers(design.weights) if design.weights else None,
        population=[] if fractions else known,
        fractions=known if fractions else [],
        nest=design.nest,
        unequal=design.pps is not None,
        lonely=Lonely(design.lonely_psu),
        lonely_in_domains=design.domain_lonely_adjust,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Raking:
    """A step that rakes."""

    margins: list[Codes]
    totals: list[Floats]
    rounds: int
    epsilon: float

    def __call__(self, before: Floats) -> Raked:
        return rake(self.margins, self.totals, before=before, rounds=self.rounds, epsilon=self.epsilon)


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


def _repeated(step: Step, done: Adjustment) -> Step:
    """The step as it is taken with the weights of a replicate: as many rounds of raking as the full sample had (R)."""
    if isinstance(step, _Raking) and isinstance(done, Raked):
        return replace(step, rounds=done.rounds, epsilon=0.0)
    return step


def _step(step: file.PostStratify | file.Rake | file.Calibrate, table: Table, design: Design) -> Step:
    if isinstance(step, file.PostStratify):
        codes, totals = _margin(step, table)
        return lambda before: adjustments.post_stratified(codes, totals, before=before)
    if isinstance(step, file.Rake):
        margins = [_margin(margin, table) for margin in step.margins]
        codes_of, totals_of = [codes for codes, _ in margins], [totals for _, totals in margins]
        return _Raking(codes_of, totals_of, step.maxit, step.epsilon)
    return _calibration(step, table, design)


def _margin(margin: file.Margin, table: Table) -> tuple[Codes, Floats]:
    """The cell of every row, and the known total of each cell that occurs."""
    codes, cells = table.crossed(margin.by)
    if (codes < 0).any():
        raise ValueError(f"{', '.join(margin.by)}: row {int(np.argmax(codes < 0)) + 1} is in no cell")
    totals = {tuple(data.named(each[name]) for name in margin.by): _total(each) for each in margin.totals}
    for cell in cells:
        if cell not in totals:
            raise Unfit("C002", f"{', '.join(margin.by)}: no total of {', '.join(cell)}, which has rows")
    for cell, total in totals.items():
        if cell not in cells and total:
            raise Unfit("C002", f"{', '.join(margin.by)}: a total of {', '.join(cell)}, which has no rows")
    return codes, np.array([totals[cell] for cell in cells])


def _total(given: dict[str, file.Level]) -> float:
    value = given.get("total", given.get("Freq"))
    if not isinstance(value, int | float):
        raise ValueError(f"a total of {given} is missing: total")
    return float(value)


def _calibration(step: file.Calibrate, table: Table, design: Design) -> Step:
    groups = _groups(step.within, table)
    found = [
        (f"{name} in {group.name}" if group.levels else name, column * group.inside, known)
        for constraint in step.constraints
        for name, column, total in _constraints(constraint, table)
        for group, known in zip(groups, _in_groups(total, groups, step.within, name), strict=True)
    ]
    low, high = step.bounds or (None, None)
    return Calibration(
        columns=np.column_stack([column for _, column, _ in found]),
        totals=[total for *_, total in found],
        names=[name for name, *_ in found],
        distance=step.calfun,
        bounds=(-np.inf if low is None else low, np.inf if high is None else high),
        groups=None if step.aggregate_stage is None else design.stages[step.aggregate_stage - 1].units,
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
    codes, cells = table.crossed(within)
    if (codes < 0).any():
        raise ValueError(f"within {', '.join(within)}: row {int(np.argmax(codes < 0)) + 1} has no value, so no totals")
    return [_Group(cell, (codes == place).astype(np.float64)) for place, cell in enumerate(cells)]


def _constraints(constraint: file.Constraint, table: Table) -> list[tuple[str, Floats, file.Known]]:
    """Name, column and total of every constraint that this one stands for."""
    if constraint.kind == "intercept":
        return [("(Intercept)", np.ones(table.rows), total) for _, total in constraint.each]
    if constraint.variable is None:
        raise ValueError(f"a constraint of the kind {constraint.kind} needs its variable")
    if constraint.kind == "numeric":
        return [(constraint.variable, table.numbers(constraint.variable), total) for _, total in constraint.each]
    levels, found = table.levels(constraint.variable), []
    for level, total in constraint.each:
        if level is None:
            raise ValueError(f"{constraint.variable}: a constraint of the kind {constraint.kind} needs its level")
        column = (levels.values == levels.code_of(level)).astype(np.float64)
        found.append((f"{constraint.variable}{data.named(level)}", column, total))
    return found


def _in_groups(total: file.Known, groups: Sequence[_Group], within: Sequence[str], name: str) -> list[float]:
    """One number holds in each group. Others are by the group: {"north.public": 9}, or with its levels by column."""
    if isinstance(total, int | float):
        return [float(total)] * len(groups)
    if not within:
        raise ValueError(f"{name}: one total is wanted; several are for groups, which `within` names")
    known = total if isinstance(total, dict) else {_group_of(each, within, name): _total(each) for each in total}
    missing = [group.name for group in groups if group.name not in known]
    if missing:
        raise Unfit("C002", f"{name}: no total within {missing[0]}, which has rows; there are {', '.join(known)}")
    without = [each for each, value in known.items() if value and each not in {group.name for group in groups}]
    if without:
        raise Unfit("C002", f"{name}: a total within {without[0]}, which has no rows")
    return [float(known[group.name]) for group in groups]


def _group_of(given: dict[str, file.Level], within: Sequence[str], name: str) -> str:
    if set(given) - {"total", "Freq"} != set(within):
        raise ValueError(f"{name}: {given} should have {', '.join(within)} and total")
    return ".".join(data.named(given[column]) for column in within)


def _replicates(given: file.Replicates, design: Design, folder: Path) -> Replicates:
    if given.source == "construct":
        return replace(_made(given, design), mse=given.mse)
    assert given.file is not None  # the model sees to it
    table = data.read(folder / given.file)
    factors = np.column_stack([column.numbers for column in table.columns.values()])
    if given.combined_weights:
        factors = of_weights(factors, design.weights, rscales=np.ones(factors.shape[1])).factors
    count = factors.shape[1]
    return Replicates(factors=factors, scale=_scale(given, count), rscales=_rscales(given, count), mse=given.mse)


def _made(given: file.Replicates, design: Design) -> Replicates:
    match given.type:
        case "BRR":
            return resampling.balanced(design)
        case "Fay":
            return resampling.fay(design, rho=given.fay_rho or 0.0)
    return resampling.jackknife(design)


def _scale(given: file.Replicates, count: int) -> float:
    """As it was given, or as the kind of replicates has it."""
    if given.scale is not None:
        return _worked_out(given.scale, given, count)
    if given.type in {"Fay", "BRR"}:
        return 1 / (count * (1 - (given.fay_rho or 0.0)) ** 2)
    return 1.0


def _rscales(given: file.Replicates, count: int) -> Floats:
    if isinstance(given.rscales, tuple):
        if len(given.rscales) != count:
            raise ValueError(f"replicates.rscales: {len(given.rscales)} for {count} replicates")
        return np.array(given.rscales)
    each = given.rscales.removeprefix("all ") if isinstance(given.rscales, str) else given.rscales
    return np.full(count, 1.0 if each is None else _worked_out(each, given, count))


def _worked_out(written: float | str, given: file.Replicates, count: int) -> float:
    """A number, or an expression in the number of replicates R and rho: 1/(R*(1-rho)^2)."""
    if not isinstance(written, str):
        return float(written)
    squares = re.sub(r"(\([^()]*\)|\w+)\^2", r"(\1*\1)", written)
    return contrasts.evaluated(squares, {"R": float(count), "rho": given.fay_rho or 0.0}).value
