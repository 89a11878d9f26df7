"""Saving, keeping, confirming, finishing a part, refusing: everything that a post does to what a board filled in.

Each write locks the invitation first, so two devices, a double tap, or the board and its schools come one after the
other. `hand` says who writes, where it is not the board itself: what does not belong to its part is refused. What
cannot be accepted yet is kept as it was typed; a value that is refused is never stored as an answer. A confirmation is
a new revision; which draft it was made of makes it the same one when it is sent twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from peilstok import questionnaire as questions
from peilstok.audit import trail
from peilstok.collect import content, drafts, handovers, outcomes, respondents, seals, sums
from peilstok.collect.handovers import Act
from peilstok.collect.hands import Hand
from peilstok.collect.models import Handover, Invitation, Revision, Wave
from peilstok.collect.outcomes import Event, Outcome
from peilstok.collect.respondents import Respondent
from peilstok.collect.secrecy import ALPHABET
from peilstok.errors import NotNow
from peilstok.questionnaire import PathPage, Problem, Questionnaire
from peilstok.terms import ItemName, Language, Missing, UnitId, Value

Typed = Mapping[str, Sequence[str]]
"""The fields of a page as they came: several texts for an item with several answers."""

Values = Mapping[ItemName, Value]


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


class Confirmed(StrEnum):
    CONFIRMED = "confirmed"
    CHANGED = "changed"  # the answers are not those that were on the check page
    INCOMPLETE = "incomplete"


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
    open_ = tuple(each for each in asking if not _confirmed(respondent, each, values))
    return Reading(values=values, hard=(*wrong, *(each for each in found if each.hard)), soft=open_)


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
) -> tuple[Saved, Respondent]:
    """Keep what was typed on a page; gives the respondent as it is then. NotNow when the wave takes no answers.

    `version` is that of the draft when the page was shown; `form` names that one showing of it: who goes back to it
    and sends it again, corrects it and conflicts with nobody.
    """
    with transaction.atomic():
        respondent = _locked(invitation, page, hand, moment)
        sent = Sent(page=page, typed=_fields(typed), version=version, form=form, language=language)
        saved = _save_sent(respondent, sent, says_right, moment)
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
) -> Saved:
    """Keep a page as far as it was typed, while it is being typed: nothing of it is an answer yet.

    PENDING, or CONFLICT where another device saved the page after it was shown here: then nothing is kept, and sending
    the page in shows both. NotNow when the wave takes no answers.
    """
    with transaction.atomic():
        respondent = _locked(invitation, page, hand, moment)
        sent = Sent(page=page, typed=_fields(typed), version=version, form=form, language=language)
        if _saved_elsewhere(respondent, sent):
            return Saved.CONFLICT
        _mark(respondent, sent, moment)
        _keep_halfway(respondent, sent, moment)
    return Saved.PENDING


def _locked(invitation: Invitation, page: str, hand: Hand | None, moment: datetime) -> Respondent:
    respondent = respondents.locked(invitation, hand)
    respondent.check_open(moment)
    asked = respondent.questionnaire.page(page)
    if asked is None or not respondent.reaches(asked):
        raise NotNow(f"{page} is not a page that {respondent.hand.actor} can fill in")
    return respondent


def _keep_halfway(respondent: Respondent, sent: Sent, moment: datetime) -> None:
    """What was typed and then taken back, so that the page is as it was accepted, leaves it accepted."""
    draft, on_path = respondent.draft, respondent.on_path(sent.page)
    if on_path is not None and sent.page in draft.saved:
        reading = read_page(respondent, on_path, sent.typed, language=sent.language)
        if not reading.hard and all(respondent.answers.get(name) == value for name, value in reading.values.items()):
            if draft.typed.pop(sent.page, None) is not None:
                _save(respondent, sent, moment)
            return
    draft.typed[sent.page] = {"language": sent.language, "fields": sent.typed, "halfway": True}
    _save(respondent, sent, moment)


def _save_sent(respondent: Respondent, sent: Sent, says_right: Collection[str], moment: datetime) -> Saved:
    on_path = respondent.on_path(sent.page)
    if on_path is None:
        _keep_typed(respondent, sent, moment)
        return Saved.OFF_PATH
    reading = read_page(respondent, on_path, sent.typed, language=sent.language, says_right=says_right)
    if _saved_elsewhere(respondent, sent):
        return _since(respondent, sent, reading)
    _mark(respondent, sent, moment)
    if reading.accepted:
        _keep_answers(respondent, sent, reading, says_right, moment)
        return Saved.ACCEPTED
    _keep_typed(respondent, sent, moment)
    return Saved.PENDING


def _saved_elsewhere(respondent: Respondent, sent: Sent) -> bool:
    version, form = respondent.draft.saved.get(sent.page, (0, ""))
    return bool(version > sent.version and form != sent.form)


def _since(respondent: Respondent, sent: Sent, reading: Reading) -> Saved:
    """The page was saved after it was shown here: the same again (a double tap) does nothing, another is a conflict."""
    waiting = respondent.draft.typed.get(sent.page)
    if waiting:
        return Saved.PENDING if waiting["fields"] == sent.typed else Saved.CONFLICT
    same = not reading.hard and all(respondent.answers.get(name) == value for name, value in reading.values.items())
    return Saved.ACCEPTED if same else Saved.CONFLICT


def _keep_typed(respondent: Respondent, sent: Sent, moment: datetime) -> None:
    respondent.draft.typed[sent.page] = {"language": sent.language, "fields": sent.typed}
    _save(respondent, sent, moment)


def _keep_answers(
    respondent: Respondent, sent: Sent, reading: Reading, says_right: Collection[str], moment: datetime
) -> None:
    draft = respondent.draft
    kept = {str(name): questions.value_to_json(value) for name, value in reading.values.items()}
    known = all(name in draft.answers and draft.answers[name] == value for name, value in kept.items())
    if known and sent.page in draft.saved and sent.page not in draft.typed:
        return  # back and on again: nothing changed, and what was confirmed stays confirmed
    draft.typed.pop(sent.page, None)
    draft.answers.update(kept)
    draft.confirmed_checks.update(_right(respondent, sent.page, reading.values, says_right))
    _save(respondent, sent, moment)


def _save(respondent: Respondent, sent: Sent, moment: datetime) -> None:
    draft = respondent.draft
    if respondent.hand.handover:
        handovers.mark(respondent.hand.handover, Act.SAVE, moment)
    draft.version += 1
    draft.saved[sent.page] = (draft.version, sent.form)
    draft.saved_at = moment
    drafts.keep(draft)


def _right(
    respondent: Respondent, page: str, values: Mapping[ItemName, Value], says_right: Collection[str]
) -> dict[str, object]:
    """The soft problems of the page that the board confirmed, with what they were about."""
    if not says_right:
        return {}
    asked = respondent.questionnaire.page(page)
    found = questions.problems(
        respondent.questionnaire, {**respondent.answers, **values}, respondent.context, page=asked
    )
    return {each.key: _about(respondent, each, values) for each in found if each.key in says_right}


def _about(respondent: Respondent, problem: Problem, values: Mapping[ItemName, Value]) -> dict[str, object]:
    """What a confirmation was about: when the value or the question is another one, it is asked anew."""
    value = values.get(problem.item, respondent.answers.get(problem.item, Missing.NOT_ANSWERED))
    return {"value": questions.value_to_json(value), "asked": problem.message.nl}


def _confirmed(respondent: Respondent, problem: Problem, values: Mapping[ItemName, Value]) -> bool:
    return bool(respondent.draft.confirmed_checks.get(problem.key) == _about(respondent, problem, values))


def _fields(typed: Typed) -> dict[str, list[str]]:
    # NUL is the one character that PostgreSQL's jsonb refuses, and nobody types it
    return {
        name: [text.replace("\0", "") for text in texts]
        for name, texts in sorted(typed.items())
        if any(text.strip() for text in texts)
    }


def _mark(respondent: Respondent, sent: Sent, moment: datetime) -> None:
    """A page was sent in by a person; perhaps with an answer that was not filled in beforehand.

    After closing it is no fact of the fielding any more: how it ended for a board stays.
    """
    invitation = respondent.invitation
    if not invitation.wave.takes_answers(moment):
        return
    filled = {ItemName(field.removesuffix(".missing")) for field in sent.typed}
    before = (invitation.opened_at, invitation.started_at)
    invitation.opened_at = invitation.opened_at or moment
    if filled - respondent.prefilled.keys():
        invitation.started_at = invitation.started_at or moment
    if before != (invitation.opened_at, invitation.started_at):
        drafts.mark(invitation)


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
        if each.hard or not (each.key in says_right or _confirmed(respondent, each, respondent.answers))
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
        there = invitation.revisions.filter(draft_version=version).first()
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
    found = questions.problems(respondent.questionnaire, respondent.answers, respondent.context)
    now = {each.key: _about(respondent, each, respondent.answers) for each in found if each.key in says_right}
    counted = questions.counted(respondent.questionnaire, respondent.answers, respondent.context)
    number = respondent.latest.number + 1 if respondent.latest else 1
    revision = Revision.objects.create(
        invitation=invitation,
        number=number,
        draft_version=draft.version,
        reference=reference(invitation, number),
        answers=draft.answers,
        counted=_json(counted),
        prefilled=_json(respondent.prefilled),
        confirmed_checks={**draft.confirmed_checks, **now},
        sums=draft.sums,
        questionnaire_fingerprint=respondent.content.questionnaire.fingerprint,
        by=hand.actor,
        channel=hand.channel,
        confirmed_at=moment,
        late=not invitation.wave.takes_answers(moment),
    )
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
    fields = [fact]
    if not revision.late and invitation.opened_at is None:
        invitation.opened_at = revision.confirmed_at
        fields.append("opened_at")
    invitation.save(update_fields=fields)


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
    found = questions.problems(respondent.questionnaire, respondent.answers, respondent.context)
    draft = respondent.draft
    draft.confirmed_checks.update(
        {each.key: _about(respondent, each, respondent.answers) for each in found if each.key in says_right}
    )
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


def confirmed_answers(wave: Wave) -> Mapping[UnitId, Values]:
    """The answers that count, of every board in scope that confirmed in time: its latest revision in time. By number.

    Of the items of a block both what each entry said (`in_care.s00ap`) and what that comes to together (`in_care`), or
    what the board says that it comes to (`sums`).
    """
    questionnaire = content.of(wave).questionnaire
    revisions = counting(wave).values_list("invitation__unit__organisation__number", "counted", "sums")
    return {UnitId(number): as_counted(questionnaire, counted, said) for number, counted, said in revisions}


def counting(wave: Wave) -> QuerySet[Revision]:
    """The revisions that count: the latest in time of every board in scope, in the order of their numbers."""
    number = "invitation__unit__organisation__number"
    in_time = Revision.objects.filter(invitation__wave=wave, invitation__out_of_scope_at=None, late=False)
    return in_time.order_by(number, "-number").distinct(number)


def values_of(wave: Wave, revisions: Collection[int], only: Collection[ItemName]) -> Mapping[int, Values]:
    """What these revisions (by primary key) say to some of the items, as they count."""
    questionnaire = content.of(wave).questionnaire
    rows = Revision.objects.filter(pk__in=revisions).values_list("pk", "counted", "sums")
    return {key: as_counted(questionnaire, _chosen(counted, only), _chosen(said, only)) for key, counted, said in rows}


def _chosen(kept: Mapping[str, Any], only: Collection[ItemName]) -> dict[str, Any]:
    return {name: each for name, each in kept.items() if questions.item_of(ItemName(name))[0] in only}


def as_counted(questionnaire: Questionnaire, counted: Mapping[str, object], said: sums.Kept) -> Values:
    """A revision as the figures and the snapshot have it: its entries, their sums, the board's own in their place."""
    found = respondents.values_as_written(questionnaire, counted)
    if not questionnaire.blocks:
        return found
    return {**found, **questions.added_up(questionnaire, found), **sums.values(questionnaire, said)}


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
