"""Days as people write them: `2020-04-06`, `6-4-2020`, `6 april 2020`. The day comes before the month."""

from __future__ import annotations

import re
from datetime import date
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


def _day(year: int, month: int, day: int) -> str | None:
    if not 1900 <= year <= 2199:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
