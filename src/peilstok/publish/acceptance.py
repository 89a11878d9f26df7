"""What publishing takes from the rooms before it, and on which conditions.

`findings` has every reason for which articles and figures cannot be published together; `edition` makes of them what
the files are built from. Whether the wave is closed and which number the edition gets is decided in `releases`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from peilstok import article
from peilstok.article import CheckedArticle
from peilstok.collect import content
from peilstok.collect.figures import series_of
from peilstok.collect.models import Wave
from peilstok.disclose import Act, FigureBook, SafeTable, figures
from peilstok.errors import Finding, Place, Severity
from peilstok.publish.edition import Article, Edition, Excepted, Kind
from peilstok.terms import LANGUAGES, Language, WaveId, Words

CODES: Final[Mapping[str, str]] = {
    "P001": "an article is missing in one of the languages",
    "P002": "an article is about another wave than is published",
    "P003": "an article is in another language than it was given for",
    "P004": "the figures have no such wave, or others than have passed disclosure control",
    "P005": "the figures have later waves than the one that is published",
    "P006": "an article was checked against other figures",
    "P007": "there are two articles in one language",
    "P008": "a wave before it is not closed, so that its figures can still become others",
}


def findings(
    *, wave: Wave, book: FigureBook, tables: Sequence[SafeTable], articles: Mapping[Language, CheckedArticle]
) -> tuple[Finding, ...]:
    """All errors of the articles, and all that does not fit together."""
    return (*_of_articles(wave, book, articles), *_of_figures(wave, book, tables))


def _of_articles(wave: Wave, book: FigureBook, articles: Mapping[Language, CheckedArticle]) -> Iterator[Finding]:
    for language in LANGUAGES:
        checked = articles.get(language)
        if checked is None:
            yield _finding("P001", f"articles of {wave.pk}", f"no article in {language}", "articles in nl and en")
            continue
        if checked.wave != wave.pk:
            yield _finding("P002", checked.file, f"wave {checked.wave}", f"wave {wave.pk}")
        if checked.lang != language:
            yield _finding("P003", checked.file, f"lang {checked.lang}", f"lang {language}")
        if checked.book != book:
            yield _finding("P006", checked.file, "checked against other figures", "an article checked against these")
        yield from (each for each in checked.findings if each.severity is Severity.ERROR)


def _of_figures(wave: Wave, book: FigureBook, tables: Sequence[SafeTable]) -> Iterator[Finding]:
    name = WaveId(wave.pk)
    place = f"figures of {name}"
    if book.wave(name) is None or book.waves != tuple(table.figures for table in tables):
        yield _finding("P004", place, "other figures in the book", "the figures that passed disclosure control")
    later = [each.id for each in book.waves if each.date > wave.date]
    if later:
        yield _finding("P005", place, f"figures of {', '.join(later)}", f"waves up to {name}")
    for before in series_of(wave)[:-1]:
        if before.state != Wave.State.CLOSED:
            yield _finding("P008", place, f"{before.pk}, which is {before.state}", "closed waves before it")


def _excepted(table: SafeTable) -> Iterator[Excepted]:
    for entry in table.log:
        if entry.act is Act.RELEASED and entry.reason:
            label = table.figures.figures[entry.figure].label or Words(nl=entry.figure, en=entry.figure)
            yield Excepted(name=entry.figure, label=label, reason=entry.reason, by=entry.by)


def _finding(code: str, file: str, found: str, expected: str) -> Finding:
    return Finding(code, Severity.ERROR, Place(file), found, expected)


def edition(
    *,
    wave: Wave,
    book: FigureBook,
    tables: Sequence[SafeTable],
    articles: Mapping[Language, CheckedArticle],
    council: str,
    moment: datetime,
) -> Edition:
    """What the files are built from, as a first edition; `releases` gives it its number.

    Answers of boards of a synthetic frame are synthetic, whatever the book says: the mark is never lost on the way.
    `tables` are those of the waves of the book, in its order. The book is taken as it reads back from
    FIGURES.json, so that it can be built again from what is kept.
    """
    table = table_of(wave, tables)
    earlier = [each for each in tables if each.figures.date < wave.date]
    marked = replace(book, synthetic=book.synthetic or wave.frame.synthetic)
    return Edition(
        wave=WaveId(wave.pk),
        number=1,
        kind=Kind.FIRST,
        released=moment,
        provisional=False,
        council=council,
        title=wave.title,
        book=figures.from_json(figures.to_json(marked), file="figures.json"),
        articles={language: _article(articles[language]) for language in LANGUAGES},
        withheld=table.withheld,
        excepted=tuple(_excepted(table)),
        withheld_before=tuple(held.name for held in earlier[-1].withheld) if earlier else (),
        group_titles=_questions(wave, table),
        fingerprint=table.fingerprint,
    )


def table_of(wave: Wave, tables: Sequence[SafeTable]) -> SafeTable:
    """The wave's own among the tables of its book."""
    return next(table for table in tables if table.figures.id == wave.pk)


def _article(checked: CheckedArticle) -> Article:
    return Article(
        title=checked.title,
        html=article.render_html(checked),
        blocks=tuple(block.as_json() for block in checked.blocks),
        summary=article.summary(checked),
    )


def _questions(wave: Wave, table: SafeTable) -> dict[str, Words]:
    """The question above the chart of its answers: groups of figures that bear the name of an item.

    Where each board read something of its own in it, as the name of a school, there is an ellipsis.
    """
    items = {str(name): item for name, item in content.of(wave).questionnaire.items.items()}
    groups = {figure.group for figure in table.figures.figures.values() if figure.group}
    return {group: items[group].text_for_all for group in sorted(groups & items.keys())}
