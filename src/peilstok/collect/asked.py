"""Every invited board of a wave with how it stands for it, in one statement: so that all counts are of one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from peilstok.collect.models import Invitation, Wave
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
    mailable: bool

    @property
    def answered(self) -> bool:
        return self.outcome is Outcome.ANSWERED


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
    "email",
    *(f"unit__pupils_{sector}" for sector in Sector),
)


def boards(wave: Wave) -> tuple[Asked, ...]:
    """In the order of their numbers; none of a wave that has not opened yet."""
    rows = Invitation.objects.filter(wave=wave).order_by("unit__organisation__number").values_list(*_COLUMNS)
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
            mailable=bool(email),
        )
        for (
            invitation, organisation, number, name, pupils, region, region_name, outcome, answered_at, late_at, email,
            *by_sector,
        ) in rows
    )  # fmt: skip
