"""The expression language: the tables of its manual, what it refuses, and that nothing makes it crash or hang."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peilstok.questionnaire.expressions import (
    BOOLEAN,
    DATE,
    NUMBER,
    OPEN,
    TEXT,
    Expression,
    ExpressionRefused,
    Kind,
    Scope,
    Sort,
    Surroundings,
    expression,
    nodes,
)
from peilstok.questionnaire.expressions.syntax import DEEPEST, LONGEST
from peilstok.terms import Missing

MANUAL = Path(__file__).resolve().parents[2] / "docs/formats/expressions.md"
CHOICE = Kind(Sort.CHOICE, ("more", "same", "fewer"))
SCOPE = Scope({"n": NUMBER, "m": NUMBER, "c": CHOICE, "s": Kind(Sort.SET, ("x", "y", "z")), "d": DATE, "t": TEXT})
MISSING = list(Missing)


def rows(heading: str) -> Iterator[list[str]]:
    """The rows of the table under a heading of the manual, without its head."""
    text = MANUAL.read_text().split(f"### {heading}\n")[1].split("\n#")[0]
    table = [line for line in text.splitlines() if line.startswith("|")]
    for line in table[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def value(name: str, text: str, missing: Missing) -> object:
    if text == "?":
        return missing
    if name == "s":
        return frozenset(text.split())
    return text if name in "cdt" else float(text) if "." in text else int(text)


def result(text: str) -> object:
    return (
        {"?": None, "true": True, "false": False}.get(text, text) if text in ("?", "true", "false") else Fraction(text)
    )


def worth(source: str, *, register: dict[str, object] | None = None, **items: object) -> object:
    surroundings = Surroundings(items, register or {}, {})  # type: ignore[arg-type]  # names as keywords
    return expression(source, scope=SCOPE).worth(surroundings)


def faults(source: str, expected: Kind | None = None) -> list[tuple[str, int]]:
    with pytest.raises(ExpressionRefused) as refused:
        expression(source, scope=SCOPE, expected=expected)
    return [(fault.code, fault.at) for fault in refused.value.faults]


@pytest.mark.parametrize(("source", "items", "expected"), list(rows("Values")))
@pytest.mark.parametrize("missing", MISSING)
def test_the_table_of_values_in_the_manual_holds(source: str, items: str, expected: str, missing: Missing) -> None:
    pairs = (pair.split("=") for pair in items.split(", "))
    values = {name: value(name, text, missing) for name, text in pairs}
    assert worth(source.strip("`"), **values) == result(expected)
    assert type(worth(source.strip("`"), **values)) is type(result(expected))


@pytest.mark.parametrize(("a", "b", "negated", "both", "either"), list(rows("Conditions")))
def test_the_table_of_conditions_in_the_manual_holds(a: str, b: str, negated: str, both: str, either: str) -> None:
    numbers = {"true": 1, "false": 0, "?": Missing.DONT_KNOW}
    given_values = {"n": numbers[a], "m": numbers[b]}
    for source, expected in (("not n = 1", negated), ("n = 1 and m = 1", both), ("n = 1 or m = 1", either)):
        assert worth(source, **given_values) is result(expected)


def test_the_manual_has_rows_for_every_sign_and_function() -> None:
    cells = " ".join(" ".join(row) for row in rows("Values"))
    for word in (
        "+",
        "-",
        "*",
        "/",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "in",
        "includes",
        "sum(",
        "count(",
        "if(",
        "answered(",
    ):
        assert word in cells


def test_the_register_and_the_previous_wave_are_looked_up() -> None:
    surroundings = Surroundings({}, {"pupils": 100, "has_special_school": True, "region": None}, {"n": 7})  # type: ignore[dict-item]
    for source, expected in (
        ("register(pupils) / 2", 50),
        ("register(has_special_school)", True),
        ('register(region) = "06"', None),
        ("previous(n) + 1", 8),
        ("previous(m)", None),
    ):
        assert expression(source, scope=SCOPE).worth(surroundings) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", [("Q050", 0)]),
        ("n +", [("Q050", 3)]),
        ("n + * m", [("Q050", 4)]),
        ("(n", [("Q050", 2)]),
        ("n)", [("Q050", 1)]),
        ("n m", [("Q050", 2)]),
        ("3n", [("Q050", 1)]),
        ("n == 3", [("Q050", 3)]),
        ("n <> 3", [("Q050", 3)]),
        ("1 < n < 3", [("Q050", 6)]),
        ("n && m", [("Q050", 2)]),
        ("n.real", [("Q050", 1)]),
        ("c = “more”", [("Q050", 4)]),
        ('c = "more', [("Q050", 4)]),
        ("and", [("Q050", 0)]),
        ("n = 3,8", [("Q050", 5)]),
        ("x + y", [("Q051", 0), ("Q051", 4)]),
        ("previous(x) + register(x)", [("Q051", 9), ("Q053", 23)]),
        ("total(n)", [("Q052", 0)]),
        ("sum()", [("Q052", 0)]),
        ("if(n > 1, 2)", [("Q052", 0)]),
        ("answered(n, m)", [("Q052", 0)]),
        ("previous(n + 1)", [("Q052", 0)]),
        ('c = "mor"', [("Q054", 4)]),
        ('c in {"more", "mor"}', [("Q054", 14)]),
        ('s includes "w"', [("Q054", 11)]),
        ('if(c = "mor", 1, 2)', [("Q054", 7)]),
        ("n + c", [("Q055", 2)]),
        ('n = "more"', [("Q055", 2)]),
        ('c < "more"', [("Q055", 2)]),
        ("s = s", [("Q055", 2)]),
        ('s = {"x"}', [("Q055", 2)]),
        ("n and m", [("Q055", 2)]),
        ("not n", [("Q055", 0)]),
        ("-c", [("Q055", 0)]),
        ("n in m", [("Q055", 2)]),
        ('{1, "a"}', [("Q055", 0)]),
        ("{}", [("Q055", 0)]),
        ("n in {}", [("Q055", 5)]),
        ('d < "6 april"', [("Q055", 4)]),
        ("sum(n, c)", [("Q055", 0)]),
        ("count(n, m)", [("Q055", 0)]),
        ("count(c)", [("Q055", 0)]),
        ("if(n, 1, 2)", [("Q055", 0)]),
        ('if(n > 1, 2, "a")', [("Q055", 0)]),
        ("answered(n + m)", [("Q055", 0)]),
        ('c = "mor" and x > 1', [("Q054", 4), ("Q051", 14)]),
    ],
)
def test_what_is_wrong_is_refused_at_its_place_all_at_once(source: str, expected: list[tuple[str, int]]) -> None:
    assert faults(source) == expected


def test_a_condition_is_needed_where_one_is_asked() -> None:
    assert faults("n + 1", BOOLEAN) == [("Q056", 2)]
    assert expression("n > 1", scope=SCOPE, expected=BOOLEAN).kind == BOOLEAN


def test_an_option_is_taken_where_a_value_for_an_item_is_asked() -> None:
    assert expression('"more"', scope=SCOPE, expected=CHOICE).kind == CHOICE
    assert expression('if(n > 1, "more", "same")', scope=SCOPE, expected=CHOICE).kind == CHOICE
    assert faults('"mor"', CHOICE) == [("Q054", 0)]
    assert faults('if(n > 1, "more", "mor")', CHOICE) != []


def test_a_fault_suggests_the_name_that_is_meant() -> None:
    with pytest.raises(ExpressionRefused, match='did you mean "more"'):
        expression('c = "mor"', scope=SCOPE)
    with pytest.raises(ExpressionRefused, match='did you mean "pupils"'):
        expression("register(pupil) > 3", scope=SCOPE)


def test_an_item_with_a_fault_of_its_own_makes_no_second_fault() -> None:
    with pytest.raises(ExpressionRefused) as refused:
        expression("broken > 1 and unknown > 2", scope=Scope({}, frozenset({"broken"})))
    assert [fault.found for fault in refused.value.faults] == ['"unknown", but no item has that name']


@pytest.mark.parametrize("spaced", ["n+m*2>3", " n  + m * 2 > 3 ", "n +\n m * 2 > 3"])
def test_blanks_do_not_count(spaced: str) -> None:
    assert expression(spaced, scope=SCOPE) == expression("n + m * 2 > 3", scope=SCOPE)


def test_an_expression_of_the_longest_length_is_taken_and_one_longer_is_not() -> None:
    source = "n" + " " * (LONGEST - 1)
    assert expression(source, scope=SCOPE).items == {"n"}
    assert faults(source + " ")[0][0] == "Q058"


@pytest.mark.parametrize("deep", ["({}", "not {}", "-{}", "n + {}", "sum({}", "if(n > 0, 1, {}"])
def test_what_is_too_deep_is_refused_and_not_followed(deep: str) -> None:
    source = ""
    while len(source) + len(deep) < LONGEST - 10:
        source += deep.replace("{}", "")
    assert [code for code, _ in faults(source + "n")] in (["Q058"], ["Q050"])


def test_the_deepest_expression_is_taken_and_one_level_more_is_not() -> None:
    source = "n" + " + n" * (DEEPEST - 1)
    assert worth(source, n=1) == DEEPEST
    assert faults(source + " + n")[0][0] == "Q058"
    assert worth("(" * (DEEPEST - 1) + "n" + ")" * (DEEPEST - 1), n=1) == 1
    assert faults("(" * DEEPEST + "n" + ")" * DEEPEST)[0][0] == "Q058"


def test_nodes_that_do_not_go_together_cannot_be_built() -> None:
    number, choice = nodes.ItemValue("n", NUMBER), nodes.ItemValue("c", CHOICE)
    with pytest.raises(nodes.Mismatch):
        nodes.Arithmetic("+", number, choice)
    with pytest.raises(nodes.Mismatch):
        nodes.OptionName("none", CHOICE)
    with pytest.raises(nodes.Mismatch):
        nodes.AllOf(())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("n > 0", OPEN),
        ("n > 0 and m > 0", False),  # m is 0
        ("n > 0 or m = 0", True),
        ("not n > 0", OPEN),
        ("answered(n)", OPEN),
        ("n + m", OPEN),
        ("sum(n, m)", OPEN),
        ("count(n > 0, m = 0)", OPEN),
        ("if(n > 0, m, m)", 0),
        ("if(n > 0, m, 1)", OPEN),
        ("n > 0 and c = 'more'", OPEN),  # unknown or false
    ],
)
def test_what_rests_on_an_answer_still_to_come_is_open(source: str, expected: object) -> None:
    assert worth(source, n=OPEN, m=0, c=Missing.NOT_ANSWERED) == expected


PIECES = (
    *("n", "m", "c", "s", "d", "t", "x", "and", "or", "not", "in", "includes", "sum(", "count(", "if(", "answered("),
    *("previous(", "register(", "pupils", '"more"', '"2020-04-06"', '"', "'", "(", ")", "{", "}", ",", "+", "-", "*"),
    *("/", "=", "!=", "<", ">=", "1", "0.5", " ", "true", "é", "_", "\n", "\x00", "9" * 20, "__class__", "[", "."),
)


@settings(max_examples=2000, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)))
@example("-" * 999)
@example("not " * 249)
@example("(" * 1000)
@example("1/" * 499 + "1")
def test_no_text_crashes_or_hangs_it(source: str) -> None:
    started = process_time()
    for found in _read(source):
        found.worth(Surroundings({}, {}, {}))
        assert expression(found.source, scope=SCOPE) == found
    assert process_time() - started < 1


def _read(source: str) -> list[Expression]:
    """The expression, if it is one; anything but our own refusal goes on."""
    try:
        return [expression(source, scope=SCOPE)]
    except ExpressionRefused as refused:
        codes = [fault.code for fault in refused.faults]
    assert codes
    assert all(re.fullmatch(r"Q05[0-9]", code) for code in codes)
    return []


@settings(max_examples=500, deadline=None)
@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_large_numbers_are_computed_exactly(n: int, m: int) -> None:
    assert worth("n * m", n=n, m=m) == n * m
    assert worth("n * n * n * n * n * n", n=n) == n**6
