"""Reads the checks of a questionnaire file: rules with a message, and sums of parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peilstok.errors import Finding
from peilstok.questionnaire.entries import Entries
from peilstok.questionnaire.expressions import BOOLEAN, NUMBER, Scope
from peilstok.questionnaire.formulas import Formulas
from peilstok.questionnaire.model import Check, CheckSeverity, RuleCheck, SumCheck
from peilstok.questionnaire.places import Leaf, Tree
from peilstok.questionnaire.suggestions import suggest
from peilstok.terms import ItemName

_RULE_KEYS: Final = ("rule", "message")
_SUM_KEYS: Final = ("parts", "total")


class CheckReader:
    """`pages` has the number of the page of every item, in the order of the items."""

    def __init__(self, findings: list[Finding], scope: Scope, pages: Mapping[str, int]) -> None:
        self._findings = findings
        self._scope = scope
        self._pages = pages
        self._formulas = Formulas(findings, scope)

    def checks(self, rows: tuple[Tree, ...]) -> tuple[Check, ...]:
        """The checks that are sound; what is wrong with the others has been noted."""
        found = [self._check(row) for row in rows]
        return tuple(check for check in found if check is not None)

    def _check(self, tree: Tree) -> Check | None:
        entries = Entries(tree, what="check", findings=self._findings)
        if not entries.sound:
            return None
        name, severity, at = entries.name(), self._severity(entries), self._at(entries)
        rule = [key for key in _RULE_KEYS if entries.has(key)]
        total = [key for key in _SUM_KEYS if entries.has(key)]
        if bool(rule) == bool(total):
            expected = '"rule" with "message", or "parts" with "total"'
            found = f"a check with {' and '.join([*rule, *total]) or 'neither'}"
            entries.note("Q060", entries.place, found, expected)
            return None
        for key in _RULE_KEYS if rule else _SUM_KEYS:
            if not entries.has(key):
                entries.note("Q011", entries.place, f'no key "{key}" in this check', f'"{key}"')
        build = self._rule if rule else self._sum
        return build(entries, name, severity, at)

    def _severity(self, entries: Entries) -> CheckSeverity | None:
        leaf = entries.leaf("severity")
        if leaf is None:
            return None
        if leaf.text not in set(CheckSeverity):
            entries.note("Q065", leaf.place, f'the severity "{leaf.text}"', '"hard" or "soft"')
            return None
        return CheckSeverity(leaf.text)

    def _at(self, entries: Entries) -> str | None:
        leaf = entries.leaf("at")
        return self._item(leaf, entries) if leaf else None

    def _item(self, leaf: Leaf, entries: Entries) -> str | None:
        """The name of an item, if it is one."""
        if leaf.text not in self._pages:
            expected = suggest(leaf.text, self._pages, expected="the name of an item")
            entries.note("Q051", leaf.place, f'"{leaf.text}", but no item has that name', expected)
            return None
        return leaf.text

    def _rule(
        self, entries: Entries, name: str | None, severity: CheckSeverity | None, at: str | None
    ) -> RuleCheck | None:
        leaf = entries.leaf("rule")
        rule = self._formulas.formula(leaf, expected=BOOLEAN, item=None)
        message = self._formulas.message(entries.words("message"), place=entries.place_of("message"))
        if rule is None or leaf is None:
            return None
        if not rule.items:
            entries.note("Q064", leaf.place, "a rule about no answer", "an item in the rule")
            return None
        place = self._placed(entries, at, rule.items)
        if name and severity and message and place:
            return RuleCheck(name=name, at=ItemName(place), severity=severity, rule=rule, message=message)
        return None

    def _sum(
        self, entries: Entries, name: str | None, severity: CheckSeverity | None, at: str | None
    ) -> SumCheck | None:
        leaves = [*entries.names("parts", least=2), *filter(None, [entries.leaf("total")])]
        names = [self._item(leaf, entries) for leaf in leaves]
        known = [ItemName(each) for each in names if each is not None]
        for number, leaf in enumerate(leaves):
            kind = self._scope.items.get(leaf.text)
            if kind not in (None, NUMBER) or leaf.text in [before.text for before in leaves[:number]]:
                found = f'"{leaf.text}" in the sum'
                entries.note("Q066", leaf.place, found, "items with numbers, each of them once")
        if len(known) < max(len(names), 3):
            return None
        place = self._placed(entries, at, frozenset(known))
        if name and severity and place:
            return SumCheck(name=name, at=ItemName(place), severity=severity, parts=tuple(known[:-1]), total=known[-1])
        return None

    def _placed(self, entries: Entries, at: str | None, items: frozenset[str]) -> str | None:
        """Where the check speaks: at the item named, else at the last one that it looks at."""
        order = list(self._pages)
        last = max(items, key=order.index)
        if at is None:
            return None if entries.has("at") else last
        if self._pages[at] < self._pages[last]:
            found = f'the check stands at "{at}", but looks at "{last}" on a later page'
            entries.note("Q061", entries.place_of("at"), found, f"an item on the page of {last}")
            return None
        return at
