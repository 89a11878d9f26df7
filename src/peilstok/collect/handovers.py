"""Handing parts over: to whom, taking them back, reminding, and how it stands for each.

Decides which acts a part's state allows (a table) and what is written down of them. A board hands over as many parts as
it likes in one write. What is in a part is `parts`; the mails are `mail.handed`; that somebody is done with a part goes
through `answers`, as it looks at what is filled in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef

from peilstok.audit import trail
from peilstok.collect import parts, respondents, tokens
from peilstok.collect.hands import Hand
from peilstok.collect.mail import handed
from peilstok.collect.models import HandedMail, Handover, Invitation
from peilstok.collect.parts import EVERYTHING, Part
from peilstok.collect.respondents import Respondent
from peilstok.errors import NotNow
from peilstok.terms import Language

State = Handover.State

MOST: Final = 1_000
"""So many parts one board can hand over in a wave, taken back ones too: a link must not be a source of mail."""

BETWEEN_REMINDERS: Final = timedelta(hours=12)
REMINDERS: Final = 4

TO_ONE: Final = 20
"""So many parts can go to one address within that time, taken back ones too: a link must not be a source of mail."""

UNDELIVERED: Final = (HandedMail.State.FAILED, HandedMail.State.CANCELLED, HandedMail.State.UNCERTAIN)


class Act(StrEnum):
    SAVE = "save"  # who has it saved something of it
    FINISH = "finish"  # ... or said that it is done
    TAKE_BACK = "take back"
    REMIND = "remind"


TRANSITIONS: Final[Mapping[tuple[Handover.State, Act], Handover.State | None]] = MappingProxyType(
    {
        (State.GIVEN, Act.SAVE): State.OPENED,
        (State.GIVEN, Act.FINISH): State.DONE,
        (State.GIVEN, Act.TAKE_BACK): State.TAKEN_BACK,
        (State.GIVEN, Act.REMIND): State.GIVEN,
        (State.OPENED, Act.SAVE): State.OPENED,
        (State.OPENED, Act.FINISH): State.DONE,
        (State.OPENED, Act.TAKE_BACK): State.TAKEN_BACK,
        (State.OPENED, Act.REMIND): State.OPENED,
        (State.DONE, Act.SAVE): State.OPENED,  # what was changed afterwards is to be called done again
        (State.DONE, Act.FINISH): State.DONE,
        (State.DONE, Act.TAKE_BACK): State.TAKEN_BACK,
        (State.DONE, Act.REMIND): None,
        (State.TAKEN_BACK, Act.SAVE): None,
        (State.TAKEN_BACK, Act.FINISH): None,
        (State.TAKEN_BACK, Act.TAKE_BACK): State.TAKEN_BACK,
        (State.TAKEN_BACK, Act.REMIND): None,
    }
)
"""What an act makes of a part's state; None where it is not allowed."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is to fill in a part. `label`: of an entry, what the board calls it."""

    part: Part
    name: str
    email: str
    label: str = ""
    language: Language = "nl"


def given(invitation: Invitation) -> tuple[Handover, ...]:
    """What is with others now, in the order in which it was handed over; `undelivered` says that a mail did not go out,
    or that nobody knows whether it did.
    """
    failed = HandedMail.objects.filter(handover=OuterRef("pk"), state__in=UNDELIVERED)
    there = Handover.objects.filter(invitation=invitation, taken_back_at=None)
    return tuple(there.annotate(undelivered=Exists(failed)).order_by("pk"))


def waiting(invitation: Invitation) -> tuple[Handover, ...]:
    """What is with others and not done."""
    return tuple(Handover.objects.filter(invitation=invitation, taken_back_at=None, done_at=None).order_by("pk"))


def hand_over(
    *,
    invitation: Invitation,
    to: Sequence[Recipient],
    hand: Hand,
    asked_by: str = "",
    moment: datetime,
    mail: bool = True,
) -> list[Handover]:
    """Give each of them a link to their part, and mail it. In order; nothing at all where one of it cannot be.

    NotNow where a part is with somebody already, is not there, or where the wave takes no answers.
    """
    with transaction.atomic():
        respondent = _locked(invitation, hand, moment)
        _check(respondent, to, moment)
        rows = Handover.objects.bulk_create(_row(invitation, each, asked_by, moment) for each in to)
        if mail:
            handed.queue(rows, number=1, moment=moment)
        details = {"invitation": invitation.pk, "parts": len(rows)}
        _record("handover.give", hand, invitation, moment, details)
    return rows


def _row(invitation: Invitation, to: Recipient, asked_by: str, moment: datetime) -> Handover:
    uuid = uuid4()
    return Handover(
        invitation=invitation,
        kind=to.part.kind,
        name=to.part.name,
        entry=to.part.entry,
        label=to.label[:200],
        to_name=to.name,
        to_email=to.email,
        asked_by=asked_by,
        language=to.language,
        uuid=uuid,
        token_hash=tokens.new_hash(uuid),
        given_at=moment,
    )


def _check(respondent: Respondent, to: Sequence[Recipient], moment: datetime) -> None:
    asked = [each.part for each in to]
    there = {each.part for each in parts.offered(respondent.questionnaire, "nl")} | {EVERYTHING}
    before = list(Handover.objects.filter(invitation=respondent.invitation))
    taken = {parts.of(each) for each in before if each.taken_back_at is None}
    if not asked or not there.issuperset(asked):
        raise NotNow("there is no such part (any more)")
    if taken & set(asked) or len(set(asked)) < len(asked):
        raise NotNow("a part is with one person at a time; take it back first")
    if len(before) + len(asked) > MOST:
        raise NotNow(f"at most {MOST} parts can be handed over")
    lately = Counter(each.to_email.lower() for each in before if each.given_at > moment - BETWEEN_REMINDERS)
    lately.update(each.email.lower() for each in to)
    if max(lately.values()) > TO_ONE:
        raise NotNow(f"at most {TO_ONE} parts can be handed to one address within half a day")


def take_back(*, invitation: Invitation, numbers: Collection[int], hand: Hand, moment: datetime) -> int:
    """Their links work no longer, and what they filled in stays; how many were taken back by this."""
    with transaction.atomic():
        _locked(invitation, hand, moment)
        there = Handover.objects.filter(invitation=invitation, pk__in=numbers, taken_back_at=None)
        taken = there.update(taken_back_at=moment)
        if taken:
            details = {"invitation": invitation.pk, "parts": taken}
            _record("handover.take_back", hand, invitation, moment, details)
    return taken


def remind(*, invitation: Invitation, numbers: Collection[int], hand: Hand, moment: datetime) -> int:
    """Mail those who are not done again, with the same link; how many. Nobody twice within half a day."""
    with transaction.atomic():
        _locked(invitation, hand, moment)
        due = [each for each in waiting(invitation) if each.pk in numbers and _may_remind(each, moment)]
        sent = handed.numbers(due)
        due = [each for each in due if sent[each.pk] <= REMINDERS]
        for each in due:
            each.reminded_at = moment
        Handover.objects.bulk_update(due, ["reminded_at"])
        handed.queue(due, moment=moment, number=sent)
        if due:
            details = {"invitation": invitation.pk, "parts": len(due)}
            _record("handover.remind", hand, invitation, moment, details)
    return len(due)


def _may_remind(handover: Handover, moment: datetime) -> bool:
    allowed = TRANSITIONS[handover.state, Act.REMIND] is not None
    return allowed and (handover.reminded_at or handover.given_at) <= moment - BETWEEN_REMINDERS


def mark(handover: Handover, act: Act, moment: datetime) -> None:
    """What who has the part did, as the table says; in the transaction of the write itself."""
    after = TRANSITIONS[handover.state, act]
    if after is None:
        raise NotNow("the board has taken this part back")
    if after is handover.state:
        return
    handover.opened_at = handover.opened_at or moment
    handover.done_at = moment if after is State.DONE else None
    handover.save(update_fields=["opened_at", "done_at"])


def _locked(invitation: Invitation, hand: Hand, moment: datetime) -> Respondent:
    respondent = respondents.locked(invitation, hand)
    if not hand.is_board:
        raise NotNow("only the board hands parts over")
    respondent.check_open(moment)
    return respondent


def _record(act: str, hand: Hand, invitation: Invitation, moment: datetime, details: dict[str, int]) -> None:
    subject = f"wave:{invitation.wave_id}"
    trail.record(act=act, actor=hand.actor, subject=subject, moment=moment, details={**details})
