"""The book of all waves of a poll: their shown figures, with the covariances of those that a sentence may compare.

Between two waves of which some boards answered both, and within one wave. Not decided here: what is shown (`tables`)
and what a sentence may claim (the room `article`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from peilstok.disclose.figures import Break, Figure, FigureBook
from peilstok.disclose.influence import Pair
from peilstok.disclose.tables import SafeTable
from peilstok.terms import FigureName, WaveId

Reference = tuple[WaveId, FigureName]


def figure_book(tables: Sequence[SafeTable], *, synthetic: bool = False) -> FigureBook:
    """The book of these waves, oldest first; each wave once."""
    ordered = sorted(tables, key=lambda table: (table.figures.date, table.figures.id))
    if len({table.figures.id for table in ordered}) < len(ordered):
        raise ValueError("a wave stands twice among the tables")
    waves = tuple(table.figures for table in ordered)
    return FigureBook(
        waves=waves,
        covariances={frozenset(pair): value for pair, value in _covariances(ordered)},
        breaks=tuple(each for table in ordered for each in _breaks(table, {wave.id for wave in waves})),
        synthetic=synthetic,
    )


def _covariances(tables: Sequence[SafeTable]) -> Iterator[tuple[tuple[Reference, Reference], float]]:
    for table in tables:
        yield from _told(table, table, table.influence.within())
    for earlier, later in combinations(tables, 2):
        yield from _told(earlier, later, earlier.influence.between(later.influence))


def _told(
    a: SafeTable, b: SafeTable, covariances: Iterator[tuple[Pair, float]]
) -> Iterator[tuple[tuple[Reference, Reference], float]]:
    """Those of two figures that may be compared; 0 is what a pair without an entry has."""
    for (first, second), value in covariances:
        if value != 0 and may_be_compared(a.figures.figures[first], b.figures.figures[second]):
            yield ((a.figures.id, first), (b.figures.id, second)), value


def may_be_compared(a: Figure, b: Figure) -> bool:
    """The same estimand, two of one group, or two without a group that are the same kind of thing."""
    if a.unit != b.unit:
        return False
    return a.estimand == b.estimand or (a.group == b.group and (a.kind, a.base) == (b.kind, b.base))


def _breaks(table: SafeTable, waves: set[WaveId]) -> Iterator[Break]:
    """Of waves in the book, for the figure named and for the same estimand in every domain."""
    figures: Mapping[FigureName, Figure] = table.figures.figures
    for each in table.breaks:
        if set(each.between) <= waves:
            named = figures.get(each.figure)
            names = [name for name, figure in figures.items() if named and figure.estimand == named.name]
            for name in names or [each.figure]:
                yield Break(figure=name, between=each.between, reason=each.reason, words=each.words)
