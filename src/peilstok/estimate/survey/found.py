"""What an analysis gives back: estimates by name, quantiles, changes; each prints as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np

from peilstok.estimate import tabular
from peilstok.estimate.change import Change
from peilstok.estimate.design import Floats
from peilstok.estimate.intervals import Interval
from peilstok.estimate.quantiles import Quantile
from peilstok.estimate.survey.estimands import Terms
from peilstok.estimate.survey.estimation import Estimates
from peilstok.estimate.survey.sampling import Sample
from peilstok.estimate.tabular import Tabular


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What k estimates were made from: a sample, and m terms of which they are functions with k x m `slopes`."""

    sample: Sample
    terms: Terms
    slopes: Floats | None = None

    @property
    def values(self) -> Floats:
        """n x k linearised values, weight included, after the projections of the weighting."""
        if self.sample.replicates is not None:
            raise ValueError("estimates from replicate weights have no linearised values: take them of the design")
        _, values = self.terms.linearised(self.sample.weights)
        projected = self.sample.chain.project(values)
        return projected if self.slopes is None else projected @ self.slopes.T

    def function(self, slopes: Floats) -> Basis:
        """Of functions of these estimates."""
        return Basis(self.sample, self.terms, slopes if self.slopes is None else slopes @ self.slopes)


@dataclass(frozen=True, slots=True, eq=False)
class Found(Tabular):
    """Estimates by name, with their standard errors, 95 percent intervals and covariance."""

    estimates: Estimates
    basis: Basis = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        return self.estimates.names

    @property
    def values(self) -> Floats:
        return self.estimates.estimates

    @property
    def se(self) -> Floats:
        return self.estimates.errors

    @property
    def covariance(self) -> Floats:
        return self.estimates.covariance

    @property
    def df(self) -> int:
        return self.estimates.df

    @property
    def limits(self) -> tuple[Floats, Floats]:
        """Lower and upper limits of the 95 percent intervals."""
        return self.estimates.limits

    def columns(self) -> dict[str, list[Any]]:
        """Name, estimate, se, low, high, cv; where asked deff; where each has its own degrees of freedom, those."""
        found = tabular.usual(self.names, self.values, self.se, *self.limits)
        if self.estimates.deff is not None:
            found["deff"] = self.estimates.deff.tolist()
        if self._own:
            found["df"] = list(self._own)
        return found

    @property
    def note(self) -> str:
        return "" if self._own else f"({self.df} degrees of freedom)"

    @property
    def _own(self) -> tuple[int, ...]:
        """Degrees of freedom of each, where they are not those of all."""
        own = self.estimates.own_df or ()
        return () if set(own) <= {self.df} else own


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles(Tabular, Sequence[Quantile]):
    """Quantiles of one variable, in the order of their probabilities."""

    each: tuple[Quantile, ...]

    def __len__(self) -> int:
        return len(self.each)

    @overload
    def __getitem__(self, place: int) -> Quantile: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Quantile, ...]: ...
    def __getitem__(self, place: int | slice) -> Quantile | tuple[Quantile, ...]:
        return self.each[place]

    def columns(self) -> dict[str, list[Any]]:
        """Name (the probability), estimate, se, low, high, cv."""
        names = [f"{each.probability:.15g}" for each in self.each]
        numbers = np.array([(each.estimate, each.se, each.low, each.high) for each in self.each]).reshape(-1, 4)
        return tabular.usual(names, *numbers.T)

    @property
    def note(self) -> str:
        return f"({self.each[0].df:g} degrees of freedom)"


@dataclass(frozen=True, slots=True, eq=False)
class Changes(Tabular):
    """Changes by name, and the 95 percent interval of each."""

    names: tuple[str, ...]
    each: tuple[Change, ...]
    intervals: tuple[Interval, ...]
    df: int

    def columns(self) -> dict[str, list[Any]]:
        """Name, before, after; change, se, low, high; the same relative to before: after / before - 1 and its limits.

        Limits of the relative change are by logarithms, which never fall below -1, where both values are above 0.
        """
        relative = [each.relative_by_log or each.relative for each in self.each]
        return {
            "name": list(self.names),
            "before": [each.before for each in self.each],
            "after": [each.after for each in self.each],
            "change": [each.absolute.value for each in self.each],
            "se": [each.absolute.se for each in self.each],
            "low": [each.low for each in self.intervals],
            "high": [each.high for each in self.intervals],
            "relative": [float("nan") if each.relative is None else each.relative.value for each in self.each],
            "relative low": [float("nan") if each is None else each.low for each in relative],
            "relative high": [float("nan") if each is None else each.high for each in relative],
        }

    @property
    def note(self) -> str:
        return f"({self.df} degrees of freedom; {self.each[0].shared} units in both; {self.each[0].way})"
