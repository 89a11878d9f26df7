"""The report of nonresponse as an officer reads it, in both languages, and as a program does."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from peilstok.estimate import Plan, Wave, wave
from peilstok.estimate.nonresponse import Report, report
from peilstok.estimate.responsereport import as_json, as_text
from peilstok.terms import FigureName, Words
from tests.estimate.boards import WORDS, answers, board, numbered, plan

OPEN = "base: boards, label: {nl: school open, en: school open}"
FIGURES = f"""\
answered: {{kind: count, base: boards, label: {{nl: iets, en: something}}}}
open: {{kind: share, item: open, is: yes, {OPEN}, domains: [without_vso]}}
hours: {{kind: mean, of: hours, unit: number, {WORDS}}}
"""


def planned() -> Plan:
    return plan(FIGURES, more="weighting: {pupils: [500], at_least: 3}\n")


def polled() -> Wave:
    """Twenty boards, small and large in turn, every third with a special school; eight of them answered."""
    frame = [board(k, 1000 if k % 2 else 300, special=k % 3 == 0) for k in range(1, 21)]
    said = numbered(["yes", "yes", "yes", "no", "no", "yes", "no", "yes"])
    return wave(frame=frame, answers=answers(open=said, hours=dict.fromkeys(said, 4)))


def reported() -> Report:
    return report(planned(), polled())


def lines(text: str) -> list[str]:
    """Without the spaces that put numbers below each other."""
    return [re.sub(r" {2,}", " | ", line.strip()) for line in text.splitlines()]


def test_it_begins_with_who_answered_by_all_that_the_register_knows() -> None:
    told = lines(as_text(reported(), "en", title="wave-3, 2020-04-06"))
    assert told[0] == "wave-3, 2020-04-06"
    assert told[2:11] == [
        "Who answered | boards | answered | percent | of pupils",
        "all boards | 20 | 8 | 40.0 | 40.0",
        "size (pupils)",
        "1: 0-499 | 10 | 4 | 40.0 | 40.0",
        "2: 500+ | 10 | 4 | 40.0 | 40.0",
        "special school",
        "no | 14 | 6 | 42.9 | 42.9",  # 3,900 of 9,100 pupils
        "yes | 6 | 2 | 33.3 | 33.3",  # 1,300 of 3,900
        "",
    ]


def test_it_reads_in_dutch_with_the_names_of_variables_and_classes() -> None:
    told = lines(as_text(reported(), "nl", title="meting"))
    assert "alle besturen | 20 | 8 | 40,0 | 40,0" in told
    assert {"grootte (leerlingen)", "school voor (v)so", "ja | 6 | 2 | 33,3 | 33,3"} <= set(told)
    assert "Zonder tabel" in told
    assert "answered: geteld bij de besturen die antwoordden" in told
    assert not re.search(r"\b(boards|pupils|answer|if this)\b", "\n".join(told))


def test_every_figure_has_its_table_from_as_answered_to_no_assumption_at_all() -> None:
    found = reported()
    told = as_text(found, "en", title="wave-3")
    assert [each.name for each in found.figures] == ["open", "open.without_vso", "hours"]
    assert told.count("Boards that did not answer are on average like boards that did.") == 3
    assert told.count("Nothing is assumed about boards that did not answer.") == 3
    assert "Nothing is assumed about boards that did not answer. (such an amount has no largest value)" in told
    assert "school open (n = 8 / 20)" in told


def test_a_share_says_how_unlike_the_others_have_to_be_for_another_majority() -> None:
    found = reported()
    [turning] = [each.turning_point for each in found.figures if each.name == "open"]
    told = as_text(found, "en", title="wave-3")
    assert f"On the other side of 50 percent if they differ by {turning:.1f} points" in told
    assert told.count("On the other side") == 2  # of both shares, and not of the hours


def test_a_rare_share_says_nothing_of_majorities() -> None:
    found = reported()
    rare = replace(found, figures=tuple(replace(each, turning_point=63.8) for each in found.figures))
    assert "On the other side" not in as_text(rare, "en", title="wave-3")


def test_reasons_are_told_in_dutch() -> None:
    found = as_text(reported(), "nl", title="meting")
    assert "(zo'n bedrag of aantal heeft geen grootste waarde)" in found
    alone = report(planned(), wave(frame=polled().frame, answers=answers(open={1: "yes"}, hours={1: 4})))
    assert "(minder dan twee besturen beantwoordden het)" in as_text(alone, "nl", title="meting")
    assert "(grootte (leerlingen): niemand van" not in as_text(alone, "en", title="wave")


def test_where_chances_to_answer_cannot_be_estimated_there_is_no_indicator_and_all_else_stays() -> None:
    found = report(planned(), wave(frame=[board(1, 300)], answers=answers(open={1: "yes"}, hours={1: 4})))
    assert found.representativity is None
    assert found.partials == ()
    told = as_text(found, "en", title="wave-3")
    assert "No R-indicator: chances to answer need a frame of two units at least" in told
    assert "school open (n = 1 / 1)" in told
    assert "Geen R-indicator: er zijn te weinig besturen" in as_text(found, "nl", title="meting")
    assert as_json(found)["representativity"] is None


def test_of_a_figure_that_may_not_be_shown_only_the_reason_is_told() -> None:
    reason = Words(nl="berust op te weinig besturen", en="rests on too few boards")
    found = reported().without({FigureName("open"): reason, FigureName("answered"): reason})
    assert [each.name for each in found.figures] == ["open.without_vso", "hours"]
    assert found.left_out == {}
    assert "open: rests on too few boards" in lines(as_text(found, "en", title="wave-3"))
    assert "open: berust op te weinig besturen" in lines(as_text(found, "nl", title="meting"))
    assert as_json(found)["withheld"] == {name: {"nl": reason.nl, "en": reason.en} for name in ("open", "answered")}


def test_a_program_gets_full_digits_both_languages_and_null_for_what_is_not_defined() -> None:
    found = reported()
    told = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert [each["variable"] for each in told["coverage"]] == [
        None,
        {"nl": "grootte (leerlingen)", "en": "size (pupils)"},
        {"nl": "school voor (v)so", "en": "special school"},
    ]
    assert told["coverage"][2]["classes"][0]["percent_of_units"] == pytest.approx(100 * 6 / 14)
    assert found.representativity is not None
    assert told["representativity"]["indicator"] == found.representativity.indicator
    [hours] = [each for each in told["figures"] if each["name"] == "hours"]
    assert hours["rows"][-1]["low"] is None
    assert hours["label"] == {"nl": "iets", "en": "something"}
    assert told["left_out"] == {"answered": "counted at the boards that answered"}


def test_sizes_are_written_as_the_language_writes_them() -> None:
    found = reported()
    large = replace(found.coverage[""][0], label="2: 2,000-14,999")
    for language, wanted in (("nl", "2: 2.000-14.999 | 20"), ("en", "2: 2,000-14,999 | 20")):
        told = as_text(replace(found, coverage={"size (pupils)": (large,)}), language, title="wave-3")  # type: ignore[arg-type]
        assert any(line.startswith(wanted) for line in lines(told))


def test_a_coverage_without_pupils_is_a_dash() -> None:
    found = reported()
    nobody = replace(found.coverage[""][0], pupils=0.0, pupils_answered=0.0)
    told = lines(as_text(replace(found, coverage={"": (nobody,)}), "en", title="wave-3"))
    assert "all boards | 20 | 8 | 40.0 | -" in told
