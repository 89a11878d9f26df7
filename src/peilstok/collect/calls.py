"""Calling boards: the list of whom to call, and noting what came of it. Who comes first is `phonelist`'s.

A call is noted once, by whom and when; a second press of the same button adds nothing. A refusal at the telephone is
the refusal that the board's own page knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from peilstok.audit import trail
from peilstok.collect import answers, asked, contacts, hands, lookup
from peilstok.collect.asked import Asked
from peilstok.collect.contacts import Reached
from peilstok.collect.models import Call, Invitation, Wave
from peilstok.collect.outcomes import Outcome
from peilstok.collect.phonelist import Candidate, LastCall, Result, Turn, ordered
from peilstok.collect.readiness import Readiness
from peilstok.errors import NotNow

ENDED = {
    Outcome.ANSWERED: "has answered",
    Outcome.REFUSED: "has refused",
    Outcome.OUT_OF_SCOPE: "is out of scope",
}
"""Boards that need no call any more, and what to say of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of the list."""

    board: Asked
    candidate: Candidate
    turn: Turn
    reached: Reached | None


def listed(wave: Wave, *, boards: Iterable[Asked], readiness: Readiness, moment: datetime) -> tuple[Listed, ...]:
    """Every board in scope that has neither answered nor refused, whom to call first on top."""
    every = asked.in_scope(boards)
    missing = {each.number: each for each in every if each.outcome not in ENDED}
    last, pupils = _last_calls(wave), sum(each.pupils for each in every)
    candidates = [_candidate(each, readiness, pupils, last.get(each.invitation)) for each in missing.values()]
    reached = contacts.reached(each.organisation for each in missing.values())
    return tuple(
        Listed(board=board, candidate=each, turn=each.turn(moment), reached=reached.get(board.organisation))
        for each in ordered(candidates, moment)
        for board in (missing[each.number],)
    )


def _candidate(board: Asked, readiness: Readiness, pupils: int, last: LastCall | None) -> Candidate:
    outlook = readiness.outlook
    return Candidate(
        number=board.number,
        pupils=board.pupils,
        precision=readiness.gains[outlook.cell_of(board.pupils)] if outlook else 0.0,
        coverage=100 * board.pupils / pupils if pupils else 0.0,
        last=last,
    )


def _last_calls(wave: Wave) -> Mapping[int, LastCall]:
    """The latest call of every invitation that was called."""
    found = Call.objects.filter(invitation__wave=wave).order_by("invitation", "-number").distinct("invitation")
    rows = found.values_list("invitation_id", "number", "result", "called_at", "call_back_at")
    return {invitation: LastCall(number, Result(result), at, back) for invitation, number, result, at, back in rows}


def note(
    *,
    invitation: Invitation,
    number: int,
    result: Result,
    by: str,
    moment: datetime,
    call_back_at: datetime | None = None,
) -> Call:
    """Note what came of a call, the `number`th to this board as the caller saw it.

    The same again gives the call that is there. NotNow when the wave takes no answers any more, when the board has
    answered or refused, when a colleague noted another result meanwhile, or when the moment to call back has passed.
    """
    with transaction.atomic():
        locked = lookup.locked(invitation.pk).invitation
        there = locked.calls.filter(number=number).first()
        if there is not None and (there.result, there.call_back_at) == (result, call_back_at):
            return there
        _check(locked, number, result, call_back_at, moment)
        call = Call.objects.create(
            invitation=locked, number=number, result=result, call_back_at=call_back_at, called_at=moment, by=by
        )
        if result is Result.REFUSED:
            answers.refuse(invitation=locked, moment=moment, hand=hands.at_telephone(by))
        details = {"invitation": locked.pk, "call": number, "result": str(result)}
        trail.record(act="call.note", actor=by, subject=f"wave:{locked.wave_id}", moment=moment, details=details)
    return call


def _check(invitation: Invitation, number: int, result: Result, back: datetime | None, moment: datetime) -> None:
    if not invitation.wave.takes_answers(moment):
        raise NotNow(f"{invitation.wave_id} takes no answers any more: nobody is called")
    if Outcome(invitation.outcome) in ENDED:
        raise NotNow(f"{invitation.unit.name} {ENDED[Outcome(invitation.outcome)]} meanwhile")
    if number != invitation.calls.count() + 1:
        raise NotNow(f"somebody else noted a call to {invitation.unit.name} meanwhile")
    if (back is not None) != (result is Result.CALL_BACK) or (back is not None and back <= moment):
        raise NotNow("say when to call back: a moment that is still to come")
