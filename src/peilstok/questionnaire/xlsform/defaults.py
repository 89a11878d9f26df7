"""The column `default`: what a field holds at first, as our prefill, and the other way round.

XLSForm writes a value bare (`8`, `a c`, `2020-04-06`) and a calculation as an expression; which of the two a cell holds
is decided as pyxform does. Ours is always an expression. It is filled in before anything is answered, so it looks at no
other answer, and what is left of it is a constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pyxform.utils import default_is_dynamic

from peilstok.questionnaire import dates, expressions
from peilstok.questionnaire.expressions import ExpressionRefused, Outcome, Scope, Sort, Surroundings, nodes
from peilstok.questionnaire.model import Item, ItemType
from peilstok.questionnaire.numerals import exact
from peilstok.questionnaire.parsing import LONGEST_TEXT
from peilstok.questionnaire.xlsform import meanings, translation, xpath
from peilstok.questionnaire.xlsform.meanings import Answer, Asked, Lookup
from peilstok.questionnaire.xlsform.rendering import Renderer
from peilstok.questionnaire.xlsform.xpath import ExpressionFault, Node


@dataclass(frozen=True, slots=True)
class Field:
    """What is to be filled in: the type of the item, its answer, and its bounds where it is a number."""

    type: ItemType
    answer: Answer
    low: float | None = None
    high: float | None = None

    def takes(self, worth: Outcome) -> bool:
        """Would it stand there at first, and be an answer if it were sent so?"""
        match worth:
            case Fraction():
                above = self.low is None or worth >= Fraction(exact(self.low))
                below = self.high is None or worth <= Fraction(exact(self.high))
                return above and below and (self.type is ItemType.DECIMAL or worth.denominator == 1)
            case str() if self.type is ItemType.DATE:
                return dates.read(worth) == worth
            case str():
                return len(worth) <= LONGEST_TEXT.get(self.type, len(worth))
        return worth is not None


def prefill(written: str, *, field: Field, lookup: Lookup) -> str:
    """What stands in the column as an expression of ours.

    Raises `ExpressionFault` where it is no value that the question takes, or rests on what is not known at first.
    """
    calculated = _is_calculated(written, field.type)
    said = _calculated(written, lookup) if calculated else _bare(written, field.answer)
    try:
        made = expressions.expression(said, scope=Scope({}), expected=field.answer.kind)
    except ExpressionRefused as refused:
        raise _unfit("; ".join(each.found for each in refused.faults)) from None
    if not field.takes(made.worth(Surroundings({}, {}, {}))):
        raise _unfit("a value that it does not take")
    return said


def default(item: Item, renderer: Renderer) -> str:
    """The prefill of an item as the column has it. Raises `ExpressionFault` where XLSForm cannot say it."""
    assert item.prefill is not None
    match item.prefill.node:
        case nodes.Chosen(values):
            return " ".join(name for name in item.option_names if name in values)
        case nodes.OptionName(text) | nodes.Day(text):
            return text
        case nodes.Text(text) if text == text.strip() and not _is_calculated(text, item.type):
            return text
        case nodes.Text() as node:
            return f"string({renderer.value(node)})"
    return renderer.value(item.prefill.node)


def _is_calculated(written: str, type_: ItemType) -> bool:
    return bool(default_is_dynamic(written, "date" if type_ is ItemType.DATE else None))


def _bare(written: str, answer: Answer) -> str:
    match answer.kind.sort:
        case Sort.NUMBER if not xpath.numeric(written):
            raise _unfit("no number")
        case Sort.NUMBER:
            return written
        case Sort.CHOICE:
            return translation.quoted(_option(written, answer))
        case Sort.SET:
            return f"{{{', '.join(translation.quoted(_option(each, answer)) for each in written.split())}}}"
    return translation.quoted(written)


def _option(written: str, answer: Answer) -> str:
    if written not in answer.options:
        raise _unfit(f'"{written}", which is none of its choices')
    return answer.options[written]


def _calculated(written: str, lookup: Lookup) -> str:
    node = meanings.resolved(written, lookup=lookup)
    if _looks_at_answers(node):
        raise _unfit("another answer, which is not there at first")
    return translation.plain_value(node)


def _looks_at_answers(node: Node) -> bool:
    return isinstance(node, Asked) or any(map(_looks_at_answers, xpath.children(node)))


def _unfit(found: str) -> ExpressionFault:
    return ExpressionFault("X022", found, "a value that the question takes")
