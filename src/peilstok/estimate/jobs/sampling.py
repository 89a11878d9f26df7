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
from peilstok.estimate.adjustments import Chain, Step, chained
from peilstok.estimate.covariance import covariance
from peilstok.estimate.design import Design, Floats, Lonely, multistage
from peilstok.estimate.jobs import data, file
from peilstok.estimate.jobs.data import Mask, Table
from peilstok.estimate.jobs.weighting import Calibration, cells_of, filled, repeated, step_of
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
        (step_of(step, table, design), made or step.each_replicate)
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
        again=tuple(repeated(step, done) for (step, _), done in zip(steps[first:], then.adjustments, strict=True)),
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
    made = step_of(step, sample.table, sample.design)
    done = made(sample.weights)
    chain = Chain(sample.chain.before, (*sample.chain.adjustments, done))
    repeatable = (*sample.repeatable, repeated(made, done))
    if sample.replicates is not None:
        return replace(sample, chain=chain, again=(*sample.again, repeatable[-1]), repeatable=repeatable)
    return replace(sample, fixed=chain, chain=chain, repeatable=repeatable)


def _constant(name: str, meaning: str, rows: int) -> Floats:
    kind, _, value = meaning.partition(" ")
    if kind != "constant":
        raise ValueError(f"derived {name}: {meaning!r}; what can be derived is `constant 1`")
    return np.full(rows, float(value))


def _respondents(table: Table, step: file.NonresponseCells) -> Table:
    codes, _ = cells_of(step.by, table)
    responded, before = filled(table, step.responded), filled(table, step.base_weight)
    if (before < 0).any():
        row = int(np.argmax(before < 0))
        raise Unfit(
            "D001", f"{step.base_weight}: row {row + 1}: the weight is {before[row]:g}; a number from 0 is wanted"
        )
    weights = adjustments.nonresponse(codes, responded, before=before)
    return table.with_numbers(step.output_weight, weights).subset(responded != 0)


def _design(design: file.Design, table: Table) -> Design:
    if not design.weights and 0 < len(design.fpc) < len(design.ids):
        raise ValueError(f"without weights fpc needs a column for each of the {len(design.ids)} stages")
    if not table.rows:
        raise Unfit("D009", f"{table.file}: there are no rows; an estimate needs one at least")
    _complete(table, design.ids, "sampling unit")
    _complete(table, design.strata, "stratum")
    _complete(table, design.fpc, "population")
    known = [table.column(name).amounts for name in design.fpc]
    fractions = design.fpc_kind == "sampling_fraction" or design.pps is not None
    return multistage(
        units=[table.column(name).values for name in design.ids] or [np.arange(table.rows)],
        strata=[table.column(name).values for name in design.strata],
        weights=table.column(design.weights).amounts if design.weights else None,
        population=[] if fractions else known,
        fractions=known if fractions else [],
        nest=design.nest,
        unequal=design.pps is not None,
        lonely=Lonely(design.lonely_psu),
        lonely_in_domains=design.domain_lonely_adjust,
    )


def _complete(table: Table, names: Sequence[str], what: str) -> None:
    """As in R every row needs its place in the design: those without are no stratum or unit together."""
    for name in names:
        known = table.column(name).known
        if not known.all():
            code = "D008" if what == "population" else "D007"
            raise Unfit(code, f"{name}: row {int(np.argmin(known)) + 1} has no {what}; every row needs one")


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
