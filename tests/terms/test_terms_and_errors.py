"""The values that all rooms share, and how a finding is told."""

from __future__ import annotations

import pytest

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.terms import Words


def finding(place: Place, found: str = 'item "q7" uses "q_5"', expected: str = 'did you mean "q5"?') -> Finding:
    return Finding("Q012", Severity.ERROR, place, found, expected)


def test_a_finding_is_one_line_with_code_severity_place_found_and_expected() -> None:
    line = str(finding(Place("poll.yaml", 42, 7)))
    assert line == 'Q012 error poll.yaml:42:7 item "q7" uses "q_5" | did you mean "q5"?'


def test_a_finding_stays_one_line_when_what_was_found_had_several() -> None:
    assert "\n" not in str(finding(Place("poll.yaml", 1), found="first\nsecond\t third"))


def test_a_place_without_a_known_line_is_the_file_alone() -> None:
    assert str(Place("poll.yaml")) == "poll.yaml"


@pytest.mark.parametrize(
    ("place", "column"),
    [
        (Place("a.csv"), 0),
        (Place("a.csv", 3), 1),
        (Place("a.csv", 3, 7), 7),
        (Place("a.csv", 3, "LEERLINGEN"), "LEERLINGEN"),
    ],
)
def test_a_program_is_told_the_column_that_a_person_reads(place: Place, column: int | str) -> None:
    assert finding(place).as_json()["column"] == column
    assert not place.line or str(finding(place)).split()[2].endswith(f":{column}")


def test_a_place_in_a_table_names_its_column() -> None:
    assert str(Place("sites.csv", 12, "LEERLINGEN")) == "sites.csv:12:LEERLINGEN"


def test_a_refusal_tells_every_finding() -> None:
    refused = Refused([finding(Place("a", 1)), finding(Place("b", 2))])
    assert str(refused).count("\n") == 1
    assert len(refused.findings) == 2


def test_a_text_is_given_in_the_language_asked_and_in_dutch_for_any_other() -> None:
    words = Words(nl="ronde", en="wave")
    assert (words["en"], words["nl"], words["de"]) == ("wave", "ronde", "ronde")


@pytest.mark.parametrize(("nl", "en"), [("", "wave"), ("ronde", "  ")])
def test_a_text_that_lacks_a_language_cannot_be_made(nl: str, en: str) -> None:
    with pytest.raises(ValueError, match="needs Dutch and English"):
        Words(nl=nl, en=en)
