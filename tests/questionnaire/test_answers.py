"""Values: prefilled, shown, kept as JSON."""

from __future__ import annotations

import pytest

from peilstok.questionnaire import Item, display, prefilled, value_from_json, value_to_json
from peilstok.terms import Missing, Value
from tests.questionnaire.building import context, item, made, one


@pytest.mark.parametrize(
    ("asked", "prefill", "expected"),
    [
        (item("q"), "register(pupils)", 1201),
        (item("q"), "register(pupils) / 2", 601),  # 600.5: half away from zero
        (item("q", "decimal"), "register(pupils) / 2", 600.5),
        (item("q"), "register(pupils_so)", None),
        (item("q", maximum=1200), "register(pupils)", None),
        (item("q", maximum=1201), "register(pupils)", 1201),
        (item("q", minimum=1202), "register(pupils)", None),
        (item("q", "text"), "register(name)", "Bestuur"),
        (item("q", "choice", options=["yes", "no"]), 'if(register(has_special_school), "yes", "no")', "yes"),
        (item("q"), "previous(q)", 7),
        (item("q", "choice", options=["yes", "no"]), "previous(q)", None),  # 7 is no option
        (item("q", "choices", options=["yes", "no"]), '{"yes"}', frozenset({"yes"})),
        (item("q", "date"), "previous(day) + 14", "2020-04-20"),
        (item("q", "date"), '"2020-04-06"', "2020-04-06"),
        (item("q"), 'previous(day) - "2020-04-01"', 5),
        (item("q", "date"), "previous(day) + 100000", None),  # 2294, which nobody could fill in
        (item("q", "date"), "previous(day) + 10000000", None),
    ],
)
def test_an_item_is_prefilled_with_what_is_known_and_fits(
    asked: dict[str, object], prefill: str, expected: Value | None
) -> None:
    questionnaire = made([{**asked, "prefill": prefill}, item("other"), item("day", "date")])
    register = {"pupils": 1201, "pupils_so": None, "name": "Bestuur", "has_special_school": True}
    known = context(register, q=7, day="2020-04-06")
    assert prefilled(questionnaire, known) == ({} if expected is None else {"q": expected})


def test_a_missing_answer_of_the_previous_wave_is_not_prefilled() -> None:
    questionnaire = made([item("q", prefill="previous(q)", dont_know=True)])
    assert prefilled(questionnaire, context(q=Missing.DONT_KNOW)) == {}


@pytest.mark.parametrize(
    ("shown", "value", "nl", "en"),
    [
        (one(), 1234, "1.234", "1,234"),
        (one("decimal"), 1234.5, "1.234,5", "1,234.5"),
        (one("choice", options=["x", "y"]), "y", "Antwoord y", "Answer y"),
        (one("choices", options=["x", "y", "z"]), frozenset("zx"), "Antwoord x; Antwoord z", "Answer x; Answer z"),
        (one("date"), "2020-04-06", "6 april 2020", "6 April 2020"),
        (one("text"), "2020-04-06", "2020-04-06", "2020-04-06"),
        (one(), Missing.DONT_KNOW, "Weet ik niet", "Don't know"),
        (one(), Missing.NOT_APPLICABLE, "Niet van toepassing", "Not applicable"),
        (one(), Missing.NOT_ANSWERED, "Niet ingevuld", "Left open"),
        (one(), Missing.NOT_ASKED, "Niet gevraagd", "Not asked"),
    ],
)
def test_a_value_is_shown_as_the_language_does(shown: Item, value: Value, nl: str, en: str) -> None:
    assert (display(shown, value, "nl"), display(shown, value, "en")) == (nl, en)


@pytest.mark.parametrize(
    ("kept", "value", "data"),
    [
        (one(), 3, 3),
        (one("decimal"), 3.0, 3.0),
        (one("choices", options=["x", "y"]), frozenset("yx"), ["x", "y"]),
        (one("text"), "dont_know", "dont_know"),
        (one(), Missing.DONT_KNOW, {"missing": "dont_know"}),
    ],
)
def test_a_value_has_one_form_in_json(kept: Item, value: Value, data: object) -> None:
    assert value_to_json(value) == data
    assert value_from_json(kept, data) == value


@pytest.mark.parametrize(
    ("kept", "data"),
    [
        (one(), "3"),
        (one(), 3.5),
        (one(), True),
        (one(), None),
        (one(), {"missing": "perhaps"}),
        (one(), {"missing": "dont_know", "more": 1}),
        (one("decimal"), float("nan")),
        (one("decimal"), float("inf")),
        (one("choice", options=["x", "y"]), "z"),
        (one("choice", options=["x", "y"]), ["x"]),
        (one("choices", options=["x", "y"]), ["x", "z"]),
        (one("choices", options=["x", "y"]), []),
        (one("choices", options=["x", "y"]), [1]),
        (one("date"), "6-4-2020"),
        (one("date"), "2020-02-30"),
        (one("text"), 3),
    ],
)
def test_data_that_is_no_value_of_the_item_is_refused(kept: Item, data: object) -> None:
    with pytest.raises(ValueError):
        value_from_json(kept, data)


def test_a_whole_number_kept_for_a_decimal_comes_back_as_a_decimal() -> None:
    assert type(value_from_json(one("decimal"), 3)) is float
