"""What was typed or ticked in a form, as a value; or what is wrong with it, said so that it can be mended.

Decides what counts as a number, a date, an address; not whether the answer is plausible (`checks`). A form has a
field `<item>` (several values for an item with several answers) and a field `<item>.missing` that holds `dont_know` or
`not_applicable`. For an item with options the missing values may also come in the field itself, so that all can be
one group of radio buttons.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from peilstok.questionnaire import dates, numerals
from peilstok.questionnaire.model import CheckSeverity, Item, ItemType, Problem
from peilstok.questionnaire.numerals import Unread
from peilstok.questionnaire.wording import say
from peilstok.terms import Language, Missing, Value

LONGEST_TEXT: Final[Mapping[ItemType, int]] = {
    ItemType.TEXT: 250,
    ItemType.LONG_TEXT: 4000,
    ItemType.EMAIL: 254,
    ItemType.PHONE: 30,
}
_EMAIL: Final = re.compile(r"[^\s@\"(),:;<>\[\\\]]+@[^\s@.\"(),:;<>\[\\\]]+(\.[^\s@.\"(),:;<>\[\\\]]+)+")
_PHONE: Final = re.compile(r"\+?[0-9 ()./-]+")
_PERCENT: Final = ("%", "procent", "percent")


def parse(
    item: Item, raw: Mapping[str, Sequence[str]], *, language: Language = "nl", whole: Fraction | None = None
) -> Value | Problem:
    """The value of an item in a form as it was sent, or the problem with it.

    `language` is that of the page: it decides between the two readings of "1.234" where decimals are asked. `whole` is
    what the item is a part of (`checks.whole_of`), so that 3.8 percent of it can be told; the field `<item>.as` with
    `percent`, or a percent sign in the answer, says that it is a percentage. Nothing filled in is `NOT_ANSWERED`;
    whether that will do, `checks.problems` says.
    """
    given = [text for text in raw.get(item.name, ()) if text.strip()]
    missing = [text for text in raw.get(f"{item.name}.missing", ()) if text]
    if item.type.has_options:
        missing += [text for text in given if text in item.missing_offered]
        given = [text for text in given if text not in item.missing_offered]
    if missing and given:
        return _problem(item, "both", answer=given[0][:40])
    if missing:
        return _missing(item, missing)
    if given and item.percent_of is not None and _as_percent(given[0], raw.get(f"{item.name}.as", ())):
        return _part(item, given, language, whole)
    return _given(item, given, language) if given else Missing.NOT_ANSWERED


def to_form(item: Item, value: Value, language: Language) -> dict[str, list[str]]:
    """The form fields that hold this value: what `parse` makes this value from."""
    if value in (Missing.NOT_ANSWERED, Missing.NOT_ASKED):
        return {}
    if isinstance(value, Missing):
        return {item.name if item.type is ItemType.CHOICE else f"{item.name}.missing": [str(value)]}
    if isinstance(value, frozenset):
        return {item.name: [name for name in item.option_names if name in value]}
    if isinstance(value, int | float):
        return {item.name: [numerals.written(value, language)]}
    return {item.name: [value]}


def _missing(item: Item, missing: Sequence[str]) -> Value | Problem:
    chosen = set(missing)
    if len(chosen) > 1 or not chosen <= set(item.missing_offered):
        return _problem(item, "unknown_option", answer=", ".join(sorted(chosen))[:40])
    return Missing(chosen.pop())


def _given(item: Item, given: list[str], language: Language) -> Value | Problem:
    if item.type is ItemType.CHOICES:
        return _chosen(item, given)
    if len(set(given)) > 1:
        return _problem(item, "one_only")
    match item.type:
        case ItemType.CHOICE:
            return given[0] if given[0] in item.option_names else _problem(item, "unknown_option", answer=given[0][:40])
        case ItemType.NUMBER | ItemType.DECIMAL:
            return _number(item, given[0], language)
        case ItemType.DATE:
            day = dates.read(given[0])
            return day or _problem(item, "not_a_date", answer=given[0][:40])
    return _text(item, given[0])


def _as_percent(text: str, how: Sequence[str]) -> bool:
    return "percent" in how or text.strip().lower().endswith(_PERCENT)


def _part(item: Item, given: list[str], language: Language, whole: Fraction | None) -> Value | Problem:
    """A percentage as the number that it comes to, rounded to a whole one."""
    bare = given[0].strip()
    for unit in _PERCENT:
        bare = bare[: -len(unit)].strip() if bare.lower().endswith(unit) else bare
    percent = numerals.decimals(bare, language=language, minimum=0, maximum=100)
    if isinstance(percent, Unread):
        return _problem(item, str(percent), answer=given[0].strip()[:40])
    if whole is None:
        return _problem(item, "percent_of_nothing", answer=given[0].strip()[:40])
    return int(numerals.rounded(Fraction(numerals.exact(percent)) * whole / 100, places=0))


def _chosen(item: Item, given: list[str]) -> Value | Problem:
    unknown = [text for text in given if text not in item.option_names]
    return _problem(item, "unknown_option", answer=unknown[0][:40]) if unknown else frozenset(given)


def _number(item: Item, text: str, language: Language) -> Value | Problem:
    bare = _without_unit(item, text)
    found: int | float | Unread
    if item.type is ItemType.NUMBER:
        found = numerals.whole(bare, language=language)
    else:
        found = numerals.decimals(bare, language=language, minimum=item.minimum, maximum=item.maximum)
    if not isinstance(found, Unread):
        return found
    if found is Unread.NOT_A_NUMBER and text.rstrip().endswith(_PERCENT):
        return _problem(item, "not_percent")
    return _problem(item, str(found), answer=text.strip()[:40])


def _without_unit(item: Item, text: str) -> str:
    """ "3,8 %" and "120 leerlingen" without the unit, where it is the unit of the item."""
    if item.unit is None or len(text) > 200:
        return text
    units = [item.unit.nl, item.unit.en]
    if {unit.lower() for unit in units} & set(_PERCENT):
        units += _PERCENT
    bare = text.strip()
    for unit in units:
        if bare.lower().endswith(unit.lower()):
            return bare[: -len(unit)].strip()
        if bare.lower().startswith(unit.lower()):
            return bare[len(unit) :].strip()
    return bare


def _text(item: Item, typed: str) -> Value | Problem:
    text = _clean(typed, lines=item.type is ItemType.LONG_TEXT)
    longest = LONGEST_TEXT[item.type]
    if len(text) > longest:
        return _problem(item, "too_long", length=len(text), longest=longest)
    if item.lines is not None and len(text.splitlines()) > item.lines:
        return _problem(item, "too_many_lines", lines=len(text.splitlines()), most=item.lines)
    if not text:
        return Missing.NOT_ANSWERED
    if item.type is ItemType.EMAIL and not _EMAIL.fullmatch(text):
        return _problem(item, "not_an_address", answer=text[:40])
    if item.type is ItemType.PHONE and not (_PHONE.fullmatch(text) and 8 <= sum(map(str.isdigit, text)) <= 15):
        return _problem(item, "not_a_number_to_call", answer=text[:40])
    return text


def _clean(typed: str, *, lines: bool) -> str:
    """Without control characters and halves of characters, which no one types and a database refuses."""
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    text = text if lines else text.replace("\n", " ")
    kept = (one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def _problem(item: Item, code: str, **about: object) -> Problem:
    return Problem(item=item.name, severity=CheckSeverity.HARD, message=say(code, **about), code=code)
