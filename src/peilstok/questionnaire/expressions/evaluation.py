"""What an expression is worth for one unit. Three-valued: what is missing makes what rests on it unknown.

The rules are the tables of `docs/formats/expressions.md`, which the tests run. Numbers are computed as exact
fractions, so that 33.3 + 33.3 + 33.4 = 100 holds. Division by zero is unknown, as are a date beyond the calendar and a
date with a part of a day added.

A fourth outcome, `OPEN`, stands for an answer that is still to come. It serves to tell how many questions there can
still be (`numbering`): what rests on an open answer is open, unless it comes out the same whatever the answer is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from math import isfinite
from typing import Any, Final, Literal, assert_never

from peilstok.questionnaire import dates
from peilstok.questionnaire.expressions import nodes
from peilstok.questionnaire.expressions.kinds import Kind, Sort
from peilstok.questionnaire.expressions.nodes import Node
from peilstok.terms import ItemName


class _Open(Enum):
    OPEN = "open"


OPEN: Final = _Open.OPEN
Open = Literal[_Open.OPEN]
Known = Fraction | str | bool | frozenset[str]
Outcome = Known | Open | None
"""What an expression is worth; None where it is unknown."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the values come from: counted answers (or `OPEN`), the register, the answers of the previous wave."""

    items: Mapping[ItemName, object]
    register: Mapping[str, object]
    previous: Mapping[ItemName, object]


def outcome(node: Node, surroundings: Surroundings) -> Outcome:
    """The worth of an expression."""
    match node:
        case nodes.Number() | nodes.Text() | nodes.Truth() | nodes.Day() | nodes.OptionName():
            return node.value
        case nodes.ItemValue():
            return known(surroundings.items.get(ItemName(node.name)), node.kind)
        case nodes.PreviousValue():
            return known(surroundings.previous.get(ItemName(node.name)), node.kind)
        case nodes.RegisterValue():
            return known(surroundings.register.get(node.name), node.kind)
        case nodes.Unknown() | nodes.EntryValue():  # of an entry that is not written out there is nothing to know
            return None
        case nodes.Answered():
            worth = outcome(node.of, surroundings)
            return worth if worth is OPEN else worth is not None
        case nodes.If():
            return _either_way(node, surroundings)
        case nodes.Listed():
            return frozenset(str(value) for value in node.values)
        case nodes.Chosen():
            return node.values
    return _combined(node, surroundings)


def known(value: object, kind: Kind) -> Outcome:
    """A stored value as a value of the language. Missing values, and values of another kind, are unknown."""
    if value is OPEN:
        return OPEN
    match kind.sort:
        case Sort.NUMBER:
            return _fraction(value)
        case Sort.BOOLEAN:
            return value if isinstance(value, bool) else None
        case Sort.SET:
            return value if isinstance(value, frozenset) and value <= set(kind.options) else None
        case Sort.CHOICE:
            return value if type(value) is str and value in kind.options else None
        case Sort.DATE:
            return dates.standard(value) if type(value) is str else None  # not Missing, which is a str as well
        case Sort.TEXT:
            return value if type(value) is str and value else None
    assert_never(kind.sort)


def _fraction(value: object) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        return None
    if isinstance(value, float):
        return Fraction(Decimal(repr(value))) if isfinite(value) else None  # 0.1 is a tenth
    return Fraction(value)


def _either_way(node: nodes.If, surroundings: Surroundings) -> Outcome:
    condition = outcome(node.condition, surroundings)
    if condition is None:
        return None
    if condition is OPEN:
        then, otherwise = outcome(node.then, surroundings), outcome(node.otherwise, surroundings)
        return then if then == otherwise and then is not None else OPEN
    return outcome(node.then if condition else node.otherwise, surroundings)


def _combined(node: Node, surroundings: Surroundings) -> Outcome:
    """Nodes whose worth follows from the worths of what is directly under them."""
    worths = [outcome(child, surroundings) for child in nodes.children(node)]
    match node:
        case nodes.AllOf():
            return _all_of(worths)
        case nodes.AnyOf():
            return _negated(_all_of([_negated(worth) for worth in worths]))
        case nodes.Not():
            return _negated(worths[0])
        case nodes.Sum():
            return _sum(worths)
        case nodes.CountTrue():
            return OPEN if OPEN in worths else Fraction(sum(worth is True for worth in worths))
    if OPEN in worths:
        return OPEN
    present = [worth for worth in worths if worth is not None]
    return _computed(node, present) if len(present) == len(worths) else None


def _all_of(worths: list[Outcome]) -> Outcome:
    """Kleene's `and`: one false makes it false, whatever the rest is."""
    if False in worths:
        return False
    if OPEN in worths:
        return OPEN
    return None if None in worths else True


def _negated(worth: Outcome) -> Outcome:
    return not worth if isinstance(worth, bool) else worth


def _sum(worths: list[Outcome]) -> Outcome:
    if OPEN in worths:
        return OPEN
    terms = [worth for worth in worths if isinstance(worth, Fraction)]
    return sum(terms, Fraction(0)) if terms else None


def _computed(node: Node, worths: Sequence[Outcome]) -> Outcome:
    """Nodes that are unknown as soon as one operand is: here all operands are there."""
    match node:
        case nodes.Arithmetic():
            return _arithmetic(node.sign, worths[0], worths[1])
        case nodes.Negative():
            return -worths[0] if isinstance(worths[0], Fraction) else None
        case nodes.Comparison():
            return _COMPARED[node.sign](worths[0], worths[1])
        case nodes.Membership():
            element, collection = worths
            return isinstance(collection, frozenset) and str(element) in collection
        case nodes.CountChosen():
            return Fraction(len(worths[0])) if isinstance(worths[0], frozenset) else None
    raise TypeError(f"no rule for {type(node).__name__}")


def _arithmetic(sign: nodes.ArithmeticSign, left: Outcome, right: Outcome) -> Fraction | str | None:
    match left, right:
        case str(), str():
            return Fraction(dates.days_between(right, left))
        case (str() as day, Fraction() as days) | (Fraction() as days, str() as day):
            return dates.shifted(day, -days if sign == "-" else days)
        case Fraction(), Fraction():
            return _of_numbers(sign, left, right)
    return None


def _of_numbers(sign: nodes.ArithmeticSign, left: Fraction, right: Fraction) -> Fraction | None:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if right else None


# Any: the constructor of Comparison has seen to it that both sides are of one kind.
_COMPARED: Final[Mapping[nodes.ComparisonSign, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
