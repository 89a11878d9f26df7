"""How like the whole frame those that answered are, as far as the register can tell.

Every unit of the frame was asked, and a model gives each its chance to answer (its propensity) from what the register
knows of it: logistic regression, or the response rate of its cell. The less these chances vary, the more those that
answered are like all. With S their standard deviation over the N units (Schouten, Cobben and Bethlehem 2009, *Survey
Methodology* 35, 101-113; partial indicators: Schouten, Shlomo and Skinner 2011, *Journal of Official Statistics* 27,
231-253)

    R = 1 - 2 S                                    1 when all have the same chance
    P_u(Z) = standard deviation of the mean chance between the classes of Z
    P_c(Z) = standard deviation of the chances within the classes of all other variables

S is too large by what the estimated chances vary by accident; that part is taken off (Shlomo, Skinner and Schouten
2012, *Journal of Statistical Planning and Inference* 142, 201-211). Not decided here: whether boards of one class that
answered are like those that did not. R says nothing about that; `bounds` asks how much it would matter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from peilstok.estimate.covariance import sums
from peilstok.estimate.design import Codes, Floats, Labels

Mask = NDArray[np.bool_]

ROUNDS: Final = 60
SETTLED: Final = 1e-12
"""The regression is done when a round lowers the deviance by less than this part of it."""
_FLAT: Final = 1e-10  # part of the largest information below which there is none
_NORMAL: Final = 1.959963984540054  # the 97.5th percentile


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Propensities:
    """The chance of each of N units to answer, and what is needed to tell how well it is known.

    `slopes` is N x p, the derivatives of the chances to the p parameters; `spread` the p x p covariance matrix of the
    parameters (the inverse of the information; of columns that follow from others, a generalised one).
    """

    chances: Floats
    slopes: Floats
    spread: Floats

    @property
    def rate(self) -> float:
        return float(self.chances.mean())


@dataclass(frozen=True, slots=True, kw_only=True)
class Representativity:
    """R with its 95 percent interval, adjusted for bias; `unadjusted` is R before that.

    `deviation` is S, adjusted. `largest_bias` is S / rate: no mean of the answers of those that answered is further
    from that of all than this many standard deviations of the answers, if the chances are those of the model.
    """

    indicator: float
    low: float
    high: float
    unadjusted: float
    deviation: float
    rate: float
    largest_bias: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class of a variable: its mean chance, how much that differs from the mean of all, with standard error.

    `share` is its signed part in P_u: the difference times the root of its part of the units.
    """

    label: object
    units: int
    rate: float
    difference: float
    se: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """What one variable adds to S: alone (P_u), and beside all others (P_c); both adjusted for bias."""

    variable: str
    unconditional: float
    conditional: float
    classes: tuple[Class, ...]


def by_regression(answered: Mask, columns: Floats) -> Propensities:
    """Logistic regression of who answered (N) on N x p columns, an intercept among them (`dummies`), by maximum
    likelihood. Columns that follow from others do no harm; a class that answered whole or not at all has the chance 1
    or 0. ValueError when nobody answered.
    """
    _check(answered, len(columns))
    chances = _fitted(answered.astype(np.float64), columns)
    slopes = (chances * (1 - chances))[:, None] * columns
    return Propensities(chances=chances, slopes=slopes, spread=_inverse(columns.T @ slopes))


def by_cells(answered: Mask, cells: Labels) -> Propensities:
    """The response rate of the cell of each unit: what regression on all crossings of the variables gives."""
    _check(answered, len(cells))
    codes = _codes(cells)
    sizes = np.bincount(codes)
    rates = np.bincount(codes, weights=answered) / sizes
    information = sizes * rates * (1 - rates)
    slopes = (rates * (1 - rates))[codes][:, None] * np.eye(len(sizes))[codes]
    spread = np.diag(np.divide(1, information, out=np.zeros(len(sizes)), where=information > 0))
    return Propensities(chances=rates[codes], slopes=slopes, spread=spread)


def dummies(variables: Sequence[Labels]) -> Floats:
    """N x p: an intercept, and for each variable a column for every class but its first (in order of the labels)."""
    columns = [np.ones((len(variables[0]), 1))]
    for labels in variables:
        codes = _codes(labels)
        columns.append(np.eye(int(codes.max()) + 1)[codes][:, 1:])
    return np.concatenate(columns, axis=1)


def representativity(propensities: Propensities) -> Representativity:
    """The R-indicator. Its interval is that of S squared, which stays sensible where S is near 0."""
    everybody, one = _square(propensities, None), _square(propensities, np.zeros(len(propensities.chances), np.intp))
    plain, adjusted = everybody.less(one)
    half = _NORMAL * math.sqrt(_variance_of_square(propensities))
    return Representativity(
        indicator=_indicator(adjusted),
        low=_indicator(adjusted + half),
        high=_indicator(adjusted - half),
        unadjusted=_indicator(plain),
        deviation=_root(adjusted),
        rate=propensities.rate,
        largest_bias=_root(adjusted) / propensities.rate,
    )


def partials(propensities: Propensities, variables: Mapping[str, Labels]) -> tuple[Partial, ...]:
    """For each variable of the model (by name, the class of each of N units) what it adds, in their order."""
    everybody, one = _square(propensities, None), _square(propensities, np.zeros(len(propensities.chances), np.intp))
    result = []
    for name, labels in variables.items():
        others = _crossed([other for key, other in variables.items() if key != name], len(propensities.chances))
        _, between = _square(propensities, _codes(labels)).less(one)
        _, within = everybody.less(_square(propensities, others))
        result.append(
            Partial(
                variable=name,
                unconditional=_root(between),
                conditional=_root(within),
                classes=_classes(propensities, labels),
            )
        )
    return tuple(result)


@dataclass(frozen=True, slots=True)
class _Square:
    """Sum over groups of N_g (mean chance of the group)^2, over N - 1, and what of it is accident.

    Every indicator is a difference of two of these: S^2 of the units less the whole, P_u^2 of the classes less the
    whole, P_c^2 of the units less the crossed classes of the other variables.
    """

    value: float
    accident: float

    def less(self, coarser: _Square) -> tuple[float, float]:
        """The difference before and after its bias is taken off."""
        plain = self.value - coarser.value
        return plain, plain - (self.accident - coarser.accident)


def _square(propensities: Propensities, groups: Codes | None) -> _Square:
    """Of the groups, or of every unit by itself. Chances are centred: the whole has 0."""
    centred, slopes, units = propensities.chances - propensities.rate, propensities.slopes, len(propensities.chances)
    sizes = np.ones(units)
    if groups is not None:
        sizes = np.bincount(groups).astype(np.float64)
        centred, slopes = np.bincount(groups, weights=centred) / sizes, sums(slopes, groups) / sizes[:, None]
    accidents = np.einsum("gi,ij,gj->g", slopes, propensities.spread, slopes)
    return _Square(float(sizes @ centred**2) / (units - 1), float(sizes @ accidents) / (units - 1))


def _variance_of_square(propensities: Propensities) -> float:
    """Of S^2, which is a square in the parameters: a' C a + 2 tr(B C B C), C their covariance matrix."""
    more, slopes = len(propensities.chances) - 1, propensities.slopes - propensities.slopes.mean(axis=0)
    gradient = 2 * slopes.T @ (propensities.chances - propensities.rate) / more
    curved = slopes.T @ slopes @ propensities.spread / more
    return float(gradient @ propensities.spread @ gradient + 2 * np.trace(curved @ curved))


def _classes(propensities: Propensities, labels: Labels) -> tuple[Class, ...]:
    codes = _codes(labels)
    sizes = np.bincount(codes)
    rates = np.bincount(codes, weights=propensities.chances) / sizes
    slopes = sums(propensities.slopes, codes) / sizes[:, None] - propensities.slopes.mean(axis=0)
    errors = np.sqrt(np.einsum("gi,ij,gj->g", slopes, propensities.spread, slopes))
    return tuple(
        Class(
            label=label,
            units=int(size),
            rate=float(rate),
            difference=float(rate - propensities.rate),
            se=float(error),
            share=float((rate - propensities.rate) * math.sqrt(size / (len(codes) - 1))),
        )
        for label, size, rate, error in zip(np.unique(np.asarray(labels)).tolist(), sizes, rates, errors, strict=True)
    )


def _fitted(answered: Floats, columns: Floats) -> Floats:
    """Iteratively reweighted least squares; a step that makes the fit worse is halved."""
    at = np.zeros(len(answered))
    deviance = _deviance(answered, at)
    for _ in range(ROUNDS):
        chances = _expit(at)
        root = np.sqrt(chances * (1 - chances))
        left = np.divide(answered - chances, root, out=np.zeros_like(root), where=root > 0)
        step = columns @ np.linalg.lstsq(root[:, None] * columns, left, rcond=None)[0]
        before, worse = deviance, True
        while worse and np.abs(step).max() > SETTLED:
            deviance = _deviance(answered, at + step)
            worse = deviance > before * (1 + SETTLED)
            step = step / 2 if worse else step
        at = at if worse else at + step
        if worse or before - deviance <= SETTLED * (deviance + 0.1):
            return _expit(at)
    raise ValueError(f"the regression of who answered did not settle in {ROUNDS} rounds: use fewer variables")


def _deviance(answered: Floats, at: Floats) -> float:
    return float(2 * np.logaddexp(0, np.where(answered == 1, -at, at)).sum())


def _expit(at: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(at, -700, 700))), dtype=np.float64)


def _inverse(information: Floats) -> Floats:
    return np.asarray(np.linalg.pinv(information, rcond=_FLAT, hermitian=True), dtype=np.float64)


def _indicator(square: float) -> float:
    return max(1 - 2 * _root(square), 0.0)


def _root(square: float) -> float:
    return math.sqrt(max(square, 0.0))


def _codes(labels: Labels) -> Codes:
    return np.asarray(np.unique(np.asarray(labels), return_inverse=True)[1].ravel(), dtype=np.intp)


def _crossed(variables: Sequence[Labels], units: int) -> Codes:
    """One number for every combination of classes that occurs; all in one without variables."""
    result = np.zeros(units, dtype=np.intp)
    for labels in variables:
        codes = _codes(labels)
        result = _codes(result * (int(codes.max()) + 1) + codes)
    return result


def _check(answered: Mask, units: int) -> None:
    if len(answered) != units:
        raise ValueError(f"who answered is known of {len(answered)} units, their variables of {units}")
    if units < 2 or not answered.any():
        raise ValueError("chances to answer need a frame of two units at least, of which some answered")
