"""Figures as rows of text: the values beside a chart, and the table of all figures on page and in PDF.

A figure without interval, weight or share of pupils keeps its row; the cell says so. No figure is left out here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from peilstok.article import unbroken
from peilstok.disclose.figures import Break, Figure, Measured, Unit
from peilstok.publish import numbers
from peilstok.publish.changes import VERDICTS, Change, Changes, Revised
from peilstok.terms import Language, Words

NONE: Final = "–"

OF: Final = Words(nl="als deel van: {base}", en="as a share of: {base}")
FRESH: Final = Words(nl="Nieuw in deze meting: {labels}.", en="New in this wave: {labels}.")
GONE: Final = Words(nl="Niet opnieuw gevraagd: {labels}.", en="Not asked again: {labels}.")
WITHHELD_BEFORE: Final = Words(
    nl="De vorige keer niet vrijgegeven, nu wel: {labels}.", en="Withheld the time before, shown now: {labels}."
)
WITHHELD_NOW: Final = Words(
    nl="De vorige keer getoond, nu niet vrijgegeven: {labels}.", en="Shown the time before, withheld now: {labels}."
)
HELD: Final = Words(nl="niet vrijgegeven", en="withheld")
BROKEN: Final = Words(
    nl="Niet te vergelijken met de vorige meting: {label}. {reason}",
    en="Not comparable with the previous wave: {label}. {reason}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value as printed, with its interval where there is one."""

    value: str
    interval: str = ""

    @property
    def known(self) -> bool:
        return self.value != NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure: as answered, weighted to all boards, and as a share of the pupils at those boards.

    `base` is said of a ratio only, whose base is not that of the table.
    """

    name: str
    label: str
    answered: Cell
    weighted: Cell
    of_pupils: Cell
    n: str
    base: str

    @property
    def anchor(self) -> str:
        return f"figure-{self.name}"

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "anchor": self.anchor}


def rows(figures: Iterable[Figure], language: Language) -> tuple[Row, ...]:
    """The rows of these figures, in their order."""
    return tuple(row(figure, language) for figure in figures)


def row(figure: Figure, language: Language) -> Row:
    return Row(
        name=figure.name,
        label=numbers.label(figure, language),
        answered=_cell(figure.measured, figure.unit, language),
        weighted=_cell(figure.weighted, figure.unit, language),
        of_pupils=_cell(figure.of_pupils, "percent", language),
        n=NONE if figure.n is None else numbers.number(figure.n, language),
        base=_of(figure, language),
    )


def _of(figure: Figure, language: Language) -> str:
    """Of what a ratio is a part; the other figures have their base in the table's words."""
    if figure.kind != "ratio":
        return ""
    return OF[language].format(base=figure.base_words[language] if figure.base_words else figure.base)


def _cell(measured: Measured | None, unit: Unit, language: Language) -> Cell:
    if measured is None:
        return Cell(value=NONE)
    return Cell(
        value=numbers.short(measured.value, unit, language),
        interval=numbers.interval(measured, unit, language),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A change: both values, the difference with its unit and interval, the verdict in words."""

    name: str
    label: str
    before: str
    now: str
    difference: Cell
    verdict: str
    clear: bool

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def change_rows(changes: Iterable[Change], language: Language) -> tuple[ChangeRow, ...]:
    return tuple(_change_row(change, language) for change in changes)


def _change_row(change: Change, language: Language) -> ChangeRow:
    decimals = numbers.DECIMALS[change.unit]
    ends = [end for end in (change.ci_low, change.ci_high) if end is not None]
    return ChangeRow(
        name=change.figure.name,
        label=numbers.label(change.figure, language),
        before=numbers.short(change.before.value, change.unit, language),
        now=numbers.short(change.figure.value, change.unit, language),
        difference=Cell(
            value=unbroken(numbers.difference(change.difference, change.unit, language)),
            interval=f" {numbers.TO[language]} ".join(numbers.signed(end, language, decimals) for end in ends),
        ),
        verdict=VERDICTS[change.verdict][language],
        clear=change.verdict in {"higher", "lower"},
    )


def unlike(since: Changes, language: Language) -> tuple[str, ...]:
    """What cannot be compared, in sentences: breaks with their reasons, new figures, those withheld, those gone."""
    said = [
        BROKEN[language].format(label=numbers.label(figure, language), reason=_reason(found, language))
        for figure, found in since.broken
    ]
    lists = (
        (FRESH, since.fresh),
        (WITHHELD_BEFORE, since.withheld_before),
        (WITHHELD_NOW, since.withheld_now),
        (GONE, since.gone),
    )
    for pattern, figures in lists:
        if figures:
            labels = "; ".join(numbers.label(figure, language) for figure in figures)
            said.append(pattern[language].format(labels=labels))
    return tuple(said)


def _reason(found: Break, language: Language) -> str:
    reason = (found.words[language] if found.words else found.reason).strip()
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisedRow:
    """A figure as the edition before printed it, and as this one does; neither of a figure that is withheld now."""

    name: str
    label: str
    before: Cell
    now: Cell

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def revised_rows(revised: Iterable[Revised], language: Language) -> tuple[RevisedRow, ...]:
    return tuple(
        RevisedRow(
            name=each.name,
            label=each.label(language),
            before=_printed(each.before, language),
            now=Cell(value=HELD[language]) if each.withheld else _printed(each.now, language),
        )
        for each in revised
    )


def _printed(figure: Figure | None, language: Language) -> Cell:
    return _cell(figure.measured, figure.unit, language) if figure else Cell(value=NONE)
