"""What things of a form are called in a questionnaire: the same name where it can be, else the nearest that can."""

from __future__ import annotations

import re
from collections.abc import Callable

from peilstok.questionnaire.model import RESERVED_ITEMS, RESERVED_OPTIONS

LONGEST = 60


def item_name(name: str, taken: set[str]) -> str:
    """The name of an item (or block, or check); it is added to those that are taken."""
    return _once(_word(name, "q_", RESERVED_ITEMS), taken)


def option_name(name: str, taken: set[str]) -> str:
    return _once(_word(name, "o_", RESERVED_OPTIONS), taken)


def page_name(name: str, taken: set[str]) -> str:
    return _once(title(name) or "page", taken, "-")


def title(name: str) -> str:
    """A name as part of an address; empty where nothing is left of it."""
    return re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")[:LONGEST]


def _word(name: str, begin: str, reserved: frozenset[str]) -> str:
    word = re.sub(r"[^a-z0-9_]+", "_", name.lower())
    if not re.match(r"[a-z]", word) or word in reserved:
        word = begin + word.strip("_")
    return word[:LONGEST]


def _once(name: str, taken: set[str], sign: str = "_") -> str:
    """The name, with a number behind it where it is taken."""
    number, found = 1, name
    while found in taken:
        number += 1
        end = f"{sign}{number}"
        found = name[: LONGEST - len(end)] + end
    taken.add(found)
    return found


Namer = Callable[[str, set[str]], str]
