"""A YAML file as a tree in which everything knows its place, so that a finding can name line and column.

Decides which YAML is taken: one document of mappings, lists and scalars; no tags; aliases only as far as they stay
small. Scalars keep the text as it was written: `no` is the word "no" until a reader asks for a truth value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from peilstok.errors import Finding, Place, Refused
from peilstok.questionnaire.codes import finding

LARGEST: Final = 256 * 1024  # characters
DEEPEST: Final = 12  # levels of mappings and lists; the format itself needs six
MOST: Final = 20_000  # scalars, aliases written out


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar. `start` is the column of its first character, 0 when it spans lines or is a block."""

    place: Place
    text: str
    plain: bool
    start: int = 0

    @property
    def empty(self) -> bool:
        return self.plain and self.text in ("", "~", "null")

    def at(self, offset: int) -> Place:
        """The place of a character of the text, as far as it can be told."""
        return Place(self.place.file, self.place.line, self.start + offset) if self.start else self.place


@dataclass(frozen=True, slots=True)
class Rows:
    place: Place
    rows: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A mapping; `keys` has the place of each key."""

    place: Place
    entries: Mapping[str, Tree]
    keys: Mapping[str, Place]


Tree = Leaf | Rows | Branch


def grow(text: str, *, file: str, findings: list[Finding]) -> Tree:
    """The tree of a file. Keys that stand there twice are added to `findings`, and the first one counts.

    Raises `Refused` when there is no tree to be had: no YAML, or more than a questionnaire can be.
    """
    if len(text) > LARGEST:
        found, expected = f"a file of {len(text)} characters", f"at most {LARGEST}"
        raise Refused([finding("Q002", Place(file), found, expected)])
    grower = _Grower(file, findings)
    try:
        return grower.document(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        raise Refused([_not_yaml(error, file)]) from None
    except yaml.YAMLError as error:  # a character that YAML does not take
        found = f"a character that YAML does not allow ({str(error).splitlines()[0]})"
        raise Refused([finding("Q001", Place(file), found, "plain text in UTF-8")]) from None


def _not_yaml(error: yaml.MarkedYAMLError, file: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    found = "; ".join(part for part in (error.context, error.problem) if part) or "something else"
    expected = 'YAML; a text with ": " or " #" in it, that begins with a sign, or that has "?" or "," between braces, '
    expected += "stands between quotation marks"
    return finding("Q001", place, found, expected)


class _Grower:
    def __init__(self, file: str, findings: list[Finding]) -> None:
        self._file = file
        self._findings = findings
        self._anchors: dict[str, tuple[Tree, int]] = {}
        self._count = 0

    def document(self, events: Iterator[yaml.Event]) -> Tree:
        tree: Tree | None = None
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                if tree is not None:
                    raise self._too_much(event, "a second document", "one document in a file")
                tree = self._tree(event, events, 1)
        return tree or Leaf(Place(self._file, 1, 1), "", True)

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self._file, mark.line + 1, mark.column + 1) if mark else Place(self._file)

    def _too_much(self, event: yaml.Event, found: str, expected: str) -> Refused:
        return Refused([finding("Q002", self._place(event), found, expected)])

    def _counted(self, event: yaml.Event, more: int) -> None:
        self._count += more
        if self._count > MOST:
            raise self._too_much(event, f"more than {MOST} values, aliases written out", f"at most {MOST}")

    def _tree(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Tree:
        if depth > DEEPEST:
            raise self._too_much(event, f"more than {DEEPEST} levels", f"at most {DEEPEST} levels")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.tag is not None:
            raise self._too_much(event, f"the tag {event.tag}", "a value without a tag")
        before = self._count
        self._counted(event, 1)
        tree = self._grown(event, events, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (tree, self._count - before)
        return tree

    def _grown(
        self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, events: Iterator[yaml.Event], depth: int
    ) -> Tree:
        if isinstance(event, yaml.ScalarEvent):
            return self._leaf(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._branch(event, events, depth)
        rows: list[Tree] = []
        while not isinstance(following := next(events), yaml.SequenceEndEvent):
            rows.append(self._tree(following, events, depth + 1))
        return Rows(self._place(event), tuple(rows))

    def _alias(self, event: yaml.AliasEvent) -> Tree:
        if event.anchor not in self._anchors:
            raise self._too_much(event, f"the alias *{event.anchor}", "an anchor that stands before it")
        tree, size = self._anchors[event.anchor]
        self._counted(event, size)
        return tree

    def _leaf(self, event: yaml.ScalarEvent) -> Leaf:
        place, end = self._place(event), event.end_mark
        one_line = end is not None and place.line == end.line + 1 and event.style not in ("|", ">")
        quoted = event.style in ("'", '"')
        start = int(place.column) + quoted if one_line else 0
        return Leaf(place, event.value, not event.style, start)

    def _branch(self, event: yaml.MappingStartEvent, events: Iterator[yaml.Event], depth: int) -> Branch:
        entries: dict[str, Tree] = {}
        keys: dict[str, Place] = {}
        while not isinstance(following := next(events), yaml.MappingEndEvent):
            key = self._tree(following, events, depth + 1)
            value = self._tree(next(events), events, depth + 1)
            if not isinstance(key, Leaf):
                self._findings.append(finding("Q012", key.place, "a list or mapping as a key", "a word as a key"))
            elif key.text in entries:
                found = f'the key "{key.text}" a second time (first on line {keys[key.text].line})'
                self._findings.append(finding("Q003", key.place, found, "each key once"))
            else:
                entries[key.text], keys[key.text] = value, key.place
        return Branch(self._place(event), entries, keys)
