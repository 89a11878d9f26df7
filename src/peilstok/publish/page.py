"""What the page of an edition shows, ready for its template.

The same content makes the page on the site and the document that stands alone (`document`). Everything comes from the
edition; charts come as they were drawn at publication, by their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from peilstok.disclose.figures import WaveFigures
from peilstok.publish import explanations, illustrations, numbers, tables
from peilstok.publish.edition import KIND_WORDS, SYNTHETIC, Edition, Kind, standing, stated
from peilstok.publish.illustrations import Illustration
from peilstok.publish.tables import ChangeRow, RevisedRow, Row
from peilstok.terms import AMSTERDAM, Language, Words

DOWNLOAD_WORDS: Final[Mapping[str, Words]] = {
    "pdf": Words(nl="Dit artikel als PDF, met alle cijfers", en="This article as PDF, with all figures"),
    "html": Words(nl="Dit artikel als los HTML-document", en="This article as a document on its own (HTML)"),
    "csv": Words(nl="Alle cijfers als CSV", en="All figures as CSV"),
    "metadata": Words(nl="Beschrijving van de CSV (CSVW)", en="Description of the CSV (CSVW)"),
    "json": Words(nl="Alle cijfers als JSON, met vorige metingen", en="All figures as JSON, with earlier waves"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChart:
    """A chart with its values: rows of a group, or of change."""

    name: str
    file: str
    title: str
    svg: SafeString
    rows: tuple[Row, ...]
    changes: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What changed since the wave before: its heading, all compared figures, and what cannot be compared."""

    title: str
    rows: tuple[ChangeRow, ...]
    unlike: tuple[str, ...]
    chart: PageChart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    file: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """A text that a bound number in the article may lead to; no anchor where the plan has a figure of that name."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that the template prints. `revised` is empty in a first edition."""

    language: Language
    title: str
    wave: str
    council: str
    published: str
    standing: str
    stated: str
    base: tuple[Anchored, ...]
    synthetic: str
    kind: str
    note: str
    article: SafeString
    charts: tuple[PageChart, ...]
    since: Since | None
    revised: tuple[RevisedRow, ...]
    rows: tuple[Row, ...]
    population_anchors: tuple[str, ...]
    withheld: tuple[Held, ...]
    reading: tuple[explanations.Explained, ...]
    method: tuple[str, ...]
    citation: str
    licence: str
    downloads: tuple[Download, ...]
    words: Mapping[str, str]


def chart_file(name: str, language: Language) -> str:
    return f"{name}.{language}.svg"


def page(
    edition: Edition, language: Language, pictures: Mapping[str, str], *, replaced: WaveFigures | None = None
) -> Page:
    """The content in one language. `pictures` are SVGs by chart name; `replaced` the figures of the edition before."""
    article = edition.articles[language]
    shown = {each.name: _chart(each, pictures, language) for each in illustrations.of(edition, language)}
    change_chart = shown.pop(illustrations.CHANGES_NAME, None)
    return Page(
        language=language,
        title=article.title,
        wave=edition.title[language],
        council=edition.council,
        published=numbers.minute(edition.released.astimezone(AMSTERDAM), language),
        standing=standing(edition)[language],
        stated=stated(edition)[language],
        base=_base(edition, language),
        synthetic=SYNTHETIC[language] if edition.synthetic else "",
        kind="" if edition.kind == Kind.FIRST else KIND_WORDS[edition.kind][language].capitalize(),
        note=edition.note[language] if edition.note else "",
        article=mark_safe(article.html),  # noqa: S308  (written by article.render_html, which escapes)
        charts=tuple(shown.values()),
        since=_since(edition, language, change_chart),
        revised=tables.revised_rows(illustrations.revised(edition, replaced), language),
        rows=tables.rows(edition.figures.figures.values(), language),
        population_anchors=tuple(
            f"figure-{name}" for name in ("population", "population_pupils") if name not in edition.figures.figures
        ),
        withheld=_withheld(edition, language),
        reading=explanations.reading(language),
        method=explanations.method(edition, language),
        citation=explanations.citation(edition, language),
        licence=explanations.LICENCE[language],
        downloads=_downloads(language),
        words=explanations.words(language),
    )


def document(shown: Page) -> bytes:
    """The page as one HTML document that needs nothing beside it."""
    return render_to_string("publish/document.html", {"page": shown}).encode("utf-8")


def _chart(illustration: Illustration, pictures: Mapping[str, str], language: Language) -> PageChart:
    return PageChart(
        name=illustration.name,
        file=chart_file(illustration.name, language),
        title=illustration.caption.title,
        svg=mark_safe(pictures[illustration.name]),  # noqa: S308  (drawn by charts, text in it escaped)
        rows=tables.rows(illustration.figures, language),
        changes=tables.change_rows(illustration.changes, language),
    )


def _since(edition: Edition, language: Language, chart: PageChart | None) -> Since | None:
    found = illustrations.changed(edition)
    if found is None:
        return None
    day = numbers.day(found.since.date, language)
    rows = tables.change_rows(found.both, language)  # the chart draws percents only, its table has all
    return Since(
        title=illustrations.CHANGED[language].format(day=day),
        rows=rows,
        unlike=tables.unlike(found, language),
        chart=replace(chart, changes=rows) if chart else None,
    )


def _base(edition: Edition, language: Language) -> tuple[Anchored, ...]:
    figures = edition.figures.figures
    return tuple(
        Anchored(anchor="" if part.term in figures else f"figure-{part.term}", text=part.text)
        for part in explanations.base(edition, language)
    )


def _withheld(edition: Edition, language: Language) -> tuple[Held, ...]:
    return tuple(Held(label=each.label[language], reason=each.reason[language]) for each in edition.withheld)


def _downloads(language: Language) -> tuple[Download, ...]:
    names = {
        "pdf": f"article.{language}.pdf",
        "html": f"article.{language}.html",
        "csv": "figures.csv",
        "metadata": "figures.csv-metadata.json",
        "json": "figures.json",
    }
    return tuple(Download(file=file, label=DOWNLOAD_WORDS[key][language]) for key, file in names.items())
