"""How a wave is going: the counts that the council sees while it runs.

Every invitation has exactly one outcome (`outcomes`), so invited = bounced + not opened + opened + started + answered +
refused at every moment; boards out of scope are counted apart. Pupils are those of the frame, not those that boards
fill in. All counts come from one statement, so they belong to one moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Sum, Value, When

from peilstok.collect.models import Contact, Invitation, Message, Wave
from peilstok.collect.outcomes import INVITED, Outcome
from peilstok.terms import WaveId

SIZES: Final = (250, 1_000, 2_500, 5_000)
"""Where the size classes begin, in pupils of the frame; the first is below 250."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeClass:
    """Boards with `low` pupils or more, and fewer than `high` (None: no bound)."""

    low: int
    high: int | None
    invited: int
    answered: int
    pupils: int
    pupils_covered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The counts of a wave at one moment."""

    wave: WaveId
    bounced: int
    not_opened: int
    opened: int
    started: int
    answered: int
    refused: int
    out_of_scope: int  # not among the invited
    without_address: int  # of the invited: no mail has gone to them, and there is no address that it could go to
    pupils: int  # at the invited boards, by the frame
    pupils_covered: int  # at the boards that answered, by the frame
    by_size: tuple[SizeClass, ...]
    messages: Mapping[str, int]

    @property
    def invited(self) -> int:
        return sum(int(getattr(self, str(outcome))) for outcome in INVITED)

    @property
    def coverage(self) -> float:
        """Percent of pupils."""
        return 100 * self.pupils_covered / self.pupils if self.pupils else 0.0

    @property
    def response(self) -> float:
        """Percent of boards."""
        return 100 * self.answered / self.invited if self.invited else 0.0

    def as_json(self) -> dict[str, object]:
        return {
            "wave": self.wave,
            "invited": self.invited,
            **{str(outcome): getattr(self, str(outcome)) for outcome in Outcome},
            "without_address": self.without_address,
            "pupils": self.pupils,
            "pupils_covered": self.pupils_covered,
            "coverage": round(self.coverage, 1),
            "by_size": [
                {
                    name: getattr(each, name)
                    for name in ("low", "high", "invited", "answered", "pupils", "pupils_covered")
                }
                for each in self.by_size
            ],
            "messages": dict(self.messages),
        }


@dataclass(frozen=True, slots=True)
class _Cell:
    """Invitations of one size class with one outcome."""

    size: int
    outcome: Outcome
    boards: int
    pupils: int
    without_address: int


def counts(wave: Wave) -> Counts:
    found = _cells(wave)
    boards = {outcome: sum(cell.boards for cell in found if cell.outcome is outcome) for outcome in Outcome}
    cells = tuple(cell for cell in found if cell.outcome in INVITED)
    return Counts(
        wave=WaveId(wave.pk),
        bounced=boards[Outcome.BOUNCED],
        not_opened=boards[Outcome.NOT_OPENED],
        opened=boards[Outcome.OPENED],
        started=boards[Outcome.STARTED],
        answered=boards[Outcome.ANSWERED],
        refused=boards[Outcome.REFUSED],
        out_of_scope=boards[Outcome.OUT_OF_SCOPE],
        without_address=sum(cell.without_address for cell in cells),
        pupils=sum(cell.pupils for cell in cells),
        pupils_covered=sum(cell.pupils for cell in cells if cell.outcome is Outcome.ANSWERED),
        by_size=tuple(_size_class(low, cells) for low in (0, *SIZES)),
        messages=_messages(wave),
    )


def _cells(wave: Wave) -> tuple[_Cell, ...]:
    size = Case(
        *(When(unit__pupils__gte=low, then=Value(low)) for low in reversed(SIZES)),
        default=Value(0),
        output_field=IntegerField(),
    )
    addresses = Contact.objects.mailable().filter(organisation=OuterRef("unit__organisation"))
    reachable = Exists(addresses) | Exists(Message.objects.filter(invitation=OuterRef("pk")))
    without = Count("pk", filter=Q(reachable=False))
    rows = (
        Invitation.objects.filter(wave=wave)
        .annotate(size=size, reachable=reachable)
        .values("size", "outcome")
        .annotate(boards=Count("pk"), pupils=Sum("unit__pupils"), without=without)
        .values_list("size", "outcome", "boards", "pupils", "without")
    )
    return tuple(_Cell(size, Outcome(outcome), *numbers) for size, outcome, *numbers in rows)


def _size_class(low: int, cells: tuple[_Cell, ...]) -> SizeClass:
    higher = [each for each in SIZES if each > low]
    mine = [cell for cell in cells if cell.size == low]
    answered = [cell for cell in mine if cell.outcome is Outcome.ANSWERED]
    return SizeClass(
        low=low,
        high=higher[0] if higher else None,
        invited=sum(cell.boards for cell in mine),
        answered=sum(cell.boards for cell in answered),
        pupils=sum(cell.pupils for cell in mine),
        pupils_covered=sum(cell.pupils for cell in answered),
    )


def _messages(wave: Wave) -> dict[str, int]:
    rows = Message.objects.filter(invitation__wave=wave).values("state").annotate(number=Count("pk"))
    found = dict(rows.values_list("state", "number"))
    return {str(state): found.get(str(state), 0) for state in Message.State}
