from __future__ import annotations

import pytest

from peilstok.demo import visitor
from peilstok.demo.browser import forms
from peilstok.terms import ItemName, Missing, Value

FORM = """
<form method="post">
  <input type="hidden" name="version" value="4">
  <input name="pupils" value="215">
  <input name="staff"><input type="checkbox" name="staff.missing" value="dont_know">
  <input type="radio" name="lead" value="school"><input type="radio" name="lead" value="dont_know">
  <input type="checkbox" name="forms" value="digital" checked><input type="checkbox" name="forms" value="on_site">
  <input type="checkbox" name="right" value="much:in_care">
</form>
"""


def sent(**answers: Value) -> list[tuple[str, str]]:
    filled = visitor.filled_in(forms(FORM)[0], {ItemName(name): value for name, value in answers.items()})
    return [pair for pair in filled if pair[0] not in {"version", "right"}]


def test_what_is_prefilled_and_has_no_answer_stays() -> None:
    assert sent() == [("pupils", "215"), ("staff", ""), ("forms", "digital")]


@pytest.mark.parametrize(
    ("item", "value", "pairs"),
    [
        ("pupils", 1_234, [("pupils", "1234")]),
        ("staff", 17.5, [("staff", "17,5")]),
        ("staff", 17.0, [("staff", "17")]),
        ("staff", Missing.DONT_KNOW, [("staff.missing", "dont_know")]),
        ("lead", Missing.DONT_KNOW, [("lead", "dont_know")]),
        ("lead", "school", [("lead", "school")]),
        ("forms", frozenset({"on_site"}), [("forms", "on_site")]),
    ],
)
def test_an_answer_goes_where_a_person_puts_it(item: str, value: Value, pairs: list[tuple[str, str]]) -> None:
    assert [pair for pair in sent(**{item: value}) if pair[0].startswith(item)] == pairs


def test_what_another_page_asks_is_not_sent_here() -> None:
    assert ("remark", "Dag") not in sent(remark="Dag")


def test_the_version_goes_along_and_a_question_is_answered_with_yes() -> None:
    filled = visitor.filled_in(forms(FORM)[0], {})
    assert ("version", "4") in filled
    assert ("right", "much:in_care") in filled
