"""Saving a page, and keeping it while it is typed: what a post does to the draft of what a board fills in.

What cannot be accepted yet is kept as it was typed; a value that is refused is never stored as an answer. `hand` says
who writes, where it is not the board itself: what does not belong to its part is refused. Two devices, a double tap, or
the board and its schools come one after the other: a save holds the invitation, or is made on what was `seen` and comes
to nothing when that was written in the meantime.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Final

from django.db import transaction

from peilstok import questionnaire as questions
from peilstok.collect import drafts, handovers, respondents
from peilstok.collect.handovers import Act
from peilstok.collect.hands import Hand
from peilstok.collect.lookup import Stamp
from peilstok.collect.models import Invitation
from peilstok.collect.respondents import Respondent
from peilstok.errors import NotNow
from peilstok.questionnaire import PathPage, Problem
from peilstok.terms import ItemName, Language, Missing, Value

Typed = Mapping[str, Sequence[str]]
"""The fields of a page as they came: several texts for an item with several answers."""

MOST: Final = 20_000
"""Characters of a field that are kept as typed; no item takes half as many. What is kept is read at every page."""

MANY: Final = 1_000
"""Answers to one item."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as it was typed, read: the values that are sound, and what is to be said about the rest."""

    values: Mapping[ItemName, Value]
    hard: tuple[Problem, ...]
    soft: tuple[Problem, ...]  # still to be confirmed

    @property
    def accepted(self) -> bool:
        return not (self.hard or self.soft)


@dataclass(frozen=True, slots=True)
class Sent:
    """A page as it was sent in: `typed` without empty fields."""

    page: str
    typed: dict[str, list[str]]
    version: int
    form: str
    language: Language


class Saved(StrEnum):
    ACCEPTED = "accepted"
    PENDING = "pending"  # kept as typed; the page has something to say
    CONFLICT = "conflict"  # another device saved this page since; nothing was changed
    OFF_PATH = "off path"  # kept as typed; by what another device answered, this page is not asked now


def read_page(
    respondent: Respondent, page: PathPage, typed: Typed, *, language: Language, says_right: Collection[str] = ()
) -> Reading:
    """What the page as typed comes to. `says_right`: keys of soft problems of which the board says that it is right."""
    parsed = {
        item.name: questions.parse(item, typed, language=language, whole=respondent.wholes.get(item.name))
        for item in page.items
        if item.type.asks
    }
    wrong = tuple(each for each in parsed.values() if isinstance(each, Problem))
    values = {name: each for name, each in parsed.items() if not isinstance(each, Problem)}
    others = {name: value for name, value in respondent.answers.items() if name not in parsed}
    found = questions.problems(respondent.questionnaire, {**others, **values}, respondent.context, page=page.page)
    found = tuple(problem for problem in found if problem.item in values)  # nothing twice about one item
    asking = [each for each in found if not each.hard and each.key not in says_right]
    open_ = tuple(each for each in asking if not is_confirmed(respondent, each, values))
    return Reading(values=values, hard=(*wrong, *(each for each in found if each.hard)), soft=open_)


@dataclass(slots=True)
class _Work:
    """A save that is not written yet. Its respondent's draft and invitation are already as they will be."""

    respondent: Respondent
    sent: Sent
    moment: datetime
    says_right: Collection[str] = ()
    marked: bool = False  # the invitation was opened or started by this
    kept: bool = False  # the draft is another one


def save_page(
    *,
    invitation: Invitation,
    page: str,
    typed: Typed,
    version: int,
    form: str,
    language: Language,
    moment: datetime,
    says_right: Collection[str] = (),
    hand: Hand | None = None,
    seen: Respondent | None = None,
) -> tuple[Saved, Respondent]:
    """Keep what was typed on a page; gives the respondent as it is then. NotNow when the wave takes no answers.

    `version` is that of the draft when the page was shown; `form` names that one showing of it: who goes back to it
    and sends it again, corrects it and conflicts with nobody. `seen`: as it was just looked up, by the same hand; it
    costs less to save on that, and it is used up by it.
    """
    sent = Sent(page=page, typed=_fields(typed), version=version, form=form, language=language)
    begin = partial(_Work, sent=sent, moment=moment, says_right=says_right)
    saved, respondent = _done(_save, begin, seen, invitation, hand)
    return saved, replace(respondent)  # a copy, whose path is that of the draft as it is now


def keep_page(
    *,
    invitation: Invitation,
    page: str,
    typed: Typed,
    version: int,
    form: str,
    language: Language,
    moment: datetime,
    hand: Hand | None = None,
    seen: Respondent | None = None,
) -> Saved:
    """Keep a page as far as it was typed, while it is being typed: nothing of it is an answer yet.

    PENDING, or CONFLICT where another device saved the page after it was shown here: then nothing is kept, and sending
    the page in shows both. NotNow when the wave takes no answers. `seen` as for `save_page`.
    """
    sent = Sent(page=page, typed=_fields(typed), version=version, form=form, language=language)
    return _done(_keep, partial(_Work, sent=sent, moment=moment), seen, invitation, hand)[0]


def _done(
    act: Callable[[_Work], Saved],
    begin: Callable[[Respondent], _Work],
    seen: Respondent | None,
    invitation: Invitation,
    hand: Hand | None,
) -> tuple[Saved, Respondent]:
    """On what was seen, where nobody wrote it since; else once more on what is there now, with nobody beside."""
    if seen is not None and seen.stamp is not None and seen.hand.handover is None:
        work = begin(seen)
        saved = act(_checked(work))
        if _written_unless_changed(work, seen.stamp):
            return saved, seen
    with transaction.atomic():
        work = begin(respondents.locked(invitation, hand))
        saved = act(_checked(work))
        _write(work)
    return saved, work.respondent


def _checked(work: _Work) -> _Work:
    respondent, page = work.respondent, work.sent.page
    respondent.check_open(work.moment)
    asked = respondent.questionnaire.page(page)
    if asked is None or not respondent.reaches(asked):
        raise NotNow(f"{page} is not a page that {respondent.hand.actor} can fill in")
    return work


def _written_unless_changed(work: _Work, stamp: Stamp) -> bool:
    if work.kept:
        return drafts.keep_unless_changed(work.respondent.draft, stamp, mark=work.marked)
    return not work.marked  # that alone is seldom, and not worth a statement of its own


def _write(work: _Work) -> None:
    respondent = work.respondent
    if work.marked:
        drafts.mark(respondent.invitation)
    if work.kept:
        if respondent.hand.handover:
            handovers.mark(respondent.hand.handover, Act.SAVE, work.moment)
        drafts.keep(respondent.draft)


def _keep(work: _Work) -> Saved:
    if _saved_elsewhere(work):
        return Saved.CONFLICT
    _mark(work)
    _keep_halfway(work)
    return Saved.PENDING


def _keep_halfway(work: _Work) -> None:
    """What was typed and then taken back, so that the page is as it was accepted, leaves it accepted."""
    respondent, sent, draft = work.respondent, work.sent, work.respondent.draft
    on_path = respondent.on_path(sent.page) if sent.page in draft.saved else None
    if on_path is not None:
        reading = read_page(respondent, on_path, sent.typed, language=sent.language)
        if _as_accepted(respondent, reading):
            if draft.typed.pop(sent.page, None) is not None:
                _change(work)
            return
    draft.typed[sent.page] = {"language": sent.language, "fields": sent.typed, "halfway": True}
    _change(work)


def _save(work: _Work) -> Saved:
    respondent, sent = work.respondent, work.sent
    on_path = respondent.on_path(sent.page)
    if on_path is None:
        _keep_typed(work)
        return Saved.OFF_PATH
    reading = read_page(respondent, on_path, sent.typed, language=sent.language, says_right=work.says_right)
    if _saved_elsewhere(work):
        return _since(work, reading)
    _mark(work)
    if reading.accepted:
        _keep_answers(work, reading)
        return Saved.ACCEPTED
    _keep_typed(work)
    return Saved.PENDING


def _saved_elsewhere(work: _Work) -> bool:
    sent = work.sent
    version, form = work.respondent.draft.saved.get(sent.page, (0, ""))
    return bool(version > sent.version and form != sent.form)


def _since(work: _Work, reading: Reading) -> Saved:
    """The page was saved after it was shown here: the same again (a double tap) does nothing, another is a conflict."""
    respondent, sent = work.respondent, work.sent
    waiting = respondent.draft.typed.get(sent.page)
    if waiting:
        return Saved.PENDING if waiting["fields"] == sent.typed else Saved.CONFLICT
    return Saved.ACCEPTED if _as_accepted(respondent, reading) else Saved.CONFLICT


def _as_accepted(respondent: Respondent, reading: Reading) -> bool:
    """Does the page as typed say what was accepted before?"""
    return not reading.hard and all(respondent.answers.get(name) == value for name, value in reading.values.items())


def _keep_typed(work: _Work) -> None:
    work.respondent.draft.typed[work.sent.page] = {"language": work.sent.language, "fields": work.sent.typed}
    _change(work)


def _keep_answers(work: _Work, reading: Reading) -> None:
    draft, page = work.respondent.draft, work.sent.page
    kept = {str(name): questions.value_to_json(value) for name, value in reading.values.items()}
    known = all(name in draft.answers and draft.answers[name] == value for name, value in kept.items())
    if known and page in draft.saved and page not in draft.typed:
        return  # back and on again: nothing changed, and what was confirmed stays confirmed
    right = said_right(work.respondent, work.says_right, values=reading.values, page=page)
    draft.typed.pop(page, None)
    draft.answers.update(kept)
    draft.confirmed_checks.update(right)
    _change(work)


def _change(work: _Work) -> None:
    draft = work.respondent.draft
    draft.version += 1
    draft.saved[work.sent.page] = (draft.version, work.sent.form)
    draft.saved_at = work.moment
    work.kept = True


def said_right(
    respondent: Respondent,
    says_right: Collection[str],
    *,
    values: Mapping[ItemName, Value] = MappingProxyType({}),
    page: str | None = None,
) -> dict[str, object]:
    """The soft problems, of the page or of the whole, that the board confirms just now, with what they were about.

    `values` in the place of what was accepted before.
    """
    if not says_right:
        return {}
    asked = respondent.questionnaire.page(page) if page else None
    answers = {**respondent.answers, **values}
    found = questions.problems(respondent.questionnaire, answers, respondent.context, page=asked)
    return {each.key: about(respondent, each, values) for each in found if each.key in says_right}


def about(respondent: Respondent, problem: Problem, values: Mapping[ItemName, Value]) -> dict[str, object]:
    """What a confirmation was about: when the value or the question is another one, it is asked anew."""
    value = values.get(problem.item, respondent.answers.get(problem.item, Missing.NOT_ANSWERED))
    return {"value": questions.value_to_json(value), "asked": problem.message.nl}


def is_confirmed(respondent: Respondent, problem: Problem, values: Mapping[ItemName, Value]) -> bool:
    """Did the board say that it is right, of this value and this question?"""
    return bool(respondent.draft.confirmed_checks.get(problem.key) == about(respondent, problem, values))


def _fields(typed: Typed) -> dict[str, list[str]]:
    # NUL is the one character that PostgreSQL's jsonb refuses, and nobody types it
    return {
        name: [text.replace("\0", "")[:MOST] for text in texts[:MANY]]
        for name, texts in sorted(typed.items())
        if any(text.strip() for text in texts)
    }


def _mark(work: _Work) -> None:
    """A page was sent in by a person; perhaps with an answer that was not filled in beforehand.

    After closing it is no fact of the fielding any more: how it ended for a board stays.
    """
    invitation = work.respondent.invitation
    if not invitation.wave.takes_answers(work.moment):
        return
    before = (invitation.opened_at, invitation.started_at)
    invitation.opened_at = invitation.opened_at or work.moment
    if invitation.started_at is None:
        filled = {ItemName(field.removesuffix(".missing").removesuffix(".as")) for field in work.sent.typed}
        if filled - work.respondent.prefilled.keys():
            invitation.started_at = work.moment
    work.marked = before != (invitation.opened_at, invitation.started_at)
