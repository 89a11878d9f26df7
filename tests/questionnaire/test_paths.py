"""The path through a questionnaire, what counts on it, and that "question 4 of 9" never lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.questionnaire import (
    Context,
    Item,
    ItemType,
    Progress,
    Questionnaire,
    counted,
    path,
    progress,
    progress_words,
    read,
)
from peilstok.questionnaire.numbering import ROUTES, span
from peilstok.terms import ItemName, Missing, Value
from tests.questionnaire.building import a, context, file, item, made

NOBODY = Context()


ROUTED = made(
    [item("go", "choice", options=["yes", "no"], dont_know=True), item("n")],
    [item("why", "text", when='go = "yes"'), item("much", when="n > 10")],
    [item("more", "choice", options=["x", "y"], when="answered(why)"), item("last", "text")],
)


def asked(answers: Mapping[ItemName, Value], *, context: Context = NOBODY) -> list[str]:
    return [each.name for page in path(ROUTED, answers, context).pages for each in page.items]


def test_an_item_is_asked_when_its_condition_is_true_and_not_when_it_is_unknown() -> None:
    assert asked(a(go="yes", n=11)) == ["go", "n", "why", "much", "last"]
    assert asked(a(go="no", n=10)) == ["go", "n", "last"]
    assert asked(a(go=Missing.DONT_KNOW)) == ["go", "n", "last"]
    assert asked({}) == ["go", "n", "last"]


def test_a_page_without_questions_is_skipped_both_ways() -> None:
    skipped = path(ROUTED, a(go="no", n=1), NOBODY)
    assert [page.page.name for page in skipped.pages] == ["page-1", "page-3"]
    following, preceding = skipped.following("page-1"), skipped.preceding("page-3")
    assert following is not None
    assert preceding is not None
    assert (following.page.name, preceding.page.name) == ("page-3", "page-1")
    assert skipped.following("page-3") is None
    assert skipped.preceding("page-1") is None


def test_an_answer_off_the_path_is_not_counted_and_opens_nothing() -> None:
    answers = a(go="no", n=1, why="because", more="x", last="end")
    assert counted(ROUTED, answers, NOBODY) == {
        "go": "no",
        "n": 1,
        "why": Missing.NOT_ASKED,
        "much": Missing.NOT_ASKED,
        "more": Missing.NOT_ASKED,
        "last": "end",
    }


def test_a_value_that_says_not_asked_counts_as_open_once_the_item_is_asked() -> None:
    assert counted(ROUTED, a(go=Missing.NOT_ASKED), NOBODY)[ItemName("go")] is Missing.NOT_ANSWERED


def test_an_answer_counts_again_when_the_path_comes_back_to_it() -> None:
    kept = a(go="no", n=1, why="because", last="end")
    back = counted(ROUTED, {**kept, ItemName("go"): "yes"}, NOBODY)
    assert back[ItemName("why")] == "because"
    assert back[ItemName("more")] is Missing.NOT_ANSWERED


def test_what_is_on_the_path_and_empty_is_not_answered_which_differs_from_dont_know() -> None:
    values = counted(ROUTED, a(go=Missing.DONT_KNOW), NOBODY)
    assert values[ItemName("go")] is Missing.DONT_KNOW
    assert values[ItemName("n")] is Missing.NOT_ANSWERED
    assert values[ItemName("why")] is Missing.NOT_ASKED


def test_a_condition_may_rest_on_the_register_and_the_previous_wave() -> None:
    questionnaire = made([item("b", when="register(schools) > 1"), item("c", when="previous(c) > 0"), item("d")])
    both = path(questionnaire, {}, context({"schools": 2}, c=1))
    none = path(questionnaire, {}, context({"schools": 1}, c=0))
    assert both.asked == {"b", "c", "d"}
    assert none.asked == {"d"}


def test_questions_are_numbered_along_the_path() -> None:
    route = path(ROUTED, a(go="no", n=11), NOBODY)
    assert [route.number(ItemName(name)) for name in ("go", "n", "why", "much", "last")] == [1, 2, None, 3, 4]


def test_the_total_is_at_most_while_answers_can_change_it_and_certain_after() -> None:
    assert progress(ROUTED, {}, NOBODY, page="page-1") == Progress(first=1, last=2, total=6, certain=False)
    settled = a(go="no", n=11)
    assert progress(ROUTED, settled, NOBODY, page="page-2") == Progress(first=3, last=3, total=4, certain=True)
    open_still = a(go="yes", n=11)
    assert progress(ROUTED, open_still, NOBODY, page="page-2") == Progress(first=3, last=4, total=6, certain=False)


def test_answers_given_before_on_this_page_and_later_ones_can_still_change() -> None:
    answers = a(go="no", n=1, last="end")
    assert progress(ROUTED, answers, NOBODY, page="page-1") == Progress(first=1, last=2, total=6, certain=False)
    assert span(ROUTED, answers, NOBODY) == (3, 3)  # go, n and last


def test_an_earlier_question_that_was_left_open_is_settled() -> None:
    assert progress(ROUTED, {}, NOBODY, page="page-3") == Progress(first=3, last=3, total=3, certain=True)


@pytest.mark.parametrize("asked_first", [item("q", "choice", options=["x", "y"]), item("q"), item("q", "text")])
def test_leaving_a_question_open_is_a_route_too(asked_first: dict[str, object]) -> None:
    questionnaire = made([asked_first], [item("r", when="not answered(q)")])
    assert progress(questionnaire, {}, NOBODY, page="page-1") == Progress(first=1, last=1, total=2, certain=False)


def test_a_page_off_the_path_has_no_progress() -> None:
    assert progress(ROUTED, a(go="no", n=1), NOBODY, page="page-2") is None


def test_branches_that_exclude_each_other_are_not_added_up() -> None:
    either = made(
        [item("go", "choice", options=["yes", "no"])],
        [item("p", when='go = "yes"'), item("q", when='go = "no"'), item("r", when='go != "yes"')],
    )
    assert progress(either, {}, NOBODY, page="page-1") == Progress(first=1, last=1, total=3, certain=False)


def test_a_total_that_is_the_same_on_every_route_is_certain() -> None:
    either = made(
        [item("go", "choice", options=["yes", "no"])],
        [item("p", when='go = "yes"'), item("q", when='not go = "yes" or not answered(go)')],
    )
    assert progress(either, {}, NOBODY, page="page-1") == Progress(first=1, last=1, total=2, certain=True)


def test_bounds_of_a_number_close_routes_that_cannot_be_taken() -> None:
    bounded = made([item("n", maximum=10)], [item("p", when="n > 10"), item("q", when="n >= 10")])
    assert progress(bounded, {}, NOBODY, page="page-1") == Progress(first=1, last=1, total=2, certain=False)


@pytest.mark.parametrize(
    ("numbers", "nl", "en"),
    [
        ((4, 4, 9, True), "Vraag 4 van 9", "Question 4 of 9"),
        ((4, 5, 9, True), "Vraag 4 en 5 van 9", "Questions 4 and 5 of 9"),
        ((4, 6, 9, False), "Vraag 4 tot en met 6 van hoogstens 9", "Questions 4 to 6 of at most 9"),
    ],
)
def test_progress_in_words(numbers: tuple[int, int, int, bool], nl: str, en: str) -> None:
    first, last, total, certain = numbers
    words = progress_words(Progress(first=first, last=last, total=total, certain=certain))
    assert (words.nl, words.en) == (nl, en)


# A brute force beside the clever one: every combination of answers to a small questionnaire, one by one.

CHOICES: Mapping[str, tuple[Value, ...]] = {
    "choice": ("x", "y", Missing.NOT_ANSWERED, Missing.DONT_KNOW),
    "choices": (frozenset("x"), frozenset("y"), frozenset("xy"), frozenset("z"), Missing.NOT_ANSWERED),
    "number": (*range(5), Missing.NOT_ANSWERED),
    "decimal": (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, Missing.NOT_ANSWERED),
}


def answers_to(item: Item) -> tuple[Value, ...]:
    if item.type is ItemType.TEXT:
        return ("a", Missing.NOT_ANSWERED)
    return CHOICES[str(item.type)]


def completions(questionnaire: Questionnaire, settled: Mapping[ItemName, Value]) -> Iterator[dict[ItemName, Value]]:
    still = [each for each in questionnaire.items.values() if each.name not in settled]
    for values in product(*(answers_to(each) for each in still)):
        yield {**settled, **{each.name: value for each, value in zip(still, values, strict=True)}}


@st.composite
def conditions(draw: st.DrawFn, earlier: list[Item], *, exact: bool) -> str:
    """A condition on earlier items; `exact` keeps to the sort that numbering follows without leaving anything open."""
    looked_at = draw(st.sampled_from(earlier))
    name, constant = looked_at.name, draw(st.integers(0, 3))
    sort = "options" if looked_at.type.has_options else "number" if looked_at.type.numeric else "text"
    simple = {
        "options": [f'{name} = "x"', f'{name} in {{"x", "y"}}'],
        "number": [f"{name} > {constant}", f"{name} = {constant}", f"{constant} >= {name}", f"{name} in {{1, 2}}"],
        "text": [f'{name} = "a"'],
    }[sort]
    if looked_at.type is ItemType.CHOICES:
        simple = [f'{name} includes "x"', f'not {name} includes "z"']
    simple += [f"answered({name})"]
    if not exact and sort == "number":
        simple += [f"{name} * 2 > 3", f"sum({name}, 1) > 2", f"if({name} > 1, {name}, 0) > 0"]
    if not exact and looked_at.type is ItemType.CHOICES:
        simple += [f"count({name}) > 1"]
    first = draw(st.sampled_from(simple))
    form = draw(st.sampled_from(["{}", "not ({})", "({}) and ({})", "({}) or ({})"]))
    return form.replace("{}", first, 1).replace("{}", draw(st.sampled_from(simple)))


@st.composite
def questionnaires(draw: st.DrawFn, *, exact: bool) -> Questionnaire:
    types = ["choice", "choices", "number", "decimal"] + ([] if exact else ["text"])
    pages: list[list[dict[str, object]]] = []
    for number in range(draw(st.integers(2, 3))):
        earlier = list(made(*pages).items.values()) if pages else []
        page = []
        for letter in "pq"[: draw(st.integers(1, 2)) if number != 1 else 1]:
            kind = draw(st.sampled_from(types))
            more: dict[str, object] = {"options": ["x", "y"]} if kind == "choice" else {}
            if kind == "choices":
                alone = {"name": "z", "text": {"nl": "Geen", "en": "None"}, "exclusive": True}
                more = {"options": ["x", "y", alone]}
            if kind in ("number", "decimal"):
                more["maximum"] = 4
            if earlier and draw(st.integers(0, 3)):
                more["when"] = draw(conditions(earlier, exact=exact))
            page.append(item(f"{letter}{number}", kind, **more))
        pages.append(page)
    return read(file(*pages), file="poll.yaml")


def truth(questionnaire: Questionnaire, settled: Mapping[ItemName, Value]) -> set[int]:
    """How many questions each route has that is still open."""
    return {len(path_by_hand(questionnaire, each)) for each in completions(questionnaire, settled)}


def path_by_hand(questionnaire: Questionnaire, answers: Mapping[ItemName, Value]) -> list[ItemName]:
    return [name for name, value in counted(questionnaire, answers, NOBODY).items() if value is not Missing.NOT_ASKED]


@settings(max_examples=80, deadline=None)
@given(st.data(), st.booleans())
def test_the_total_never_lies_whatever_is_answered_next(data: st.DataObject, exact: bool) -> None:
    questionnaire = data.draw(questionnaires(exact=exact))
    upto = data.draw(st.integers(0, len(questionnaire.pages) - 1))
    settled: dict[ItemName, Value] = {
        each.name: data.draw(st.sampled_from(answers_to(each)))
        for page in questionnaire.pages[:upto]
        for each in page.items
    }
    least, most = span(questionnaire, settled, NOBODY)
    possible = truth(questionnaire, settled)
    assert most >= max(possible)
    assert least < most or possible == {most}
    if exact:
        assert most == max(possible)
        assert (least == most) == (len(possible) == 1)
    shown = progress(questionnaire, settled, NOBODY, page=questionnaire.pages[upto].name)
    assert shown is None or (shown.total, shown.certain) == (most, least == most)


def test_many_routes_are_bounded_and_still_never_too_low() -> None:
    pages = [[item(f"c{number}", "choice", options=["x", "y"])] for number in range(12)]
    pages.append([item(f"d{number}", when=f'c{number} = "x"') for number in range(12)])
    questionnaire = made(*pages)
    assert ROUTES < 3**12
    assert progress(questionnaire, {}, NOBODY, page="page-1") == Progress(first=1, last=1, total=24, certain=False)
