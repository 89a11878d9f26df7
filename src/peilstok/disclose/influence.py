"""What covariances between shown figures are made from, kept from sight.

Linearised values tell how every single board answered. They stay in this process: they neither print nor pickle nor
copy, and only the columns of figures that are shown are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from peilstok.estimate import table
from peilstok.estimate.change import Sample, covariance_between
from peilstok.estimate.covariance import covariance
from peilstok.estimate.design import simple_random
from peilstok.terms import FigureName

Pair = tuple[FigureName, FigureName]


class Influence:
    """The linearised values of a wave's shown figures; asked for covariances only."""

    __slots__ = ("_names", "_sample")

    def __init__(self, names: tuple[FigureName, ...], sample: Sample | None) -> None:
        self._names: Final = names
        self._sample: Final = sample

    @classmethod
    def of(cls, estimated: table.Influence, *, keep: frozenset[FigureName]) -> Influence:
        """Without the columns of figures that are not shown."""
        places = [place for place, name in enumerate(estimated.names) if name in keep]
        values = estimated.values[:, places].copy()
        sample = Sample(units=estimated.units, values=values, population=estimated.population)
        return cls(tuple(estimated.names[place] for place in places), sample)

    def within(self) -> Iterator[tuple[Pair, float]]:
        """Every two different figures of the wave, once, with their covariance."""
        sample = self._known()
        if not self._names:
            return
        matrix = covariance(sample.values, simple_random(sampled=len(sample.units), population=sample.population))
        for row, a in enumerate(self._names):
            for column, b in enumerate(self._names[:row]):
                yield (b, a), float(matrix[row, column])

    def between(self, later: Influence) -> Iterator[tuple[Pair, float]]:
        """Every figure of this wave with every figure of another, with their covariance."""
        matrix = covariance_between(self._known(), later._known())
        for row, a in enumerate(self._names):
            for column, b in enumerate(later._names):
                yield (a, b), float(matrix[row, column])

    def _known(self) -> Sample:
        if self._sample is None:
            raise ValueError("this table comes from another process and has no covariances: make it again")
        return self._sample

    def __repr__(self) -> str:
        return "Influence()"

    def __reduce__(self) -> tuple[type[Influence], tuple[tuple[FigureName, ...], None]]:
        return Influence, ((), None)
