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
from itertools import groupby
from types import MappingProxyType
from typing import Final

from peilstok.questionnaire.expressions import BOOLEAN, DATE, NUMBER, TEXT, Expression, Kind, Sort
from peilstok.questionnaire.expressions.syntax import FUNCTIONS, KEYWORDS
from peilstok.questionnaire.templates import Template
from peilstok.terms import BlockName, EntryKey, ItemName, Missing, RegisterRow, Value, Words

FORMAT: Final = "peilstok/questionnaire/1"
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
"""Names of items, options, blocks and checks; they become form fields, columns and parts of expressions."""
_NAME_IN_ENTRY: Final = re.compile(NAME.pattern + r"(\.[a-z0-9]{1,20})?")
"""The same, or with the key of an entry: `in_care.s00ap`, an item of a block as that entry is asked."""
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
    NOTE = "note"  # a text to read; nothing is asked

    @property
    def asks(self) -> bool:
        return self is not ItemType.NOTE

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


class BlockSource(StrEnum):
    """Where the entries of a block come from. The board corrects a list from the register, or makes its own."""

    SCHOOLS = "schools"
    SITES = "sites"
    BOARD = "board"


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
    `minimum` and `maximum`: of a number, both included. `percent_of`: what a whole number is a part of, so that it may
    be filled in as a percentage of that too. `piped`: the text and hint where values stand in them.
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
    percent_of: Expression | None = None
    piped: Piped | None = None
    lines: int | None = None  # at most so many, of a long text
    changed: Declaration | None = None

    def __post_init__(self) -> None:
        _demand(bool(_NAME_IN_ENTRY.fullmatch(self.name)), f"{self.name!r} is no name for an item")
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
        part = self.percent_of is None or (self.type is ItemType.NUMBER and self.percent_of.kind == NUMBER)
        _demand(part, f"{self.name}: `percent_of` is a number, and belongs to a whole number")
        about_an_answer = (self.required, self.optional, self.dont_know, self.not_applicable, self.prefill)
        _demand(self.type.asks or not any(about_an_answer), f"{self.name}: a note has no answer")

    @property
    def looks_at(self) -> frozenset[str]:
        """The items that must be answered before this one is shown: its condition, its texts, what it is a part of."""
        return frozenset().union(*(each.items for each in (self.when, self.percent_of, self.piped) if each))

    @property
    def text_for_all(self) -> Words:
        """The text without what one unit reads in it: an ellipsis stands for each value."""
        return self.piped.text.unfilled if self.piped else self.text

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
class Piped:
    """A text and a hint with values in them; `instances` fills them in."""

    text: Template
    hint: Template | None

    @property
    def items(self) -> frozenset[str]:
        return self.text.items | (self.hint.items if self.hint else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Pages that are asked once for every entry of a list: the board's schools, its sites, or what it writes down.

    The list comes first, on a page of its own: `text` asks which they are. `entry` is what one of them is called
    ("school"), where its pages are numbered.
    """

    name: BlockName
    of: BlockSource
    title: Words
    text: Words
    entry: Words
    hint: Words | None = None

    def __post_init__(self) -> None:
        _demand(bool(NAME.fullmatch(self.name)), f"{self.name!r} is no name for a block")

    @property
    def listed(self) -> ItemName:
        """The item that says which of the register's entries there are."""
        return ItemName(self.name)

    @property
    def added(self) -> ItemName:
        """The item in which the board writes further entries, one on a line."""
        return ItemName(f"{self.name}_added")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """The entry of a block that a page is about: number `number` of `total`."""

    block: BlockName
    key: EntryKey
    label: str
    called: Words
    number: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Items asked together. Their conditions look at earlier pages only, so a page is one plain form.

    `block`: it is asked for every entry of that block. `entry`: it is such a page, as it is asked of one.
    """

    name: str
    title: Words
    items: tuple[Item, ...]
    block: BlockName | None = None
    entry: PageEntry | None = None

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
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        _demand(bool(TITLE.fullmatch(self.name)), f"{self.name!r} is no name for a questionnaire")
        _demand(self.minutes >= 1, "a questionnaire takes at least a minute")
        _demand(bool(self.pages), "a questionnaire has a page")
        for what, names in (
            ("page", [page.name for page in self.pages]),
            ("item", [*(item.name for page in self.pages for item in page.items), *self._of_lists]),
            ("check", [check.name for check in self.checks]),
        ):
            _demand(len(set(names)) == len(names), f"a {what} stands there twice")
        self._demand_order()
        self._demand_blocks()
        for check in self.checks:
            known = self.items.keys() | self._of_lists
            _demand({check.at, *check.items} <= known, f"check {check.name} looks at an unknown item")

    def _demand_order(self) -> None:
        earlier: set[str] = set()
        for page in self.pages:
            for item in page.items:
                _demand(item.looks_at <= earlier, f"{item.name} looks at an item that is not on an earlier page")
            earlier |= {item.name for item in page.items}

    def _demand_blocks(self) -> None:
        runs = [block for block, _ in groupby(page.block for page in self.pages) if block]
        _demand(
            sorted(runs) == sorted(self._block_names), "the pages of a block stand together, and every block has some"
        )

    @property
    def _block_names(self) -> tuple[BlockName, ...]:
        return tuple(block.name for block in self.blocks)

    @property
    def _of_lists(self) -> frozenset[ItemName]:
        return frozenset(name for block in self.blocks for name in (block.listed, block.added))

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
                {
                    "name": page.name,
                    "title": dict(page.title.as_json()),
                    "items": [_item(item) for item in page.items],
                    **({"block": page.block} if page.block else {}),
                }
                for page in self.pages
            ],
            "checks": [_check(check) for check in self.checks],
            **({"blocks": [_block(block) for block in self.blocks]} if self.blocks else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of the unit beside its answers: its row of the frame, and its answers in the previous wave.

    `entries` are the rows of its schools and its sites in the frame (`terms.ENTRY_FIELDS`), by source.
    """

    register: RegisterRow = field(default_factory=dict)
    previous: Mapping[ItemName, Value] = field(default_factory=dict)
    entries: Mapping[BlockSource, tuple[RegisterRow, ...]] = field(default_factory=dict)


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
        **({"percent_of": item.percent_of.source} if item.percent_of else {}),
        **({"changed": _declaration(item.changed)} if item.changed else {}),  # so that older fingerprints stay
    }


def _block(block: Block) -> dict[str, object]:
    return {
        "name": block.name,
        "of": str(block.of),
        "title": dict(block.title.as_json()),
        "text": dict(block.text.as_json()),
        "hint": dict(block.hint.as_json()) if block.hint else None,
        "entry": dict(block.entry.as_json()),
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
