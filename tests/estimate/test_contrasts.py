"""Functions of estimates and their derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peilstok.estimate.contrasts import evaluated, gradient

AT = {"a": 2.0, "b": 5.0, "c": -1.5}


@pytest.mark.parametrize(
    ("expression", "value", "slopes"),
    [
        ("a", 2, [1, 0, 0]),
        ("b - a", 3, [-1, 1, 0]),
        ("b / a - 1", 1.5, [-1.25, 0.5, 0]),
        ("-(a + b) * c", 10.5, [1.5, 1.5, -7]),
        ("100 * a / (a + b)", 200 / 7, [500 / 49, -200 / 49, 0]),
        ("+2.5", 2.5, [0, 0, 0]),
        ("log(b / a)", 0.9162907318741551, [-0.5, 0.2, 0]),
        ("exp(a - 2)", 1, [1, 0, 0]),
        ("sqrt(b + 4) * a", 6, [3, 1 / 3, 0]),
        ("c ** 2 / a", 1.125, [-0.5625, 0, -1.5]),
        ("b ** -1", 0.2, [0, -0.04, 0]),
    ],
)
def test_values_and_derivatives_worked_out_by_hand(expression: str, value: float, slopes: list[float]) -> None:
    found = evaluated(expression, AT)
    assert found.value == pytest.approx(value)
    assert found.slopes == pytest.approx(np.array(slopes))


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(["a", "b", "c", "2", "0.5"]))
    left, right = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    return f"({left} {draw(st.sampled_from('+-*/'))} {right})"


@given(expressions())
def test_derivatives_are_those_of_a_small_step(expression: str) -> None:
    try:
        found = evaluated(expression, AT)
    except ZeroDivisionError:
        return
    for place, name in enumerate(AT):
        up, down = ({**AT, name: AT[name] + step} for step in (1e-5, -1e-5))
        try:
            slope = (evaluated(expression, up).value - evaluated(expression, down).value) / 2e-5
        except ZeroDivisionError:
            return
        assert found.slopes[place] == pytest.approx(slope, rel=1e-3, abs=1e-3 * max(1.0, abs(found.value)))


def test_several_contrasts_have_a_row_each() -> None:
    values, slopes = gradient(["a", "a * b"], AT)
    assert values.tolist() == [2, 10]
    assert slopes.tolist() == [[1, 0, 0], [5, 2, 0]]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("d - a", "no estimate 'd'; there are a, b, c"),
        ("a ** b", "adds, subtracts"),
        ("abs(a)", "names, numbers"),
        ("a.b", "names, numbers"),
        ("True", "names, numbers"),
        ("a -", "not written with"),
        ("", "not written with"),
        ("a" * 1001, "1001 characters"),
        ("-" * 60 + "a", "nested more than 50"),
    ],
)
def test_what_is_no_contrast_is_refused_with_the_reason(expression: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluated(expression, AT)


def test_a_contrast_that_divides_by_zero_is_not_defined() -> None:
    with pytest.raises(ZeroDivisionError):
        evaluated("a / (b - b)", AT)


@pytest.mark.parametrize("expression", ["2020 - 2019", "1", "log(2)"])
def test_an_expression_without_an_estimate_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="names no estimate; there are a, b, c"):
        gradient([expression], AT)


@pytest.mark.parametrize("expression", ["log(c)", "sqrt(c)", "sqrt(a - 2)", "c ** 0.5", "exp(a ** 50)"])
def test_what_is_not_defined_at_the_estimates_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"not defined"):
        evaluated(expression, AT)


def test_only_a_number_is_an_exponent() -> None:
    with pytest.raises(ValueError, match="power of a number"):
        evaluated("a ** b", AT)
