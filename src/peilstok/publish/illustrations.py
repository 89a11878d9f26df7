"""Which charts an edition has: one for each group of shares, and one of what changed since the wave before.

A group is drawn when at least two of its figures are released and have one unit; a group with one figure left, and
figures of no group, are in the table of all figures. Only figures of the whole response are drawn (domain `all`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from peilstok.disclose.figures import Figure, WaveFigures
from peilstok.publish import changes, charts, explanations, numbers
from peilstok.publish.changes import Change, Changes, Revised
from peilstok.publish.charts import Caption, Chart
from peilstok.publish.edition import SYNTHETIC_SHORT, Edition, stated
from peilstok.terms import ALL, Language, Words

OF_BOARDS: Final = Words(nl="Deel van {whole} ({n})", en="Share of {whole} ({n})")
OF_OTHERS: Final = Words(nl="Deel van {whole} ({n} besturen)", en="Share of {whole} ({n} boards)")
UNTITLED: Final = Words(nl="Verdeling van {base}", en="Breakdown of {base}")
SEVERAL: Final = Words(nl="meer antwoorden mogelijk", en="several answers possible")
PART: Final = Words(nl="samen minder dan 100%", en="together less than 100%")
CHANGED: Final = Words(nl="Wat veranderde er sinds {day}?", en="What changed since {day}?")
BOTH: Final = Words(
    nl="Besturen die antwoordden: {before} toen, {now} nu",
    en="Boards that answered: {before} then, {now} now",
)
KEY: Final = "key figures of "  # no plan has a group of this name: a name has no blanks
KEY_TITLE: Final = Words(nl="Kerncijfers: deel van de {base}", en="Key figures: share of {base}")
CHANGES_NAME: Final = "chart-changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Illustration:
    """What a chart shows: the figures of a group, or (then without figures) changes since the wave before."""

    caption: Caption
    figures: tuple[Figure, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def name(self) -> str:
        return self.caption.id


def of(edition: Edition, language: Language) -> tuple[Illustration, ...]:
    """The illustrations of an edition, not drawn yet: groups in the order of the plan, change last."""
    found = [_group(edition, language, name, figures) for name, figures in groups(edition).items()]
    since = changed(edition)
    if since and _drawn(since):
        found.append(_changes(edition, language, since))
    return tuple(found)


def draw(illustration: Illustration, language: Language) -> Chart:
    if illustration.changes:
        return charts.changes(rows=illustration.changes, caption=illustration.caption, language=language)
    return charts.bars(figures=illustration.figures, caption=illustration.caption, language=language)


def drawn(edition: Edition, language: Language) -> tuple[Chart, ...]:
    """All charts of an edition in one language."""
    return tuple(draw(each, language) for each in of(edition, language))


def changed(edition: Edition) -> Changes | None:
    """What changed since the wave before; None where this is the first."""
    if edition.before is None:
        return None
    return changes.between(
        book=edition.book,
        before=edition.before.id,
        now=edition.wave,
        withheld_before=edition.withheld_before,
        withheld_now=[held.name for held in edition.withheld],
    )


def revised(edition: Edition, replaced: WaveFigures | None) -> tuple[Revised, ...]:
    """What is other than in the edition before, whose figures of the wave are `replaced`."""
    if replaced is None:
        return ()
    return changes.between_editions(before=replaced, now=edition.figures, withheld=edition.withheld)


def _drawn(since: Changes) -> tuple[Change, ...]:
    """Percents with a sampling error; what has none tells of the response, and stands in the table."""
    return tuple(change for change in since.both if change.unit == "percent" and change.se is not None)


def groups(edition: Edition) -> dict[str, tuple[Figure, ...]]:
    """The groups that are drawn, by their names; ratios of one base that have no group are one as well."""
    found: dict[str, list[Figure]] = {}
    for figure in edition.figures.figures.values():
        if figure.domain == ALL and (name := _group_of(figure)):
            found.setdefault(name, []).append(figure)
    return {name: tuple(each) for name, each in found.items() if len(each) > 1 and len({f.unit for f in each}) == 1}


def _group_of(figure: Figure) -> str:
    if figure.group:
        return figure.group
    is_ratio = figure.kind == "ratio" and figure.unit == "percent" and figure.measured.se is not None
    return f"{KEY}{figure.base}" if is_ratio else ""


def _title(edition: Edition, language: Language, name: str, first: Figure) -> str:
    given = edition.group_titles.get(name)
    if given:
        return given[language]
    pattern = KEY_TITLE if name.startswith(KEY) else UNTITLED
    return pattern[language].format(base=_whole(first, language))


def _group(edition: Edition, language: Language, name: str, figures: tuple[Figure, ...]) -> Illustration:
    caption = Caption(
        id="chart-" + re.sub(r"[^a-z0-9]+", "-", name.lower()),
        title=_title(edition, language, name, figures[0]),
        base=_base(figures, language),
        source=explanations.source(edition, language),
        marks=marks(edition, language),
    )
    return Illustration(caption=caption, figures=figures)


def _whole(figure: Figure, language: Language) -> str:
    return figure.base_words[language] if figure.base_words else figure.base


def _population(figure: Figure, language: Language) -> str:
    return figure.population_words[language] if figure.population_words else figure.population


def _base(figures: tuple[Figure, ...], language: Language) -> str:
    first = figures[0]
    answered = max((figure.n or 0 for figure in figures), default=0)
    pattern, whole_words = (OF_BOARDS, _population(first, language)) if first.kind == "share" else (OF_OTHERS, "")
    said = pattern[language].format(whole=whole_words or _whole(first, language), n=numbers.number(answered, language))
    shares = first.kind == "share" and first.unit == "percent"
    return "; ".join([said, *(words[language] for words in _added_up(figures) if shares)])


def _added_up(figures: tuple[Figure, ...]) -> tuple[Words, ...]:
    """Shares that are more or less than the whole: a reader would add them up, or miss an answer that is not there."""
    whole, rounding = sum(figure.value for figure in figures), 0.5 * len(figures)
    if whole > 100 + rounding:
        return (SEVERAL,)
    return (PART,) if whole < 100 - rounding else ()


def _changes(edition: Edition, language: Language, since: Changes) -> Illustration:
    rows = _drawn(since)
    before, now = since.since.respondents, edition.figures.respondents
    caption = Caption(
        id=CHANGES_NAME,
        title=CHANGED[language].format(day=numbers.day(since.since.date, language)),
        base=BOTH[language].format(before=numbers.number(before, language), now=numbers.number(now, language)),
        source=explanations.source(edition, language),
        marks=marks(edition, language),
    )
    return Illustration(caption=caption, changes=rows)


def marks(edition: Edition, language: Language) -> tuple[str, ...]:
    """What a picture says of its edition, so that it still says so when it is passed on alone."""
    synthetic = (SYNTHETIC_SHORT[language],) if edition.synthetic else ()
    return (*synthetic, stated(edition)[language])
