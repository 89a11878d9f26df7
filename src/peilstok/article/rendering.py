"""An article for its readers: safe HTML, plain text, and the tree for a typesetter.

    render_html(checked)   the body as HTML; every piece of text is escaped here and nowhere else
    as_json(checked)       title and body as plain data, for the PDF
    plain_text(checked)    the words alone

A number of the article's own wave becomes a link to its figure (`#figure-in_care`) with the name in `data-figure`; one
of an earlier wave is marked with wave and name. The same article gives the same text, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from peilstok.article.checking import Binding, CheckedArticle
from peilstok.article.tree import Block, Span

_TITLES: Final = {"nl": "Dit cijfer: waarde, marge en basis", "en": "This figure: value, margin and base"}
_SIMPLE: Final = {"emphasis": "em", "strong": "strong"}
_BOXES: Final = {"list": "ul", "item": "li", "quote": "blockquote", "row": "tr"}


def render_html(checked: CheckedArticle) -> str:
    """The body of the article, without its title (which is the page's heading of the first level)."""
    return "".join(_block(block, checked) for block in checked.blocks)


def render_title(checked: CheckedArticle) -> str:
    return _spans(checked.title_spans, checked)


def as_json(checked: CheckedArticle) -> dict[str, object]:
    """The article as plain data: blocks with spans (`tree`), and the bindings by number."""
    return {
        "wave": checked.wave,
        "lang": checked.lang,
        "title": checked.title,
        "date": checked.date.isoformat(),
        "title_spans": [span.as_json() for span in checked.title_spans],
        "blocks": [block.as_json() for block in checked.blocks],
        "bindings": [binding_as_json(each) for each in checked.bindings],
    }


def binding_as_json(binding: Binding) -> dict[str, object]:
    return {
        "kind": binding.kind,
        "target": binding.target,
        "text": binding.text,
        "line": binding.place.line,
        "column": binding.place.column,
        "wave": binding.wave,
        "figure": binding.name,
        "part": binding.part,
    }


def plain_text(checked: CheckedArticle) -> str:
    """Paragraphs parted by an empty line, with the title first; for lists, search and mail."""
    return "\n\n".join(filter(None, (checked.title, *_paragraphs(checked.blocks)))) + "\n"


def summary(checked: CheckedArticle) -> str:
    """The first paragraph on one line."""
    first = next((block for block in checked.blocks if block.kind == "paragraph"), None)
    return " ".join("".join(span.plain() for span in first.spans).split()) if first else ""


def _paragraphs(blocks: Iterable[Block]) -> Iterable[str]:
    for block in blocks:
        if block.kind == "row":
            yield " | ".join(" ".join("".join(span.plain() for span in cell.spans).split()) for cell in block.blocks)
        elif block.blocks:
            yield from _paragraphs(block.blocks)
        else:
            text = block.text or "".join(span.plain() for span in block.spans)
            yield text.strip("\n") if block.kind == "code" else " ".join(text.split())


# HTML


def _block(block: Block, checked: CheckedArticle, *, tight: bool = False) -> str:
    inner = _spans(block.spans, checked)
    if block.kind == "paragraph":
        return f"{inner}\n" if tight else f"<p>{inner}</p>\n"
    if block.kind == "heading":
        return f"<h{block.level}>{inner}</h{block.level}>\n"
    if block.kind == "rule":
        return "<hr>\n"
    if block.kind == "code":
        return f"<pre><code>{escape(block.text)}</code></pre>\n"
    if block.kind == "table":
        return _table(block, checked)
    if block.kind in ("cell", "header_cell"):
        return _cell(block, inner)
    if block.kind == "list" and block.start is not None:
        start = "" if block.start == 1 else f' start="{block.start}"'
        return f"<ol{start}>\n{_blocks(block, checked)}</ol>\n"
    tag = _BOXES[block.kind]
    end = "" if block.kind == "item" else "\n"
    return f"<{tag}>{end}{_blocks(block, checked, tight=tight)}</{tag}>\n"


def _blocks(block: Block, checked: CheckedArticle, *, tight: bool = False) -> str:
    tight = block.tight if block.kind == "list" else tight
    return "".join(_block(each, checked, tight=tight and block.kind in ("list", "item")) for each in block.blocks)


def _table(block: Block, checked: CheckedArticle) -> str:
    head = "".join(_block(row, checked) for row in block.blocks[:1])
    body = "".join(_block(row, checked) for row in block.blocks[1:])
    rows = f"<tbody>\n{body}</tbody>\n" if body else ""
    return f'<table class="table">\n<thead>\n{head}</thead>\n{rows}</table>\n'


def _cell(block: Block, inner: str) -> str:
    number = ' class="number"' if block.align == "right" else ""
    if block.kind == "header_cell":
        return f'<th scope="col"{number}>{inner}</th>\n'
    return f"<td{number}>{inner}</td>\n"


def _spans(spans: Sequence[Span], checked: CheckedArticle) -> str:
    return "".join(_span(span, checked) for span in spans)


def _span(span: Span, checked: CheckedArticle) -> str:
    inner = _spans(span.children, checked)
    if span.kind == "text":
        return escape(span.text, quote=False)
    if span.kind == "code":
        return f"<code>{escape(span.text, quote=False)}</code>"
    if span.kind == "break":
        return "<br>\n"
    if span.kind in _SIMPLE:
        return f"<{_SIMPLE[span.kind]}>{inner}</{_SIMPLE[span.kind]}>"
    title = f' title="{escape(span.title)}"' if span.title else ""
    if span.kind == "image":
        return f'<img src="{escape(span.target)}" alt="{escape(span.text)}"{title}>'
    if span.kind == "link":
        return f'<a href="{escape(span.target)}"{title}>{inner}</a>'
    return _bound(span, inner, checked)


def _bound(span: Span, inner: str, checked: CheckedArticle) -> str:
    assert span.number is not None
    binding = checked.bindings[span.number]
    if span.kind == "figure" and span.figure:
        title = escape(_TITLES[checked.lang])
        name = escape(span.figure)
        return f'<a class="figure-link" href="#figure-{name}" data-figure="{name}" title="{title}">{inner}</a>'
    if span.kind == "figure" and binding.name:
        return f'<span class="figure-value" data-figure="{escape(f"{binding.wave}/{binding.name}")}">{inner}</span>'
    if span.kind == "claim":
        return f'<span class="claim" data-claim="{escape(span.target)}">{inner}</span>'
    if span.kind == "source" and span.target.startswith(("https://", "http://")):
        return f'<a class="source" href="{escape(span.target)}">{inner}</a>'
    return inner
