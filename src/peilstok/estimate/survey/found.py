"""What an analysis gives back: estimates by name, quantiles, changes; each prints as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from peilstok.estimate import tabular
from peilstok.estimate.change import Change
from peilstok.estimate.design import Floats
from peilstok.estimate.quantiles import Quantile
from peilstok.estimate.survey.data import Mask
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
        return self.sample.chain.project(values if self.slopes is None else values @ self.slopes.T)

    @property
    def all_slopes(self) -> Floats:
        """k x terms: of the estimates with respect to the terms themselves."""
        slopes = np.eye(len(self.terms.terms))
        if self.terms.function is not None:
            found = [term.linearised(self.sample.weights).estimate for term in self.terms.terms]
            _, slopes = self.terms.function(np.array(found))
        return slopes if self.slopes is None else self.slopes @ slopes

    @property
    def inside(self) -> tuple[Mask, ...]:
        """The rows of the domain of each estimate; empty for functions of estimates, which have several."""
        single = self.slopes is None and self.terms.function is None
        return tuple(term.inside for term in self.terms.terms) if single else ()

    def function(self, slopes: Floats) -> Basis:
        """Of functions of these estimates."""
        return Basis(self.sample, self.terms, slopes if self.slopes is None else slopes @ self.slopes)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Found(Tabular):
    """Estimates by name, with their standard errors, 95 percent intervals and covariance."""

    estimates: Estimates
    basis: Basis

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
        """Name, estimate, se, low, high (95 percent), cv; n, the rows of the domain that have a weight.

        Where asked design effect and effective sample size; where each has degrees of freedom of its own, those.
        """
        found = tabular.usual(self.names, self.values, self.se, *self.limits)
        n = [int((inside & (self.basis.sample.weights != 0)).sum()) for inside in self.basis.inside]
        if n:
            found["n"] = n
        if self.estimates.deff is not None:
            found["deff"] = self.estimates.deff.tolist()
            found["neff"] = np.divide(n, self.estimates.deff).tolist()
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Changes(Tabular):
    """Changes by name, and the limits of the 95 percent interval of each."""

    names: tuple[str, ...]
    each: tuple[Change, ...]
    limits: tuple[Floats, Floats]
    df: tuple[int, ...]

    def columns(self) -> dict[str, list[Any]]:
        """Name, before, after; change, se, low, high (95 percent); the same relative to before, after / before - 1.

        Limits of the relative change are by logarithms, which never fall below -1, where both values are above 0, and
        are not defined where one of them is 0. `shared`: units that both estimates have; `df` degrees of freedom.
        """
        relative = [_of_relative(each) for each in self.each]
        return {
            "name": list(self.names),
            "before": [each.before for each in self.each],
            "after": [each.after for each in self.each],
            "change": [each.absolute.value for each in self.each],
            "se": [each.absolute.se for each in self.each],
            "low": self.limits[0].tolist(),
            "high": self.limits[1].tolist(),
            "relative": [math.nan if each.relative is None else each.relative.value for each in self.each],
            "relative low": [low for low, _ in relative],
            "relative high": [high for _, high in relative],
            "shared": [each.shared for each in self.each],
            "df": list(self.df),
        }

    @property
    def note(self) -> str:
        return f"(covariance: {self.each[0].way})"


def _of_relative(change: Change) -> tuple[float, float]:
    found = change.relative_by_log or change.relative
    return (math.nan, math.nan) if found is None or not change.after else (found.low, found.high)
