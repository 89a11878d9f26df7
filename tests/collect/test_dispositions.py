"""From facts to the final disposition codes of AAPOR."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from django.test import Client

from peilstok.collect import dispositions, hands, scope
from peilstok.collect.answers import refuse
from peilstok.collect.dispositions import TABLE, Code, Facts, answered, code
from peilstok.collect.mail import messages
from peilstok.collect.models import Invitation, Message, Wave
from peilstok.collect.outcomes import Outcome
from peilstok.questionnaire import instantiated, read
from peilstok.questionnaire.model import Context
from peilstok.terms import ItemName, Missing, Value
from tests.collect import by_school, fielding
from tests.collect.by_school import LINDEN
from tests.collect.visiting import Visit
from tests.collect.visiting import answered as answers_all

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "methods" / "dispositions.md"

# The codes of AAPOR's Standard Definitions for internet surveys of specifically named persons, as listed by others
CASES = """
outcome       answered  mailed  reason       code
answered      1         yes     -            1.1
answered      81/100    yes     -            1.1
answered      80/100    yes     -            1.2
answered      50/100    no      -            1.2
answered      49/100    yes     -            2.12
answered      0         yes     -            2.12
refused       -         yes     -            2.111
opened        -         yes     -            2.1121
started       -         yes     -            2.12
not_opened    -         no      -            3.11
not_opened    -         yes     -            3.19
bounced       -         yes     -            3.30
out_of_scope  -         yes     merged       4.10
out_of_scope  1         yes     ended        4.10
out_of_scope  -         no      other_kind   4.10
out_of_scope  -         yes     double       4.81
out_of_scope  -         yes     other        4.90
"""
ROWS = [line.split() for line in CASES.strip().splitlines()[1:]]


@pytest.mark.parametrize(("outcome", "part", "mailed", "reason", "expected"), ROWS)
def test_facts_lead_to_one_code(outcome: str, part: str, mailed: str, reason: str, expected: str) -> None:
    answered = None if part == "-" else Fraction(part)
    facts = Facts(Outcome(outcome), answered, mailed == "yes", "" if reason == "-" else reason)
    assert code(facts) == expected


def test_every_code_outcome_and_reason_has_a_case() -> None:
    assert {row[-1] for row in ROWS} == set(Code) == {each for each, _, _ in TABLE}
    assert {row[0] for row in ROWS} == set(Outcome)
    assert {row[3] for row in ROWS} - {"-"} == set(Invitation.ScopeReason.values)


def test_the_manual_has_the_table() -> None:
    assert dispositions.markdown() in MANUAL.read_text(encoding="utf-8")


def share(**given: Value) -> Fraction:
    """Of the questionnaire of `fielding`: pupils, in_care and lead must be answered, the rest may stay open."""
    seen = instantiated(read(fielding.QUESTIONNAIRE, file="q"), {}, Context())
    return answered(seen, {ItemName(name): value for name, value in given.items()})


def test_optional_questions_say_nothing_about_how_complete_an_answer_is() -> None:
    assert share(pupils=1, in_care=2, lead="school") == 1
    assert share(pupils=1, in_care=2, lead="school", remark="x", staff=3.5) == 1
    assert share(pupils=1, in_care=2, remark="x") == Fraction(2, 3)


def test_dont_know_is_an_answer_and_what_is_not_asked_does_not_apply() -> None:
    assert share(pupils=1, in_care=Missing.DONT_KNOW, lead=Missing.NOT_ANSWERED) == Fraction(2, 3)
    assert share(pupils=1, in_care=Missing.NOT_ASKED, lead=Missing.NOT_ASKED) == 1
    assert share(pupils=Missing.NOT_ASKED, in_care=Missing.NOT_ASKED, lead=Missing.NOT_ASKED) == 1


def test_a_wave_has_a_code_for_every_board(wave: Wave) -> None:
    messages.send_invitations(wave, fielding.DURING, by="command")
    Message.objects.update(state=Message.State.SENT, sent_at=fielding.DURING)
    answers_all(Client(), fielding.path_of(wave))
    refuse(invitation=fielding.invitation(wave, "99002"), moment=fielding.DURING)
    assert dispositions.of_wave(wave) == {
        "99001": Code.COMPLETE,
        "99002": Code.EXPLICIT_REFUSAL,
        "99003": Code.NOTHING_RETURNED,
        "99004": Code.NO_INVITATION,  # no address
    }
    hand = hands.at_telephone("user:1")
    refuse(invitation=fielding.invitation(wave, "99003"), moment=fielding.DURING, hand=hand)
    scope.exclude(invitation=fielding.invitation(wave), reason=scope.Reason.DOUBLE, by="user:1", moment=fielding.DURING)
    found = dispositions.of_wave(wave)
    assert (found["99001"], found["99003"]) == (Code.DUPLICATE, Code.EXPLICIT_REFUSAL)  # type: ignore[index]


def test_a_board_that_sent_without_one_of_its_schools_is_a_partial(db: None, at: object) -> None:
    wave = by_school.opened_wave()
    by_school.hand_over(wave, LINDEN)
    visit = Visit(Client()).open(fielding.path_of(wave)).send()
    visit.open(f"{fielding.path_of(wave)}vraag/care--s00bk/").send(in_care__s00bk="3").send().send(without="yes")
    # the list of schools and De Eiken answered, De Linden not: 2 of 3
    assert dispositions.of_wave(wave)["99001"] == Code.PARTIAL  # type: ignore[index]
