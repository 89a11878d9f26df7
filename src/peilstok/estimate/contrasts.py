"""Functions of estimates: differences, ratios, relative changes, and their standard errors by the delta method.

A contrast is written with the names of estimates, numbers and + - * / ( ), as in `w3 / w2 - 1`. It is evaluated with
its derivatives at once (forward differentiation), so that nothing is approximated but the function itself: the variance
of g(t) is that of sum_j (dg / dt_j) z_j (Särndal, Swensson and Wretman 1992, section 5.5). Not decided here: whether an
estimate is large enough beside its error for that to hold.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peilstok.estimate.design import Floats

LONGEST: Final = 1_000  # characters; what a person writes has some dozens
DEEPEST: Final = 50


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """A value and its derivatives with respect to k estimates."""

    value: float
    slopes: Floats


def evaluated(expression: str, estimates: Mapping[str, float]) -> Derived:
    """The contrast at these estimates, with its derivatives in their order.

    ValueError where it is no such expression or names something else; ZeroDivisionError where it divides by zero.
    """
    places = {name: place for place, name in enumerate(estimates)}
    return _derived(_parsed(expression), estimates, places, 0)


def gradient(expressions: Sequence[str], estimates: Mapping[str, float]) -> tuple[Floats, Floats]:
    """The m values of several contrasts and their m x k derivatives."""
    found = [evaluated(each, estimates) for each in expressions]
    return np.array([each.value for each in found]), np.array([each.slopes for each in found])


def _parsed(expression: str) -> ast.expr:
    """Names like `care.north` and `total:care` are none of Python's: a contrast has plain names."""
    if len(expression) > LONGEST:
        raise ValueError(f"the contrast has {len(expression)} characters, at most {LONGEST} can be read")
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(f"{expression!r} is not written with names, numbers and + - * / ( )") from None


def _derived(node: ast.expr, estimates: Mapping[str, float], places: Mapping[str, int], depth: int) -> Derived:
    if depth > DEEPEST:
        raise ValueError(f"the contrast is nested more than {DEEPEST} deep")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Derived(float(value), np.zeros(len(places)))
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
    raise ValueError(f"{ast.unparse(node)!r}: a contrast has names, numbers and + - * / ( )")


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
    raise ValueError("a contrast adds, subtracts, multiplies and divides, nothing else")
