"""What may be marked as no figure, and what is too much like one."""

from __future__ import annotations

import pytest

from peilstok.article import check
from peilstok.article.literals import states_figure
from peilstok.terms import Language
from tests.article.book import published, text

BOOK = published()

FIGURES: dict[Language, list[str]] = {
    "nl": [
        "Noch [12 procent](literal:) noch meer.",
        "Het is [80%](literal:).",
        "Het is [80](literal:) procent.",
        "Het is [80](literal:)% van alles.",
        "Het steeg met [3 procentpunt](literal:).",
        "Bij [12 besturen](literal:).",
        "Bij [12](literal:) besturen.",
        "Bij [twaalf](literal:) grote besturen.",
        "Bij [12](literal:) van de besturen.",
        "Bij [12](literal:) van de 285 schoolbesturen.",
        "Bij [300](literal:)\nscholen.",
        "Met [zo'n 4.000 leerlingen](literal:).",
        "[Driekwart](literal:) van hen kwam.",
        "[Een meerderheid](literal:) kwam.",
        "De opvang is [verdubbeld](literal:).",
        "[Een dozijn](literal:) scholen.",
        "Een interval van [12 procent](literal:) breed.",
    ],
    "en": [
        "Neither [12 percent](literal:) nor more.",
        "It is [80](literal:) per cent.",
        "At [12](literal:) boards.",
        "At [12](literal:) of the larger boards.",
        "With [some 4,000 pupils](literal:).",
        "[Three quarters](literal:) of them came.",
        "Care has [doubled](literal:).",
    ],
}
LITERALS: dict[Language, list[str]] = {
    "nl": [
        "Zij werken [95](literal:)-procentsintervallen uit.",
        "Met een [95%](literal:)-interval, een [95 procent](literal:) betrouwbaarheidsinterval.",
        "De vragenlijst heeft [12](literal:) vragen en kost [vijf](literal:) minuten.",
        "Dat zijn [drie](literal:) punten.",
        "Een vergadering van [driekwart](literal:) uur.",
        "De [24](literal:)-uursopvang van scholen.",
    ],
    "en": [
        "With a [95 percent](literal:) confidence interval.",
        "It has [12](literal:) questions, on [two](literal:) pages.",
        "It has [three](literal:) points.",
    ],
}


def codes(body: str, language: Language) -> list[str]:
    return [each.code for each in check(text(body, lang=language), file="f.md", book=BOOK).findings]


@pytest.mark.parametrize(
    ("language", "body"), [(language, each) for language, bodies in FIGURES.items() for each in bodies]
)
def test_what_says_what_a_figure_says_cannot_be_marked_as_none(language: Language, body: str) -> None:
    assert "A064" in codes(body, language)


@pytest.mark.parametrize(
    ("language", "body"), [(language, each) for language, bodies in LITERALS.items() for each in bodies]
)
def test_another_number_can_be_marked_as_no_figure(language: Language, body: str) -> None:
    assert codes(body, language) == []


@pytest.mark.parametrize(
    ("body", "offered"),
    [
        ("Er zijn 12.", True),
        ("Er zijn 12 vragen.", True),
        ("Er zijn 12 besturen.", False),
        ("Er zijn twaalf van de besturen.", False),
        ("Er is 12 procent.", False),
        ("Een derde is er.", False),
        ("Het verdubbelde.", False),
    ],
)
def test_the_hint_at_a_loose_number_offers_only_what_would_be_accepted(body: str, offered: bool) -> None:
    (found,) = check(text(body), file="f.md", book=BOOK).findings
    assert ("literal:" in found.expected) is offered
    assert "figure:name" in found.expected


def test_the_noun_of_another_sentence_is_not_what_a_number_counts() -> None:
    assert not states_figure("12", ". De besturen", "nl")
    assert states_figure("12", " besturen", "nl")


def test_a_comparison_that_is_marked_as_no_figure_is_told_as_a_warning_and_one_with_a_wave_refused() -> None:
    assert codes("De druk is [toegenomen](literal:).", "nl") == ["A065"]
    assert codes("Dat is [meer](literal:) dan in de vorige meting.", "nl") == ["A062"]


@pytest.mark.parametrize("words", ["verdubbeld", "tweemaal zoveel"])
def test_a_multiple_in_the_words_of_a_claim_or_a_figure_is_checked_by_neither(words: str) -> None:
    assert codes(f"[{words}](claim:higher(municipal_care_started,wave-2))", "nl") == ["A048"]
    assert codes(f"[{words}, 63,5 procent](figure:municipal_care_started)", "nl") == ["A031"]
