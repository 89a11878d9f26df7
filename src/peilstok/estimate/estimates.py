"""A plan on the answers of a wave: every estimand in every domain, as answered and weighted to the frame.

As answered: the boards that answered are taken as a simple random sample without replacement from the frame. Weighted:
the same, post-stratified to the frame by cells of board size. A share of boards is also estimated as the share of the
pupils at those boards. Every variance comes from one matrix of linearised values; degrees of freedom are the boards
in the base less one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.estimate import answers, linearise
from peilstok.estimate.answers import Wave
from peilstok.estimate.columns import Columns, columns
from peilstok.estimate.covariance import variances
from peilstok.estimate.design import Floats, simple_random
from peilstok.estimate.intervals import Interval, share_interval, t_interval
from peilstok.estimate.linearise import Linearised
from peilstok.estimate.measures import Count, Mean, OfFrame
from peilstok.estimate.plan import Domain, Estimand, Plan, figure_name
from peilstok.estimate.table import Design, Estimate, EstimateTable, Influence, Of, Row
from peilstok.estimate.weights import PostStrata, post_stratify
from peilstok.terms import ALL, DomainKey, FigureName

FEWEST: Final = 2
"""From one board no variance can be estimated, and so no estimate is given."""

_DESIGNS: Final[Mapping[Design, str]] = {
    "as_answered": "simple random sample of boards without replacement",
    "weighted": "the same, post-stratified to the frame by cells of board size",
}
_INTERVALS: Final = {"t": "t interval", "logit": "logit interval", "beta": "beta interval (Korn-Graubard)"}
_BOARDS: Final = ("as_answered", "boards")


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """One estimand in one domain."""

    estimand: Estimand
    domain: Domain
    columns: Columns

    @property
    def scale(self) -> float:
        """From a part of one to percent; means of percentages are percentages already."""
        return 100.0 if self.estimand.unit == "percent" and not isinstance(self.estimand.measure, Mean) else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """One way of estimating a cell, in the unit of its estimand, before its variance is known."""

    cell: _Cell
    design: Design
    of: Of
    columns: Columns
    weights: Floats
    linearised: Linearised


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """The boards of a wave as a sample: their pupils, their weights in either design, and how variance is estimated.

    `pupils_of` are the pupils of the whole frame in every domain.
    """

    wave: Wave
    pupils: Floats
    pupils_of: Mapping[DomainKey, float]
    weights: Mapping[Design, Floats]
    strata: PostStrata | None

    def variances(self, values: Floats, design: Design) -> Floats:
        if design == "weighted" and self.strata:
            values = self.strata.project(values)
        return variances(values, simple_random(sampled=len(self.wave), population=len(self.wave.frame)))


def estimates(plan: Plan, wave: Wave) -> EstimateTable:
    """All estimates of the plan; raises `Refused` when answers and plan do not fit."""
    answers.check_kinds(wave, plan.items)
    sample = _sample(plan, wave)
    cells = tuple(_cells(plan, wave))
    pieces = [piece for cell in cells for piece in _pieces(cell, sample)]
    errors = _standard_errors(pieces, sample)
    _refuse_parts_above_their_wholes(pieces)
    done: dict[_Cell, dict[tuple[Design, Of], Estimate]] = {}
    for piece, se in zip(pieces, errors, strict=True):
        done.setdefault(piece.cell, {})[piece.design, piece.of] = _estimate(piece, float(se), sample)
    return EstimateTable(
        wave=plan.wave,
        rows=tuple(_row(cell, sample, done.get(cell, {})) for cell in cells),
        respondents=len(wave),
        pupils=int(sample.pupils.sum()),
        population=len(wave.frame),
        population_pupils=int(sample.pupils_of[ALL]),
        cells=sample.strata.cells if sample.strata else (),
        plan_fingerprint=plan.fingerprint,
        data_fingerprint=answers.fingerprint(wave),
        influence=_influence(pieces, wave),
    )


def _sample(plan: Plan, wave: Wave) -> _Sample:
    before = np.full(len(wave), len(wave.frame) / len(wave))
    pupils = wave.register("pupils")
    pupils_of = {key: wave.of_frame("pupils", domain.where) for key, domain in plan.domains.items()}
    if plan.weighting is None:
        return _Sample(wave, pupils, pupils_of, {"as_answered": before}, None)
    strata = post_stratify(
        frame=wave.sizes,
        respondents=pupils,
        bounds=plan.weighting.bounds,
        at_least=plan.weighting.at_least,
        before=before,
    )
    return _Sample(wave, pupils, pupils_of, {"as_answered": before, "weighted": strata.after}, strata)


def _cells(plan: Plan, wave: Wave) -> Iterator[_Cell]:
    inside = {key: wave.inside(domain.where) for key, domain in plan.domains.items()}
    for estimand in plan.estimands:
        over_all = columns(wave, estimand.measure)
        for key in estimand.domains:
            yield _Cell(estimand, plan.domains[key], over_all.within(inside[key]))


def _pieces(cell: _Cell, sample: _Sample) -> Iterator[_Piece]:
    """Every way of estimating a cell that has a sampling error and can be estimated."""
    if isinstance(cell.estimand.measure, Count | OfFrame) or _why_not(cell):
        return
    for design, weights in sample.weights.items():
        yield _piece(cell, design, "boards", cell.columns, weights)
        by_pupils = cell.columns.times(sample.pupils)
        if cell.estimand.kind == "share" and by_pupils.contributors:
            yield _piece(cell, design, "pupils", by_pupils, weights)


def _piece(cell: _Cell, design: Design, of: Of, columns: Columns, weights: Floats) -> _Piece:
    if columns.x is None:
        linearised = linearise.total(columns.y, weights=weights)
    else:
        linearised = linearise.ratio(columns.y * cell.scale, columns.x, weights=weights)
    return _Piece(cell, design, of, columns, weights, linearised)


def _why_not(cell: _Cell) -> str | None:
    if cell.columns.n < FEWEST:
        return "fewer than two boards answered it"
    if cell.columns.contributors == 0:
        return "the denominator is zero at every board"
    return None


def _standard_errors(pieces: Sequence[_Piece], sample: _Sample) -> Floats:
    """In the order of the pieces."""
    result = np.zeros(len(pieces))
    for design in sample.weights:
        places = [place for place, piece in enumerate(pieces) if piece.design == design]
        if places:
            values = np.column_stack([pieces[place].linearised.values for place in places])
            result[places] = np.sqrt(sample.variances(values, design))
    return result


def _refuse_parts_above_their_wholes(pieces: Sequence[_Piece]) -> None:
    found = {
        piece.cell
        for piece in pieces
        if piece.columns.whole and not 0 <= piece.linearised.estimate <= piece.cell.scale * (1 + 1e-12)
    }
    names = sorted(_name(cell) for cell in found)
    if names:
        wanted = "a numerator that is a part of its denominator, or of_whole: false"
        raise Refused(
            Finding("E104", Severity.ERROR, Place("answers"), f"{name} outside 0 to 100 percent", wanted)
            for name in names
        )


def _estimate(piece: _Piece, se: float, sample: _Sample) -> Estimate:
    interval = _interval(piece, se, sample)
    return Estimate(
        value=piece.linearised.estimate,
        se=se,
        ci_low=interval.low,
        ci_high=interval.high,
        df=piece.columns.n - 1,
        design=piece.design,
        of=piece.of,
        method=f"{_DESIGNS[piece.design]}; {_INTERVALS[interval.kind]}",
    )


def _interval(piece: _Piece, se: float, sample: _Sample) -> Interval:
    boards, scale = len(sample.wave.frame), piece.cell.scale
    return interval_of(piece.columns, piece.linearised.estimate, se, weights=piece.weights, boards=boards, scale=scale)


def interval_of(
    columns: Columns, estimate: float, se: float, *, weights: Floats, boards: int, scale: float = 1.0
) -> Interval:
    """The 95 percent interval that is published, of an estimate in its unit, which is `scale` times y / x.

    `weights` are those of all units that answered, `boards` how many the frame has.
    """
    if not columns.whole:
        return t_interval(estimate, se, df=columns.n - 1)
    part = share_interval(
        min(estimate / scale, 1.0),
        se / scale,
        said=columns.said,
        not_said=columns.not_said,
        n=columns.n,
        size=_size(columns, weights, boards),
        df=columns.n - 1,
    )
    return Interval(part.low * scale, part.high * scale, part.kind)


def _size(columns: Columns, weights: Floats, boards: int) -> float:
    """The effective number of boards: (sum a)^2 / sum a^2 for their parts a in the denominator, less one, over 1 - f.

    With equal parts it is (n - 1) / (1 - f), where the effective size of Korn and Graubard goes as a share goes to 0.
    """
    unseen = 1 - len(weights) / boards
    if unseen == 0:
        return math.inf
    assert columns.x is not None  # it is the part of a whole
    parts = weights * columns.x
    return max(float(parts.sum() ** 2 / (parts**2).sum()) - 1, 1.0) / unseen


def _row(cell: _Cell, sample: _Sample, done: Mapping[tuple[Design, Of], Estimate]) -> Row:
    columns, in_domain = cell.columns, sample.pupils_of[cell.domain.key]
    pupils = float(sample.pupils[columns.base].sum())
    known = _known(cell, sample) if isinstance(cell.estimand.measure, Count | OfFrame) else None
    return Row(
        name=_name(cell),
        estimand=cell.estimand,
        domain=cell.domain.key,
        n=columns.n,
        contributors=columns.contributors,
        count=columns.said if cell.estimand.kind == "share" else None,
        with_something=columns.said,
        with_the_rest=columns.not_said if columns.whole else None,
        two_largest=None if cell.estimand.kind == "share" else columns.two_largest,
        pupils=int(pupils),
        coverage=100 * pupils / in_domain if in_domain else None,
        estimates={_BOARDS: known} if known else done,
        why_not=None if known or done else _why_not(cell) or "the known denominator is zero",
    )


def _known(cell: _Cell, sample: _Sample) -> Estimate | None:
    """What the answering boards are or have together, alone or against the frame: without sampling error."""
    value, method = float(cell.columns.y.sum()), "counted at the boards that answered"
    if isinstance(cell.estimand.measure, OfFrame):
        terms = cell.estimand.measure.known
        known = sum(sample.wave.of_frame(term.name, cell.domain.where) for term in terms)
        if not known:
            return None
        value, method = value * cell.scale / known, f"{method}, of what the frame has"
    return Estimate(
        value=value, se=None, ci_low=None, ci_high=None, df=None, design="as_answered", of="boards", method=method
    )


def _influence(pieces: Sequence[_Piece], wave: Wave) -> Influence:
    chosen = [piece for piece in pieces if (piece.design, piece.of) == _BOARDS]
    values = [piece.linearised.values for piece in chosen]
    return Influence(
        units=wave.units,
        names=tuple(_name(piece.cell) for piece in chosen),
        values=np.column_stack(values) if values else np.zeros((len(wave), 0)),
        population=len(wave.frame),
    )


def _name(cell: _Cell) -> FigureName:
    return figure_name(cell.estimand.name, cell.domain.key)
