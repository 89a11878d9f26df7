"""What a respondent typed or ticked, as a value or as a problem that says how to mend it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.questionnaire import Item, Problem, display, parse, to_form, value_from_json, value_to_json
from peilstok.questionnaire.parsing import LONGEST_TEXT
from peilstok.questionnaire.wording import SAYINGS, say
from peilstok.terms import LANGUAGES, Language, Missing, Value, Words
from tests.questionnaire.building import one, option

MANUAL = Path(__file__).resolve().parents[2] / "docs/formats/questionnaire.md"
PUPILS = one(unit={"nl": "leerlingen", "en": "pupils"}, dont_know=True)
PERCENT = one("decimal", unit={"nl": "procent", "en": "percent"}, maximum=100)
CHOICE = one("choice", options=["more", "same"], dont_know=True, not_applicable=True)
CHOICES = one("choices", options=["x", "y", option("none", exclusive=True)], dont_know=True)
DATE, TEXT, LONG, EMAIL, PHONE = (one(each) for each in ("date", "text", "long_text", "email", "phone"))
ITEMS = (PUPILS, PERCENT, CHOICE, CHOICES, DATE, TEXT, LONG, EMAIL, PHONE)


def answer(item: Item, *typed: str, missing: str | None = None, language: Language = "nl") -> Value | Problem:
    raw: dict[str, Sequence[str]] = {item.name: typed}
    return parse(item, raw if missing is None else {**raw, f"{item.name}.missing": [missing]}, language=language)


def code(found: Value | Problem) -> str:
    assert isinstance(found, Problem)
    assert found.hard
    return found.code


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1.234", 1234),
        ("1 234", 1234),
        ("120 leerlingen", 120),
        ("120 PUPILS", 120),
        ("120leerlingen", 120),
        ("-1", -1),
    ],
)
def test_numbers_of_pupils_are_taken_as_people_write_them(typed: str, expected: int) -> None:
    assert answer(PUPILS, typed) == expected


@pytest.mark.parametrize(
    "typed", ["3,8", "3.8", "3,8 %", "3,8%", "3.8 procent", "3,8 percent", " 3,80 ", "3,8\N{NO-BREAK SPACE}%"]
)
def test_percentages_are_taken_as_people_write_them(typed: str) -> None:
    assert answer(PERCENT, typed) == 3.8


def test_a_percentage_where_a_number_is_asked_is_refused_with_the_reason() -> None:
    found = answer(PUPILS, "12 %")
    assert code(found) == "not_percent"
    assert isinstance(found, Problem)
    assert found.message.nl == "Vul hier een aantal in, geen percentage."


def test_decimals_in_a_whole_number_are_refused_kindly() -> None:
    found = answer(PUPILS, "3,8")
    assert isinstance(found, Problem)
    assert found.message == Words(
        nl="„3,8” is geen heel getal. Vul een getal zonder cijfers achter de komma in.",
        en="“3,8” is not a whole number. Fill in a number without decimals.",
    )


def test_the_language_of_the_page_decides_between_two_readings() -> None:
    share = one("decimal")
    assert answer(share, "1.234", language="nl") == 1234
    assert answer(share, "1.234", language="en") == 1.234
    assert answer(PERCENT, "1.234", language="nl") == 1.234


@pytest.mark.parametrize(
    ("typed", "expected"), [("veel", "not_a_number"), ("1e3", "not_a_number"), ("9" * 15, "too_large_a_number")]
)
def test_what_is_no_number_is_refused(typed: str, expected: str) -> None:
    assert code(answer(PUPILS, typed)) == expected
    assert code(answer(PERCENT, typed)) == expected


def test_seven_decimals_are_too_many_and_six_are_not() -> None:
    assert answer(PERCENT, "0,123456") == 0.123456
    assert code(answer(PERCENT, "0,1234567")) == "too_many_decimals"


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("raw", [{}, {"q": []}, {"q": [""]}, {"q": ["  "]}, {"q.missing": [""]}, {"other": ["3"]}])
def test_nothing_filled_in_is_not_answered(item: Item, raw: Mapping[str, Sequence[str]]) -> None:
    assert parse(item, raw) is Missing.NOT_ANSWERED


def test_dont_know_and_not_applicable_are_two_answers() -> None:
    assert answer(PUPILS, missing="dont_know") is Missing.DONT_KNOW
    assert answer(CHOICE, missing="not_applicable") is Missing.NOT_APPLICABLE
    assert answer(CHOICE, "dont_know") is Missing.DONT_KNOW
    assert answer(CHOICES, "dont_know") is Missing.DONT_KNOW


@pytest.mark.parametrize(
    ("item", "typed", "missing", "expected"),
    [
        (PUPILS, "", "not_applicable", "unknown_option"),
        (PERCENT, "", "dont_know", "unknown_option"),
        (PUPILS, "", "not_asked", "unknown_option"),
        (PUPILS, "12", "dont_know", "both"),
        (CHOICE, "more", "dont_know", "both"),
        (CHOICE, "mor", None, "unknown_option"),
        (CHOICES, "mor", None, "unknown_option"),
    ],
)
def test_what_the_form_does_not_offer_is_refused(item: Item, typed: str, missing: str | None, expected: str) -> None:
    assert code(answer(item, typed, missing=missing)) == expected


def test_one_answer_is_taken_where_one_is_asked_and_several_where_several_are() -> None:
    assert answer(CHOICE, "more") == "more"
    assert answer(CHOICE, "more", "more") == "more"
    assert code(answer(CHOICE, "more", "same")) == "one_only"
    assert code(answer(PUPILS, "1", "2")) == "one_only"
    assert answer(CHOICES, "x", "y", "x") == frozenset({"x", "y"})
    assert code(answer(CHOICES, "x", "dont_know")) == "both"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2020-04-06", "2020-04-06"),
        ("6-4-2020", "2020-04-06"),
        ("06/04/2020", "2020-04-06"),
        ("6.4.2020", "2020-04-06"),
        ("6 april 2020", "2020-04-06"),
        ("6 March 2020", "2020-03-06"),
        ("29-2-2020", "2020-02-29"),
    ],
)
def test_days_are_taken_as_people_write_them(typed: str, expected: str) -> None:
    assert answer(DATE, typed) == expected


@pytest.mark.parametrize(
    "typed", ["29-2-2021", "6 april", "2020-13-01", "6-4/2020", "0", "1-1-1899", "1-1-2200", "٦-٤-٢٠٢٠"]
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    assert code(answer(DATE, typed)) == "not_a_date"


def test_text_is_kept_without_what_no_one_types() -> None:
    assert answer(TEXT, "  Één\x00 regel\r\nmeer \ud800") == "Één regel meer"
    assert answer(LONG, " a\r\nb\tc\x07 ") == "a\nb\tc"
    assert answer(TEXT, "e\N{COMBINING ACUTE ACCENT}") == "é"
    assert answer(TEXT, "\x00") is Missing.NOT_ANSWERED


@pytest.mark.parametrize("item", [TEXT, LONG])
def test_a_text_of_the_longest_length_is_taken_and_a_longer_one_is_refused_not_cut(item: Item) -> None:
    longest = LONGEST_TEXT[item.type]
    assert answer(item, "a" * longest) == "a" * longest
    assert code(answer(item, "a" * (longest + 1))) == "too_long"
    found = answer(LONG, "a" * 10_000)
    assert isinstance(found, Problem)
    assert found.message.nl.startswith("Uw tekst heeft 10.000 tekens; hier passen er 4.000.")
    assert found.message.en.startswith("Your text has 10,000 characters; 4,000 fit here.")


@pytest.mark.parametrize("typed", ["bram@bestuur.example", "b.o'ra+x@sub.bestuur.example", "ë@é.example"])
def test_addresses_are_taken(typed: str) -> None:
    assert answer(EMAIL, f" {typed} ") == typed


@pytest.mark.parametrize(
    "typed",
    ["bram", "bram@", "@x.example", "a b@x.example", "a@x", "a@@x.example", "a@x..example", "a@x.example,b@x.example"],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert code(answer(EMAIL, typed)) == "not_an_address"


@pytest.mark.parametrize(
    ("typed", "good"),
    [
        ("030 123 45 67", True),
        ("+31 (0)30-1234567", True),
        ("1234567", False),
        ("12345678", True),
        ("1" * 15, True),
        ("1" * 16, False),
        ("bel mij", False),
    ],
)
def test_telephone_numbers_have_8_to_15_digits(typed: str, good: bool) -> None:
    assert (answer(PHONE, typed) == typed) is good
    assert good or code(answer(PHONE, typed)) == "not_a_number_to_call"


def test_what_a_respondent_typed_is_shown_as_it_was_and_not_filled_in_again() -> None:
    found = answer(PUPILS, "{answer} {length}")
    assert isinstance(found, Problem)
    assert found.message.nl.startswith("„{answer} {length}” is niet")


def test_braces_that_were_typed_are_never_taken_for_a_gap_in_the_sentence() -> None:
    assert say("too_small", value="{bound}", bound=3).en == "You filled in {bound}. It cannot be less than 3."


def test_the_manual_lists_every_code_a_respondent_can_meet() -> None:
    section = MANUAL.read_text().split("## What a respondent is told")[1].split("\n## ")[0]
    listed = [line.split("|")[1].strip().strip("`") for line in section.splitlines() if line.startswith("| `")]
    assert sorted(listed) == sorted([*SAYINGS, "rule"])


def values(item: Item) -> st.SearchStrategy[Value]:
    """Values that the item can hold, without the two ways of nothing."""
    plain: dict[str, st.SearchStrategy[Value]] = {
        "number": st.integers(-(10**12), 10**12),
        "decimal": st.integers(0, 10**8).map(lambda steps: steps / 10**6),
        "choice": st.sampled_from(item.option_names or ("",)),
        "choices": st.frozensets(st.sampled_from(item.option_names or ("",)), min_size=1),
        "date": st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)).map(str),
        "email": st.just("bram@bestuur.example"),
        "phone": st.just("030 123 45 67"),
        "text": st.text("abc é{}", min_size=1).map(str.strip).filter(bool),
        "long_text": st.text("ab\n é", min_size=1).map(str.strip).filter(bool),
    }
    offered = st.sampled_from(item.missing_offered) if item.missing_offered else st.nothing()
    return plain[str(item.type)] | offered


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from(ITEMS), st.sampled_from(LANGUAGES))
def test_a_value_put_in_a_form_is_read_back_from_it(data: st.DataObject, item: Item, language: Language) -> None:
    value = data.draw(values(item))
    assert parse(item, to_form(item, value, language), language=language) == value


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from([PUPILS, PERCENT, DATE]), st.sampled_from(LANGUAGES))
def test_what_is_displayed_of_a_number_or_a_day_is_read_back(
    data: st.DataObject, item: Item, language: Language
) -> None:
    value = data.draw(values(item).filter(lambda value: not isinstance(value, Missing)))
    assert answer(item, display(item, value, language), language=language) == value


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from(ITEMS))
def test_a_value_kept_as_json_comes_back_the_same(data: st.DataObject, item: Item) -> None:
    value = data.draw(values(item) | st.sampled_from([Missing.NOT_ANSWERED, Missing.NOT_ASKED]))
    back = value_from_json(item, json.loads(json.dumps(value_to_json(value))))
    assert back == value
    assert type(back) is type(value)


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(ITEMS),
    st.lists(st.text(max_size=30), max_size=3),
    st.lists(st.sampled_from(["dont_know", "x", ""]), max_size=2),
)
def test_no_form_crashes_the_reading(item: Item, typed: list[str], missing: list[str]) -> None:
    found = parse(item, {"q": typed, "q.missing": missing})
    assert isinstance(found, Problem) or value_from_json(item, value_to_json(found)) == found
