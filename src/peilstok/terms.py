"""Small frozen value types that every room shares. No behaviour beyond their own validity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, NewType
from zoneinfo import ZoneInfo

UnitId = NewType("UnitId", str)
"""The number of a board in the register (BEVOEGD GEZAG NUMMER), as text: leading zeros count."""
WaveId = NewType("WaveId", str)
"""The short name of a wave, unique in the installation: `wave-3`."""
ItemName = NewType("ItemName", str)
BlockName = NewType("BlockName", str)
EntryKey = NewType("EntryKey", str)
"""One entry of a block: "s" and the school's number, or "n" and a digest of the name that the board wrote down."""
FigureName = NewType("FigureName", str)
DomainKey = NewType("DomainKey", str)
"""The name of a domain in a plan: `all`, `without_vso`."""

ALL: Final = DomainKey("all")

Language = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
"""The clock by which a day begins and a moment is said."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in the languages of the product. Dutch is the language of the site, English complete beside it."""

    nl: str
    en: str

    def __post_init__(self) -> None:
        if not self.nl.strip() or not self.en.strip():
            raise ValueError(f"a text needs Dutch and English; found nl={self.nl!r}, en={self.en!r}")

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.nl

    def as_json(self) -> Mapping[str, str]:
        return {"nl": self.nl, "en": self.en}


class Missing(StrEnum):
    """Why there is no value. Two different answers, and two ways of there being none."""

    DONT_KNOW = "dont_know"  # "weet ik niet"
    NOT_APPLICABLE = "not_applicable"  # "niet van toepassing"
    NOT_ANSWERED = "not_answered"  # on the path, left empty
    NOT_ASKED = "not_asked"  # not on the path


class Sector(StrEnum):
    """Kinds of primary education (SOORT_PO of DUO)."""

    BO = "bo"  # regular primary education
    SBO = "sbo"  # special primary education
    SO = "so"  # special education, primary age
    VSO = "vso"  # special education, secondary age


Value = int | float | str | frozenset[str] | Missing
"""A unit's value for one item: a number, an option or a text, a set of options, or why there is none."""

RegisterRow = Mapping[str, object]
"""What the frame knows of one unit, keyed by `REGISTER_FIELDS`; None for a sector of which it has no site."""

REGISTER_FIELDS: Final[Mapping[str, type]] = {
    "number": str,
    "name": str,
    "pupils": int,
    "pupils_bo": int,
    "pupils_sbo": int,
    "pupils_so": int,
    "pupils_vso": int,
    "schools": int,  # BRIN numbers
    "sites": int,
    "region": str,  # code of the RMC region with most of the unit's pupils; None where not known
    "has_special_school": bool,  # has an so or vso site
}

ENTRY_FIELDS: Final[Mapping[str, type]] = {
    "number": str,  # of a school its BRIN number, of a site with the two digits of its location
    "name": str,
    "place": str,
    "pupils": int,
}
"""What the frame knows of a school or site of a unit; nothing but the name of one that the board added."""
