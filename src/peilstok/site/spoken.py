"""`{% load i18n %}`, as Django has it: the texts without values are looked up once for each language.

A page has dozens of them, and Django looks for each at every drawing, which took a fifth of a page of a board.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Fixed(Node):
    """A text that is the same at every drawing in a language."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._drawn: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        drawn = self._drawn.get(language)
        if drawn is None:
            drawn = self._drawn[language] = self._node.render(context)
        return drawn


class WithValues(i18n.BlockTranslateNode):
    """A text with values in it: what stands between them is put together once."""

    _listed: dict[int, tuple[str, list[str]]]

    def render_token_list(self, tokens: list[Token]) -> tuple[str, list[str]]:
        listed = vars(self).setdefault("_listed", {})
        if id(tokens) not in listed:
            listed[id(tokens)] = super().render_token_list(tokens)
        text, names = listed[id(tokens)]
        return text, [*names]


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    node: Any = i18n.do_translate(parser, token)
    fixed = not node.asvar and node.message_context is None and _is_a_text(node.filter_expression)
    return Fixed(node) if fixed else node


def _is_a_text(expression: FilterExpression) -> bool:
    """Between quotation marks, and without a filter."""
    return not expression.filters and isinstance(getattr(expression.var, "literal", None), str)


@register.tag("blocktranslate")
@register.tag("blocktrans")
def block_translate(parser: Parser, token: Token) -> Node:
    made: Any = i18n.do_block_translate(parser, token)
    return WithValues(
        made.extra_context,
        made.singular,
        plural=made.plural,
        countervar=made.countervar,
        counter=made.counter,
        message_context=made.message_context,
        trimmed=made.trimmed,
        asvar=made.asvar,
        tag_name=made.tag_name,
    )
