"""What is wrong with answers, and what asks a second look; both sides of every boundary."""

from __future__ import annotations

import pytest

from peilstok.questionnaire import Context, Questionnaire, problems
from peilstok.terms import Missing, Value, Words
from tests.questionnaire.building import a, context, item, made, option

NOBODY = Context()
LARGER = made(
    [item("pupils", required=True, minimum=1)],
    [item("care", optional=True, dont_know=True), item("expected", "decimal", optional=True, maximum=99.5)],
    checks=[
        {
            "name": "care_within_pupils",
            "severity": "hard",
            "rule": "care <= pupils",
            "message": {
                "nl": "{care} van uw {pupils} leerlingen; dat is {100 * care / pupils} procent. {{zo}}",
                "en": "{care} of your {pupils} pupils; that is {100 * care / pupils} percent. {{so}}",
            },
        },
        {
            "name": "much",
            "severity": "soft",
            "rule": "care > pupils or care <= pupils / 4",
            "message": {"nl": "Veel. Klopt dat? Vorige keer {previous(care)}", "en": "Much"},
        },
    ],
)
SUM = made(
    [
        item(name, kind, optional=True, dont_know=True)
        for name, kind in (("total", "number"), ("a", "number"), ("b", "decimal"))
    ],
    checks=[{"name": "parts", "severity": "hard", "parts": ["a", "b"], "total": "total"}],
)


def found(questionnaire: Questionnaire, **answers: object) -> list[tuple[str, str, str]]:
    return [(each.item, str(each.severity), each.code) for each in problems(questionnaire, a(**answers), NOBODY)]


@pytest.mark.parametrize(
    ("care", "expected"),
    [
        (0, []),
        (300, []),
        (301, [("care", "soft", "rule")]),
        (1200, [("care", "soft", "rule")]),
        (1201, [("care", "hard", "rule")]),
        (Missing.DONT_KNOW, []),
        (-1, [("care", "hard", "too_small")]),
    ],
)
def test_hard_and_soft_checks_speak_from_their_boundary_on(care: Value, expected: list[tuple[str, str, str]]) -> None:
    assert found(LARGER, pupils=1200, care=care) == expected


def test_a_check_says_which_numbers_it_compared_in_the_format_of_the_language() -> None:
    (problem,) = problems(LARGER, a(pupils=1200, care=16000), NOBODY)
    assert problem.message == Words(
        nl="16.000 van uw 1.200 leerlingen; dat is 1.333,3 procent. {zo}",
        en="16,000 of your 1,200 pupils; that is 1,333.3 percent. {so}",
    )
    assert (problem.key, problem.check) == ("care.care_within_pupils", "care_within_pupils")


def test_an_unknown_value_in_a_message_is_an_ellipsis() -> None:
    (problem,) = problems(LARGER, a(pupils=100, care=50), NOBODY)
    assert problem.message.nl == "Veel. Klopt dat? Vorige keer …"
    (problem,) = problems(LARGER, a(pupils=100, care=50), context(care=1234))
    assert problem.message.nl == "Veel. Klopt dat? Vorige keer 1.234"


@pytest.mark.parametrize(
    ("parts", "nl", "en"),
    [
        (
            (100, 30.0),
            "Samen is dat 130, maar u vulde 120 in: 10 te veel.",
            "Together that is 130, but you filled in 120: 10 too many.",
        ),
        (
            (100, 19.5),
            "Samen is dat 119,5, maar u vulde 120 in: 0,5 te weinig.",
            "Together that is 119.5, but you filled in 120: 0.5 too few.",
        ),
        (
            (1000, 2000.0),
            "Samen is dat 3.000, maar u vulde 120 in: 2.880 te veel.",
            "Together that is 3,000, but you filled in 120: 2,880 too many.",
        ),
    ],
)
def test_parts_that_do_not_add_up_are_told_the_difference(parts: tuple[int, float], nl: str, en: str) -> None:
    (problem,) = problems(SUM, a(total=120, a=parts[0], b=parts[1]), NOBODY)
    assert problem.message == Words(nl=nl, en=en)
    assert (problem.item, problem.hard, problem.key) == ("b", True, "b.parts")


def test_parts_that_add_up_are_fine_also_in_decimals() -> None:
    assert found(SUM, total=120, a=100, b=20.0) == []
    tenths = made(
        [item(name, "decimal", optional=True) for name in "tabc"],
        checks=[{"name": "parts", "severity": "soft", "parts": ["a", "b", "c"], "total": "t"}],
    )
    assert found(tenths, t=0.6, a=0.1, b=0.2, c=0.3) == []
    assert found(tenths, t=0.6, a=0.1, b=0.2, c=0.300001) == [("c", "soft", "sum_too_much")]


@pytest.mark.parametrize("missing", ["total", "a", "b"])
def test_a_sum_says_nothing_while_one_of_its_numbers_is_missing(missing: str) -> None:
    answers = {"total": 120, "a": 100, "b": 30.0}
    assert found(SUM, **{**answers, missing: Missing.NOT_ANSWERED}) == []
    assert found(SUM, **{**answers, missing: Missing.DONT_KNOW}) == []
    assert found(SUM, **answers) == [("b", "hard", "sum_too_much")]


def test_a_missing_value_that_the_item_does_not_offer_does_not_fit() -> None:
    assert found(made([item("q")]), q=Missing.DONT_KNOW) == [("q", "hard", "does_not_fit")]
    assert found(made([item("q", dont_know=True)]), q=Missing.DONT_KNOW) == []


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ({"required": True}, Missing.NOT_ANSWERED, [("q", "hard", "required")]),
        ({"required": True, "dont_know": True}, Missing.DONT_KNOW, []),
        ({}, Missing.NOT_ANSWERED, [("q", "soft", "left_open")]),
        ({"optional": True}, Missing.NOT_ANSWERED, []),
        ({}, 0, []),
    ],
)
def test_only_what_is_required_must_be_answered_and_dont_know_is_an_answer(
    kind: dict[str, object], value: Value, expected: list[tuple[str, str, str]]
) -> None:
    assert found(made([item("q", **kind)]), q=value) == expected


@pytest.mark.parametrize(("value", "expected"), [(9, ["too_small"]), (10, []), (20, []), (21, ["too_large"])])
def test_bounds_are_included(value: int, expected: list[str]) -> None:
    questionnaire = made([item("q", minimum=10, maximum=20)])
    assert [each.code for each in problems(questionnaire, a(q=value), NOBODY)] == expected


def test_a_bound_is_named_in_the_format_of_the_language() -> None:
    (problem,) = problems(LARGER, a(pupils=10, expected=1234.5), NOBODY)
    assert problem.message.nl == "U vulde 1.234,5 in. Het kan niet meer zijn dan 99,5."
    assert problem.message.en == "You filled in 1,234.5. It cannot be more than 99.5."


def test_an_exclusive_option_cannot_stand_beside_another() -> None:
    questionnaire = made([item("q", "choices", options=["x", "y", option("none", exclusive=True)])])
    assert found(questionnaire, q=frozenset({"none"})) == []
    assert found(questionnaire, q=frozenset({"x", "y"})) == []
    (problem,) = problems(questionnaire, a(q=frozenset({"x", "none"})), NOBODY)
    assert problem.code == "exclusive"
    assert "„Antwoord none”" in problem.message.nl


@pytest.mark.parametrize("value", ["more", 1.5, True, frozenset({"x"}), float("nan")])
def test_a_stored_value_that_no_longer_fits_is_asked_anew(value: Value) -> None:
    assert found(made([item("q")]), q=value) == [("q", "hard", "does_not_fit")]


def test_what_is_not_asked_has_no_problems() -> None:
    questionnaire = made(
        [item("go", "choice", options=["yes", "no"]), item("n", optional=True)],
        [item("m", when='go = "yes"', required=True)],
        checks=[{"name": "c", "severity": "hard", "rule": "m <= n", "message": {"nl": "Te veel", "en": "Too many"}}],
    )
    assert found(questionnaire, go="no", n=1, m=5) == []
    assert found(questionnaire, go="yes", n=1, m=5) == [("m", "hard", "rule")]
    assert found(questionnaire, go="yes", n=1) == [("m", "hard", "required")]


def test_a_check_at_an_item_that_is_not_asked_says_nothing() -> None:
    questionnaire = made(
        [item("go", "choice", options=["yes", "no"]), item("n")],
        [item("m", when='go = "yes"')],
        checks=[
            {"name": "c", "severity": "hard", "rule": "sum(n, m) < 3", "message": {"nl": "Te veel", "en": "Too many"}}
        ],
    )
    assert found(questionnaire, go="no", n=5) == []


def test_the_problems_of_a_page_are_those_at_its_items() -> None:
    first, second = LARGER.pages
    answers = a(pupils=0, care=5)
    assert [each.item for each in problems(LARGER, answers, NOBODY, page=first)] == ["pupils"]
    assert [each.item for each in problems(LARGER, answers, NOBODY, page=second)] == ["care"]
    assert [each.item for each in problems(LARGER, answers, NOBODY)] == ["pupils", "care"]


def test_problems_stand_in_the_order_of_the_questions_with_different_keys() -> None:
    keys = [each.key for each in problems(made([item("a"), item("b")], [item("c")]), {}, NOBODY)]
    assert keys == ["a.left_open", "b.left_open", "c.left_open"]
