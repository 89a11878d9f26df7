"""The entries of one mapping in a file, asked for by key and shape. What is wrong is noted, and None is given.

Here also stand the keys that each mapping of the format has (`KEYS`), from which the JSON Schema is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from peilstok.errors import Finding, Place
from peilstok.questionnaire.codes import finding
from peilstok.questionnaire.model import NAME, RESERVED_ITEMS, RESERVED_OPTIONS, TITLE
from peilstok.questionnaire.places import Branch, Leaf, Rows, Tree
from peilstok.questionnaire.suggestions import suggest
from peilstok.terms import LANGUAGES, Words

Shape = Literal["text", "name", "title", "words", "flag", "number", "whole", "rows", "names", "expression", "mapping"]


@dataclass(frozen=True, slots=True)
class Key:
    shape: Shape
    needed: bool = False


KEYS: Final[Mapping[str, Mapping[str, Key]]] = {
    "questionnaire": {
        "format": Key("text", needed=True),
        "name": Key("title", needed=True),
        "title": Key("words", needed=True),
        "introduction": Key("words", needed=True),
        "minutes": Key("whole", needed=True),
        "pages": Key("rows", needed=True),
        "checks": Key("rows"),
        "blocks": Key("rows"),
    },
    "page": {
        "name": Key("title", needed=True),
        "title": Key("words", needed=True),
        "items": Key("rows", needed=True),
        "block": Key("text"),
    },
    "item": {
        "name": Key("name", needed=True),
        "type": Key("text", needed=True),
        "text": Key("words", needed=True),
        "hint": Key("words"),
        "options": Key("rows"),
        "unit": Key("words"),
        "required": Key("flag"),
        "optional": Key("flag"),
        "dont_know": Key("flag"),
        "not_applicable": Key("flag"),
        "when": Key("expression"),
        "prefill": Key("expression"),
        "minimum": Key("number"),
        "maximum": Key("number"),
        "percent_of": Key("expression"),
        "changed": Key("mapping"),
    },
    "declaration": {
        "since": Key("title", needed=True),
        "comparable": Key("flag", needed=True),
        "reason": Key("words", needed=True),
    },
    "option": {
        "name": Key("name", needed=True),
        "text": Key("words", needed=True),
        "exclusive": Key("flag"),
    },
    "block": {
        "name": Key("name", needed=True),
        "of": Key("text", needed=True),
        "title": Key("words", needed=True),
        "text": Key("words", needed=True),
        "hint": Key("words"),
        "entry": Key("words", needed=True),
    },
    "check": {
        "name": Key("name", needed=True),
        "severity": Key("text", needed=True),
        "at": Key("text"),
        "rule": Key("expression"),
        "message": Key("words"),
        "parts": Key("names"),
        "total": Key("text"),
    },
}

_FLAGS: Final = {"true": True, "yes": True, "false": False, "no": False}
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")
_NAME_RULE: Final = "a lower-case letter first, then letters, digits and underscores, at most 60"
_TITLE_RULE: Final = "lower-case letters, digits, hyphens and underscores, at most 60"


class Entries:
    """One mapping of a file. Unknown and missing keys are noted at once, the shape of a value when it is asked for."""

    def __init__(self, tree: Tree, *, what: str, findings: list[Finding], item: str | None = None) -> None:
        self._what = what
        self._findings = findings
        self.item = item  # named in findings, once the name is known
        self.place = tree.place
        self._branch = tree if isinstance(tree, Branch) else Branch(tree.place, {}, {})
        if not isinstance(tree, Branch):
            self.note("Q012", tree.place, f"{in_words(tree)} where a {what} is needed", f"the keys of a {what}")
            self.sound = False
            return
        self.sound = True
        if what == "item":
            self.item = self._bare("name")
        self._compare_keys(KEYS[what])

    def _compare_keys(self, keys: Mapping[str, Key]) -> None:
        for name, place in self._branch.keys.items():
            if name not in keys:
                self.note("Q010", place, f'the key "{name}"', suggest(name, keys, expected=f"a key of a {self._what}"))
        for name, key in keys.items():
            if key.needed and name not in self._branch.entries:
                self.note("Q011", self.place, f'no key "{name}" in this {self._what}', f'"{name}"')

    def note(self, code: str, place: Place, found: str, expected: str) -> None:
        self._findings.append(finding(code, place, found, expected, item=self.item))

    def has(self, key: str) -> bool:
        return key in self._branch.entries

    def place_of(self, key: str) -> Place:
        """The place of a key; of the mapping when it has no such key."""
        return self._branch.keys.get(key, self.place)

    def _bare(self, key: str) -> str | None:
        tree = self._branch.entries.get(key)
        return tree.text if isinstance(tree, Leaf) and not tree.empty else None

    def leaf(self, key: str) -> Leaf | None:
        """The scalar under a key."""
        tree = self._branch.entries.get(key)
        if tree is None:
            return None
        if not isinstance(tree, Leaf) or tree.empty:
            self.note("Q012", tree.place, f'{in_words(tree)} under "{key}"', "a text")
            return None
        return tree

    def text(self, key: str) -> str | None:
        leaf = self.leaf(key)
        return leaf.text.strip() if leaf else None

    def name(self, key: str = "name") -> str | None:
        """A name that can be a form field, a column, a word in expressions."""
        reserved = {"item": RESERVED_ITEMS, "block": RESERVED_ITEMS, "option": RESERVED_OPTIONS}.get(
            self._what, frozenset()
        )
        return self._named(key, NAME, _NAME_RULE, reserved)

    def title(self, key: str = "name") -> str | None:
        """A name that can be part of an address."""
        return self._named(key, TITLE, _TITLE_RULE, frozenset())

    def _named(self, key: str, rule: re.Pattern[str], expected: str, reserved: frozenset[str]) -> str | None:
        leaf = self.leaf(key)
        if leaf is None:
            return None
        if not rule.fullmatch(leaf.text):
            self.note("Q030", leaf.place, f'the name "{leaf.text[:80]}"', expected)
            return None
        if leaf.text in reserved:
            found = f'the name "{leaf.text}", which has a meaning of its own'
            self.note("Q030", leaf.place, found, "another name")
            return None
        return leaf.text

    def flag(self, key: str) -> bool:
        """A truth value; false when it is not there."""
        leaf = self.leaf(key)
        if leaf is None:
            return False
        if leaf.text not in _FLAGS or not leaf.plain:
            self.note("Q012", leaf.place, f'"{leaf.text[:40]}" under "{key}"', "true or false")
            return False
        return _FLAGS[leaf.text]

    def number(self, key: str) -> int | float | None:
        leaf = self.leaf(key)
        if leaf is None:
            return None
        if not leaf.plain or not _NUMBER.fullmatch(leaf.text):
            self.note("Q012", leaf.place, f'"{leaf.text[:40]}" under "{key}"', "a number, as 25 or 2.5")
            return None
        return float(leaf.text) if "." in leaf.text else int(leaf.text)

    def rows(self, key: str, *, least: int = 1) -> tuple[Tree, ...]:
        """The list under a key; empty when there is none."""
        tree = self._branch.entries.get(key)
        if tree is None:
            return ()
        if not isinstance(tree, Rows):
            self.note("Q012", tree.place, f'{in_words(tree)} under "{key}"', "a list: lines that begin with a hyphen")
            return ()
        if len(tree.rows) < least:
            self.note("Q013", self.place_of(key), f'a list of {len(tree.rows)} under "{key}"', f"at least {least}")
        return tree.rows

    def mapping(self, key: str, *, what: str) -> Entries | None:
        """The entries of the mapping under a key; its findings name the same item."""
        tree = self._branch.entries.get(key)
        return None if tree is None else Entries(tree, what=what, findings=self._findings, item=self.item)

    def names(self, key: str, *, least: int) -> tuple[Leaf, ...]:
        """A list of words under a key."""
        rows = self.rows(key, least=least)
        for row in rows:
            if not isinstance(row, Leaf):
                self.note("Q012", row.place, f'{in_words(row)} under "{key}"', "the name of an item")
        return tuple(row for row in rows if isinstance(row, Leaf))

    def words(self, key: str) -> Words | None:
        """A text in Dutch and English."""
        tree = self._branch.entries.get(key)
        if tree is None:
            return None
        if not isinstance(tree, Branch):
            expected = "the text in both languages: {nl: ..., en: ...}"
            self.note("Q020", tree.place, f'{in_words(tree)} under "{key}", without a language', expected)
            return None
        for language, place in tree.keys.items():
            if language not in LANGUAGES:
                self.note("Q021", place, f'the language "{language}" under "{key}"', '"nl" and "en"')
        texts = [self._in_language(key, tree, language) for language in LANGUAGES]
        return self._both(key, tree, texts)

    def _in_language(self, key: str, tree: Branch, language: str) -> str | None:
        leaf = tree.entries.get(language)
        if isinstance(leaf, Leaf) and not leaf.empty and leaf.text.strip():
            return leaf.text.strip()
        found = f'no text in "{language}" under "{key}"' if leaf is None else f'nothing under "{key}", "{language}"'
        self.note("Q020", leaf.place if leaf else tree.place, found, f'a text in "{language}"')
        return None

    def _both(self, key: str, tree: Branch, texts: Sequence[str | None]) -> Words | None:
        nl, en = texts
        if nl is None or en is None:
            return None
        if nl == en and len(nl.split()) > 2:
            self.note("Q022", tree.place, f'the same text in both languages under "{key}"', "a translation")
        return Words(nl=nl, en=en)


def in_words(tree: Tree) -> str:
    """What a value is, for a message."""
    if isinstance(tree, Leaf):
        return "nothing" if tree.empty else f'"{tree.text[:40]}"'
    return "a list" if isinstance(tree, Rows) else "a mapping"
