"""The PDF of an edition: the article as the page has it, charts, all figures, and how they were made.

Tagged for assistive technology (PDF/UA-1, enforced by the typst compiler; not validated by veraPDF). Text reaches the
document as JSON, never as source. The date is the edition's, so that the same edition gives the same bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from peilstok.errors import CannotRun
from peilstok.publish import explanations, fonts, illustrations, numbers, tables, typeset
from peilstok.publish.changes import VERDICTS, Change, Changes
from peilstok.publish.edition import KIND_WORDS, SYNTHETIC, SYNTHETIC_SHORT, Block, Edition, Kind, stated
from peilstok.publish.illustrations import Illustration
from peilstok.terms import Language, Words

SECONDS: Final = 60  # a PDF takes less than one; this one would never end
TEMPLATE: Final = Path(__file__).parent / "typst" / "release.typ"

WORDS: Final[Mapping[str, Words]] = {
    "page": Words(nl="Pagina", en="Page"),
    "of": Words(nl="van", en="of"),
    "charts": Words(nl="De cijfers in beeld", en="The figures in pictures"),
    "all_figures": Words(nl="Alle cijfers", en="All figures"),
    "figure": Words(nl="Cijfer", en="Figure"),
    "answered": Words(nl="Zoals geantwoord", en="As answered"),
    "weighted": Words(nl="Gewogen", en="Weighted"),
    "of_pupils": Words(nl="Van de leerlingen", en="Of the pupils"),
    "n": Words(nl="Aantal", en="Number"),
    "before": Words(nl="Was", en="Was"),
    "now": Words(nl="Nu", en="Now"),
    "difference": Words(nl="Verschil", en="Difference"),
    "verdict": Words(nl="Oordeel", en="Verdict"),
    "withheld": Words(nl="Niet vrijgegeven", en="Withheld"),
    "reading": Words(nl="Hoe lees ik dit?", en="How do I read this?"),
    "method": Words(nl="Verantwoording", en="How the figures were made"),
    "cite": Words(nl="Zo verwijst u hiernaar", en="How to cite this"),
    "synthetic_short": SYNTHETIC_SHORT,
}
FRESH: Final = Words(nl="Nieuw in deze meting: {labels}.", en="New in this wave: {labels}.")
GONE: Final = Words(nl="Niet opnieuw gevraagd: {labels}.", en="Not asked again: {labels}.")
BROKEN: Final = Words(
    nl="Niet te vergelijken met de vorige meting: {label} ({reason}).",
    en="Not comparable with the previous wave: {label} ({reason}).",
)
LICENCE: Final = Words(
    nl="De cijfers zijn vrij te gebruiken ({licence}). Noem graag de bron.",
    en="The figures are free to use ({licence}). Please name the source.",
)


def pdf(edition: Edition, language: Language, drawn: Sequence[Illustration]) -> bytes:
    """The document in one language, with the charts that were drawn for it."""
    pictures = {f"{each.chart.name}.svg": each.chart.svg for each in drawn}
    return setting(content(edition, language, drawn), pictures)


def setting(data: Mapping[str, Any], pictures: Mapping[str, str]) -> bytes:
    """Set `data` by the template in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="peilstok-pdf-") as name:
        folder = Path(name)
        (folder / "release.typ").write_bytes(TEMPLATE.read_bytes())
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        (folder / "fonts").symlink_to(fonts.folder())
        for file, svg in pictures.items():
            (folder / file).write_text(svg, encoding="utf-8")
        return run(folder, seconds=SECONDS)


def run(folder: Path, *, seconds: float) -> bytes:
    """The typesetter in a child process, which is killed when it takes too long."""
    command = [sys.executable, "-I", str(Path(typeset.__file__)), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise CannotRun(f"the PDF was not ready after {seconds:g} seconds") from None
    if done.returncode:
        raise CannotRun(f"the PDF could not be set: {done.stderr.strip()}")
    return (folder / "release.pdf").read_bytes()


def content(edition: Edition, language: Language, drawn: Sequence[Illustration]) -> dict[str, Any]:
    """Everything that the template prints, as JSON values."""
    article = edition.articles[language]
    day = edition.released_on
    figures = edition.figures.figures
    return {
        "lang": language,
        "font": fonts.FAMILY,
        "title": article.title,
        "summary": article.summary,
        "council": edition.council,
        "wave": edition.title[language],
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "stated": stated(edition)[language],
        "base": explanations.base(edition, language),
        "synthetic": edition.synthetic,
        "synthetic_notice": SYNTHETIC[language],
        "kind": KIND_WORDS[edition.kind][language].capitalize(),
        "note": edition.note[language] if edition.note and edition.kind != Kind.FIRST else "",
        "anchors": dict.fromkeys(figures, True),
        "blocks": [block.as_json() for block in without_gaps(article.blocks)],
        "charts": [{"file": f"{each.chart.name}.svg", "alt": alternative(each)} for each in drawn],
        "rows": [row.as_json() for row in tables.rows(figures.values(), language)],
        "withheld": [
            {"label": (each.label or Words(nl=each.name, en=each.name))[language], "reason": each.reason[language]}
            for each in edition.withheld
        ],
        "reading": [{"term": each.term, "text": each.text} for each in explanations.reading(language)],
        "method": list(explanations.method(edition, language)),
        "citation": explanations.citation(edition, language),
        "licence": LICENCE[language].format(licence=explanations.LICENCE_NAME),
        "words": {key: words[language] for key, words in WORDS.items()},
        **_changes(illustrations.changed(edition), language),
    }


def alternative(drawn: Illustration) -> str:
    return f"{drawn.chart.title} {drawn.chart.description}"


def _changes(since: Changes | None, language: Language) -> dict[str, Any]:
    if since is None:
        return {"changes": [], "unlike": [], "changes_title": ""}
    day = numbers.day(since.since.date, language)
    return {
        "changes": [change_row(change, language) for change in since.both],
        "unlike": unlike(since, language),
        "changes_title": illustrations.CHANGED[language].format(day=day),
    }


def change_row(change: Change, language: Language) -> dict[str, str]:
    """A change as cells of text."""
    decimals = numbers.DECIMALS[change.unit]
    ends = [end for end in (change.ci_low, change.ci_high) if end is not None]
    return {
        "label": numbers.label(change.figure, language),
        "before": numbers.short(change.before.value, change.unit, language),
        "now": numbers.short(change.figure.value, change.unit, language),
        "difference": numbers.signed(change.difference, language, decimals),
        "interval": f" {numbers.TO[language]} ".join(numbers.signed(end, language, decimals) for end in ends),
        "verdict": VERDICTS[change.verdict][language],
    }


def unlike(since: Changes, language: Language) -> list[str]:
    """What cannot be compared, in sentences: breaks with their reasons, new figures, figures that are gone."""

    def labels(figures: Iterable[Any]) -> str:
        return "; ".join(numbers.label(figure, language) for figure in figures)

    said = [
        BROKEN[language].format(label=numbers.label(figure, language), reason=found.reason)
        for figure, found in since.broken
    ]
    if since.fresh:
        said.append(FRESH[language].format(labels=labels(since.fresh)))
    if since.gone:
        said.append(GONE[language].format(labels=labels(since.gone)))
    return said


def without_gaps(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Headings from level 2 down (the title is 1) that never skip a level: PDF/UA-1 refuses a gap."""
    last = 1
    mended = []
    for block in blocks:
        if block.kind == "heading":
            last = min(max(block.level, 2), last + 1)
            mended.append(replace(block, level=last))
        else:
            mended.append(block)
    return tuple(mended)
