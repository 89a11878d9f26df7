"""What is wrong with a value in a wave's file, told to the person who wrote it.

Decides the words; what is allowed is decided by the types in `wavefile`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, get_args

from pydantic import BaseModel

from peilstok.collect.findings import finding
from peilstok.collect.outline import Outline
from peilstok.errors import Finding

MANUAL: Final = "docs/formats/wave.md"
_DAY: Final = "a day, such as 2020-04-06"
_MOMENT: Final = "a moment with its zone, such as 2020-04-06T12:00:00+02:00"

EXPECTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "string_too_short": "a text",
        "string_type": "a text",
        "string_too_long": "at most {max_length:,} characters",
        "literal_error": "{expected}",
        "value_error": "{error}",
        "date_parsing": _DAY,
        "date_from_datetime_parsing": _DAY,
        "date_from_datetime_inexact": _DAY,
        "date_type": _DAY,
        "datetime_parsing": _MOMENT,
        "datetime_from_date_parsing": _MOMENT,
        "datetime_type": _MOMENT,
        "timezone_aware": _MOMENT,
        "enum": "one of {expected}",
        "float_parsing": "a number",
        "float_type": "a number",
        "int_parsing": "a whole number",
        "int_type": "a whole number",
        "greater_than": "more than {gt}",
        "greater_than_equal": "{ge} or more",
        "less_than_equal": "{le:,} or less",
        "tuple_type": "a list",
        "too_short": "at least {min_length} of them",
        "too_long": "at most {max_length} of them",
    }
)
"""What would be right, by the type of pydantic's error and with its context."""


def fault(problem: Any, lines: Outline, model: type[BaseModel]) -> Finding:
    """The finding of one error of pydantic's, as its `errors()` gives it."""
    path = tuple(problem["loc"])
    place, key = lines.place(path), ".".join(map(str, path))
    if problem["type"] == "missing":
        return finding("W002", place, f"no {key}", f"this key, see {MANUAL}")
    if problem["type"] == "extra_forbidden":
        keys = _keys(model, path[:-1])
        near = difflib.get_close_matches(str(path[-1]), keys, n=1)
        return finding("W003", place, key, f"did you mean {near[0]}?" if near else f"one of {', '.join(keys)}")
    found = repr(problem["input"][:80]) if isinstance(problem["input"], str) else "several lines with keys of their own"
    return finding("W004", place, f"{key}: {found}", _expected(problem, path, model))


def _expected(problem: Any, path: tuple[str | int, ...], model: type[BaseModel]) -> str:
    if problem["type"] == "string_pattern_mismatch":
        example = name_like(problem["input"]) or "wave-3"
        return f"lower-case letters, digits and hyphens, 40 at most, such as {example}"
    if problem["type"] == "model_type":
        return f"keys of its own: {', '.join(_keys(model, path))}"
    words = EXPECTED.get(problem["type"], f"what {MANUAL} says of it")
    return words.format_map(problem.get("ctx", {}))


def name_like(text: str) -> str:
    """The name of a wave as it was probably meant: `Wave 3` is wave-3. A sound name stays as it is."""
    kept = re.sub(r"^[^a-z0-9]+|[^a-z0-9-]+$", "", text.lower())
    return re.sub(r"[^a-z0-9-]+", "-", kept)[:40]


def _keys(model: Any, path: tuple[str | int, ...]) -> list[str]:
    """The keys that there may be at this place. A number in the path is an element of a list."""
    for step in path:
        if isinstance(step, str):
            model = _within(model.model_fields[step].annotation)
    return list(model.model_fields)


def _within(annotation: Any) -> Any:
    """The model in a list of them, or in one that may be left out."""
    inner = [each for each in get_args(annotation) if each not in (type(None), ...)]
    return _within(inner[0]) if inner else annotation
