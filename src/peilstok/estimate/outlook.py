"""How wide the intervals of a wave's key figures are now, and how wide they will be when more boards have answered.

A key figure is an estimand of the plan over all boards that has a sampling error and that the register does not know
already. What is expected takes the variance per board as it is now (within its cell of weighting): only the numbers of
boards change, and with them the finite population correction and the degrees of freedom. Formula, assumptions and how
they were tried: docs/methods/outlook.md. Not decided here: what is wide enough (the wave's file), and who is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peilstok.estimate import linearise
from peilstok.estimate.answers import Mask, Wave
from peilstok.estimate.blocks import Block, Measured, WaveSample, effective_boards
from peilstok.estimate.covariance import sums
from peilstok.estimate.design import Codes, Floats
from peilstok.estimate.estimates import Worked, table_of, worked_out
from peilstok.estimate.intervals import quantiles_t, share_intervals
from peilstok.estimate.measures import RegisterShare
from peilstok.estimate.plan import Plan
from peilstok.estimate.table import Design, Row
from peilstok.estimate.weights import Cell

_ALL: Final = 0  # the place of the domain of all boards


@dataclass(frozen=True, slots=True, eq=False)
class Precision:
    """Of one design, for each of m key figures: what its interval is made from.

    `within` is what each cell adds to the variance, c x m, in the squared unit of a part of one for what is a `whole`;
    `cells` are the places of these cells for the cells of the outlook: as answered all of them are one.
    """

    design: Design
    cells: Codes
    within: Floats
    values: Floats
    whole: Mask
    scale: Floats
    n: Floats
    said: Floats
    not_said: Floats
    parts: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """The key figures of a wave and how precise they are.

    `cells` are those of the weighting, one with all boards where the plan weights nothing. `designs`: as answered, as
    the figures are published, and then weighted where the plan weights.
    """

    rows: tuple[Row, ...]
    cells: tuple[Cell, ...]
    designs: tuple[Precision, ...]

    @property
    def missing(self) -> Floats:
        """Of each cell: the boards that have not answered."""
        return np.array([cell.boards - cell.respondents for cell in self.cells], dtype=np.float64)

    def half_widths(self, more: Sequence[float] | Floats | None = None) -> tuple[Floats, ...]:
        """For each design, half the length of the 95 percent interval of every key figure, in its unit.

        `more` boards of each cell answer besides those that did.
        """
        extra = np.zeros(len(self.cells)) if more is None else np.asarray(more, dtype=np.float64)
        return tuple(self._half_widths(each, extra) for each in self.designs)

    def spread_over(self, boards: float) -> Floats:
        """So many more answers, from boards that are missing whichever they are; no more than there are."""
        missing = self.missing
        part = min(boards / missing.sum(), 1.0) if missing.sum() else 0.0
        return np.asarray(part * missing, dtype=np.float64)

    def needed(self, width: float, chosen: Sequence[bool]) -> int | None:
        """The fewest more answers with which the chosen figures are expected to have at most this half-width.

        None where not even all missing boards make it so, which rounding alone can bring about.
        """
        low, high = 0, int(self.missing.sum())
        if not self._narrow(high, width, chosen):
            return None
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._narrow(middle, width, chosen) else (middle + 1, high)
        return low

    def gains(self) -> Floats:
        """Of each cell: by how many percent one more answer in it narrows the key figures, on average.

        Of the last design: weighted where the plan weights. 0 where nobody is missing, or nothing has any width.
        """
        [*_, now] = self.half_widths()
        wide = now > 0
        result = np.zeros(len(self.cells))
        if not wide.any():
            return result
        for cell in np.flatnonzero(self.missing > 0):
            [*_, then] = self.half_widths(np.eye(len(self.cells))[cell])
            result[cell] = 100 * float(np.mean(1 - then[wide] / now[wide]))
        return result

    def cell_of(self, pupils: int) -> int:
        """The place of the cell of a board of this size."""
        return sum(cell.low <= pupils for cell in self.cells[1:])

    def _narrow(self, boards: int, width: float, chosen: Sequence[bool]) -> bool:
        mask = np.asarray(chosen, dtype=np.bool_)
        return all(bool((each[mask] <= width).all()) for each in self.half_widths(self.spread_over(boards)))

    def _half_widths(self, precision: Precision, more: Floats) -> Floats:
        answered = np.array([cell.respondents for cell in self.cells], dtype=np.float64)
        population, before, after = sum(cell.boards for cell in self.cells), answered.sum(), (answered + more).sum()
        fraction = min(after / population, 1.0)
        shrunk = _per_cell(answered, precision) / _per_cell(answered + more, precision)
        correction = _factor(fraction, after) / _factor(before / population, before) if before < population else 0.0
        variances = correction * (precision.within * shrunk[:, None]).sum(axis=0)
        return _widths(precision, np.sqrt(variances), after / before, fraction)


def outlook(plan: Plan, wave: Wave) -> Outlook:
    """Raises `Refused` when answers and plan do not fit."""
    worked = worked_out(plan, wave)
    chosen = [place for place, each in enumerate(worked.every) if _is_key(each) and worked.blocks[0].made[_ALL, place]]
    table, sample = table_of(plan, worked), worked.sample
    everybody = Cell(low=0, high=None, boards=len(wave.frame), respondents=len(wave), merged=1)
    return Outlook(
        rows=tuple(table.row(worked.every[place].name(sample.domains[_ALL])) for place in chosen),
        cells=table.cells or (everybody,),
        designs=tuple(_precision(worked, block, chosen) for block in worked.blocks),
    )


def _is_key(each: Measured) -> bool:
    return each.of == "boards" and not each.counted and not isinstance(each.estimand.measure, RegisterShare)


def _precision(worked: Worked, block: Block, chosen: Sequence[int]) -> Precision:
    sample, design = worked.sample, block.design
    measured = [worked.every[place] for place in chosen]
    scale = np.array([each.estimand.scale for each in measured])
    strata = sample.strata if design == "weighted" else None
    codes = strata.codes if strata else np.zeros(sample.boards, dtype=np.intp)
    number = len(strata.cells) if strata else 1
    cells = np.arange(number) if strata else np.zeros(len(sample.strata.cells) if sample.strata else 1, dtype=np.intp)
    variances = (block.se[_ALL, chosen] / scale) ** 2
    tallies = (worked.counts.n, worked.counts.with_y, worked.counts.with_rest)
    n, said, not_said = (each[_ALL, chosen] for each in tallies)
    return Precision(
        design=design,
        cells=cells,
        within=_parts_of_cells(sample, measured, design, codes, number) * variances,
        values=block.values[_ALL, chosen] / scale,
        whole=np.array([each.columns.whole for each in measured], dtype=np.bool_),
        scale=scale,
        n=n,
        said=said,
        not_said=not_said,
        parts=np.array([_effective_parts(sample, each, design) for each in measured]),
    )


def _parts_of_cells(
    sample: WaveSample, measured: Sequence[Measured], design: Design, codes: Codes, number: int
) -> Floats:
    """Which part of the variance each cell makes, c x m. Nothing to divide: in proportion to the boards."""
    even = np.bincount(codes, minlength=number)[:, None] / len(codes)
    if number == 1 or not measured:
        return np.repeat(even, len(measured), axis=1)
    weights = sample.weights[design]
    linear = [linearise.of(each.columns.y, each.columns.x, weights=weights).values for each in measured]
    values = np.column_stack(linear)
    squares = sums((sample.strata.project(values) if sample.strata else values) ** 2, codes, groups=number)
    whole = squares.sum(axis=0)
    return np.asarray(np.where(whole > 0, np.divide(squares, whole, out=squares * 0, where=whole > 0), even))


def _effective_parts(sample: WaveSample, each: Measured, design: Design) -> float:
    """(sum a)^2 / sum a^2 over the boards' parts a in the denominator."""
    if each.columns.x is None:
        return float(sample.boards)
    parts = sample.weights[design] * each.columns.x
    return float(parts.sum() ** 2 / (parts**2).sum())


def _per_cell(boards: Floats, precision: Precision) -> Floats:
    return np.bincount(precision.cells, weights=boards).astype(np.float64)


def _factor(fraction: float, boards: float) -> float:
    """(1 - f) n / (n - 1), as every variance of a wave has it."""
    return (1 - fraction) * boards / max(boards - 1, 1)


def _widths(precision: Precision, se: Floats, growth: float, fraction: float) -> Floats:
    n, whole = precision.n * growth, precision.whole
    half = quantiles_t(np.maximum(n - 1, 1)) * se
    if whole.any():
        low, high, _ = share_intervals(
            np.clip(precision.values[whole], 0.0, 1.0),
            se[whole],
            precision.said[whole] * growth,
            precision.not_said[whole] * growth,
            n[whole],
            effective_boards(precision.parts[whole] * growth, fraction),
            np.maximum(n[whole] - 1, 1),
        )
        half[whole] = (high - low) / 2
    return np.asarray(half * precision.scale, dtype=np.float64)
