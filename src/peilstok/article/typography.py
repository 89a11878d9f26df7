"""A number and its unit stay on one line: the blank between "63,5" and "procent" becomes one that does not break.

Authors type plain blanks and line ends; readers get U+00A0, on the page and in the PDF, also where the number is a
link and its unit is not. Nothing else of the text is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from peilstok.article import units
from peilstok.article.tree import Block, Span

NO_BREAK: Final = "\u00a0"
_UNITS: Final = "|".join(
    (
        "%|‰|procent|procentpunt|procentpunten|percent|per cent|percentage points?|uur",
        "miljoen|miljard|mln|million|billion",
        *sorted(frozenset().union(*units.NOUNS.values())),
    )
)
_GAP: Final = re.compile(rf"(?<=[\d¼½¾⅓⅔])[ \t\n]{{1,20}}(?=(?:{_UNITS})(?!\w))", re.IGNORECASE)


def unbroken(text: str) -> str:
    return _GAP.sub(NO_BREAK, text)


def unbroken_block(block: Block) -> Block:
    """The same block with no break between a number and its unit; code stays as it is."""
    return replace(
        block, spans=unbroken_spans(block.spans), blocks=tuple(unbroken_block(each) for each in block.blocks)
    )


def unbroken_spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The number may end in one span and the unit begin in the next: they are looked at as one text."""
    gaps = iter(_gaps("".join(_text(spans))))
    return tuple(_written(span, gaps) for span in spans)


def _text(spans: Sequence[Span]) -> Iterator[str]:
    """What stands in a line; a break, a picture and code are walls."""
    for span in spans:
        if span.kind == "text":
            yield span.text
        elif span.children:
            yield from _text(span.children)
        else:
            yield "\0"


def _gaps(text: str) -> Iterator[str]:
    """Every character as it is written, "" for one that is left out."""
    last = 0
    for gap in _GAP.finditer(text):
        yield from text[last : gap.start()]
        yield NO_BREAK
        yield from [""] * (gap.end() - gap.start() - 1)
        last = gap.end()
    yield from text[last:]


def _written(span: Span, characters: Iterator[str]) -> Span:
    if span.kind == "text":
        return replace(span, text="".join(next(characters) for _ in span.text))
    if span.children:
        return replace(span, children=tuple(_written(each, characters) for each in span.children))
    next(characters)
    return span
