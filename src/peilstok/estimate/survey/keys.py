"""What the keys of a job may hold: names of columns, levels, known totals; one name may stand without brackets.

Everything in a job is frozen, and a key that no model has is refused.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _listed(value: object) -> object:
    """One name may stand without brackets, and null for none."""
    return () if value is None else (value,) if isinstance(value, str) else value


def _no_domains(value: object) -> object:
    if value:
        raise ValueError("no `by` with this estimand: take one domain with `where`, or means, shares or ratios")
    return ()


def _finite(value: object) -> object:
    """As R writes what has no end."""
    return [None if each in ("Inf", "-Inf") else each for each in value] if isinstance(value, list) else value


Column = Annotated[str, Field(min_length=1)]
Columns = Annotated[tuple[Column, ...], BeforeValidator(_listed, json_schema_input_type=tuple[str, ...] | str | None)]
NoDomains = Annotated[
    tuple[str, ...], BeforeValidator(_no_domains, json_schema_input_type=tuple[str, ...]), Field(max_length=0)
]
"""Of an estimand that is for one domain at a time."""
Some = Annotated[Columns, Field(min_length=1)]
Level = str | int | float
Known = float | dict[str, float] | tuple[dict[str, Level], ...]
"""A known total: of everything, or of each group within which it holds, by its levels."""
Bounds = Annotated[tuple[float | None, float | None], BeforeValidator(_finite)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    note: str | None = None
