"""Texts of pages, drawn many times: each in the language of the moment, with the values of the moment."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import engines
from django.utils import translation

from peilstok.site import spoken

PAGES = {
    '{% translate "Send the answers" %}': ("Antwoorden versturen", "Send the answers"),
    '{% translate "Check your answers" as said %}{{ said }}': ("Controleer uw antwoorden", "Check your answers"),
    "{% blocktranslate trimmed %}You can correct your answers until {{ closes }}.{% endblocktranslate %}": (
        "U kunt uw antwoorden verbeteren tot {}.",
        "You can correct your answers until {}.",
    ),
    "{% blocktranslate trimmed count schools=number %}In the register: {{ schools }} school.{% plural %}"
    "In the register: {{ schools }} schools.{% endblocktranslate %}": ("", ""),
}


def drawn(text: str, language: str, **values: object) -> str:
    with translation.override(language):
        return str(TEMPLATES.setdefault(text, engines["django"].from_string("{% load i18n %}" + text)).render(values))


TEMPLATES: dict[str, Any] = {}


def test_the_library_is_the_one_that_templates_load() -> None:
    assert engines["django"].engine.template_libraries["i18n"] is spoken.register


@pytest.mark.parametrize("text", [*PAGES][:2])
def test_a_text_is_said_in_the_language_of_each_drawing(text: str) -> None:
    dutch, english = PAGES[text]
    assert [drawn(text, language) for language in ("nl", "en", "nl")] == [dutch, english, dutch]


def test_a_text_with_values_has_those_of_each_drawing() -> None:
    text = [*PAGES][2]
    dutch, english = PAGES[text]
    assert drawn(text, "nl", closes="maandag") == dutch.format("maandag")
    assert drawn(text, "en", closes="Tuesday") == english.format("Tuesday")
    assert drawn(text, "nl", closes="<b>") == dutch.format("&lt;b&gt;")


def test_a_number_of_things_chooses_the_form_at_each_drawing() -> None:
    text = [*PAGES][3]
    said = [drawn(text, "en", number=number) for number in (1, 2, 1)]
    assert said == ["In the register: 1 school.", "In the register: 2 schools.", "In the register: 1 school."]


def test_a_text_that_comes_from_a_variable_is_looked_up_each_time() -> None:
    text = "{% translate word %}"
    assert [drawn(text, "nl", word=word) for word in ("Send the answers", "Check your answers")] == [
        "Antwoorden versturen",
        "Controleer uw antwoorden",
    ]
