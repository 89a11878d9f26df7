"""Days as people write them: `2020-04-06`, `6-4-2020`, `6 april 2020`. The day comes before the month.

Kept and computed with they are texts, YYYY-MM-DD, so that comparing the texts compares the days.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from peilstok.terms import Language

_DUTCH: Final = "januari februari maart april mei juni juli augustus september oktober november december"
_ENGLISH: Final = "January February March April May June July August September October November December"
MONTHS: Final[dict[Language, tuple[str, ...]]] = {"nl": tuple(_DUTCH.split()), "en": tuple(_ENGLISH.split())}
_MONTH_NUMBERS: Final = {
    name.lower(): number for names in MONTHS.values() for number, name in enumerate(names, start=1)
}
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})")
_IN_WORDS: Final = re.compile(r"([0-9]{1,2})\.? +([A-Za-z]{3,9}) +([0-9]{4})")


def read(text: str) -> str | None:
    """The day as YYYY-MM-DD, or None when it is no day between 1900 and 2199."""
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(text):
        return _day(int(match[4]), int(match[3]), int(match[1]))
    if match := _IN_WORDS.fullmatch(text):
        month = _MONTH_NUMBERS.get(match[2].lower())
        return _day(int(match[3]), month, int(match[1])) if month else None
    return None


def written(day: str, language: Language) -> str:
    """A day (YYYY-MM-DD) in words: 6 april 2020."""
    found = date.fromisoformat(day)
    return f"{found.day} {MONTHS[language][found.month - 1]} {found.year}"


def standard(text: str) -> str | None:
    """A day that is written as it is kept, YYYY-MM-DD, of any year from 1 to 9999; None for any other text."""
    try:
        return text if date.fromisoformat(text).isoformat() == text else None
    except ValueError:
        return None


def days_between(first: str, last: str) -> int:
    """How many days after the first the last one is; negative where it comes before."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def shifted(day: str, days: Fraction) -> str | None:
    """The day so many days later; None for a part of a day, and beyond the years 1 to 9999."""
    if days.denominator != 1:
        return None
    try:
        return (date.fromisoformat(day) + timedelta(days=int(days))).isoformat()
    except OverflowError:
        return None


def _day(year: int, month: int, day: int) -> str | None:
    if not 1900 <= year <= 2199:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
