"""Functions of estimates: differences, ratios, relative changes, and their standard errors by the delta method.

A contrast is written with the names of estimates, numbers, + - * / ( ), powers (`w2 ** 2`), and log,
exp and sqrt, as in `w3 / w2 - 1`. It is evaluated with
its derivatives at once (forward differentiation), so that nothing is approximated but the function itself: the variance
of g(t) is that of sum_j (dg / dt_j) z_j (Särndal, Swensson and Wretman 1992, section 5.5). Not decided here: whether an
estimate is large enough beside its error for that to hold.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peilstok.estimate.design import Floats
from peilstok.estimate.unfit import Unfit

LONGEST: Final = 1_000  # characters; what a person writes has some dozens
DEEPEST: Final = 50
_FUNCTIONS: Final[Mapping[str, tuple[Callable[[float], float], Callable[[float], float]]]] = {
    "log": (math.log, lambda value: 1 / value),
    "exp": (math.exp, math.exp),
    "sqrt": (math.sqrt, lambda value: 0.5 / math.sqrt(value)),
}
"""Each with its derivative."""


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """A value and its derivatives with respect to k estimates."""

    value: float
    slopes: Floats


def evaluated(expression: str, estimates: Mapping[str, float]) -> Derived:
    """The contrast at these estimates, with its derivatives in their order.

    ValueError where it is no such expression, names something else, or is not defined at these estimates (the logarithm
    of -1); ZeroDivisionError where it divides by zero.
    """
    places = {name: place for place, name in enumerate(estimates)}
    return _derived(_parsed(expression), estimates, places, 0)


def gradient(expressions: Sequence[str], estimates: Mapping[str, float]) -> tuple[Floats, Floats]:
    """The m values of several contrasts and their m x k derivatives.

    ValueError where one of them has no name: `2020 - 2019` would be 1, whatever groups are called so.
    """
    for each in expressions:
        if not any(isinstance(node, ast.Name) and node.id not in _FUNCTIONS for node in ast.walk(_parsed(each))):
            raise ValueError(f"{each!r} names no estimate; there are {', '.join(estimates)}")
    found = [_named(each, estimates) for each in expressions]
    return np.array([each.value for each in found]), np.array([each.slopes for each in found])


def _named(expression: str, estimates: Mapping[str, float]) -> Derived:
    try:
        return evaluated(expression, estimates)
    except ZeroDivisionError:
        raise Unfit("E003", f"{expression}: divides by zero") from None


def _parsed(expression: str) -> ast.expr:
    """Names like `care.north` and `total:care` are none of Python's: a contrast has plain names."""
    if len(expression) > LONGEST:
        raise ValueError(f"the contrast has {len(expression)} characters, at most {LONGEST} can be read")
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(
            f"{expression!r} is not written with names, numbers, + - * / ** ( ), log, exp and sqrt"
        ) from None


def _derived(node: ast.expr, estimates: Mapping[str, float], places: Mapping[str, int], depth: int) -> Derived:
    if depth > DEEPEST:
        raise ValueError(f"the contrast is nested more than {DEEPEST} deep")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Derived(_finite(value), np.zeros(len(places)))
        case ast.Name(id=name) if name in places:
            return Derived(float(estimates[name]), np.eye(len(places))[places[name]])
        case ast.Name(id=name):
            raise ValueError(f"there is no estimate {name!r}; there are {', '.join(places)}")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            inner = _derived(operand, estimates, places, depth + 1)
            return Derived(-inner.value, -inner.slopes) if isinstance(sign, ast.USub) else inner
        case ast.BinOp(left=left, op=operator, right=right):
            a = _derived(left, estimates, places, depth + 1)
            return _combined(a, operator, _derived(right, estimates, places, depth + 1))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return _applied(name, _derived(argument, estimates, places, depth + 1))
    raise ValueError(f"{ast.unparse(node)!r}: a contrast has names, numbers, + - * / ** ( ), log, exp and sqrt")


def _finite(value: int | float) -> float:
    if abs(value) > 1e300:
        raise ValueError("a number in a contrast is too large: 1e300 at most")
    return float(value)


def _combined(a: Derived, operator: ast.operator, b: Derived) -> Derived:
    match operator:
        case ast.Add():
            return Derived(a.value + b.value, a.slopes + b.slopes)
        case ast.Sub():
            return Derived(a.value - b.value, a.slopes - b.slopes)
        case ast.Mult():
            return Derived(a.value * b.value, a.slopes * b.value + a.value * b.slopes)
        case ast.Div():
            return Derived(a.value / b.value, (a.slopes - a.value / b.value * b.slopes) / b.value)
        case ast.Pow() if not b.slopes.any():
            return _power(a, b.value)
    raise ValueError("a contrast adds, subtracts, multiplies, divides, and raises to the power of a number: a ** 2")


def _applied(name: str, a: Derived) -> Derived:
    function, slope = _FUNCTIONS[name]
    try:
        value = function(a.value)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} of {a.value:g} is not defined") from None
    if a.value == 0 and name == "sqrt":
        raise ValueError("sqrt of 0 has no derivative, so that its standard error is not defined")
    return Derived(value, slope(a.value) * a.slopes)


def _power(a: Derived, exponent: float) -> Derived:
    """a ** exponent; ZeroDivisionError of 0 to a negative power."""
    try:
        value, slope = float(a.value**exponent), float(exponent * a.value ** (exponent - 1) if exponent else 0.0)
    except (TypeError, OverflowError):
        raise ValueError(f"{a.value:g} ** {exponent:g} is not defined") from None
    return Derived(value, slope * a.slopes)
