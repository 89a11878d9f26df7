"""The sentences of the questionnaire itself, in Dutch and English: what a respondent is told about an answer.

Texts of a survey stand in its file; these are the ones that come with the product. Numbers in them are written in
the format of the language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from peilstok.questionnaire import numerals
from peilstok.questionnaire.model import PageEntry
from peilstok.questionnaire.numbering import Progress
from peilstok.terms import Language, Missing, Words

MISSING: Final[Mapping[Missing, Words]] = {
    Missing.DONT_KNOW: Words(nl="Weet ik niet", en="Don't know"),
    Missing.NOT_APPLICABLE: Words(nl="Niet van toepassing", en="Not applicable"),
    Missing.NOT_ANSWERED: Words(nl="Niet ingevuld", en="Left open"),
    Missing.NOT_ASKED: Words(nl="Niet gevraagd", en="Not asked"),
}

ADDED: Final[Mapping[str, Words]] = {
    "text": Words(nl="Ontbreekt er een?", en="Is one missing?"),
    "hint": Words(nl="Schrijf elke naam op een eigen regel.", en="Write each name on a line of its own."),
}
"""Where the entries of a block are listed: what a board can add to those of the register."""

PART: Final = Words(
    nl="{value}{unit} is {percent} procent van {whole}.",
    en="{value}{unit} is {percent} percent of {whole}.",
)
"""Beside a number that may be given as a percentage: the one in terms of the other."""

SAYINGS: Final[Mapping[str, Words]] = {
    # From reading a form (`parsing`)
    "both": Words(
        nl="U vulde „{answer}” in en kruiste ook aan dat u geen antwoord hebt. Kies één van de twee.",
        en="You filled in “{answer}” and also ticked that you have no answer. Choose one of the two.",
    ),
    "one_only": Words(nl="Kies één antwoord.", en="Choose one answer."),
    "unknown_option": Words(
        nl="„{answer}” is geen van de antwoorden bij deze vraag. Kies een antwoord uit de lijst.",
        en="“{answer}” is not one of the answers to this question. Choose an answer from the list.",
    ),
    "not_a_number": Words(
        nl="„{answer}” is niet als getal te lezen. Vul alleen een getal in, bijvoorbeeld 1.234.",
        en="“{answer}” cannot be read as a number. Fill in a number only, for example 1,234.",
    ),
    "not_percent": Words(
        nl="Vul hier een aantal in, geen percentage.",
        en="Fill in a number here, not a percentage.",
    ),
    "not_whole": Words(
        nl="„{answer}” is geen heel getal. Vul een getal zonder cijfers achter de komma in.",
        en="“{answer}” is not a whole number. Fill in a number without decimals.",
    ),
    "too_large_a_number": Words(
        nl="Dit getal is te groot. Kijk of er een cijfer te veel staat.",
        en="This number is too large. Please look for a digit too many.",
    ),
    "too_many_decimals": Words(
        nl="Vul hoogstens zes cijfers achter de komma in.",
        en="Fill in at most six decimals.",
    ),
    "not_a_date": Words(
        nl="„{answer}” is niet als datum te lezen. Schrijf bijvoorbeeld 6-4-2020.",
        en="“{answer}” cannot be read as a date. Write for example 6-4-2020 (day, month, year).",
    ),
    "not_an_address": Words(
        nl="„{answer}” is geen e-mailadres. Een adres ziet eruit als naam@voorbeeld.nl.",
        en="“{answer}” is not an e-mail address. An address looks like name@example.org.",
    ),
    "not_a_number_to_call": Words(
        nl="„{answer}” is geen telefoonnummer. Vul 8 tot 15 cijfers in, bijvoorbeeld 030 123 45 67.",
        en="“{answer}” is not a telephone number. Fill in 8 to 15 digits, for example +31 30 123 45 67.",
    ),
    "too_long": Words(
        nl="Uw tekst heeft {length} tekens; hier passen er {longest}. Maak de tekst korter.",
        en="Your text has {length} characters; {longest} fit here. Please make it shorter.",
    ),
    "too_many_lines": Words(
        nl="Dit zijn {lines} regels; hier passen er {most}.",
        en="These are {lines} lines; {most} fit here.",
    ),
    "percent_of_nothing": Words(
        nl="Vul een aantal in: we weten niet waarvan „{answer}” een deel is.",
        en="Fill in a number: we do not know what “{answer}” is a part of.",
    ),
    # About an answer (`checks`)
    "required": Words(
        nl="Vul hier een antwoord in. Zonder dit antwoord kunnen we uw andere antwoorden niet gebruiken.",
        en="Please answer this question. We cannot use your other answers without it.",
    ),
    "left_open": Words(
        nl="U hebt deze vraag opengelaten. Dat mag.",
        en="You have left this question open. You may.",
    ),
    "too_small": Words(
        nl="U vulde {value} in. Het kan niet minder zijn dan {bound}.",
        en="You filled in {value}. It cannot be less than {bound}.",
    ),
    "too_large": Words(
        nl="U vulde {value} in. Het kan niet meer zijn dan {bound}.",
        en="You filled in {value}. It cannot be more than {bound}.",
    ),
    "more_than_the_whole": Words(
        nl="U vulde {value} van {whole}{unit} in. Het kunnen er niet meer zijn.",
        en="You filled in {value} out of {whole}{unit}. It cannot be more than that.",
    ),
    "exclusive": Words(
        nl="„{option}” kan niet samen met een ander antwoord. Haal een van de vinkjes weg.",
        en="“{option}” cannot go together with another answer. Please untick one of them.",
    ),
    "sum_too_much": Words(
        nl="Samen is dat {sum}, maar u vulde {total} in: {difference} te veel.",
        en="Together that is {sum}, but you filled in {total}: {difference} too many.",
    ),
    "sum_too_little": Words(
        nl="Samen is dat {sum}, maar u vulde {total} in: {difference} te weinig.",
        en="Together that is {sum}, but you filled in {total}: {difference} too few.",
    ),
    "does_not_fit": Words(
        nl="Dit antwoord past niet bij de vraag. Geef het opnieuw.",
        en="This answer does not fit the question. Please give it again.",
    ),
}
"""What a respondent is told, by the code of the problem. `rule`, the code of a check in the file, has its own text."""


_GAP: Final = re.compile(r"\{([a-z]+)\}")


def say(code: str, **about: object) -> Words:
    """A sentence with its values filled in; numbers as the language writes them, `Words` in their language."""
    return filled(SAYINGS[code], **about)


def filled(sentence: Words, **about: object) -> Words:
    """Any sentence of the product with its values filled in."""
    return Words(nl=_filled(sentence.nl, about, "nl"), en=_filled(sentence.en, about, "en"))


def progress_words(progress: Progress) -> Words:
    """ "Vraag 4 van 9", "Vraag 4 en 5 van hoogstens 9", "Vraag 4 tot en met 6 van 9"."""
    first, last, total = (str(number) for number in (progress.first, progress.last, progress.total))
    if progress.first == progress.last:
        nl, en = f"Vraag {first}", f"Question {first}"
    elif progress.last == progress.first + 1:
        nl, en = f"Vraag {first} en {last}", f"Questions {first} and {last}"
    else:
        nl, en = f"Vraag {first} tot en met {last}", f"Questions {first} to {last}"
    if progress.certain:
        return Words(nl=f"{nl} van {total}", en=f"{en} of {total}")
    return Words(nl=f"{nl} van hoogstens {total}", en=f"{en} of at most {total}")


def behind(unit: Words | None) -> Words | str:
    """A unit with the blank that stands before it; nothing where there is none."""
    return Words(nl=f" {unit.nl}", en=f" {unit.en}") if unit else ""


def entry_words(entry: PageEntry) -> Words:
    """ "School 2 van 7"."""
    return Words(
        nl=f"{entry.called.nl} {entry.number} van {entry.total}",
        en=f"{entry.called.en} {entry.number} of {entry.total}",
    )


def _filled(sentence: str, about: Mapping[str, object], language: Language) -> str:
    """In one pass, so that braces in what a respondent typed stay what they are."""
    return _GAP.sub(lambda gap: _shown(about[gap[1]], language), sentence)


def _shown(value: object, language: Language) -> str:
    if isinstance(value, int | float | Decimal):
        return numerals.written(value, language)
    return value[language] if isinstance(value, Words) else str(value)
