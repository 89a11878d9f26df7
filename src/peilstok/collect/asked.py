"""Every board of a wave with how it stands for it, in one statement: so that all counts are of one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from peilstok.collect import content
from peilstok.collect.models import Contact, Invitation, Message, Wave
from peilstok.collect.outcomes import Outcome
from peilstok.terms import Sector, UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One board. Pupils and region are those of the frame; a sector of which it has no site is not in `sectors`."""

    invitation: int
    organisation: int
    number: UnitId
    name: str
    pupils: int
    sectors: Mapping[Sector, int]
    region: str
    region_name: str
    outcome: Outcome
    answered_at: datetime | None
    late_at: datetime | None
    reachable: bool  # a mail went to it, or there is an address that one can go to

    @property
    def answered(self) -> bool:
        return self.outcome is Outcome.ANSWERED

    @property
    def in_scope(self) -> bool:
        return self.outcome is not Outcome.OUT_OF_SCOPE


_COLUMNS = (
    "pk",
    "unit__organisation_id",
    "unit__organisation__number",
    "unit__name",
    "unit__pupils",
    "unit__region__code",
    "unit__region__name",
    "outcome",
    "answered_at",
    "late_at",
    "reachable",
    *(f"unit__pupils_{sector}" for sector in Sector),
)


def boards(wave: Wave) -> tuple[Asked, ...]:
    """In the order of their numbers, those out of scope too; none of a wave that has not opened yet."""
    addresses = Contact.objects.mailable().exclude(email="").filter(organisation=OuterRef("unit__organisation"))
    addresses = addresses.filter(role__in=content.of(wave).spec.mail.to)
    mails = Message.objects.filter(invitation=OuterRef("pk")).exclude(state=Message.State.CANCELLED)
    reachable = Exists(addresses) | Exists(mails)
    found = Invitation.objects.filter(wave=wave).annotate(reachable=reachable)
    rows = found.order_by("unit__organisation__number").values_list(*_COLUMNS)
    return tuple(
        Asked(
            invitation=invitation,
            organisation=organisation,
            number=UnitId(number),
            name=name,
            pupils=pupils,
            sectors={sector: count for sector, count in zip(Sector, by_sector, strict=True) if count is not None},
            region=region or "",
            region_name=region_name or "",
            outcome=Outcome(outcome),
            answered_at=answered_at,
            late_at=late_at,
            reachable=reachable,
        )
        for (
            invitation, organisation, number, name, pupils, region, region_name, outcome, answered_at, late_at,
            reachable,
            *by_sector,
        ) in rows
    )  # fmt: skip


def in_scope(boards: Iterable[Asked]) -> tuple[Asked, ...]:
    """The invited: without those that turned out not to belong to who is asked."""
    return tuple(each for each in boards if each.in_scope)
