"""What changed between two questionnaires, and whether its author says so. Both sides of every boundary."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from peilstok.errors import Refused, Severity
from peilstok.questionnaire import (
    Change,
    Declaration,
    Item,
    ItemComparison,
    Questionnaire,
    accept_changes,
    asked_alike,
    breaks_since,
    compare,
    findings_since,
    read,
    schema,
)
from peilstok.questionnaire.rewording import LONGEST, Fate, Piece, pieces
from peilstok.terms import Words
from tests.questionnaire.building import BOTH, codes, file, item, made, option

MANUAL = Path(__file__).resolve().parents[2] / "docs/formats/questionnaire.md"
SINCE = {"since": "proef", "comparable": True, "reason": {"nl": "Reden", "en": "Reason"}}
ALONE = {**option("z"), "exclusive": True}


def compared(before: Mapping[str, object], after: Mapping[str, object]) -> ItemComparison:
    """An item then and now, in questionnaires that hold nothing else."""
    (found,) = compare(made([dict(before)]), made([dict(after)]))
    return found


def changes(before: Questionnaire, after: Questionnaire) -> dict[str, str]:
    return {each.name: ", ".join(each.changes) for each in compare(before, after)}


def whats(found: ItemComparison) -> list[str]:
    return [difference.what for difference in found.differences]


NUMBER = item("q", hint={"nl": "Tel mee", "en": "Count"}, unit={"nl": "uur", "en": "hours"}, maximum=9)
CHOICE = item("q", "choice", options=["x", "y"])
CHOICES = item("q", "choices", options=["x", "y", option("z")])


@pytest.mark.parametrize(
    ("before", "key", "value", "change", "what"),
    [
        (NUMBER, "text", {"nl": "Vraag?", "en": "Question"}, "wording changed", ["text, nl"]),
        (NUMBER, "text", {"nl": "Vraag", "en": "Question?"}, "wording changed", ["text, en"]),
        (NUMBER, "hint", {"nl": "Tel mee", "en": "Count up"}, "wording changed", ["hint, en"]),
        (NUMBER, "hint", None, "wording changed", ["hint, nl", "hint, en"]),
        (NUMBER, "unit", {"nl": "dagen", "en": "days"}, "wording changed", ["unit, nl", "unit, en"]),
        (NUMBER, "type", "decimal", "answer changed", ["type"]),
        (NUMBER, "minimum", 1, "answer changed", ["minimum"]),
        (NUMBER, "maximum", 10, "answer changed", ["maximum"]),
        (NUMBER, "maximum", None, "answer changed", ["maximum"]),
        (NUMBER, "required", True, "answer changed", ["required"]),
        (NUMBER, "dont_know", True, "options changed", ["dont_know"]),
        (NUMBER, "not_applicable", True, "options changed", ["not_applicable"]),
        (NUMBER, "percent_of", "register(pupils)", "answer changed", ["percent_of"]),
        (NUMBER, "prefill", "register(pupils)", "prefill changed", ["prefill"]),
        (NUMBER, "prefill", "3", "prefill changed", ["prefill"]),
        (NUMBER, "when", "register(pupils) > 1", "population changed", ["when"]),
        (CHOICE, "options", [option("x"), option("y"), option("z")], "options changed", ["option z"]),
        (CHOICES, "options", [option("x"), option("y")], "options changed", ["option z"]),
        (CHOICES, "options", [option("x"), option("y"), ALONE], "options changed", ["option z, exclusive"]),
        (
            CHOICE,
            "options",
            [option("x"), {"name": "y", "text": {"nl": "Antwoord y", "en": "Anything else"}}],
            "options changed",
            ["option y, en"],
        ),
        (NUMBER, "minimum", 0, "same", []),
        (NUMBER, "optional", True, "same", []),
        (NUMBER, "hint", {"nl": " Tel\n  mee", "en": "Count"}, "same", []),
        (NUMBER, "hint", {"nl": "Tel\u00a0mee", "en": "Count"}, "same", []),
        (CHOICE, "options", [option("y"), option("x")], "same", []),
        (NUMBER, "changed", SINCE, "same", []),
    ],
)
def test_each_kind_of_change_is_told_with_what_is_other_and_nothing_else(
    before: Mapping[str, object], key: str, value: object, change: str, what: list[str]
) -> None:
    after = {name: each for name, each in {**before, key: value}.items() if each is not None}
    for then, now in ((before, after), (after, before)):
        found = compared(then, now)
        assert (", ".join(found.changes), whats(found)) == (change, what)
        assert found.could_break is (change != "same")


@pytest.mark.parametrize("key", ["prefill", "percent_of", "when"])
def test_an_expression_that_is_only_written_otherwise_is_the_same(key: str) -> None:
    then, now = ("register(pupils)>1", "(register(pupils) > 1.0)") if key == "when" else ("2*3", "(2 * 3)")
    found = compared({**NUMBER, key: then}, {**NUMBER, key: now})
    assert found.changes == (Change.SAME,)


RULE = {"name": "r", "severity": "hard", "rule": "b <= a", "message": {"nl": "Te veel", "en": "Too many"}}
SUM = {"name": "s", "severity": "hard", "parts": ["a", "b"], "total": "c"}


def checked(*checks: Mapping[str, object]) -> Questionnaire:
    return made([item("a"), item("b"), item("c")], checks=[dict(check) for check in checks])


@pytest.mark.parametrize(
    ("before", "after", "at", "what", "could_break"),
    [
        ([], [RULE], "b", "check r: nothing -> hard, b <= a", True),
        ([RULE], [{**RULE, "rule": "b < a"}], "b", "check r: hard, b <= a -> hard, b < a", True),
        ([RULE], [{**RULE, "severity": "soft"}], "b", "check r: hard, b <= a -> soft, b <= a", True),
        ([], [{**RULE, "severity": "soft"}], "b", "check r: nothing -> soft, b <= a", False),
        (
            [{**RULE, "severity": "soft"}],
            [{**RULE, "severity": "soft", "rule": "b < 2 * a"}],
            "b",
            "check r: soft, b <= a -> soft, b < 2 * a",
            False,
        ),
        (
            [RULE],
            [{**RULE, "message": {"nl": "Te veel", "en": "Far too many"}}],
            "b",
            "check r, message, en: Too many -> Far too many",
            False,
        ),
        ([], [SUM], "c", "check s: nothing -> hard, a + b = c", True),
        ([SUM], [{**SUM, "severity": "soft"}], "c", "check s: hard, a + b = c -> soft, a + b = c", True),
        ([SUM], [{**SUM, "parts": ["a", "c"], "total": "b"}], "c", "check s: hard, a + b = c -> hard, a + c = b", True),
        ([RULE], [{**RULE, "at": "c"}], "c", "check r: nothing -> hard, b <= a", True),
        ([RULE], [{**RULE, "at": "c"}], "b", "check r: hard, b <= a -> nothing", True),
    ],
)
def test_a_check_that_is_other_is_told_at_its_item_and_may_break_where_it_refuses_answers(
    before: list[Mapping[str, object]], after: list[Mapping[str, object]], at: str, what: str, could_break: bool
) -> None:
    found = {str(each.name): each for each in compare(checked(*before), checked(*after))}
    told = [f"{one.what}: {one.before or 'nothing'} -> {one.after or 'nothing'}" for one in found[at].differences]
    assert (found[at].changes, told) == ((Change.CHECKS,), [what])
    assert found[at].could_break is found[at].undeclared is could_break


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([RULE, SUM], [SUM, RULE]),
        ([RULE], [{**RULE, "name": "other"}]),
        ([RULE], [{**RULE, "rule": "(b<=a)"}]),
        ([RULE], [{**RULE, "at": "b"}]),
        ([SUM], [{**SUM, "parts": ["b", "a"]}]),
    ],
)
def test_a_check_that_says_the_same_is_the_same(
    before: list[Mapping[str, object]], after: list[Mapping[str, object]]
) -> None:
    assert changes(checked(*before), checked(*after)) == dict.fromkeys("abc", "same")


def test_a_soft_check_and_a_hard_one_are_told_together_and_only_the_hard_one_is_to_be_declared() -> None:
    soft = {**RULE, "name": "t", "severity": "soft", "rule": "b < 9"}
    text = file([item("a"), item("b"), item("c")], checks=[RULE, soft])
    (found,) = findings_since(checked(), read(text, file="poll.yaml"), text=text, file="poll.yaml")
    assert 'item "b": checks changed (check r) since "proef"' in str(found)


def test_a_check_over_a_block_is_told_at_the_last_item_that_it_looks_at() -> None:
    page = {"name": "p", "title": BOTH, "items": [item("q")], "block": "s"}
    block = {"name": "s", "of": "schools", "title": BOTH, "text": BOTH, "entry": BOTH}
    limit = {"name": "r", "severity": "hard", "rule": "sum(q) < 9", "message": {"nl": "Te veel", "en": "Too many"}}
    then, now = (read(file(pages=[page], blocks=[block], checks=checks), file="poll.yaml") for checks in ([], [limit]))
    assert changes(then, now) == {"q": "checks changed"}


def test_whoever_is_asked_the_same_can_see_the_answer_of_before_whatever_else_changed() -> None:
    then = next(iter(made([NUMBER]).items.values()))
    for more, alike in (
        ({"maximum": 10}, False),
        ({"percent_of": "register(pupils)"}, False),
        ({"text": {"nl": "Vraag?", "en": "Question"}}, False),
        ({"hint": {"nl": " Tel  mee", "en": "Count"}}, True),
        ({"prefill": "register(pupils)", "required": True, "dont_know": True, "when": "register(pupils) > 1"}, True),
    ):
        now = next(iter(made([{**NUMBER, **more}]).items.values()))
        assert asked_alike(then, now) is asked_alike(now, then) is alike


def test_an_option_of_another_name_is_another_option_however_it_reads() -> None:
    renamed = {"name": "w", "text": option("y")["text"]}
    found = compared(CHOICE, {**CHOICE, "options": [option("x"), renamed]})
    assert [(each.what, each.before, each.after) for each in found.differences] == [
        ("option w", None, "Antwoord y / Answer y"),
        ("option y", "Antwoord y / Answer y", None),
    ]


def test_several_kinds_of_change_hold_at_once_in_a_fixed_order() -> None:
    after = item("q", "choice", options=["x"], when="register(pupils) > 1", hint={"nl": "H", "en": "H"}, required=True)
    after["options"] = [option("x"), option("w")]
    assert compared(CHOICE, after).changes == (Change.WORDING, Change.OPTIONS, Change.ANSWER, Change.POPULATION)


def test_items_come_in_the_order_of_the_later_questionnaire_and_then_those_that_are_gone() -> None:
    before = made([item("a"), item("b"), item("c", "text", text={"nl": "Weg", "en": "Away"})])
    after = made([item("d", text={"nl": "Nieuw", "en": "New"}), item("b")], [item("a")])
    assert changes(before, after) == {"d": "new", "b": "same", "a": "same", "c": "gone"}
    assert list(changes(before, after)) == ["d", "b", "a", "c"]


GATE = item("a", "choice", options=["yes", "no"])


def gated(when: str, gate: Mapping[str, object] = GATE) -> Questionnaire:
    return made([dict(gate)], [item("b", when=when)], [item("c", when="b > 1")], [item("d")])


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ('a = "yes"', "a='yes'", True),
        ('a = "yes"', '(a = "yes")', True),
        ('a in {"yes", "no"}', 'a in {"no", "yes"}', True),
        ('a = "yes"', 'a != "no"', False),
        ('a = "yes"', 'a = "no"', False),
        ('a = "yes" and register(pupils) > 1', 'a = "yes" and register(pupils) > 1.0', True),
        ('a = "yes" and register(pupils) > 1', 'a = "yes" and register(pupils) > 2', False),
    ],
)
def test_a_condition_is_the_same_when_it_says_the_same_however_it_is_written(
    before: str, after: str, same: bool
) -> None:
    found = {each.name: each for each in compare(gated(before), gated(after))}
    assert found["b"].could_break is not same  # type: ignore[index]  # names of items are texts
    assert whats(found["b"]) == ([] if same else ["when"])  # type: ignore[index]


@pytest.mark.parametrize(
    ("gate", "through"),
    [
        ({**GATE, "options": [option("yes"), option("no"), option("maybe")]}, True),
        ({**GATE, "dont_know": True}, True),
        ({**GATE, "required": True}, True),
        ({**GATE, "prefill": '"yes"'}, False),
        ({**GATE, "when": "register(pupils) > 1"}, True),
        ({**GATE, "hint": {"nl": "Uitleg", "en": "Hint"}}, False),
        (GATE, False),
    ],
)
def test_who_is_asked_changes_with_the_items_that_conditions_look_at_and_that_is_told_but_no_break(
    gate: Mapping[str, object], through: bool
) -> None:
    found = compare(gated('a = "yes"'), gated('a = "yes"', gate))
    told = {each.name: (each.changes, each.through, each.could_break) for each in found[1:]}
    population = (Change.POPULATION,) if through else (Change.SAME,)
    assert told == {
        "b": (population, ("a",) if through else (), False),
        "c": (population, ("b",) if through else (), False),
        "d": ((Change.SAME,), (), False),
    }


def test_a_condition_of_its_own_that_changed_is_a_change_also_where_another_lets_others_through() -> None:
    found = compare(gated('a = "yes"'), gated('a = "no"', {**GATE, "dont_know": True}))[1]
    assert (found.changes, found.through, found.could_break) == ((Change.POPULATION,), ("a",), True)


def test_an_item_that_is_gone_and_a_new_one_that_reads_the_same_were_probably_renamed() -> None:
    one, other = {"nl": "Hoeveel?", "en": "How many?"}, {"nl": "Waarom?", "en": "Why?"}
    before = made([item("a", text=one), item("b", text=one), item("c", text=other), item("k")])
    after = made([item("d", text={**one, "nl": " Hoeveel? "}), item("e", text={**other, "en": "Why then?"}), item("k")])
    assert {each.name: each.twin for each in compare(before, after)} == {
        "d": "a", "e": None, "k": None, "a": "d", "b": None, "c": None,
    }  # fmt: skip


def test_an_item_of_both_is_no_twin_of_one_that_reads_the_same() -> None:
    found = compare(made([item("a"), item("b")]), made([item("b")]))
    assert [(each.name, each.twin) for each in found] == [("b", None), ("a", None)]


def test_a_text_is_compared_by_word() -> None:
    found = pieces(
        "Hoeveel verwacht u de komende dagen op te vangen?", "Hoeveel verwacht u volgende week op te vangen?"
    )
    assert found == (
        Piece(Fate.KEPT, "Hoeveel verwacht u"),
        Piece(Fate.GONE, "de komende dagen"),
        Piece(Fate.ADDED, "volgende week"),
        Piece(Fate.KEPT, "op te vangen?"),
    )


@pytest.mark.parametrize(("after", "woven"), [("a b c d x y z w", True), ("a b c x y z w v", False)])
def test_texts_with_less_than_half_of_their_words_in_common_are_not_woven_into_each_other(
    after: str, woven: bool
) -> None:
    assert (Fate.KEPT in [piece.fate for piece in pieces("a b c d e f g h", after)]) is woven


def test_very_long_texts_are_not_woven() -> None:
    text = " ".join(["woord"] * (LONGEST - 1))
    assert [piece.fate for piece in pieces(text, f"{text} erbij")] == [Fate.KEPT, Fate.ADDED]
    longer = f"{text} nog"
    assert [piece.fate for piece in pieces(longer, f"{longer} erbij")] == [Fate.GONE, Fate.ADDED]


def test_what_was_not_there_before_is_added_as_a_whole() -> None:
    found = compared(item("q"), item("q", hint={"nl": "Tel mee", "en": "Count"}))
    first = found.differences[0]
    assert (first.before, first.after, first.pieces) == (None, "Tel mee", (Piece(Fate.ADDED, "Tel mee"),))


# Declarations


def held(after: Mapping[str, object], before: Mapping[str, object] = NUMBER) -> list[tuple[str, Severity]]:
    earlier, text = made([dict(before)]), file([dict(after)])
    found = findings_since(earlier, read(text, file="poll.yaml"), text=text, file="poll.yaml")
    return [(each.code, each.severity) for each in found]


@pytest.mark.parametrize("comparable", [True, False])
def test_a_change_that_is_declared_either_way_is_no_finding(comparable: bool) -> None:
    assert held({**NUMBER, "maximum": 10, "changed": {**SINCE, "comparable": comparable}}) == []


def test_a_change_that_is_not_declared_is_an_error_and_nothing_changed_is_none() -> None:
    assert held({**NUMBER, "maximum": 10}) == [("Q071", Severity.ERROR)]
    assert held(NUMBER) == []


def test_a_declaration_about_another_questionnaire_is_of_another_pair() -> None:
    other = {**SINCE, "since": "proef-2"}
    assert held({**NUMBER, "maximum": 10, "changed": other}) == [("Q071", Severity.ERROR)]
    assert held({**NUMBER, "changed": other}) == []


def test_a_declaration_of_a_change_that_there_is_not_is_a_warning() -> None:
    assert held({**NUMBER, "changed": SINCE}) == [("Q072", Severity.WARNING)]


def test_of_a_new_item_one_may_say_what_it_takes_the_place_of_and_need_not() -> None:
    assert held({**NUMBER, "name": "other", "changed": SINCE}) == []
    assert held({**NUMBER, "name": "other"}) == []


@pytest.mark.parametrize(("changed", "expected"), [({}, []), ({"changed": SINCE}, [])])
def test_what_comes_through_another_item_needs_no_declaration_and_may_have_one(
    changed: dict[str, object], expected: list[str]
) -> None:
    first, second = {**GATE, "dont_know": True, "changed": SINCE}, item("b", when='a = "yes"', **changed)
    before, text = made([GATE], [item("b", when='a = "yes"')]), file([first], [second])
    after = read(text, file="poll.yaml")
    assert [each.code for each in findings_since(before, after, text=text, file="poll.yaml")] == expected


def test_the_finding_says_where_the_item_stands_what_is_other_and_what_to_write() -> None:
    before = made([item("a"), item("b", hint={"nl": "Uitleg", "en": "Hint"})])
    text = file([item("a"), item("b", maximum=5, changed={**SINCE, "since": "eerste"})])
    (found,) = findings_since(before, read(text, file="poll.yaml"), text=text, file="poll.yaml")
    line = next(number for number, each in enumerate(text.splitlines(), start=1) if each.endswith("name: b"))
    column = text.splitlines()[line - 1].index("name: b") + len("name: ") + 1
    assert str(found) == (
        f'Q071 error poll.yaml:{line}:{column} item "b": wording changed (hint, nl; hint, en); '
        'answer changed (maximum) since "proef", and what it declares is since "eerste" | '
        "changed: {since: proef, comparable: true or false, reason: {nl: ..., en: ...}}"
    )
    assert found.about == {"item": "b"}


def test_all_undeclared_changes_come_at_once_and_refuse_and_warnings_alone_do_not() -> None:
    before = made([item("a"), item("b"), item("c")])
    text = file([item("a", maximum=1), item("b", changed=SINCE), item("c", required=True)])
    with pytest.raises(Refused) as refused:
        accept_changes(before, read(text, file="poll.yaml"), text=text, file="poll.yaml")
    assert [each.code for each in refused.value.findings] == ["Q071", "Q072", "Q071"]
    text = file([item("a"), item("b", changed=SINCE), item("c")])
    accept_changes(before, read(text, file="poll.yaml"), text=text, file="poll.yaml")


def test_a_break_is_what_is_declared_so_since_that_questionnaire_also_of_a_new_item() -> None:
    broken, fine = {**SINCE, "comparable": False}, {**SINCE, "since": "eerste", "comparable": False}
    asked = made([item("a", changed=broken), item("b", changed=SINCE), item("c", changed=fine), item("d")])
    assert dict(breaks_since("proef", asked)) == {"a": Words(nl="Reden", en="Reason")}
    assert list(breaks_since("eerste", asked)) == ["c"]
    assert breaks_since("tweede", asked) == {}


def test_a_declaration_is_read_from_the_file() -> None:
    (asked,) = made([item("a", changed={**SINCE, "comparable": False})]).items.values()
    assert asked.changed == Declaration(since="proef", comparable=False, reason=Words(nl="Reden", en="Reason"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (SINCE, []),
        ({**SINCE, "comparable": "yes"}, ["Q012"]),
        ({**SINCE, "comparable": "perhaps"}, ["Q012"]),
        ({**SINCE, "since": "Wave 2"}, ["Q030"]),
        ({**SINCE, "reason": "Omdat"}, ["Q020"]),
        ({**SINCE, "reason": {"nl": "Omdat"}}, ["Q020"]),
        ({**SINCE, "because": "x"}, ["Q010"]),
        ({"since": "proef"}, ["Q011", "Q011"]),
        ({}, ["Q011", "Q011", "Q011"]),
        ("proef", ["Q012"]),
        (["proef"], ["Q012"]),
        (None, ["Q012"]),
    ],
)
def test_what_is_wrong_with_a_declaration_is_found_at_its_item(changed: object, expected: list[str]) -> None:
    assert codes(file([item("a", changed=changed)])) == expected


def test_a_declaration_belongs_to_the_fingerprint_and_an_item_without_one_has_no_such_key() -> None:
    without, with_one = made([NUMBER]), made([{**NUMBER, "changed": SINCE}])
    assert without.fingerprint != with_one.fingerprint
    assert "changed" not in str(without.as_json())
    again = {key: value for key, value in with_one.as_json()["pages"][0]["items"][0].items() if value}  # type: ignore[index]
    (asked,) = made([{**again, "minimum": 0}]).items.values()
    assert asked == with_one.items[asked.name]


def test_a_declaration_names_a_questionnaire() -> None:
    with pytest.raises(ValueError, match="no name for a questionnaire"):
        Declaration(since="Wave 2", comparable=True, reason=Words(nl="Reden", en="Reason"))


def test_the_schema_knows_the_declaration() -> None:
    described = schema()["$defs"]
    assert isinstance(described, dict)
    assert described["item"]["properties"]["changed"] == {"$ref": "#/$defs/declaration"}
    assert described["declaration"]["required"] == ["since", "comparable", "reason"]


def test_the_manual_explains_exactly_the_changes_that_there_are() -> None:
    section = MANUAL.read_text().split("## What changed since")[1].split("\n## ")[0]
    rows = [line.split("|")[1].strip().strip("`") for line in section.splitlines() if line.startswith("| `")]
    assert set(rows) == set(Change)


def test_every_property_of_an_item_is_compared_or_named_as_not_compared() -> None:
    """A new key of the format must be thought of here."""
    compared_with = {"text", "hint", "unit", "options", "dont_know", "not_applicable", "type", "minimum", "maximum"}
    assert set(Item.__dataclass_fields__) == compared_with | {"required", "when", "percent_of", "prefill"} | {
        "name", "optional", "changed",
        "piped", "lines",  # made of the texts, and of a block
    }  # fmt: skip


def test_an_item_that_is_asked_of_every_school_is_another_than_that_of_the_board() -> None:
    page = {"name": "p", "title": BOTH, "items": [item("q")]}
    block = {"name": "s", "of": "schools", "title": BOTH, "text": BOTH, "entry": BOTH}
    of_board, of_schools, of_sites = (
        read(file(pages=[{**page, **within}], **more), file="poll.yaml")
        for within, more in (
            ({}, {}),
            ({"block": "s"}, {"blocks": [block]}),
            ({"block": "s"}, {"blocks": [{**block, "of": "sites"}]}),
        )
    )
    for before, after, expected in (
        (of_board, of_schools, ["block of"]),
        (of_schools, of_sites, ["block of"]),
        (of_schools, of_board, ["block of"]),
        (of_schools, of_schools, []),
    ):
        (found,) = compare(before, after)
        assert whats(found) == expected
        assert found.undeclared is bool(expected)
