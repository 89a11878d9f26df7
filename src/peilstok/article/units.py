"""The nouns that figures count: boards, pupils and schools, in Dutch and English.

named("46 besturen")                  {"boards"}: the kinds that a text names
first_of("pupils at the boards")      "pupils": the kind that it names first
kind_of("leerlingen")                 "pupils"
part_of(" van de leerlingen", "nl")   "pupils": the kind that a text begins with, behind "van" or "of"
counted(" grote besturen", "nl")      "boards": the same without it
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from peilstok.article import numbers
from peilstok.terms import Language

BOARDS: Final = frozenset(
    numbers.listed(
        "bestuur besturen schoolbestuur schoolbesturen eenpitter eenpitters respondent respondenten lid leden "
        "board boards schoolboard schoolboards respondents member members"
    )
)
PUPILS: Final = frozenset(
    numbers.listed("leerling leerlingen scholier scholieren kind kinderen pupil pupils child children student students")
)
SCHOOLS: Final = frozenset(
    numbers.listed(
        "school scholen basisschool basisscholen vestiging vestigingen locatie locaties schools site sites locations"
    )
)
NOUNS: Final = {"boards": BOARDS, "pupils": PUPILS, "schools": SCHOOLS}


def kind_of(noun: str) -> str:
    """ "boards", "pupils" or "schools"; "" for another noun."""
    return next((kind for kind, nouns in NOUNS.items() if noun.lower() in nouns), "")


def named(text: str) -> set[str]:
    return {kind for word in numbers.words(text) if (kind := kind_of(word.text))}


def first_of(text: str) -> str:
    return next((kind for word in numbers.words(text) if (kind := kind_of(word.text))), "")


_NL_ADJECTIVES: Final = (
    r"(?:\s+(?:de|het|alle|al|hun|zijn|haar|onze|deze|die|dit|dat|overige|andere)(?![\w-]))*"
    r"(?:\s+\d[\d.]{0,9})?(?:\s+[\w()-]{1,30}e){0,2}\s+(?P<noun>[\w-]+)"
)
_EN_ADJECTIVES: Final = (
    r"(?:\s+(?:the|all|their|its|our|these|those|this|that|other|remaining)(?![\w-]))*"
    r"(?:\s+\d[\d,]{0,9})?(?:\s+(?:[\w-]{1,30}(?:ing|ed|able|al|ary|ic|ive|er|est)|small|large|young|many)){0,2}"
    r"\s+(?P<noun>[\w-]+)"
)
_COUNTED: Final[Mapping[Language, re.Pattern[str]]] = {
    "nl": re.compile(_NL_ADJECTIVES, re.IGNORECASE),
    "en": re.compile(_EN_ADJECTIVES, re.IGNORECASE),
}
_PART_OF: Final[Mapping[Language, re.Pattern[str]]] = {
    "nl": re.compile(r"\s*(?:van|onder)" + _NL_ADJECTIVES, re.IGNORECASE),
    "en": re.compile(r"\s*(?:of|among)" + _EN_ADJECTIVES, re.IGNORECASE),
}


def part_of(text: str, language: Language) -> str:
    """What a text says at its beginning that something is a part of, "" where it does not."""
    found = _PART_OF[language].match(text)
    return kind_of(found.group("noun")) if found else ""


def counted(text: str, language: Language) -> str:
    """What a text counts at its beginning, behind an amount; "" where it counts something else."""
    found = _COUNTED[language].match(text)
    return kind_of(found.group("noun")) if found else ""
