"""What conditions and constraints of a form mean here: written by hand, and beside a slow reading of XPath."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from peilstok.questionnaire.expressions import (
    DATE,
    NUMBER,
    TEXT,
    ExpressionRefused,
    Kind,
    Scope,
    Sort,
    Surroundings,
    expression,
)
from peilstok.questionnaire.xlsform import meanings, translation, xpath
from peilstok.questionnaire.xlsform.meanings import Answer, Calculated, Lost, Nothing, Repeated
from peilstok.questionnaire.xlsform.xpath import ExpressionFault
from tests.questionnaire.xlsform import reference

YES_NO = Answer("a", Kind(Sort.CHOICE, ("yes", "no")), {"yes": "yes", "no": "no"}, frozenset({"dont_know"}))
SET = Answer("s", Kind(Sort.SET, ("x", "y")), {"x": "x", "y": "y"})
GRADE = Answer("g", Kind(Sort.CHOICE, ("o_1", "o_2", "o_3")), {"1": "o_1", "2": "o_2", "3": "o_3"})
NAMES = {
    "a": YES_NO,
    "s": SET,
    "g": GRADE,
    "n": Answer("n", NUMBER),
    "m": Answer("m", NUMBER),
    "t": Answer("t", TEXT),
    "d": Answer("d", DATE),
    "e": Answer("e", DATE),
    "note": Nothing(),
    "today": Lost("metadata"),
    "several": Repeated((Answer("r_1", NUMBER), Answer("r_2", NUMBER))),
}
SCOPE = Scope(
    items={
        **{each.name: each.kind for each in NAMES.values() if isinstance(each, Answer)},
        "r_1": NUMBER,
        "r_2": NUMBER,
    }
)


def calculated(text: str) -> Calculated:
    return Calculated("c", xpath.parse(text), NAMES.get)


CONDITIONS = """
${a} = 'yes'                                | a = "yes"
'yes' = ${a}                                | a = "yes"
../a = "yes"                                | a = "yes"
${a} != 'yes'                               | not answered(a) or a != "yes"
${a} != '' and ${a} != 'yes'                | a != "yes"
${a} != '' and ${a} != 'dont_know' and ${a} != 'yes' | a != "yes"
${a} = ''                                   | not answered(a)
not(${a} = '')                              | answered(a)
selected(${a}, 'yes')                       | a = "yes"
not(${a} != '' and ${a} = 'yes')            | not (answered(a) and a = "yes")
not(selected(${a}, 'yes'))                  | not (answered(a) and a = "yes")
${a} = 'yes' or ${a} = 'no'                 | a in {"yes", "no"}
selected(${s}, 'x')                         | s includes "x"
${s} = 'x'                                  | s includes "x" and count(s) = 1
count-selected(${s}) > 1                    | count(s) > 1
${g} = 2                                    | g = "o_2"
${g} >= 2                                   | g in {"o_2", "o_3"}
${n} > 5 and (${m} < 3 or ${t} = 'q')       | n > 5 and (m < 3 or t = "q")
${n} = '5'                                  | n = 5
${n} * 2 - -3 > 4 div 2                     | n * 2 - -3 > 4 / 2
.5 < ${n}                                   | n > 0.5
coalesce(${n}, 0) > 3                       | if(answered(n), n > 3, false)
if(${a} = 'yes', ${n}, 0) > 3               | if(answered(a) and a = "yes", n > 3, false)
string-length(${t}) > 0                     | answered(t)
string-length(${t}) = 0                     | not answered(t)
${d} >= '2020-01-01'                        | d >= "2020-01-01"
${d} = date('2020-01-02')                   | d = "2020-01-02"
${e} - ${d} > 14                            | e - d > 14
${d} + 14 < ${e}                            | d + 14 < e
date(${d} + ${n}) <= date(${e})             | d + n <= e
7 + ${d} = '2020-01-02'                     | 7 + d = "2020-01-02"
date('2020-01-02') - ${d} >= 3              | "2020-01-02" - d >= 3
${note} = ''                                | true
sum(${several}) > 3                         | sum(r_1, r_2) > 3
selected(${a}, 'yes') = true()              | a = "yes"
true()                                      | true
‘yes’ = ${a}                                | a = "yes"
"""


@pytest.mark.parametrize("line", CONDITIONS.strip().splitlines())
def test_a_condition_is_said_in_our_language(line: str) -> None:
    theirs, ours = (part.strip() for part in line.rsplit("|", 1))
    said = translation.condition(theirs, lookup=NAMES.get)
    assert said == ours
    expression(said, scope=SCOPE)


RULES = """
. <= ${m}                                   | n <= m
. >= 0 and . <= 100                         | n >= 0 and n <= 100
${m} = '' or . <= ${m}                      | n <= m
${a} = 'yes' or . < 10                      | answered(a) and a = "yes" or n < 10
${a} = '' or ${a} = 'yes' or . < 10         | a = "yes" or n < 10
not(selected(${s}, 'x') and . > 5)          | not (s includes "x" and n > 5)
${a} = 'yes'                                | not answered(n) or answered(a) and a = "yes"
${m} != '' and ${m} > 2                     | not answered(n) or answered(m) and m > 2
true()                                      | true
false()                                     | not answered(n)
"""


@pytest.mark.parametrize("line", RULES.strip().splitlines())
def test_a_constraint_is_a_rule_about_the_answer(line: str) -> None:
    theirs, ours = (part.strip() for part in line.rsplit("|", 1))
    own = NAMES["n"]
    assert isinstance(own, Answer)
    assert translation.rule(theirs, lookup=NAMES.get, own=own) == ours


REFUSED = """
${a} =                       | X005
${a} ? 1                     | X005
because it doesn't           | X005
${a} = yes                   | X005
${n} mod 2 = 0               | X006
regex(${t}, 'x')             | X006
pulldata('f', 'a', 'b', 'c') = 'x' | X006
today() > ${d}               | X006
string-length(${t}) > 3      | X006
${n}[1] = 2                  | X006
${nobody} = 1                | X007
${today} = 1                 | X007
${a} = 'perhaps'             | X007
${several} = 1               | X007
. > 3                        | X007
${n} + ${t} > 3              | X008
${n} = 'five'                | X008
${d} = 'soon'                | X008
${d} + ${e} > 3              | X008
14 - ${d} > 3                | X008
${d} * 2 > 3                 | X008
${d} - '2020-01-02' > 3      | X008
${d} - ${t} > 3              | X008
-${d} > 3                    | X008
date(${n}) > ${d}            | X006
${n}                         | X008
if(${a} = 'yes', ${n}) = 3   | X005
"""


@pytest.mark.parametrize("line", REFUSED.strip().splitlines())
def test_what_our_language_cannot_say_is_refused_by_its_code(line: str) -> None:
    theirs, code = (part.strip() for part in line.rsplit("|", 1))
    with pytest.raises(ExpressionFault) as refused:
        translation.condition(theirs, lookup=NAMES.get)
    assert refused.value.code == code


def test_a_calculation_is_written_out_where_it_is_used() -> None:
    names = {**NAMES, "c": calculated("if(${a} = 'yes', ${g}, 'ERROR')")}
    assert translation.condition("${c} = '2'", lookup=names.get) == 'if(answered(a) and a = "yes", g = "o_2", false)'
    assert translation.condition("${c} = 'ERROR'", lookup=names.get) == 'if(answered(a) and a = "yes", false, true)'


def test_a_calculation_that_rests_on_itself_is_refused() -> None:
    names: dict[str, meanings.Meaning] = dict(NAMES)
    names["c"] = Calculated("c", xpath.parse("${c} + 1"), names.get)
    with pytest.raises(ExpressionFault, match="rests on itself"):
        translation.condition("${c} > 1", lookup=names.get)


def test_calculations_that_double_each_time_are_refused_and_not_written_out() -> None:
    names: dict[str, meanings.Meaning] = dict(NAMES)
    for number in range(9):
        before = f"${{c{number - 1}}}" if number else "${n}"
        names[f"c{number}"] = Calculated(f"c{number}", xpath.parse(" + ".join([before] * 10)), names.get)
    with pytest.raises(ExpressionFault, match="grows too long"):
        translation.condition("${c8} > 1", lookup=names.get)


# beside the slow reading

ANSWERS = st.fixed_dictionaries(
    {
        "a": st.sampled_from(["", "yes", "no"]),
        "s": st.sampled_from(["", "x", "y", "x y"]),
        "g": st.sampled_from(["", "1", "2", "3"]),
        "n": st.sampled_from(["", "0", "2", "7"]),
        "m": st.sampled_from(["", "0", "2", "7"]),
        "t": st.sampled_from(["", "p", "q"]),
        "d": st.sampled_from(["", "2020-02-28", "2020-03-01"]),
        "e": st.sampled_from(["", "2020-02-28", "2020-03-02"]),
    }
)
SIGNS = ["=", "!=", "<", "<=", ">", ">="]


def signs(*given: str) -> st.SearchStrategy[str]:
    return st.sampled_from(given)


NUMBERS = st.sampled_from(["0", "2", "5", "-1", "2.5"])
ATOMS = st.one_of(
    st.builds("{} {} '{}'".format, st.just("${a}"), signs("=", "!="), st.sampled_from(["yes", "no", ""])),
    st.builds("${{g}} {} {}".format, st.sampled_from(SIGNS), st.sampled_from(["1", "2", "3"])),
    st.builds("{} {} {}".format, st.sampled_from(["${n}", "${m}"]), st.sampled_from(SIGNS), NUMBERS),
    st.builds("${{n}} {} ${{m}} {} {}".format, signs("+", "-", "*"), st.sampled_from(SIGNS), NUMBERS),
    st.builds("${{n}} {} ${{m}}".format, signs("<", "<=", ">", ">=")),
    st.builds("${{t}} {} '{}'".format, signs("=", "!="), st.sampled_from(["p", "q", ""])),
    st.builds("${{e}} - ${{d}} {} {}".format, signs(*SIGNS), NUMBERS),
    st.builds("{} {} ${{e}}".format, signs("${d}", "${d} + 2", "date(${d} - ${n})"), signs("<", "<=", ">", ">=")),
    st.builds("selected({}, '{}')".format, st.just("${s}"), signs("x", "y")),
    st.builds("${{s}} {} ''".format, signs("=", "!=")),
    st.builds("if({}, {}, {}) {} {}".format, st.just("${a} = 'yes'"), NUMBERS, st.just("${n}"), signs(*SIGNS), NUMBERS),
    st.builds("coalesce(${{n}}, 0) {} {}".format, st.sampled_from(SIGNS), NUMBERS),
    st.sampled_from(["true()", "false()", "string-length(${t}) > 0", "string-length(${t}) = 0"]),
)


def combined(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, signs("and", "or"), inner),
            st.builds("not({})".format, inner),
            st.builds("{} and {}".format, inner, inner),
        ),
        max_leaves=6,
    )


def ours(answers: Mapping[str, str]) -> Surroundings:
    values: dict[object, object] = {name: text for name, text in answers.items() if text}
    values |= {name: int(answers[name]) for name in "nm" if answers[name]}
    values |= {"g": f"o_{answers['g']}"} if answers["g"] else {}
    values |= {"s": frozenset(answers["s"].split())} if answers["s"] else {}
    return Surroundings(items=values, register={}, previous={})  # type: ignore[arg-type]  # names as plain texts


@given(combined(ATOMS), ANSWERS)
@settings(max_examples=400, deadline=None)
def test_a_condition_is_true_exactly_when_it_is_in_the_form(text: str, answers: Mapping[str, str]) -> None:
    said = translation.condition(text, lookup=NAMES.get)
    try:
        worth = expression(said, scope=SCOPE).worth(ours(answers))
    except ExpressionRefused as refused:
        assume({fault.code for fault in refused.faults} != {"Q058"})
        raise
    assert (worth is True) == reference.holds(xpath.parse(text), answers)


OWN = st.builds(". {} {}".format, st.sampled_from(SIGNS), NUMBERS)


@given(combined(st.one_of(ATOMS, OWN)), ANSWERS)
@settings(max_examples=400, deadline=None)
def test_a_rule_is_broken_exactly_when_the_constraint_is(text: str, answers: Mapping[str, str]) -> None:
    own = Answer("r_1", NUMBER)
    said = translation.rule(text, lookup=NAMES.get, own=own)
    for given_answer in ("", "0", "2", "7"):
        there = {**answers, "r_1": given_answer}
        surroundings = ours(there)
        known = {**surroundings.items, **({"r_1": int(given_answer)} if given_answer else {})}
        worth = expression(said, scope=SCOPE).worth(Surroundings(known, {}, {}))  # type: ignore[arg-type]  # as above
        accepted = not given_answer or reference.holds(xpath.parse(text), there, "r_1")
        assert (worth is not False) == accepted


@given(st.text(max_size=60) | st.text(alphabet="${}abn.()=<>!'\" andor-+*/,0123", max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    with suppress(ExpressionFault):
        translation.condition(text, lookup=NAMES.get)
