"""Which boards of the frame are asked after all, and what an officer notes about one: out of scope, or back again.

A board that turns out not to be one of those who are asked (it was merged, it has no schools any more) is counted
apart: not among the invited, not in the figures, not in the population that they are about. The frame itself stays.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from peilstok.audit import trail
from peilstok.collect import lookup, outcomes
from peilstok.collect.models import Invitation, Snapshot, Wave
from peilstok.collect.outcomes import Event, Outcome
from peilstok.errors import NotNow
from peilstok.register import frames
from peilstok.terms import RegisterRow

Reason = Invitation.ScopeReason


def rows(wave: Wave) -> tuple[RegisterRow, ...]:
    """The population: the boards of the frame that are in scope, as `frames.rows` gives them."""
    outside = Invitation.objects.filter(wave=wave, out_of_scope_at__isnull=False)
    numbers = set(outside.values_list("unit__organisation__number", flat=True))
    return tuple(row for row in frames.rows(wave.frame) if row["number"] not in numbers)


def exclude(*, invitation: Invitation, reason: Invitation.ScopeReason, by: str, moment: datetime) -> None:
    """Note that the board is out of scope. What it filled in is kept and does not count. Its link says so kindly.

    NotNow when the wave is frozen.
    """
    with transaction.atomic():
        locked = lookup.locked(invitation.pk).invitation
        _check_not_frozen(locked)
        if not outcomes.allowed(Outcome(locked.outcome), Event.EXCLUDE):
            raise NotNow(f"this board is {locked.outcome}: it cannot be out of scope")
        locked.out_of_scope_at, locked.scope_reason = locked.out_of_scope_at or moment, reason
        locked.save(update_fields=["out_of_scope_at", "scope_reason"])
        _record("invitation.exclude", locked, by, moment, {"invitation": locked.pk, "reason": str(reason)})


def reopen(*, invitation: Invitation, by: str, moment: datetime) -> Outcome:
    """Take back that it is out of scope, or that it refused; gives what that undid. The outcome follows from the rest.

    NotNow where there is nothing to undo, or when the wave is frozen.
    """
    with transaction.atomic():
        locked = lookup.locked(invitation.pk).invitation
        _check_not_frozen(locked)
        undone = outcomes.REOPENED[Outcome(locked.outcome)]
        if undone is None:
            raise NotNow(f"this board is {locked.outcome}: there is nothing to reopen")
        fields = [f"{undone}_at"]
        setattr(locked, fields[0], None)
        if undone is Outcome.OUT_OF_SCOPE:
            locked.scope_reason = ""
            fields.append("scope_reason")
        locked.save(update_fields=fields)
        _record("invitation.reopen", locked, by, moment, {"invitation": locked.pk, "undone": str(undone)})
    return undone


def _check_not_frozen(invitation: Invitation) -> None:
    """Who freezes holds the wave, and `lookup.locked` waited for that; the database would refuse it as well."""
    if Snapshot.objects.filter(wave=invitation.wave_id).exists():
        raise NotNow(f"{invitation.wave_id} is frozen: how it ended for a board stays")


def _record(act: str, invitation: Invitation, by: str, moment: datetime, details: dict[str, object]) -> None:
    trail.record(act=act, actor=by, subject=f"wave:{invitation.wave_id}", moment=moment, details=details)
