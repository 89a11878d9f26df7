"""A sample: the rows of a table with their design, the weighting step by step, and replicate weights.

Not decided here: what is estimated (`estimands`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from peilstok.estimate import adjustments
from peilstok.estimate.adjustments import Chain, Step, chained
from peilstok.estimate.covariance import covariance
from peilstok.estimate.design import Design, Floats, Lonely, multistage
from peilstok.estimate.replicates import Replicates
from peilstok.estimate.survey import designed
from peilstok.estimate.survey.data import Mask, Table
from peilstok.estimate.survey.weighting import Calibration, cells_of, filled, repeated, step_of
from peilstok.estimate.unfit import Unfit


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sample:
    """The rows of a table with their design and weights. `fixed` steps were taken on the full sample alone; the `again`
    steps are repeated with the weights of each replicate. `replicates_given`: those came from a file, which for R is
    a design without chances. `drawn` has the names of the columns that the design was made from.
    """

    table: Table
    design: Design
    drawn: designed.Design
    fixed: Chain
    chain: Chain  # the fixed steps and those that are repeated
    again: tuple[Step, ...] = ()
    replicates: Replicates | None = None
    replicates_given: bool = False
    repeatable: tuple[Step, ...] = ()  # all steps, as they would be taken in a replicate

    def __repr__(self) -> str:
        """What a notebook shows of it."""
        first, weights = self.design.stages[0], self.weights
        drawn = f"{_many(len(first.strata), 'sampled unit')} in {_many(len(first.sampled), 'stratum', 'strata')}"
        said = f"weights {weights.min():g} to {weights.max():g}, sum {weights.sum():g}"
        steps = f"; {_many(len(self.chain.adjustments), 'step')} of weighting" if self.chain.adjustments else ""
        replicates = f"; {len(self.replicates)} replicates" if self.replicates is not None else ""
        return f"<sample of {self.table.rows} rows: {drawn}; {said}{steps}{replicates}>"

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

    @property
    def domains_matter(self) -> bool:
        """Is there a rule of lonely units that says something else of a domain than of the whole sample?"""
        rule = self.design.lonely
        return not self.chain.adjustments and (rule is Lonely.AVERAGE or self.design.lonely_in_domains)

    def covariance(self, values: Floats, inside: Mask | None = None) -> Floats:
        """What a rule says of lonely units in domains is said only before adjustment: after it all rows stay in (R)."""
        return covariance(self.chain.project(values), self.design, None if self.chain.adjustments else inside)

    def rows_of(self, inside: Mask) -> int:
        """The rows that R counts in a domain: all of them when weights were adjusted, but not those of replicates."""
        everywhere = self.chain.adjustments and self.replicates is None
        return self.table.rows if everywhere else int(inside.sum())


def _many(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"


def _iterated(step: Step) -> bool:
    return isinstance(step, Calibration) and step.iterated


def of_table(table: Table, design: designed.Design) -> Sample:
    """The sample of a table, not weighted yet."""
    made = design_of(design, table)
    chain = Chain(made.weights, ())
    return Sample(table=table, design=made, drawn=design, fixed=chain, chain=chain)


def adjusted(sample: Sample, step: designed.PostStratify | designed.Rake | designed.Calibrate) -> Sample:
    """The sample after one more step of weighting."""
    made = step_of(step, sample.table, sample.design)
    done = made(sample.weights)
    chain = Chain(sample.chain.before, (*sample.chain.adjustments, done))
    repeatable = (*sample.repeatable, repeated(made, done))
    if sample.replicates is not None:
        return replace(sample, chain=chain, again=(*sample.again, repeatable[-1]), repeatable=repeatable)
    return replace(sample, fixed=chain, chain=chain, repeatable=repeatable)


def responding(sample: Sample, responded: str, cells: tuple[str, ...]) -> Sample:
    """The rows that responded as a sample of their own, with the weights of all rows of their cell."""
    if sample.chain.adjustments or sample.replicates is not None:
        raise ValueError("respondents are weighted for those who were silent before any other step")
    before, after = "weight of all rows", "weight of respondents"
    step = designed.NonresponseCells(
        method="nonresponse_cells", by=cells, base_weight=before, responded=responded, output_weight=after
    )
    table = respondents(sample.table.with_numbers(before, sample.weights), step)
    return of_table(table, sample.drawn.model_copy(update={"weights": after}))


def respondents(table: Table, step: designed.NonresponseCells) -> Table:
    """The rows that responded, with their new weights as a column."""
    codes, cells = cells_of(step.by, table)
    responded, before = filled(table, step.responded), filled(table, step.base_weight)
    if (before < 0).any():
        row = int(np.argmax(before < 0))
        raise Unfit(
            "D001", f"{step.base_weight}: row {row + 1}: the weight is {before[row]:g}; a number from 0 is wanted"
        )
    strange = (responded != 0) & (responded != 1)
    if strange.any():
        row = int(np.argmax(strange))
        raise Unfit("C010", f"{step.responded}: row {row + 1} has {responded[row]:g}; 1 or 0 is wanted")
    asked, answered = (np.bincount(codes, weights=each) for each in (before, before * responded))
    silent = np.flatnonzero((answered == 0) & (asked > 0))
    if len(silent):
        cell = ".".join(cells[silent[0]])
        raise Unfit("C004", f"{', '.join(step.by)}: nobody of {cell} responded; put it together with another cell")
    weights = adjustments.nonresponse(codes, responded, before=before)
    return table.with_numbers(step.output_weight, weights).subset(responded != 0)


def design_of(design: designed.Design, table: Table) -> Design:
    """The design with the columns that it names."""
    if not design.weights and 0 < len(design.fpc) < len(design.ids):
        raise ValueError(f"without weights fpc needs a column for each of the {len(design.ids)} stages")
    if not table.rows:
        raise Unfit("D009", f"{table.file}: there are no rows; an estimate needs one at least")
    _complete(table, design.ids, "sampling unit")
    _complete(table, design.strata, "stratum")
    _complete(table, design.fpc, "population")
    known = [table.column(name).amounts for name in design.fpc]
    try:
        return _multistage(design, table, known)
    except Unfit as error:
        if error.row is None or not design.strata:
            raise
        at = ", ".join(f"{name} {_label(table, name, error.row)}" for name in design.strata)
        raise Unfit(error.code, f"{error} ({at})", row=error.row) from None


def _label(table: Table, name: str, row: int) -> str:
    column = table.levels(name)
    return column.levels[int(column.values[row])]


def _multistage(design: designed.Design, table: Table, known: Sequence[Floats]) -> Design:
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
