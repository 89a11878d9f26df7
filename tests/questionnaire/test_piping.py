"""Values in the text of a question, notes, and numbers of pupils that may be given as a percentage."""

from __future__ import annotations

from fractions import Fraction

import pytest

from peilstok.questionnaire import (
    Problem,
    Questionnaire,
    instantiated,
    parse,
    path,
    problems,
    progress,
    whole_of,
)
from peilstok.questionnaire.expressions import Surroundings
from peilstok.questionnaire.parsing import to_form
from peilstok.terms import ItemName, Missing, Value
from tests.questionnaire.building import a, codes, context, file, item, made

TEXT = {"nl": "Vangt u de {in_care} leerlingen van {register(name)} ook op?", "en": "Do the {in_care} come?"}
HINT = {"nl": "Dat is {100 * in_care / 1200} procent.", "en": "That is {100 * in_care / 1200} percent."}


def piped(**more: object) -> Questionnaire:
    return made([item("in_care")], [item("after", text=TEXT, **more)])


def words(questionnaire: Questionnaire, answers: dict[str, object]) -> str:
    seen = instantiated(questionnaire, a(**answers), context({"name": "De Linden"}))
    return seen.items[ItemName("after")].text.nl


def test_an_earlier_answer_and_the_register_stand_in_the_text_of_a_question() -> None:
    assert words(piped(), {"in_care": 1234}) == "Vangt u de 1.234 leerlingen van De Linden ook op?"


def test_a_value_that_is_not_there_is_an_ellipsis() -> None:
    for answers in ({}, {"in_care": Missing.DONT_KNOW}):
        assert words(piped(), answers) == "Vangt u de … leerlingen van De Linden ook op?"


def test_for_nobody_in_particular_each_value_is_an_ellipsis_whatever_it_is() -> None:
    told = {"nl": "{{Zo}}: {in_care}, {register(name)} en {if(in_care > 1, 2, 3)}?", "en": "{count(in_care > 1)}"}
    items = made([item("in_care")], [item("after", text=told)]).items
    text = items[ItemName("after")].text_for_all
    assert (text.nl, text.en) == ("{Zo}: …, … en …?", "…")
    assert items[ItemName("in_care")].text_for_all == items[ItemName("in_care")].text


def test_a_date_reads_as_the_language_writes_it_also_where_it_is_worked_out() -> None:
    told = {"nl": "Was dat op {d}, dus voor {d + 14}?", "en": "Was that on {d}, so before {d + 14}?"}
    seen = instantiated(made([item("d", "date")], [item("after", text=told)]), a(d="2020-04-06"), context())
    text = seen.items[ItemName("after")].text
    assert text.nl == "Was dat op 6 april 2020, dus voor 20 april 2020?"
    assert text.en == "Was that on 6 April 2020, so before 20 April 2020?"


def test_an_answer_that_does_not_count_stands_in_no_text() -> None:
    questionnaire = made([item("n")], [item("in_care", when="n > 0")], [item("after", text=TEXT)])
    assert words(questionnaire, {"n": 0, "in_care": 5}).startswith("Vangt u de … ")


def test_a_hint_has_values_too_and_doubled_braces_are_braces() -> None:
    questionnaire = piped(hint=HINT)
    hint = instantiated(questionnaire, a(in_care=60), context()).items[ItemName("after")].hint
    assert hint is not None
    assert hint.en == "That is 5 percent."
    braces = made([item("after", text={"nl": "{{zo}}", "en": "{{so}}"})])
    assert words(braces, {}) == "{zo}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ({"nl": "{in_care}", "en": "{n}"}, []),
        ({"nl": "{after}", "en": "x"}, ["Q057"]),
        ({"nl": "{incare}", "en": "{in_care}"}, ["Q051"]),
        ({"nl": "{in_care", "en": "{in_care}"}, ["Q062"]),
    ],
)
def test_faults_in_texts_with_values_are_found(text: dict[str, str], expected: list[str]) -> None:
    assert codes(file([item("in_care"), item("n")], [item("after", text=text)])) == expected


NOTE = item("thanks", "note", when="n > 0")


def test_a_note_is_shown_where_its_condition_is_true_and_is_no_question() -> None:
    questionnaire = made([item("n")], [NOTE, item("q")])
    for n, shown in ((1, ["thanks", "q"]), (0, ["q"])):
        found = path(questionnaire, a(n=n), context())
        assert [each.name for each in found.pages[1].items] == shown
        there = progress(questionnaire, a(n=n), context(), page="page-2")
        assert there is not None
        assert (there.first, there.last, there.total) == (2, 2, 2)
    assert problems(questionnaire, a(n=1, q=2), context()) == ()


@pytest.mark.parametrize("key", ["required", "optional", "dont_know", "not_applicable"])
def test_a_note_has_nothing_to_answer(key: str) -> None:
    assert codes(file([{**NOTE, "when": "true", key: True}])) == ["Q041"]


def test_an_expression_cannot_look_at_a_note() -> None:
    assert codes(file([item("n")], [NOTE], [item("q", when="thanks > 0")])) == ["Q051"]


CARE = {"unit": {"nl": "leerlingen", "en": "pupils"}, "percent_of": "pupils"}


def care() -> Questionnaire:
    return made([item("pupils")], [item("in_care", **CARE)])


def typed(text: str, *, whole: object = 1200, how: str = "") -> Value | Problem:
    questionnaire = care()
    field = questionnaire.items[ItemName("in_care")]
    seen = Surroundings(a(pupils=whole), {}, {})  # type: ignore[arg-type]  # a whole that is missing as well
    raw = {"in_care": [text], **({"in_care.as": [how]} if how else {})}
    return parse(field, raw, language="nl", whole=whole_of(field, seen))


@pytest.mark.parametrize(
    ("text", "how", "value"),
    [
        ("46", "", 46),
        ("46 leerlingen", "", 46),
        ("3,8 %", "", 46),  # 45.6
        ("3.8%", "", 46),
        ("3,8 procent", "", 46),
        ("3,8", "percent", 46),
        ("100", "percent", 1200),
        ("0", "percent", 0),
        ("46", "number", 46),
    ],
)
def test_pupils_are_taken_as_a_number_or_as_a_percentage_of_the_whole(text: str, how: str, value: int) -> None:
    assert typed(text, how=how) == value


@pytest.mark.parametrize(
    ("text", "whole", "code"),
    [
        ("3,8 %", Missing.DONT_KNOW, "percent_of_nothing"),
        ("3,8 %", 0, "percent_of_nothing"),
        ("drie %", 1200, "not_a_number"),
        ("3,8", 1200, "not_whole"),
    ],
)
def test_a_percentage_that_comes_to_no_number_is_refused_with_the_reason(text: str, whole: object, code: str) -> None:
    found = typed(text, whole=whole)
    assert isinstance(found, Problem)
    assert found.code == code


def test_more_pupils_than_there_are_is_refused_at_the_field_with_both_numbers() -> None:
    for value, expected in (
        (1200, []),
        (1201, ["U vulde 1.201 van 1.200 leerlingen in. Het kunnen er niet meer zijn."]),
    ):
        found = problems(care(), a(pupils=1200, in_care=value), context())
        assert [each.message.nl for each in found] == expected
    [above] = problems(care(), a(pupils=1200, in_care=typed("101 %")), context())  # type: ignore[arg-type]
    assert above.code == "more_than_the_whole"


def test_what_is_kept_is_the_number_and_so_the_form_shows_it() -> None:
    assert to_form(care().items[ItemName("in_care")], 46, "nl") == {"in_care": ["46"]}


def test_the_whole_is_a_number_of_an_earlier_page_or_the_register() -> None:
    assert codes(file([item("in_care", percent_of="register(pupils)")])) == []
    assert codes(file([item("pupils"), item("in_care", percent_of="pupils")])) == ["Q057"]
    assert codes(file([item("pupils", "text")], [item("in_care", percent_of="pupils")])) == ["Q056"]
    assert codes(file([item("pupils")], [item("in_care", "decimal", percent_of="pupils")])) == ["Q041"]


def test_a_whole_is_exact() -> None:
    item_ = care().items[ItemName("in_care")]
    assert whole_of(item_, Surroundings(a(pupils=7), {}, {})) == Fraction(7)
    assert whole_of(item_, Surroundings({}, {}, {})) is None
