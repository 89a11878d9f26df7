"""CommonMark that remembers where every character of its text stood in the file.

Decides the place (line and column, from 1) of each character that a reader will see; what the text means is decided
elsewhere. Blocks know their lines from the parser. Within a block the parser is followed rule by rule: each character
that a rule adds to the text is the one at the position where the rule stood. HTML is recognised so that it can be
refused, and link addresses come through as written, for the same reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

Rule = Callable[[StateInline, bool], bool]
# what the parser takes off both ends of a block: blanks of every kind and line ends
WHITESPACE: Final = " \t\n\x0b\x0c\r\xa0\u1680\u202f\u205f\u3000\u2028\u2029" + "".join(map(chr, range(0x2000, 0x200B)))


class Spot(NamedTuple):
    """A character of the file: line and column from 1."""

    line: int
    column: int


class FollowedState(StateInline):
    """The parser's state, which also keeps the positions in `src` of the pending characters."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, outTokens: list[Token]) -> None:  # noqa: N803 - its name
        super().__init__(src, md, env, outTokens)
        self.pending_at: list[int] = []

    def catch_up(self) -> None:
        """Characters added since the last look are those just before the present position; a line break takes some."""
        del self.pending_at[len(self.pending) :]
        missing = len(self.pending) - len(self.pending_at)
        if missing > 0:
            self.pending_at.extend(range(self.pos - missing, self.pos))

    def pushPending(self) -> Token:  # noqa: N802 - the parser's name
        self.catch_up()
        at = self.pending_at[: len(self.pending)]  # a line break takes blanks off the end
        self.pending_at = []
        token = super().pushPending()
        token.meta = {"at": at}
        return token


class FollowedInline(ParserInline):
    """The inline parser with every rule followed."""

    def __init__(self) -> None:
        super().__init__()
        for name in self.ruler.get_all_rules():
            self.ruler.at(name, _followed(_rule(self, name)))
        # it would join text tokens and lose their positions; joining is ours (article.source)
        self.ruler2.disable("fragments_join")

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = FollowedState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _rule(parser: ParserInline, name: str) -> Rule:
    return next(rule.fn for rule in parser.ruler.__rules__ if rule.name == name)


def _followed(rule: Rule) -> Rule:
    def followed(state: StateInline, silent: bool) -> bool:
        if silent or not isinstance(state, FollowedState):
            return rule(state, silent)
        state.catch_up()
        start, known = state.pos, len(state.tokens)
        done = rule(state, False)
        if done:
            _locate(state, state.tokens[known:], start)
        return done

    return followed


def _locate(state: FollowedState, tokens: Sequence[Token], start: int) -> None:
    """Give the tokens that a rule pushed their place; those of a rule within it have theirs already."""
    position = start + 1 if any(token.info == "auto" for token in tokens) else start
    for token in tokens:
        if "at" in token.meta or "start" in token.meta:
            continue
        token.meta = {**token.meta, "start": start, "end": state.pos}
        if token.type == "text":
            token.meta["at"] = list(range(position, position + len(token.content)))
            position += len(token.content)
        elif token.type == "text_special":  # an escape or an entity: all of it stands where it began
            token.meta["at"] = [start] * len(token.content)
        elif token.type == "html_inline":
            token.meta["at"] = list(range(start, start + len(token.content)))
        elif token.type == "code_inline":
            token.meta["at"] = _code_at(state, token, start)


def _code_at(state: FollowedState, token: Token, start: int) -> list[int]:
    first, last = start + len(token.markup), state.pos - len(token.markup)
    trimmed = (last - first - len(token.content)) // 2  # one blank off each side, or none
    return list(range(first + trimmed, first + trimmed + len(token.content)))


def parser() -> MarkdownIt:
    """CommonMark with tables. Addresses are neither changed nor judged here."""
    md = MarkdownIt("commonmark", {"html": True})
    md.enable("table")
    md.disable("text_join")
    md.inline = FollowedInline()
    md.validateLink = lambda url: True  # type: ignore[method-assign]  # judged in article.source, with a finding
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]
    md.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    return md


def lines_of(text: str) -> list[str]:
    """The lines as the parser counts them: only a line feed ends a line (the text has no other line ends by now)."""
    return text.split("\n")


def normalised(text: str) -> str:
    """Line ends as line feeds, no NUL; no line or column changes by it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def spots_of_inline(token: Token, lines: Sequence[str]) -> list[Spot]:
    """The spot of each character of an inline token's `content` (a paragraph or heading, not a table cell).

    A line of the content is the end of its source line, save for blanks; of a heading the closing `#` are gone too.
    """
    content = token.content.split("\n")
    first = _first_line(token, content[0], lines)
    spots: list[Spot] = []
    for number, line in enumerate(content):
        source = lines[first + number] if first + number < len(lines) else ""
        spots.extend(_spots_of_line(line, source, first + number + 1))
        spots.append(Spot(first + number + 1, len(source) + 1))  # the line feed
    return spots


def _first_line(token: Token, line: str, lines: Sequence[str]) -> int:
    """Where the first line of the content stands: the parser takes off lines of odd blanks that begin a paragraph."""
    begin, end = token.map or (0, 1)
    core = line.strip(WHITESPACE)
    ending = (at for at in range(begin, min(end, len(lines))) if lines[at].rstrip(WHITESPACE).endswith(core))
    return next(ending, begin)


def _spots_of_line(line: str, source: str, number: int) -> list[Spot]:
    core = line.strip(WHITESPACE)
    lead = len(line) - len(line.lstrip(WHITESPACE))
    body = source.rstrip(WHITESPACE)
    at = len(body) - len(core)
    if not body.endswith(core):
        tail = body.rstrip("#").rstrip(WHITESPACE)
        at = len(tail) - len(core) if tail.endswith(core) else max(source.rfind(core), 0)
    return [Spot(number, max(at - lead + index, 0) + 1) for index in range(len(line))]


def spots_of_code(token: Token, lines: Sequence[str]) -> list[Spot]:
    """The spot of each character of a block of code or of HTML: whole lines, indentation perhaps taken off."""
    first = (token.map[0] if token.map else 0) + (1 if token.type == "fence" else 0)
    spots: list[Spot] = []
    for number, line in enumerate(token.content.split("\n")):
        source = lines[first + number] if first + number < len(lines) else ""
        at = len(source) - len(line)
        spots.extend(Spot(first + number + 1, max(at + index, 0) + 1) for index in range(len(line)))
        spots.append(Spot(first + number + 1, len(source) + 1))
    return spots


def spots_of_cells(contents: Sequence[str], source: str, number: int) -> list[list[Spot]]:
    """The spots of the characters of each cell of a table row, which stands on one line of the file."""
    pieces = [_trimmed(piece) for piece in _split_row(source)]
    texts = ["".join(character for character, _ in piece) for piece in pieces]
    shift = 0 if _row_fits(contents, texts, 0) else 1
    rows: list[list[Spot]] = []
    for index, content in enumerate(contents):
        piece = pieces[index + shift] if index + shift < len(pieces) else []
        at = [position for _, position in piece][len(piece) - len(content) :] if len(piece) >= len(content) else []
        at = at or [0] * len(content)
        rows.append([Spot(number, position + 1) for position in at])
    return rows


def _row_fits(contents: Sequence[str], texts: Sequence[str], shift: int) -> bool:
    """Without a bar before the first cell, that cell stands in the same piece as the marks of a quote or list."""
    found = [texts[index + shift] if index + shift < len(texts) else "" for index in range(len(contents))]
    return bool(found) and found[0].endswith(contents[0]) and list(found[1:]) == list(contents[1:])


def _split_row(source: str) -> list[list[tuple[str, int]]]:
    """Cut at bars; a bar behind a backslash is text, and the backslash is not (GitHub's tables)."""
    pieces: list[list[tuple[str, int]]] = [[]]
    for position, character in enumerate(source):
        escaped = position > 0 and source[position - 1] == "\\"
        if character != "|":
            pieces[-1].append((character, position))
        elif escaped:
            pieces[-1][-1] = (character, position)
        else:
            pieces.append([])
    return pieces


def _trimmed(piece: list[tuple[str, int]]) -> list[tuple[str, int]]:
    start, end = 0, len(piece)
    while start < end and piece[start][0] in WHITESPACE:
        start += 1
    while end > start and piece[end - 1][0] in WHITESPACE:
        end -= 1
    return piece[start:end]
