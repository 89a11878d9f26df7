"""What readers get: the same words, safe HTML, plain data."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peilstok import article
from peilstok.article import CheckedArticle, as_json, plain_text, render_html, render_title, summary
from tests.article.book import published, text
from tests.article.test_source import MARKS, PIECES

BOOK = published()
NAUGHTY = [
    line for line in (Path(__file__).parent / "naughty.txt").read_text(encoding="utf-8").split("\n") if line.strip()
]
ALLOWED: dict[str, set[str]] = {
    **{tag: set() for tag in ("p", "em", "strong", "code", "pre", "br", "hr", "ul", "li", "blockquote", "thead")},
    **{tag: set() for tag in ("tbody", "tr", "h2", "h3", "h4", "h5", "h6")},
    "table": {"class"},
    "td": {"class"},
    "th": {"class", "scope"},
    "ol": {"start"},
    "a": {"href", "title", "class", "data-figure"},
    "span": {"class", "data-figure", "data-claim"},
    "img": {"src", "alt", "title"},
}
VOID = {"br", "hr", "img"}
SCHEMES = ("https:", "http:", "mailto:", "tel:")


def checked(body: str, **more: str) -> CheckedArticle:
    return article.check(text(body, **more), file="f.md", book=BOOK)


def html(body: str) -> str:
    return render_html(checked(body))


class Allowed(HTMLParser):
    """Reads HTML as a browser does, and takes nothing that is not expected of us."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert name in ALLOWED[tag], (tag, name)
            if name in ("href", "src"):
                head = (value or "").split("/")[0].split("?")[0].split("#")[0]
                assert ":" not in head or (name == "href" and (value or "").lower().startswith(SCHEMES)), value
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: str) -> str:
    """The words of a page that has only what is allowed, well nested."""
    reader = Allowed()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return "".join(reader.words)


@pytest.mark.parametrize("line", NAUGHTY)
def test_no_naughty_string_gets_a_script_through(line: str) -> None:
    for body in (line, f"a {line} b", f"[{line}](figure:in_care)", f"> - {line}", f"| a |\n|---|\n| {line} |"):
        page = html(body)
        read(page)
        assert "<script" not in page.lower()


@pytest.mark.parametrize("line", NAUGHTY)
def test_no_naughty_title_gets_a_script_through(line: str) -> None:
    title = json.dumps(line)  # a JSON text is a YAML text
    read(render_title(checked("Tekst.", title=title)))


@given(st.one_of(MARKS, PIECES, st.text(max_size=150)))
def test_html_of_any_markdown_has_only_what_is_allowed(body: str) -> None:
    read(html(body))


@given(st.one_of(MARKS, PIECES))
def test_the_same_article_gives_the_same_bytes_and_plain_data(body: str) -> None:
    once, again = checked(body), checked(body)
    assert render_html(once) == render_html(again)
    assert json.dumps(as_json(once)) == json.dumps(as_json(again))
    assert plain_text(once) == plain_text(again)


def test_html_is_shown_as_it_was_typed() -> None:
    assert html("a <b>vet</b>") == "<p>a &lt;b&gt;vet&lt;/b&gt;</p>\n"
    assert html("<script>x</script>") == "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"


def test_a_number_is_a_link_to_its_figure() -> None:
    page = html("Nu [3,8 procent](figure:in_care).")
    assert page == (
        '<p>Nu <a class="figure-link" href="#figure-in_care" data-figure="in_care" '
        'title="Dit cijfer: waarde, marge en basis">3,8\u00a0procent</a>.</p>\n'
    )


def test_numbers_of_other_waves_claims_sources_and_literals_are_told_apart() -> None:
    page = html("[43 procent](figure:wave-2/lead_school)")
    assert page == '<p><span class="figure-value" data-figure="wave-2/lead_school">43\u00a0procent</span></p>\n'
    assert html("[meer](claim:higher(in_care,wave-2))") == (
        '<p><span class="claim" data-claim="higher(in_care,wave-2)">meer</span></p>\n'
    )
    assert html("[12](source:https://a.nl/b)") == '<p><a class="source" href="https://a.nl/b">12</a></p>\n'
    assert html("[12](literal:)") == "<p>12</p>\n"
    assert html("[12](figure:unknown)") == "<p>12</p>\n"


@pytest.mark.parametrize(
    ("body", "page"),
    [
        ("## Kop *a* `b`", "<h2>Kop <em>a</em> <code>b</code></h2>\n"),
        ("# Kop", "<h2>Kop</h2>\n"),
        ("- a\n- b", "<ul>\n<li>a\n</li>\n<li>b\n</li>\n</ul>\n"),
        ("- a\n\n- b", "<ul>\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ul>\n"),
        ("3. a", '<ol start="3">\n<li>a\n</li>\n</ol>\n'),
        ("1. a", "<ol>\n<li>a\n</li>\n</ol>\n"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("a\\\nb", "<p>a<br>\nb</p>\n"),
        ("---", "<hr>\n"),
        ("~~~\n<x>\n~~~", "<pre><code>&lt;x&gt;\n</code></pre>\n"),
        ('[a](https://b.nl "c")', '<p><a href="https://b.nl" title="c">a</a></p>\n'),
        ('![a *b*](c.svg "d")', '<p><img src="c.svg" alt="a b" title="d"></p>\n'),
        ("[a](javascript:b)", "<p>a</p>\n"),
        ("![a](https://b.nl/c.png)", "<p>a</p>\n"),
        (
            "| a | b |\n|---|--:|\n| c | d |",
            (
                '<table class="table">\n<thead>\n<tr>\n<th scope="col">a</th>\n<th scope="col" class="number">b</th>\n'
                '</tr>\n</thead>\n<tbody>\n<tr>\n<td>c</td>\n<td class="number">d</td>\n</tr>\n</tbody>\n</table>\n'
            ),
        ),
    ],
)
def test_markdown_becomes_the_html_that_is_meant(body: str, page: str) -> None:
    assert html(body) == page


def test_plain_text_has_the_words_alone_and_the_first_paragraph_is_the_summary() -> None:
    one = checked("Nu *zijn* [3,8\nprocent](figure:in_care).\n\n- a\n- b\n\n| c | d |\n|---|---|\n| e | f |")
    assert plain_text(one) == "Proef\n\nNu zijn 3,8 procent.\n\na\n\nb\n\nc | d\n\ne | f\n"
    assert summary(one) == "Nu zijn 3,8 procent."
    assert summary(checked("---")) == ""


def test_the_tree_names_the_figures_of_the_own_wave_only() -> None:
    document = as_json(checked("[3,8 procent](figure:in_care) [43 procent](figure:wave-2/lead_school)"))
    assert document["blocks"] == [
        {
            "kind": "paragraph",
            "spans": [
                {
                    "kind": "figure",
                    "children": [{"kind": "text", "text": "3,8\u00a0procent"}],
                    "target": "in_care",
                    "figure": "in_care",
                    "number": 0,
                },
                {"kind": "text", "text": " "},
                {
                    "kind": "figure",
                    "children": [{"kind": "text", "text": "43\u00a0procent"}],
                    "target": "wave-2/lead_school",
                    "number": 1,
                },
            ],
        }
    ]
