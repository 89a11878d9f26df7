"""How an expression is written: from text to tokens to a tree of what is written, without yet knowing what it means.

Decides the grammar, and how long and how deep an expression may be. What names stand for is decided in `meaning`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from peilstok.errors import PeilstokError

LONGEST: Final = 1000  # characters
DEEPEST: Final = 40  # levels in the tree; a long chain of + or - is a deep tree too

KEYWORDS: Final = ("and", "or", "not", "in", "includes", "true", "false")
FUNCTIONS: Final = ("sum", "count", "if", "previous", "register", "entry", "answered")

_TOKEN: Final = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<text>"[^"\n]*"|'[^'\n]*')
      | (?P<sign><=|>=|!=|[=<>+\-*/(),{}])""",
    re.VERBOSE,
)
_HABITS: Final = {  # what people bring from other languages, longest first
    "“": 'straight quotation marks: "yes"',
    "”": 'straight quotation marks: "yes"',
    "‘": 'straight quotation marks: "yes"',
    "’": 'straight quotation marks: "yes"',
    '"': 'a closing quotation mark: "yes"',
    "'": 'a closing quotation mark: "yes"',
    "&": "`and`",
    "|": "`or`",
    "!": "`not`, or `!=` for not equal",
    "≤": "`<=`",
    "≥": "`>=`",
    "≠": "`!=`",
    "×": "`*`",
    "÷": "`/`",
    ".": "a decimal as 3.8; names have no dots",
    "%": "a plain number: 25 / 100",
    "$": "the name of an item without signs around it",
    "[": "parentheses, or {...} for a set",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in an expression, at a character (from 0)."""

    code: str
    at: int
    found: str
    expected: str


class ExpressionRefused(PeilstokError):
    """Text that is not an expression of ours; `faults` says why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.found} (expected {fault.expected})" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Token:
    sort: str  # number, name, text, sign, end
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    at: int
    text: str
    depth: int = 1


@dataclass(frozen=True, slots=True)
class WrittenText:
    at: int
    text: str
    depth: int = 1


@dataclass(frozen=True, slots=True)
class WrittenTruth:
    at: int
    value: bool
    depth: int = 1


@dataclass(frozen=True, slots=True)
class WrittenName:
    at: int
    name: str
    depth: int = 1


@dataclass(frozen=True, slots=True)
class WrittenSet:
    at: int
    parts: tuple[Written, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class WrittenCall:
    at: int
    name: str
    parts: tuple[Written, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class WrittenOperation:
    at: int
    sign: str
    parts: tuple[Written, ...]
    depth: int


Written = WrittenNumber | WrittenText | WrittenTruth | WrittenName | WrittenSet | WrittenCall | WrittenOperation


def tokens(text: str) -> tuple[Token, ...]:
    """The words and signs of an expression, closed by a token of sort `end`. Raises `ExpressionRefused`."""
    if len(text) > LONGEST:
        raise _refused("Q058", LONGEST, f"an expression of {len(text)} characters", f"at most {LONGEST} characters")
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _refused(
                "Q050", at, f'"{text[at]}"', _HABITS.get(text[at], "a number, a name, a text or an operator")
            )
        if match.lastgroup != "blank":
            found.append(Token(str(match.lastgroup), match.group(), at))
        at = match.end()
    return (*found, Token("end", "", len(text)))


def canonical(text: str) -> str:
    """The expression with one blank between its tokens: the same for two ways of spacing it."""
    return " ".join(token.text for token in tokens(text)[:-1])


def place_of(text: str, name: str) -> int:
    """The character at which an expression first uses this item (and not the previous wave's)."""
    found = tokens(text)
    for number, token in enumerate(found):
        looked_up = [before.text for before in found[max(number - 2, 0) : number]] in (
            ["previous", "("],
            ["register", "("],
            ["entry", "("],
        )
        if (token.sort, token.text) == ("name", name) and not looked_up:
            return token.at
    return 0


def parse(text: str) -> Written:
    """The tree of a whole expression. Raises `ExpressionRefused` at the first place where it cannot go on."""
    reader = _Reader(tokens(text))
    tree = reader.either()
    reader.finish()
    return tree


class _Reader:
    """Reads tokens from left to right; one method for each level of the grammar, loosest first."""

    def __init__(self, found: tuple[Token, ...]) -> None:
        self._tokens = found
        self._next = 0
        self._nesting = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self, *texts: str) -> Token | None:
        token = self._token
        if token.sort in ("name", "sign") and token.text in texts:
            self._next += 1
            return token
        return None

    def _demand(self, text: str, expected: str) -> None:
        if not self._take(text):
            raise self._stuck(expected)

    def _stuck(self, expected: str) -> ExpressionRefused:
        token = self._token
        found = f'"{token.text}"' if token.text else "the end of the expression"
        return _refused("Q050", token.at, found, expected)

    def finish(self) -> None:
        if self._token.sort != "end":
            raise self._stuck("an operator, or the end of the expression")

    def either(self) -> Written:
        self._nesting += 1
        if self._nesting > DEEPEST:
            raise _too_deep(self._token.at)
        tree = self._chain("or", self._both)
        self._nesting -= 1
        return tree

    def _both(self) -> Written:
        return self._chain("and", self._negation)

    def _chain(self, word: str, part: Callable[[], Written]) -> Written:
        parts: list[Written] = [part()]
        at = self._token.at
        while self._take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else _operation(at, word, *parts)

    def _negation(self) -> Written:
        taken: list[Token] = []
        while token := self._take("not"):
            taken.append(token)
        tree = self._comparison()
        for token in reversed(taken):
            tree = _operation(token.at, "not", tree)
        return tree

    def _comparison(self) -> Written:
        left = self._sum()
        token = self._take("=", "!=", "<", "<=", ">", ">=", "in", "includes")
        if token is None:
            return left
        if token.text == "=" and self._token.text == "=":
            raise self._stuck("one `=` to compare")
        if token.text == "<" and self._token.text == ">":
            raise self._stuck("`!=` for not equal")
        tree = _operation(token.at, token.text, left, self._sum())
        if self._token.text in ("=", "!=", "<", "<=", ">", ">="):
            raise self._stuck("one comparison at a time: a < b and b < c")
        return tree

    def _sum(self) -> Written:
        tree = self._product()
        while token := self._take("+", "-"):
            tree = _operation(token.at, token.text, tree, self._product())
        return tree

    def _product(self) -> Written:
        tree = self._signed()
        while token := self._take("*", "/"):
            tree = _operation(token.at, token.text, tree, self._signed())
        return tree

    def _signed(self) -> Written:
        taken: list[Token] = []
        while token := self._take("-"):
            taken.append(token)
        tree = self._single()
        for token in reversed(taken):
            tree = _operation(token.at, "negative", tree)
        return tree

    def _single(self) -> Written:
        token = self._token
        if token.sort == "number":
            return self._number(token)
        if token.sort == "text":
            self._next += 1
            return WrittenText(token.at, token.text[1:-1])
        if self._take("true", "false"):
            return WrittenTruth(token.at, token.text == "true")
        if self._take("{"):
            parts = self._listed("}")
            return WrittenSet(token.at, parts, _depth(token.at, parts))
        if self._take("("):
            tree = self.either()
            self._demand(")", "a closing parenthesis")
            return tree
        if token.sort == "name" and token.text not in KEYWORDS:
            return self._named(token)
        raise self._stuck("a number, a text, an item or a function")

    def _number(self, token: Token) -> Written:
        if len(token.text) > 18:
            raise self._stuck("a number of at most 18 characters")
        self._next += 1
        if self._token.at == token.at + len(token.text) and self._token.sort in ("name", "number"):
            raise self._stuck("an operator between a number and a name")
        return WrittenNumber(token.at, token.text)

    def _named(self, token: Token) -> Written:
        self._next += 1
        if not self._take("("):
            return WrittenName(token.at, token.text)
        parts = self._listed(")")
        return WrittenCall(token.at, token.text, parts, _depth(token.at, parts))

    def _listed(self, closing: str) -> tuple[Written, ...]:
        """What stands between parentheses or braces, with commas between."""
        if self._take(closing):
            return ()
        parts = [self.either()]
        while self._take(","):
            parts.append(self.either())
        self._demand(closing, f'"," or "{closing}"')
        return tuple(parts)


def _operation(at: int, sign: str, *parts: Written) -> WrittenOperation:
    return WrittenOperation(at, sign, parts, _depth(at, parts))


def _depth(at: int, parts: tuple[Written, ...]) -> int:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > DEEPEST:
        raise _too_deep(at)
    return depth


def _too_deep(at: int) -> ExpressionRefused:
    return _refused("Q058", at, f"more than {DEEPEST} levels", "a simpler expression; sum(...) for many terms")


def _refused(code: str, at: int, found: str, expected: str) -> ExpressionRefused:
    return ExpressionRefused((Fault(code, at, found, expected),))
