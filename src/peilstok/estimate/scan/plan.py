"""A plan of measures and domains, made once and run on any table, and how a run goes.

A run looks at the first rows, gathers all sums in one pass over the data and closes them. Where the pass shows that the
first rows misled (a value is missing after all, or a mean is far larger than the deviation), it is done once more.

Not decided here: how an engine makes the sums (`arrays`, `expressions`), and their closing (`closing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from peilstok.estimate.design import Lonely
from peilstok.estimate.scan import closing, tables
from peilstok.estimate.scan.measures import Measure, Pair
from peilstok.estimate.scan.reading import better, look
from peilstok.estimate.scan.result import Result
from peilstok.estimate.scan.sums import Columns, Gathered, Layout, layout

EVERYBODY: Final[Columns] = ()
"""The one domain of all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Columns of the design, measures, and sets of domains. `plan` makes one and checks it.

    `weights`, `strata`, `psu` and `population` are columns: the weight of a row, its stratum, its PSU within that
    stratum, and the number of PSUs that its stratum has in the population. Without strata there is one, without `psu`
    every row is its own, and without a population the PSUs were drawn with replacement. `pairs` has each pair of
    numerator and denominator once, `pair_of` the place there of each measure's.
    """

    weights: str
    strata: str | None
    psu: str | None
    population: str | None
    measures: tuple[Measure, ...]
    by: tuple[Columns, ...]
    lonely: Lonely
    covariance: bool
    pairs: tuple[Pair, ...]
    pair_of: tuple[int, ...]

    @property
    def scanned(self) -> tuple[Columns, ...]:
        """The sets of domains that need sums of their own: all, or without clusters those within no larger set."""
        if self.psu is not None:
            return self.by
        return tuple(own for own in self.by if not any(set(own) < set(other) for other in self.by))

    @property
    def columns(self) -> Columns:
        """Every column that is read."""
        design = (self.weights, self.strata, self.psu, self.population)
        items = [item.column for pair in self.pairs for item in pair.items]
        domains = [column for own in self.by for column in own]
        return tuple(dict.fromkeys([*(each for each in design if each is not None), *items, *domains]))

    def on(self, table: object) -> Result:
        """Run on a mapping of column names to arrays, a table of pandas, Polars or Arrow, or one of Ibis.

        ValueError where the data contradict the design; KeyError for a column that is not there.
        """
        source = tables.source(table, self)
        reading, passes = look(source.first_rows(), self, nan=source.hides_nan), 0
        while True:
            sums = layout(self.pairs, reading, all_products=self.covariance)
            gathered, passes = source.gather(sums), passes + 1
            closing.check(gathered.strata, self)
            again = better(reading, gathered, sums) if passes < MOST_PASSES else None
            if again is None:
                return closing.close(self, sums, gathered, passes=passes)
            reading = again


MOST_PASSES: Final = 3


class Source(Protocol):
    """A table as an engine reads it. `hides_nan`: in its sums a NaN is not seen, so it is looked for at once."""

    @property
    def hides_nan(self) -> bool: ...

    def first_rows(self) -> tables.Arrays: ...

    def gather(self, sums: Layout) -> Gathered: ...


def plan(
    *,
    weights: str,
    measures: Sequence[Measure],
    strata: str | None = None,
    psu: str | None = None,
    population: str | None = None,
    by: Sequence[str | Sequence[str]] = (EVERYBODY,),
    lonely: Lonely = Lonely.FAIL,
    covariance: bool = False,
) -> Plan:
    """A plan. Every entry of `by` is a set of domains: the levels of a column, or the crossing of several columns.

    Domains may overlap between sets: options of a multiple response are one column, and so one set, each. With
    `covariance` the covariances within a set are gathered too. ValueError for measures or sets that come twice.
    """
    sets = tuple((own,) if isinstance(own, str) else tuple(own) for own in by)
    names = [measure.name for measure in measures]
    if not names or not sets:
        raise ValueError("a plan needs a measure, and a set of domains (EVERYBODY for all rows)")
    for what, each in (("measure", names), ("set of domains", sets)):
        twice = [one for at, one in enumerate(each) if one in each[:at]]
        if twice:
            raise ValueError(f"{what} {twice[0]!r} comes twice; give each its own name")
    pairs = tuple(dict.fromkeys(measure.pair for measure in measures))
    return Plan(
        weights=weights,
        strata=strata,
        psu=psu,
        population=population,
        measures=tuple(measures),
        by=sets,
        lonely=lonely,
        covariance=covariance,
        pairs=pairs,
        pair_of=tuple(pairs.index(measure.pair) for measure in measures),
    )
