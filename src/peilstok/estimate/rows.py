"""From arrays of estimates to the rows of a table: one estimand at a time, in every domain in which it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from peilstok.estimate import moments
from peilstok.estimate.blocks import FEWEST, Block, Measured, WaveSample
from peilstok.estimate.measures import OfFrame
from peilstok.estimate.moments import Counts
from peilstok.estimate.table import Design, Estimate, Row, Rows

_DESIGNS: Final[Mapping[Design, str]] = {
    "as_answered": "simple random sample of boards without replacement",
    "weighted": "the same, post-stratified to the frame by cells of board size",
}


@dataclass(frozen=True, eq=False)
class _Arrays:
    """What rows are made from."""

    every: Sequence[Measured]
    counts: Counts
    blocks: Sequence[Block]
    sample: WaveSample

    @cached_property
    def pupils_of_frame(self) -> list[float]:
        """In every domain."""
        return [self.sample.wave.of_frame("pupils", domain.where) for domain in self.sample.domains]

    def rows(self, place: int) -> tuple[Row, ...]:
        """Of the estimand with this place among the measures."""
        each = self.every[place]
        if each.counted:
            return tuple(
                self._rows(place, [[self._counted(each, domain) for domain in range(len(self.sample.domains))]])
            )
        pieces = [place, place + 1] if each.estimand.kind == "share" else [place]
        return tuple(self._rows(place, [self._estimates(block, piece) for block in self.blocks for piece in pieces]))

    def _rows(self, place: int, ways: Sequence[Sequence[Estimate | None]]) -> Iterator[Row]:
        each, counts, of_frame = self.every[place], self.counts.of(place), self.pupils_of_frame
        share, whole = each.estimand.kind == "share", each.columns.whole
        largest = [None] * len(of_frame) if share else moments.two_largest(each.columns.y, self.sample.inside).tolist()
        for domain in each.domains:
            n, with_x, with_y, with_rest, pupils = counts[domain]
            found = {(one.design, one.of): one for way in ways if (one := way[domain])}
            yield Row(
                name=each.name(self.sample.domains[domain]),
                estimand=each.estimand,
                domain=self.sample.domains[domain].key,
                n=n,
                contributors=with_x,
                count=with_y if share else None,
                with_something=with_y,
                with_the_rest=with_rest if whole else None,
                two_largest=largest[domain],
                pupils=pupils,
                coverage=100 * pupils / of_frame[domain] if of_frame[domain] else None,
                estimates=found,
                why_not=None if found else _why_not(each, n),
            )

    def _estimates(self, block: Block, place: int) -> list[Estimate | None]:
        """One measure in every domain in one way; None where it cannot be estimated."""
        each = self.every[place]
        jackknife = self.sample.variance == "jackknife"
        methods = [_method(block.design, each, logit=logit, jackknife=jackknife) for logit in (False, True)]
        columns = (block.made, block.values, block.se, block.low, block.high, block.logit, self.counts.n)
        numbers = zip(*(column[:, place].tolist() for column in columns), strict=True)
        return [
            Estimate(
                value=value,
                se=se,
                ci_low=low,
                ci_high=high,
                df=int(n) - 1,
                design=block.design,
                of=each.of,
                method=methods[logit],
            )
            if made
            else None
            for made, value, se, low, high, logit, n in numbers
        ]

    def _counted(self, each: Measured, domain: int) -> Estimate | None:
        """What the answering boards are or have together, alone or against the frame: without sampling error."""
        measure, method = each.estimand.measure, "counted at the boards that answered"
        value = float(each.columns.y[self.sample.inside[:, domain]].sum())
        if isinstance(measure, OfFrame):
            where = self.sample.domains[domain].where
            known = sum(self.sample.wave.of_frame(term.name, where) for term in measure.known)
            if not known:
                return None
            value, method = value * each.estimand.scale / known, f"{method}, of what the frame has"
        return Estimate(
            value=value, se=None, ci_low=None, ci_high=None, df=None, design="as_answered", of="boards", method=method
        )


def of(every: Sequence[Measured], counts: Counts, blocks: Sequence[Block], sample: WaveSample) -> Rows:
    """In the order of the plan. They are made when they are looked at: a screen shows a few of thousands."""
    places = [(place, each) for place, each in enumerate(every) if each.of == "boards"]
    return Rows(
        names=tuple(each.name(sample.domains[domain]) for _, each in places for domain in each.domains),
        sources=tuple((place, at) for place, each in places for at in range(len(each.domains))),
        make=_Arrays(every, counts, blocks, sample).rows,
    )


def _method(design: Design, each: Measured, *, logit: bool, jackknife: bool) -> str:
    interval = "t interval"
    if each.columns.whole:
        interval = "logit interval" if logit else "beta interval (Korn-Graubard)"
    variance = "; variance by the jackknife" if design == "weighted" and jackknife else ""
    return f"{_DESIGNS[design]}{variance}; {interval}"


def _why_not(each: Measured, n: int) -> str:
    if each.counted:
        return "the known denominator is zero"
    return "fewer than two boards answered it" if n < FEWEST else "the denominator is zero at every board"
