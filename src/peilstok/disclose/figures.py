"""Figures: estimates that may be shown, and the book of them that text, charts and data are made from.

`FigureBook` is what `peilstok figures export` writes as FIGURES.json (`docs/formats/figures.md`). The rooms after
this one know figures only; they never see an estimate that was withheld.

    to_json(book)                 the book as FIGURES.json
    from_json(text, file=...)     the book that the file holds; raises `Refused` with every finding
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from peilstok.disclose import exchange
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
    the share of pupils at those boards, and `of_pupils_weighted` that share weighted to the frame.
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
    of_pupils_weighted: Measured | None = None
    is_weighted: bool = False  # `measured` itself is weighted (in files of others; never in ours)
    base_words: Words | None = None  # `base` and `population` in both languages
    population_words: Words | None = None
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
    words: Words | None = None  # the reason in both languages


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


def from_json(text: str, *, file: str) -> FigureBook:
    """The book in a FIGURES.json; missing keys have the defaults of `docs/formats/figures.md`.

    Raises `Refused` with one finding for everything that is wrong.
    """
    document = exchange.read(text, file=file)
    return FigureBook(
        waves=tuple(_wave(each) for each in document.waves),
        covariances={_pair(entry.of): entry.value for entry in document.covariances},
        breaks=tuple(_break(each) for each in document.breaks),
        synthetic=document.synthetic,
    )


def to_json(book: FigureBook) -> str:
    """The book as FIGURES.json: the same book gives the same text, in the order of the plan."""
    return exchange.write(
        {
            "synthetic": book.synthetic,
            "waves": [_wave_as_json(wave) for wave in book.waves],
            "covariances": _covariances_as_json(book),
            "breaks": [_break_as_json(each) for each in book.breaks],
        }
    )


def _wave(wave: exchange.Wave) -> WaveFigures:
    return WaveFigures(
        id=WaveId(wave.id),
        date=wave.date,
        respondents=wave.respondents,
        figures={FigureName(name): _figure(name, figure) for name, figure in wave.figures.items()},
        pupils=wave.pupils,
        population=wave.population,
        population_pupils=wave.population_pupils,
    )


def _figure(name: str, figure: exchange.Figure) -> Figure:
    return Figure(
        name=FigureName(name),
        unit=figure.unit,
        kind=figure.kind,
        measured=Measured(value=figure.value, se=figure.se, ci_low=figure.ci_low, ci_high=figure.ci_high),
        n=figure.n,
        count=figure.count,
        base=figure.base,
        population=figure.population,
        group=figure.group,
        label=_words(figure.label),
        estimand=FigureName(figure.estimand) if figure.estimand else None,
        domain=DomainKey(figure.domain),
        weighted=_measured(figure, "weighted"),
        of_pupils=_measured(figure, "pupils"),
        of_pupils_weighted=_measured(figure, "pupils_weighted"),
        is_weighted=figure.weighted,
        base_words=_words(figure.base_words),
        population_words=_words(figure.population_words),
        pupils=figure.pupils,
        coverage=figure.coverage,
        method=figure.method,
    )


def _measured(figure: exchange.Figure, kind: str) -> Measured | None:
    value, se, low, high = (getattr(figure, f"{part}_{kind}") for part in exchange.PARTS)
    return None if value is None else Measured(value=value, se=se, ci_low=low, ci_high=high)


def _words(text: exchange.Text | None) -> Words | None:
    """A text in one language stands for both; an empty one is none."""
    if text is None or not (text.nl.strip() or text.en.strip()):
        return None
    return Words(nl=text.nl if text.nl.strip() else text.en, en=text.en if text.en.strip() else text.nl)


def _pair(of: tuple[str, str]) -> frozenset[tuple[WaveId, FigureName]]:
    return frozenset((WaveId(wave), FigureName(name)) for wave, _, name in (each.partition("/") for each in of))


def _break(each: exchange.Break) -> Break:
    earlier, later = each.between
    return Break(
        figure=FigureName(each.figure),
        between=(WaveId(earlier), WaveId(later)),
        reason=each.reason,
        words=_words(each.words),
    )


def _wave_as_json(wave: WaveFigures) -> dict[str, object]:
    return {
        "id": wave.id,
        "date": wave.date.isoformat(),
        "respondents": wave.respondents,
        **_given(pupils=wave.pupils, population=wave.population, population_pupils=wave.population_pupils),
        "figures": {name: _figure_as_json(figure) for name, figure in wave.figures.items()},
    }


def _figure_as_json(figure: Figure) -> dict[str, object]:
    measured = figure.measured
    return {
        "value": measured.value,
        "se": measured.se,
        **_given(ci_low=measured.ci_low, ci_high=measured.ci_high),
        "n": figure.n,
        "count": figure.count,
        "unit": figure.unit,
        "kind": figure.kind,
        "weighted": figure.is_weighted,
        "base": figure.base,
        "population": figure.population,
        "group": figure.group,
        "label": figure.label.as_json() if figure.label else {},
        **_given(estimand=figure.estimand),
        "domain": figure.domain,
        **_beside(figure.weighted, "weighted"),
        **_beside(figure.of_pupils, "pupils"),
        **_beside(figure.of_pupils_weighted, "pupils_weighted"),
        **_given(pupils=figure.pupils, coverage=figure.coverage),
        **_given(base_words=figure.base_words and figure.base_words.as_json()),
        **_given(population_words=figure.population_words and figure.population_words.as_json()),
        "method": figure.method,
    }


def _beside(measured: Measured | None, kind: str) -> dict[str, object]:
    if measured is None:
        return {}
    parts = (measured.value, measured.se, measured.ci_low, measured.ci_high)
    return _given(**{f"{name}_{kind}": part for name, part in zip(exchange.PARTS, parts, strict=True)})


def _given(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _covariances_as_json(book: FigureBook) -> list[dict[str, object]]:
    """In the order of the pairs' names; a variance, if there is one, names its figure twice."""
    pairs = ((sorted(f"{wave}/{name}" for wave, name in pair), value) for pair, value in book.covariances.items())
    return [{"of": [pair[0], pair[-1]], "value": value} for pair, value in sorted(pairs)]


def _break_as_json(each: Break) -> dict[str, object]:
    return {
        "figure": each.figure,
        "between": list(each.between),
        "reason": each.reason,
        **_given(words=each.words and each.words.as_json()),
    }
