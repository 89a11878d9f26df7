"""What changed in a text, word by word: for a person who must judge whether it still asks the same.

Blanks are made equal first. Two texts that have little in common are not woven into each other: the one goes, the
other comes. Not decided here: whether the meaning changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

ALIKE: Final = 0.5
"""The part of the words that two texts must have in common (`SequenceMatcher.ratio`) to be woven into each other."""
LONGEST: Final = 500  # words; texts beyond this are not woven, which could take minutes


class Fate(StrEnum):
    KEPT = "kept"
    GONE = "gone"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand together and have the same fate."""

    fate: Fate
    text: str


def plain(text: str) -> str:
    """The text with its blanks made equal: line breaks, several blanks and hard blanks are one blank."""
    return " ".join(text.split())


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts as one row of pieces: without those that came it is the first, without those that went the second."""
    then, now = before.split(), after.split()
    if max(len(then), len(now)) > LONGEST:
        return _replaced(then, now)
    matcher = SequenceMatcher(None, then, now, autojunk=False)
    if matcher.ratio() < ALIKE:
        return _replaced(then, now)
    found: list[Piece] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        found += [Piece(Fate.KEPT, " ".join(then[i:j]))] if tag == "equal" else _replaced(then[i:j], now[k:m])
    return tuple(found)


def _replaced(then: list[str], now: list[str]) -> tuple[Piece, ...]:
    both = (Piece(Fate.GONE, " ".join(then)), Piece(Fate.ADDED, " ".join(now)))
    return tuple(piece for piece in both if piece.text)
