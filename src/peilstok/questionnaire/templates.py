"""Texts with values in them: "U vulde {pupils_in_care} leerlingen in van uw {pupils} leerlingen."

Between the braces stands an expression. Numbers and dates are written in the format of the language. `{{` and `}}` are
braces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from peilstok.questionnaire import dates, numerals
from peilstok.questionnaire.expressions import (
    DATE,
    Expression,
    ExpressionRefused,
    Fault,
    Scope,
    Surroundings,
    expression,
)
from peilstok.terms import LANGUAGES, Language, Words

_PIECE: Final = re.compile(r"\{\{|\}\}|\{(?P<inside>[^{}]*)\}|(?P<stray>[{}])")
_UNKNOWN: Final = "…"

Piece = str | Expression


@dataclass(frozen=True, slots=True)
class Template:
    """A text in every language, taken apart into plain pieces and expressions."""

    source: Words
    nl: tuple[Piece, ...]
    en: tuple[Piece, ...]

    @property
    def items(self) -> frozenset[str]:
        """The items of this questionnaire whose values stand in it."""
        return frozenset().union(*(piece.items for piece in (*self.nl, *self.en) if isinstance(piece, Expression)))

    @property
    def as_written(self) -> bool:
        """Is the text what it is, without a value or a doubled brace in it?"""
        return "".join(map(str, self.nl)) == self.source.nl and "".join(map(str, self.en)) == self.source.en

    @property
    def unfilled(self) -> Words:
        """The text as it is for nobody in particular: with an ellipsis for each value."""
        nl, en = ("".join(each if isinstance(each, str) else _UNKNOWN for each in own) for own in (self.nl, self.en))
        return Words(nl=nl, en=en)

    def filled(self, surroundings: Surroundings) -> Words:
        """The text with the values filled in. A value that is unknown is shown as an ellipsis."""
        return Words(nl=_filled(self.nl, surroundings, "nl"), en=_filled(self.en, surroundings, "en"))


def template(source: Words, *, scope: Scope) -> Template:
    """Take a text apart. Raises `ExpressionRefused` with the faults of all its expressions, in both languages."""
    faults: list[Fault] = []
    taken: list[tuple[Piece, ...]] = []
    for language in LANGUAGES:
        try:
            taken.append(pieces(source[language], scope=scope))
        except ExpressionRefused as refused:
            faults += refused.faults
    if len(taken) < len(LANGUAGES):  # also where what is wrong was told already: an item that is itself not sound
        raise ExpressionRefused(tuple(faults))
    return Template(source, *taken)


def pieces(text: str, *, scope: Scope) -> tuple[Piece, ...]:
    """One text taken apart."""
    found: list[Piece] = []
    end = 0
    for match in _PIECE.finditer(text):
        found.append(text[end : match.start()])
        end = match.end()
        if match["stray"]:
            fault = Fault("Q062", match.start(), f'a single "{match["stray"]}" in a text', "{item}, or {{ for a brace")
            raise ExpressionRefused((fault,))
        found.append(match.group()[0] if match["inside"] is None else expression(match["inside"], scope=scope))
    return (*found, text[end:])


def _filled(pieces: tuple[Piece, ...], surroundings: Surroundings, language: Language) -> str:
    return "".join(piece if isinstance(piece, str) else _shown(piece, surroundings, language) for piece in pieces)


def _shown(piece: Expression, surroundings: Surroundings, language: Language) -> str:
    """One decimal at most: a message is read in passing."""
    worth = piece.worth(surroundings)
    if piece.kind == DATE and isinstance(worth, str):
        return dates.written(worth, language)
    if isinstance(worth, Fraction):
        return numerals.written(numerals.rounded(worth, places=1), language)
    return worth if isinstance(worth, str) and worth else _UNKNOWN
