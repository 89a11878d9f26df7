"""Saving, keeping, confirming, refusing: everything that a board's post does to what is kept.

Each write locks the invitation first, so two devices or a double tap come one after the other. What cannot be accepted
yet is kept as it was typed; a value that is refused is never stored as an answer. A confirmation is a new revision;
which draft it was made of makes it the same one when it is sent twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from peilstok import questionnaire as questions
from peilstok.audit import trail
from peilstok.collect import content, outcomes, respondents, seals
from peilstok.collect.models import Draft, Invitation, Revision, Wave
from peilstok.collect.outcomes import Event, Outcome
from peilstok.collect.respondents import Respondent
from peilstok.errors import NotNow
from peilstok.questionnaire import PathPage, Problem, Questionnaire
from peilstok.terms import ItemName, Language, Missing, UnitId, Value

Typed = Mapping[str, Sequence[str]]
"""The fields of a page as they came: several texts for an item with several answers."""

Values = Mapping[ItemName, Value]

ALPHABET: Final = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels, nothing that looks like another


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
) -> tuple[Saved, Respondent]:
    """Keep what was typed on a page; gives the respondent as it is then. NotNow when the wave takes no answers.

    `version` is that of the draft when the page was shown; `form` names that one showing of it: who goes back to it
    and sends it again, corrects it and conflicts with nobody.
    """
    with transaction.atomic():
        respondent = respondents.locked(invitation)
        _check_open(respondent.invitation.wave, moment)
        sent = Sent(page=page, typed=_fields(typed), version=version, form=form, language=language)
        saved = _save_sent(respondent, sent, says_right, moment)
    return saved, replace(respondent)  # a copy, whose path is that of the draft as it is now


def keep_page(
    *, invitation: Invitation, page: str, typed: Typed, version: int, form: str, language: Language, moment: datetime
) -> Saved:
    """Keep a page as far as it was typed, while it is being typed: nothing of it is an answer yet.

    PENDING, or CONFLICT where another device saved the page after it was shown here: then nothing is kept, and sending
    the page in shows both. NotNow when the wave takes no answers.
    """
    with transaction.atomic():
        respondent = respondents.locked(invitation)
        _check_open(respondent.invitation.wave, moment)
        sent = Sent(page=page, typed=_fields(typed), version=version, form=form, language=language)
        if _saved_elsewhere(respondent, sent):
            return Saved.CONFLICT
        _mark(respondent, sent, moment)
        _keep_halfway(respondent, sent, moment)
    return Saved.PENDING


def _keep_halfway(respondent: Respondent, sent: Sent, moment: datetime) -> None:
    """What was typed and then taken back, so that the page is as it was accepted, leaves it accepted."""
    draft, on_path = respondent.draft, respondent.on_path(sent.page)
    if on_path is not None and sent.page in draft.saved:
        reading = read_page(respondent, on_path, sent.typed, language=sent.language)
        if not reading.hard and all(respondent.answers.get(name) == value for name, value in reading.values.items()):
            if draft.typed.pop(sent.page, None) is not None:
                _save(draft, sent, moment)
            return
    draft.typed[sent.page] = {"language": sent.language, "fields": sent.typed, "halfway": True}
    _save(draft, sent, moment)


def _save_sent(respondent: Respondent, sent: Sent, says_right: Collection[str], moment: datetime) -> Saved:
    on_path = respondent.on_path(sent.page)
    if on_path is None:
        _keep_typed(respondent.draft, sent, moment)
        return Saved.OFF_PATH
    reading = read_page(respondent, on_path, sent.typed, language=sent.language, says_right=says_right)
    if _saved_elsewhere(respondent, sent):
        return _since(respondent, sent, reading)
    _mark(respondent, sent, moment)
    if reading.accepted:
        _keep_answers(respondent, sent, reading, says_right, moment)
        return Saved.ACCEPTED
    _keep_typed(respondent.draft, sent, moment)
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


def _keep_typed(draft: Draft, sent: Sent, moment: datetime) -> None:
    draft.typed[sent.page] = {"language": sent.language, "fields": sent.typed}
    _save(draft, sent, moment)


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
    _save(draft, sent, moment)


def _save(draft: Draft, sent: Sent, moment: datetime) -> None:
    draft.version += 1
    draft.saved[sent.page] = (draft.version, sent.form)
    draft.saved_at = moment
    draft.save()


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
        invitation.save(update_fields=["opened_at", "started_at"])


def unconfirmed(respondent: Respondent, says_right: Collection[str] = ()) -> tuple[Problem, ...]:
    """What stands in the way of sending: hard problems, and soft ones of which the board did not say "right"."""
    found = questions.problems(respondent.questionnaire, respondent.answers, respondent.context)
    return tuple(
        each
        for each in found
        if each.hard or not (each.key in says_right or _confirmed(respondent, each, respondent.answers))
    )


def confirm(
    *, invitation: Invitation, version: int, moment: datetime, says_right: Collection[str] = ()
) -> tuple[Confirmed, Revision | None]:
    """Make the draft, as it was shown on the check page at `version`, the response that counts. Once, however often.

    NotNow when the wave takes no answers (unless this very draft had been confirmed before).
    """
    with transaction.atomic():
        respondent = respondents.locked(invitation)
        there = invitation.revisions.filter(draft_version=version).first()
        if there is not None:
            return Confirmed.CONFIRMED, there
        _check_open(respondent.invitation.wave, moment)
        if respondent.draft.version != version:
            return Confirmed.CHANGED, None
        if not version or respondent.open_pages or unconfirmed(respondent, says_right):
            return Confirmed.INCOMPLETE, None
        return Confirmed.CONFIRMED, _revise(respondent, says_right, moment)


def _revise(respondent: Respondent, says_right: Collection[str], moment: datetime) -> Revision:
    invitation, draft = respondent.invitation, respondent.draft
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
        questionnaire_fingerprint=respondent.content.questionnaire.fingerprint,
        confirmed_at=moment,
        late=not invitation.wave.takes_answers(moment),
    )
    _note_answer(invitation, revision)
    details = {"revision": number, "reference": revision.reference, "answers": seals.of_answers(revision)}
    if revision.late:
        details["late"] = True
    trail.record(
        act="answer.confirm", actor=_actor(invitation), subject=_subject(invitation), moment=moment, details=details
    )
    return revision


def _note_answer(invitation: Invitation, revision: Revision) -> None:
    """When it first answered, in time or late; a late answer leaves the outcome as it is."""
    fact = "late_at" if revision.late else "answered_at"
    if getattr(invitation, fact) is None:
        setattr(invitation, fact, revision.confirmed_at)
        invitation.save(update_fields=[fact])


def refuse(*, invitation: Invitation, moment: datetime, by: str | None = None) -> None:
    """ "We do not take part." Nothing more is mailed; the board may still answer until the wave closes.

    `by`: the officer to whom the board said so; without it the board did so by its link.
    """
    with transaction.atomic():
        locked = respondents.locked(invitation).invitation
        if not locked.wave.takes_answers(moment):
            raise NotNow(f"{locked.wave_id} has closed: how it ended for each board stays")
        if not outcomes.allowed(Outcome(locked.outcome), Event.REFUSE):
            raise NotNow("this board has answered; it can correct its answers")
        if locked.refused_at is None:
            locked.refused_at = moment
            locked.opened_at = locked.opened_at or (moment if by is None else None)
            locked.save(update_fields=["refused_at", "opened_at"])
            details = {"invitation": locked.pk} if by else {}
            actor = by or _actor(locked)
            trail.record(act="answer.refuse", actor=actor, subject=_subject(locked), moment=moment, details=details)


def confirmed_answers(wave: Wave) -> Mapping[UnitId, Mapping[ItemName, Value]]:
    """The answers that count, of every board that confirmed in time: its latest revision. By number of the board.

    Of the items of a block both what each entry said (`in_care.s00ap`) and what that comes to together (`in_care`).
    """
    questionnaire = content.of(wave).questionnaire
    revisions = counting(wave).values_list("invitation__unit__organisation__number", "counted")
    return {UnitId(number): _of_board(questionnaire, counted) for number, counted in revisions}


def counting(wave: Wave) -> QuerySet[Revision]:
    """The revisions that count: the latest in time of every board, in the order of their numbers."""
    number = "invitation__unit__organisation__number"
    in_time = Revision.objects.filter(invitation__wave=wave, late=False)
    return in_time.order_by(number, "-number").distinct(number)


def values_of(wave: Wave, revisions: Collection[int], only: Collection[ItemName]) -> Mapping[int, Values]:
    """What these revisions (by primary key) say to some of the items."""
    questionnaire = content.of(wave).questionnaire
    rows = Revision.objects.filter(pk__in=revisions).values_list("pk", "counted")
    return {key: _of_board(questionnaire, _chosen(counted, only)) for key, counted in rows}


def _chosen(counted: Mapping[str, object], only: Collection[ItemName]) -> Mapping[str, object]:
    return {name: kept for name, kept in counted.items() if questions.item_of(ItemName(name))[0] in only}


def _of_board(questionnaire: Questionnaire, counted: Mapping[str, object]) -> Mapping[ItemName, Value]:
    found = respondents.values_as_written(questionnaire, counted)
    return {**found, **questions.added_up(questionnaire, found)} if questionnaire.blocks else found


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


def _check_open(wave: Wave, moment: datetime) -> None:
    if not wave.listens(moment):
        raise NotNow(f"{wave.pk} takes no answers (any more)")


def _actor(invitation: Invitation) -> str:
    return f"invitation:{invitation.pk}"


def _subject(invitation: Invitation) -> str:
    return f"wave:{invitation.wave_id}"
