"""Expressions of Peilstok as XLSForm has them: `count(kinds) > 1` becomes `count-selected(${kinds}) > 1`.

In Peilstok an answer that is not there is unknown, in XLSForm it is an empty text. So a condition is written in two
ways: `holds`, true exactly when ours is true (when something is asked), and `stands`, true unless ours is false (what
an answer must meet). Tests for an answer are added only where XLSForm would come out differently without them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from peilstok.questionnaire.expressions import DATE, Node, Sort, nodes
from peilstok.questionnaire.xlsform.xpath import ExpressionFault

_TURNED: Final = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_OR, _AND, _COMPARED, _SUM, _PRODUCT, _SIGNED, _WHOLE = range(1, 8)


@dataclass(frozen=True, slots=True)
class Written:
    """`rests_on`: what must hold for the value to be known, each with its opposite. `items`: those it looks at."""

    text: str
    level: int
    rests_on: tuple[tuple[Written, Written], ...] = ()
    items: frozenset[str] = frozenset()

    def within(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"


class Renderer:
    """`missing` has the missing values that each item with options offers; `own` is written as a point.

    `whole` are the items with whole numbers: so many days can be added to a date.
    """

    def __init__(
        self, missing: Mapping[str, Sequence[str]], own: str | None = None, *, whole: Collection[str] = ()
    ) -> None:
        self._missing = missing
        self._own = own
        self._whole = whole

    def holds(self, node: Node) -> str:
        return self._truth(node, denied=False, unless=False).text

    def fails(self, node: Node) -> str:
        """True exactly when ours is false."""
        return self._truth(node, denied=True, unless=False).text

    def stands(self, node: Node) -> str:
        return self._truth(node, denied=False, unless=True).text

    def standing(self, node: Node) -> str:
        """The same, to be put beside others with `and`."""
        return self._truth(node, denied=False, unless=True).within(_AND)

    def value(self, node: Node) -> str:
        return self._value(node).text

    def question(self, name: str) -> str:
        return "." if name == self._own else f"${{{name}}}"

    def _truth(self, node: Node, *, denied: bool, unless: bool) -> Written:
        """`denied`: of its opposite. `unless`: true where ours is unknown as well."""
        match node:
            case nodes.Truth(value):
                return Written("true()" if value != denied else "false()", _WHOLE)
            case nodes.Not(of):
                return self._truth(of, denied=not denied, unless=unless)
            case nodes.AllOf(parts) | nodes.AnyOf(parts):
                written = [self._truth(part, denied=denied, unless=unless) for part in parts]
                return _joined(written, "and" if isinstance(node, nodes.AllOf) != denied else "or")
            case nodes.Answered(nodes.ItemValue(name)):
                return self._blank(name) if denied else self._known(name)
            case nodes.If(condition, then, otherwise):
                return self._either(condition, then, otherwise, denied=denied, unless=unless)
            case nodes.Comparison():
                return self._comparison(node, denied=denied, unless=unless)
            case nodes.Membership():
                return self._membership(node, denied=denied, unless=unless)
        raise _lacking(node)

    def _either(self, asked: Node, then: Node, otherwise: Node, *, denied: bool, unless: bool) -> Written:
        if unless:  # unless it is false, is unless its opposite is true
            inner = self._either(asked, then, otherwise, denied=not denied, unless=False)
            return Written(f"not({inner.text})", _WHOLE)
        branches = [
            _joined(
                [self._truth(asked, denied=no, unless=False), self._truth(each, denied=denied, unless=False)], "and"
            )
            for no, each in ((False, then), (True, otherwise))
        ]
        return _joined([each for each in branches if each.text != "false()"], "or")

    def _known(self, name: str) -> Written:
        said = self.question(name)
        tests = [f"{said} != ''", *(f"{said} != '{each}'" for each in self._missing.get(name, ()))]
        return _joined([Written(each, _COMPARED) for each in tests], "and")

    def _blank(self, name: str) -> Written:
        said = self.question(name)
        tests = [f"{said} = ''", *(f"{said} = '{each}'" for each in self._missing.get(name, ()))]
        return _joined([Written(each, _COMPARED) for each in tests], "or")

    def _comparison(self, node: nodes.Comparison, *, denied: bool, unless: bool) -> Written:
        left, right = self._value(node.left), self._value(node.right)
        sign = _TURNED[node.sign] if denied else node.sign
        said = Written(f"{left.within(_SUM)} {sign} {right.within(_SUM)}", _COMPARED)
        both = bool(left.items) and bool(right.items) and sign in ("=", "!=")
        return self._with_tests(said, (left, right), unless=unless, empty=sign == "!=", always=both)

    def _with_tests(
        self, said: Written, values: Sequence[Written], *, unless: bool, empty: bool, always: bool
    ) -> Written:
        """A comparison with the tests that it needs. `empty`: XLSForm finds it true of an empty answer."""
        items = sorted(frozenset().union(*(each.items for each in values)) - {self._own or ""})
        tested = items if always or empty != unless else []
        own = self._own if self._own and any(self._own in each.items for each in values) else None
        more = [pair for each in values for pair in each.rests_on]
        if unless:
            offered = (
                [self._one(own, missing, "=") for missing in self._missing.get(own or "", ())] if not empty else []
            )
            return _joined([*map(self._blank, tested), *offered, *(no for _, no in more), said], "or")
        return _joined([*map(self._known, tested), *(yes for yes, _ in more), said], "and")

    def _one(self, name: str | None, option: str, sign: str) -> Written:
        return Written(f"{self.question(name or '')} {sign} '{option}'", _COMPARED)

    def _membership(self, node: nodes.Membership, *, denied: bool, unless: bool) -> Written:
        element, collection = node.element, node.collection
        if isinstance(collection, nodes.ItemValue) and isinstance(element, nodes.OptionName):
            chosen = f"selected({self.question(collection.name)}, {_quoted(element.value)})"
            said = Written(f"not({chosen})" if denied else chosen, _WHOLE)
            value = Written("", _WHOLE, items=frozenset({collection.name}))
            return self._with_tests(said, (value,), unless=unless, empty=denied, always=False)
        if not isinstance(collection, nodes.Listed):
            raise _lacking(node)
        value = self._value(element)
        sign = "!=" if denied else "="
        plain = [_number(each) if isinstance(each, Fraction) else _quoted(each) for each in _in_order(collection)]
        tests = [Written(f"{value.within(_SUM)} {sign} {each}", _COMPARED) for each in plain]
        said = _joined(tests, "and" if denied else "or")
        return self._with_tests(said, (value,), unless=unless, empty=denied, always=False)

    # values

    def _value(self, node: Node) -> Written:
        match node:
            case nodes.Number(value):
                return Written(_number(value), _WHOLE)
            case nodes.Text(text) | nodes.OptionName(text):
                return Written(_quoted(text), _WHOLE)
            case nodes.Day(day):
                return Written(f"date('{day}')", _WHOLE)
            case nodes.ItemValue(name, kind) if kind.sort is not Sort.SET:
                return Written(self.question(name), _WHOLE, items=frozenset({name}))
            case nodes.Negative(of):
                inner = self._value(of)
                return Written(f"-{inner.within(_SIGNED)}", _SIGNED, inner.rests_on, inner.items)
            case nodes.Arithmetic():
                return self._arithmetic(node)
            case nodes.CountChosen(nodes.ItemValue(name)):
                return self._chosen(name)
            case nodes.Sum(parts):
                return self._sum(parts)
        raise _lacking(node)

    def _arithmetic(self, node: nodes.Arithmetic) -> Written:
        left, right = self._value(node.left), self._value(node.right)
        level = _SUM if node.sign in ("+", "-") else _PRODUCT
        sign = "div" if node.sign == "/" else node.sign
        rests_on = (*left.rests_on, *right.rests_on)
        if sign == "div" and not isinstance(node.right, nodes.Number):
            tests = (Written(f"{right.within(_SUM)} {each} 0", _COMPARED) for each in ("!=", "="))
            rests_on = (*rests_on, (next(tests), next(tests)))
        text = f"{left.within(level)} {sign} {right.within(level + 1)}"
        if node.kind != DATE:
            return Written(text, level, rests_on, left.items | right.items)
        if not all(each.kind == DATE or self._is_whole(each) for each in (node.left, node.right)):
            raise ExpressionFault("X050", "a date and a number that may have decimals", "a whole number of days")
        return Written(f"date({text})", _WHOLE, rests_on, left.items | right.items)

    def _is_whole(self, node: Node) -> bool:
        """Is it a whole number whatever is answered? In XLSForm a date may have a part of a day behind it."""
        match node:
            case nodes.Number(value):
                return value.denominator == 1
            case nodes.ItemValue(name):
                return name in self._whole
            case nodes.CountChosen():
                return True
            case nodes.Arithmetic("+" | "-" | "*") | nodes.Negative() | nodes.Sum() | nodes.EachEntry():
                return all(each.kind == DATE or self._is_whole(each) for each in nodes.children(node))
        return False

    def _chosen(self, name: str) -> Written:
        said = f"count-selected({self.question(name)})"
        if name == self._own and not self._missing.get(name):
            return Written(said, _WHOLE)
        return Written(said, _WHOLE, ((self._known(name), self._blank(name)),))

    def _sum(self, parts: Sequence[Node]) -> Written:
        match parts:
            case (nodes.EachEntry(_, nodes.ItemValue(name)),):
                return Written(f"sum(${{{name}}})", _WHOLE)
        raise ExpressionFault("X050", "sum(...) of questions that are asked once", "a + b")


def _joined(parts: Sequence[Written], sign: str) -> Written:
    if not parts:
        return Written("false()" if sign == "or" else "true()", _WHOLE)
    if len(parts) == 1:
        return parts[0]
    level = _AND if sign == "and" else _OR
    return Written(f" {sign} ".join(part.within(level) for part in parts), level)


def _in_order(listed: nodes.Listed) -> list[str] | list[Fraction]:
    if listed.kind.sort is Sort.NUMBER:
        return sorted(each for each in listed.values if isinstance(each, Fraction))
    texts = [each for each in listed.values if isinstance(each, str)]
    return sorted(
        texts, key=lambda each: (listed.kind.options.index(each) if each in listed.kind.options else -1, each)
    )


def _number(value: Fraction) -> str:
    """A number as a decimal; what is written in an expression always is one."""
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    whole = str(abs((value * 10**digits).numerator)).rjust(digits + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole[:-digits]}.{whole[-digits:]}" if digits else f"{sign}{whole}"


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


def _lacking(node: Node) -> ExpressionFault:
    said = {
        nodes.PreviousValue: "previous(...)",
        nodes.RegisterValue: "register(...)",
        nodes.EntryValue: "entry(...)",
        nodes.CountTrue: "count(...) of conditions",
        nodes.Answered: "answered(...) of something that is not asked",
        nodes.If: "if(...) as a value",
    }.get(type(node), "a value of this kind")
    return ExpressionFault("X050", said, "answers to questions of the form")
