"""Numbers as people write them, in Dutch and in English: `1.234,5` and `1,234.5`.

Decides how typed text is read as a number, and how a number is written. What `1.234` means is settled here and
explained in `docs/formats/questionnaire.md`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from peilstok.terms import Language

LARGEST: Final = 10**12
"""Numbers up to here are read; what is larger is a slip of the finger (and floats hold six decimals below it)."""
DECIMALS: Final = 6
LONGEST: Final = 40  # characters of typed text; more is no number

GROUP: Final[dict[Language, str]] = {"nl": ".", "en": ","}
POINT: Final[dict[Language, str]] = {"nl": ",", "en": "."}
_MINUS: Final = "-\N{MINUS SIGN}\N{EN DASH}\N{FIGURE DASH}"
_BLANKS: Final = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}'\N{RIGHT SINGLE QUOTATION MARK}"
_GROUPED: Final = re.compile(rf"[0-9]{{1,3}}(?:(?P<sign>[.,{_BLANKS}])[0-9]{{3}})(?:(?P=sign)[0-9]{{3}})*")


class Unread(StrEnum):
    """Why typed text is not taken as a number."""

    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    TOO_LARGE = "too_large_a_number"
    TOO_FINE = "too_many_decimals"


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as it was read; `other` is the second reading, where the text has two ("1.234" with decimals)."""

    value: Decimal
    other: Decimal | None = None


def read(text: str, *, language: Language) -> Reading | Unread:
    """Typed text as a number, signs and separators of both languages taken.

    One separator with other than three digits after it is a decimal sign: 3,8 and 3.8. Two different ones: the last
    is the decimal sign. The same one twice: thousands. A lone one with three digits after it, 1.234, has two
    readings; in a Dutch text the point and in an English text the comma is first read as a sign for thousands.
    """
    text = text.strip()
    if len(text) > LONGEST:
        return Unread.NOT_A_NUMBER
    text = "".join(_plain(character) for character in text)
    sign = -1 if text[:1] in _MINUS and text else 1
    body = text[1:].strip() if text[:1] and text[0] in _MINUS + "+" else text
    found = _unsigned(body, language)
    if isinstance(found, Unread):
        return found
    if max(found.value, found.other or Decimal(0)) > LARGEST:
        return Unread.TOO_LARGE
    return Reading(sign * found.value, None if found.other is None else sign * found.other)


def _plain(character: str) -> str:
    """A digit of any script as 0-9. Superscripts and fractions are no digits: 2² is not 22."""
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _unsigned(text: str, language: Language) -> Reading | Unread:
    point = max(text.rfind("."), text.rfind(","))
    if point < 0:
        whole = _whole(text)
        return Unread.NOT_A_NUMBER if whole is None else Reading(Decimal(whole))
    mark, before, after = text[point], text[:point], text[point + 1 :]
    if mark in before:  # the same sign again: 1.234.567, and not 1.234,567.8
        whole = _whole(text)
        return Unread.NOT_A_NUMBER if whole is None else Reading(Decimal(whole))
    whole = _whole(before or "0")
    if whole is None or not after.isdecimal():
        return Unread.NOT_A_NUMBER
    decimal = Decimal(f"{whole}.{after}")
    thousands = _whole(text)
    if thousands is None or whole.startswith("0"):
        return Reading(decimal)
    grouped = Decimal(thousands)
    return Reading(grouped, decimal) if mark == GROUP[language] else Reading(decimal, grouped)


def _whole(text: str) -> str | None:
    """The digits of a whole number, with or without signs between thousands."""
    if text.isdecimal():
        return text
    if _GROUPED.fullmatch(text):
        return "".join(character for character in text if character.isdecimal())
    return None


def whole(text: str, *, language: Language) -> int | Unread:
    """Typed text as a whole number: 1.234 and 1,234 are both 1234; 12,0 is 12; 12,5 is refused."""
    found = read(text, language=language)
    if isinstance(found, Unread):
        return found
    readings = [value for value in (found.value, found.other) if value is not None]
    integral = [value for value in readings if value == value.to_integral_value()]
    return int(max(integral, key=abs)) if integral else Unread.NOT_WHOLE


def decimals(text: str, *, language: Language, minimum: float | None, maximum: float | None) -> float | Unread:
    """Typed text as a number with decimals. Of two readings the first that lies within the bounds is taken."""
    found = read(text, language=language)
    if isinstance(found, Unread):
        return found
    chosen = found.value
    if (
        found.other is not None
        and not _within(found.value, minimum, maximum)
        and _within(found.other, minimum, maximum)
    ):
        chosen = found.other
    if chosen != round(chosen, DECIMALS):
        return Unread.TOO_FINE
    return float(chosen) or 0.0  # -0,0 is 0


def _within(value: Decimal, minimum: float | None, maximum: float | None) -> bool:
    above = minimum is None or value >= exact(minimum)
    return above and (maximum is None or value <= exact(maximum))


def exact(value: float) -> Decimal:
    """The decimal that a number was written as: 0.1 is a tenth, and not the float next to it."""
    return Decimal(repr(value))


def written(value: float | Decimal, language: Language) -> str:
    """A number as the language writes it, with signs between thousands and only the decimals that it has."""
    decimal = value if isinstance(value, Decimal) else exact(value)
    if not decimal:
        return "0"
    before, _, after = f"{decimal:,f}".partition(".")
    before, after = before.replace(",", GROUP[language]), after.rstrip("0")
    return f"{before}{POINT[language]}{after}" if after else before


def rounded(value: Fraction, *, places: int) -> Decimal:
    """Half away from zero, as figures are rounded for readers. Exact at any size."""
    steps = (abs(value) * 10**places + Fraction(1, 2)).__floor__()
    return Decimal((int(value < 0), tuple(int(digit) for digit in str(steps)), -places))
