"""What sort of value an expression has. Two values can be compared only when their kinds allow it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Sort(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort, and for a choice or a set of options the names of the options it is taken from."""

    sort: Sort
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.options) != (self.sort in (Sort.CHOICE, Sort.SET)):
            raise ValueError(f"a choice or a set has options, and nothing else has: {self.sort} of {self.options}")

    def __str__(self) -> str:
        return _IN_WORDS[self.sort].format(listed(self.options))

    @property
    def chosen_from(self) -> Kind:
        """The kind of one element of a set of options."""
        return Kind(Sort.CHOICE, self.options)


def listed(names: tuple[str, ...]) -> str:
    """Names in quotation marks, as they stand in messages; a long list is cut short."""
    shown = ", ".join(f'"{name}"' for name in names[:10])
    return f"{shown}, ... ({len(names)} in all)" if len(names) > 10 else shown


_IN_WORDS: Final = {
    Sort.NUMBER: "a number",
    Sort.TEXT: "a text",
    Sort.DATE: "a date",
    Sort.BOOLEAN: "a condition (true or false)",
    Sort.CHOICE: "one of {}",
    Sort.SET: "a set out of {}",
}

NUMBER: Final = Kind(Sort.NUMBER)
TEXT: Final = Kind(Sort.TEXT)
DATE: Final = Kind(Sort.DATE)
BOOLEAN: Final = Kind(Sort.BOOLEAN)
