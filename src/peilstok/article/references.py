"""What a binding points at: a figure of a wave, or a part of one, found in the book of figures.

    figure:in_care                    the figure of the article's own wave
    figure:wave-2/in_care             that of another wave
    figure:in_care#ci_low             a part of it: its interval, error, base
    figure:in_care#weighted           the same weighted to the frame (`#weighted.ci_low` and so on)
    figure:municipal_care#of_pupils   of a share of boards, the share of pupils at those boards

Four figures belong to the wave itself: `respondents`, `pupils_represented`, `population`, `population_pupils`. A
figure of that name in the plan goes before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Final, Literal

from peilstok.article import units
from peilstok.disclose.figures import Figure, FigureBook, Kind, Measured, WaveFigures
from peilstok.terms import FigureName, WaveId

UnitMeant = Literal["percent", "points", "boards", "pupils", "number"]

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*"
_REFERENCE: Final = re.compile(rf"(?:([A-Za-z0-9][A-Za-z0-9_-]*)/)?({_NAME})(?:#([a-z_]+(?:\.[a-z_]+)?))?")

MEASURES: Final[Mapping[str, Callable[[Figure], Measured | None]]] = {
    "": lambda figure: figure.measured,
    "weighted": lambda figure: figure.weighted,
    "of_pupils": lambda figure: figure.of_pupils,
    "of_pupils_weighted": lambda figure: figure.of_pupils_weighted,
}
OF_MEASURE: Final[Mapping[str, Callable[[Measured], float | None]]] = {
    "value": lambda measured: measured.value,
    "se": lambda measured: measured.se,
    "ci_low": lambda measured: measured.ci_low,
    "ci_high": lambda measured: measured.ci_high,
}
OF_FIGURE: Final[Mapping[str, tuple[UnitMeant, Callable[[Figure], float | None]]]] = {
    "n": ("boards", lambda figure: figure.n),
    "count": ("boards", lambda figure: figure.count),
    "pupils": ("pupils", lambda figure: figure.pupils),
    "coverage": ("percent", lambda figure: figure.coverage),
}
OF_WAVE: Final[Mapping[str, tuple[UnitMeant, Callable[[WaveFigures], float | None]]]] = {
    "respondents": ("boards", lambda wave: wave.respondents),
    "pupils_represented": ("pupils", lambda wave: wave.pupils),
    "population": ("boards", lambda wave: wave.population),
    "population_pupils": ("pupils", lambda wave: wave.population_pupils),
}
PARTS: Final = (
    *(measure for measure in MEASURES if measure),
    *(part for part in OF_MEASURE if part != "value"),
    *OF_FIGURE,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A figure as an author names it; `wave` is None for the article's own."""

    wave: WaveId | None
    name: FigureName
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The number that a bound text states, exact, with what is needed to judge how it is said."""

    wave: WaveId
    name: FigureName
    part: str
    value: Fraction
    unit: UnitMeant
    kind: Kind | None = None
    n: int | None = None
    count: int | None = None
    weighted: bool = False
    base: str = ""  # what a share or ratio is a part of: boards, pupils or schools; "" where the file does not say


class NotFound(Exception):
    """No such figure, wave or part: `code`, and what was found and expected."""

    def __init__(self, code: str, found: str, expected: str) -> None:
        super().__init__(found)
        self.code, self.found, self.expected = code, found, expected


def parse(target: str) -> Reference | None:
    match = _REFERENCE.fullmatch(target)
    if not match:
        return None
    wave, name, part = match.groups()
    return Reference(WaveId(wave) if wave else None, FigureName(name), part or "")


def exact(value: float) -> Fraction:
    """The value as it would be printed with nine decimals, so that no noise of binary numbers decides a rounding."""
    return Fraction(str(round(value, 9)))


def figure(book: FigureBook, wave: WaveId, name: FigureName) -> Figure:
    """A figure of the plan, by name; raises NotFound with the nearest names."""
    figures = _wave(book, wave).figures
    if name not in figures:
        near = [*get_close_matches(name, list(figures), n=3), *(f"{wave.id}/{name}" for wave in _with(book, name))]
        known = _some_of([*near[:4], *list(figures)[:3]], of=len(figures)) if near or figures else "a wave with figures"
        raise NotFound("A020", f"figure {name} of {wave}", known)
    return figures[name]


def _some_of(names: Sequence[str], *, of: int) -> str:
    distinct = [*dict.fromkeys(names)]
    rest = f" ({of} in all)" if of > len(distinct) else ""
    return f"one of {', '.join(distinct)}{rest}"


def stated(book: FigureBook, reference: Reference, own: WaveId) -> Stated:
    """The number that a reference points at; raises NotFound."""
    wave = _wave(book, reference.wave or own)
    if reference.name not in wave.figures and reference.name in OF_WAVE and not reference.part:
        unit, get = OF_WAVE[reference.name]
        value = _present(get(wave), reference, "a figure of the wave that FIGURES.json gives")
        return Stated(wave=wave.id, name=reference.name, part="", value=value, unit=unit)
    return _part(figure(book, wave.id, reference.name), wave.id, reference)


def _part(found: Figure, wave: WaveId, reference: Reference) -> Stated:
    if reference.part in OF_FIGURE:
        unit, of_figure = OF_FIGURE[reference.part]
        value = _present(of_figure(found), reference, "a part that the figure has")
        return Stated(wave=wave, name=found.name, part=reference.part, value=value, unit=unit)
    measure, _, rest = reference.part.rpartition(".")
    if not measure and reference.part in MEASURES:
        measure, rest = reference.part, "value"
    if measure not in MEASURES or (rest or "value") not in OF_MEASURE:
        raise NotFound("A030", f"#{reference.part}", "one of " + ", ".join(f"#{part}" for part in PARTS))
    measured = MEASURES[measure](found)
    value = _present(OF_MEASURE[rest or "value"](measured) if measured else None, reference, "a part that it has")
    plain = reference.part == ""
    value = _by_count(found, value) if plain else value
    return Stated(
        wave=wave,
        name=found.name,
        part=reference.part,
        value=value,
        unit="points" if rest == "se" and found.unit == "percent" else found.unit,
        kind=found.kind if plain else None,
        n=found.n if plain else None,
        count=found.count if plain else None,
        weighted=found.is_weighted,
        base=_base(found, measure),
    )


def _base(found: Figure, measure: str) -> str:
    """Nothing is said of a mean of shares, which is of boards *and* of their pupils, nor of a ratio over boards."""
    if found.kind not in ("share", "ratio"):
        return ""
    kind = "pupils" if measure.startswith("of_pupils") else units.first_of(found.base)
    return "" if found.kind == "ratio" and kind != "pupils" else kind


def _by_count(found: Figure, value: Fraction) -> Fraction:
    """A share of counted units exactly, also where the file gives it rounded: 36 of 108 for 33.33."""
    if found.kind != "share" or found.unit != "percent" or found.is_weighted or found.count is None or not found.n:
        return value
    counted = Fraction(100 * found.count, found.n)
    return counted if abs(counted - value) <= Fraction(1, 200) else value


def _present(value: float | None, reference: Reference, expected: str) -> Fraction:
    if value is None or not math.isfinite(value):
        raise NotFound("A030", f"{reference.name} has no {reference.part or 'value'}", expected)
    return exact(value)


def _wave(book: FigureBook, wave: WaveId) -> WaveFigures:
    found = book.wave(wave)
    if found is None:
        known = ", ".join(each.id for each in book.waves) or "no wave at all"
        raise NotFound("A021", f"wave {wave}", f"one of {known}")
    return found


def _with(book: FigureBook, name: FigureName) -> list[WaveFigures]:
    return [wave for wave in book.waves if name in wave.figures]
