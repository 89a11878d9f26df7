"""A YAML file as plain data, with the place of each key, so that a finding can point to it.

Decides nothing about what the keys mean: see `wavefile`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from peilstok.collect.findings import finding
from peilstok.errors import Finding, Place, Refused

LONGEST: Final = 200_000  # characters of a file


@dataclass(frozen=True, slots=True)
class Outline:
    """A YAML file as plain data (every scalar a text) with the line and column of each key."""

    file: str
    data: dict[str, Any]
    marks: Mapping[tuple[str | int, ...], tuple[int, int]]
    doubles: tuple[Finding, ...]

    def text(self, key: str) -> str:
        """The text behind a key of the file; empty where there is none."""
        value = self.data.get(key)
        return value.strip() if isinstance(value, str) else ""

    def place(self, path: tuple[str | int, ...]) -> Place:
        """Where the key stands, or the nearest one around it that is there."""
        while path not in self.marks and path:
            path = path[:-1]
        return Place(self.file, *self.marks.get(path, (1, 1)))


def outline(text: str, *, file: str) -> Outline:
    if len(text) > LONGEST:
        raise Refused([finding("W001", Place(file), f"{len(text)} characters", f"at most {LONGEST}")])
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise Refused([finding("W001", place, error.problem or "no YAML", "YAML, see docs/formats/wave.md")]) from None
    except yaml.YAMLError:
        raise Refused([finding("W001", Place(file), "characters that YAML forbids", "a text in YAML")]) from None
    marks: dict[tuple[str | int, ...], tuple[int, int]] = {}
    doubles: list[Finding] = []
    data = _plain(node, (), marks, doubles, file)
    if not isinstance(data, dict):
        raise Refused([finding("W001", Place(file, 1), "no keys", "key: value lines, see docs/formats/wave.md")])
    return Outline(file, data, marks, tuple(doubles))


def _plain(
    node: yaml.Node | None,
    path: tuple[str | int, ...],
    marks: dict[tuple[str | int, ...], tuple[int, int]],
    doubles: list[Finding],
    file: str,
) -> object:
    if len(path) > 8:  # the format has three levels; an alias that holds itself would never end
        return ""
    if isinstance(node, yaml.MappingNode):
        found: dict[str, object] = {}
        for key, value in node.value:
            name, mark = str(key.value), (key.start_mark.line + 1, key.start_mark.column + 1)
            if name in found:
                doubles.append(finding("W005", Place(file, *mark), f"{name} for the second time", "each key once"))
            marks[(*path, name)] = mark
            found[name] = _plain(value, (*path, name), marks, doubles, file)
        return found
    if isinstance(node, yaml.SequenceNode):
        for number, each in enumerate(node.value[:100]):
            marks[(*path, number)] = (each.start_mark.line + 1, each.start_mark.column + 1)
        return [_plain(each, (*path, number), marks, doubles, file) for number, each in enumerate(node.value[:100])]
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""
