"""What the words around a binding do to it, as tables; and that the same words are told within and without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from peilstok.article import check
from peilstok.disclose.figures import Measured
from peilstok.terms import LANGUAGES, Language
from tests.article.book import book, share, text, wave

HERE = Path(__file__).parent
TARGETS = {
    "F": "figure:started",
    "S": "figure:stopped",
    "P": "figure:in_care",
    "M": "figure:vulnerable",
    "N": "figure:respondents",
    "C": "claim:higher(started,wave-2)",
}
BOOK = book(
    wave("2", share("started", 42.6, base="boards")),
    wave(
        "3",
        share(
            "started",
            63.5,
            base="boards",
            measured=Measured(value=63.5, se=2, ci_low=62.5, ci_high=64.5),
            of_pupils=Measured(value=70),
        ),
        share("stopped", 2.5, base="boards"),
        share("few", 1.05, base="boards"),
        share("in_care", 3.8, kind="ratio", base="pupils at the boards that answered"),
        share("vulnerable", 19, kind="mean", base="boards"),
    ),
)


def codes(body: str, language: Language) -> list[str]:
    body = re.sub(r"\]\(([FSPMNC])\)", lambda match: f"]({TARGETS[match.group(1)]})", body)
    found = check(text(body, lang=language), file="f.md", book=BOOK).findings
    return sorted(each.code for each in found if each.severity == "error")


def examples() -> Iterator[tuple[Language, str, list[str]]]:
    for language in LANGUAGES:
        lines = (HERE / f"around.{language}.txt").read_text(encoding="utf-8").splitlines()
        body = "\n".join(line for line in lines if line and not line.startswith("#"))
        for sentence, expected in re.findall(r"(?s)(.+?) \|([ A0-9]*)(?:\n|$)", body):
            yield language, sentence, sorted(expected.split())


@pytest.mark.parametrize(("language", "sentence", "expected"), list(examples()))
def test_words_around_a_binding_that_make_it_untrue_are_refused_and_no_others(
    language: Language, sentence: str, expected: list[str]
) -> None:
    assert codes(sentence, language) == expected


def test_a_negation_is_told_with_the_words_it_turns_at_their_place() -> None:
    article = text("Dat is niet [meer](claim:higher(started,wave-2)) dan in de vorige meting.")
    (found,) = check(article, file="f.md", book=BOOK).findings
    assert str(found) == (
        'A034 error f.md:8:14 "niet" outside the link of "meer" | a sentence that says what the link says'
    )


def test_another_base_is_told_with_both() -> None:
    article = text("Het is [63,5 procent](figure:started) van de leerlingen.")
    (found,) = check(article, file="f.md", book=BOOK).findings
    assert "it is a part of the boards, not of the pupils" in found.found


def test_a_file_that_does_not_say_its_base_has_no_other() -> None:
    figures = book(wave("3", share("started", 63.5)))
    article = text("Het is [63,5 procent](figure:started) van de leerlingen.")
    assert check(article, file="f.md", book=figures).findings == ()


@pytest.mark.parametrize("words", ["niet", "noch", "nooit"])
def test_a_negation_is_refused_within_the_brackets_and_outside_them(words: str) -> None:
    inside, outside = f"[{words} 63,5 procent](F)", f"{words} [63,5 procent](F)"
    assert codes(inside, "nl") == ["A031"]
    assert codes(outside, "nl") == ["A034"]
