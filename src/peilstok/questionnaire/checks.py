"""What is wrong, or asks a second look, in the answers of a unit.

Hard problems must be mended before sending; soft ones ask "is this right?", and the answer may stand. A check speaks
only about counted answers, and only when its rule is false: where something is missing, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain
from math import isfinite

from peilstok.questionnaire.expressions import Surroundings
from peilstok.questionnaire.expressions.evaluation import known
from peilstok.questionnaire.expressions.kinds import NUMBER
from peilstok.questionnaire.model import (
    Check,
    CheckSeverity,
    Context,
    Item,
    ItemType,
    Page,
    Problem,
    Questionnaire,
    RuleCheck,
    SumCheck,
)
from peilstok.questionnaire.numerals import rounded
from peilstok.questionnaire.paths import counted
from peilstok.questionnaire.wording import behind, say
from peilstok.terms import ItemName, Missing, Value


def problems(
    questionnaire: Questionnaire,
    answers: Mapping[ItemName, Value],
    context: Context,
    *,
    page: Page | None = None,
) -> tuple[Problem, ...]:
    """All problems at items of the page, or of the whole questionnaire; in the order of the items."""
    values = counted(questionnaire, answers, context)
    surroundings = Surroundings(values, context.register, context.previous)
    found: dict[ItemName, list[Problem]] = {name: [] for name in questionnaire.items}
    for item in questionnaire.items.values():
        found[item.name] += _of_item(item, values[item.name])
        found[item.name] += _of_whole(item, values[item.name], surroundings)
    for check in questionnaire.checks:
        problem = _of_check(check, surroundings)
        if problem is not None:
            found[problem.item].append(problem)
    shown = {item.name for item in page.items} if page else questionnaire.items.keys()
    return tuple(problem for name, each in found.items() if name in shown for problem in each)


def _of_item(item: Item, value: Value) -> Iterator[Problem]:
    match value:
        case Missing.NOT_ASKED:
            return
        case Missing.NOT_ANSWERED:
            yield from _open(item)
        case Missing() as missing:
            if missing not in item.missing_offered:
                yield _hard(item, "does_not_fit")
        case _ if not fits(item, value):
            yield _hard(item, "does_not_fit")
        case bool() | int() | float() as number:
            yield from _out_of_bounds(item, number)
        case frozenset():
            yield from _not_exclusive(item, value)


def whole_of(item: Item, surroundings: Surroundings) -> Fraction | None:
    """What the item is a part of, as far as it is known: 0 is nothing to be a part of."""
    worth = item.percent_of.worth(surroundings) if item.percent_of else None
    return worth if isinstance(worth, Fraction) and worth > 0 else None


def wholes(
    questionnaire: Questionnaire, answers: Mapping[ItemName, Value], context: Context
) -> Mapping[ItemName, Fraction]:
    """What each item that may be given as a percentage is a part of, where that is known."""
    parts = [item for item in questionnaire.items.values() if item.percent_of]
    if not parts:
        return {}
    surroundings = Surroundings(counted(questionnaire, answers, context), context.register, context.previous)
    found = {item.name: whole_of(item, surroundings) for item in parts}
    return {name: whole for name, whole in found.items() if whole is not None}


def of_number(item: Item, value: float, whole: Fraction | None) -> Problem | None:
    """What is wrong with a number for this item, by its bounds and by what it is a part of (None: not known)."""
    return next(chain(_out_of_bounds(item, value), _more_than(whole, item, value)), None)


def _of_whole(item: Item, value: Value, surroundings: Surroundings) -> Iterator[Problem]:
    yield from _more_than(whole_of(item, surroundings), item, value)


def _more_than(whole: Fraction | None, item: Item, value: Value) -> Iterator[Problem]:
    if whole is not None and isinstance(value, int) and value > whole:
        about = {"value": value, "whole": rounded(whole, places=1), "unit": behind(item.unit)}
        yield _hard(item, "more_than_the_whole", **about)


def _open(item: Item) -> Iterator[Problem]:
    if item.required:
        yield _hard(item, "required")
    elif not item.optional:
        yield Problem(item=item.name, severity=CheckSeverity.SOFT, message=say("left_open"), code="left_open")


def fits(item: Item, value: Value) -> bool:
    """Is the value, which is there, of the item's type? (Bounds are another matter.)"""
    if isinstance(value, bool):
        return False
    match item.type:
        case ItemType.NUMBER:
            return isinstance(value, int)
        case ItemType.DECIMAL:
            return isinstance(value, int | float) and isfinite(value)
        case ItemType.CHOICE:
            return isinstance(value, str) and value in item.option_names
        case ItemType.CHOICES:
            return isinstance(value, frozenset) and bool(value) and value <= set(item.option_names)
        case ItemType.NOTE:
            return False
    return isinstance(value, str)


def _out_of_bounds(item: Item, value: float) -> Iterator[Problem]:
    if item.minimum is not None and value < item.minimum:
        yield _hard(item, "too_small", value=value, bound=item.minimum)
    if item.maximum is not None and value > item.maximum:
        yield _hard(item, "too_large", value=value, bound=item.maximum)


def _not_exclusive(item: Item, chosen: frozenset[str]) -> Iterator[Problem]:
    alone = [option for option in item.options if option.exclusive and option.name in chosen]
    if alone and len(chosen) > 1:
        yield _hard(item, "exclusive", option=alone[0].text)


def _of_check(check: Check, surroundings: Surroundings) -> Problem | None:
    if surroundings.items.get(check.at) is Missing.NOT_ASKED:
        return None
    match check:
        case RuleCheck():
            if check.rule.worth(surroundings) is not False:
                return None
            message, code = check.message.filled(surroundings), "rule"
        case SumCheck():
            difference = _difference(check, surroundings)
            if not difference:
                return None
            total, surplus = difference
            code = "sum_too_much" if surplus > 0 else "sum_too_little"
            amounts = {"sum": total + surplus, "total": total, "difference": abs(surplus)}
            message = say(code, **{name: rounded(amount, places=6) for name, amount in amounts.items()})
    return Problem(item=check.at, severity=check.severity, message=message, code=code, check=check.name)


def _difference(check: SumCheck, surroundings: Surroundings) -> tuple[Fraction, Fraction] | None:
    """The total and by how much the parts exceed it; None when they match, or when one of them is missing."""
    total = known(surroundings.items.get(check.total), NUMBER)
    parts = [known(surroundings.items.get(part), NUMBER) for part in check.parts]
    there = [part for part in parts if isinstance(part, Fraction)]
    if not isinstance(total, Fraction) or len(there) < len(parts):
        return None
    surplus = sum(there, Fraction(0)) - total
    return (total, surplus) if surplus else None


def _hard(item: Item, code: str, **about: object) -> Problem:
    return Problem(item=item.name, severity=CheckSeverity.HARD, message=say(code, **about), code=code)
