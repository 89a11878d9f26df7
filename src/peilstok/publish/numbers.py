"""How a published figure is written: decimals, separators, units and dates, in Dutch and English.

Rounding is half up on the decimal notation of the value (63.45 becomes 63.5), as a reader with a calculator does it.
What may be *said* about a figure ("bijna een derde") is decided in `article`, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from babel.dates import format_date, format_time

from peilstok.disclose.figures import Figure, Measured, Unit
from peilstok.terms import Language, Words

MINUS: Final = "\u2212"

DECIMALS: Final[Mapping[Unit, int]] = {"percent": 1, "boards": 0, "pupils": 0, "number": 1}
UNIT_WORDS: Final[Mapping[Unit, Words]] = {
    "percent": Words(nl="procent", en="percent"),
    "boards": Words(nl="besturen", en="boards"),
    "pupils": Words(nl="leerlingen", en="pupils"),
    "number": Words(nl="gemiddeld", en="on average"),
}
ONE: Final[Mapping[Unit, Words]] = {
    "boards": Words(nl="bestuur", en="board"),
    "pupils": Words(nl="leerling", en="pupil"),
}
POINTS: Final = Words(nl="procentpunt", en="percentage points")
TO: Final = Words(nl="tot", en="to")
BETWEEN: Final = Words(nl="95%-interval", en="95% interval")


def rounded(value: float, decimals: int) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def number(value: float, language: Language, decimals: int = 0) -> str:
    """`414.915` and `63,5` in Dutch, `414,915` and `63.5` in English; a true minus sign, and no minus zero."""
    exact = rounded(value, decimals)
    written = f"{abs(exact):,.{decimals}f}"
    if language == "nl":
        written = written.translate(str.maketrans(",.", ".,"))
    return (MINUS if exact < 0 else "") + written


def signed(value: float, language: Language, decimals: int = 1) -> str:
    plus = "+" if rounded(value, decimals) > 0 else ""
    return plus + number(value, language, decimals)


def short(value: float, unit: Unit, language: Language) -> str:
    """For tables and charts: `63,5%`, `414.915`."""
    written = number(value, language, DECIMALS[unit])
    return f"{written}%" if unit == "percent" else written


def spoken(value: float, unit: Unit, language: Language) -> str:
    """For sentences and text alternatives: `63,5 procent`."""
    written = number(value, language, DECIMALS[unit])
    return written if unit == "number" else f"{written} {UNIT_WORDS[unit][language]}"


def difference(value: float, unit: Unit, language: Language) -> str:
    """A change with its unit: `+20,9 procentpunt`, `+271.721 leerlingen`; a bare number has none."""
    written = signed(value, language, DECIMALS[unit])
    if unit == "number":
        return written
    one = ONE.get(unit) if abs(rounded(value, DECIMALS[unit])) == 1 else None
    words = POINTS if unit == "percent" else one or UNIT_WORDS[unit]
    return f"{written} {words[language]}"


def interval(measured: Measured, unit: Unit, language: Language) -> str:
    """`58,1 – 68,9`, or nothing where the figure has no sampling error."""
    if measured.ci_low is None or measured.ci_high is None:
        return ""
    low, high = (number(end, language, DECIMALS[unit]) for end in (measured.ci_low, measured.ci_high))
    return f"{low} – {high}"


def spoken_interval(measured: Measured, unit: Unit, language: Language) -> str:
    """`95%-interval 58,1 tot 68,9`, or nothing."""
    if measured.ci_low is None or measured.ci_high is None:
        return ""
    low, high = (number(end, language, DECIMALS[unit]) for end in (measured.ci_low, measured.ci_high))
    return f"{BETWEEN[language]} {low} {TO[language]} {high}"


def label(figure: Figure, language: Language) -> str:
    """The figure's label, or its name where the plan gave none: a figure is never without words."""
    return figure.label[language] if figure.label else figure.name.replace("_", " ").replace(".", ", ")


def day(moment: date, language: Language) -> str:
    """`6 april 2020`, `6 April 2020`."""
    return format_date(moment, "d MMMM y", locale=language)


def minute(moment: datetime, language: Language) -> str:
    """`6 april 2020, 16.30 uur`, `6 April 2020, 16:30`; in the zone that the moment has."""
    clock = format_time(moment, "HH.mm 'uur'" if language == "nl" else "HH:mm", locale=language)
    return f"{day(moment, language)}, {clock}"
