"""The PDF of an edition: the article as the page has it, charts, all figures, and how they were made.

Tagged for assistive technology (PDF/UA-1, enforced by the typst compiler; not validated by veraPDF). The date is the
edition's, so that the same edition gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from peilstok.disclose.figures import WaveFigures
from peilstok.publish import explanations, illustrations, numbers, tables
from peilstok.publish.changes import Changes
from peilstok.publish.charts import Chart
from peilstok.publish.edition import KIND_WORDS, SYNTHETIC, Block, Edition, Kind, stated
from peilstok.terms import Language
from peilstok.typesetting import documents

TEMPLATE: Final = Path(__file__).parent / "typst" / "release.typ"


def pdf(edition: Edition, language: Language, drawn: Sequence[Chart], *, replaced: WaveFigures | None = None) -> bytes:
    """The document in one language, with the charts drawn for it; `replaced` are the figures of the edition before."""
    pictures = {f"{chart.name}.svg": chart.svg for chart in drawn}
    return documents.setting(TEMPLATE, content(edition, language, drawn, replaced=replaced), pictures)


def content(
    edition: Edition, language: Language, drawn: Sequence[Chart], *, replaced: WaveFigures | None = None
) -> dict[str, Any]:
    """Everything that the template prints, as JSON values."""
    article = edition.articles[language]
    day = edition.released_on
    figures = edition.figures.figures
    return {
        "lang": language,
        "title": article.title,
        "summary": article.summary,
        "council": edition.council,
        "wave": edition.title[language],
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "stated": stated(edition)[language],
        "base": ", ".join(part.text for part in explanations.base(edition, language)),
        "synthetic": edition.synthetic,
        "synthetic_notice": SYNTHETIC[language],
        "kind": "" if edition.kind == Kind.FIRST else KIND_WORDS[edition.kind][language].capitalize(),
        "note": edition.note[language] if edition.note else "",
        "anchors": dict.fromkeys(figures, True),
        "blocks": without_gaps(article.blocks),
        "charts": [{"file": f"{chart.name}.svg", "alt": alternative(chart)} for chart in drawn],
        "revised": [row.as_json() for row in tables.revised_rows(illustrations.revised(edition, replaced), language)],
        "rows": [row.as_json() for row in tables.rows(figures.values(), language)],
        "withheld": [{"label": each.label[language], "reason": each.reason[language]} for each in edition.withheld],
        "reading": [{"term": each.term, "text": each.text} for each in explanations.reading(language)],
        "method": list(explanations.method(edition, language)),
        "citation": explanations.citation(edition, language),
        "licence": explanations.LICENCE[language],
        "words": explanations.words(language),
        **_changes(illustrations.changed(edition), language),
    }


def alternative(chart: Chart) -> str:
    return f"{chart.title} {chart.description}"


def _changes(since: Changes | None, language: Language) -> dict[str, Any]:
    if since is None:
        return {"changes": [], "unlike": [], "changes_title": ""}
    day = numbers.day(since.since.date, language)
    return {
        "changes": [row.as_json() for row in tables.change_rows(since.both, language)],
        "unlike": list(tables.unlike(since, language)),
        "changes_title": illustrations.CHANGED[language].format(day=day),
    }


def without_gaps(blocks: Iterable[Block]) -> list[Block]:
    """Headings from level 2 down (the title is 1) that never skip a level: PDF/UA-1 refuses a gap."""
    last = 1
    mended: list[Block] = []
    for block in blocks:
        if block["kind"] == "heading":
            last = min(max(block["level"], 2), last + 1)
            mended.append({**block, "level": last})
        else:
            mended.append(block)
    return mended
