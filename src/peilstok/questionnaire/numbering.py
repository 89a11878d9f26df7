"""How many questions there are, said truthfully: "question 4 of 9", or "of at most 9" while answers are to come.

The number of questions depends on answers not yet given. Here the least and the most is worked out over all that
they can still be. An item with options is followed option by option, a number by the values around the constants it
is compared with; anything else is left open, and a condition that rests on it may come out either way. So the most
is never too low and the least never too high; for conditions on options and constants both are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Final

from peilstok.questionnaire.expressions import OPEN, Expression, Node, Surroundings, nodes
from peilstok.questionnaire.expressions.evaluation import outcome
from peilstok.questionnaire.model import Context, Item, ItemType, PageEntry, Questionnaire
from peilstok.questionnaire.numerals import exact
from peilstok.terms import ItemName, Missing, Value

ROUTES: Final = 512
"""So many routes are followed one by one; beyond them answers are left open, which is safe but less sharp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A page's questions are number `first` to `last` of `total`, or of at most `total` when not `certain`."""

    first: int
    last: int
    total: int
    certain: bool


def span(
    questionnaire: Questionnaire,
    answers: Mapping[ItemName, Value],
    context: Context,
    *,
    about: PageEntry | None = None,
) -> tuple[int, int]:
    """The least and the most questions that a unit with these answers can be asked in all.

    Items without a value in `answers` are still to be answered. Counted are those outside blocks, or those of the one
    entry that it is `about`.
    """
    return _Walk(questionnaire, answers, context, about).span()


@dataclass(frozen=True, slots=True)
class _Route:
    """The values met so far (some of them `OPEN`), and the least and most questions counted."""

    values: Mapping[ItemName, object]
    least: int = 0
    most: int = 0


class _Walk:
    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Mapping[ItemName, Value],
        context: Context,
        about: PageEntry | None,
    ) -> None:
        self._items = tuple(item for item in questionnaire.items.values() if item.type.asks)
        self._counted = {item.name for page in questionnaire.pages if page.entry == about for item in page.items}
        self._answers = answers
        self._context = context
        self._conditions = tuple(item.when for item in self._items if item.when)

    def span(self) -> tuple[int, int]:
        routes = [_Route({})]
        for item in self._items:
            candidates = self._candidates(item) if item.name in self._counted else (OPEN,)
            if len(routes) * len(candidates) > ROUTES:
                candidates = (OPEN,)
            routes = [after for route in routes for after in self._step(route, item, candidates)]
        return min(route.least for route in routes), max(route.most for route in routes)

    def _step(self, route: _Route, item: Item, candidates: tuple[object, ...]) -> Iterator[_Route]:
        if item.name not in self._counted:
            yield replace(route, values={**route.values, item.name: self._answers.get(item.name, OPEN)})
            return
        asked = item.when.worth(self._surroundings(route.values)) if item.when else True
        if asked is OPEN:
            yield _Route({**route.values, item.name: OPEN}, route.least, route.most + 1)
        elif asked is not True:
            yield replace(route, values={**route.values, item.name: Missing.NOT_ASKED})
        else:
            for value in candidates:
                yield _Route({**route.values, item.name: value}, route.least + 1, route.most + 1)

    def _surroundings(self, values: Mapping[ItemName, object]) -> Surroundings:
        return Surroundings(values, self._context.register, self._context.previous)

    def _candidates(self, item: Item) -> tuple[object, ...]:
        """The values that stand for all that the answer can be; `OPEN` where they cannot be told."""
        if item.name in self._answers:
            return (self._answers[item.name],)
        users = [when for when in self._conditions if item.name in when.items]
        if not users:
            return (Missing.NOT_ANSWERED,)  # nothing looks at it
        values = self._values(item, users)
        return (*values, Missing.NOT_ANSWERED) if values else (OPEN,)

    def _values(self, item: Item, users: list[Expression]) -> tuple[object, ...]:
        if item.type is ItemType.CHOICE:
            return item.option_names
        if item.type is ItemType.CHOICES:
            return tuple(_sets(item))
        if item.type.numeric:
            turns = [_turns(when.node, item.name, self._surroundings({})) for when in users]
            if None not in turns:
                return _around({turn for each in turns for turn in each or ()}, item)
        return ()


def _sets(item: Item) -> Iterator[frozenset[str]]:
    """All sets that can be chosen; none for an item with so many options that there are too many."""
    if len(item.options) > 8:
        return
    together = [option.name for option in item.options if not option.exclusive]
    for size in range(1, len(together) + 1):
        yield from (frozenset(chosen) for chosen in combinations(together, size))
    yield from (frozenset({option.name}) for option in item.options if option.exclusive)


def _turns(node: Node, name: str, surroundings: Surroundings) -> frozenset[Fraction] | None:
    """The constants at which a condition on this number can turn; None when it is used in another way."""
    if name not in nodes.items_in(node):
        return frozenset()
    match node:
        case nodes.Answered():
            return frozenset()
        case (
            nodes.Comparison(left=nodes.ItemValue(), right=other)
            | nodes.Comparison(left=other, right=nodes.ItemValue())
        ) if not nodes.items_in(other):
            constant = outcome(other, surroundings)
            return frozenset({constant}) if isinstance(constant, Fraction) else frozenset()
        case nodes.Membership(element=nodes.ItemValue(), collection=nodes.Listed(values=values)):
            return frozenset(Fraction(value) for value in values)
        case nodes.Not() | nodes.AllOf() | nodes.AnyOf():
            under = [_turns(child, name, surroundings) for child in nodes.children(node)]
            return None if None in under else frozenset().union(*(turns or frozenset() for turns in under))
    return None


def _around(turns: set[Fraction], item: Item) -> tuple[Fraction, ...]:
    """Values on, between and beyond the constants, as far as the item allows them: one of every sort that matters."""
    if item.type is ItemType.NUMBER:
        near = {Fraction(step) for turn in turns for step in range(turn.__floor__() - 1, turn.__ceil__() + 2)}
    else:
        order = sorted(turns)
        near = {*order, *((low + high) / 2 for low, high in pairwise(order))}
        near |= {order[0] - 1, order[-1] + 1} if order else set()
    low = None if item.minimum is None else Fraction(exact(item.minimum))
    high = None if item.maximum is None else Fraction(exact(item.maximum))
    edges = {edge for edge in (low, high) if edge is not None} or {Fraction(0)}
    within = [value for value in near | edges if (low is None or value >= low) and (high is None or value <= high)]
    return tuple(sorted(within))
