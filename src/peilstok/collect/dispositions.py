"""The final disposition code of a board, by the Standard Definitions of AAPOR: from facts to code, by one table.

The codes are those for internet surveys of specifically named persons. What they mean here, and where a choice had to
be made, is in docs/methods/dispositions.md; the table there is made from `TABLE`.

How much was answered is the part of the questions that applied and may not be left open: those on the board's path that
are not marked optional. "Don't know" and "not applicable" are answers. More than 80 percent is complete, 50 percent to
80 is partial, less is a break-off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from django.db.models import Q

from peilstok.collect import respondents
from peilstok.collect.models import CONFIRMATION, Invitation, Message, Revision, Wave
from peilstok.collect.outcomes import Outcome
from peilstok.collect.respondents import Respondent
from peilstok.questionnaire import Questionnaire
from peilstok.terms import ItemName, Missing, UnitId, Value

COMPLETE_ABOVE: Final = Fraction(80, 100)
PARTIAL_FROM: Final = Fraction(50, 100)


class Code(StrEnum):
    COMPLETE = "1.1"
    PARTIAL = "1.2"
    EXPLICIT_REFUSAL = "2.111"
    NO_ITEM = "2.1121"
    BREAK_OFF = "2.12"
    NO_INVITATION = "3.11"
    NOTHING_RETURNED = "3.19"
    UNDELIVERED = "3.30"
    SCREENED_OUT = "4.10"
    DUPLICATE = "4.81"
    OTHER_NOT_ELIGIBLE = "4.90"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a board when the wave is over.

    `answered`: of the answers that count, the part of the applicable questions that has one; None where none was sent
    in. `mailed`: an invitation went out. `reason`: why it is out of scope.
    """

    outcome: Outcome
    answered: Fraction | None = None
    mailed: bool = False
    reason: str = ""


TABLE: Final[tuple[tuple[Code, str, str], ...]] = (
    (Code.COMPLETE, "Complete", "answered; more than 80 percent of the applicable questions"),
    (Code.PARTIAL, "Partial or break-off with sufficient information", "answered; 50 to 80 percent of them"),
    (Code.EXPLICIT_REFUSAL, "Explicit refusal", "refused, by the button or on the telephone"),
    (Code.NO_ITEM, "Logged on to survey, did not complete any item", "opened"),
    (Code.BREAK_OFF, "Break-off or partial with insufficient information", "answered less, or started and never sent"),
    (Code.NO_INVITATION, "No invitation sent", "not opened, and no mail went out"),
    (Code.NOTHING_RETURNED, "Nothing ever returned", "not opened, though mailed"),
    (Code.UNDELIVERED, "Invitation returned undelivered", "bounced"),
    (Code.SCREENED_OUT, "Selected respondent screened out of sample", "out of scope: merged, ended, another kind"),
    (Code.DUPLICATE, "Duplicate listing", "out of scope: stands in the register twice"),
    (Code.OTHER_NOT_ELIGIBLE, "Other", "out of scope for another reason"),
)
"""Each code with its name in the Standard Definitions and the facts that lead to it."""

_OUT_OF_SCOPE: Final[Mapping[str, Code]] = {
    Invitation.ScopeReason.DOUBLE: Code.DUPLICATE,
    Invitation.ScopeReason.OTHER: Code.OTHER_NOT_ELIGIBLE,
}


def code(facts: Facts) -> Code:
    """The one code of these facts."""
    match facts.outcome:
        case Outcome.OUT_OF_SCOPE:
            return _OUT_OF_SCOPE.get(facts.reason, Code.SCREENED_OUT)
        case Outcome.ANSWERED:
            return _of_answers(facts.answered or Fraction(0))
        case Outcome.REFUSED:
            return Code.EXPLICIT_REFUSAL
        case Outcome.STARTED:
            return Code.BREAK_OFF
        case Outcome.OPENED:
            return Code.NO_ITEM
        case Outcome.BOUNCED:
            return Code.UNDELIVERED
        case Outcome.NOT_OPENED:
            return Code.NOTHING_RETURNED if facts.mailed else Code.NO_INVITATION


def _of_answers(part: Fraction) -> Code:
    if part > COMPLETE_ABOVE:
        return Code.COMPLETE
    return Code.PARTIAL if part >= PARTIAL_FROM else Code.BREAK_OFF


def answered(questionnaire: Questionnaire, counted: Mapping[ItemName, Value]) -> Fraction:
    """The part of the applicable questions that has an answer; 1 where nothing had to be answered.

    `questionnaire`: as the board saw it. `counted`: a value for every item, as `questionnaire.counted` gives it.
    """
    asked = [item for item in questionnaire.items.values() if item.type.asks and not item.optional]
    values = [counted.get(item.name, Missing.NOT_ANSWERED) for item in asked]
    applicable = [value for value in values if value is not Missing.NOT_ASKED]
    given = sum(value is not Missing.NOT_ANSWERED for value in applicable)
    return Fraction(given, len(applicable)) if applicable else Fraction(1)


def of_wave(wave: Wave) -> dict[UnitId, Code]:
    """The code of every board of the wave, by its number. Five statements, and one a board with a block of schools."""
    mailed = set(
        # also what was sent and came back: that it does so later on changes no code
        Message.objects.filter(
            Q(sent_at__isnull=False) | Q(returned_at__isnull=False) | Q(state=Message.State.UNCERTAIN),
            invitation__wave=wave,
        )
        .exclude(kind__startswith=CONFIRMATION)
        .values_list("invitation", flat=True)
    )
    latest = _latest(wave)
    invitations = Invitation.objects.filter(wave=wave).select_related("unit__organisation", "unit__region", "draft")
    found = {}
    for each in invitations.order_by("unit__organisation__number"):
        each.wave = wave
        revision = latest.get(each.pk)
        part = _part(respondents.of(each), revision) if revision else None
        facts = Facts(Outcome(each.outcome), part, each.pk in mailed, each.scope_reason)
        found[UnitId(each.unit.organisation.number)] = code(facts)
    return found


def _latest(wave: Wave) -> dict[int, Revision]:
    revisions = Revision.objects.filter(invitation__wave=wave, late=False).order_by("invitation", "-number")
    return {each.invitation_id: each for each in revisions.distinct("invitation")}


def _part(respondent: Respondent, revision: Revision) -> Fraction:
    seen, _ = respondents.seen(respondent.content.questionnaire, revision.answers, respondent.context)
    return answered(seen, respondents.values(seen, revision.counted))


def markdown() -> str:
    """The table as it stands in docs/methods/dispositions.md."""
    lines = ["| code | Standard Definitions | here |", "|---|---|---|"]
    lines += [f"| {code} | {name} | {facts} |" for code, name, facts in TABLE]
    return "\n".join(lines) + "\n"
