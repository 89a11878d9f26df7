"""Every finding has a form or questionnaire that shows it, and stands in the manual."""

from __future__ import annotations

from pathlib import Path

import pytest

from peilstok.errors import Finding
from peilstok.questionnaire import read
from peilstok.questionnaire.wording import MISSING
from peilstok.questionnaire.xlsform import exported
from peilstok.questionnaire.xlsform.codes import CODES
from peilstok.questionnaire.xlsform.imports import INTRODUCTION, ITEMS_A_MINUTE, WHICH
from peilstok.questionnaire.xlsform.items import MESSAGE
from peilstok.terms import Missing
from tests.questionnaire.building import file, item
from tests.questionnaire.xlsform.building import NL, SETTINGS, YES_NO, Sheets, choice, form, group, q, taken

MANUAL = Path(__file__).resolve().parents[3] / "docs/formats/xlsform.md"
TIMES = {"type": "calculate", "name": "c", "calculation": "2 * ${a}"}

FORMS: dict[str, Sheets] = {
    "X001": {"choices": YES_NO},
    "X002": form(q("text", "a"), q("text", "a")),
    "X003": form(q("geopoint", "a")),
    "X004": form(q("select_one yn", "a", choice_filter="of = 'x'"), choices=[{**each, "of": "x"} for each in YES_NO]),
    "X005": form(q("integer", "a"), q("text", "b", relevant="${a} >")),
    "X006": form(q("text", "a", constraint="regex(., '[a-z]+')")),
    "X007": form(q("start", "a"), q("text", "b", relevant="${a} != ''")),
    "X008": form(q("text", "a"), q("text", "b", relevant="${a} > 3")),
    "X009": form(q("text", "a", relevant="${b} = 'x'"), q("text", "b")),
    "X010": form(q("select_one yn", "a"), choices=YES_NO[:1]),
    "X011": form({"type": "text", "name": "a"}),
    "X012": form(*group("g", *group("h", q("text", "a"), begin="repeat"), begin="repeat")),
    "X013": form(q("text", "a"), *group("g", q("text", "b"), **{NL: "Over ${a}"})),
    "X014": form(q("start", "a")),
    "X019": form(*[{**q("note", f"a{number}"), NL: "lang " * 700} for number in range(80)]),
    "X020": form({"type": "text", "name": "a", "label": "Why?"}),
    "X021": form(q("text", "a", **{"label::French (fr)": "Pourquoi ?"})),
    "X022": form(q("integer", "a", default="x")),
    "X023": form(q("integer", "a"), TIMES),
    "X024": form(q("text", "a", **{"required_message::Dutch (nl)": "Vul in"})),
    "X030": form(q("text", "a"), q("deviceid", "b")),
    "X031": form(q("text", "A-1")),
    "X032": form(q("text", "a"), settings={key: text for key, text in SETTINGS.items() if key != "peilstok_minutes"}),
    "X033": form(q("integer", "a"), TIMES, q("text", "b", relevant="${c} > 3")),
    "X034": form(q("text", "a", appearance="numbers")),
    "X035": form(*group("g", q("text", "a"), begin="repeat", repeat_count="2")),
    "X036": form(q("select_one yn", "a"), choices=[*YES_NO, choice("yn", "dont_know")]),
    "X038": form(q("integer", "a")),
    "X039": form(q("select_one yn or_other", "a"), choices=YES_NO),
}
QUESTIONNAIRES = {
    "X050": file([item("a", when="register(pupils) > 1")]),
    "X051": file([item("a", prefill="register(pupils)")]),
    "X052": file([item("a")]),
}


def findings(code: str) -> tuple[Finding, ...]:
    if code in QUESTIONNAIRES:
        return exported(read(QUESTIONNAIRES[code], file="poll.yaml"), file="poll.yaml").findings
    return taken(FORMS[code]).findings


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_shown_by_an_example(code: str) -> None:
    found = [each for each in findings(code) if each.code == code]
    assert found
    assert all(str(each).startswith(f"{code} ") and " | " in str(each) for each in found)


@pytest.mark.parametrize("code", CODES)
def test_the_severity_is_the_one_that_the_table_says(code: str) -> None:
    said = CODES[code].lower()
    expected = "warning" if "warning:" in said else "info" if "info:" in said else "error"
    assert {str(each.severity) for each in findings(code) if each.code == code} == {expected}


def test_the_manual_has_the_codes_as_they_are() -> None:
    table = [line.split("|") for line in MANUAL.read_text().splitlines() if line.startswith("| X")]
    listed = {row[1].strip(): row[2].strip() for row in table if row[1].strip() in CODES}
    assert listed == CODES


def test_the_manual_has_the_defaults_as_they_are() -> None:
    text = MANUAL.read_text()
    assert all(words in text for words in [*INTRODUCTION.values(), WHICH["nl"], *MESSAGE.values()])
    assert f"one for every {ITEMS_A_MINUTE} questions" in text


def test_the_missing_values_have_words_in_both_languages() -> None:
    for missing in (Missing.DONT_KNOW, Missing.NOT_APPLICABLE):
        assert MISSING[missing].nl != MISSING[missing].en
