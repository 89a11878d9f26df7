"""Officer 2: the monitor adds up, whatever boards, officers, mail servers and the clock do, in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as quick
from hypothesis import strategies as some

from peilstok.collect import answers, calls, counting, respondents, saving, snapshots, waves
from peilstok.collect.models import Invitation, Wave
from peilstok.collect.outcomes import Outcome
from peilstok.collect.phonelist import Result
from peilstok.collect.progress import progress
from peilstok.errors import NotNow
from tests.collect import fielding

NUMBERS = [number for number, *_ in fielding.BOARDS]
UNTIL = fielding.CLOSES + timedelta(days=1)
WAVE = fielding.WAVE + f"late_until: {UNTIL.isoformat()}\n"
ANSWERS = {"board": {"pupils": ["200"]}, "care": {"in_care": ["5"], "lead": ["school"]}, "more": {"remark": [""]}}


def save(invitation: Invitation, page: str, moment: datetime) -> None:
    version = respondents.of(invitation).draft.version
    saving.save_page(
        invitation=invitation, page=page, typed=ANSWERS[page], version=version, form=f"{version}", language="nl",
        moment=moment,
    )  # fmt: skip


def confirm(invitation: Invitation, moment: datetime) -> None:
    for page in ANSWERS:
        save(Invitation.objects.get(pk=invitation.pk), page, moment)
    version = Invitation.objects.get(pk=invitation.pk).draft.version
    answers.confirm(
        invitation=invitation, version=version, moment=moment, says_right=["within", "much", "pupils", "in_care"]
    )


def bounce(invitation: Invitation, moment: datetime) -> None:
    """As the receipt of a mail server notes it (`mail/messages`)."""
    Invitation.objects.filter(pk=invitation.pk, bounced_at=None, wave__snapshot=None).update(bounced_at=moment)


def phone(invitation: Invitation, moment: datetime, result: Result) -> None:
    calls.note(invitation=invitation, number=invitation.calls.count() + 1, result=result, by="user:1", moment=moment)


def close(invitation: Invitation, moment: datetime) -> None:
    waves.close_wave(wave=invitation.wave, by="user:1", moment=moment)


def freeze(invitation: Invitation, moment: datetime) -> None:
    snapshots.freeze(wave=invitation.wave, by="user:1", moment=moment)


ACTS: dict[str, Callable[[Invitation, datetime], None]] = {
    "open": lambda invitation, moment: save(invitation, "board", moment),
    "start": lambda invitation, moment: save(invitation, "care", moment),
    "confirm": confirm,
    "refuse": lambda invitation, moment: answers.refuse(invitation=invitation, moment=moment),
    "bounce": bounce,
    "no reply": lambda invitation, moment: phone(invitation, moment, Result.NO_REPLY),
    "refused on the telephone": lambda invitation, moment: phone(invitation, moment, Result.REFUSED),
    "close": close,
    "freeze": freeze,
}

events = some.lists(
    some.tuples(some.sampled_from(NUMBERS), some.sampled_from(sorted(ACTS)), some.integers(1, 20)), max_size=14
)


@pytest.mark.django_db
@quick(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events)
def test_officer_2_invited_is_the_sum_of_the_outcomes_whatever_happens(
    at: Callable[[datetime], None], happened: list[tuple[str, str, int]]
) -> None:
    point = transaction.savepoint()
    wave = waves.open_wave(wave=fielding.draft_wave(WAVE), by="command", moment=fielding.OPENS)
    moment, ended = fielding.OPENS, dict[str, Outcome]()
    for number, act, hours in happened:
        moment += timedelta(hours=hours)
        with suppress(NotNow), transaction.atomic():
            ACTS[act](fielding.invitation(wave, number), moment)
        holds(Wave.objects.get(pk=wave.pk), moment, ended)
    transaction.savepoint_rollback(point)


def holds(wave: Wave, moment: datetime, ended: dict[str, Outcome]) -> None:
    """Everything adds up; and from closing on nothing but a mail that came back changes how it ended."""
    made = progress(wave, moment)
    counts, curve = made.counts, made.curve
    assert counts.invited == sum(counts.by_outcome.values()) == wave.invitations.count() == 4
    assert counts.answered == sum(each.answered for each in counts.by_size) == len(counting.confirmed_answers(wave))
    assert counts.answered == sum(each.answered for each in counts.by_region)
    assert counts.pupils_covered == sum(each.pupils_covered for each in counts.by_sector)
    assert curve is not None
    assert curve.before + sum(each.answers for each in curve.mailings) == counts.answered == curve.rows[-1].answered
    for board in made.boards:
        if not wave.takes_answers(moment):
            before = ended.setdefault(board.number, board.outcome)
            assert board.outcome in (before, Outcome.BOUNCED if before is Outcome.NOT_OPENED else before)
            ended[board.number] = board.outcome
    snapshot = snapshots.of(wave)
    if snapshot:
        assert snapshot.answered == counts.answered


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "outcome"),
    [
        ("open", Outcome.OPENED), ("start", Outcome.STARTED), ("confirm", Outcome.ANSWERED),
        ("refuse", Outcome.REFUSED), ("bounce", Outcome.BOUNCED), ("no reply", Outcome.NOT_OPENED),
        ("refused on the telephone", Outcome.REFUSED),
    ],
)  # fmt: skip
def test_each_of_these_acts_does_what_it_says(at: object, act: str, outcome: Outcome) -> None:
    wave = fielding.opened_wave()
    if act == "start":
        ACTS["open"](fielding.invitation(wave), fielding.DURING)
    ACTS[act](fielding.invitation(wave), fielding.DURING)
    assert fielding.invitation(wave).outcome == outcome
