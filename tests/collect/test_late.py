"""Officer 4: a wave closes at a time; answers that come later are kept apart, and the database sees to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from peilstok.audit.models import Entry
from peilstok.collect import answers, counting, respondents, scope, seals, waves
from peilstok.collect.models import Invitation, Revision, Wave
from peilstok.collect.outcomes import Outcome
from peilstok.errors import NotNow, Refused
from peilstok.terms import ItemName, UnitId
from tests.collect import fielding
from tests.collect.test_seals import behind_its_back
from tests.collect.visiting import Visit, answered

Clock = Callable[[datetime], None]

UNTIL = fielding.CLOSES + timedelta(days=2)
LATE = fielding.CLOSES + timedelta(hours=5)
WAVE = fielding.WAVE + f"late_until: {UNTIL.isoformat()}\n"


@pytest.fixture
def wave(db: None, at: Clock) -> Wave:
    """An open wave that takes late answers for two days."""
    return waves.open_wave(wave=fielding.draft_wave(WAVE), by="command", moment=fielding.OPENS)


def late_answer(wave: Wave, at: Clock, number: str = "99001", *, closed: bool = True, in_care: int = 40) -> Visit:
    if closed and wave.invitations.filter(wave__state="open").exists():
        waves.close_due_waves(by="job:close_due_waves", moment=fielding.CLOSES)
    at(LATE)
    return answered(Client(), fielding.path_of(wave, number), in_care=in_care)


@pytest.mark.parametrize("closed", [True, False], ids=["closed by the job", "the job has not been yet"])
def test_a_late_answer_is_kept_and_counts_nowhere(wave: Wave, at: Clock, closed: bool) -> None:
    visit = late_answer(wave, at, closed=closed)
    assert "Ze worden apart bewaard en tellen niet mee in de cijfers." in visit.html
    revision = Revision.objects.get()
    assert (revision.late, revision.counted["in_care"], revision.confirmed_at) == (True, 40, LATE)
    assert counting.confirmed_answers(wave) == {}
    invitation = fielding.invitation(wave)
    assert (invitation.outcome, invitation.answered_at, invitation.late_at) == (Outcome.NOT_OPENED, None, LATE)
    assert Entry.objects.get(act="answer.confirm").details["late"] is True
    assert list(seals.differences(wave=wave)) == []


def test_a_board_is_told_before_it_answers_late_that_it_will_not_count(wave: Wave, client: Client, at: Clock) -> None:
    at(LATE)
    first = Visit(client).open(fielding.path_of(wave))
    said = "Deze peiling sloot op maandag 6 april 2020 om 12.00 uur. U kunt nog antwoorden tot woensdag 8 april 2020"
    assert first.status == 200
    assert said in first.html
    assert "Wij doen niet mee" not in first.html
    check = first.send().send(in_care=40, lead="school").send()
    assert said in check.html
    assert "U kunt uw antwoorden verbeteren tot" not in check.html


def test_the_trail_tells_when_a_late_answer_is_made_one_in_time_and_the_other_way_round(wave: Wave, at: Clock) -> None:
    answered(Client(), fielding.path_of(wave, "99002"))
    late_answer(wave, at)
    behind_its_back("collect_revision", "UPDATE collect_revision SET late = NOT late")
    one, other = Revision.objects.order_by("number", "pk")
    found = [each.partition(": ")[2] for each in seals.differences(wave=wave)]
    assert sorted(found) == sorted(
        [f"answers {one.reference} came in time, not late", f"answers {other.reference} came late, not in time"]
    )


def test_last_time_is_what_counted_then_and_no_late_answer(wave: Wave, client: Client, at: Clock) -> None:
    answered(client, fielding.path_of(wave), in_care=12)
    waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)
    at(LATE)
    Visit(client).open(f"{fielding.path_of(wave)}vraag/care/?terug=controle").send(in_care=55).send()
    late_answer(wave, at, "99002")
    assert Revision.objects.filter(late=True).count() == 2
    beside = {number: last_time(fielding.invitation(the_next(wave), number)) for number in ("99001", "99002")}
    assert beside == {"99001": 12, "99002": None}


def test_what_a_board_said_before_it_was_found_out_of_scope_is_not_last_time(wave: Wave, client: Client) -> None:
    answered(client, fielding.path_of(wave), in_care=12)
    reason = scope.Reason.DOUBLE
    scope.exclude(invitation=fielding.invitation(wave), reason=reason, by="user:1", moment=fielding.DURING)
    assert last_time(fielding.invitation(the_next(wave))) is None


def the_next(wave: Wave) -> Wave:
    text = fielding.WAVE.replace("id: wave-3", "id: wave-4\nprevious: wave-3").replace("2020-04-06", "2020-04-20")
    later = Wave.objects.filter(pk="wave-4").first()
    return later or waves.open_wave(
        wave=waves.create_wave(file=fielding.wave_file(text), frame=wave.frame, by="command", moment=LATE),
        by="command",
        moment=LATE,
    )


def last_time(invitation: Invitation) -> object:
    return respondents.of(invitation).context.previous.get(ItemName("in_care"))


def test_in_time_nothing_is_said_about_late_answers(wave: Wave, client: Client) -> None:
    assert "nog antwoorden tot" not in Visit(client).open(fielding.path_of(wave)).html


def test_a_correction_after_closing_leaves_the_answer_in_time_counting(wave: Wave, client: Client, at: Clock) -> None:
    visit = answered(client, fielding.path_of(wave), in_care=40)
    waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)
    at(LATE)
    visit.open(f"{fielding.path_of(wave)}vraag/care/?terug=controle").send(in_care=55).send()
    assert "Wat uw bestuur op vrijdag 3 april 2020 om 10.30 uur verstuurde, blijft tellen." in visit.html
    assert counting.confirmed_answers(wave)[UnitId("99001")]["in_care"] == 40
    assert [each.late for each in Revision.objects.order_by("number")] == [False, True]
    invitation = fielding.invitation(wave)
    assert (invitation.outcome, invitation.answered_at) == (Outcome.ANSWERED, fielding.DURING)


def test_just_before_the_end_a_late_answer_is_taken_and_at_the_end_it_is_not(
    wave: Wave, client: Client, at: Clock
) -> None:
    at(LATE)
    visit = Visit(client).open(fielding.path_of(wave)).send().send(in_care=40, lead="school").send()
    sent = visit.as_sent()
    at(UNTIL)
    assert client.post(visit.url, sent).status_code == 410
    assert not Revision.objects.exists()
    at(UNTIL - timedelta(seconds=1))
    assert client.post(visit.url, sent).status_code == 303
    assert Revision.objects.get().late


def test_without_late_until_nothing_is_taken_after_closing(db: None, client: Client, at: Clock) -> None:
    wave = fielding.opened_wave()
    at(LATE)
    assert Visit(client).open(fielding.path_of(wave)).status == 410


def test_after_closing_a_board_cannot_refuse_and_its_outcome_stays(wave: Wave, client: Client, at: Clock) -> None:
    waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)
    with pytest.raises(NotNow, match="how it ended for it stays"):
        answers.refuse(invitation=fielding.invitation(wave), moment=LATE)
    at(LATE)
    Visit(client).open(fielding.path_of(wave)).send()
    assert fielding.invitation(wave).outcome == Outcome.NOT_OPENED


@pytest.mark.parametrize(
    ("confirmed", "late", "closed"),
    [(LATE, False, False), (LATE, False, True), (fielding.DURING, True, False), (UNTIL, True, True)],
)
def test_the_database_refuses_a_revision_on_the_wrong_side_of_closing(
    wave: Wave, confirmed: datetime, late: bool, closed: bool
) -> None:
    if closed:
        waves.close_wave(wave=wave, by="command", moment=fielding.CLOSES)
    with pytest.raises(DatabaseError, match=r"is late when wave-3|takes no late answers"), transaction.atomic():
        Revision.objects.create(
            invitation=fielding.invitation(wave), number=1, draft_version=1, reference="X", answers={}, counted={},
            prefilled={}, questionnaire_fingerprint="f" * 64, confirmed_at=confirmed, late=late,
        )  # fmt: skip


def test_the_database_refuses_that_a_board_answered_after_closing(wave: Wave) -> None:
    with pytest.raises(DatabaseError, match="had closed"), transaction.atomic():
        Invitation.objects.filter(wave=wave).update(answered_at=fielding.CLOSES)
    waves.close_wave(wave=wave, by="command", moment=fielding.DURING)
    with pytest.raises(DatabaseError, match="had closed"), transaction.atomic():
        Invitation.objects.filter(wave=wave).update(answered_at=fielding.OPENS)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"late_until: {fielding.CLOSES.isoformat()}", "W013 error wave.yaml:14:1 "),
        (
            f"late_until: {UNTIL.isoformat()}\nretention: {{addresses: 1}}",
            r"W014 .* before the links are removed, 1 days",
        ),
        ("late_until: tomorrow", "W004 .* a moment with its zone"),
        ("retention: {addresses: soon}", r"W004 .*retention.addresses: 'soon' \| a whole number"),
        ("retention: {addresses: 0}", r"W004 .* 1 or more"),
        ("retention: {adresses: 3}", r"W003 .* did you mean addresses"),
        ("ready_when: {}", "W004 .* half_width or coverage, or both"),
        ("ready_when: {half_width: 0}", "W004 .* more than 0"),
        ("ready_when: {half_widht: 5}", "W003 .* did you mean half_width"),
    ],
)
def test_what_is_wrong_about_late_answers_readiness_and_keeping_is_said_with_its_line(line: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        fielding.wave_file(f"{fielding.WAVE}{line}\n")
