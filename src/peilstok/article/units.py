"""The nouns that figures count: boards, pupils and schools, in Dutch and English.

named("46 besturen")     {"boards"}: the kinds that a text names
first_of("pupils at ..") "pupils": the kind that it names first
kind_of("leerlingen")    "pupils"
"""

from __future__ import annotations

from typing import Final

from peilstok.article import numbers

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
