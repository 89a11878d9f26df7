"""Values of items: prefilled, shown to a reader, and kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from peilstok.questionnaire import dates, numerals
from peilstok.questionnaire.checks import fits
from peilstok.questionnaire.expressions import Surroundings
from peilstok.questionnaire.model import Context, Item, ItemType, Questionnaire
from peilstok.questionnaire.wording import MISSING, PART, behind, filled
from peilstok.terms import ItemName, Language, Missing, Value, Words


def prefilled(questionnaire: Questionnaire, context: Context) -> Mapping[ItemName, Value]:
    """What the register and the previous wave say, for the items that ask for it and as far as it is known.

    A value that the item itself would refuse (out of its bounds) is not prefilled.
    """
    surroundings = Surroundings({}, context.register, context.previous)
    values = {item.name: _prefill(item, surroundings) for item in questionnaire.items.values() if item.prefill}
    return {name: value for name, value in values.items() if value is not None}


def display(item: Item, value: Value, language: Language) -> str:
    """A value as a reader sees it, without the unit: `1.234,5`, the text of an option, "Weet ik niet"."""
    if isinstance(value, Missing):
        return MISSING[value][language]
    if isinstance(value, int | float):
        return numerals.written(value, language)
    if isinstance(value, frozenset):
        return "; ".join(option.text[language] for option in item.options if option.name in value)
    option = item.option(value) if item.type is ItemType.CHOICE else None
    if option is not None:
        return option.text[language]
    return dates.written(value, language) if item.type is ItemType.DATE else value


def part_in_words(item: Item, value: int, whole: Fraction) -> Words:
    """ "46 leerlingen is 3,8 procent van 1.200." """
    percent = numerals.rounded(100 * Fraction(value) / whole, places=1)
    return filled(PART, value=value, unit=behind(item.unit), percent=percent, whole=numerals.rounded(whole, places=1))


def value_to_json(value: Value) -> object:
    """A value for JSON: a number, a text, a sorted list of options, or `{"missing": "dont_know"}`."""
    if isinstance(value, Missing):
        return {"missing": str(value)}
    return sorted(value) if isinstance(value, frozenset) else value


def value_from_json(item: Item, data: object) -> Value:
    """The value that `value_to_json` wrote; ValueError when it is none for this item."""
    if isinstance(data, dict) and data.keys() == {"missing"}:
        return Missing(data["missing"])
    if isinstance(data, list) and all(isinstance(one, str) for one in data):
        data = frozenset(data)
    if isinstance(data, int | float | str | frozenset) and not isinstance(data, Missing):
        value = float(data) if item.type is ItemType.DECIMAL and type(data) is int else cast(Value, data)
        if fits(item, value) and (item.type is not ItemType.DATE or dates.read(str(value)) == value):
            return value
    raise ValueError(f"{data!r} is not a value of the item {item.name} ({item.type})")


def _prefill(item: Item, surroundings: Surroundings) -> Value | None:
    assert item.prefill is not None
    worth = item.prefill.worth(surroundings)
    if item.type is ItemType.DATE:
        return dates.read(worth) if isinstance(worth, str) else None
    if not isinstance(worth, Fraction):
        return worth if isinstance(worth, str | frozenset) and worth else None
    value = int(numerals.rounded(worth, places=0)) if item.type is ItemType.NUMBER else float(worth)
    low = item.minimum is not None and value < item.minimum
    high = item.maximum is not None and value > item.maximum
    return None if low or high else value
