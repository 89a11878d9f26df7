"""What the schools of a board come to together, and the board's own number where it says that it is another one.

The sum of what every school said is the answer of the board; where a school left it open or does not know, the board's
answer is missing for the same reason. The board may give a number of its own, with a reason; both are kept, and the
board's own counts in the figures. It holds for the sum that it was given beside: when a school changes its answer
afterwards, the board is asked again, also when that is between the page's being shown and its being sent. Routes,
checks and texts go by what the schools said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, TypeGuard

from django.db import transaction

from peilstok import questionnaire as questions
from peilstok.audit import trail
from peilstok.collect import drafts, respondents
from peilstok.collect.hands import Hand
from peilstok.collect.models import Invitation, Revision
from peilstok.collect.respondents import Respondent
from peilstok.errors import NotNow
from peilstok.questionnaire import Block, BlockSource, CheckSeverity, Item, Problem, Questionnaire
from peilstok.terms import ItemName, Missing, Value, Words

Kept = Mapping[str, Mapping[str, Any]]
"""As a draft and a revision have it: {item: {"value": ..., "of": ..., "reason": ...}}."""

LONGEST: Final = 300  # characters of a reason

NO_REASON: Final = "no_reason"
"""The code of a problem about the reason, and not about the number."""


@dataclass(frozen=True, slots=True)
class Sum:
    """An item of a block: what its entries come to (None: no entry has a value), and what the board says instead."""

    item: Item
    label: Words
    added: int | float | None
    said: int | float | None = None
    of: int | float | None = None
    reason: str = ""
    complete: bool = True  # every entry that was asked has a value; else the sum counts in no figure

    @property
    def overridden(self) -> bool:
        return self.said is not None

    @property
    def shown(self) -> str:
        """What a page that shows it stands for: another sum, or another number of the board, is another one."""
        return f"{self.added} {self.said}"

    @property
    def outdated(self) -> bool:
        """Did an entry change its answer after the board gave its own number?"""
        return self.overridden and self.of != self.added


def of_draft(respondent: Respondent) -> tuple[Sum, ...]:
    if not respondent.content.questionnaire.blocks:
        return ()
    counted = questions.counted(respondent.questionnaire, respondent.answers, respondent.context)
    return _sums(respondent, respondent.questionnaire, counted, respondent.draft.sums)


def of_revision(respondent: Respondent, revision: Revision) -> tuple[Sum, ...]:
    """Those of the answers that were sent."""
    written = respondent.content.questionnaire
    if not written.blocks:
        return ()
    seen, _ = respondents.seen(written, revision.answers, respondent.context)
    return _sums(respondent, seen, respondents.values(seen, revision.counted), revision.sums)


def outdated(respondent: Respondent) -> tuple[Sum, ...]:
    """What stands in the way of sending."""
    return tuple(each for each in of_draft(respondent) if each.outdated) if respondent.draft.sums else ()


def values(questionnaire: Questionnaire, kept: Kept) -> dict[ItemName, Value]:
    """What the board says, by item; for the figures."""
    return {name: kept[name]["value"] for name in questionnaire.items if name in kept}


class Changed(NotNow):
    """The sum, or the board's own number, is no longer the one that was shown."""


def say(
    *,
    invitation: Invitation,
    item: str,
    shown: str,
    typed: str,
    reason: str,
    moment: datetime,
    hand: Hand | None = None,
) -> Problem | None:
    """Keep the board's own number for an item of a block; an empty one, or that of the sum itself, takes it away.

    `shown`: that of the `Sum` beside which it was typed. Gives what is wrong with what was typed, where something is.
    Changed when the sum is another one by now, and nothing is kept. NotNow as in `saving.save_page`, and where the hand
    has only a part, or the item is none of a block.
    """
    with transaction.atomic():
        respondent = respondents.locked(invitation, hand)
        respondent.check_open(moment)
        found = next((each for each in of_draft(respondent) if each.item.name == item), None)
        if found is None or not respondent.hand.sends:
            raise NotNow(f"{item} is not added up, or not by {respondent.hand.actor}")
        if found.shown != shown:
            raise Changed(f"{item} comes to {found.added} now, and the board's own number is {found.said}")
        value = questions.parse(found.item, {item: [typed]}, language="nl") if typed.strip() else None
        if isinstance(value, Problem):
            return value
        reason = " ".join(reason.split())[:LONGEST]
        wrong = _out_of_bounds(respondent, found.item, value) or _without_reason(found, value, reason)
        if wrong:
            return wrong
        _keep(respondent, found, value, reason, moment)
    return None


def _out_of_bounds(respondent: Respondent, item: Item, value: object) -> Problem | None:
    """Is it less than one entry may say, or more than all of them may together?"""
    if not isinstance(value, int | float):
        return None
    entries = [name for name in respondent.questionnaire.items if questions.item_of(name)[0] == item.name != name]
    wholes = [respondent.wholes.get(name) for name in entries] if item.percent_of else [None]
    known = [each for each in wholes if each is not None]
    most = None if item.maximum is None else item.maximum * len(entries)
    whole = sum(known, Fraction(0)) if len(known) == len(wholes) else None
    return questions.of_number(replace(item, maximum=most), value, whole)


def _is_own(value: object, found: Sum) -> TypeGuard[int | float]:
    """Is it another number than the sum, or said of a sum of which not all is known?"""
    return isinstance(value, int | float) and (value != found.added or not found.complete)


def _without_reason(found: Sum, value: object, reason: str) -> Problem | None:
    if reason or not _is_own(value, found):
        return None
    message = Words(nl="Schrijf erbij waarom het een ander getal is.", en="Please say why it is another number.")
    return Problem(item=found.item.name, severity=CheckSeverity.HARD, message=message, code=NO_REASON)


def _keep(respondent: Respondent, found: Sum, value: object, reason: str, moment: datetime) -> None:
    draft, name = respondent.draft, str(found.item.name)
    before = draft.sums.pop(name, None)
    if _is_own(value, found):
        draft.sums[name] = {"value": value, "of": found.added, "reason": reason}
    if draft.sums.get(name) == before:
        return
    draft.version += 1
    draft.saved_at = moment
    drafts.keep(draft)
    details = {"invitation": respondent.invitation.pk, "item": name, "own": name in draft.sums}
    subject = f"wave:{respondent.invitation.wave_id}"
    trail.record(act="answer.sum", actor=respondent.hand.actor, subject=subject, moment=moment, details=details)


def _sums(
    respondent: Respondent, seen: Questionnaire, counted: Mapping[ItemName, Value], kept: Kept
) -> tuple[Sum, ...]:
    written = respondent.content.questionnaire
    added, whole = questions.added_so_far(written, counted), questions.added_up(written, counted)
    items = [item for page in written.pages if page.block for item in page.items if item.type.numeric]
    return tuple(
        replace(
            _sum(written, seen, item, added.get(item.name), kept.get(item.name, {})),
            complete=not isinstance(whole.get(item.name), Missing),
        )
        for item in items
    )


def _sum(written: Questionnaire, seen: Questionnaire, item: Item, added: object, kept: Mapping[str, Any]) -> Sum:
    return Sum(
        item=item,
        label=_label(written, seen, item),
        added=added if isinstance(added, int | float) else None,
        said=kept.get("value"),
        of=kept.get("of"),
        reason=kept.get("reason", ""),
    )


_TOGETHER: Final[Mapping[BlockSource, Words]] = MappingProxyType(
    {
        BlockSource.SCHOOLS: Words(nl="uw scholen samen", en="your schools together"),
        BlockSource.SITES: Words(nl="uw vestigingen samen", en="your sites together"),
        BlockSource.BOARD: Words(nl="alles samen", en="all of them together"),
    }
)


def _label(written: Questionnaire, seen: Questionnaire, item: Item) -> Words:
    """The question; where the name of an entry stands in it, it is asked of all of them together."""
    sources = {each.name: block.of for block in written.blocks for each in _items_of(written, block)}
    together = _TOGETHER[sources[item.name]]
    for page in seen.pages:
        for each in page.items:
            if page.entry and questions.item_of(each.name)[0] == item.name:
                name = page.entry.label
                return Words(nl=each.text.nl.replace(name, together.nl), en=each.text.en.replace(name, together.en))
    return item.text_for_all


def _items_of(written: Questionnaire, block: Block) -> Iterator[Item]:
    return (item for page in written.pages if page.block == block.name for item in page.items)
