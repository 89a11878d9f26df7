"""Blocks: pages asked once for every school of a board, on a list that the board corrects."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from peilstok.questionnaire import (
    BlockSource,
    CheckSeverity,
    Context,
    Path,
    Progress,
    Questionnaire,
    added_so_far,
    added_up,
    instantiated,
    path,
    prefilled,
    problems,
    progress,
    read,
)
from peilstok.questionnaire.instances import MOST_ENTRIES
from peilstok.questionnaire.parsing import parse
from peilstok.terms import ItemName, Missing, Value
from tests.questionnaire.building import BOTH, a, codes, file, item, made

LINDEN = {"number": "00AP", "name": "De Linden", "place": "Zwolle", "pupils": 200}
EIKEN = {"number": "00BK", "name": "De Eiken", "place": "Zwolle", "pupils": 120}
SCHOOLS = {
    "name": "schools",
    "of": "schools",
    "title": {"nl": "Uw scholen", "en": "Your schools"},
    "text": {"nl": "Welke scholen hebt u?", "en": "Which schools do you have?"},
    "entry": {"nl": "School", "en": "School"},
}
CARE = [item("in_care", prefill="entry(pupils)"), item("where", "text", optional=True)]
MORE = [item("why", "text", when="in_care > 100")]
TOTAL = [item("total", optional=True)]
TWO = Context(entries={BlockSource.SCHOOLS: (LINDEN, EIKEN)})


def text(*pages: tuple[str, list[dict[str, object]], str | None], **more: object) -> str:
    """A file with these pages: (name, items, block)."""
    made_pages = [
        {"name": name, "title": BOTH, "items": items, **({"block": block} if block else {})}
        for name, items, block in pages
    ]
    return file(**{"pages": made_pages, "blocks": [SCHOOLS], **more})  # type: ignore[arg-type]  # keys of the file


USUAL = (("board", [item("n")], None), ("care", CARE, "schools"), ("more", MORE, "schools"), ("end", TOTAL, None))


def asked(answers: Mapping[ItemName, Value], *, context: Context = TWO, **more: object) -> Questionnaire:
    return instantiated(read(text(*USUAL, **more), file="poll.yaml"), answers, context)


def with_keys(**values: object) -> Mapping[ItemName, Value]:
    """Answers to items of entries: in_care__s00ap is `in_care.s00ap`."""
    return a(**{name.replace("__", "."): value for name, value in values.items()})


def names(found: Path) -> list[str]:
    return [each.page.name for each in found.pages]


def test_a_block_is_asked_once_for_every_school_of_the_register_after_the_list_of_them() -> None:
    questionnaire = asked(a())
    assert names(path(questionnaire, a(), TWO)) == ["board", "schools", "care--s00ap", "care--s00bk", "end"]
    assert list(questionnaire.items)[:4] == ["n", "schools", "schools_added", "in_care.s00ap"]
    entry = next(each.entry for each in questionnaire.pages if each.name == "care--s00bk")
    assert entry is not None
    assert (entry.label, entry.number, entry.total, entry.called.nl) == ("De Eiken", 2, 2, "School")


def test_a_condition_in_a_block_looks_at_the_answer_of_the_same_school() -> None:
    answers = with_keys(in_care__s00ap=150, in_care__s00bk=3)
    found = path(asked(answers), answers, TWO)
    assert "more--s00ap" in names(found)
    assert "more--s00bk" not in names(found)


def test_a_school_that_the_board_takes_off_the_list_is_not_asked_and_what_it_said_does_not_count() -> None:
    answers = {**with_keys(in_care__s00ap=150, in_care__s00bk=3), **a(schools=frozenset({"s00bk"}))}
    questionnaire = asked(answers)
    assert "care--s00ap" not in names(path(questionnaire, answers, TWO))
    assert "in_care.s00ap" not in questionnaire.items


def test_a_list_that_is_answered_with_none_has_none() -> None:
    answers = a(schools=Missing.NOT_ANSWERED)
    assert names(path(asked(answers), answers, TWO)) == ["board", "schools", "end"]


def test_a_school_that_the_register_lacks_is_written_down_and_asked_under_its_name() -> None:
    answers = a(schools_added="De Nieuwe  School\n\n de nieuwe school\nDe Nieuwe School\nDe Beuk")
    pages = [each for each in asked(answers).pages if each.entry]
    labels = [each.entry.label for each in pages if each.entry and each.name.startswith("care")]
    assert labels == ["De Linden", "De Eiken", "De Nieuwe School", "De Beuk"]  # capitals make no other school


def test_what_a_written_down_school_said_stays_with_it_when_another_line_goes() -> None:
    before, after = (asked(a(schools_added=lines)) for lines in ("De Beuk\nDe Den", "De Den"))
    keys = [[each.entry.key for each in of.pages if each.entry][-1] for of in (before, after)]
    assert keys[0] == keys[1]


def test_two_schools_of_one_name_are_told_apart_by_place_and_number() -> None:
    twin = {**EIKEN, "name": "De Linden", "place": "Almelo"}
    context = Context(entries={BlockSource.SCHOOLS: (LINDEN, twin)})
    options = asked(a(), context=context).items[ItemName("schools")].options
    assert [option.text.nl for option in options] == ["De Linden (Zwolle, 00AP)", "De Linden (Almelo, 00BK)"]


def test_a_board_without_schools_in_the_register_can_write_them_down() -> None:
    assert "schools" not in asked(a(), context=Context()).items
    answers = a(schools_added="De Beuk")
    assert any(each.entry for each in asked(answers, context=Context()).pages)


def test_the_register_fills_in_what_it_knows_of_each_school_and_nothing_of_one_written_down() -> None:
    answers = a(schools_added="De Beuk")
    filled = prefilled(asked(answers), TWO)
    assert {name: value for name, value in filled.items() if name.startswith("in_care")} == {
        "in_care.s00ap": 200,
        "in_care.s00bk": 120,
    }


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        (with_keys(in_care__s00ap=150, in_care__s00bk=3), True),
        (with_keys(in_care__s00ap=1, in_care__s00bk=3), False),
        (with_keys(in_care__s00ap=150, in_care__s00bk=Missing.DONT_KNOW), True),
        ({**with_keys(in_care__s00ap=150), **a(schools=frozenset({"s00bk"}))}, False),
        (a(schools=Missing.NOT_ANSWERED), False),
    ],
)
def test_a_sum_outside_the_block_is_over_all_schools_that_count(answers: Mapping[ItemName, Value], shown: bool) -> None:
    pages = (*USUAL, ("much", [item("q", when="sum(in_care) > 100")], None))
    questionnaire = instantiated(read(text(*pages), file="poll.yaml"), answers, TWO)
    assert ("much" in names(path(questionnaire, answers, TWO))) is shown


@pytest.mark.parametrize(
    ("condition", "worth"),
    [
        ("count(in_care > 100) = 1", True),
        ("count(sum(in_care) > 100) = 1", True),
        ("count(sum(in_care) > 100, n > 0) = 2", True),
        ("sum(in_care * entry(pupils)) = 150 * 200 + 3 * 120", True),
        ("sum(n, in_care) = 163", True),
        ("sum(if(in_care > 100, 1, 0), 5) = 6", True),
        ("count(in_care > n) = 1", True),
    ],
)
def test_sums_and_counts_over_a_block_mean_what_they_say(condition: str, worth: bool) -> None:
    answers = {**with_keys(in_care__s00ap=150, in_care__s00bk=3), **a(n=10)}
    pages = (*USUAL, ("much", [item("q", when=condition)], None))
    questionnaire = instantiated(read(text(*pages), file="poll.yaml"), answers, TWO)
    assert ("much" in names(path(questionnaire, answers, TWO))) is worth


@pytest.mark.parametrize(("condition", "worth"), [("sum(in_care) = 0", True), ("count(in_care > 0) = 0", True)])
def test_a_block_without_schools_sums_to_nothing(condition: str, worth: bool) -> None:
    answers = a(schools=Missing.NOT_ANSWERED)
    pages = (*USUAL, ("much", [item("q", when=condition)], None))
    questionnaire = instantiated(read(text(*pages), file="poll.yaml"), answers, TWO)
    assert ("much" in names(path(questionnaire, answers, TWO))) is worth


RULE = {"name": "r", "severity": "hard", "message": {"nl": "{in_care} van {entry(pupils)}", "en": "{in_care}"}}


def test_a_check_at_an_item_of_a_block_is_made_for_every_school_by_itself() -> None:
    answers = with_keys(in_care__s00ap=150, in_care__s00bk=300)
    check = {**RULE, "at": "in_care", "rule": "in_care <= entry(pupils)"}
    [found] = [each for each in problems(asked(answers, checks=[check]), answers, TWO) if each.hard]
    assert (found.item, found.message.nl) == ("in_care.s00bk", "300 van 120")


def test_parts_of_a_block_add_up_to_the_total_of_the_board_and_the_message_names_the_difference() -> None:
    check = {"name": "s", "severity": "hard", "parts": ["in_care"], "total": "total"}
    for total, expected in ((153, []), (150, ["3 te veel"]), (155, ["2 te weinig"])):
        answers = {**with_keys(in_care__s00ap=150, in_care__s00bk=3), **a(total=total)}
        found = [each for each in problems(asked(answers, checks=[check]), answers, TWO) if each.hard]
        assert [each.item for each in found] == ["total"] * len(expected)
        assert all(words in each.message.nl for each, words in zip(found, expected, strict=True))


def test_a_rule_over_all_schools_alone_speaks_at_the_list_of_them() -> None:
    message = {"nl": "Samen {sum(in_care)}", "en": "Together {sum(in_care)}"}
    check = {"name": "r", "severity": "soft", "rule": "sum(in_care) <= 100", "message": message}
    answers = with_keys(in_care__s00ap=150, in_care__s00bk=3)
    found = [each for each in problems(asked(answers, checks=[check]), answers, TWO) if each.check]
    assert [(each.item, each.severity, each.message.nl) for each in found] == [
        ("schools_added", CheckSeverity.SOFT, "Samen 153")
    ]


def test_the_questions_of_a_school_are_numbered_by_themselves() -> None:
    """How many schools there are is not certain before the list is; "Vraag 2 van 4" does not lie about them."""
    answers = with_keys(n=1, in_care__s00ap=150)
    questionnaire = asked(answers)
    of = {page: progress(questionnaire, answers, TWO, page=page) for page in ("board", "schools", "end")}
    assert of["board"] == Progress(first=1, last=1, total=4, certain=True)
    assert of["schools"] == Progress(first=2, last=3, total=4, certain=True)
    assert of["end"] == Progress(first=4, last=4, total=4, certain=True)
    first = progress(questionnaire, answers, TWO, page="care--s00ap")
    assert first == Progress(first=1, last=2, total=3, certain=False)
    assert progress(questionnaire, answers, TWO, page="more--s00ap") == Progress(first=3, last=3, total=3, certain=True)


@pytest.mark.parametrize(
    ("first", "second", "together", "so_far"),
    [
        (150, 3, 153, 153),
        (150, 0, 150, 150),
        (150, Missing.DONT_KNOW, Missing.DONT_KNOW, 150),
        (150, Missing.NOT_ANSWERED, Missing.NOT_ANSWERED, 150),
        (Missing.DONT_KNOW, Missing.NOT_ANSWERED, Missing.NOT_ANSWERED, None),
        (150, Missing.NOT_APPLICABLE, 150, 150),
        (150, Missing.NOT_ASKED, 150, 150),
        (Missing.NOT_ASKED, Missing.NOT_APPLICABLE, Missing.NOT_APPLICABLE, None),
        (Missing.NOT_ASKED, Missing.NOT_ASKED, Missing.NOT_ASKED, None),
    ],
)
def test_what_the_schools_said_adds_up_to_the_answer_of_the_board_when_all_of_it_is_known(
    first: Value, second: Value, together: Value, so_far: int | None
) -> None:
    """A school that does not know is not a school with nothing: who adds it as nothing says less than there is."""
    questionnaire = read(text(*USUAL), file="poll.yaml")
    values = {**with_keys(in_care__s00ap=first, in_care__s00bk=second, where__s00ap="hier"), **a(n=1)}
    assert added_up(questionnaire, values) == {"in_care": together}
    assert added_so_far(questionnaire, values) == ({} if so_far is None else {"in_care": so_far})


def test_a_questionnaire_with_blocks_is_not_asked_before_they_are_written_out() -> None:
    with pytest.raises(ValueError, match="instantiated"):
        path(read(text(*USUAL), file="poll.yaml"), a(), TWO)


def test_no_more_entries_can_be_written_down_than_fit() -> None:
    added = asked(a()).items[ItemName("schools_added")]
    for lines, fits in ((MOST_ENTRIES, True), (MOST_ENTRIES + 1, False)):
        found = parse(added, {"schools_added": ["\n".join(str(line) for line in range(lines))]})
        assert isinstance(found, str) is fits


def test_a_fingerprint_knows_blocks_and_that_of_a_questionnaire_without_them_is_what_it_was() -> None:
    other = {**SCHOOLS, "of": "sites"}
    assert read(text(*USUAL), file="a").fingerprint != read(text(*USUAL, blocks=[other]), file="a").fingerprint
    assert "blocks" not in made([item("n")]).as_json()
    assert "percent_of" not in str(made([item("n")]).as_json())


@pytest.mark.parametrize(
    ("pages", "more", "expected"),
    [
        ((("p", [item("b")], "school"),), {}, ["Q069", "Q069"]),
        ((("p", [item("b")], None),), {}, ["Q069"]),
        ((("p", [item("b")], "schools"), ("q", [item("c")], None), ("r", [item("d")], "schools")), {}, ["Q069"]),
        ((("p", [item("b")], "schools"), ("q", [item("c", when="b > 0")], None)), {}, ["Q067"]),
        ((("p", [item("b")], "schools"), ("q", [item("c", when="sum(b) > 0")], None)), {}, []),
        ((("p", [item("b", when="entry(pupil) > 1")], "schools"),), {}, ["Q068"]),
        ((("p", [item("b")], "schools"), ("q", [item("c", when="entry(pupils) > 1")], None)), {}, ["Q068"]),
        ((("p", [item("b")], "schools"), ("q", [item("c", when="sum(entry(pupils)) > 1")], None)), {}, ["Q068"]),
        ((("p", [item("b")], "schools"),), {"blocks": [{**SCHOOLS, "of": "school"}]}, ["Q070"]),
        ((("p", [item("schools")], "schools"),), {}, ["Q031"]),
        ((("p", [item("schools_added")], "schools"),), {}, ["Q031"]),
        ((("p", [item("b")], "schools"),), {"blocks": [SCHOOLS, SCHOOLS]}, ["Q031", "Q031"]),
    ],
)
def test_faults_in_blocks_are_found(
    pages: tuple[tuple[str, list[dict[str, object]], str | None], ...], more: dict[str, object], expected: list[str]
) -> None:
    assert codes(text(*pages, **more)) == expected


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"parts": ["in_care"], "total": "total"}, []),
        ({"parts": ["n"], "total": "total"}, ["Q013"]),
        ({"parts": ["in_care", "n"], "total": "total"}, []),
        ({"parts": ["n", "total"], "total": "in_care"}, ["Q067"]),
        ({"parts": ["in_care"], "total": "total", "at": "in_care"}, ["Q067"]),
        ({"parts": ["in_care"], "total": "n", "at": "n"}, []),
        ({"rule": "in_care > n", "message": BOTH}, ["Q067"]),
        ({"rule": "in_care > n", "message": BOTH, "at": "in_care"}, []),
        ({"rule": "sum(in_care) > n", "message": BOTH, "at": "n"}, []),
        ({"rule": "sum(in_care) > total", "message": BOTH, "at": "n"}, ["Q061"]),
        ({"rule": "sum(in_care) > 1", "message": BOTH}, []),
    ],
)
def test_faults_in_checks_about_a_block_are_found(check: dict[str, object], expected: list[str]) -> None:
    assert codes(text(*USUAL, checks=[{"name": "c", "severity": "hard", **check}])) == expected
