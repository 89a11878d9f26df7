"""What a written expression means among the items of a questionnaire: names are looked up, kinds are checked.

All faults of an expression are found at once. A text next to an item with options is read as the name of an option,
and next to a date as a date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, cast

from peilstok.questionnaire import dates
from peilstok.questionnaire.expressions import nodes
from peilstok.questionnaire.expressions.kinds import BOOLEAN, DATE, NUMBER, TEXT, Kind, Sort, listed
from peilstok.questionnaire.expressions.nodes import Mismatch, Node
from peilstok.questionnaire.expressions.syntax import (
    FUNCTIONS,
    ExpressionRefused,
    Fault,
    Written,
    WrittenCall,
    WrittenName,
    WrittenNumber,
    WrittenOperation,
    WrittenSet,
    WrittenText,
    WrittenTruth,
)
from peilstok.questionnaire.suggestions import suggest
from peilstok.terms import ENTRY_FIELDS, REGISTER_FIELDS

_REGISTER_KINDS: Final = {str: TEXT, int: NUMBER, bool: BOOLEAN}


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that an expression may use: items with their kinds; the fields of the register are always there.

    `broken` are items that exist but whose kind is not known, for a fault of their own: no second fault is made of
    them. `blocks` has the block of each item that is asked for every entry of one; `inside` is the block in which the
    expression stands, if any: there its items are those of the same entry.
    """

    items: Mapping[str, Kind]
    broken: frozenset[str] = frozenset()
    blocks: Mapping[str, str] = field(default_factory=dict)
    inside: str | None = None


def mean(written: Written, *, scope: Scope, expected: Kind | None = None) -> Node:
    """The checked node of a written expression; `expected` is the kind it is meant for, when that matters.

    Raises `ExpressionRefused` with every fault; without any when the only fault is a broken item.
    """
    reader = _Meaning(scope)
    node = reader.node(written)
    if expected is not None and node is not None:
        node = reader.fit(node, expected, written)
    if node is None or reader.faults:
        raise ExpressionRefused(tuple(reader.faults))
    return node


@dataclass
class _Meaning:
    scope: Scope
    faults: list[Fault] = field(default_factory=list)
    adding_up: bool = False  # inside the parentheses of a sum or count

    def node(self, written: Written) -> Node | None:
        """The node, or None when there was a fault in it (which has then been noted)."""
        match written:
            case WrittenNumber():
                return nodes.Number(Fraction(written.text))
            case WrittenText():
                return nodes.Text(written.text)
            case WrittenTruth():
                return nodes.Truth(written.value)
            case WrittenName():
                return self._item(written)
            case WrittenSet():
                return self._set(written)
            case WrittenCall():
                return self._call(written)
            case WrittenOperation():
                return self._operation(written)

    def fit(self, node: Node, kind: Kind, written: Written) -> Node | None:
        """The node read as a value of this kind: texts become options or dates. Notes a fault where it cannot."""
        match node, kind.sort:
            case nodes.Text(), Sort.CHOICE:
                return self._option(node.value, kind, written.at)
            case nodes.Text(), Sort.DATE:
                return self._day(node.value, written.at)
            case nodes.Listed(), Sort.SET:
                listed_ = self._fit_listed(node, kind.chosen_from, written)
                return nodes.Chosen(frozenset(map(str, node.values)), kind) if listed_ else None
            case nodes.If(), Sort.CHOICE | Sort.DATE if node.kind == TEXT:
                then, otherwise = self.fit(node.then, kind, written), self.fit(node.otherwise, kind, written)
                return nodes.If(node.condition, then, otherwise) if then and otherwise else None
        if node.kind != kind or isinstance(node, nodes.Listed):
            self._fault("Q056", written.at, f"{node.kind}", f"{kind}")
            return None
        return node

    def _fault(self, code: str, at: int, found: str, expected: str) -> None:
        self.faults.append(Fault(code, at, found, expected))

    def _build(self, at: int, make: Callable[[], Node]) -> Node | None:
        """A node whose constructor checks the kinds of its operands."""
        try:
            return make()
        except _Noted:
            return None
        except Mismatch as mismatch:
            self._fault("Q055", at, mismatch.found, mismatch.expected)
            return None

    def _item(self, written: WrittenName) -> Node | None:
        kind = self.scope.items.get(written.name)
        if written.name in self.scope.broken:
            return None
        if kind is None:
            expected = suggest(written.name, self.scope.items, expected="the name of an item")
            self._fault("Q051", written.at, f'"{written.name}", but no item has that name', expected)
            return None
        block = self.scope.blocks.get(written.name, self.scope.inside)
        if block != self.scope.inside and not self.adding_up:
            found = f'"{written.name}", which is answered for every entry of the block "{block}"'
            self._fault("Q067", written.at, found, f"sum({written.name}), or count(...) of a condition on it")
            return None
        return nodes.ItemValue(written.name, kind)

    def _option(self, name: str, kind: Kind, at: int) -> Node | None:
        if name not in kind.options:
            expected = suggest(name, kind.options, expected="one of the item's options")
            self._fault("Q054", at, f'"{name}", which is not an option of the item', expected)
            return None
        return nodes.OptionName(name, kind)

    def _day(self, text: str, at: int) -> Node | None:
        day = dates.standard(text)
        if day is None:
            self._fault("Q055", at, f'"{text}" next to a date', 'a date written as "2020-04-06"')
            return None
        return nodes.Day(day)

    def _set(self, written: WrittenSet) -> Node | None:
        parts = [self.node(part) for part in written.parts]
        if None in parts:
            return None
        if parts and all(isinstance(part, nodes.Text) for part in parts):
            return nodes.Listed(frozenset(cast(nodes.Text, part).value for part in parts), TEXT)
        if parts and all(isinstance(part, nodes.Number) for part in parts):
            return nodes.Listed(frozenset(cast(nodes.Number, part).value for part in parts), NUMBER)
        self._fault("Q055", written.at, "this set", 'texts or numbers between the braces: {"more", "same"}')
        return None

    def _fit_listed(self, node: nodes.Listed, kind: Kind, written: Written) -> Node | None:
        values = sorted(str(value) for value in node.values)
        fitted = [self._option(value, kind, _text_in(written, value).at) for value in values]
        return None if None in fitted else nodes.Listed(frozenset(values), kind)

    def _call(self, written: WrittenCall) -> Node | None:
        match written.name:
            case "previous" | "register" | "entry":
                return self._looked_up(written)
            case "sum" | "count" | "if" | "answered":
                return self._function(written)
        expected = suggest(written.name, FUNCTIONS, expected="a function")
        self._fault("Q052", written.at, f'"{written.name}(...)"', expected)
        return None

    def _looked_up(self, written: WrittenCall) -> Node | None:
        if len(written.parts) != 1 or not isinstance(written.parts[0], WrittenName):
            expected = (
                "one item: previous(pupils)" if written.name == "previous" else f"one field: {written.name}(pupils)"
            )
            self._fault("Q052", written.at, f"{written.name}(...) with something else in it", expected)
            return None
        name = written.parts[0]
        if written.name == "register":
            return self._register(name)
        if written.name == "entry":
            return self._entry(name)
        item = self._item(name)
        return nodes.PreviousValue(name.name, item.kind) if item is not None else None

    def _register(self, written: WrittenName) -> Node | None:
        if written.name not in REGISTER_FIELDS:
            expected = suggest(written.name, REGISTER_FIELDS, expected="a field of the register")
            self._fault("Q053", written.at, f'"{written.name}", which the register does not have', expected)
            return None
        return nodes.RegisterValue(written.name, _REGISTER_KINDS[REGISTER_FIELDS[written.name]])

    def _entry(self, written: WrittenName) -> Node | None:
        if self.scope.inside is None and not self.adding_up:
            found = f"entry({written.name}) outside a block"
            self._fault("Q068", written.at, found, "a page of a block, whose entries have fields")
            return None
        if written.name not in ENTRY_FIELDS:
            expected = suggest(written.name, ENTRY_FIELDS, expected="a field of an entry")
            self._fault("Q068", written.at, f'"{written.name}", which an entry does not have', expected)
            return None
        return nodes.EntryValue(written.name, _REGISTER_KINDS[ENTRY_FIELDS[written.name]])

    def _added_up(self, written: Written) -> Node | None:
        """A part of a sum or count: where it looks at items of a block from outside, it counts once for each entry."""
        before, self.adding_up = self.adding_up, True
        node = self.node(written)
        self.adding_up = before
        if node is None:
            return None
        of_entry = nodes.of_one_entry(node)
        blocks = {self.scope.blocks[name] for name in of_entry.items if name in self.scope.blocks} - {self.scope.inside}
        if len(blocks) > 1:
            found = f"items of the blocks {listed(tuple(sorted(blocks)))} in one part"
            self._fault("Q067", written.at, found, "items of one block in each part of sum(...) or count(...)")
            return None
        if blocks:
            return nodes.EachEntry(blocks.pop(), node)
        if of_entry.fields and self.scope.inside is None:
            self._fault("Q068", written.at, "entry(...) without an item of a block", "an item of the block beside it")
            return None
        return node

    def _function(self, written: WrittenCall) -> Node | None:
        adds = written.name in ("sum", "count")
        parts = [self._added_up(part) if adds else self.node(part) for part in written.parts]
        if None in parts:
            return None
        known = tuple(part for part in parts if part is not None)
        wanted = {"if": 3, "answered": 1}.get(written.name, len(known))
        if len(known) != wanted or not known:
            wants = {"if": "if(condition, value, other value)", "answered": "answered(item)"}
            expected = wants.get(written.name, f"{written.name}(...) with at least one part")
            self._fault("Q052", written.at, f"{written.name}(...) with {len(known)} parts", expected)
            return None
        return self._build(written.at, lambda: self._of_parts(written, known))

    def _of_parts(self, written: WrittenCall, parts: tuple[Node, ...]) -> Node:
        match written.name:
            case "sum":
                return nodes.Sum(parts)
            case "answered":
                return nodes.Answered(parts[0])
            case "count" if len(parts) == 1 and parts[0].kind.sort is Sort.SET:
                return nodes.CountChosen(parts[0])
            case "count":
                return nodes.CountTrue(parts)
        then, otherwise = self._alike(parts[1], parts[2], written)
        return nodes.If(parts[0], then, otherwise)

    def _operation(self, written: WrittenOperation) -> Node | None:
        parts = [self.node(part) for part in written.parts]
        if None in parts:
            return None
        known = tuple(part for part in parts if part is not None)
        return self._build(written.at, lambda: self._of_operands(written, known))

    def _of_operands(self, written: WrittenOperation, parts: tuple[Node, ...]) -> Node:
        match written.sign:
            case "and":
                return nodes.AllOf(parts)
            case "or":
                return nodes.AnyOf(parts)
            case "not":
                return nodes.Not(parts[0])
            case "negative":
                return nodes.Negative(parts[0])
            case "+" | "-":
                return nodes.Arithmetic(written.sign, *self._terms(parts[0], parts[1], written))
            case "*" | "/":
                return nodes.Arithmetic(written.sign, parts[0], parts[1])
            case "in":
                return self._membership(parts[0], parts[1], written)
            case "includes":
                return self._membership(parts[1], parts[0], written)
        left, right = self._alike(parts[0], parts[1], written)
        return nodes.Comparison(cast(nodes.ComparisonSign, written.sign), left, right)

    def _alike(self, left: Node, right: Node, written: Written) -> tuple[Node, Node]:
        """Both sides of a comparison, a text on one of them read as the other side asks."""
        if isinstance(right, nodes.Text) and not isinstance(left, nodes.Text):
            return left, self._beside(right, left.kind, written)
        if isinstance(left, nodes.Text) and not isinstance(right, nodes.Text):
            return self._beside(left, right.kind, written), right
        return left, right

    def _terms(self, left: Node, right: Node, written: WrittenOperation) -> tuple[Node, Node]:
        """Both sides of `+` or `-`: a text that is written as a date is one, as no other text can stand there."""
        if written.sign == "-" and DATE in (left.kind, right.kind):
            left, right = self._alike(left, right, written)
        return _as_day(left), _as_day(right)

    def _beside(self, text: nodes.Text, kind: Kind, written: Written) -> Node:
        if kind.sort not in (Sort.CHOICE, Sort.DATE):
            return text
        return _noted(self.fit(text, kind, _text_in(written, text.value)))

    def _membership(self, element: Node, collection: Node, written: Written) -> Node:
        if isinstance(collection, nodes.Listed) and element.kind.sort is Sort.CHOICE:
            collection = _noted(self._fit_listed(collection, element.kind, written))
        elif isinstance(element, nodes.Text) and collection.kind.sort is Sort.SET:
            element = _noted(
                self._option(element.value, collection.kind.chosen_from, _text_in(written, element.value).at)
            )
        return nodes.Membership(element, collection)


class _Noted(Exception):
    """A fault in a part, which has been noted: the whole cannot be built."""


def _noted(node: Node | None) -> Node:
    if node is None:
        raise _Noted
    return node


def _as_day(node: Node) -> Node:
    """A text that is written as a date as that date; anything else as it is."""
    day = dates.standard(node.value) if isinstance(node, nodes.Text) else None
    return node if day is None else nodes.Day(day)


def _text_in(written: Written, value: str) -> Written:
    """Where this text stands, directly in the expression or in a set in it."""
    parts = written.parts if isinstance(written, WrittenOperation | WrittenCall | WrittenSet) else ()
    inside = [part for under in parts for part in (under, *(under.parts if isinstance(under, WrittenSet) else ()))]
    return next((part for part in inside if isinstance(part, WrittenText) and part.text == value), written)
