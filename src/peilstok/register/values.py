"""What one cell means: a school's number, a sector, a count, a date. None for a cell that cannot be understood.

Decides which spellings are certain enough to be read. Blanks around a value never count. Decides nothing about what
is reported, and nothing about two cells together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Final

from peilstok.terms import Sector

MOST_PUPILS: Final = 20_000
"""No site of a primary school comes near; a larger number is a slip of the separator."""

SECTORS: Final[Mapping[str, Sector]] = {
    "bo": Sector.BO,
    "bao": Sector.BO,
    "basisonderwijs": Sector.BO,
    "sbo": Sector.SBO,
    "sbao": Sector.SBO,
    "speciaal basisonderwijs": Sector.SBO,
    "so": Sector.SO,
    "speciaal onderwijs": Sector.SO,
    "vso": Sector.VSO,
    "voortgezet speciaal onderwijs": Sector.VSO,
}
"""SO/VSO and (V)SO are not among them: they do not tell how many pupils are in which."""

PROVINCES: Final[Mapping[str, tuple[str, str]]] = {
    "groningen": ("20", "Groningen"),
    "friesland": ("21", "Friesland"),
    "fryslan": ("21", "Friesland"),
    "drenthe": ("22", "Drenthe"),
    "overijssel": ("23", "Overijssel"),
    "flevoland": ("24", "Flevoland"),
    "gelderland": ("25", "Gelderland"),
    "utrecht": ("26", "Utrecht"),
    "noordholland": ("27", "Noord-Holland"),
    "zuidholland": ("28", "Zuid-Holland"),
    "zeeland": ("29", "Zeeland"),
    "noordbrabant": ("30", "Noord-Brabant"),
    "limburg": ("31", "Limburg"),
}
"""Code of Statistics Netherlands and name, by the name's letters."""

# DUO's file of 2019 has 0xD4 (a capital Ô) where the name of this municipality has â.
MISPRINTS: Final = {"FryslÔn": "Fryslân"}

_DATES: Final = (
    re.compile(r"(?P<y>\d{4})-?(?P<m>\d{2})-?(?P<d>\d{2})(?:[T ]00:00(?::00)?)?"),
    re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})"),
)


def text(cell: str) -> str:
    """Without padding, and with one blank between words."""
    return " ".join(cell.split())


@cache
def letters(name: str) -> str:
    """A name by its letters and digits alone, to compare spellings: `'s-Gravenhage` is `S GRAVENHAGE`."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in bare if character.isalnum())


def name(cell: str) -> str:
    found = text(cell)
    for wrong, right in MISPRINTS.items():
        found = found.replace(wrong, right)
    return found


def brin(cell: str, *, synthetic: bool = False) -> str | None:
    """Two digits and two letters. An invented school may have them in another order, so that its number is nobody's."""
    found = text(cell).upper()
    pattern = r"[A-Z0-9]{4}" if synthetic else r"[0-9]{2}[A-Z]{2}"
    return found if re.fullmatch(pattern, found) else None


def location(cell: str, *, brin: str | None) -> str | None:
    """Two digits, also where a leading zero was lost, or behind the school's own number (`16AH00`)."""
    found = text(cell).upper()
    if brin and found.startswith(brin):
        found = found.removeprefix(brin).lstrip()
    return found.zfill(2) if re.fullmatch(r"[0-9]{1,2}", found) else None


def board(cell: str, *, synthetic: bool = False) -> str | None:
    """Five digits. An invented board may have letters too, so that its number is nobody's."""
    found = text(cell).upper()
    pattern = r"[A-Z0-9][A-Z0-9-]{0,19}" if synthetic else r"[0-9]{5}"
    return found if re.fullmatch(pattern, found) else None


def sector(cell: str) -> Sector | None:
    return SECTORS.get(text(cell).casefold())


def municipality(cell: str) -> str | None:
    """Four digits with leading zeros; published with and without them."""
    found = text(cell)
    return found.zfill(4) if re.fullmatch(r"[0-9]{1,4}", found) and int(found) else None


def region(cell: str) -> str | None:
    """The code of a region: two digits with leading zeros."""
    found = text(cell)
    return found.zfill(2) if re.fullmatch(r"[0-9]{1,2}", found) and int(found) else None


def province(cell: str) -> tuple[str, str] | None:
    return PROVINCES.get(letters(cell))


def postcode(cell: str) -> str | None:
    """Four digits and two letters without a blank; empty where the cell is empty."""
    found = "".join(cell.split()).upper()
    return found if re.fullmatch(r"([1-9][0-9]{3}[A-Z]{2})?", found) else None


def says_total(cell: str) -> bool:
    """Whether the cell says that its row adds others up: `Totaal`, `Eindtotaal 2019`, `Total`."""
    return bool(re.match(r"((eind|sub)?totaal|(grand |sub)?total)\b", text(cell).casefold()))


def day(cell: str) -> date | None:
    found = text(cell)
    for pattern in _DATES:
        match = pattern.fullmatch(found)
        if match:
            return _date(int(match["y"]), int(match["m"]), int(match["d"]))
    return None


def _date(year: int, month: int, day_: int) -> date | None:
    try:
        return date(year, month, day_)
    except ValueError:
        return None


def decimal_mark(cells: Iterable[str]) -> str | None:
    """`,` or `.`, whichever the file writes its fractions with; None where it has none.

    Three digits behind a mark prove nothing: 1.234 may be a thousand and more.
    """
    marks = [match[1] for cell in cells if (match := re.fullmatch(r"\s*-?\d+([.,])(\d\d?|\d{4,})\s*", cell))]
    if not marks:
        return None
    return "," if marks.count(",") >= marks.count(".") else "."


def number(cell: str, *, mark: str | None) -> float | None:
    """A number that may have a fraction, written with the file's decimal mark."""
    found = text(cell).replace(mark or ",", ".", 1)
    return float(found) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", found) else None


def pupils(cell: str, *, mark: str | None) -> int | None:
    """A count: digits, groups of three apart where the decimal mark is known, or a fraction of zeros."""
    found = text(cell)
    if mark:
        found = re.sub(rf"{re.escape(mark)}00?$", "", found)
        grouping = re.escape("." if mark == "," else ",")
        if re.fullmatch(rf"[0-9]{{1,3}}({grouping}[0-9]{{3}})+", found):
            found = re.sub(grouping, "", found)
    found = found if found.isascii() and found.isdigit() else ""
    return int(found) if 0 < len(found) < 9 and int(found) <= MOST_PUPILS else None
