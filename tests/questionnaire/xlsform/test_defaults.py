"""The column `default` as our prefill, and a prefill as the column; what neither can say is told."""

from __future__ import annotations

import pytest

from peilstok.questionnaire import Context, Item, prefilled
from peilstok.questionnaire.xlsform import exported
from peilstok.terms import ItemName
from tests.questionnaire.building import item
from tests.questionnaire.xlsform.building import YES_NO, Sheets, choice, codes, form, made, q, taken
from tests.questionnaire.xlsform.test_exports import made as asks
from tests.questionnaire.xlsform.test_exports import row_of


def first(sheets: Sheets) -> Item:
    return made(sheets).items[ItemName("a")]


@pytest.mark.parametrize(
    ("type_", "default", "prefill"),
    [
        ("integer", "8", "8"),
        ("integer", "-3", "- 3"),
        ("integer", "2 * 3", "2 * 3"),
        ("integer", "if(true(), 3, 4)", "3"),
        ("decimal", "18.31", "18.31"),
        ("decimal", "1 div 4", "1 / 4"),
        ("date", "2010-06-15", '"2010-06-15"'),
        ("date", "date('2020-04-06') + 14", '"2020-04-06" + 14'),
        ("select_one yn", "no", '"no"'),
        ("select_one yn", "if(true(), 'yes', 'no')", '"yes"'),
        ("select_one grades", "1", '"o_1"'),
        ("select_multiple yn", "yes no", '{ "yes" , "no" }'),
        ("text", "a word or two", '"a word or two"'),
        ("text", "two-fold", '"two-fold"'),
        ("text", "string('a - b')", '"a - b"'),
        ("text", 'say "yes"', "'say \"yes\"'"),
    ],
)
def test_a_default_that_rests_on_nothing_is_the_prefill(type_: str, default: str, prefill: str) -> None:
    choices = [*YES_NO, choice("grades", "1"), choice("grades", "2")]
    sheets = form(q(type_, "a", default=default), choices=choices)
    found = first(sheets).prefill
    assert found is not None
    assert found.source == prefill
    assert "X022" not in codes(sheets)
    assert prefilled(made(sheets), Context())


@pytest.mark.parametrize(
    ("type_", "default", "why"),
    [
        ("integer", "many", "no number"),
        ("integer", "8.5", "does not take"),
        ("integer", "7 div 2", "does not take"),
        ("integer", "1 div 0", "does not take"),
        ("integer", "101", "does not take"),
        ("integer", "${z} + 1", "another answer"),
        ("integer", "${last-saved#a}", "no question has that name"),
        ("integer", "true()", "the function true(...)"),
        ("integer", "string('a - b')", "a text"),
        ("date", "2010-13-15", "next to a date"),
        ("date", "1899-12-31", "does not take"),
        ("date", "today()", "the function today(...)"),
        ("date", "2 * 3", "a number"),
        ("select_one yn", "perhaps", "none of its choices"),
        ("select_one yn", "dont_know", "none of its choices"),
        ("select_multiple yn", "yes perhaps", "none of its choices"),
        ("text", "a - b", "by itself"),
        ("text", "x" * 251, "does not take"),
        ("text", 'it\'s "q"', "both kinds of quotation marks"),
        ("text", "uuid()", "the function uuid(...)"),
    ],
)
def test_a_default_that_cannot_be_kept_is_told_at_its_cell(type_: str, default: str, why: str) -> None:
    sheets = form(
        q("integer", "z"),
        q(type_, "a", default=default, constraint=". <= 100" if type_ == "integer" else ""),
        choices=[*YES_NO, choice("yn", "dont_know")],
    )
    assert first(sheets).prefill is None
    (told,) = [each for each in taken(sheets).findings if each.code == "X022"]
    assert why in told.found
    assert str(told.place) == "form.md:4:survey!default"


@pytest.mark.parametrize(
    ("asked", "default"),
    [
        (item("a", prefill="6"), "6"),
        (item("a", prefill="-3", minimum=-5), "-3"),
        (item("a", prefill="2 * 3"), "2 * 3"),
        (item("a", "date", prefill='"2020-04-06" + 14'), "date(date('2020-04-06') + 14)"),
        (item("a", "date", prefill='"2020-04-06" - 14'), "date(date('2020-04-06') - 14)"),
        (item("a", "choices", options=["x", "y", "z"], prefill='{"z", "x"}'), "x z"),
        (item("a", "text", prefill='"een - twee"'), "string('een - twee')"),
    ],
)
def test_a_prefill_that_is_the_same_for_everyone_is_a_default(asked: dict[str, object], default: str) -> None:
    assert row_of(asks([asked]), "a")["default"] == default


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (item("a", prefill="register(pupils)"), "register(...)"),
        (item("a", prefill="previous(a)"), "previous(...)"),
        (item("a", prefill="if(answered(register(pupils)), 1, 2)"), "if(...) as a value"),
        (item("a", prefill="6", maximum=5), "nobody sees it here either"),
    ],
)
def test_a_prefill_that_is_no_default_is_left_out_by_name(asked: dict[str, object], why: str) -> None:
    questionnaire = asks([asked])
    assert "default" not in row_of(questionnaire, "a")
    told = [str(each) for each in exported(questionnaire, file="poll.yaml").findings if each.code == "X051"]
    assert len(told) == 1
    assert why in told[0]
