"""Who gets which mail: the one rule by which mails are queued, and by which a dry run counts them.

A board is written to while it is asked something (it has neither answered nor refused), at each of its addresses that
mail may go to and whose role the wave's file names. A reminder goes only to boards that a mail has reached before.
Nothing here is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from peilstok.collect import content
from peilstok.collect.mail import letters
from peilstok.collect.mail.letters import Letter
from peilstok.collect.models import INVITATION, Contact, Invitation, Message, Wave
from peilstok.register.models import FrameUnit
from peilstok.terms import UnitId

State = Message.State
Addressed = tuple[UnitId, str]
"""A board by its number, and an address of it."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board that is asked something, with its addresses of now; `invitation` is None while the wave is a draft."""

    unit: FrameUnit
    invitation: Invitation | None
    contacts: tuple[Contact, ...]

    @property
    def number(self) -> UnitId:
        return UnitId(self.unit.organisation.number)


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address of a board that is to get a mail."""

    board: Board
    contact: Contact


@dataclass(frozen=True, kw_only=True)
class Round:
    """A wave's boards as one kind of mail finds them at this moment."""

    wave: Wave
    kind: str
    asked: tuple[Board, ...]
    settled: int  # boards that have answered or refused
    recipients: tuple[Recipient, ...]
    had: Mapping[str, int]  # mails of this kind that there are already, by state
    not_reached: tuple[UnitId, ...]  # of a reminder: asked, and no mail of this wave has gone to it yet

    @property
    def boards(self) -> int:
        """How many boards get a mail."""
        return len({each.board.number for each in self.recipients})

    @property
    def without_address(self) -> list[UnitId]:
        return [board.number for board in self.asked if not board.contacts]

    @property
    def without_role(self) -> list[UnitId]:
        """Boards that have addresses, but none of a role that is mailed."""
        return [board.number for board in self.asked if board.contacts and not _in_roles(board, self.wave)]

    @property
    def opted_out(self) -> list[Addressed]:
        return self._addresses(lambda contact: contact.opted_out_at is not None)

    @property
    def failed_before(self) -> list[Addressed]:
        return self._addresses(lambda contact: contact.opted_out_at is None and contact.failed_at is not None)

    def _addresses(self, wanted: Callable[[Contact], bool]) -> list[Addressed]:
        return [(board.number, each.email) for board in self.asked for each in board.contacts if wanted(each)]

    @cached_property
    def shared(self) -> Mapping[str, list[UnitId]]:
        """Addresses that get this mail for several boards, with the boards."""
        boards = defaultdict[str, list[UnitId]](list)
        for each in self.recipients:
            boards[each.contact.email.lower()].append(each.board.number)
        return {email: numbers for email, numbers in sorted(boards.items()) if len(numbers) > 1}

    @property
    def per_minute(self) -> int:
        return content.of(self.wave).spec.mail.per_minute

    @cached_property
    def sample(self) -> Letter | None:
        """The first of these mails, with dots for what is secret in it."""
        if not self.recipients:
            return None
        first = self.recipients[0]
        language = letters.language_of(first.contact)
        return letters.sample(self.wave, kind=self.kind, board=first.board.unit.name, language=language)

    def as_json(self) -> dict[str, object]:
        frame = self.wave.frame
        return {
            "wave": self.wave.pk,
            "kind": self.kind,
            "frame": {"date": frame.date.isoformat(), "frozen": bool(self.wave.frame_fingerprint)},
            "mails": len(self.recipients),
            "boards": self.boards,
            "asked": len(self.asked),
            "answered_or_refused": self.settled,
            "there_already": dict(self.had),
            "without_address": self.without_address,
            "without_role": self.without_role,
            "not_reached": list(self.not_reached),
            "shared": dict(self.shared),
            "opted_out": [{"board": board, "email": email} for board, email in self.opted_out],
            "failed_before": [{"board": board, "email": email} for board, email in self.failed_before],
            "per_minute": self.per_minute,
            "sample": {"subject": self.sample.subject, "body": self.sample.body} if self.sample else None,
        }


def round_of(wave: Wave, kind: str = INVITATION, *, boards: Collection[str] | None = None) -> Round:
    """Who would get this kind of mail now. `boards`: of these alone."""
    everybody = [board for board in _boards(wave) if boards is None or board.number in boards]
    asked = tuple(board for board in everybody if _is_asked(board.invitation))
    reached = asked if kind == INVITATION else _reached(wave, asked)
    had, waiting = _had(wave, kind), _waiting(wave)
    return Round(
        wave=wave,
        kind=kind,
        asked=asked,
        settled=len(everybody) - len(asked),
        recipients=tuple(
            Recipient(board, contact)
            for board in reached
            for contact in _in_roles(board, wave)
            if contact.opted_out_at is None and contact.failed_at is None
            if (key := (board.invitation.pk if board.invitation else 0, contact.pk)) not in had
            if kind == INVITATION or key not in waiting
        ),
        had=Counter(had.values()),
        not_reached=tuple(board.number for board in asked if board not in reached),
    )


def _is_asked(invitation: Invitation | None) -> bool:
    return invitation is None or not (invitation.answered_at or invitation.refused_at or invitation.out_of_scope_at)


def _in_roles(board: Board, wave: Wave) -> list[Contact]:
    """The addresses whose role the wave's file names."""
    roles = content.of(wave).spec.mail.to
    return [contact for contact in board.contacts if contact.role in roles]


def _boards(wave: Wave) -> list[Board]:
    """All boards of the frame, by number."""
    invitations = {each.unit_id: each for each in wave.invitations.all()}
    contacts = defaultdict[int, list[Contact]](list)
    current = Contact.objects.current().filter(organisation__in_frames__frame=wave.frame_id)
    for each in current.order_by("pk"):
        contacts[each.organisation_id].append(each)
    units = FrameUnit.objects.filter(frame=wave.frame_id).select_related("organisation")
    return [
        Board(unit, invitations.get(unit.pk), tuple(contacts[unit.organisation_id]))
        for unit in units.order_by("organisation__number")
    ]


def _reached(wave: Wave, asked: Sequence[Board]) -> tuple[Board, ...]:
    """Those that a mail of this wave has gone to, as far as anybody knows.

    Also one that came back without its address being given up (a full mailbox, a server that was down): nothing says
    that the address is wrong (docs/decisions/0011).
    """
    came_back = Q(state=State.FAILED, returned_at__isnull=False, contact__failed_at=None)
    gone = Q(state__in=(State.SENT, State.UNCERTAIN))
    reached = set(Message.objects.filter(gone | came_back, invitation__wave=wave).values_list("invitation", flat=True))
    return tuple(board for board in asked if board.invitation and board.invitation.pk in reached)


def _had(wave: Wave, kind: str) -> Mapping[tuple[int, int], str]:
    """(invitation, contact) -> state, of the mails of this kind. What was cancelled never went out."""
    mails = Message.objects.filter(invitation__wave=wave, kind=kind).exclude(state=State.CANCELLED)
    return {(invitation, contact): state for invitation, contact, state in mails.values_list(*_KEY, "state")}


def _waiting(wave: Wave) -> set[tuple[int, int]]:
    """(invitation, contact) of those who are still to get another mail of this wave: one at a time."""
    mails = Message.objects.filter(invitation__wave=wave, state__in=(State.QUEUED, State.SENDING))
    return set(mails.values_list(*_KEY))


_KEY = ("invitation", "contact")
