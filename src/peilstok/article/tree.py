"""What an article looks like once read: blocks with spans in them, as plain frozen data.

Rendering (page, PDF, plain text) walks this tree and nothing else. Everything in it is text to be escaped by whoever
writes it out; no node carries markup. `as_json` gives the tree to a typesetter in another language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SpanKind = Literal[
    "text", "code", "emphasis", "strong", "break", "link", "image", "figure", "claim", "source", "literal"
]
BlockKind = Literal[
    "paragraph", "heading", "list", "item", "quote", "code", "rule", "table", "row", "header_cell", "cell"
]
Align = Literal["", "left", "center", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a line. `text` for text, code and an image's description; `children` for all others.

    `target` is the address of a link, image or source; `number` is the place of a binding in
    `CheckedArticle.bindings`. `figure` is the name of the figure, where it is one of the article's own wave.
    """

    kind: SpanKind
    text: str = ""
    children: tuple[Span, ...] = ()
    target: str = ""
    title: str = ""
    number: int | None = None
    figure: str = ""

    def as_json(self) -> dict[str, object]:
        entries: dict[str, object] = {"kind": self.kind}
        if self.text:
            entries["text"] = self.text
        if self.children:
            entries["children"] = [child.as_json() for child in self.children]
        entries |= {name: value for name in ("target", "title", "figure") if (value := getattr(self, name))}
        if self.number is not None:
            entries["number"] = self.number
        return entries

    def plain(self) -> str:
        if self.kind == "break":
            return "\n"
        return self.text + "".join(child.plain() for child in self.children)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, heading, list and so on. Blocks that hold lines have `spans`, blocks that hold blocks `blocks`.

    `level` is the level of a heading (2 to 6: the title of the article is level 1); `start` the first number of an
    ordered list, None for bullets; `text` the contents of a block of code.
    """

    kind: BlockKind
    spans: tuple[Span, ...] = ()
    blocks: tuple[Block, ...] = ()
    level: int = 0
    start: int | None = None
    tight: bool = False
    align: Align = ""
    text: str = ""

    def as_json(self) -> dict[str, object]:
        entries: dict[str, object] = {"kind": self.kind}
        if self.spans:
            entries["spans"] = [span.as_json() for span in self.spans]
        if self.blocks:
            entries["blocks"] = [block.as_json() for block in self.blocks]
        entries |= {name: value for name in ("level", "align", "text", "tight") if (value := getattr(self, name))}
        if self.start is not None:
            entries["start"] = self.start
        return entries
