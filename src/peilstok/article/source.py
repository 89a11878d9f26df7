"""Reading an article: Markdown into a tree of blocks, with its bindings and the passages that a reader reads.

A binding is a link whose address is not one of the web: `figure:`, `claim:`, `source:` or `literal:`. Decides what is
a binding, which links and pictures are passed on, and where everything stood. Whether a binding is true is decided in
`checking`. Nothing in an article is executed, and HTML in it is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from markdown_it.token import Token

from peilstok.article import markdown
from peilstok.article.codes import finding
from peilstok.article.markdown import Spot
from peilstok.article.tree import Align, Block, BlockKind, Span, SpanKind
from peilstok.errors import Finding, Place

LONGEST: Final = 400_000  # characters; an article of 2,000 words has 14,000
Part = Literal["paragraph", "heading", "cell", "code", "alt", "caption", "title"]
BindingKind = Literal["figure", "claim", "source", "literal"]
BINDINGS: Final[Mapping[str, BindingKind]] = {
    "figure": "figure",
    "claim": "claim",
    "source": "source",
    "literal": "literal",
}
DEEPEST: Final = 20  # emphasis within emphasis; deeper marks are left out, their text stays
WEB: Final = frozenset({"https", "http", "mailto", "tel"})
INVISIBLE: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")  # a number cut by these is one number to a reader
_UNREAD: Final = re.compile(r"\]\s?\(\s*(figure|claim|source|literal)\s?:")
_CONTAINERS: Final[dict[str, BlockKind]] = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "blockquote_open": "quote",
    "table_open": "table",
    "tr_open": "row",
}
_LINES: Final[dict[str, BlockKind]] = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "th_open": "header_cell",
    "td_open": "cell",
}
_PARTS: Final[dict[BlockKind, Part]] = {"heading": "heading", "cell": "cell", "header_cell": "cell"}
_ALIGN: Final[dict[str, Align]] = {
    "text-align:left": "left",
    "text-align:center": "center",
    "text-align:right": "right",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A binding as it stands: `target` is what follows the colon; `start` and `end` are in its passage's text."""

    number: int
    kind: BindingKind
    target: str
    text: str
    place: Place
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of text that is read in one go (a paragraph, a cell, a picture's description), marks taken out.

    `spots` has the place of each character of `text` and one more, for its end. `quiet` are stretches in which
    nothing counts as a statement: addresses that are their own text.
    """

    part: Part
    text: str
    spots: tuple[Spot, ...]
    bindings: tuple[Bound, ...]
    quiet: tuple[tuple[int, int], ...] = ()


def place_of(passage: Passage, position: int, file: str) -> Place:
    """Where a character of a passage's text stands in the file."""
    spot = passage.spots[position]
    return Place(file, spot.line, spot.column)


def quoted(text: str) -> str:
    """Words of a passage as a finding shows them: on one line, in quotes, not too long."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= 80 else f'"{line[:77]}..."'


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    blocks: tuple[Block, ...]
    title: tuple[Span, ...]
    passages: tuple[Passage, ...]
    findings: tuple[Finding, ...]


def read(text: str, *, file: str, skip: int, title: str, title_spots: Sequence[Spot]) -> Source:
    """Read the Markdown after the first `skip` lines (the front matter), and the title, which is Markdown too."""
    lines = markdown.lines_of(text)
    body = "\n".join([""] * skip + lines[skip:])  # so that the parser's lines are those of the file
    reader = _Reader(file=file, lines=lines)
    heading = reader.title(title, title_spots)
    blocks = reader.blocks(markdown.parser().parse(body))
    return Source(blocks=blocks, title=heading, passages=tuple(reader.passages), findings=tuple(reader.findings))


@dataclass(slots=True)
class _Writing:
    """A passage while it is being written."""

    part: Part
    chars: list[str] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    bindings: list[Bound] = field(default_factory=list)
    quiet: list[tuple[int, int]] = field(default_factory=list)

    def add(self, text: str, spots: Iterable[Spot]) -> None:
        for character, spot in zip(text, spots, strict=False):
            if character not in INVISIBLE:
                self.chars.append(character)
                self.spots.append(spot)

    def done(self) -> Passage:
        end = self.spots[-1]._replace(column=self.spots[-1].column + 1) if self.spots else Spot(1, 1)
        return Passage(
            part=self.part,
            text="".join(self.chars),
            spots=(*self.spots, end),
            bindings=tuple(self.bindings),
            quiet=tuple(self.quiet),
        )


@dataclass(slots=True)
class _Reader:
    file: str
    lines: Sequence[str]
    findings: list[Finding] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    bound: int = 0

    def place(self, spot: Spot) -> Place:
        return Place(self.file, spot.line, spot.column)

    def report(self, code: str, spot: Spot, found: str, expected: str) -> None:
        self.findings.append(finding(code, self.place(spot), found, expected))

    # blocks

    def title(self, text: str, spots: Sequence[Spot]) -> tuple[Span, ...]:
        token = markdown.parser().parseInline(text)[0]
        return self.line(token, spots, "title") if spots else ()

    def blocks(self, tokens: Sequence[Token]) -> tuple[Block, ...]:
        """The blocks of a run of tokens in which everything that opens also closes."""
        blocks: list[Block] = []
        position = 0
        while position < len(tokens):
            end = _closing(tokens, position)
            blocks.extend(self.block(tokens[position], tokens[position + 1 : end]))
            position = end + 1
        return tuple(blocks)

    def block(self, token: Token, inner: Sequence[Token]) -> Iterable[Block]:
        if token.type in ("thead_open", "tbody_open"):
            return self.blocks(inner)
        if token.type == "tr_open":
            return (self.row(token, inner),)
        if token.type in _CONTAINERS:
            return (self.container(token, inner),)
        if token.type in _LINES:
            return (self.lines_block(token, inner[0]),)
        if token.type in ("fence", "code_block"):
            return (self.code(token),)
        if token.type == "html_block":
            return (self.html(token),)
        return (Block(kind="rule"),) if token.type == "hr" else ()

    def container(self, token: Token, inner: Sequence[Token]) -> Block:
        start = int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None
        tight = any(each.hidden for each in inner) if token.type.endswith("list_open") else False
        return Block(kind=_CONTAINERS[token.type], blocks=self.blocks(inner), start=start, tight=tight)

    def lines_block(self, token: Token, inline: Token) -> Block:
        kind = _LINES[token.type]
        spots = markdown.spots_of_inline(inline, self.lines)
        spans = self.line(inline, spots, _PARTS.get(kind, "paragraph"))
        level = int(token.tag[1]) if kind == "heading" else 0
        if level == 1:
            first = token.map[0] + 1 if token.map else 1
            spot = spots[0] if spots else Spot(first, 1)
            self.report("A016", spot, "a heading of the first level", "## or deeper: the title is in the front matter")
        return Block(kind=kind, spans=spans, level=max(level, 2) if level else 0)

    def row(self, token: Token, inner: Sequence[Token]) -> Block:
        number = token.map[0] if token.map else 0
        inlines = [each for each in inner if each.type == "inline"]
        opens = [each for each in inner if each.type in ("th_open", "td_open")]
        spots = markdown.spots_of_cells([each.content for each in inlines], self.lines[number], number + 1)
        cells = [
            Block(
                kind=_LINES[opened.type],
                spans=self.line(inline, places, "cell"),
                align=_ALIGN.get(str(opened.attrGet("style") or ""), ""),
            )
            for opened, inline, places in zip(opens, inlines, spots, strict=True)
        ]
        return Block(kind="row", blocks=tuple(cells))

    def code(self, token: Token) -> Block:
        writing = _Writing("code")
        writing.add(token.content, markdown.spots_of_code(token, self.lines))
        self.passages.append(writing.done())
        return Block(kind="code", text=token.content)

    def html(self, token: Token) -> Block:
        spots = markdown.spots_of_code(token, self.lines)
        self.html_found(token.content, spots[0])
        return Block(kind="paragraph", spans=(Span(kind="text", text=token.content.strip()),))

    def html_found(self, content: str, spot: Spot) -> None:
        self.report("A010", spot, _short(content), "Markdown, or a backslash before <")

    # lines

    def line(self, token: Token, spots: Sequence[Spot], part: Part) -> tuple[Span, ...]:
        writing = _Writing(part)
        place = len(self.passages)
        spans = self.spans(token.children or [], spots, writing)
        passage = writing.done()
        if match := _UNREAD.search(passage.text):
            expected = "an address without blanks: [3,8 procent](figure:in_care)"
            self.report("A014", passage.spots[match.start()], _short(passage.text[match.start() :]), expected)
        if passage.text or passage.bindings:
            self.passages.insert(place, passage)
        return _merged(spans)

    def spans(self, tokens: Sequence[Token], spots: Sequence[Spot], writing: _Writing, depth: int = 0) -> list[Span]:
        if depth == DEEPEST:
            tokens = [each for each in tokens if each.tag not in ("em", "strong")]
        spans: list[Span] = []
        position = 0
        while position < len(tokens):
            end = _closing(tokens, position)
            token = tokens[position]
            inner = tokens[position + 1 : end]
            if token.type == "link_open":
                spans.extend(self.link(token, inner, spots, writing))
            elif token.nesting == 1:
                kind: SpanKind = "strong" if token.type == "strong_open" else "emphasis"
                children = _merged(self.spans(inner, spots, writing, depth + 1))
                spans.append(Span(kind=kind, children=children))
            else:
                spans.extend(self.leaf(token, spots, writing))
            position = end + 1
        return spans

    def leaf(self, token: Token, spots: Sequence[Spot], writing: _Writing) -> Iterable[Span]:
        if token.type == "image":
            return (self.image(token, spots),)
        if token.type in ("softbreak", "hardbreak"):
            writing.add("\n", [spots[token.meta["start"]]])
            return (Span(kind="break"),) if token.type == "hardbreak" else (Span(kind="text", text="\n"),)
        at = token.meta.get("at", [])[: len(token.content)]
        if not token.content:
            return ()
        if token.type == "html_inline":
            self.html_found(token.content, spots[at[0]])
        writing.add(token.content, (spots[position] for position in at))
        return (Span(kind="code" if token.type == "code_inline" else "text", text=token.content),)

    def image(self, token: Token, spots: Sequence[Spot]) -> Span:
        start = token.meta["start"]
        target = str(token.attrGet("src") or "")
        self.caption(token, spots)
        alt = self.line(token, spots[start + 2 :], "alt")  # behind the exclamation mark and the bracket
        text = " ".join("".join(span.plain() for span in alt).split())
        if _scheme(target) or target.startswith(("//", "\\")):
            self.report("A012", spots[start], _short(target), "a file beside the article, such as chart.svg")
            return Span(kind="text", text=text)
        return Span(kind="image", text=text, target=target, title=str(token.attrGet("title") or ""))

    def caption(self, token: Token, spots: Sequence[Spot]) -> None:
        title = str(token.attrGet("title") or "")
        if not title:
            return
        start, end = token.meta["start"], min(token.meta["end"], len(spots))
        writing = _Writing("caption")
        written = "".join(self._character(spot) for spot in spots[start:end])
        at = written.rfind(title)
        places = spots[start + at : start + at + len(title)] if at >= 0 else [spots[start]] * len(title)
        writing.add(title, places)
        self.passages.append(writing.done())

    def _character(self, spot: Spot) -> str:
        line = self.lines[spot.line - 1]
        return line[spot.column - 1] if spot.column <= len(line) else "\n"

    def link(self, token: Token, inner: Sequence[Token], spots: Sequence[Spot], writing: _Writing) -> Iterable[Span]:
        href = str(token.attrGet("href") or "")
        self.caption(token, spots)
        scheme = _scheme(href)
        if scheme in BINDINGS:
            return (self.binding(BINDINGS[scheme], href, token, inner, spots, writing),)
        start = len(writing.chars)
        children = _merged(self.spans(inner, spots, writing))
        if token.info == "auto":
            writing.quiet.append((start, len(writing.chars)))
        if scheme and scheme not in WEB:
            self.report("A011", spots[token.meta["start"]], _short(href), "https, http, mailto, tel or a relative link")
            return children
        title = str(token.attrGet("title") or "")
        return (Span(kind="link", children=children, target=href, title=title),)

    def binding(
        self,
        kind: BindingKind,
        href: str,
        token: Token,
        inner: Sequence[Token],
        spots: Sequence[Spot],
        writing: _Writing,
    ) -> Span:
        number, start = self.bound, len(writing.chars)
        self.bound += 1
        target = href.partition(":")[2].strip()
        children = _merged(self.spans(inner, spots, writing))
        text = "".join(writing.chars[start:])
        opening = spots[token.meta["start"]]
        spot = next((writing.spots[start + i] for i, each in enumerate(text) if not each.isspace()), opening)
        if not text.strip():
            self.report("A015", opening, f"[]({_short(href)})", "the words that the reader reads between the brackets")
        bound = Bound(
            number=number,
            kind=kind,
            target=target,
            text=" ".join(text.split()),
            place=self.place(spot),
            start=start,
            end=len(writing.chars),
        )
        writing.bindings.append(bound)
        return Span(kind=kind, children=children, target=target, number=number)


def _closing(tokens: Sequence[Token], position: int) -> int:
    """The position of the token that closes what `position` opens; the position itself for one that stands alone."""
    depth = 0
    for index in range(position, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Neighbouring pieces of bare text as one."""
    merged: list[Span] = []
    run: list[str] = []
    for span in spans:
        if span.kind == "text":
            run.append(span.text)
            continue
        if run:
            merged.append(Span(kind="text", text="".join(run)))
            run = []
        merged.append(span)
    if run:
        merged.append(Span(kind="text", text="".join(run)))
    return tuple(merged)


def _scheme(address: str) -> str:
    """The scheme of an address in small letters, "" for a relative one.

    A browser drops blanks and control characters before it looks, so they are not dropped here: with them, what
    stands before the colon is no scheme that is known, and the address is refused.
    """
    head = re.split(r"[/?#]", address, maxsplit=1)[0]
    return head.partition(":")[0].lower() if ":" in head else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."
