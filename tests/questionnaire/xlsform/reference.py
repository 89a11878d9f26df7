"""XPath as XLSForm means it, slow and plain: every answer is a text, one that is not there an empty text.

The rules are those of XPath 1.0 and the ODK XForms specification: comparing for order is comparing numbers, an empty
text is no number, and what is compared with no number is false, but for `!=`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from peilstok.questionnaire.xlsform.xpath import Call, Negative, Node, Number, Operation, Own, Question, Text

Value = Any  # Fraction, bool, str, or NOT_A_NUMBER
NOT_A_NUMBER = object()


def holds(node: Node, answers: Mapping[str, str], own: str = "") -> bool:
    return _truth(value(node, answers, own))


def value(node: Node, answers: Mapping[str, str], own: str = "") -> Value:
    match node:
        case Number(text):
            return Fraction(text)
        case Text(text):
            return text
        case Question(name):
            return answers[name]
        case Own():
            return answers[own]
        case Negative(of):
            inner = _number(value(of, answers, own))
            return inner if inner is NOT_A_NUMBER else -inner
        case Operation("and", left, right):
            return holds(left, answers, own) and holds(right, answers, own)
        case Operation("or", left, right):
            return holds(left, answers, own) or holds(right, answers, own)
        case Operation(sign, left, right):
            return _operation(sign, value(left, answers, own), value(right, answers, own))
        case Call(name, parts):
            return _call(name, parts, answers, own)
    raise NotImplementedError(node)


def _call(name: str, parts: tuple[Node, ...], answers: Mapping[str, str], own: str) -> Value:
    if name == "if":
        return value(parts[1 if holds(parts[0], answers, own) else 2], answers, own)
    given = [value(part, answers, own) for part in parts]
    match name, given:
        case "not", [inner]:
            return not _truth(inner)
        case (("true" | "false"), []):
            return name == "true"
        case "selected", [chosen, option]:
            return option in chosen.split()
        case "count-selected", [chosen]:
            return Fraction(len(chosen.split()))
        case "string-length", [text]:
            return Fraction(len(text))
        case "coalesce", [first, second]:
            return first or second
        case "date", [day]:
            return _number(day)
    raise NotImplementedError(name)


def _operation(sign: str, left: Value, right: Value) -> Value:
    if sign in ("=", "!="):
        same = _same(left, right)
        return same if sign == "=" else not same
    one, other = _number(left), _number(right)
    if one is NOT_A_NUMBER or other is NOT_A_NUMBER:
        return False if sign in ("<", "<=", ">", ">=") else NOT_A_NUMBER
    return {
        "<": lambda: one < other, "<=": lambda: one <= other, ">": lambda: one > other, ">=": lambda: one >= other,
        "+": lambda: one + other, "-": lambda: one - other, "*": lambda: one * other, "div": lambda: one / other,
    }[sign]()  # fmt: skip


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return _truth(left) == _truth(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    one, other = _number(left), _number(right)
    return one is not NOT_A_NUMBER and other is not NOT_A_NUMBER and bool(one == other)


def _number(given: Value) -> Value:
    if isinstance(given, bool):
        return Fraction(given)
    if not isinstance(given, str):
        return given
    try:
        return Fraction(given)
    except ValueError:
        try:
            return Fraction(date.fromisoformat(given).toordinal())
        except ValueError:
            return NOT_A_NUMBER


def _truth(given: Value) -> bool:
    if isinstance(given, str):
        return bool(given)
    return given is not NOT_A_NUMBER and bool(given)
