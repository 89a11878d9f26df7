"""The PDF: its tags, its words, its limits. Tags are read with pypdf."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from peilstok.article import check
from peilstok.disclose import WaveFigures
from peilstok.errors import CannotRun
from peilstok.publish import illustrations, pdf
from peilstok.publish.edition import KIND_WORDS, Edition, Kind
from peilstok.terms import Language, Words
from peilstok.typesetting import documents
from tests.article.book import published
from tests.article.book import text as article_text
from tests.publish import example, fielded


def made(edition: Edition, language: Language = "nl", replaced: WaveFigures | None = None) -> bytes:
    return pdf.pdf(edition, language, illustrations.drawn(edition, language), replaced=replaced)


@cache
def standing(language: Language) -> bytes:
    return made(example.edition(), language)


def words(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def tags(node: Any) -> Iterator[Any]:
    """All structure elements, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        for each in node:
            yield from tags(each)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from tags(node["/K"])


def root(content: bytes) -> Any:
    return PdfReader(io.BytesIO(content)).trailer["/Root"]


@pytest.mark.parametrize(("language", "title"), [("nl", "Opvang komt op gang"), ("en", "Care gets under way")])
def test_the_document_says_its_title_and_language_and_is_tagged(language: Language, title: str) -> None:
    content = standing(language)
    catalogue = root(content)
    assert str(catalogue["/Lang"]).startswith(language)
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = PdfReader(io.BytesIO(content)).metadata
    assert metadata is not None
    assert metadata.title == title


def test_every_picture_has_the_values_as_its_text_alternative() -> None:
    figures = [tag for tag in tags(root(standing("nl"))["/StructTreeRoot"]) if tag["/S"] == "/Figure"]
    alternatives = [str(tag["/Alt"]) for tag in figures]
    assert len(alternatives) == 3
    assert "op gang: 63,5 procent (95%-interval 58,8 tot 68,2)" in alternatives[0]


def test_headings_start_at_one_and_skip_no_level() -> None:
    article = example.article()
    deep = (*article.blocks, {"kind": "heading", "level": 4, "spans": [example.text("Diep")]})
    edition = example.edition(articles={"nl": example.Article(title="T", html="", blocks=deep), "en": article})
    levels = [
        int(str(tag["/S"])[2:])
        for tag in tags(root(made(edition))["/StructTreeRoot"])
        if str(tag["/S"]) in {f"/H{level}" for level in range(1, 7)}
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_table_of_figures_has_header_cells() -> None:
    found = [str(tag["/S"]) for tag in tags(root(standing("nl"))["/StructTreeRoot"])]
    assert found.count("/Table") == 2  # changes, all figures
    assert found.count("/TH") == 10


def test_text_of_the_article_is_set_as_it_stands_and_never_run_as_code() -> None:
    assert "# [geen] $code$ *hier* @preview" in words(standing("nl"))


def test_the_pdf_says_what_the_page_says() -> None:
    said = words(standing("nl"))
    assert "Bij 63,5 procent van de besturen is de opvang op gang." in said
    assert "285 besturen antwoordden, samen 414.915 leerlingen" in said
    assert "Niet vrijgegeven" in said
    assert "jeugdzorg neemt het voortouw: minder dan drie besturen" in said
    assert "Niet te vergelijken met de vorige meting" in said
    assert "58,8 – 68,2" in said


def test_every_figure_has_a_row_also_without_interval() -> None:
    said = words(standing("nl"))
    for figure in example.later_figures():
        assert figure.label is not None
        assert figure.label.nl in said
    assert "besturen die antwoordden als deel van: leerlingen 29,4% – – 285" in said


@pytest.mark.parametrize(("language", "mark"), [("nl", "Synthetische antwoorden"), ("en", "Synthetic answers")])
def test_every_page_of_the_pdf_says_synthetic_answers(language: Language, mark: str) -> None:
    for page in PdfReader(io.BytesIO(standing(language))).pages:
        assert mark in page.extract_text()


def test_real_answers_are_not_called_synthetic() -> None:
    real = example.edition(book=example.book(synthetic=False))
    assert "ynthetisch" not in words(made(real))


def test_a_provisional_edition_says_so_and_a_final_one_says_that() -> None:
    assert "Voorlopig · editie 1" in words(made(example.edition(provisional=True)))
    assert "Definitief · editie 1" in words(standing("nl"))


def test_a_correction_says_what_was_wrong() -> None:
    note = Words(nl="Het aantal besturen klopte niet.", en="The number of boards was wrong.")
    said = words(made(example.edition(kind=Kind.CORRECTION, number=2, note=note)))
    assert "Rectificatie: er stond iets fout. Het aantal" in said
    assert "Het aantal besturen klopte niet." in said
    assert "editie 2" in said


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FIRST])
def test_a_later_edition_says_why_it_is_there_also_without_a_note(kind: Kind) -> None:
    said = words(made(example.edition(kind=kind, number=2), "en"))
    assert f"{KIND_WORDS[kind]['en'].capitalize()}." in said


def test_a_first_edition_says_nothing_of_its_kind() -> None:
    assert KIND_WORDS[Kind.FIRST]["nl"] not in words(standing("nl")).lower()


def test_the_revised_figures_of_the_page_stand_in_the_pdf() -> None:
    replaced = fielded.wave_figures(fielded.with_value(example.book(), "in_care", 3.6))
    said = words(made(example.edition(kind=Kind.REVISION, number=2), replaced=replaced))
    assert "Bijgestelde cijfers Cijfer Vorige editie Deze editie leerlingen in de opvang 3,6%" in said
    assert "Bijgestelde cijfers" not in words(standing("nl"))


def test_the_same_edition_gives_the_same_bytes() -> None:
    assert made(example.edition()) == standing("nl")


def test_a_list_a_quote_and_a_table_of_the_article_are_set() -> None:
    def row(kind: str, *cells: str) -> dict[str, object]:
        return {"kind": "row", "blocks": [{"kind": kind, "spans": [example.text(cell)]} for cell in cells]}

    point = {"kind": "item", "blocks": [example.paragraph(example.text("eerste punt"))]}
    said_by_another = example.paragraph({"kind": "emphasis", "children": [example.text("gezegd")]})
    blocks = (
        {"kind": "list", "blocks": [point]},
        {"kind": "list", "start": 4, "blocks": [point]},
        {"kind": "quote", "blocks": [said_by_another]},
        {"kind": "table", "blocks": [row("header_cell", "vak", ""), row("cell", "waarde", "x")]},
        {"kind": "rule"},
        {"kind": "code", "text": "a = 1"},
        example.paragraph({"kind": "link", "target": "https://example.org/", "children": [example.text("elders")]}),
        example.paragraph(example.text("a"), {"kind": "break"}, {"kind": "code", "text": "regel"}),
    )
    article = example.Article(title="T", html="", blocks=blocks)
    said = words(made(example.edition(articles={"nl": article, "en": article})))
    for text in ("eerste punt", "4. eerste punt", "gezegd", "vak", "waarde", "a = 1", "elders", "regel"):
        assert text in said


def test_a_document_that_never_ends_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "document.typ").write_text(
        "#for a in range(9999) { for b in range(9999) { for c in range(99) { none } } }\n"
    )
    with pytest.raises(CannotRun, match="not ready after"):
        documents.run(tmp_path, seconds=0.7)


def test_a_line_break_of_the_source_is_none_of_the_pdf() -> None:
    def pages(said: str) -> bytes:
        article = example.Article(title="T", html="", blocks=(example.paragraph(example.text(said)),))
        return made(example.edition(articles={"nl": article, "en": article}))

    assert pages("een regel\nen nog een") == pages("een regel en nog een")


def test_a_picture_without_a_text_alternative_is_refused() -> None:
    drawn = illustrations.drawn(example.edition(), "nl")
    data = pdf.content(example.edition(), "nl", drawn)
    pictures = {f"{chart.name}.svg": chart.svg for chart in drawn}
    for chart in data["charts"]:
        chart["alt"] = None
    with pytest.raises(CannotRun, match="alt"):
        documents.setting(pdf.TEMPLATE, data, pictures)


def test_no_line_breaks_between_a_number_and_its_unit() -> None:
    """In forty lines of forty lengths, some would break there; the author typed plain blanks and line ends."""
    figures = published()
    said = "{} in [63,5\nprocent](figure:municipal_care_started) en [63,5](figure:municipal_care_started) procent\n\n"
    text = "".join(said.format("x " * length) for length in range(20, 60))
    checked = check(article_text(text), file="a.md", book=figures)
    assert checked.sound
    blocks = tuple(block.as_json() for block in checked.blocks)
    mine = example.Article(title="T", html="", blocks=blocks)
    pages = PdfReader(io.BytesIO(made(example.edition(articles={"nl": mine, "en": example.article("en")})))).pages
    lines = "\n".join(page.extract_text() for page in pages).splitlines()
    assert sum(line.count("63,5\u00a0procent") + line.count("63,5 procent") for line in lines) >= 80
    assert not [line for line in lines if line.startswith("procent")]
