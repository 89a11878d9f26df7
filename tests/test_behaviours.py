"""Every behaviour that the product is judged by so far has a test that names it: `Director 4`, `Officer 2`."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
SHOWN = [*(f"Director {number}" for number in range(1, 19)), *(f"Officer {number}" for number in range(1, 5))]


@cache
def named() -> dict[str, list[str]]:
    """Behaviour -> the tests whose docstring, or that of their file, names it."""
    found: dict[str, list[str]] = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(file.read_text())
        whole = ast.get_docstring(tree) or ""
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for who, number in re.findall(
                    r"\b(director|officer) (\d+)", f"{whole} {ast.get_docstring(node)}", re.IGNORECASE
                ):
                    found.setdefault(f"{who.capitalize()} {number}", []).append(f"{file.name}::{node.name}")
    return found


@pytest.mark.parametrize("behaviour", SHOWN)
def test_a_behaviour_is_shown_by_a_test_that_names_it(behaviour: str) -> None:
    assert named().get(behaviour)
