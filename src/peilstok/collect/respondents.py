"""A board in front of its questionnaire: what is asked of it, what it has filled in so far, where it was.

Decides which pages are done and which comes next. Somebody to whom the board handed a part sees the pages of that part
and no others; whatever they say counts for the board. Reads; `answers` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Final

from peilstok import questionnaire as questions
from peilstok.collect import content, hands, lookup, parts, tokens
from peilstok.collect.content import Content
from peilstok.collect.hands import Hand
from peilstok.collect.lookup import Found, Stamp
from peilstok.collect.models import Draft, Handover, Invitation, Revision
from peilstok.errors import NotNow
from peilstok.questionnaire import BlockSource, Context, Item, Page, Path, PathPage, Questionnaire
from peilstok.register import frames
from peilstok.register.models import FrameUnit
from peilstok.terms import ItemName, RegisterRow, Value


@dataclass(frozen=True)
class Respondent:
    """An invitation with its draft; `context` is what is known beside the answers, `hand` who fills in."""

    invitation: Invitation
    content: Content
    context: Context
    draft: Draft  # not yet in the database while nothing was saved: its version is 0
    hand: Hand
    gives: bool  # something is with others now
    stamp: Stamp | None  # of when it was looked up

    @cached_property
    def _seen(self) -> tuple[Questionnaire, Mapping[ItemName, Value]]:
        return seen(self.content.questionnaire, self.draft.answers, self.context)

    @property
    def questionnaire(self) -> Questionnaire:
        """As this board sees it now: its blocks written out, with values in the texts."""
        return self._seen[0]

    @cached_property
    def prefilled(self) -> Mapping[ItemName, Value]:
        return questions.prefilled(self.questionnaire, self.context)

    @property
    def answers(self) -> Mapping[ItemName, Value]:
        """What was accepted so far."""
        return self._seen[1]

    @property
    def has_typed(self) -> bool:
        """Waits something that was typed and not accepted yet?"""
        return bool(self.draft.typed)

    @cached_property
    def wholes(self) -> Mapping[ItemName, Fraction]:
        """What the items that may be given as a percentage are parts of."""
        return questions.wholes(self.questionnaire, self.answers, self.context)

    def reaches(self, page: Page) -> bool:
        """Does the page belong to what this hand may fill in?"""
        return self.hand.part is None or self.hand.part.holds(page)

    @cached_property
    def path(self) -> Path:
        """The pages that are asked, as far as this hand reaches."""
        whole = questions.path(self.questionnaire, self.answers, self.context)
        if self.hand.part is None:
            return whole
        return replace(whole, pages=tuple(each for each in whole.pages if self.reaches(each.page)))

    def on_path(self, page: str) -> PathPage | None:
        return next((each for each in self.path.pages if each.page.name == page), None)

    def accepted(self, page: PathPage) -> bool:
        """Saved, sound, and about all that is asked there now (another answer may have opened a question since)."""
        name = page.page.name
        saved = name in self.draft.saved and name not in self.draft.typed
        return saved and all(item.name in self.answers for item in page.items if item.type.asks)

    @property
    def open_pages(self) -> tuple[PathPage, ...]:
        return tuple(page for page in self.path.pages if not self.accepted(page))

    @cached_property
    def latest(self) -> Revision | None:
        """What the board confirmed last; it counts, unless it came late."""
        if self.invitation.answered_at is None and self.invitation.late_at is None:
            return None
        return self.invitation.revisions.order_by("-number").first()

    def revision_of(self, version: int) -> Revision | None:
        """That in which this version of the draft was confirmed."""
        return self.invitation.revisions.filter(draft_version=version).first() if self.latest else None

    @cached_property
    def counting(self) -> Revision | None:
        """What counts in the figures: the latest that came in time."""
        if self.latest is None or not self.latest.late:
            return self.latest
        return self.invitation.revisions.filter(late=False).order_by("-number").first()

    def left_out(self, without: Collection[Handover]) -> frozenset[str]:
        """The open pages that are with others who are not done: the board may send without them.

        Not where somebody has everything, nor where nothing else was filled in: then there is nothing to send.
        """
        given = [parts.of(each) for each in without if each.kind != Handover.Kind.EVERYTHING]
        if len(self.open_pages) == len(self.path.pages):
            return frozenset()
        return frozenset(each.page.name for each in self.open_pages if any(part.holds(each.page) for part in given))

    def takes_answers(self, moment: datetime) -> bool:
        """In time or late (`Wave.listens`), and of a board in scope only."""
        return self.invitation.wave.listens(moment) and self.invitation.out_of_scope_at is None

    def may_refuse(self, moment: datetime) -> bool:
        """Only in time: how it ended for a board stays when its wave has closed."""
        return self.takes_answers(moment) and self.invitation.wave.takes_answers(moment)

    def check_open(self, moment: datetime) -> None:
        """NotNow where the wave takes no answers, not even late ones, or where the board is out of scope."""
        if not self.takes_answers(moment):
            raise NotNow(f"{self.invitation.wave_id} takes no answers (any more) of this board")

    @property
    def has_unsent_changes(self) -> bool:
        return self.latest is not None and self.latest.draft_version != self.draft.version


def find(token: str) -> Respondent | None:
    """Whose link this is; None for anything that is no link of ours."""
    readable = tokens.readable(token)
    if readable is None:
        return None
    found = lookup.by_token(tokens.hash_of(readable))
    if found is None:
        return None
    return _of(found, hands.of_handover(found.handover) if found.handover else None)


def of_board(wave: str, number: str, hand: Hand) -> Respondent | None:
    """The board with this number in the register, as it was invited to this wave."""
    found = lookup.by_number(wave, number)
    return _of(found, hand) if found else None


def locked(invitation: Invitation, hand: Hand | None = None) -> Respondent:
    """The respondent as it is now; nobody else writes for this invitation until the transaction ends.

    NotNow when the board has taken back what this hand was given.
    """
    if hand is None or hand.handover is None:
        return _of(lookup.locked(invitation.pk), hand)
    found = lookup.locked(invitation.pk, link=hand.handover.token_hash or "")
    if found.handover is None or found.handover.taken_back_at:
        raise NotNow("the board has taken this part back")
    return _of(found, hands.of_handover(found.handover))


def of(invitation: Invitation, hand: Hand | None = None) -> Respondent:
    """Of an invitation that was looked up in another way. `hand`: the board's own where there is none."""
    return _of(Found(invitation, handover=None, gives=True, stamp=None), hand)


def _of(found: Found, hand: Hand | None) -> Respondent:
    invitation = found.invitation
    draft = getattr(invitation, "draft", None)  # a reverse one-to-one that is not there
    return Respondent(
        invitation=invitation,
        content=content.of(invitation.wave),
        context=Context(
            register=frames.row(invitation.unit),
            previous=_Previous(invitation),
            entries=_Entries(invitation.unit),
        ),
        draft=draft or Draft(invitation=invitation),
        hand=hand or hands.of_board(invitation),
        gives=found.gives,
        stamp=found.stamp,
    )


def seen(
    questionnaire: Questionnaire, kept: Mapping[str, object], context: Context
) -> tuple[Questionnaire, Mapping[ItemName, Value]]:
    """The questionnaire as it is seen with these answers, as they were kept, and the answers as values of it."""
    written_out = _written_out(questionnaire, kept, context) if questionnaire.blocks else questionnaire
    answers = values(written_out, kept)
    return questions.filled_in(written_out, answers, context), answers


_WRITTEN_OUT: Final = 100  # boards of which one process keeps the questionnaire with its blocks written out
_written_out_before: dict[tuple[object, ...], Questionnaire] = {}


def _written_out(questionnaire: Questionnaire, kept: Mapping[str, object], context: Context) -> Questionnaire:
    """With the blocks written out. For seventy schools that takes longer than all else on a page; it seldom changes."""
    pages = questions.list_pages(questionnaire, context)
    items = tuple(item for page in pages.values() for item in page.items)
    lists = _values({item.name: item for item in items}, kept)
    entries = questions.entries_of(questionnaire, lists, context)
    rows = tuple((entry.key, *sorted(map(str, entry.row.items()))) for each in entries.values() for entry in each)
    key = (questionnaire.fingerprint, items, rows)
    if key not in _written_out_before:
        if len(_written_out_before) >= _WRITTEN_OUT:
            _written_out_before.clear()
        _written_out_before[key] = questions.written_out(questionnaire, pages, entries)
    return _written_out_before[key]


class _Entries(Mapping[BlockSource, tuple[RegisterRow, ...]]):
    """The schools and the sites of a board; looked up when a questionnaire has a block of them."""

    def __init__(self, unit: FrameUnit) -> None:
        self._unit = unit
        self._found: dict[BlockSource, tuple[RegisterRow, ...]] = {}

    def __getitem__(self, source: BlockSource) -> tuple[RegisterRow, ...]:
        if source not in _SOURCES:
            raise KeyError(source)
        if source not in self._found:
            self._found[source] = _SOURCES[source](self._unit)
        return self._found[source]

    def __iter__(self) -> Iterator[BlockSource]:
        return iter(_SOURCES)

    def __len__(self) -> int:
        return len(_SOURCES)


_SOURCES: Final[Mapping[BlockSource, Callable[[FrameUnit], tuple[RegisterRow, ...]]]] = {
    BlockSource.SCHOOLS: frames.schools_of,
    BlockSource.SITES: frames.sites_of,
}


class _Previous(Mapping[ItemName, Value]):
    """The board's own latest answers in the wave before, for the items that are asked again in the same words.

    Looked up when somebody asks: most posts are saved without.
    """

    def __init__(self, invitation: Invitation) -> None:
        self._invitation = invitation

    @cached_property
    def _answers(self) -> Mapping[ItemName, Value]:
        wave = self._invitation.wave
        kept, fingerprint = lookup.answers_of_the_wave_before(self._invitation)
        if not kept or wave.previous_id is None:
            return {}
        now, then = content.of(wave).questionnaire, content.questionnaire_of(wave.previous_id, fingerprint)
        return {
            name: value
            for name, value in values_as_written(now, kept).items()
            if _asked_again(questions.item_of(name)[0], now, then)
        }

    def __getitem__(self, name: ItemName) -> Value:
        return self._answers[name]

    def __iter__(self) -> Iterator[ItemName]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)


def _asked_again(name: ItemName, now: Questionnaire, then: Questionnaire) -> bool:
    return name in then.items and questions.asked_alike(then.items[name], now.items[name])


def values(questionnaire: Questionnaire, kept: Mapping[str, object]) -> dict[ItemName, Value]:
    """Values from JSON, in the order of the questionnaire. What fits no item of it is left out."""
    return _values(questionnaire.items, kept)


def values_as_written(questionnaire: Questionnaire, kept: Mapping[str, object]) -> dict[ItemName, Value]:
    """The same by the questionnaire as it was written: of the items of a block those of every entry that was kept."""
    of_items: dict[ItemName, list[ItemName]] = {}
    for name in map(ItemName, kept):
        of_items.setdefault(questions.item_of(name)[0], []).append(name)
    items = {name: item for written, item in questionnaire.items.items() for name in of_items.get(written, ())}
    return _values(items, kept)


def _values(items: Mapping[ItemName, Item], kept: Mapping[str, object]) -> dict[ItemName, Value]:
    found = {name: _value(item, kept[name]) for name, item in items.items() if name in kept}
    return {name: value for name, value in found.items() if value is not None}


def _value(item: Item, data: object) -> Value | None:
    try:
        return questions.value_from_json(item, data)
    except ValueError:
        return None  # of an earlier questionnaire, in which the item was another
