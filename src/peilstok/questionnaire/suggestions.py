"""What a person may have meant: the nearest known name, for messages that end in "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from peilstok.questionnaire.expressions.kinds import listed


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that is most like the word, if any is like it at all."""
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word[:60].lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def suggest(word: str, known: Iterable[str], *, expected: str) -> str:
    """`expected`, with the nearest known name, or all of them when none is near."""
    names = tuple(known)
    meant = nearest(word, names)
    if meant:
        return f'{expected}; did you mean "{meant}"?'
    return f"{expected}: {listed(names)}" if names else expected
