"""Reading a file: a sound one, and every fault with its code and its place, all at once."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from time import process_time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.errors import Finding, Refused, Severity
from peilstok.questionnaire import ItemType, Questionnaire, RuleCheck, SumCheck, examine, read, schema
from peilstok.questionnaire.codes import CODES, WARNINGS
from peilstok.questionnaire.entries import KEYS
from peilstok.questionnaire.places import DEEPEST, LARGEST, MOST
from peilstok.terms import Missing
from tests.questionnaire.building import BOTH, codes, file, findings, item, made, option

MANUAL = Path(__file__).resolve().parents[2] / "docs/formats/questionnaire.md"

YES_NO = ["yes", "no"]
RULE = {"name": "r", "severity": "hard", "rule": "a <= b", "message": {"nl": "Te veel", "en": "Too many"}}
SUM = {"name": "s", "severity": "hard", "parts": ["a", "b"], "total": "c"}
ABC = [item("a"), item("b"), item("c")]
# Pages come last in a file without checks, so that another can be added.
PAGE = "- {name: page-2, title: {nl: T, en: T}, items: [{name: z, type: choice, text: {nl: V, en: Q}, options: "
PAGE += "[{name: x, text: {nl: X, en: X}}, {name: y, text: {nl: Y, en: Y}}]}]}\n"

BLOCK = {"name": "schools", "of": "schools", "title": BOTH, "text": BOTH, "entry": BOTH}
IN_BLOCK = {"name": "p", "title": BOTH, "block": "schools"}
AFTER = {"name": "q", "title": BOTH}
LOOKS = item("c", when="b > 1")
FAULTS = {
    "Q001": "format: peilstok/questionnaire/1\nname: [",
    "Q002": "format: !!python/name:os.system x",
    "Q003": file([item("a")]) + "minutes: 4\n",
    "Q004": file([item("a")], format="peilstok/plan/1"),
    "Q010": file([item("a", hints={"nl": "x", "en": "y"})]),
    "Q011": file([item("a")], minutes=...),
    "Q012": file([item("a", required="perhaps")]),
    "Q013": file([item("a", "choice", options=["yes"])]),
    "Q020": file([item("a", hint={"nl": "Alleen Nederlands"})]),
    "Q021": file([item("a", hint={"nl": "Uitleg", "en": "Hint", "fr": "Aide"})]),
    "Q022": file([item("a", hint={"nl": "The same three words", "en": "The same three words"})]),
    "Q030": file([item("Aantal leerlingen")]),
    "Q031": file([item("a")], [item("a")]),
    "Q032": file([item("a")]) + PAGE.replace("page-2", "page-1"),
    "Q033": file([item("a", "choice", options=["yes", "yes"])]),
    "Q034": file([item("a", "choice", options=[option("yes"), {**option("yes"), "name": "ja"}])]),
    "Q035": file(ABC, checks=[RULE, {**SUM, "name": "r"}]),
    "Q040": file([item("a", "nummer")]),
    "Q041": file([item("a", "text", unit={"nl": "uur", "en": "hours"})]),
    "Q042": file([item("a", required=True, optional=True)]),
    "Q043": file([item("a", minimum=10, maximum=9)]),
    "Q044": file([item("a", maximum=9.5)]),
    "Q050": file([item("a")], [item("b", when="a >")]),
    "Q051": file([item("a")], [item("b", when="aa > 1")]),
    "Q052": file([item("a")], [item("b", when="total(a) > 1")]),
    "Q053": file([item("a", prefill="register(pupil)")]),
    "Q054": file([item("a", "choice", options=YES_NO)], [item("b", when='a = "yess"')]),
    "Q055": file([item("a", "choice", options=YES_NO)], [item("b", when="a > 1")]),
    "Q056": file([item("a")], [item("b", when="a + 1")]),
    "Q057": file([item("a"), item("b", when="a > 1")]),
    "Q059": file([item("a")], [item("b", prefill="a")]),
    "Q060": file(ABC, checks=[{**RULE, **SUM}]),
    "Q061": file([item("a")], [item("b")], checks=[{**RULE, "at": "a"}]),
    "Q062": file(ABC, checks=[{**RULE, "message": {"nl": "Te {veel", "en": "Too many"}}]),
    "Q063": file([item("a")], minutes=0),
    "Q064": file(ABC, checks=[{**RULE, "rule": "1 < register(pupils)"}]),
    "Q065": file(ABC, checks=[{**RULE, "severity": "error"}]),
    "Q066": file([*ABC, item("d", "text")], checks=[{**SUM, "total": "d"}]),
    "Q067": file([item("a")], blocks=[BLOCK], pages=[{**IN_BLOCK, "items": [item("b")]}, {**AFTER, "items": [LOOKS]}]),
    "Q068": file([item("a", when="entry(pupils) > 1")]),
    "Q069": file([item("a")], blocks=[BLOCK]),
    "Q070": file(blocks=[{**BLOCK, "of": "regions"}], pages=[{**IN_BLOCK, "items": [item("b")]}]),
    "Q058": file([item("a")], [item("b", when="a" + " + a" * 300 + " > 1")]),
}


OF_TWO_FILES = {"Q071", "Q072"}  # test_comparability


@pytest.mark.parametrize("code", list(FAULTS))
def test_a_file_with_one_fault_gets_that_finding_and_no_other(code: str) -> None:
    found = findings(FAULTS[code])
    assert [finding.code for finding in found] == [code]
    assert found[0].severity is (Severity.WARNING if code in WARNINGS else Severity.ERROR)
    assert found[0].place.line > 0
    assert found[0].found
    assert found[0].expected


def test_every_code_has_a_file_that_shows_it() -> None:
    assert set(FAULTS) | OF_TWO_FILES == set(CODES)


def test_the_manual_explains_exactly_the_codes_that_exist() -> None:
    table = [line.split("|") for line in MANUAL.read_text().splitlines() if line.startswith("| Q")]
    assert {cells[1].strip(): cells[2].strip() for cells in table} == dict(CODES)


def test_the_examples_of_the_manual_can_be_read() -> None:
    examples = [part.split("```")[0] for part in MANUAL.read_text().split("```yaml\n")[1:]]
    whole, block, changed = examples
    head = whole[: whole.index("pages:")]
    assert [each.code for each in findings(whole)] == []
    assert [each.code for each in findings(head + block)] == []
    page = "pages:\n  - name: p\n    title: {nl: T, en: T}\n    items:\n"
    assert [each.code for each in findings(head + page + changed)] == []


def test_the_manual_explains_every_key() -> None:
    text = MANUAL.read_text()
    for what, keys in KEYS.items():
        section = text.split(f"### The keys of {'an' if what[0] in 'io' else 'a'} {what}\n")[1].split("\n#")[0]
        rows = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
        assert {row[1].strip().strip("`"): row[2].strip() for row in rows} == {
            name: "yes" if key.needed else "" for name, key in keys.items()
        }


def test_a_warning_stands_beside_a_questionnaire_that_can_be_used() -> None:
    questionnaire, found = examine(FAULTS["Q022"], file="poll.yaml")
    assert questionnaire is not None
    assert [finding.code for finding in found] == ["Q022"]
    assert read(FAULTS["Q022"], file="poll.yaml") == questionnaire


def test_a_file_with_an_error_is_refused_with_all_findings() -> None:
    with pytest.raises(Refused) as refused:
        read(file([item("a", "nummer", hint={"nl": "x"})]), file="poll.yaml")
    assert sorted(finding.code for finding in refused.value.findings) == ["Q020", "Q040"]


TEN_FAULTS = """\
format: peilstok/questionnaire/1
name: proef
title: {nl: Titel, en: Title}
introduction: {nl: Inleiding}
minuten: 3
minutes: 300
pages:
  - name: one
    title: {nl: Een, en: One}
    items:
      - name: pupils
        type: numbr
        text: {nl: Vraag, en: Question}
      - name: q5
        type: choice
        text: {nl: Vraag, en: Question}
        options:
          - {name: yes, text: {nl: Ja, en: "Yes"}}
          - {name: yes, text: {nl: Nee, en: "No"}}
  - name: two
    title: {nl: Twee, en: Two}
    items:
      - name: q7
        type: number
        when: q_5 = "yes"
        text: {nl: Vraag, en: Question}
      - name: q8
        type: decimal
        when: "q5 = 'yess' and q7 > 1"
        minimum: 5
        maximum: 2
        text: {nl: Vraag, en: Question}
      - name: q7
        type: number
        prefill: register(pupil) * 2
        text: {nl: Vraag, en: Question}
"""


def test_ten_faults_get_ten_findings_each_at_its_line_and_column() -> None:
    found = [(each.code, each.place.line, each.place.column) for each in findings(TEN_FAULTS)]
    assert found == [
        ("Q020", 4, 15),
        ("Q010", 5, 1),
        ("Q063", 6, 1),
        ("Q040", 12, 15),
        ("Q033", 19, 20),
        ("Q051", 25, 15),
        ("Q054", 29, 21),
        ("Q043", 31, 9),
        ("Q031", 33, 15),
        ("Q053", 35, 27),
    ]


def test_a_finding_reads_as_one_line_that_says_what_would_be_right() -> None:
    (found,) = (str(each) for each in findings(TEN_FAULTS) if each.code == "Q051")
    assert found == (
        'Q051 error poll.yaml:25:15 item "q7": "q_5", but no item has that name | '
        'the name of an item; did you mean "q5"?'
    )


def test_a_finding_names_its_item_for_programs_too() -> None:
    (found,) = (each for each in findings(TEN_FAULTS) if each.code == "Q043")
    assert found.as_json()["item"] == "q8"


@pytest.mark.parametrize(
    ("key", "meant"), [("hints", "hint"), ("tekst", "text"), ("require", "required"), ("max", "maximum")]
)
def test_an_unknown_key_gets_the_nearest_known_one(key: str, meant: str) -> None:
    (found,) = findings(file([item("a", **{key: "x"})]))
    assert found.code == "Q010"
    assert f'did you mean "{meant}"?' in found.expected or '"name", "type"' in found.expected


@pytest.mark.parametrize("where", ["same", "later"])
def test_a_condition_may_only_look_at_earlier_pages(where: str) -> None:
    asked, looked_at = item("b", when="a > 1"), item("a")
    pages = ([looked_at, asked],) if where == "same" else ([asked], [looked_at])
    (found,) = findings(file(*pages))
    assert found.code == "Q057"
    assert f"on {'the same' if where == 'same' else 'a later'} page" in found.found
    assert codes(file([looked_at], [asked])) == []


def test_a_condition_on_itself_is_refused() -> None:
    assert codes(file([item("a", when="a > 1")])) == ["Q057"]


def test_the_previous_wave_may_be_looked_at_from_anywhere() -> None:
    assert codes(file([item("a", when="previous(b) > 1", prefill="previous(a)")], [item("b")])) == []


@pytest.mark.parametrize(("low", "high", "expected"), [(5, 5, []), (6, 5, ["Q043"])])
def test_a_minimum_may_equal_the_maximum_and_not_pass_it(low: int, high: int, expected: list[str]) -> None:
    assert codes(file([item("a", minimum=low, maximum=high)])) == expected


def test_a_maximum_below_the_minimum_of_nought_that_numbers_have_is_refused() -> None:
    assert codes(file([item("a", maximum=-1)])) == ["Q043"]
    assert codes(file([item("a", minimum=-5, maximum=-1)])) == []


@pytest.mark.parametrize(
    ("type", "prefill", "expected"),
    [
        ("number", "register(pupils)", []),
        ("decimal", "register(pupils) / 2", []),
        ("text", "register(name)", []),
        ("number", "register(name)", ["Q056"]),
        ("text", "register(pupils)", ["Q056"]),
        ("choice", '"yes"', []),
        ("choice", '"yess"', ["Q054"]),
        ("choice", "previous(a)", []),
        ("choice", "register(has_special_school)", ["Q056"]),
        ("date", '"2020-04-06"', []),
    ],
)
def test_a_prefill_is_of_the_kind_of_its_item(type: str, prefill: str, expected: list[str]) -> None:
    options = {"options": YES_NO} if type == "choice" else {}
    assert codes(file([item("a", type, prefill=prefill, **options)])) == expected


def test_yes_and_no_are_names_of_options_and_truth_values_of_flags() -> None:
    text = file([item("a", "choice", options=YES_NO, required=True)])
    assert "name: 'yes'" in text
    bare = text.replace("'yes'", "yes").replace("'no'", "no").replace("required: true", "required: yes")
    questionnaire = read(bare, file="poll.yaml")
    (asked,) = questionnaire.items.values()
    assert asked.option_names == ("yes", "no")
    assert asked.required


@pytest.mark.parametrize("name", [str(missing) for missing in Missing])
def test_a_missing_value_is_no_option(name: str) -> None:
    assert codes(file([item("a", "choice", options=["yes", name])])) == ["Q030"]


@pytest.mark.parametrize("name", ["a" * 61, "1a", "a-b", "é", "and", "sum", "a b", "A"])
def test_names_that_cannot_be_used_are_refused(name: str) -> None:
    assert codes(file([item(name)])) == ["Q030"]
    assert codes(file([item("a" * 60)])) == []


def test_a_choice_needs_options_and_a_number_has_none() -> None:
    assert codes(file([item("a", "choice")])) == ["Q011"]
    assert codes(file([item("a", options=YES_NO)])) == ["Q041"]


def test_only_several_answers_can_have_an_exclusive_one() -> None:
    alone = option("none", exclusive=True)
    assert codes(file([item("a", "choices", options=["yes", alone])])) == []
    assert codes(file([item("a", "choice", options=["yes", alone])])) == ["Q041"]


def test_an_item_with_a_fault_of_its_own_is_still_known_to_others() -> None:
    broken = item("a", "choice", options=YES_NO, hint={"nl": "x"})
    assert codes(file([broken], [item("b", when='a = "yess"')])) == ["Q020", "Q054"]
    unknown = item("a", "choise", options=YES_NO)
    assert codes(file([unknown], [item("b", when='a = "yes"')])) == ["Q040"]


def test_a_check_over_an_item_with_a_fault_of_its_own_makes_no_second_fault() -> None:
    message = {"nl": "{a} is te veel", "en": "{a} is too many"}
    checks = [{**RULE, "message": message}, {**SUM, "total": "a", "parts": ["b", "c"]}]
    assert codes(file([item("a", "nummer"), *ABC[1:]], checks=checks)) == ["Q040"]


def test_a_check_stands_at_the_last_item_it_looks_at_unless_it_says_where() -> None:
    checks = made(ABC, checks=[RULE, SUM, {**RULE, "name": "t", "at": "a"}]).checks
    assert [check.at for check in checks] == ["b", "c", "a"]
    assert [type(check) for check in checks] == [RuleCheck, SumCheck, RuleCheck]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({**RULE, "rule": "a <= bb"}, ["Q051"]),
        ({**RULE, "at": "bb"}, ["Q051"]),
        ({**SUM, "parts": ["a", "bb"]}, ["Q051"]),
        ({**SUM, "parts": ["a"]}, ["Q013"]),
        ({**SUM, "parts": ["a", "a"]}, ["Q066"]),
        ({**SUM, "total": "a"}, ["Q066"]),
        ({**SUM, "parts": "a"}, ["Q012"]),
        ({**RULE, "rule": "a + b"}, ["Q056"]),
        ({**RULE, "message": {"nl": "{a} van {bb}", "en": "{a} of {bbb}"}}, ["Q051", "Q051"]),
        ({key: RULE[key] for key in ("name", "severity", "rule")}, ["Q011"]),
        ({key: RULE[key] for key in ("name", "severity")}, ["Q060"]),
        ({key: RULE[key] for key in ("name", "rule", "message")}, ["Q011"]),
    ],
)
def test_faults_in_checks_are_found(check: dict[str, object], expected: list[str]) -> None:
    assert codes(file(ABC, checks=[check])) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["Q004"]),
        ("just text", ["Q004"]),
        ("- a\n- b", ["Q004"]),
        ("format: peilstok/questionnaire/2\nanything: 1", ["Q004"]),
        ("format: peilstok/wave/1\nid: wave-3", ["Q004"]),
        ("pages: 3", ["Q011", "Q011", "Q011", "Q011", "Q011", "Q012"]),
        ("a: b: c", ["Q001"]),
        ("a:\n\t- b", ["Q001"]),
        ("a: \x00", ["Q001"]),
        ("a: 'b", ["Q001"]),
        ("a: *b", ["Q002"]),
        ("--- a\n--- b", ["Q002"]),
        ("&a [*a]", ["Q002"]),
        ("? [a, b]\n: c", ["Q012", "Q004"]),
    ],
)
def test_what_is_no_questionnaire_at_all_is_refused_with_the_reason(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_bomb_of_aliases_is_refused_in_no_time() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    started = process_time()
    assert codes("\n".join(lines)) == ["Q002"]
    assert process_time() - started < 2


def test_a_small_alias_is_taken() -> None:
    text = file([item("a", "choice", options=YES_NO)]).replace("    options:", "    options: &scale")
    again = PAGE[: PAGE.index("[{name: x")] + "*scale}]}\n"
    questionnaire = read(text + again, file="poll.yaml")
    assert [each.option_names for each in questionnaire.items.values()] == [("yes", "no")] * 2


def test_a_file_of_the_largest_size_is_read_and_a_larger_one_is_not() -> None:
    text = file([item("a")])
    assert codes(text + "#" * (LARGEST - len(text))) == []
    assert codes(text + "#" * (LARGEST - len(text) + 1)) == ["Q002"]


def test_a_deep_file_and_a_full_one_are_refused() -> None:
    assert codes("[" * 5000) == ["Q002"]
    assert codes("[" * DEEPEST + "]" * DEEPEST) == ["Q004"]
    assert codes("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)) == ["Q002"]
    assert codes("[" + "a," * MOST + "a]") == ["Q002"]


def test_the_fingerprint_follows_the_content_and_not_the_way_it_is_written() -> None:
    one = file([item("a", required=True)], [item("b", when="a > 1")])
    other = "# a comment\n" + one.replace("a > 1", "a>1").replace("required: true", "required:   yes")
    assert read(one, file="poll.yaml").fingerprint == read(other, file="elsewhere.yaml").fingerprint
    changed = (
        one.replace("a > 1", "a > 2"), one.replace("Vraag", "Vraag?"), one.replace("minutes: 3", "minutes: 4"),
        one.replace("required: true", "required: false"),
    )  # fmt: skip
    prints = {read(text, file="poll.yaml").fingerprint for text in (one, *changed)}
    assert len(prints) == 5


def test_the_fingerprint_is_the_same_on_every_machine() -> None:
    questionnaire = made([item("a")])
    by_hand = (
        '{"checks":[],"format":"peilstok/questionnaire/1","introduction":{"en":"Introduction","nl":"Inleiding"},'
        '"minutes":3,"name":"proef","pages":[{"items":[{"dont_know":false,"hint":null,"maximum":null,"minimum":0,'
        '"name":"a","not_applicable":false,"optional":false,"options":[],"prefill":null,"required":false,'
        '"text":{"en":"Question","nl":"Vraag"},"type":"number","unit":null,"when":null}],"name":"page-1",'
        '"title":{"en":"Page","nl":"Bladzijde"}}],"title":{"en":"Title","nl":"Titel"}}'
    )
    assert questionnaire.fingerprint == sha256(by_hand.encode()).hexdigest()


def test_what_a_questionnaire_says_of_itself_reads_back_as_the_same_questionnaire() -> None:
    questionnaire = made(
        [item("a", "choice", options=YES_NO), *ABC[1:], item("d", "decimal", minimum=0.5, maximum=99.5)],
        [item("e", "choices", options=["x", option("none", exclusive=True)], when='a = "yes"', dont_know=True)],
        checks=[{**RULE, "rule": "b <= c"}],
    )
    content = yaml.dump(_without_empty(questionnaire.as_json()))
    assert read(content, file="again.yaml") == questionnaire


def _without_empty(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_empty(each) for key, each in value.items() if each not in (None, [])}
    return [_without_empty(each) for each in value] if isinstance(value, list) else value


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_file_broken_anywhere_gets_findings_and_never_a_crash(data: st.DataObject) -> None:
    text = file(
        [item("a", "choice", options=YES_NO, hint={"nl": "Uitleg", "en": "Hint"})], [item("b", when='a = "yes"')]
    )
    at = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 30))
    inserted = data.draw(
        st.one_of(st.text(max_size=5), st.sampled_from(["{", "[", ": ", "- ", "\n", "*", "&", "'", "!", "  "]))
    )
    questionnaire, found = examine(text[:at] + inserted + text[at + length :], file="poll.yaml")
    assert isinstance(questionnaire, Questionnaire) or any(each.severity is Severity.ERROR for each in found)
    assert all(isinstance(each, Finding) for each in found)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_no_text_crashes_the_reader(text: str) -> None:
    questionnaire, found = examine(text, file="poll.yaml")
    assert questionnaire is None
    assert found


def test_the_schema_knows_every_key_and_every_type() -> None:
    described = schema()
    definitions = described["$defs"]
    assert isinstance(definitions, dict)
    assert set(definitions["item"]["properties"]) == set(KEYS["item"])
    assert definitions["item"]["properties"]["type"] == {"enum": [str(each) for each in ItemType]}
    assert described["required"] == ["format", "name", "title", "introduction", "minutes", "pages"]
