"""Reads the checks of a questionnaire file: rules with a message, and sums of parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
        formulas = Formulas(self._findings, replace(self._scope, inside=self._scope.blocks.get(at or "")))
        rule = formulas.formula(leaf, expected=BOOLEAN, item=None)
        message = formulas.message(entries.words("message"), place=entries.place_of("message"))
        if rule is None or leaf is None:
            return None
        if not rule.items:
            entries.note("Q064", leaf.place, "a rule about no answer", "an item in the rule")
            return None
        place = self._placed(entries, at, rule.items, block=self._scope.blocks.get(at or ""))
        if name and severity and message and place:
            return RuleCheck(name=name, at=ItemName(place), severity=severity, rule=rule, message=message)
        return None

    def _sum(
        self, entries: Entries, name: str | None, severity: CheckSeverity | None, at: str | None
    ) -> SumCheck | None:
        leaves = [*entries.names("parts", least=1), *filter(None, [entries.leaf("total")])]
        names = [self._item(leaf, entries) for leaf in leaves]
        blocks = [self._scope.blocks.get(leaf.text) for leaf in leaves]
        if len(leaves) == 2 and entries.has("total") and blocks[0] is None:
            found = 'a list of 1 under "parts"'
            entries.note("Q013", entries.place_of("parts"), found, "at least 2, or an item of a block")
            return None
        if leaves and not self._go_together(blocks, at):
            expected = "parts, total and place in the same block, or total and place outside blocks"
            entries.note("Q067", leaves[-1].place, f'the total "{leaves[-1].text}" with items of a block', expected)
            return None
        known = [ItemName(each) for each in names if each is not None]
        for number, leaf in enumerate(leaves):
            kind = self._scope.items.get(leaf.text)
            if kind not in (None, NUMBER) or leaf.text in [before.text for before in leaves[:number]]:
                found = f'"{leaf.text}" in the sum'
                entries.note("Q066", leaf.place, found, "items with numbers, each of them once")
        if len(known) < max(len(names), 2) or not entries.has("total"):
            return None
        place = self._placed(entries, at, frozenset(known), block=blocks[-1])
        if name and severity and place:
            return SumCheck(name=name, at=ItemName(place), severity=severity, parts=tuple(known[:-1]), total=known[-1])
        return None

    def _go_together(self, blocks: list[str | None], at: str | None) -> bool:
        """Of the parts and the total: a sum within one entry, or one of all entries, whose total is outside."""
        *parts, total = blocks
        around = {total, self._scope.blocks.get(at) if at else total}
        return around == {None} or {*parts, *around} == {total}

    def _placed(self, entries: Entries, at: str | None, items: frozenset[str], *, block: str | None) -> str | None:
        """Where the check speaks: at the item named, else at the last one that it looks at.

        One over all entries of a block stands outside it, and may look ahead: while the block is not filled in, it has
        nothing to say.
        """
        order, blocks = list(self._pages), self._scope.blocks
        looked_at = [name for name in items if block or name not in blocks]
        last = max(looked_at, key=order.index, default=None)
        if at is None:
            if entries.has("at"):
                return None  # that it names no item has been noted
            return f"{blocks[min(items)]}_added" if last is None else last
        if last is not None and self._pages[at] < self._pages[last]:
            found = f'the check stands at "{at}", but looks at "{last}" on a later page'
            entries.note("Q061", entries.place_of("at"), found, f"an item on the page of {last}")
            return None
        return at
