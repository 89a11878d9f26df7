"""What changed: between two waves, and between two editions of the same wave.

Between waves a difference has a sampling error, with the covariance where the same boards answered both times; it is
called higher or lower only where the 95 percent interval of the difference excludes zero (normal, two-sided): the same
rule by which `article.claims` judges a sentence. A figure without a standard error has no sampling error. Across a
declared break nothing is compared. Between editions of one wave the boards are the same ones and some more: the
difference is what it is, and no test is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal

from peilstok.article.claims import Z95
from peilstok.disclose.figures import Break, Figure, FigureBook, Unit, WaveFigures
from peilstok.publish import numbers
from peilstok.terms import FigureName, Language, WaveId, Words

Verdict = Literal["higher", "lower", "not_clear", "equal"]

VERDICTS: Final[Mapping[Verdict, Words]] = {
    "higher": Words(nl="meer", en="more"),
    "lower": Words(nl="minder", en="less"),
    "not_clear": Words(nl="niet duidelijk anders", en="not clearly different"),
    "equal": Words(nl="gelijk", en="the same"),
}
AGAINST: Final = Words(nl="was {before}, nu {now}", en="was {before}, now {now}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure that both waves have. `difference` is now minus before, in its unit (percent: percentage points).

    `se` and interval are None where neither wave has a sampling error, as for a count of answers.
    """

    figure: Figure
    before: Figure
    difference: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    verdict: Verdict

    @property
    def unit(self) -> Unit:
        return self.figure.unit

    def in_words(self, language: Language) -> str:
        """One sentence: label, both values, the difference with its interval, the verdict."""
        values = AGAINST[language].format(
            before=numbers.spoken(self.before.value, self.unit, language),
            now=numbers.spoken(self.figure.value, self.unit, language),
        )
        unit = numbers.POINTS[language] if self.unit == "percent" else numbers.UNIT_WORDS[self.unit][language]
        amount = f"{numbers.signed(self.difference, language, numbers.DECIMALS[self.unit])} {unit}"
        verdict = VERDICTS[self.verdict][language]
        return f"{numbers.label(self.figure, language)}: {values} ({amount}{self._margin(language)}), {verdict}."

    def _margin(self, language: Language) -> str:
        if self.ci_low is None or self.ci_high is None:
            return ""
        decimals = numbers.DECIMALS[self.unit]
        low, high = (numbers.signed(end, language, decimals) for end in (self.ci_low, self.ci_high))
        return f"; {numbers.BETWEEN[language]} {low} {numbers.TO[language]} {high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that changed from one wave to the next: every figure of both is in exactly one of the four."""

    since: WaveFigures
    both: tuple[Change, ...]
    fresh: tuple[Figure, ...]
    gone: tuple[Figure, ...]
    broken: tuple[tuple[Figure, Break], ...]


def between(*, book: FigureBook, before: WaveId, now: WaveId) -> Changes:
    """From wave `before` to wave `now`, in the order of the plan of `now`."""
    earlier, later = book.wave(before), book.wave(now)
    if earlier is None or later is None:
        raise ValueError(f"the figures lack {before if earlier is None else now}")
    shared = [name for name in later.figures if name in earlier.figures]
    broken = {name: found for name in shared if (found := _break(book, name, earlier, later))}
    return Changes(
        since=earlier,
        both=tuple(_change(book, earlier, later, name) for name in shared if name not in broken),
        fresh=tuple(figure for name, figure in later.figures.items() if name not in earlier.figures),
        gone=tuple(figure for name, figure in earlier.figures.items() if name not in later.figures),
        broken=tuple((later.figures[name], found) for name, found in broken.items()),
    )


def _change(book: FigureBook, earlier: WaveFigures, later: WaveFigures, name: FigureName) -> Change:
    now, was = later.figures[name], earlier.figures[name]
    difference = now.value - was.value
    se = _se(now, was, book.covariance((earlier.id, name), (later.id, name)))
    margin = None if se is None else Z95 * se
    return Change(
        figure=now,
        before=was,
        difference=difference,
        se=se,
        ci_low=None if margin is None else difference - margin,
        ci_high=None if margin is None else difference + margin,
        verdict=verdict(difference, margin or 0.0),
    )


def _se(now: Figure, was: Figure, covariance: float) -> float | None:
    if now.measured.se is None and was.measured.se is None:
        return None
    variance = (now.measured.se or 0.0) ** 2 + (was.measured.se or 0.0) ** 2 - 2 * covariance
    return sqrt(max(variance, 0.0))  # rounding can leave a covariance a hair above what the two variances allow


def verdict(difference: float, margin: float) -> Verdict:
    """More or less only where the interval excludes zero; an interval that ends at zero does not exclude it."""
    if difference == 0:
        return "equal" if margin == 0 else "not_clear"
    if abs(difference) > margin:
        return "higher" if difference > 0 else "lower"
    return "not_clear"


def _break(book: FigureBook, name: FigureName, earlier: WaveFigures, later: WaveFigures) -> Break | None:
    """A break of this figure anywhere from the earlier wave to the later one."""
    order = [wave.id for wave in book.waves]
    first, last = order.index(earlier.id), order.index(later.id)
    for each in book.breaks:
        if each.figure != name or not set(each.between) <= set(order):
            continue
        at, to = sorted(order.index(wave) for wave in each.between)
        if at < last and to > first:
            return each
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A figure of one wave in two editions; `before` or `now` is None where only the other has it."""

    before: Figure | None
    now: Figure | None

    @property
    def figure(self) -> Figure:
        found = self.now or self.before
        assert found is not None
        return found


def between_editions(*, before: WaveFigures, now: WaveFigures) -> tuple[Revised, ...]:
    """The figures whose printed value, interval or base differs, in the order of the newer edition; then those gone."""
    names = [*now.figures, *(name for name in before.figures if name not in now.figures)]
    pairs = [Revised(before=before.figures.get(name), now=now.figures.get(name)) for name in names]
    return tuple(pair for pair in pairs if _printed(pair.before) != _printed(pair.now))


def _printed(figure: Figure | None) -> object:
    if figure is None:
        return None
    measured = figure.measured
    return (
        numbers.short(figure.value, figure.unit, "nl"),
        numbers.interval(measured, figure.unit, "nl"),
        figure.n,
    )
