"""The three questionnaires of spring 2020: what they ask, how they compare, and what they tell Bram."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from peilstok.questionnaire import (
    Change,
    Context,
    ItemType,
    Questionnaire,
    compare,
    counted,
    examine,
    findings_since,
    parse,
    path,
    prefilled,
    problems,
    progress,
    progress_words,
    read,
)
from peilstok.terms import ItemName, Missing, Value
from tests.questionnaire.building import a

DEMO = Path(__file__).resolve().parents[2] / "demo/2020"
NUMBERS = {"number", "decimal"}

# The names and options that the plans and the synthetic answers rely on.
ASKED: dict[str, dict[str, str]] = {
    "wave-1": {"pupils": "number", "pupils_in_care": "number", "pupils_expected": "number", "remark": "long_text"},
    "wave-2": {
        "pupils": "number",
        "pupils_in_care": "number",
        "pupils_expected": "number",
        "compared_with_last_week": "more same fewer",
        "care_locations": "all several one external_only none",
        "care_external": "yes no",
        "staff_on_site": "decimal",
        "vulnerable_pupils": "number",
        "municipal_care": "yes partly no unknown",
        "lead": "school municipality youth_care other nobody",
        "remark": "long_text",
    },
    "wave-3": {
        "pupils": "number",
        "pupils_in_care": "number",
        "in_care_critical_worker": "number",
        "in_care_vulnerable": "number",
        "expectation": "more same fewer",
        "vulnerable_pupils": "number",
        "care_forms": "on_site external one_to_one_home digital none",
        "vulnerable_in_view": "number",
        "municipal_care": "yes partly no unknown",
        "lead": "school municipality youth_care other nobody",
        "remark": "long_text",
    },
}
BRAM = Context(register={"pupils": 1200, "schools": 4, "has_special_school": False})


def wave(name: str) -> Questionnaire:
    file = DEMO / name / "questionnaire.yaml"
    return read(file.read_text(encoding="utf-8"), file=str(file))


def told(questionnaire: Questionnaire, context: Context = BRAM, **answers: Value) -> list[str]:
    """What Bram is told in Dutch, left open aside."""
    found = problems(questionnaire, a(**answers), context)
    return [problem.message.nl for problem in found if problem.code not in ("left_open", "required")]


@pytest.mark.parametrize("name", list(ASKED))
def test_a_questionnaire_of_the_demo_has_no_findings_and_the_items_agreed(name: str) -> None:
    file = DEMO / name / "questionnaire.yaml"
    questionnaire, findings = examine(file.read_text(encoding="utf-8"), file=str(file))
    assert findings == ()
    assert questionnaire is not None
    asked = {each.name: " ".join(each.option_names) or str(each.type) for each in questionnaire.items.values()}
    assert asked == ASKED[name]


@pytest.mark.parametrize("name", list(ASKED))
def test_pages_are_short_and_the_wave_says_who_sees_the_answers(name: str) -> None:
    questionnaire = wave(name)
    assert all(len(page.items) <= 4 for page in questionnaire.pages)
    seen_by = " ".join((DEMO / name / "wave.yaml").read_text(encoding="utf-8").split())
    assert "zien uw antwoorden" in seen_by
    assert "see your answers" in seen_by
    assert 1 <= questionnaire.minutes <= 5


@pytest.mark.parametrize("name", list(ASKED))
def test_pupils_are_filled_in_from_the_register(name: str) -> None:
    assert prefilled(wave(name), BRAM) == {"pupils": 1200}


@pytest.mark.parametrize("name", list(ASKED))
def test_no_figure_is_forced_where_the_board_may_not_know_it(name: str) -> None:
    for each in wave(name).items.values():
        can_do_without = each.dont_know or each.optional or "unknown" in each.option_names
        assert can_do_without or each.name == "pupils"


@pytest.mark.parametrize("shared", ["pupils", "pupils_in_care", "municipal_care", "lead"])
def test_what_is_compared_between_waves_is_worded_the_same(shared: str) -> None:
    versions = [wave(name).items.get(ItemName(shared)) for name in ASKED]
    assert len({version for version in versions if version is not None}) == 1


def test_vulnerable_pupils_are_worded_differently_so_they_are_not_compared() -> None:
    second, third = (wave(name).items[ItemName("vulnerable_pupils")] for name in ("wave-2", "wave-3"))
    assert second.hint != third.hint


# Of the files as they were before the format had declarations, which say nothing about what is asked.
ASKED_ALREADY = {
    "wave-1": "496705f83d3f0efa4e9aaa07ac82641bd80f7a835f71ba2e2784ff51e66b4cc5",
    "wave-2": "32034978253e4f5324dce88b5958320f4582fa50b8831efa435d3709cd45511d",
    "wave-3": "cbd2630ceeba61301120e441e3bef69bb780dad95b0a0931d7dc9c87b1046550",
}


@pytest.mark.parametrize("name", list(ASKED))
def test_without_its_declarations_a_questionnaire_has_the_fingerprint_that_it_always_had(name: str) -> None:
    asked = wave(name)
    bare = tuple(replace(page, items=tuple(replace(item, changed=None) for item in page.items)) for page in asked.pages)
    assert replace(asked, pages=bare).fingerprint == ASKED_ALREADY[name]
    assert (asked.fingerprint == ASKED_ALREADY[name]) is (name == "wave-1")


PAIRS = [("wave-1", "wave-2"), ("wave-2", "wave-3")]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_every_change_since_the_wave_before_is_declared_and_nothing_that_did_not_change(
    before: str, after: str
) -> None:
    file = DEMO / after / "questionnaire.yaml"
    text = file.read_text(encoding="utf-8")
    assert findings_since(wave(before), read(text, file=str(file)), text=text, file=str(file)) == ()


def test_what_changed_between_the_waves_is_known_by_hand() -> None:
    """Read side by side; items that are new or gone left aside."""
    changed = {
        (after, each.name): (each.changes, each.declared and each.declared.comparable)
        for before, after in PAIRS
        for each in compare(wave(before), wave(after))
        if each.before and each.after and each.changes != (Change.SAME,)
    }
    assert changed == {
        ("wave-2", "pupils_in_care"): ((Change.CHECKS,), None),  # a soft one, that looks at the wave before
        ("wave-2", "pupils_expected"): ((Change.WORDING,), True),
        ("wave-3", "vulnerable_pupils"): ((Change.WORDING,), False),
        ("wave-3", "remark"): ((Change.WORDING,), False),
    }


def test_what_the_plan_calls_a_break_the_questionnaire_declares_as_one() -> None:
    plan = yaml.safe_load((DEMO / "wave-3" / "plan.yaml").read_text(encoding="utf-8"))
    # The figure of external care was an item of its own, and is an option of `care_forms` since.
    asked = {"vulnerable": "vulnerable_pupils", "care_external": "care_forms"}
    declared = {each.name: each.declared for each in compare(wave("wave-2"), wave("wave-3"))}
    for each in plan["breaks"]:
        said = declared[ItemName(asked[each["figure"]])]
        assert said is not None
        assert not said.comparable


def test_the_third_wave_asks_who_is_in_view_only_where_there_are_vulnerable_pupils() -> None:
    third = wave("wave-3")
    in_view = ItemName("vulnerable_in_view")
    for vulnerable, expected in ((0, False), (1, True), (Missing.DONT_KNOW, False)):
        assert (in_view in path(third, a(vulnerable_pupils=vulnerable), BRAM).asked) is expected
    assert counted(third, a(vulnerable_pupils=0, vulnerable_in_view=5), BRAM)[in_view] is Missing.NOT_ASKED


def test_question_8_is_of_11_or_10_once_it_is_certain() -> None:
    third = wave("wave-3")
    shown = {
        (page.name, vulnerable): progress_words(now).nl
        for vulnerable in (0, 5)
        for page in third.pages
        if (now := progress(third, a(vulnerable_pupils=vulnerable), BRAM, page=page.name))
    }
    assert shown == {
        ("board", 0): "Vraag 1 van hoogstens 11",
        ("care", 0): "Vraag 2 tot en met 5 van hoogstens 11",
        ("vulnerable", 0): "Vraag 6 en 7 van hoogstens 11",
        ("reach", 0): "Vraag 8 tot en met 10 van 10",
        ("board", 5): "Vraag 1 van hoogstens 11",
        ("care", 5): "Vraag 2 tot en met 5 van hoogstens 11",
        ("vulnerable", 5): "Vraag 6 en 7 van hoogstens 11",
        ("reach", 5): "Vraag 8 tot en met 11 van 11",
    }


@pytest.mark.parametrize(("pupils", "asked"), [(1079, True), (1080, False), (1320, False), (1321, True)])
def test_a_number_of_pupils_far_from_the_register_is_asked_about(pupils: int, asked: bool) -> None:
    assert (told(wave("wave-1"), pupils=pupils) != []) is asked


def test_the_difference_with_the_register_is_told_with_both_numbers() -> None:
    (message,) = told(wave("wave-3"), pupils=1500)
    assert message == (
        "U vulde 1.500 leerlingen in; op 1 oktober 2019 waren het er 1.200. Dat scheelt meer dan 10 procent. "
        "Klopt uw aantal?"
    )


@pytest.mark.parametrize("name", list(ASKED))
def test_more_pupils_in_care_than_pupils_is_refused_with_the_numbers(name: str) -> None:
    assert told(wave(name), pupils=1200, pupils_in_care=16000) == [
        "U vulde 16.000 van uw 1.200 leerlingen in. Het kunnen er niet meer zijn dan u leerlingen hebt."
    ]
    (message,) = told(wave(name), pupils=1200, pupils_in_care=1200)
    assert message == (
        "U vulde 1.200 van uw 1.200 leerlingen in; dat is 100 procent. Dat is veel meer dan bij de meeste besturen. "
        "Klopt het?"
    )


@pytest.mark.parametrize(("in_care", "asked"), [(300, False), (301, True)])
def test_more_than_a_quarter_in_care_is_asked_about(in_care: int, asked: bool) -> None:
    assert (told(wave("wave-2"), pupils=1200, pupils_in_care=in_care) != []) is asked


def test_reasons_must_add_up_and_the_difference_is_named() -> None:
    third = wave("wave-3")
    wrong = {"pupils": 1200, "pupils_in_care": 120, "in_care_critical_worker": 100, "in_care_vulnerable": 30}
    assert told(third, **wrong) == ["Samen is dat 130, maar u vulde 120 in: 10 te veel."]
    assert told(third, **{**wrong, "in_care_vulnerable": 20}) == []
    assert told(third, **{**wrong, "in_care_vulnerable": Missing.DONT_KNOW}) == []


@pytest.mark.parametrize(("in_view", "refused"), [(60, False), (61, True)])
def test_no_more_can_be_in_view_than_are_vulnerable(in_view: int, refused: bool) -> None:
    found = told(wave("wave-3"), pupils=1200, vulnerable_pupils=60, vulnerable_in_view=in_view)
    assert (found != []) is refused


def test_a_special_school_may_call_all_its_pupils_vulnerable_and_another_is_asked() -> None:
    special = Context(register={"pupils": 80, "has_special_school": True})
    regular = Context(register={"pupils": 80, "has_special_school": False})
    assert told(wave("wave-3"), special, pupils=80, vulnerable_pupils=80) == []
    assert told(wave("wave-3"), regular, pupils=80, vulnerable_pupils=80) != []
    assert told(wave("wave-3"), regular, pupils=80, vulnerable_pupils=40) == []


def test_five_times_as_many_as_last_time_is_asked_about() -> None:
    before = Context(register={"pupils": 1200}, previous={ItemName("pupils_in_care"): 10})
    assert told(wave("wave-2"), before, pupils=1200, pupils_in_care=70) == []
    assert told(wave("wave-2"), before, pupils=1200, pupils_in_care=71) == [
        "U vulde 71 leerlingen in; de vorige keer waren het er 10. Klopt het?"
    ]


def test_staff_may_be_typed_with_a_percent_sign() -> None:
    staff = wave("wave-2").items[ItemName("staff_on_site")]
    assert [parse(staff, {"staff_on_site": [typed]}) for typed in ("17", "16,5 %", "16.5")] == [17, 16.5, 16.5]
    assert [staff.minimum, staff.maximum, staff.type] == [0, 100, ItemType.DECIMAL]


@pytest.mark.parametrize("name", list(ASKED))
def test_a_complete_answer_has_no_problems(name: str) -> None:
    answers = {
        "pupils": 1200,
        "pupils_in_care": 50,
        "pupils_expected": 60,
        "compared_with_last_week": "more",
        "care_locations": "several",
        "care_external": "no",
        "staff_on_site": 17.0,
        "vulnerable_pupils": 100,
        "municipal_care": "partly",
        "lead": "school",
        "in_care_critical_worker": 38,
        "in_care_vulnerable": 12,
        "expectation": "more",
        "care_forms": frozenset({"on_site", "digital"}),
        "vulnerable_in_view": 45,
    }
    assert problems(wave(name), a(**answers), BRAM) == ()
