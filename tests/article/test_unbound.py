"""What is bound to nothing, as tables; and where it is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peilstok.article import check
from peilstok.terms import LANGUAGES, Language
from tests.article.book import published, text

HERE = Path(__file__).parent
BOOK = published()
CODES = {"A017", "A033", "A060", "A061", "A062"}


def found(body: str, language: Language = "nl") -> list[tuple[str, int, int | str, str]]:
    checked = check(text(body, lang=language), file="f.md", book=BOOK)
    return [
        (each.code, each.place.line - 7, each.place.column, each.found.strip('"'))
        for each in checked.findings
        if each.code in CODES
    ]


def examples() -> Iterator[tuple[Language, str, list[str]]]:
    for language in LANGUAGES:
        for line in (HERE / f"unbound.{language}.txt").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                sentence, _, words = line.rpartition("|")
                yield language, sentence.strip(), [each.strip() for each in words.split(";") if each.strip()]


@pytest.mark.parametrize(("language", "sentence", "words"), list(examples()))
def test_the_words_of_the_table_are_found_and_no_others(language: Language, sentence: str, words: list[str]) -> None:
    assert [each[3] for each in found(sentence, language)] == words


PLACES = {
    "paragraph": ("Er zijn\n 12 besturen", (2, 2)),
    "heading": ("## Er zijn 12 besturen", (1, 12)),
    "cell": ("| a | b |\n|---|---|\n| x | 12 |", (3, 7)),
    "alt text": ("Zie ![12 besturen](kaart.svg)", (1, 7)),
    "caption": ('Zie ![x](kaart.svg "Kaart 12 besturen")', (1, 27)),
    "link text": ("Zie [de 12 besturen](https://x.nl)", (1, 9)),
    "code span": ("Zie `12`", (1, 6)),
    "code block": ("Zie\n\n    x = 12", (3, 9)),
    "quote": ("> Zie\n> de 12", (2, 6)),
    "item": ("- Zie\n- de 12", (2, 6)),
    "strong": ("Zie **12**", (1, 7)),
    "cut by marks": ("Zie 1**2** besturen", (1, 5)),
    "over two lines": ("Zie bijna\neen derde", (1, 5)),
}


@pytest.mark.parametrize(("body", "place"), PLACES.values(), ids=PLACES.keys())
def test_a_loose_number_is_found_wherever_it_stands(body: str, place: tuple[int, int]) -> None:
    assert [each[1:3] for each in found(body)] == [place]


@pytest.mark.parametrize(
    "body",
    [
        "Elders was het [12 procent](source:https://x.nl/a).",
        "Zij werken [95](literal:)-procentsintervallen uit.",
        "Zie [de site](https://x.nl/2020/12/13) en <https://x.nl/12>.",
        "Bij [63,5](figure:municipal_care_started) procent is de opvang op gang.",
        "Bij [43](figure:lead_school), [35](figure:lead_municipality) en [1 procent](figure:lead_youth_care).",
        "Bij [181](figure:municipal_care_started#count) van de [285](figure:municipal_care_started#n) besturen.",
        "Dat is [meer](claim:higher(municipal_care_started,wave-2)) dan in de vorige meting.",
        "Dat is [meer](claim:higher(expects_more,wave-2)) dan [43](figure:wave-2/municipal_care_started) procent.",
        "Dat is [hoger dan in de vorige meting](claim:higher(municipal_care_started,wave-2)).",
    ],
)
def test_what_is_bound_or_marked_is_not_found(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Bij [63](figure:municipal_care_started),5 procent", "63,5 procent"),
        ("Bij 6[3,5](figure:municipal_care_started) procent", "63,5 procent"),
        ("Bij [een](literal:) derde", "een derde"),
    ],
)
def test_a_binding_that_cuts_a_number_is_an_error_of_its_own(body: str, words: str) -> None:
    assert [(each[0], each[3]) for each in found(body)] == [("A017", words)]


def test_a_hedge_before_the_link_is_an_error_for_nobody_checks_it_there() -> None:
    assert [(each[0], each[2], each[3]) for each in found("Bij ruim [63 procent](figure:x) van de besturen")] == [
        ("A033", 5, "ruim 63 procent")
    ]
    assert [each[0] for each in found("Bij meer dan [63,5 procent](figure:x)")] == ["A033"]


def test_a_number_in_the_title_is_found_at_its_place() -> None:
    checked = check(text("Tekst.", title="Bij 12 besturen"), file="f.md", book=BOOK)
    assert [(each.code, each.place.line, each.place.column) for each in checked.findings] == [("A060", 4, 12)]
    bound = check(text("Tekst.", title='"Bij [285 besturen](figure:respondents)"'), file="f.md", book=BOOK)
    assert bound.findings == ()
    assert bound.title == "Bij 285 besturen"
