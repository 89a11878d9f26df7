"""Whether bound words are a true way to say a figure: "63,5 procent", "bijna een derde", "ruim 143.000 leerlingen".

The words must say one amount and no more, in the unit of the figure, and the figure must lie among the values of which
they are true (`wording`). What is false is told with ways to say it that are true.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from peilstok.article import expressions, multiples, numbers, units, wording
from peilstok.article.codes import finding
from peilstok.article.expressions import Expression, Ratio, UnitSaid
from peilstok.article.numbers import Amount, Misformed
from peilstok.article.references import Stated, UnitMeant
from peilstok.article.wording import Hedge, Quantity
from peilstok.errors import Finding, Place
from peilstok.terms import Language

# around an amount these words turn it, compare it or add to it in a way that no table defines
TURNING: Final[Mapping[Language, frozenset[str]]] = {
    "nl": frozenset(
        numbers.listed(
            "niet nooit noch of tot à plus min minus maal keer dubbel dubbele verdubbeld helft meer minder hoger lager "
            "groter kleiner boven onder ruim bijna haast krap circa ongeveer rond hooguit hoogstens minstens maximaal "
            "minimaal tussen geen procentpunt procentpunten procent"
        )
    ),
    "en": frozenset(
        numbers.listed(
            "not never nor or to times twice double doubled half more less fewer higher lower greater smaller above "
            "below over under nearly almost about around roughly between least most no percent"
        )
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What stands around bound words: the word behind, the unit said there, and whether the unit is known anyway.

    `base` is what the words say that the amount is a part of ("pupils" in "[63,5 procent] van de leerlingen").
    """

    behind: str = ""
    unit_behind: UnitSaid = ""
    base: str = ""
    unit_known: bool = False  # in a cell of a table, or where the last of an enumeration says it


def check(*, text: str, stated: Stated, context: Context, language: Language, place: Place) -> Iterator[Finding]:
    """All that is wrong with saying `stated` by `text`."""
    found = expressions.joined(expressions.find(text, language), text, language)
    meant = _meant(text, found[0], stated, context) if len(found) == 1 else stated
    about = {"figure": str(stated.name), "wave": str(stated.wave)}
    for code, remark in _problems(text, found, meant, context, language):
        words = f'"{text}" for {stated.name}, {exactly(meant, language)}{remark}'
        expected = " or ".join(f'"{each}"' for each in true_wordings(meant, language))
        yield finding(code, place, words, expected, **about)


def _problems(
    text: str, found: tuple[Expression, ...], stated: Stated, context: Context, language: Language
) -> Iterator[tuple[str, str]]:
    """Codes, with what there is to say beside; the first that makes the rest senseless ends it."""
    if len(found) != 1:
        yield ("A023", ": more than one amount") if found else ("A022", ": no amount that is defined")
        return
    said = found[0]
    if turning := _turning(text, said, language):
        yield "A031", f': "{turning}" belongs to no wording that is defined'
        return
    if isinstance(said.said, Misformed):
        yield "A025", ""
        return
    unit = _unit_problem(text, said, stated, context)
    if unit and unit != "A028":
        yield unit, ""
        return
    if not is_true(said, stated):
        yield "A024", ""
        return
    if stated.unit == "percent" and context.base and stated.base and context.base != stated.base:
        yield "A036", f": it is a part of the {stated.base}, not of the {context.base}"
    if unit:
        yield unit, ""
    if _signed(said, stated.value) not in said.near():
        yield "A029", ""
    if _impossible(said, stated):
        yield "A032", f": no whole number of {stated.n} gives it"


def is_true(said: Expression, stated: Stated) -> bool:
    if isinstance(said.said, Ratio) and said.said.whole == stated.n and stated.count is not None:
        return said.said.part == stated.count and said.hedge in (Hedge.BARE, Hedge.EXACT)
    span = said.span()
    return span is not None and _signed(said, stated.value) in span


def _signed(said: Expression, value: Fraction) -> Fraction:
    return -value if said.sign == "-" else value


def _turning(text: str, said: Expression, language: Language) -> str:
    if many := multiples.find(text, language):
        return text[many[0].start : many[0].end]
    outside = [word for word in numbers.words(text) if word.end <= said.start or word.start >= said.end]
    return next((word.text for word in outside if word.text in TURNING[language]), "")


# units


def _meant(text: str, said: Expression, stated: Stated, context: Context) -> Stated:
    """ "46 besturen" for a share states its count."""
    counts = stated.unit == "percent" and stated.count is not None and isinstance(said.said, Amount) and not said.unit
    if not counts or context.unit_behind or "boards" not in _nouns(text, context):
        return stated
    return replace(stated, value=Fraction(stated.count or 0), unit="boards", kind="count")


def _unit_problem(text: str, said: Expression, stated: Stated, context: Context) -> str:
    """The code of what is wrong with the unit, "" where it is right."""
    unit = said.unit or ("" if said.of_a_whole else context.unit_behind)
    if stated.unit == "points":
        return "A046" if unit == "percent" else "A026" if said.of_a_whole else ""
    if stated.unit == "percent":
        return _percent_problem(said, unit, stated, context, _nouns(text, context))
    nouns = _nouns(text, context)
    other = bool(nouns) and stated.unit in units.NOUNS and stated.unit not in nouns
    return "A026" if unit or said.of_a_whole or other else ""


def _percent_problem(said: Expression, unit: UnitSaid, stated: Stated, context: Context, nouns: set[str]) -> str:
    if unit == "points":
        return "A027"
    if isinstance(said.said, Ratio):
        counted = said.said.whole == stated.n and stated.count is not None
        return "" if said.said.is_fraction or counted else "A026"
    if isinstance(said.said, Quantity):
        return "" if said.said.percent else "A026"
    if said.of_a_whole or unit == "percent":
        return ""
    if nouns:
        return "A026"
    return "" if context.unit_known else "A028"


def _nouns(text: str, context: Context) -> set[str]:
    """The units that are named with the amount, or right behind the binding."""
    return units.named(text) or units.named(context.behind)


def _impossible(said: Expression, stated: Stated) -> bool:
    """GRIM (Brown & Heathers, 2017): a share of n units is a whole number of them, divided by n.

    For printed digits of an unweighted share. Where a count is given that is not the value's, the value is not a plain
    share after all, and nothing is said.
    """
    if stated.kind != "share" or stated.weighted or not stated.n or not isinstance(said.said, Amount):
        return False
    if stated.count is not None or said.hedge is not Hedge.BARE or said.upper is not None:
        return False
    span = wording.of_amount(said.said, Hedge.BARE)
    assert span.low is not None
    least = math.ceil(span.low * stated.n / 100)
    return Fraction(100 * least, stated.n) not in span


# what would be true

_UNITS: Final = {
    "percent": ("procent", "percent"),
    "points": ("procentpunt", "percentage points"),
    "boards": ("besturen", "boards"),
    "pupils": ("leerlingen", "pupils"),
    "number": ("", ""),
}
_SIMPLE: Final = {
    "nl": ("een kwart", "een derde", "de helft", "twee derde", "driekwart"),
    "en": ("a quarter", "a third", "half", "two thirds", "three quarters"),
}


def number(value: Fraction, language: Language, decimals: int) -> str:
    """A value in digits, half rounded up (away from zero), with the separators of the language."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    rounded = f"{exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"
    return rounded if language == "en" else rounded.replace(",", " ").replace(".", ",").replace(" ", ".")


def with_unit(value: Fraction, unit: UnitMeant, language: Language, decimals: int) -> str:
    said = _UNITS[unit][0 if language == "nl" else 1]
    return f"{number(value, language, decimals)} {said}".rstrip()


def exactly(stated: Stated, language: Language) -> str:
    """The figure as it is, to two decimals where it has any."""
    return with_unit(stated.value, stated.unit, language, 0 if stated.value.denominator == 1 else 2)


def true_wordings(stated: Stated, language: Language) -> tuple[str, ...]:
    """Ways to say a figure that the check accepts: rounded, whole, as a fraction or a round number if one is near."""
    value, unit = stated.value, stated.unit
    whole = with_unit(value, unit, language, 0)
    if unit in ("boards", "pupils"):
        return (whole, *_rounded(value, language))
    ways = dict.fromkeys((with_unit(value, unit, language, 1), whole))
    simple = _SIMPLE[language] if unit == "percent" else ()
    return (*ways, *(each for each in simple if is_true(expressions.find(each, language)[0], stated)))


def _rounded(value: Fraction, language: Language) -> tuple[str, ...]:
    if value < 1000:
        return ()
    unit = 10 ** (len(str(int(value))) - 3)
    return (f"{wording.HEDGES[language][Hedge.OVER][0]} {number(Fraction(int(value) // unit * unit), language, 0)}",)
