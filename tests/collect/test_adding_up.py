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

from peilstok.collect import answers, calls, counting, respondents, saving, scope, snapshots, waves
from peilstok.collect.mail import failures, messages
from peilstok.collect.models import Invitation, Message, Wave
from peilstok.collect.outcomes import INVITED, Outcome
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
    """Its mail server says that there is no such address."""
    message = Message.objects.filter(invitation=invitation).select_related("contact", "invitation__wave").first()
    if message is None:
        raise NotNow("no mail has gone to this board")
    failures.address_failed(message, moment)


def exclude(invitation: Invitation, moment: datetime) -> None:
    scope.exclude(invitation=invitation, reason=Invitation.ScopeReason.MERGED, by="user:1", moment=moment)


def reopen(invitation: Invitation, moment: datetime) -> None:
    scope.reopen(invitation=invitation, by="user:1", moment=moment)


def opened(wave: Wave) -> Wave:
    """With a mail to every board that has an address."""
    wave = waves.open_wave(wave=wave, by="command", moment=fielding.OPENS)
    messages.send_invitations(wave, fielding.OPENS, by="command")
    Message.objects.filter(invitation__wave=wave).update(
        state="sent", claimed_at=fielding.OPENS, sent_at=fielding.OPENS
    )
    return wave


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
    "exclude": exclude,
    "reopen": reopen,
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
    wave = opened(fielding.draft_wave(WAVE))
    moment, ended = fielding.OPENS, dict[str, Outcome]()
    for number, act, hours in happened:
        moment += timedelta(hours=hours)
        with suppress(NotNow), transaction.atomic():
            ACTS[act](fielding.invitation(wave, number), moment)
            if act in ("exclude", "reopen"):  # an officer decides so, also after closing, until it is frozen
                ended.pop(number, None)
        holds(Wave.objects.get(pk=wave.pk), moment, ended)
    transaction.savepoint_rollback(point)


def holds(wave: Wave, moment: datetime, ended: dict[str, Outcome]) -> None:
    """Everything adds up; and from closing on nothing but an officer or a mail that came back changes how it ended."""
    made = progress(wave, moment)
    counts, curve = made.counts, made.curve
    assert counts.invited == sum(counts.by_outcome.values()) == 4 - counts.out_of_scope
    told = counts.as_json()
    assert told["invited"] == sum(int(str(told[each])) for each in INVITED)
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
        ("refused on the telephone", Outcome.REFUSED), ("exclude", Outcome.OUT_OF_SCOPE),
    ],
)  # fmt: skip
def test_each_of_these_acts_does_what_it_says(at: object, act: str, outcome: Outcome) -> None:
    wave = opened(fielding.draft_wave())
    if act == "start":
        ACTS["open"](fielding.invitation(wave), fielding.DURING)
    ACTS[act](fielding.invitation(wave), fielding.DURING)
    assert fielding.invitation(wave).outcome == outcome
    if outcome in (Outcome.REFUSED, Outcome.OUT_OF_SCOPE):
        reopen(fielding.invitation(wave), fielding.DURING)
        assert fielding.invitation(wave).outcome not in (Outcome.REFUSED, Outcome.OUT_OF_SCOPE)
