"""Figures: estimates that may be shown, and the book of them that text, charts and data are made from.

`FigureBook` is what `peilstok figures export` writes as FIGURES.json (`docs/formats/figures.md`). The rooms after
this one know figures only; they never see an estimate that was withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from peilstok.terms import ALL, DomainKey, FigureName, WaveId, Words

Unit = Literal["percent", "boards", "pupils", "number"]
Kind = Literal["share", "ratio", "mean", "total", "count", "quantile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A value with its uncertainty, in the unit of the figure (63.5, not 0.635). No `se`: no sampling error."""

    value: float
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a wave.

    `name` is the estimand, with `.domain` behind it for another domain than all: `vulnerable.without_vso`.
    `measured` is as answered; `weighted` is the same weighted to the frame; `of_pupils`, for a share of boards, is
    the share of pupils at those boards.
    """

    name: FigureName
    unit: Unit
    kind: Kind
    measured: Measured
    n: int | None = None  # units whose answers it rests on
    count: int | None = None  # for a share: how many of the n
    base: str = ""
    population: str = ""
    group: str | None = None  # figures that divide one whole (or one multiple-response item) among them
    label: Words | None = None
    estimand: FigureName | None = None
    domain: DomainKey = ALL
    weighted: Measured | None = None
    of_pupils: Measured | None = None
    pupils: int | None = None  # pupils at the n units, by the frame
    coverage: float | None = None  # the same in percent of the pupils of the population
    method: str = ""

    @property
    def value(self) -> float:
        return self.measured.value


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveFigures:
    """The figures of one wave: `figures` in the order of the plan, keyed by their names."""

    id: WaveId
    date: date
    respondents: int
    figures: Mapping[FigureName, Figure]
    pupils: int | None = None  # at the respondents
    population: int | None = None  # units in the frame
    population_pupils: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """From here on this figure is not comparable with before."""

    figure: FigureName
    between: tuple[WaveId, WaveId]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureBook:
    """All waves of a poll so far, oldest first, with covariances (squared units) between figures of two waves."""

    waves: tuple[WaveFigures, ...]
    covariances: Mapping[frozenset[tuple[WaveId, FigureName]], float]
    breaks: tuple[Break, ...] = ()
    synthetic: bool = False

    def wave(self, wave: WaveId) -> WaveFigures | None:
        return next((each for each in self.waves if each.id == wave), None)

    def figure(self, wave: WaveId, name: FigureName) -> Figure | None:
        found = self.wave(wave)
        return found.figures.get(name) if found else None

    def covariance(self, a: tuple[WaveId, FigureName], b: tuple[WaveId, FigureName]) -> float:
        """0 where none is given: separate samples."""
        return self.covariances.get(frozenset({a, b}), 0.0)
