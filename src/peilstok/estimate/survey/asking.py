"""What a caller may write: words of a list, conditions; anything else is refused in the caller's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from peilstok.estimate import document
from peilstok.estimate.survey import wanted

Names = str | Sequence[str]
Where = Mapping[str, Any]
"""Conditions that all hold: {"region": "north", "pupils": (">=", 1000), "size": ["s1", "s2"]}.

A value; a comparison and a value; a list of values, one of which it is; or a list of comparisons that all hold.
"""
Missing = Literal["refuse", "leave out", "leave out of each"]
_MISSING: Final[Mapping[Missing, bool | Literal["per variable"]]] = {
    "refuse": False,
    "leave out": True,
    "leave out of each": "per variable",
}
_WRITTEN: Final = {
    "ids": "psus",
    "fpc": "population or fractions",
    "lonely_psu": "lonely",
    "domain_lonely_adjust": "lonely_in_domains",
    "calfun": "distance",
    "maxit": "rounds",
    "probs": "probabilities",
    "ci_method": "interval",
    "value": "where",
    "op": "where",
}
"""Keys of a job that are called otherwise here."""
_Model = TypeVar("_Model", bound=BaseModel)


def asked(model: type[_Model], /, **given: Any) -> _Model:
    """The model; ValueError that names the first argument that is none, and what would be right."""
    try:
        return model(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        said = f"{_WRITTEN.get(name, name)}: {first['input']!r}; wanted is " if name else ""
        raise ValueError(f"{said}{document.expected(first)}") from None


def one_of(name: str, value: object, words: Sequence[object]) -> None:
    """ValueError where a word is none of these."""
    if value not in words:
        raise ValueError(f"{name}: {value!r}; wanted is one of {', '.join(map(repr, words))}")


def names(given: Names) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def common(by: Names, where: Where | None, missing: Missing) -> dict[str, Any]:
    """What every estimand takes."""
    one_of("missing", missing, tuple(_MISSING))
    if not isinstance(where or {}, Mapping):
        raise TypeError('where is a mapping, such as {"region": "north", "pupils": (">=", 1000)}')
    conditions = [each for name, sought in (where or {}).items() for each in _conditions(name, sought)]
    return {"by": names(by), "where": tuple(conditions), "na_rm": _MISSING[missing]}


def _conditions(name: str, sought: Any) -> list[wanted.Condition]:
    if isinstance(sought, list) and any(isinstance(each, tuple) for each in sought):
        return [_condition(name, each) for each in sought]
    return [_condition(name, sought)]


def _condition(name: str, sought: Any) -> wanted.Condition:
    if isinstance(sought, list | set | frozenset):
        return asked(wanted.Condition, variable=name, op="in", value=tuple(sought))
    if isinstance(sought, tuple) and len(sought) != 2:
        raise ValueError(f'where: {sought!r}; wanted is a comparison and a value, such as (">=", 1000)')
    op, value = sought if isinstance(sought, tuple) else ("==", sought)
    return asked(wanted.Condition, variable=name, op=op, value=value)
