"""The files of an edition, made from the edition alone: the same edition and the same code give the same bytes.

Names, with LANG for nl and en:

    article.LANG.html   the page as a document on its own
    article.LANG.pdf    the same for print and archive
    chart-NAME.LANG.svg one a chart
    figures.json        all figures, this wave and those before it (docs/formats/figures.md)
    figures.csv         the figures of this wave (docs/formats/open-data.md)
    figures.csv-metadata.json
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from peilstok.disclose import figures as disclosed
from peilstok.disclose.figures import WaveFigures
from peilstok.publish import illustrations, opendata, page, pdf
from peilstok.publish.charts import Chart
from peilstok.publish.edition import Edition, File
from peilstok.terms import LANGUAGES, Language

HTML, PDF, SVG = "text/html; charset=utf-8", "application/pdf", "image/svg+xml"
CSV, JSON, CSVW = "text/csv; charset=utf-8; header=present", "application/json", "application/csvm+json"
FIGURES_NAME = "figures.json"


def build_files(edition: Edition, *, replaced: WaveFigures | None = None) -> tuple[File, ...]:
    """All files, in the order of their names. `replaced` are the figures of the edition before, of the same wave."""
    files = [*_data(edition)]
    for language in LANGUAGES:
        files += _in_language(edition, language, replaced)
    return tuple(sorted(files, key=lambda file: file.name))


def _data(edition: Edition) -> Iterable[File]:
    yield File(name=FIGURES_NAME, media_type=JSON, content=disclosed.to_json(edition.book).encode("utf-8"))
    yield File(name=opendata.CSV_NAME, media_type=CSV, content=opendata.table(edition))
    yield File(name=opendata.METADATA_NAME, media_type=CSVW, content=opendata.metadata(edition))


def _in_language(edition: Edition, language: Language, replaced: WaveFigures | None) -> Iterable[File]:
    charts = illustrations.drawn(edition, language)
    for chart in charts:
        svg = chart.svg.encode("utf-8")
        yield File(name=page.chart_file(chart.name, language), media_type=SVG, content=svg, language=language)
    shown = page.page(edition, language, _pictures(charts), replaced=replaced)
    yield File(name=f"article.{language}.html", media_type=HTML, content=page.document(shown), language=language)
    yield File(
        name=f"article.{language}.pdf",
        media_type=PDF,
        content=pdf.pdf(edition, language, charts, replaced=replaced),
        language=language,
    )


def _pictures(charts: Iterable[Chart]) -> Mapping[str, str]:
    return {chart.name: chart.svg for chart in charts}


def fingerprint(files: Iterable[File]) -> str:
    """SHA-256 over the lines `sha256 name` of all files in the order of their names."""
    lines = sorted(f"{file.name} {file.sha256}\n" for file in files)
    return hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()
