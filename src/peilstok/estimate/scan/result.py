"""What a scan gives: one array for each kind of number, over domains and measures. Frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from peilstok.estimate.design import Floats
from peilstok.estimate.scan.sums import Columns

Labels = tuple[tuple[str, object], ...]
"""A domain: the columns of its set and the label in each. The domain of all rows is ()."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """Estimates of k measures in D domains, set after set in the order of the plan, labels in order within a set.

    `estimate`, `se`, `n` and `digits` are D x k, `df` is D. `n` are rows where the measure is there; `df` the PSUs with
    a row in the domain less the strata with one (missing values do not lower it). A ratio without denominator is NaN.
    `digits` of a standard error are right at least, as far as the arithmetic goes; infinite where it is 0. `passes` is
    how often the data were read.
    Where the plan asks for them, `covariances` has a matrix for each set, in the order of its domains, measure by
    measure within each, as in `estimate[...].ravel()`.
    """

    names: tuple[str, ...]
    domains: tuple[Labels, ...]
    estimate: Floats
    se: Floats
    n: Floats
    df: Floats
    digits: Floats
    covariances: Mapping[Columns, Floats]
    passes: int

    def columns(self) -> dict[str, Sequence[object]]:
        """One row for each domain and measure, ready for any table: `pandas.DataFrame(result.columns())`."""
        size, k = self.estimate.shape
        return {
            "domain": [said(domain) for domain in self.domains for _ in range(k)],
            "measure": [*self.names] * size,
            "estimate": self.estimate.ravel().tolist(),
            "se": self.se.ravel().tolist(),
            "df": self.df.repeat(k).tolist(),
            "n": self.n.ravel().tolist(),
        }


def said(domain: Labels) -> str:
    """A domain in words: `region = north, size = 2`."""
    return ", ".join(f"{column} = {label}" for column, label in domain) or "all"
