"""What becomes of the rows of a form: pages, items, conditions, checks, and the finding for each thing that differs."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.questionnaire import Item, ItemType, RuleCheck, examine
from peilstok.questionnaire.xlsform.items import LOWEST
from peilstok.terms import ItemName
from tests.questionnaire.xlsform.building import (
    EN,
    NL,
    SETTINGS,
    YES_NO,
    Cells,
    Sheets,
    choice,
    codes,
    form,
    group,
    made,
    markdown,
    q,
    taken,
)


def item(sheets: Sheets, name: str) -> Item:
    return made(sheets).items[ItemName(name)]


def pages(sheets: Sheets) -> list[list[str]]:
    return [[each.name for each in page.items] for page in made(sheets).pages]


def rules(sheets: Sheets) -> list[tuple[str, str]]:
    return [(check.at, check.rule.source) for check in made(sheets).checks if isinstance(check, RuleCheck)]


def test_a_form_in_order_gives_no_finding() -> None:
    assert codes(form(q("text", "a", required="yes"), q("integer", "b", constraint=". >= 0"))) == []


def test_the_text_that_is_written_is_what_was_read() -> None:
    found = taken(form(q("text", "a")))
    assert found.text is not None
    assert examine(found.text, file="a.yaml")[0] == found.questionnaire


@pytest.mark.parametrize(
    ("type_", "more", "ours"),
    [
        ("text", {}, ItemType.TEXT),
        ("string", {}, ItemType.TEXT),
        ("text", {"appearance": "multiline"}, ItemType.LONG_TEXT),
        ("text", {"appearance": "email"}, ItemType.EMAIL),
        ("integer", {}, ItemType.NUMBER),
        ("int", {}, ItemType.NUMBER),
        ("decimal", {}, ItemType.DECIMAL),
        ("date", {}, ItemType.DATE),
        ("phone number", {}, ItemType.PHONE),
        ("note", {}, ItemType.NOTE),
        ("acknowledge", {}, ItemType.NOTE),
        ("range", {"parameters": "start=0 end=10 step=1"}, ItemType.NUMBER),
        ("percentage", {}, ItemType.NUMBER),
        ("select_one yn", {}, ItemType.CHOICE),
        ("select one from yn", {}, ItemType.CHOICE),
        ("select_multiple yn", {}, ItemType.CHOICES),
        ("select all that apply from yn", {}, ItemType.CHOICES),
    ],
)
def test_a_type_becomes_one_of_ours(type_: str, more: dict[str, str], ours: ItemType) -> None:
    assert item(form(q(type_, "a", **more), q("text", "b"), choices=YES_NO), "a").type is ours


@pytest.mark.parametrize(
    ("type_", "reason"),
    [
        ("geopoint", "geo"), ("gps", "geo"), ("geoshape", "geo"), ("image", "media"), ("audio", "media"),
        ("file", "media"), ("time", "time"), ("dateTime", "time"), ("barcode", "device"), ("rank yn", "order"),
        ("select_one_from_file a.csv", "external"), ("csv-external", "external"), ("colour", "unknown"),
    ],
)  # fmt: skip
def test_a_type_that_we_do_not_have_is_refused_with_its_reason(type_: str, reason: str) -> None:
    found = taken(form(q("text", "a"), q(type_, "b"), choices=YES_NO))
    assert found.text is None
    assert [each.about["reason"] for each in found.findings if each.code == "X003"] == [reason]


def test_a_question_about_a_refused_one_is_not_refused_for_that_as_well() -> None:
    found = codes(form(q("geopoint", "a"), q("text", "b", relevant="${a} != ''")))
    assert found == ["X003"]


# numbers


@pytest.mark.parametrize(
    ("type_", "constraint", "low", "high"),
    [
        ("integer", "", 0, None),
        ("integer", ". >= 18", 18, None),
        ("integer", ". > 18", 19, None),
        ("integer", ". > -5 and . < 10", -4, 9),
        ("integer", "5 <= . and 9.5 >= .", 5, 9),
        ("integer", ". = -1 or . > 0", LOWEST, None),
        ("integer", ". < -3", LOWEST, -4),
        ("decimal", ". >= 0.5 and . <= 2.5", 0.5, 2.5),
        ("decimal", ". > 0.5", 0, None),
        ("percentage", "", 0, 100),
    ],
)
def test_a_constraint_with_plain_numbers_is_a_bound(
    type_: str, constraint: str, low: float, high: float | None
) -> None:
    found = item(form(q(type_, "a", constraint=constraint)), "a")
    assert (found.minimum, found.maximum) == (low, high)


def test_a_bound_that_an_item_cannot_have_stays_a_rule() -> None:
    assert rules(form(q("decimal", "a", constraint=". > 0.5"))) == [("a", "a > 0.5")]


def test_a_bound_with_a_message_of_its_own_stays_a_rule() -> None:
    message = {"constraint_message::Dutch (nl)": "Te jong", "constraint_message::English (en)": "Too young"}
    sheets = form(q("integer", "a", constraint=". >= 18", **message))
    assert rules(sheets) == [("a", "a >= 18")]
    assert made(sheets).checks[0].message.source.en == "Too young"  # type: ignore[union-attr]  # a rule


@pytest.mark.parametrize("parameters", ["start=0 end=1 step=0.1", "start=a", "start=0 end=10 step=5"])
def test_a_range_in_other_steps_than_of_one_is_refused(parameters: str) -> None:
    assert "X004" in codes(form(q("range", "a", parameters=parameters)))


# needed or not


@pytest.mark.parametrize(
    ("required", "is_required", "is_optional"),
    [("yes", True, False), ("true()", True, False), ("TRUE", True, False), ("no", False, True), ("", False, False)],
)
def test_required_says_yes_no_or_nothing(required: str, is_required: bool, is_optional: bool) -> None:
    found = item(form(q("text", "a", required=required)), "a")
    assert (found.required, found.optional) == (is_required, is_optional)


def test_what_is_required_sometimes_is_a_check() -> None:
    sheets = form(q("select_one yn", "a"), q("text", "b", required="${a} = 'yes'"), choices=YES_NO)
    assert rules(sheets) == [("b", 'not ( answered ( a ) and a = "yes" ) or answered ( b )')]


# choices


def test_names_that_do_not_fit_are_written_otherwise_everywhere() -> None:
    sheets = form(
        q("select_one G", "Grade"),
        q("text", "why", relevant="${Grade} = '1-A' or ${Grade} = 'b'"),
        choices=[choice("G", "1-A"), choice("G", "b"), choice("G", "B")],
    )
    assert item(sheets, "grade").option_names == ("o_1_a", "b", "b_2")
    when = item(sheets, "why").when
    assert when is not None
    assert when.source == 'grade in { "o_1_a" , "b" }'
    assert codes(sheets).count("X031") == 3


def test_a_choice_named_dont_know_is_the_missing_value() -> None:
    sheets = form(q("select_one yn", "a"), choices=[*YES_NO, choice("yn", "dont_know")])
    assert item(sheets, "a").dont_know
    assert item(sheets, "a").option_names == ("yes", "no")


def test_or_other_is_an_option_and_a_text_on_the_next_page() -> None:
    sheets = form(q("select_multiple yn or_other", "a"), choices=YES_NO)
    assert pages(sheets) == [["a"], ["a_other"]]
    when = item(sheets, "a_other").when
    assert when is not None
    assert when.source == 'a includes "other"'


def test_a_choice_that_stands_alone_is_exclusive() -> None:
    constraint = "not(selected(., 'no') and count-selected(.) > 1)"
    sheets = form(q("select_multiple yn", "a", constraint=constraint), choices=YES_NO)
    assert [option.exclusive for option in item(sheets, "a").options] == [False, True]
    assert made(sheets).checks == ()


def test_a_choice_that_cannot_stand_beside_several_of_another_question_is_a_rule() -> None:
    constraint = "not(selected(${a}, 'no') and count-selected(.) > 1)"
    sheets = form(q("select_multiple yn", "a"), q("select_multiple yn", "b", constraint=constraint), choices=YES_NO)
    assert not any(option.exclusive for option in item(sheets, "b").options)
    assert rules(sheets) == [("b", 'not ( a includes "no" and count ( b ) > 1 )')]


@pytest.mark.parametrize("choices", [[], YES_NO[:1], [*YES_NO, YES_NO[0]], [*YES_NO, {**YES_NO[0], "name": "ja"}]])
def test_a_list_that_cannot_be_chosen_from_is_refused(choices: list[Cells]) -> None:
    assert "X010" in codes(form(q("select_one yn", "a"), choices=choices))


# pages


def test_a_question_that_looks_at_another_of_its_page_comes_on_the_next_one() -> None:
    sheets = form(
        q("integer", "a"), q("text", "b"), q("text", "c", relevant="${a} > 1"), q("text", "d"),
        {**q("text", "e"), NL: "U zei ${d}", EN: "You said ${d}"},
    )  # fmt: skip
    assert pages(sheets) == [["a", "b"], ["c", "d"], ["e"]]
    assert [page.name for page in made(sheets).pages] == ["questions", "questions-2", "questions-3"]


def test_a_group_is_a_page_with_its_label_and_its_condition() -> None:
    inner = group("Inner-One", q("text", "c"), relevant="${b} > 1")
    sheets = form(q("integer", "a"), *group("outer", q("integer", "b"), *inner, relevant="${a} > 1"))
    assert pages(sheets) == [["a"], ["b"], ["c"]]
    assert [page.name for page in made(sheets).pages] == ["questions", "outer", "inner-one"]
    assert [page.title.nl for page in made(sheets).pages] == ["Proef", "Kop outer", "Kop outer: Kop Inner-One"]
    when = item(sheets, "c").when
    assert when is not None
    assert when.source == "a > 1 and b > 1"


def test_groups_within_a_field_list_stay_on_its_page() -> None:
    inner = group("inner", q("text", "b"))
    sheets = form(*group("outer", q("text", "a"), *inner, appearance="field-list"))
    assert pages(sheets) == [["a", "inner", "b"]]
    assert item(sheets, "inner").type is ItemType.NOTE
    assert item(sheets, "inner").text.nl == "Kop inner"


@pytest.mark.parametrize("relevant", ["${b} = 'x'", "${a} = 'x'"])
def test_a_condition_that_looks_ahead_is_refused(relevant: str) -> None:
    assert "X009" in codes(form(q("text", "a", relevant=relevant), q("text", "b")))


# loops and repeats


def test_a_loop_is_written_out() -> None:
    rows = group("each", {**q("integer", "n"), NL: "Hoeveel %(label)s?", EN: "How many?"}, begin="loop over yn")
    sheets = form(*rows, choices=YES_NO)
    assert pages(sheets) == [["n_yes"], ["n_no"]]
    assert [page.title.nl for page in made(sheets).pages] == ["Kop each: Keuze yes", "Kop each: Keuze no"]
    assert item(sheets, "n_yes").text.nl == "Hoeveel Keuze yes?"


def test_within_a_round_names_mean_those_of_the_round_and_outside_it_all_of_them() -> None:
    rows = group("visit", q("integer", "n"), q("text", "why", relevant="${n} > 1"), begin="repeat", repeat_count="2")
    sheets = form(*rows, q("integer", "all", constraint=". >= sum(${n})"))
    assert pages(sheets) == [["n_1"], ["why_1"], ["n_2"], ["why_2"], ["all"]]
    when = item(sheets, "why_2").when
    assert when is not None
    assert when.source == "n_2 > 1"
    assert rules(sheets) == [("all", "all >= sum ( n_1 , n_2 )")]


@pytest.mark.parametrize("count", ["2", "${times}"])
def test_a_repeat_of_a_fixed_number_is_written_out(count: str) -> None:
    times = {"type": "calculate", "name": "times", "calculation": "2"}
    sheets = form(times, *group("visit", q("text", "who"), begin="repeat", repeat_count=count))
    assert pages(sheets) == [["who_1"], ["who_2"]]


def test_a_free_repeat_is_a_block_to_which_the_board_adds_entries() -> None:
    sheets = form(
        *group("school", q("integer", "n"), q("text", "why", relevant="${n} > 1"), begin="repeat"),
        q("integer", "all", constraint=". = sum(${n})"),
    )
    questionnaire = made(sheets)
    assert [(block.name, block.of, block.title.nl) for block in questionnaire.blocks] == [
        ("school", "board", "Kop school")
    ]
    assert [page.block for page in questionnaire.pages] == ["school", "school", None]
    assert rules(sheets) == [("all", "all = sum ( n )")]


def test_a_repeat_whose_number_is_answered_is_a_block_and_the_number_is_said_to_be_left_out() -> None:
    sheets = form(q("integer", "many"), *group("school", q("text", "a"), begin="repeat", repeat_count="${many}"))
    assert [block.name for block in made(sheets).blocks] == ["school"]
    assert "X024" in codes(sheets)


@pytest.mark.parametrize(
    "rows",
    [
        group("a", *group("b", q("text", "c"), begin="repeat"), begin="repeat"),
        group("a", q("text", "c"), begin="repeat", repeat_count="31"),
        group("a", q("text", "c"), begin="repeat", repeat_count="0"),
        group("a", q("text", "c"))[:-1],
        [q("text", "a"), {"type": "end group"}],
        [*group("a", q("text", "c"))[:-1], {"type": "end repeat"}],
    ],
)
def test_rows_that_do_not_fit_into_pages_are_refused(rows: list[Cells]) -> None:
    assert "X012" in codes(form(*rows))


# calculations, texts


def test_a_calculation_is_worked_into_what_uses_it() -> None:
    twice = {"type": "calculate", "name": "twice", "calculation": "2 * ${n}"}
    sheets = form(
        q("integer", "n"), twice, {**q("note", "told"), NL: "Twee keer is ${twice}", EN: "Twice {is} ${twice}"},
        q("text", "why", relevant="${twice} > 9"),
    )  # fmt: skip
    assert item(sheets, "told").text.en == "Twice {{is}} {2 * n}"
    when = item(sheets, "why").when
    assert when is not None
    assert when.source == "2 * n > 9"
    assert "X033" in codes(sheets)


def test_a_calculation_with_a_condition_is_empty_where_that_does_not_hold() -> None:
    twice = {"type": "calculate", "name": "twice", "calculation": "2 * ${n}", "relevant": "${n} > 3"}
    shown = {**q("note", "told"), NL: "Twee keer is ${twice}", EN: "Twice is ${twice}"}
    sheets = form(q("integer", "n"), twice, shown, q("text", "why", relevant="${twice} > 9"))
    when = item(sheets, "why").when
    assert when is not None
    assert when.source == "if ( answered ( n ) and n > 3 , 2 * n > 9 , false )"
    assert item(sheets, "told").text.en == "Twice is {2 * n}"


def test_a_calculation_that_nothing_uses_is_said_to_be_left_out() -> None:
    assert codes(form(q("text", "a"), {"type": "calculate", "name": "c", "calculation": "regex(${a}, 'x')"})) == [
        "X023"
    ]


def test_a_text_in_one_language_is_used_in_both_with_a_warning() -> None:
    sheets = form({"type": "text", "name": "a", "label::English (en)": "Why?"})
    assert codes(sheets) == ["X020"]
    assert item(sheets, "a").text.nl == "Why?"


def test_texts_without_a_language_are_those_of_the_default_language() -> None:
    rows = {"type": "text", "name": "a", "label": "Waarom?", "label::English (en)": "Why?"}
    sheets = form(rows, settings={**SETTINGS, "default_language": "Dutch (nl)"})
    assert codes(sheets) == []
    assert item(sheets, "a").text.nl == "Waarom?"


def test_texts_in_a_third_language_are_said_to_be_left_out_once_for_each_column() -> None:
    rows = [{**q("text", name), "label::French (fr)": "Pourquoi ?"} for name in "ab"]
    assert codes(form(*rows)) == ["X021"]


def test_what_the_form_does_not_say_gets_a_default_with_a_remark() -> None:
    found = taken(form(*[q("text", f"a{number}") for number in range(9)], settings={}), file="Our form.md")
    assert found.questionnaire is not None
    assert (found.questionnaire.name, found.questionnaire.title.nl) == ("our-form", "Our form")
    assert found.questionnaire.minutes == 3
    assert sorted(each.code for each in found.findings) == ["X020", "X032", "X032", "X032", "X032"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (q("integer", "a", default="x"), "X022"),
        (q("note", "a", default="x"), "X022"),
        (q("text", "a", default="x", read_only="yes"), "X022"),
        ({"type": "calculate", "name": "a", "calculation": "1 + 1", "default": "x"}, "X022"),
        (q("hidden", "a", default="x"), "X022"),
        (q("text", "a", calculation="1 + 1"), "X004"),
        (q("integer", "a", constraint=". >= 0", read_only="yes"), "X004"),
        (q("text", "a", image="a.png"), "X004"),
        (q("text", "a", trigger="${a}"), "X004"),
        (q("text", "a", appearance="numbers"), "X034"),
        (q("text", "a", something="new"), "X034"),
        (q("text", "a", guidance_hint="Help"), "X036"),
        (q("text", "a", **{"required_message::Dutch (nl)": "Vul in"}), "X024"),
        (q("acknowledge", "a", required="yes"), "X003"),
        (q("text", "a", read_only="yes"), "X036"),
        (q("text", "a", read_only="${z} = 'x'"), "X004"),
        (q("note", "a", required="yes"), "X024"),
        (q("note", "a", constraint="${z} = 'x'"), "X024"),
        ({**q("text", "a"), NL: "The same in both", EN: "The same in both"}, "X020"),
        (q("start", "a"), "X030"),
        (q("hidden", "a"), "X030"),
        (q("text", "a", disabled="yes"), "X034"),
        ({"name": "a", NL: "Zonder type", EN: "Without a type"}, "X011"),
        ({"type": "text", "name": "a"}, "X011"),
        ({"type": "text", NL: "Zonder naam", EN: "Without a name"}, "X011"),
    ],
)
def test_nothing_is_dropped_in_silence(row: Cells, code: str) -> None:
    assert code in codes(form(q("text", "z"), row))


def test_all_findings_come_at_once_in_the_order_of_the_rows() -> None:
    found = taken(form(q("geopoint", "a"), q("text", "b", relevant="today() > 3"), q("time", "c")))
    assert [(each.code, each.place.line) for each in found.findings] == [("X003", 3), ("X006", 4), ("X003", 5)]


def test_what_pyxform_says_stands_at_the_row_that_it_means() -> None:
    found = taken(form(q("text", "a"), {}, {**q("text", "b"), "name": "b c"}))
    assert [str(each.place) for each in found.findings if each.code == "X002"] == ["form.md:5:survey"]


# whatever stands in the cells

CELLS = st.one_of(
    st.sampled_from([
        "text", "integer", "select_one yn", "select_multiple yn or_other", "begin group", "end group", "begin repeat",
        "end repeat", "begin loop over yn", "end loop", "calculate", "note", "range", "a", "b", "yes", "no", "${a} = 1",
        "${b} + 2", "selected(${a}, 'yes')", "not(${a} = '')", ". > 3", "sum(${a})", "U zei ${a} {b}", "2", "-1",
        "2 * 3", "start=0 end=10 step=1", "multiline", "field-list", "%(label)s", "yn", "dont_know", "other",
    ]),
    st.text(max_size=12),
)  # fmt: skip
COLUMNS = [
    "type", "name", "label", NL, EN, "hint", "relevant", "constraint", "constraint_message", "required", "calculation",
    "default", "appearance", "repeat_count", "parameters", "choice_filter", "read_only", "guidance_hint", "image",
]  # fmt: skip
ROWS = st.lists(st.dictionaries(st.sampled_from(COLUMNS), CELLS, max_size=8), min_size=1, max_size=8)
CHOICES = st.lists(st.dictionaries(st.sampled_from(["list_name", "name", "label", NL, "image"]), CELLS), max_size=5)


@given(ROWS, CHOICES, st.dictionaries(st.sampled_from(["form_id", "form_title", "style"]), CELLS))
@settings(max_examples=300, deadline=None)
def test_any_sheets_give_a_questionnaire_or_findings(survey: list[Cells], choices: list[Cells], of_form: Cells) -> None:
    found = taken(form(*survey, choices=choices, settings=of_form))
    assert (found.text is None) == any(each.severity == "error" for each in found.findings)
    assert "X019" not in [each.code for each in found.findings], "\n".join(map(str, found.findings))
    if found.text is not None:
        assert yaml.safe_load(found.text)["format"]


def test_a_form_with_many_columns_is_read_in_markdown_as_in_a_workbook() -> None:
    assert markdown(form(q("text", "a|b"))).count(b"a\\|b") == 3
