"""Confirming, finishing a part, refusing: what becomes of the draft that was filled in (`saving`).

Each write locks the invitation first, so two devices, a double tap, or the board and its schools come one after the
other. `hand` says who writes, where it is not the board itself. A confirmation is a new revision; which draft it was
made of makes it the same one when it is sent twice. What counts of them is `counting`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from django.db import transaction

from peilstok import questionnaire as questions
from peilstok.audit import trail
from peilstok.collect import drafts, handovers, outcomes, respondents, seals, sums
from peilstok.collect.handovers import Act
from peilstok.collect.hands import Hand
from peilstok.collect.models import Handover, Invitation, Revision
from peilstok.collect.outcomes import Event, Outcome
from peilstok.collect.respondents import Respondent
from peilstok.collect.saving import is_confirmed, said_right
from peilstok.collect.secrecy import ALPHABET
from peilstok.errors import NotNow
from peilstok.questionnaire import Problem
from peilstok.terms import ItemName, Value


class Confirmed(StrEnum):
    CONFIRMED = "confirmed"
    CHANGED = "changed"  # the answers are not those that were on the check page
    INCOMPLETE = "incomplete"


def unconfirmed(
    respondent: Respondent, says_right: Collection[str] = (), left_out: Collection[str] = ()
) -> tuple[Problem, ...]:
    """What stands in the way of sending: hard problems, and soft ones of which the board did not say "right".

    As far as the hand reaches, and not on the pages that are `left_out`.
    """
    found = questions.problems(respondent.questionnaire, respondent.answers, respondent.context)
    if left_out or respondent.hand.part:
        asked = (each for each in respondent.path.pages if each.page.name not in left_out)
        about = {item.name for each in asked for item in each.page.items}
        found = tuple(each for each in found if each.item in about)
    return tuple(
        each
        for each in found
        if each.hard or not (each.key in says_right or is_confirmed(respondent, each, respondent.answers))
    )


def confirm(
    *,
    invitation: Invitation,
    version: int,
    moment: datetime,
    says_right: Collection[str] = (),
    leave_out: bool = False,
    hand: Hand | None = None,
) -> tuple[Confirmed, Revision | None]:
    """Make the draft, as it was shown on the check page at `version`, the response that counts. Once, however often.

    `leave_out`: without what others were handed and have not finished; its questions count as not answered. NotNow when
    the wave takes no answers (unless this very draft had been confirmed before), or when the hand has only a part.
    """
    with transaction.atomic():
        respondent = respondents.locked(invitation, hand)
        if not respondent.hand.sends:
            raise NotNow("the board sends its answers in, not who has a part of it")
        there = respondent.revision_of(version)
        if there is not None:
            return Confirmed.CONFIRMED, there
        respondent.check_open(moment)
        if respondent.draft.version != version:
            return Confirmed.CHANGED, None
        without = handovers.waiting(invitation) if leave_out else ()
        if not version or _unfinished(respondent, says_right, without):
            return Confirmed.INCOMPLETE, None
        return Confirmed.CONFIRMED, _revise(respondent, says_right, moment)


def _unfinished(respondent: Respondent, says_right: Collection[str], without: Collection[Handover] = ()) -> bool:
    left_out = respondent.left_out(without)
    if any(each.page.name not in left_out for each in respondent.open_pages):
        return True
    return bool(unconfirmed(respondent, says_right, left_out) or sums.outdated(respondent))


def _revise(respondent: Respondent, says_right: Collection[str], moment: datetime) -> Revision:
    invitation, draft, hand = respondent.invitation, respondent.draft, respondent.hand
    counted = questions.counted(respondent.questionnaire, respondent.answers, respondent.context)
    number = respondent.latest.number + 1 if respondent.latest else 1
    revision = Revision(
        invitation=invitation,
        number=number,
        draft_version=draft.version,
        reference=reference(invitation, number),
        answers=draft.answers,
        counted=_json(counted),
        prefilled=_json(respondent.prefilled),
        confirmed_checks={**draft.confirmed_checks, **said_right(respondent, says_right)},
        sums=draft.sums,
        questionnaire_fingerprint=respondent.content.questionnaire.fingerprint,
        by=hand.actor,
        channel=hand.channel,
        confirmed_at=moment,
        late=not invitation.wave.takes_answers(moment),
    )
    drafts.confirm(revision)
    _note_answer(invitation, revision)
    if hand.handover:
        handovers.mark(hand.handover, Act.FINISH, moment)
    details = {
        "revision": number,
        "reference": revision.reference,
        "answers": seals.of_answers(revision),
        "invitation": invitation.pk,
    }
    if revision.late:
        details["late"] = True
    trail.record(act="answer.confirm", actor=hand.actor, subject=_subject(invitation), moment=moment, details=details)
    return revision


def _note_answer(invitation: Invitation, revision: Revision) -> None:
    """When it first answered, in time or late; a late answer leaves the outcome as it is."""
    fact = "late_at" if revision.late else "answered_at"
    if getattr(invitation, fact) is not None:
        return
    setattr(invitation, fact, revision.confirmed_at)
    if not revision.late:
        invitation.opened_at = invitation.opened_at or revision.confirmed_at
    drafts.answered(invitation)


def finish(*, invitation: Invitation, moment: datetime, hand: Hand, says_right: Collection[str] = ()) -> bool:
    """Who has a part says that it is done; False when something of it is still open. The board sends it in."""
    with transaction.atomic():
        respondent = respondents.locked(invitation, hand)
        respondent.check_open(moment)
        handover = respondent.hand.handover
        assert handover is not None
        if not respondent.path.pages or _unfinished(respondent, says_right):
            return False
        if says_right:
            _keep_right(respondent, says_right)
        if handover.done_at is None:
            handovers.mark(handover, Act.FINISH, moment)
            details = {"invitation": invitation.pk}
            trail.record(
                act="handover.finish",
                actor=respondent.hand.actor,
                subject=_subject(invitation),
                moment=moment,
                details=details,
            )
    return True


def _keep_right(respondent: Respondent, says_right: Collection[str]) -> None:
    """What was said to be right at the end of a part stays so for the board, which sends it later."""
    draft = respondent.draft
    draft.confirmed_checks.update(said_right(respondent, says_right))
    draft.version += 1
    draft.save(update_fields=["confirmed_checks", "version"])


def refuse(*, invitation: Invitation, moment: datetime, hand: Hand | None = None) -> None:
    """ "We do not take part." Nothing more is mailed; the board may still answer until the wave closes.

    By the board's link, or by an officer to whom it said so: then it has opened nothing.
    """
    with transaction.atomic():
        respondent = respondents.locked(invitation, hand)
        locked = respondent.invitation
        if not respondent.may_refuse(moment):
            raise NotNow(f"{locked.wave_id} takes no answers (any more) of this board: how it ended for it stays")
        if not respondent.hand.is_board or not outcomes.allowed(Outcome(locked.outcome), Event.REFUSE):
            raise NotNow("this board has answered; it can correct its answers")
        if locked.refused_at is None:
            locked.refused_at = moment
            if respondent.hand.channel is Revision.Channel.WEB:
                locked.opened_at = locked.opened_at or moment
            locked.save(update_fields=["refused_at", "opened_at"])
            details = {"invitation": locked.pk}
            trail.record(
                act="answer.refuse",
                actor=respondent.hand.actor,
                subject=_subject(locked),
                moment=moment,
                details=details,
            )


def reference(invitation: Invitation, number: int) -> str:
    """Eight characters to quote on the telephone, the same for the same revision; they open nothing."""
    digest = int.from_bytes(sha256(b"reference " + invitation.uuid.bytes + bytes([number % 256])).digest())
    characters = []
    for _ in range(8):
        digest, place = divmod(digest, len(ALPHABET))
        characters.append(ALPHABET[place])
    return f"{''.join(characters[:4])}-{''.join(characters[4:])}"


def _json(values: Mapping[ItemName, Value]) -> dict[str, object]:
    return {str(name): questions.value_to_json(value) for name, value in values.items()}


def _subject(invitation: Invitation) -> str:
    return f"wave:{invitation.wave_id}"
