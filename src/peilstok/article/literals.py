"""What may not be marked as no figure: `literal:` is for a number that nobody will quote as one of ours.

    states_figure("12", " van de besturen", "nl")   True: it may not be a literal

A share, a change and a number of boards, schools or pupils are what figures say. Whoever has one from elsewhere names
the place (`source:`).
"""

from __future__ import annotations

import re
from typing import Final

from peilstok.article import expressions, multiples, numbers, units
from peilstok.terms import Language

_PERCENT: Final = re.compile(r"%|‰|\b(?:procent|percent|per\s?cent|pct|promille)", re.IGNORECASE)
_LEVEL: Final = re.compile(r"\s*9(?:0|5|9|9[.,]\d)\s*(?:%|procent|percent|per cent)\s*", re.IGNORECASE)
_INTERVAL: Final = re.compile(
    r"[\s-]*(?:betrouwbaarheids?-?|confidence\s+)?(?:interval|marge|margin|level)", re.IGNORECASE
)
_TIME: Final = re.compile(
    r"\s*(?:(?:van een|of an?|an?)\s+)?(?:uur|jaar|dag|eeuw|hour|year|day|century)\b", re.IGNORECASE
)


def states_figure(said: str, behind: str, language: Language) -> bool:
    """Whether `said`, with `behind` after it, states what figures state."""
    if _LEVEL.fullmatch(said) and _INTERVAL.match(behind):
        return False  # a 95 percent confidence interval
    found, many = expressions.find(said, language), multiples.find(said, language)
    if _PERCENT.search(said) or any(each.unit for each in found) or any(each.compares for each in many):
        return True
    if any(each.of_a_whole for each in found) and not _TIME.match(behind):
        return True
    return bool(found or many or re.search(r"\d", said)) and _counts(said, behind, language)


def _counts(said: str, behind: str, language: Language) -> bool:
    words = numbers.words(behind[:60])
    if expressions.unit_at(words, 0)[0] and words[0].text in expressions.PERCENT | {"per"}:
        return True
    return bool(units.named(said) or units.part_of(behind, language) or units.counted(behind, language))
