"""A questionnaire as an XLSForm: what is said, what is left out by name, and that it comes back the same."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.errors import Severity
from peilstok.questionnaire import Questionnaire, read
from peilstok.questionnaire.expressions import DATE, NUMBER, Kind, Scope, Sort, Surroundings, expression
from peilstok.questionnaire.xlsform import exported, imported, sheets, xpath
from peilstok.questionnaire.xlsform.imports import WHICH
from peilstok.questionnaire.xlsform.rendering import Renderer
from peilstok.terms import Missing
from tests.questionnaire.building import BOTH, file, item, option
from tests.questionnaire.xlsform import reference

DEMO = Path(__file__).resolve().parents[3] / "demo" / "2020"
OR = {"nl": "Te veel", "en": "Too many"}


def made(*pages: list[dict[str, object]], **more: Any) -> Questionnaire:
    return read(file(*pages, **more), file="poll.yaml")


def rows(questionnaire: Questionnaire, sheet: str = "survey") -> list[dict[str, str]]:
    """The rows of the workbook, as anyone would read it."""
    data = exported(questionnaire, file="poll.yaml").data
    assert data is not None
    heading, *found = openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True)
    return [{str(key): str(cell) for key, cell in zip(heading, row, strict=True) if cell is not None} for row in found]


def row_of(questionnaire: Questionnaire, name: str) -> dict[str, str]:
    return next(row for row in rows(questionnaire) if row.get("name") == name)


def codes(questionnaire: Questionnaire) -> list[str]:
    return sorted(each.code for each in exported(questionnaire, file="poll.yaml").findings)


def again(questionnaire: Questionnaire) -> Questionnaire:
    """Exported and imported."""
    data = exported(questionnaire, file="poll.yaml").data
    assert data is not None
    found = imported(data, file="poll.xlsx")
    assert found.questionnaire is not None, "\n".join(map(str, found.findings))
    return found.questionnaire


@pytest.mark.parametrize("wave", ["wave-1", "wave-2", "wave-3"])
def test_the_demo_is_exported_and_what_is_lost_is_named(wave: str) -> None:
    path = DEMO / wave / "questionnaire.yaml"
    questionnaire = read(path.read_text(), file=path.name)
    found = exported(questionnaire, file=path.name)
    assert found.data is not None
    soft = [check.name for check in questionnaire.checks if check.severity == "soft"]
    said = "\n".join(map(str, found.findings))
    assert all(f'the soft check "{name}"' in said for name in soft)
    assert 'item "pupils": its prefill' in said
    back = imported(found.data, file="again.xlsx").questionnaire
    assert back is not None
    assert list(back.items) == list(questionnaire.items)
    assert [page.name for page in back.pages] == [page.name for page in questionnaire.pages]


def test_the_same_questionnaire_gives_the_same_bytes() -> None:
    questionnaire = made([item("a")])
    assert exported(questionnaire, file="a.yaml").data == exported(questionnaire, file="a.yaml").data


def test_a_text_that_begins_with_an_equals_sign_is_no_formula() -> None:
    questionnaire = made([item("a", text={"nl": "=1+1", "en": "=2+2"})])
    assert row_of(questionnaire, "a")["label::Dutch (nl)"] == "=1+1"
    assert again(questionnaire).items == questionnaire.items


CONDITIONS = """
a = "yes"                       | ${a} = 'yes'
a != "yes"                      | ${a} != '' and ${a} != 'dont_know' and ${a} != 'yes'
a in {"yes", "no"}              | ${a} = 'yes' or ${a} = 'no'
not a = "yes"                   | ${a} != '' and ${a} != 'dont_know' and ${a} != 'yes'
answered(a)                     | ${a} != '' and ${a} != 'dont_know'
not answered(n)                 | ${n} = ''
s includes "x"                  | selected(${s}, 'x')
not s includes "x"              | ${s} != '' and not(selected(${s}, 'x'))
count(s) > 1                    | ${s} != '' and count-selected(${s}) > 1
n >= 0.5 * m                    | ${n} >= 0.5 * ${m}
n / m > 2                       | ${m} != 0 and ${n} div ${m} > 2
n = m                           | ${m} != '' and ${n} != '' and ${n} = ${m}
d + 14 < e                      | date(${d} + 14) < ${e}
e - d > n                       | ${e} - ${d} > ${n}
e - (d - 3 * n) != 7            | ${d} != '' and ${e} != '' and ${n} != '' and ${e} - date(${d} - 3 * ${n}) != 7
e + count(s) > "2020-04-06"     | ${s} != '' and date(${e} + count-selected(${s})) > date('2020-04-06')
(n > 1 or m > 1) and a = "no"   | (${n} > 1 or ${m} > 1) and ${a} = 'no'
"""
SCOPE = Scope(
    items={
        "a": Kind(Sort.CHOICE, ("yes", "no")), "s": Kind(Sort.SET, ("x", "y")), "n": NUMBER, "m": NUMBER, "own": NUMBER,
        "d": DATE, "e": DATE,
    }
)  # fmt: skip
OFFERED = {"a": ("dont_know",)}
WHOLE = ("n", "m")


@pytest.mark.parametrize("line", CONDITIONS.strip().splitlines())
def test_a_condition_is_said_in_the_language_of_xlsform(line: str) -> None:
    ours, theirs = (part.strip() for part in line.rsplit("|", 1))
    assert Renderer(OFFERED, whole=WHOLE).holds(expression(ours, scope=SCOPE).node) == theirs


ATOMS = st.one_of(
    st.builds('a {} "{}"'.format, st.sampled_from(["=", "!="]), st.sampled_from(["yes", "no"])),
    st.builds("{} {} {}".format, st.sampled_from("nm"), st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.just(2)),
    st.builds("n {} m".format, st.sampled_from(["=", "!=", "<", ">="])),
    st.builds("own {} m".format, st.sampled_from(["=", "!=", "<", ">="])),
    st.builds("n {} m > 3".format, st.sampled_from("+-*/")),
    st.builds("e - d {} n".format, st.sampled_from(["=", "!=", "<", ">="])),
    st.builds("d + {} {} e".format, st.sampled_from("1nm"), st.sampled_from(["=", "!=", "<", ">="])),
    st.builds('{} {} "2020-03-02"'.format, st.sampled_from(["d + 3", "e - n"]), st.sampled_from(["=", "!=", ">"])),
    st.sampled_from(['a in {"yes", "no"}', "n in {0, 7}", 's includes "x"', "count(s) = 1", "count(s) < 2"]),
    st.sampled_from(["answered(a)", "answered(n)", "answered(s)", "true", "own > 2", "own * 2 <= 4"]),
    st.builds("if({}, n > 1, m > 1)".format, st.sampled_from(['a = "yes"', "answered(n)", "m > 2"])),
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=5,
)
ANSWERS = st.fixed_dictionaries(
    {
        "a": st.sampled_from(["", "yes", "no", "dont_know"]),
        "s": st.sampled_from(["", "x", "y", "x y"]),
        "n": st.sampled_from(["", "0", "2", "7"]),
        "m": st.sampled_from(["", "0", "2", "7"]),
        "own": st.sampled_from(["0", "2", "7"]),
        "d": st.sampled_from(["", "2020-02-28", "2020-03-01"]),
        "e": st.sampled_from(["", "2020-02-28", "2020-03-02"]),
    }
)


@given(EXPRESSIONS, ANSWERS)
@settings(max_examples=400, deadline=None)
def test_what_is_written_comes_out_as_ours_does(text: str, answers: Mapping[str, str]) -> None:
    """Where ours is unknown a condition of XLSForm is false, and a constraint is met."""
    given_values: dict[str, object] = {name: int(answers[name]) for name in ("n", "m", "own") if answers[name]}
    given_values |= {"s": frozenset(answers["s"].split())} if answers["s"] else {}
    given_values |= {"a": answers["a"] if answers["a"] != "dont_know" else Missing.DONT_KNOW} if answers["a"] else {}
    given_values |= {name: answers[name] for name in "de" if answers[name]}
    read_ = expression(text, scope=SCOPE)
    worth = read_.worth(Surroundings(given_values, {}, {}))  # type: ignore[arg-type]  # names as plain texts
    renderer = Renderer(OFFERED, whole=WHOLE)
    own = Renderer(OFFERED, "own", whole=WHOLE)
    assert reference.holds(xpath.parse(renderer.holds(read_.node)), answers) == (worth is True)
    assert reference.holds(xpath.parse(renderer.fails(read_.node)), answers) == (worth is False)
    assert reference.holds(xpath.parse(own.stands(read_.node)), answers, "own") == (worth is not False)


@pytest.mark.parametrize(
    ("questionnaire", "found"),
    [
        (made([item("a", when="register(pupils) > 1")]), "register(...) in when"),
        (made([item("a")], [item("b", when="previous(a) > 1")]), "previous(...) in when"),
        (
            made([item("a", text={"nl": "Van {register(pupils)}", "en": "Of {register(pupils)}"})]),
            "register(...) in the label",
        ),
        (
            made(
                [item("a")],
                [item("b")],
                checks=[{"name": "r", "severity": "hard", "rule": "b < register(pupils) or a > 1", "message": OR}],
            ),
            'register(...) in the check "r"',
        ),
        (
            made(
                blocks=[{"name": "schools", "of": "schools", "title": BOTH, "text": BOTH, "entry": BOTH}],
                pages=[{"name": "p", "title": BOTH, "block": "schools", "items": [item("a")]}],
            ),
            'the block "schools" of schools',
        ),
        (made([item("a")], [item("b", when="count(a > 1, a < 9) = 1")]), "count(...) of conditions"),
        (made([item("a", text={"nl": "Een ${{a}}", "en": "A ${{a}}"})]), '"${"'),
        (
            made([item("a", "decimal"), item("d", "date")], [item("b", when='d + a > "2020-04-06"')]),
            "a date and a number that may have decimals in when",
        ),
    ],
)
def test_what_xlsform_cannot_say_and_would_change_what_is_asked_is_refused(
    questionnaire: Questionnaire, found: str
) -> None:
    made_ = exported(questionnaire, file="poll.yaml")
    assert made_.data is None
    assert "X050" in [each.code for each in made_.findings]
    assert found in "\n".join(map(str, made_.findings))


def test_what_only_helps_a_respondent_is_left_out_with_a_warning() -> None:
    soft = {"name": "r", "severity": "soft", "rule": "a < 100", "message": OR}
    questionnaire = made(
        [item("a", prefill="register(pupils)", dont_know=True)], [item("b", percent_of="a")], checks=[soft]
    )
    assert codes(questionnaire) == ["X051", "X051", "X051", "X051", "X052"]


def test_who_may_say_dont_know_to_a_number_may_leave_it_open() -> None:
    assert "required" not in row_of(made([item("a", required=True, dont_know=True)]), "a")
    assert row_of(made([item("a", required=True)]), "a")["required"] == "yes"


def test_a_sum_check_becomes_a_constraint() -> None:
    check = {"name": "r", "severity": "hard", "parts": ["a", "b"], "total": "c"}
    row = row_of(made([item("a"), item("b"), item("c")], checks=[check]), "c")
    assert row["constraint"] == ". >= 0 and (${a} = '' or ${b} = '' or ${a} + ${b} = .)"


def test_a_value_that_is_worked_out_in_a_text_gets_a_row_of_its_own() -> None:
    check = {
        "name": "r",
        "severity": "hard",
        "rule": "b <= a",
        "message": {"nl": "Dat is {100 * b / a} procent.", "en": "That is {100 * b / a} percent."},
    }
    questionnaire = made([item("a")], [item("b")], checks=[check])
    calculations = [row for row in rows(questionnaire) if row["type"] == "calculate"]
    assert [row["calculation"] for row in calculations] == ["100 * ${b} div ${a}"]
    assert row_of(questionnaire, "b")["constraint_message::English (en)"] == "That is ${calculated.1} percent."
    assert again(questionnaire).checks[0].message.source.en == "That is {100 * b / a} percent."  # type: ignore[union-attr]  # a rule


def test_a_date_that_is_worked_out_in_a_text_comes_back_as_one() -> None:
    told = {"nl": "Uiterlijk {d + 14}?", "en": "By {d + 14}?"}
    questionnaire = made([item("d", "date")], [item("b", text=told)])
    (worked_out,) = [row for row in rows(questionnaire) if row["type"] == "calculate"]
    assert (worked_out["name"], worked_out["calculation"]) == ("calculated.1", "date(${d} + 14)")
    assert row_of(questionnaire, "b")["label::English (en)"] == "By ${calculated.1}?"
    assert again(questionnaire).pages[1].items == questionnaire.pages[1].items


def test_a_value_within_a_block_is_worked_out_there_and_outside_it_again() -> None:
    told: dict[str, object] = {"text": {"nl": "Twee keer is {2 * a}", "en": "Twice is {2 * a}"}}
    pages = [[item("a")], [item("b", "text", **told)], [item("c", "note", **told)]]
    blocks = [{"name": "one", "of": "board", "title": BOTH, "text": BOTH, "entry": BOTH}]
    whole = [{"name": f"p{n}", "title": BOTH, "items": each} for n, each in enumerate(pages)]
    whole[1]["block"] = "one"
    names = [row.get("name", row["type"]) for row in rows(made(pages=whole, blocks=blocks))]
    assert names == [
        "page.p0", "a", "end_group", "one", "page.p1", "calculated.1", "b", "end_group", "end_repeat",
        "page.p2", "calculated.2", "c", "end_group",
    ]  # fmt: skip


# there and back

WORDS = st.text(alphabet=st.sampled_from("abcdefgh éï?<&'\"|=#"), min_size=1, max_size=20).map(lambda text: f"V{text}.")
PAIRS = st.builds(lambda nl, en: {"nl": f"{nl} nl", "en": f"{en} en"}, WORDS, WORDS)
TYPES = ["number", "decimal", "choice", "choices", "text", "long_text", "date", "email", "phone", "note"]

PREFILLS = {
    "number": ["6", "2 * 3"],
    "decimal": ["5.5", "11 / 2"],
    "choice": ['"x"'],
    "choices": ['{ "x" , "y" }', '{ "z" }'],
    "text": ['"Vrij"', '"een - twee"', "'zeg \"ja\"'", '" ruim "', '"2 * 3"', '"{a}"'],
    "long_text": ['"Vrij"'],
    "date": ['"2020-04-06"', '"2020-04-06" + 14'],
}


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """What both formats have: everything but the register, soft checks, units and "don't know" to a number."""
    pages: list[dict[str, object]] = []
    known: list[tuple[str, str]] = []
    checks: list[dict[str, object]] = []
    for number in range(draw(st.integers(1, 3))):
        here = [draw(items(f"q{number}{place}", known)) for place in range(draw(st.integers(1, 4)))]
        for each in here:
            if each["type"] == "number" and (numbers := [name for name, sort in known if sort == "number"]):
                checks += draw(_checks(str(each["name"]), numbers))
        known += [(str(each["name"]), str(each["type"])) for each in here]
        pages.append(
            {"name": draw(st.sampled_from(["care", "1", "a-b"])) + f"-{number}", "title": draw(PAIRS), "items": here}
        )
    last = {"title": draw(PAIRS), "name": "entries", "of": "board", "text": dict(WHICH)}
    blocks = [{**last, "entry": last["title"]}] if draw(st.booleans()) else []
    if blocks:
        pages.append(
            {"name": "within", "title": draw(PAIRS), "block": "entries", "items": [draw(items("within", known))]}
        )
    return made(pages=pages, **({"checks": checks} if checks else {}), **({"blocks": blocks} if blocks else {}))


@st.composite
def items(draw: st.DrawFn, name: str, known: list[tuple[str, str]]) -> dict[str, object]:
    type_ = draw(st.sampled_from(TYPES))
    each = item(name, type_, text=draw(PAIRS))
    if draw(st.booleans()):
        each["hint"] = draw(PAIRS)
    if type_ in ("choice", "choices"):
        each["options"] = [option("x"), option("y"), option("z", **({"exclusive": True} if type_ == "choices" else {}))]
        each |= {key: True for key in ("dont_know", "not_applicable") if draw(st.booleans())}
    if type_ in ("number", "decimal"):
        each["minimum"] = draw(st.integers(-5, 5))
        each |= {"maximum": draw(st.integers(6, 9))} if draw(st.booleans()) else {}
    if type_ in PREFILLS and draw(st.booleans()):
        each["prefill"] = draw(st.sampled_from(PREFILLS[type_]))
    if type_ != "note":
        each |= draw(st.sampled_from([{}, {"required": True}, {"optional": True}]))
    conditions = [_condition(*one) for one in known if one[1] in ("number", "choice", "choices", "date")]
    if conditions and draw(st.booleans()):
        each["when"] = draw(
            st.sampled_from([" and ".join(conditions[:3]), conditions[-1], " or ".join(conditions[:2])])
        )
    return each


def _condition(name: str, type_: str) -> str:
    return {
        "number": f"{name} > 2",
        "choice": f'{name} != "x"',
        "choices": f'{name} includes "x"',
        "date": f'{name} + 7 > "2020-04-06"',
    }[type_]


@st.composite
def _checks(draw: st.DrawFn, name: str, numbers: list[str]) -> list[dict[str, object]]:
    if not draw(st.booleans()):
        return []
    other = draw(st.sampled_from(numbers))
    rule = draw(st.sampled_from([f"{name} <= {other}", f"{name} + 1 < 2 * {other}", f"{name} < {other} or {name} = 9"]))
    message = {"nl": f"U vulde {{{name}}} in, niet {{{other}}}", "en": f"You filled in {{{name}}}, not {{{other}}}"}
    return [{"name": f"{name}_rule", "at": name, "severity": "hard", "rule": rule, "message": message}]


@given(questionnaires())
@settings(max_examples=60, deadline=None)
def test_what_both_formats_have_comes_back_the_same(questionnaire: Questionnaire) -> None:
    assert again(questionnaire).as_json() == questionnaire.as_json()


@given(questionnaires())
@settings(max_examples=20, deadline=None)
def test_pyxform_takes_what_is_exported(questionnaire: Questionnaire) -> None:
    found = exported(questionnaire, file="poll.yaml")
    assert all(each.severity is not Severity.ERROR for each in found.findings)
    assert found.data is not None
    refusal, warnings = sheets.remarks(sheets.sheets_of(found.data, file="poll.xlsx"))
    assert refusal is None
    assert not warnings
