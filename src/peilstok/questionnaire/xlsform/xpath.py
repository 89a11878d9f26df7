"""Expressions of XLSForm as a tree of what is written: `${age} >= 18 and selected(${kinds}, 'x')`.

Decides the part of XPath that is read: operators, calls, `${question}`, `.`, and paths that end in a name. What names
mean, and what the language of Peilstok can say of it, is decided in `translation`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from typing import Final

from peilstok.errors import PeilstokError

LONGEST: Final = 4000
DEEPEST: Final = 40

_TOKEN: Final = re.compile(
    r"""(?P<blank>\s+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?![\w]))
      | (?P<question>\$\{\s*[^{}]+?\s*\})
      | (?P<path>(?:\.\./)+(?:[A-Za-z_][\w.-]*/)*[A-Za-z_][\w.-]*|(?:/[A-Za-z_][\w.-]*)+)
      | (?P<text>"[^"]*"|'[^']*')
      | (?P<name>[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)
      | (?P<sign><=|>=|!=|\.\.|[=<>+\-*(),./\[\]|])""",
    re.VERBOSE,
)
_QUOTES: Final = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
"""What each comparison is with its sides turned round."""
_LEVELS: Final = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))


class ExpressionFault(PeilstokError):
    """An expression that cannot be taken over: a code of this package, what was found, what would be right."""

    def __init__(self, code: str, found: str, expected: str) -> None:
        super().__init__(found)
        self.code = code
        self.found = found
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Number:
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """`${age}`, or a path that ends in the name of a question."""

    name: str


@dataclass(frozen=True, slots=True)
class Own:
    """`.`: the answer of the question in whose row it stands."""


@dataclass(frozen=True, slots=True)
class Bare:
    """A name by itself: a column of the sheet choices, in a filter."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negative:
    of: Node


Node = Number | Text | Question | Own | Bare | Call | Operation | Negative


def parse(text: str) -> Node:
    """The tree of a whole expression. Raises `ExpressionFault` where it cannot go on."""
    if len(text) > LONGEST:
        raise ExpressionFault("X005", f"an expression of {len(text)} characters", f"at most {LONGEST}")
    reader = _Reader(_tokens(text.translate(_QUOTES)))
    tree = reader.level(0)
    reader.finish()
    return tree


def questions_in(text: str) -> tuple[str, ...]:
    """The names in `${...}` in a text, in their order."""
    return tuple(each.strip() for each in re.findall(r"\$\{([^{}]*)\}", text))


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Call():
            return node.parts
        case Operation():
            return node.left, node.right
        case Negative():
            return (node.of,)
    return ()


def together(nodes: tuple[Node, ...]) -> Node:
    """One tree that holds when each of these does."""
    return reduce(partial(Operation, "and"), nodes)


def parts_of(node: Node, sign: str) -> list[Node]:
    """The parts of a chain of `and` or `or`."""
    if isinstance(node, Operation) and node.sign == sign:
        return [*parts_of(node.left, sign), *parts_of(node.right, sign)]
    return [node]


def plain(node: Node) -> str | None:
    """The text of a value that is written out; None of any other."""
    match node:
        case Text(text):
            return text
        case Number(text):
            return text
        case Negative(Number(text)):
            return f"-{text}"
    return None


def numeric(text: str) -> bool:
    """Is it a number as XPath writes it?"""
    whole, point, decimals = text.removeprefix("-").partition(".")
    return whole.isascii() and whole.isdecimal() and (not point or (decimals.isascii() and decimals.isdecimal()))


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionFault("X005", f'"{text[at : at + 20]}" in "{text[:80]}"', "an expression of XLSForm")
        if match.lastgroup != "blank":
            found.append((str(match.lastgroup), match.group()))
        at = match.end()
    return [*found, ("end", "")]


class _Reader:
    """Reads tokens from left to right, the loosest operator first."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def finish(self) -> None:
        if self._tokens[self._next][0] != "end":
            raise self._stuck("an operator, or the end")

    def level(self, number: int) -> Node:
        if number == len(_LEVELS):
            return self._signed()
        tree = self.level(number + 1)
        length = 0
        while sign := self._take(*_LEVELS[number]):
            length += 1
            if length > DEEPEST:
                raise ExpressionFault("X005", f"more than {DEEPEST} times {sign}", "a shorter expression")
            tree = Operation(sign, tree, self.level(number + 1))
        return tree

    def _take(self, *signs: str) -> str:
        sort, text = self._tokens[self._next]
        if sort in ("sign", "name") and text in signs:
            self._next += 1
            return text
        return ""

    def _stuck(self, expected: str) -> ExpressionFault:
        sort, text = self._tokens[self._next]
        if text in ("[", "/", "..", "|") and sort == "sign":
            return ExpressionFault("X006", f'"{text}" in an expression', "questions as ${name}, without paths")
        return ExpressionFault("X005", f'"{text}"' if text else "the end of the expression", expected)

    def _signed(self) -> Node:
        if not self._take("-"):
            return self._single()
        return Negative(self._deeper(self._signed))

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionFault("X005", f"more than {DEEPEST} levels", "a simpler expression")
        node = read()
        self._depth -= 1
        return node

    def _whole(self) -> Node:
        return self._deeper(lambda: self.level(0))

    def _single(self) -> Node:
        sort, text = self._tokens[self._next]
        if sort in ("number", "text", "question", "path", "name"):
            self._next += 1
            return self._named(text) if sort == "name" else _plain(sort, text)
        if self._take("("):
            tree = self._whole()
            self._close()
            return tree
        if self._take("."):
            return Own()
        raise self._stuck("a number, a text, a question as ${name} or a function")

    def _named(self, name: str) -> Node:
        if not self._take("("):
            return Bare(name)
        parts: list[Node] = []
        if not self._take(")"):
            parts.append(self._whole())
            while self._take(","):
                parts.append(self._whole())
            self._close()
        return Call(name, tuple(parts))

    def _close(self) -> None:
        if not self._take(")"):
            raise self._stuck("a closing parenthesis")


def _plain(sort: str, text: str) -> Node:
    if sort == "number":
        whole, _, decimals = text.partition(".")
        return Number(f"{whole or '0'}.{decimals}" if decimals else whole)
    if sort == "text":
        return Text(text[1:-1])
    return Question(text[2:-1].strip() if sort == "question" else text.rpartition("/")[2])
