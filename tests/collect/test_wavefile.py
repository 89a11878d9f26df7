"""Reading a wave's file: all that is wrong at once, each with its line."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from peilstok.collect import findings
from peilstok.collect.faults import name_like
from peilstok.collect.wavefile import load, read, spec_of
from peilstok.errors import Refused
from tests.collect import fielding

ROOT = Path(__file__).resolve().parents[2]


def codes(text: str, questionnaire: str | None = fielding.QUESTIONNAIRE) -> list[tuple[str, int]]:
    def beside(name: str) -> str:
        if questionnaire is None:
            raise Refused([])
        return questionnaire

    with pytest.raises(Refused) as refused:
        read(text, file="wave.yaml", beside=beside)
    return [(finding.code, finding.place.line) for finding in refused.value.findings]


def test_a_sound_file_is_read() -> None:
    file = fielding.wave_file()
    assert file.spec.id == "wave-3"
    assert file.spec.closes.astimezone(UTC) == datetime(2020, 4, 6, 10, 0, tzinfo=UTC)
    assert file.questionnaire.minutes == 3
    assert file.spec.mail.subject.words["nl"] == "Hoeveel leerlingen vangt u op?"


@pytest.mark.parametrize(
    ("planned", "instead", "found"),
    [
        ("item: lead\n", "item: leed\n", r'the item "leed" \| did you mean lead\?'),
        ("is: youth_care\n", "is: youthcare\n", r'the option "youthcare" of the item "lead"'),
    ],
)
def test_a_plan_that_counts_what_is_never_asked_is_refused(planned: str, instead: str, found: str) -> None:
    wave = ROOT / "demo" / "2020" / "wave-3"

    def beside(name: str) -> str:
        text = (wave / name).read_text(encoding="utf-8")
        assert name != "plan.yaml" or planned in text
        return text.replace(planned, instead) if name == "plan.yaml" else text

    with pytest.raises(Refused, match=rf"W009 error plan.yaml {found}"):
        read((wave / "wave.yaml").read_text(encoding="utf-8"), file="wave.yaml", beside=beside)


@pytest.mark.parametrize("name", ["wave-1", "wave-2", "wave-3"])
def test_the_files_of_the_demo_are_sound(name: str) -> None:
    assert load(ROOT / "demo" / "2020" / name / "wave.yaml").spec.id == name


def test_all_faults_come_at_once_in_the_order_of_the_file() -> None:
    text = fielding.WAVE.replace("id: wave-3", "id: Wave 3").replace("date: 2020-04-06", "dat: 2020-04-06")
    text = text.replace("email: anna@raad.example", "email: anna").replace("  subject:", "  subjects:")
    assert codes(text) == [("W002", 1), ("W004", 3), ("W003", 5), ("W004", 10), ("W002", 11), ("W003", 12)]


DEMO = ROOT / "demo" / "2020" / "wave-3"


def test_what_is_wrong_in_the_wave_its_questionnaire_and_its_plan_comes_at_once() -> None:
    text = (DEMO / "wave.yaml").read_text(encoding="utf-8")
    for found, instead in (("id: wave-3", "id: Wave 4"), ("previous: wave-2", "previous: nope")):
        assert found in text
        text = text.replace(found, instead)
    text = re.sub(r"(?m)^closes: \S+", "closes: 2020-01-01T12:00:00+02:00", text)
    asked = (DEMO / "questionnaire.yaml").read_text(encoding="utf-8").replace("type: number", "type: numbr", 1)
    planned = (DEMO / "plan.yaml").read_text(encoding="utf-8").replace("item: lead\n", "item: leed\n", 1)
    files = {"questionnaire.yaml": re.sub(r"(?m)when: .*$", "when: nope > 0", asked, count=1), "plan.yaml": planned}
    with pytest.raises(Refused) as refused:
        read(text, file="wave.yaml", beside=files.__getitem__, waves={"wave-2": date(2020, 3, 30)})
    told = [(finding.code, finding.place.file) for finding in refused.value.findings]
    wave, questions, plan = "wave.yaml", "questionnaire.yaml", "plan.yaml"
    assert told == [
        ("W004", wave), ("W008", wave), ("W007", wave),
        ("Q040", questions), ("Q051", questions),
        ("W010", plan), ("W009", plan),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "code", "expected"),
    [
        ("id: Wave 3", "W004", "lower-case letters, digits and hyphens, 40 at most, such as wave-3"),
        ("id: '!'", "W004", "lower-case letters, digits and hyphens, 40 at most, such as wave-3"),
        ("format: peilstok/wave/2", "W004", "'peilstok/wave/1'"),
        ("date: 6 april 2020", "W004", "a day, such as 2020-04-06"),
        ("date: 2020-04-31", "W004", "a day, such as 2020-04-06"),
        ("date: 2020-04-06T12:00:00+02:00", "W004", "a day, such as 2020-04-06"),
        ("date: [2020, 4, 6]", "W004", "a day, such as 2020-04-06"),
        ("opens: gisteren", "W004", "a moment with its zone, such as 2020-04-06T12:00:00+02:00"),
        ("opens: 2020-04-02T09:00:00", "W004", "a moment with its zone, such as 2020-04-06T12:00:00+02:00"),
        ("opens: {at: 9}", "W004", "a moment with its zone, such as 2020-04-06T12:00:00+02:00"),
        ("seen_by: De raad", "W004", "keys of its own: nl, en"),
        ("seen_by: {nl: De raad., en: ''}", "W004", "a text"),
        ("seen_by: {nl: De raad., en: [The council]}", "W004", "a text"),
        (f"title: {{nl: Derde, en: {'x' * 201}}}", "W004", "at most 200 characters"),
        ("contact: {name: Anna, email: anna, phone: 0}", "W004", "an e-mail address"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_what_would_be_right_in_words_of_a_person(
    written: str, code: str, expected: str
) -> None:
    key = written.partition(":")[0]
    text = re.sub(rf"(?m)^{key}:.*$", written, fielding.WAVE)
    with pytest.raises(Refused) as refused:
        spec_of(text, file="wave.yaml")
    assert [(each.code, each.expected) for each in refused.value.findings] == [(code, expected)]


@pytest.mark.parametrize(
    ("waves", "expected"),
    [
        ({}, "no such line: there is no wave before it"),
        ({"wave-2": date(2020, 4, 6)}, "no such line: there is no wave before it"),
        ({"wave-1": date(2020, 3, 17)}, "a wave before it: wave-1"),
    ],
)
def test_a_wave_before_it_that_is_not_there_or_not_before_is_told_at_its_line(
    waves: dict[str, date], expected: str
) -> None:
    text = fielding.WAVE.replace("date: 2020-04-06\n", "date: 2020-04-06\nprevious: wave-2\n")
    with pytest.raises(Refused) as refused:
        read(text, file="wave.yaml", beside=lambda _: fielding.QUESTIONNAIRE, waves=waves)
    (found,) = refused.value.findings
    assert (found.code, found.place.line, found.found, found.expected) == ("W008", 6, "previous: wave-2", expected)


@pytest.mark.parametrize("written", ["wave-3", "Wave 3", " wave 3! "])
def test_a_plan_is_of_the_wave_whose_id_was_probably_meant(written: str) -> None:
    assert name_like(written) == "wave-3"


def test_a_slip_in_a_key_is_recognised() -> None:
    with pytest.raises(Refused, match=r"W003 error wave.yaml:11:1 mial \| did you mean mail\?"):
        spec_of(fielding.WAVE.replace("mail:\n", "mial:\n"), file="wave.yaml")


def test_a_key_that_stands_there_twice_is_told() -> None:
    assert codes(fielding.WAVE + "id: wave-4\n") == [("W005", 14)]


def test_a_wave_that_closes_when_it_opens_is_refused() -> None:
    assert codes(fielding.WAVE.replace("closes: 2020-04-06T12", "closes: 2020-04-02T09")) == [("W007", 8)]


def test_a_time_without_its_zone_is_refused() -> None:
    assert codes(fielding.WAVE.replace("opens: 2020-04-02T09:00:00+02:00", "opens: 2020-04-02T09:00:00")) == [
        ("W004", 7)
    ]


def test_a_line_break_in_a_subject_is_refused() -> None:
    text = fielding.WAVE.replace('nl: "Hoeveel leerlingen vangt u op?", en', 'nl: "Een\\nBcc: carla@ver.example", en')
    assert codes(text) == [("W004", 12)]


def test_a_questionnaire_that_is_not_there_is_told_at_the_line_that_names_it() -> None:
    assert codes(fielding.WAVE, questionnaire=None) == [("W006", 6)]


def test_faults_in_the_questionnaire_come_along() -> None:
    found = codes(fielding.WAVE, questionnaire=fielding.QUESTIONNAIRE.replace("type: number", "type: numbr"))
    assert {code[0] for code, _ in found} == {"Q"}


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b", "a: [", "a: \x00", "x: &a [*a]"])
def test_what_is_no_wave_file_at_all_is_refused_kindly(text: str) -> None:
    assert codes(text)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="W001"):
        load(tmp_path / "wave.yaml")


def test_the_manual_lists_every_code() -> None:
    assert findings.table() in (ROOT / "docs" / "formats" / "wave.md").read_text()
