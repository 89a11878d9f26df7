"""Expressions and message texts in a file: read with the names that are known, their faults put at their places."""

from __future__ import annotations

from peilstok.errors import Finding, Place
from peilstok.questionnaire.codes import finding
from peilstok.questionnaire.expressions import Expression, ExpressionRefused, Kind, Scope, expression
from peilstok.questionnaire.places import Leaf
from peilstok.questionnaire.templates import Template, template
from peilstok.terms import Words


class Formulas:
    def __init__(self, findings: list[Finding], scope: Scope) -> None:
        self._findings = findings
        self._scope = scope

    def formula(self, leaf: Leaf | None, *, expected: Kind | None, item: str | None) -> Expression | None:
        """The expression in a scalar; None when there is none, or when it has faults (then noted)."""
        if leaf is None:
            return None
        try:
            return expression(leaf.text, scope=self._scope, expected=expected)
        except ExpressionRefused as refused:
            for fault in refused.faults:
                place = leaf.at(fault.at)
                self._findings.append(finding(fault.code, place, fault.found, fault.expected, item=item))
            return None

    def message(
        self, words: Words | None, *, place: Place, where: str = "in the message", item: str | None = None
    ) -> Template | None:
        """A text with values in it; faults are put at its place."""
        if words is None:
            return None
        try:
            return template(words, scope=self._scope)
        except ExpressionRefused as refused:
            for fault in refused.faults:
                found = f"{where}: {fault.found}"
                self._findings.append(finding(fault.code, place, found, fault.expected, item=item))
            return None
