"""What a questionnaire is: pages of items, options, checks. Frozen, and valid once it exists.

Reading one from a file, with findings for a person to repair, is in `reading`; here an invalid one is a ValueError.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from peilstok.questionnaire.expressions import BOOLEAN, DATE, NUMBER, TEXT, Expression, Kind, Sort
from peilstok.questionnaire.expressions.syntax import FUNCTIONS, KEYWORDS
from peilstok.questionnaire.templates import Template
from peilstok.terms import ItemName, Missing, RegisterRow, Value, Words

FORMAT: Final = "peilstok/questionnaire/1"
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
"""Names of items, options and checks; they become form fields, columns and parts of expressions."""
TITLE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
"""Names of questionnaires and pages; they become parts of addresses."""
RESERVED_ITEMS: Final = frozenset({*KEYWORDS, *FUNCTIONS})
RESERVED_OPTIONS: Final = frozenset(str(missing) for missing in Missing)


class ItemType(StrEnum):
    NUMBER = "number"  # whole
    DECIMAL = "decimal"
    CHOICE = "choice"  # one option
    CHOICES = "choices"  # several options
    TEXT = "text"  # one line
    LONG_TEXT = "long_text"
    DATE = "date"
    EMAIL = "email"
    PHONE = "phone"

    @property
    def numeric(self) -> bool:
        return self in (ItemType.NUMBER, ItemType.DECIMAL)

    @property
    def has_options(self) -> bool:
        return self in (ItemType.CHOICE, ItemType.CHOICES)


def kind_of(item_type: ItemType, options: tuple[str, ...]) -> Kind:
    """The kind that values of this type have in expressions."""
    match item_type:
        case ItemType.NUMBER | ItemType.DECIMAL:
            return NUMBER
        case ItemType.CHOICE:
            return Kind(Sort.CHOICE, options)
        case ItemType.CHOICES:
            return Kind(Sort.SET, options)
        case ItemType.DATE:
            return DATE
    return TEXT


class CheckSeverity(StrEnum):
    HARD = "hard"  # refused until it is mended
    SOFT = "soft"  # "is this right?"; the answer may stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to choose. An exclusive one ("none of these") cannot stand beside others."""

    name: str
    text: Words
    exclusive: bool = False

    def __post_init__(self) -> None:
        _demand(bool(NAME.fullmatch(self.name)), f"{self.name!r} is no name for an option")
        _demand(self.name not in RESERVED_OPTIONS, f"{self.name!r} is not an option but a missing value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What the author of an item says of its change since an earlier questionnaire: whether figures compare, and why.

    `since` is the name of that questionnaire; compared with any other, the declaration says nothing.
    """

    since: str
    comparable: bool
    reason: Words

    def __post_init__(self) -> None:
        _demand(bool(TITLE.fullmatch(self.since)), f"{self.since!r} is no name for a questionnaire")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question.

    `required`: may not be left open (a missing value such as "don't know" is an answer, where the item offers it).
    `optional`: may be left open without a remark. Neither: left open, it is asked once "is this right?".
    `minimum` and `maximum`: of a number, both included.
    """

    name: ItemName
    type: ItemType
    text: Words
    hint: Words | None = None
    options: tuple[Option, ...] = ()
    unit: Words | None = None
    required: bool = False
    optional: bool = False
    dont_know: bool = False
    not_applicable: bool = False
    when: Expression | None = None
    prefill: Expression | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    changed: Declaration | None = None

    def __post_init__(self) -> None:
        _demand(bool(NAME.fullmatch(self.name)), f"{self.name!r} is no name for an item")
        _demand(self.name not in RESERVED_ITEMS, f"{self.name!r} is a word of the expression language")
        _demand(not (self.required and self.optional), f"{self.name}: required and optional exclude each other")
        _demand(bool(self.options) == self.type.has_options, f"{self.name}: options belong to a choice")
        _demand(len(set(self.option_names)) == len(self.options), f"{self.name}: an option stands there twice")
        bounded = self.minimum is not None or self.maximum is not None
        _demand(self.type.numeric or not (bounded or self.unit), f"{self.name}: bounds and a unit belong to a number")
        if self.minimum is not None and self.maximum is not None:
            _demand(self.minimum <= self.maximum, f"{self.name}: minimum above maximum")
        _demand(self.when is None or self.when.kind == BOOLEAN, f"{self.name}: `when` is not a condition")
        _demand(self.prefill is None or self.prefill.kind == self.kind, f"{self.name}: prefill of another kind")

    @property
    def option_names(self) -> tuple[str, ...]:
        return tuple(option.name for option in self.options)

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)

    @property
    def kind(self) -> Kind:
        """The kind of its value in expressions."""
        return kind_of(self.type, self.option_names)

    @property
    def missing_offered(self) -> tuple[Missing, ...]:
        """The missing values that a respondent may choose here."""
        offered = ((Missing.DONT_KNOW, self.dont_know), (Missing.NOT_APPLICABLE, self.not_applicable))
        return tuple(missing for missing, yes in offered if yes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Items asked together. Their conditions look at earlier pages only, so a page is one plain form."""

    name: str
    title: Words
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        _demand(bool(TITLE.fullmatch(self.name)), f"{self.name!r} is no name for a page")
        _demand(bool(self.items), f"page {self.name} has no items")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCheck:
    """A condition that answers should meet; it is broken when the rule is false (not when it is unknown)."""

    name: str
    at: ItemName
    severity: CheckSeverity
    rule: Expression
    message: Template

    @property
    def items(self) -> frozenset[str]:
        return self.rule.items


@dataclass(frozen=True, slots=True, kw_only=True)
class SumCheck:
    """Parts that must add up to a total. Its message is made by `checks` and names the difference."""

    name: str
    at: ItemName
    severity: CheckSeverity
    parts: tuple[ItemName, ...]
    total: ItemName

    @property
    def items(self) -> frozenset[str]:
        return frozenset({*self.parts, self.total})


Check = RuleCheck | SumCheck


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """What is asked. Equal content gives an equal fingerprint, however the file was written."""

    name: str
    title: Words
    introduction: Words
    minutes: int
    pages: tuple[Page, ...]
    checks: tuple[Check, ...] = ()

    def __post_init__(self) -> None:
        _demand(bool(TITLE.fullmatch(self.name)), f"{self.name!r} is no name for a questionnaire")
        _demand(self.minutes >= 1, "a questionnaire takes at least a minute")
        _demand(bool(self.pages), "a questionnaire has a page")
        for what, names in (
            ("page", [page.name for page in self.pages]),
            ("item", [item.name for page in self.pages for item in page.items]),
            ("check", [check.name for check in self.checks]),
        ):
            _demand(len(set(names)) == len(names), f"a {what} stands there twice")
        self._demand_order()
        for check in self.checks:
            _demand({check.at, *check.items} <= self.items.keys(), f"check {check.name} looks at an unknown item")

    def _demand_order(self) -> None:
        earlier: set[str] = set()
        for page in self.pages:
            for item in page.items:
                looked_at = item.when.items if item.when else frozenset()
                _demand(looked_at <= earlier, f"{item.name}: `when` looks at an item that is not on an earlier page")
            earlier |= {item.name for item in page.items}

    @cached_property
    def items(self) -> Mapping[ItemName, Item]:
        """All items by name, in the order in which they stand."""
        return MappingProxyType({item.name: item for page in self.pages for item in page.items})

    def page(self, name: str) -> Page | None:
        return next((page for page in self.pages if page.name == name), None)

    def page_of(self, item: ItemName) -> Page:
        return next(page for page in self.pages if any(each.name == item for each in page.items))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the content in a canonical form; blanks, comments and the order of keys do not count."""
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    def as_json(self) -> dict[str, object]:
        """The content as the format has it (`docs/formats/questionnaire.md`), with every default written out."""
        return {
            "format": FORMAT,
            "name": self.name,
            "title": dict(self.title.as_json()),
            "introduction": dict(self.introduction.as_json()),
            "minutes": self.minutes,
            "pages": [
                {"name": page.name, "title": dict(page.title.as_json()), "items": [_item(item) for item in page.items]}
                for page in self.pages
            ],
            "checks": [_check(check) for check in self.checks],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of the unit beside its answers: its row of the frame, and its answers in the previous wave."""

    register: RegisterRow = field(default_factory=dict)
    previous: Mapping[ItemName, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something about an answer that the respondent is told, at an item.

    A hard one must be mended before sending; a soft one asks "is this right?" and the answer may stand. `key` names
    the problem in a form, so that a respondent can say that it is right.
    """

    item: ItemName
    severity: CheckSeverity
    message: Words
    code: str
    check: str | None = None  # the name of the check, where it came from one

    @property
    def key(self) -> str:
        return f"{self.item}.{self.check or self.code}"

    @property
    def hard(self) -> bool:
        return self.severity is CheckSeverity.HARD


def _item(item: Item) -> dict[str, object]:
    return {
        "name": item.name,
        "type": str(item.type),
        "text": dict(item.text.as_json()),
        "hint": dict(item.hint.as_json()) if item.hint else None,
        "options": [
            {"name": option.name, "text": dict(option.text.as_json()), "exclusive": option.exclusive}
            for option in item.options
        ],
        "unit": dict(item.unit.as_json()) if item.unit else None,
        "required": item.required,
        "optional": item.optional,
        "dont_know": item.dont_know,
        "not_applicable": item.not_applicable,
        "when": item.when.source if item.when else None,
        "prefill": item.prefill.source if item.prefill else None,
        "minimum": item.minimum,
        "maximum": item.maximum,
        **({"changed": _declaration(item.changed)} if item.changed else {}),  # so that older fingerprints stay
    }


def _declaration(declared: Declaration) -> dict[str, object]:
    return {"since": declared.since, "comparable": declared.comparable, "reason": dict(declared.reason.as_json())}


def _check(check: Check) -> dict[str, object]:
    common: dict[str, object] = {"name": check.name, "at": check.at, "severity": str(check.severity)}
    if isinstance(check, SumCheck):
        return {**common, "parts": list(check.parts), "total": check.total}
    return {**common, "rule": check.rule.source, "message": dict(check.message.source.as_json())}


def _demand(sound: bool, fault: str) -> None:
    if not sound:
        raise ValueError(fault)
