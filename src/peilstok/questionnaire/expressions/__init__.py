"""A small typed language for routing, checks and prefill: `vulnerable_pupils > 0 and not lead = "nobody"`.

Its grammar is in `syntax`, its kinds in `kinds`, its rules about kinds in `nodes`, names in `meaning`, and what an
expression is worth in `evaluation`. Nothing in it reaches outside: no attributes, no calls but its own functions,
bounded length and depth. The manual is `docs/formats/expressions.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from peilstok.questionnaire.expressions import evaluation, meaning, nodes, syntax
from peilstok.questionnaire.expressions.evaluation import OPEN, Known, Open, Outcome, Surroundings
from peilstok.questionnaire.expressions.kinds import BOOLEAN, DATE, NUMBER, TEXT, Kind, Sort
from peilstok.questionnaire.expressions.meaning import Scope
from peilstok.questionnaire.expressions.nodes import Node
from peilstok.questionnaire.expressions.syntax import ExpressionRefused, Fault

__all__ = [
    "BOOLEAN",
    "DATE",
    "NUMBER",
    "OPEN",
    "TEXT",
    "Expression",
    "ExpressionRefused",
    "Fault",
    "Kind",
    "Known",
    "Node",
    "Open",
    "Outcome",
    "Scope",
    "Sort",
    "Surroundings",
    "expression",
]


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression with the text it was made from (blanks made equal)."""

    source: str
    node: Node
    items: frozenset[str] = field(init=False, repr=False, compare=False)
    """The items of this questionnaire that it looks at."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", nodes.items_in(self.node))

    @property
    def kind(self) -> Kind:
        return self.node.kind

    def worth(self, surroundings: Surroundings) -> Outcome:
        return evaluation.outcome(self.node, surroundings)


def expression(source: str, *, scope: Scope, expected: Kind | None = None) -> Expression:
    """Read and check an expression; raises `ExpressionRefused` with every fault in it."""
    written = syntax.parse(source)
    return Expression(syntax.canonical(source), meaning.mean(written, scope=scope, expected=expected))
