"""The expression language as data: small frozen nodes, each checked when it is built.

The rules of the language about kinds stand here and nowhere else: a node whose operands do not go together cannot be
made (`Mismatch`). A node says nothing about how it is written (`syntax`) or computed (`evaluation`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any, Final, Literal, get_args

from peilstok.questionnaire.expressions.kinds import BOOLEAN, DATE, NUMBER, TEXT, Kind, Sort

ArithmeticSign = Literal["+", "-", "*", "/"]
ComparisonSign = Literal["=", "!=", "<", "<=", ">", ">="]
ARITHMETIC: Final[tuple[ArithmeticSign, ...]] = get_args(ArithmeticSign)
COMPARISONS: Final[tuple[ComparisonSign, ...]] = get_args(ComparisonSign)


class Mismatch(ValueError):
    """Operands that do not go together: what was found, and what would be right."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"{found}; expected {expected}")
        self.found = found
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Number:
    value: Fraction
    kind: Kind = NUMBER


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    kind: Kind = TEXT


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool
    kind: Kind = BOOLEAN


@dataclass(frozen=True, slots=True)
class Day:
    """A date, written YYYY-MM-DD (so that comparing the texts compares the dates)."""

    value: str
    kind: Kind = DATE


@dataclass(frozen=True, slots=True)
class OptionName:
    """The name of an option, next to the item it is compared with."""

    value: str
    kind: Kind

    def __post_init__(self) -> None:
        if self.value not in self.kind.options:
            raise Mismatch(f'"{self.value}" is not an option', str(self.kind))


@dataclass(frozen=True, slots=True)
class Listed:
    """`{"more", "same"}` or `{1, 2}`: what a value may be `in`. `kind` is the kind of its elements."""

    values: frozenset[str] | frozenset[Fraction]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Chosen:
    """A set of options, as an answer to an item with several: `{"more", "same"}` where such a value is asked."""

    values: frozenset[str]
    kind: Kind


@dataclass(frozen=True, slots=True)
class ItemValue:
    """The answer to an item of this questionnaire."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class PreviousValue:
    """The unit's answer to the item of this name in the previous wave."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class RegisterValue:
    """What the register knows of the unit."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class EntryValue:
    """What the register knows of the entry of the block in which the expression stands: the school's pupils."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not there, of this kind: what an entry that the board added lacks."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class EachEntry:
    """Once for every entry of the block, as parts of a sum or count; `instances` writes them out."""

    block: str
    of: Node

    @property
    def kind(self) -> Kind:
        return self.of.kind


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Of two numbers; or of dates: a date with days added or taken off, and the days from one date to another."""

    sign: ArithmeticSign
    left: Node
    right: Node
    kind: Kind = field(init=False)

    def __post_init__(self) -> None:
        sides = (self.left, self.right)
        kind = COMES_TO.get((self.sign, self.left.kind, self.right.kind))
        if kind is None or any(isinstance(side, Listed) for side in sides):
            odd = next((side for side in sides if side.kind.sort not in (Sort.NUMBER, Sort.DATE)), self.right)
            raise Mismatch(f'{odd.kind} beside "{self.sign}"', _TERMS.get(self.sign, "a number on each side"))
        if kind == DATE and any(isinstance(each, Number) and each.value.denominator != 1 for each in sides):
            raise Mismatch("a part of a day beside a date", "a whole number of days")
        object.__setattr__(self, "kind", kind)


COMES_TO: Final[Mapping[tuple[str, Kind | None, Kind | None], Kind]] = {
    **{(sign, NUMBER, NUMBER): NUMBER for sign in ARITHMETIC},
    ("+", DATE, NUMBER): DATE,
    ("+", NUMBER, DATE): DATE,
    ("-", DATE, NUMBER): DATE,
    ("-", DATE, DATE): NUMBER,
}
"""The kind of what two values come to, for each sign and the kinds that may stand beside it."""
_TERMS: Final = {
    "+": "two numbers, or a date and a number of days",
    "-": "two numbers, two dates, or a date and then a number of days",
}


@dataclass(frozen=True, slots=True)
class Negative:
    of: Node
    kind: Kind = NUMBER

    def __post_init__(self) -> None:
        _demand(self.of, NUMBER, 'a number after "-"')


@dataclass(frozen=True, slots=True)
class Comparison:
    sign: ComparisonSign
    left: Node
    right: Node
    kind: Kind = BOOLEAN

    def __post_init__(self) -> None:
        left, right = self.left.kind, self.right.kind
        if left != right:
            raise Mismatch(f'"{self.sign}" between {left} and {right}', "two values of the same kind")
        if left.sort is Sort.SET:
            raise Mismatch(f'"{self.sign}" between two sets', "`includes` for one option, or `count(...)`")
        if self.sign not in ("=", "!=") and left.sort not in (Sort.NUMBER, Sort.DATE):
            raise Mismatch(f'"{self.sign}" between values without an order', 'numbers or dates; else "=" or "!="')


@dataclass(frozen=True, slots=True)
class Membership:
    """`element in collection`: a listed collection, or the options chosen in an item with several answers."""

    element: Node
    collection: Node
    kind: Kind = BOOLEAN

    def __post_init__(self) -> None:
        held = self.collection.kind
        if not isinstance(self.collection, Listed):
            if held.sort is not Sort.SET:
                raise Mismatch(f"{held} where a set is needed", 'an item with several answers, or {"...", "..."}')
            held = held.chosen_from
        if self.element.kind != held:
            raise Mismatch(f"{self.element.kind} sought in a set of other things", str(held))


@dataclass(frozen=True, slots=True)
class Not:
    of: Node
    kind: Kind = BOOLEAN

    def __post_init__(self) -> None:
        _demand(self.of, BOOLEAN, 'a condition after "not"')


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Node, ...]
    kind: Kind = BOOLEAN

    def __post_init__(self) -> None:
        _demand_all(self.parts, BOOLEAN, 'a condition on each side of "and"')


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Node, ...]
    kind: Kind = BOOLEAN

    def __post_init__(self) -> None:
        _demand_all(self.parts, BOOLEAN, 'a condition on each side of "or"')


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of those of its parts that are known."""

    parts: tuple[Node, ...]
    kind: Kind = NUMBER

    def __post_init__(self) -> None:
        _demand_all(self.parts, NUMBER, "numbers in sum(...)")


@dataclass(frozen=True, slots=True)
class CountTrue:
    """How many of its parts are true."""

    parts: tuple[Node, ...]
    kind: Kind = NUMBER

    def __post_init__(self) -> None:
        _demand_all(self.parts, BOOLEAN, "conditions in count(...), or one item with several answers")


@dataclass(frozen=True, slots=True)
class CountChosen:
    """How many options are chosen in an item with several answers."""

    of: Node
    kind: Kind = NUMBER

    def __post_init__(self) -> None:
        if self.of.kind.sort is not Sort.SET:
            raise Mismatch(f"count(...) of {self.of.kind}", "conditions, or one item with several answers")


@dataclass(frozen=True, slots=True)
class If:
    condition: Node
    then: Node
    otherwise: Node

    def __post_init__(self) -> None:
        _demand(self.condition, BOOLEAN, "a condition first in if(...)")
        if self.then.kind != self.otherwise.kind:
            raise Mismatch(
                f"if(...) gives {self.then.kind} or {self.otherwise.kind}", "the same kind of value either way"
            )

    @property
    def kind(self) -> Kind:
        return self.then.kind


@dataclass(frozen=True, slots=True)
class Answered:
    """Is there a value? False for each of the four ways of having none. Never unknown."""

    of: Node
    kind: Kind = BOOLEAN

    def __post_init__(self) -> None:
        if not isinstance(self.of, ItemValue | PreviousValue | RegisterValue | EntryValue | Unknown):
            raise Mismatch(
                "answered(...) of something computed", "an item, previous(item), register(field) or entry(field)"
            )


Node = (
    Number
    | Text
    | Truth
    | Day
    | OptionName
    | Listed
    | Chosen
    | ItemValue
    | PreviousValue
    | RegisterValue
    | EntryValue
    | Unknown
    | EachEntry
    | Arithmetic
    | Negative
    | Comparison
    | Membership
    | Not
    | AllOf
    | AnyOf
    | Sum
    | CountTrue
    | CountChosen
    | If
    | Answered
)


def _under(sort: type[Node]) -> tuple[str | None, tuple[str, ...]]:
    """Which field of such a node holds several nodes, if any, and which hold one each."""
    declared = {each.name: each.type for each in fields(sort)}
    several = [name for name, annotation in declared.items() if annotation == "tuple[Node, ...]"]
    return next(iter(several), None), tuple(name for name, annotation in declared.items() if annotation == "Node")


_UNDER: Final = {sort: _under(sort) for sort in get_args(Node)}


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly under this one."""
    several, single = _UNDER[type(node)]
    if several:
        under: tuple[Node, ...] = getattr(node, several)
        return under
    return tuple(getattr(node, name) for name in single)


def rebuilt(node: Node, change: Callable[[Node], Node | tuple[Node, ...]]) -> Node:
    """The same node with what is directly under it changed; where it holds several, one may become many or none."""
    several, single = _UNDER[type(node)]
    changed: dict[str, object] = {name: change(getattr(node, name)) for name in single}
    if several:
        parts = [change(part) for part in getattr(node, several)]
        changed[several] = tuple(one for part in parts for one in (part if isinstance(part, tuple) else (part,)))
    return type(node)(**(_fields(node) | changed)) if changed else node


def _fields(node: Node) -> dict[str, Any]:
    """What a node is built from; the constructor checks it again."""
    return {each.name: getattr(node, each.name) for each in fields(node) if each.init}


def items_in(node: Node) -> frozenset[str]:
    """The items of this questionnaire that the expression looks at (not those of the previous wave)."""
    if isinstance(node, ItemValue):
        return frozenset({node.name})
    return frozenset().union(*(items_in(child) for child in children(node)))


@dataclass(frozen=True, slots=True)
class OfOneEntry:
    """What a node looks at that is not already taken once for each entry."""

    items: frozenset[str]
    fields: bool  # entry(...)


def of_one_entry(node: Node) -> OfOneEntry:
    match node:
        case ItemValue():
            return OfOneEntry(frozenset({node.name}), False)
        case EntryValue():
            return OfOneEntry(frozenset(), True)
        case EachEntry():
            return OfOneEntry(frozenset(), False)
    under = [of_one_entry(child) for child in children(node)]
    return OfOneEntry(frozenset().union(*(each.items for each in under)), any(each.fields for each in under))


def _demand(node: Node, kind: Kind, expected: str) -> None:
    if node.kind != kind or isinstance(node, Listed):
        raise Mismatch(f"{node.kind}", expected)


def _demand_all(parts: tuple[Node, ...], kind: Kind, expected: str) -> None:
    if not parts:
        raise Mismatch("nothing between the parentheses", expected)
    for part in parts:
        _demand(part, kind, expected)
