"""The expression language: the tables of its manual, what it refuses, and that nothing makes it crash or hang."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random  # noqa: TID251  # texts by the hundred; hypothesis gives the seed
from time import process_time

import pytest
from hypothesis import Phase, example, given, settings
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
SCOPE = Scope(
    {
        **dict.fromkeys("nmb", NUMBER),
        **dict.fromkeys("de", DATE),
        "c": CHOICE,
        "s": Kind(Sort.SET, ("x", "y", "z")),
        "t": TEXT,
    },
    blocks={"b": "schools"},
)
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
    return text if name in "cdet" else float(text) if "." in text else int(text)


def result(text: str) -> object:
    words = {"?": None, "true": True, "false": False}
    if text in words:
        return words[text]
    return text if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else Fraction(text)


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
        ("d + e", [("Q055", 2)]),
        ("n - d", [("Q055", 2)]),
        ("d * 2", [("Q055", 2)]),
        ("d / 2", [("Q055", 2)]),
        ("d + c", [("Q055", 2)]),
        ("-d", [("Q055", 0)]),
        ("d + 0.5", [("Q055", 2)]),
        ('d - "6 april"', [("Q055", 4)]),
        ('d + "2020-04-06"', [("Q055", 2)]),
        ('n + "3"', [("Q055", 2)]),
        ("d - e = d", [("Q055", 6)]),
        ("d + n > m", [("Q055", 6)]),
        ("sum(d, e)", [("Q055", 0)]),
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
    several = Kind(Sort.SET, ("x", "y"))
    assert expression('{"x", "y"}', scope=SCOPE, expected=several).worth(Surroundings({}, {}, {})) == frozenset("xy")
    assert faults('{"x", "w"}', several) == [("Q054", 6)]
    assert faults("{1, 2}", several) == [("Q054", 0), ("Q054", 0)]
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


@pytest.mark.parametrize("stored", ["soon", "20200406", "2020-4-6", "2020-02-30", "0000-01-01", "", 3, True, None])
def test_a_stored_value_that_is_no_date_is_unknown_and_breaks_nothing(stored: object) -> None:
    for source in ('d < "2020-04-06"', "d - e", "d + 1", "e - d", "if(d + n > e, 1, 2)"):
        assert worth(source, d=stored, e="2020-04-06", n=1) is None


def test_the_day_after_the_last_of_the_calendar_is_unknown_and_so_is_any_number_of_days_beyond() -> None:
    assert worth("d + 1", d="9999-12-30") == "9999-12-31"
    assert worth("d - 1", d="0001-01-02") == "0001-01-01"
    for days in (1, 10**6, 10**12, 10**30):
        assert worth("d + n", d="9999-12-31", n=days) is None
        assert worth("d - n", d="0001-01-01", n=days) is None


@given(st.dates(), st.integers(-(10**5), 10**5))
def test_days_added_to_a_date_are_the_days_between(day: date, days: int) -> None:
    """Counted by the calendar of the standard library, whatever we do with texts."""
    later = worth("d + n", d=day.isoformat(), n=days)
    assert later == worth("n + d", d=day.isoformat(), n=days) == worth("d - n", d=day.isoformat(), n=-days)
    if later is not None:
        assert worth("d - e", d=later, e=day.isoformat()) == days
        assert date.fromisoformat(str(later)).toordinal() == day.toordinal() + days
    else:
        assert not 1 <= day.toordinal() + days <= date.max.toordinal()


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
        ("d + n", OPEN),
        ("d + n > d", OPEN),
    ],
)
def test_what_rests_on_an_answer_still_to_come_is_open(source: str, expected: object) -> None:
    assert worth(source, n=OPEN, m=0, c=Missing.NOT_ANSWERED, d="2020-04-06") == expected


PIECES = (
    *(
        "n",
        "m",
        "c",
        "s",
        "d",
        "e",
        "t",
        "b",
        "x",
        "and",
        "or",
        "not",
        "in",
        "includes",
        "sum(",
        "count(",
        "if(",
        "answered(",
    ),
    *(
        "previous(",
        "register(",
        "entry(",
        "pupils",
        '"more"',
        '"2020-04-06"',
        '"',
        "'",
        "(",
        ")",
        "{",
        "}",
        ",",
        "+",
        "-",
    ),
    *("*", "/", "=", "!=", "<", ">=", "1", "0.5", " ", "true", "é", "_", "\n", "\x00", "9" * 20, "__class__", "[", "."),
)
ATOMS = (
    "n",
    "m",
    "1",
    "0.5",
    "register(pupils)",
    "previous(n)",
    "sum(b)",
    "if(n > 1, m, 2)",
    "count(s)",
    "-m",
    "n / m",
    "(d - e)",
    'd - "2020-04-06"',
    "(d + n - e)",
)
DATES = ("d", "previous(d)", '"2020-04-06"', "(d + n)", "(e - 7)", "d + 9999999", "d + n / m")
TESTS = ('c = "more"', 's includes "x"', 'd < "2020-04-06"', 't = "a"', "answered(n)", "true", 'c in {"more", "same"}')
AT_ONCE = 100
DAYS = {"d": "2020-04-06", "e": "9999-12-31"}
VALUES = ({}, {"n": 2, "m": 0.1, "c": "more", "s": frozenset("xy"), **DAYS, "t": "a", "b": 3}, {"n": OPEN, **DAYS})


def _written(rng: Random) -> str:
    """A text: any characters, pieces of the language in any order, or what is an expression or nearly one."""
    match rng.randrange(3):
        case 0:
            return "".join(chr(rng.choice((rng.randrange(32, 127), rng.randrange(1, 0x2FFF)))) for _ in range(40))
        case 1:
            return " ".join(rng.choices(PIECES, k=rng.randrange(25)))
    return _condition(rng, rng.randrange(4))


def _condition(rng: Random, depth: int) -> str:
    if depth == 0 and rng.random() < 0.2:
        return f"{rng.choice(DATES)} {rng.choice(('=', '!=', '<', '<=', '>', '>='))} {rng.choice(DATES)}"
    if depth == 0:
        compared = f"{_number(rng, 2)} {rng.choice(('=', '!=', '<', '<=', '>', '>='))} {_number(rng, 2)}"
        return rng.choice((compared, compared, rng.choice(TESTS)))
    inner = [_condition(rng, depth - 1) for _ in range(2)]
    return rng.choice((" and ".join(inner), " or ".join(inner), f"not ({inner[0]})", f"count({', '.join(inner)}) > 1"))


def _number(rng: Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(ATOMS)
    inner = [_number(rng, depth - 1) for _ in range(2)]
    return rng.choice((f" {rng.choice('+-*/')} ".join(inner), f"sum({', '.join(inner)})", f"({inner[0]})"))


@settings(max_examples=1000, deadline=None, database=None, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, 2**64))
def test_none_of_100_000_texts_crashes_or_hangs_it(seed: int) -> None:
    rng = Random(seed)
    for _ in range(AT_ONCE):
        _stands(_written(rng))


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
@example("-" * 999)
@example("not " * 249)
@example("(" * 1000)
@example("1/" * 499 + "1")
def test_no_text_crashes_or_hangs_it(source: str) -> None:
    _stands(source)


def test_most_of_what_is_written_for_the_fuzz_is_read_in_part_or_whole() -> None:
    """Else the fuzz would look at nothing but refusals of the first sign."""
    rng = Random(1)
    read = [_read(_written(rng)) for _ in range(1000)]
    assert 250 < sum(map(len, read)) < 750


def _stands(source: str) -> None:
    started = process_time()
    for found in _read(source):
        if not any(isinstance(node, nodes.EachEntry) for node in _nodes(found.node)):
            found.worth(Surroundings(VALUES[len(source) % len(VALUES)], {}, {}))  # type: ignore[arg-type]  # names
        if len(source) % 8 == 0:
            assert expression(found.source, scope=SCOPE) == found, source
    assert process_time() - started < 1, source


def _nodes(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in nodes.children(node):
        yield from _nodes(child)


def _read(source: str) -> list[Expression]:
    """The expression, if it is one; anything but our own refusal goes on."""
    try:
        return [expression(source, scope=SCOPE)]
    except ExpressionRefused as refused:
        codes = [fault.code for fault in refused.faults]
    assert codes
    assert all(re.fullmatch(r"Q05[0-9]|Q06[78]", code) for code in codes)
    return []


@settings(max_examples=500, deadline=None)
@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_large_numbers_are_computed_exactly(n: int, m: int) -> None:
    assert worth("n * m", n=n, m=m) == n * m
    assert worth("n * n * n * n * n * n", n=n) == n**6
