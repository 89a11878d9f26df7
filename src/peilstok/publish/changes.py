"""What changed: between two waves, and between two editions of the same wave.

Between waves a difference has a sampling error, with the covariance where the same boards answered both times. Whether
it is called higher or lower, or not compared at all, is decided by `disclose.difference`, which also judges the
sentences of an article. Between editions of one wave the answers are the same: the difference is what it is, and no
test is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from peilstok.disclose import Withheld
from peilstok.disclose.difference import Difference, Verdict, of_figures
from peilstok.disclose.figures import Break, Figure, FigureBook, Unit, WaveFigures
from peilstok.publish import numbers
from peilstok.terms import FigureName, Language, WaveId, Words

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
        amount = numbers.difference(self.difference, self.unit, language)
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
    """All that changed from one wave to the next: every figure that either shows is in exactly one of the six.

    `fresh` was not asked before and `gone` is not asked now; what was asked and held back is `withheld_before` (shown
    now) or `withheld_now` (shown before).
    """

    since: WaveFigures
    both: tuple[Change, ...]
    fresh: tuple[Figure, ...]
    gone: tuple[Figure, ...]
    withheld_before: tuple[Figure, ...]
    withheld_now: tuple[Figure, ...]
    broken: tuple[tuple[Figure, Break], ...]


def between(
    *,
    book: FigureBook,
    before: WaveId,
    now: WaveId,
    withheld_before: Collection[FigureName] = (),
    withheld_now: Collection[FigureName] = (),
) -> Changes:
    """From wave `before` to wave `now`, in the order of the plan of `now`; with the names that each held back."""
    earlier, later = book.wave(before), book.wave(now)
    if earlier is None or later is None:
        raise ValueError(f"the figures lack {before if earlier is None else now}")
    compared = [
        of_figures(book=book, now=figure, before=earlier.figures[name], waves=(before, now))
        for name, figure in later.figures.items()
        if name in earlier.figures
    ]
    only_now = [figure for name, figure in later.figures.items() if name not in earlier.figures]
    only_before = [figure for name, figure in earlier.figures.items() if name not in later.figures]
    return Changes(
        since=earlier,
        both=tuple(_change(each, each.verdict) for each in compared if each.verdict is not None),
        fresh=tuple(figure for figure in only_now if figure.name not in withheld_before),
        gone=tuple(figure for figure in only_before if figure.name not in withheld_now),
        withheld_before=tuple(figure for figure in only_now if figure.name in withheld_before),
        withheld_now=tuple(figure for figure in only_before if figure.name in withheld_now),
        broken=tuple((each.now, each.broken) for each in compared if each.broken),
    )


def _change(found: Difference, verdict: Verdict) -> Change:
    difference, margin = float(found.value), None if found.se is None else found.margin
    return Change(
        figure=found.now,
        before=found.before,
        difference=difference,
        se=found.se,
        ci_low=None if margin is None else difference - margin,
        ci_high=None if margin is None else difference + margin,
        verdict=verdict,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A figure of one wave in two editions; `before` or `now` is None where only the other has it.

    Of one that is withheld now there is neither: what should not have been shown is not shown once more.
    """

    name: FigureName
    before: Figure | None = None
    now: Figure | None = None
    withheld: Withheld | None = None

    def label(self, language: Language) -> str:
        if self.withheld:
            return self.withheld.label[language]
        found = self.now or self.before
        assert found is not None
        return numbers.label(found, language)


def between_editions(
    *, before: WaveFigures, now: WaveFigures, withheld: Iterable[Withheld] = ()
) -> tuple[Revised, ...]:
    """The figures whose printed value, interval or base differs, in the order of the newer edition; then those gone."""
    held = {each.name: each for each in withheld}
    names = [*now.figures, *(name for name in before.figures if name not in now.figures)]
    return tuple(
        Revised(name=name, withheld=held[name])
        if name in held
        else Revised(name=name, before=before.figures.get(name), now=now.figures.get(name))
        for name in names
        if _printed(before.figures.get(name)) != _printed(now.figures.get(name))
    )


def same_figures(one: FigureBook, other: FigureBook) -> bool:
    """Whether every number is the same and of the same; another label makes no other figure."""
    return _unlabelled(one) == _unlabelled(other)


def _unlabelled(book: FigureBook) -> FigureBook:
    def bare(wave: WaveFigures) -> WaveFigures:
        figures = {
            name: replace(figure, label=None, base_words=None, population_words=None)
            for name, figure in wave.figures.items()
        }
        return replace(wave, figures=figures)

    return replace(book, waves=tuple(bare(wave) for wave in book.waves), breaks=())


def _printed(figure: Figure | None) -> object:
    if figure is None:
        return None
    measured = figure.measured
    return (
        numbers.short(figure.value, figure.unit, "nl"),
        numbers.interval(measured, figure.unit, "nl"),
        figure.n,
    )
