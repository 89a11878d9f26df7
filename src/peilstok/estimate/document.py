"""YAML as text, numbers and true/false, with the line of everything in it.

Nothing is guessed: `yes`, `no`, `on` and dates stay text, and so does a number with a leading zero (`06` is a code).
A key that stands twice, an anchor or an alias is a finding. Not decided here: what the keys mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import yaml
from pydantic_core import ErrorDetails

from peilstok.errors import Finding, Place, Refused, Severity

Path = tuple[str | int, ...]
"""Where something stands in the document: keys and positions from the top."""

_WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_WORDS: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_DEEPEST: Final = 40


@dataclass(slots=True)
class Document:
    """The values of a document, and the line of every key and list entry."""

    file: str
    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of the nearest part of the path that is in the document."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1

    def error(self, code: str, path: Path, found: str, expected: str) -> Finding:
        """A finding about the part of the document at this path."""
        return Finding(
            code=code,
            severity=Severity.ERROR,
            place=Place(self.file, self.line(path), 1),
            found=f"{written(path)}: {found}" if path else found,
            expected=expected,
        )


def written(path: Path) -> str:
    """The path as a person writes it: `estimands[2].label.nl`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def expected(error: ErrorDetails) -> str:
    """What would be right in place of what pydantic refused, in a few words."""
    context: Mapping[str, object] = error.get("ctx", {})
    discriminator = str(context.get("discriminator")).strip("'")  # the key that says of which kind an object is
    words = {
        "missing": "this key",
        "extra_forbidden": "no such key",
        "model_type": "an object",
        "model_attributes_type": "an object",
        "dict_type": "an object",
        "tuple_type": "a list",
        "float_type": "a number",
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "string_type": "a text",
        "string_too_short": "a text that is not empty",
        "too_short": "one of them at least",
        "too_long": f"{context.get('max_length')} of them",
        "bool_type": "true or false",
        "finite_number": "a finite number, or null where there is none",
        "greater_than_equal": f"a number from {context.get('ge')}",
        "literal_error": f"one of {context.get('expected')}",
        "union_tag_not_found": f"the key {discriminator}",
        "union_tag_invalid": f"{discriminator}: one of {context.get('expected_tags')}",
    }
    if error["type"].startswith("date"):
        return "a date: 2020-04-06"
    return words.get(error["type"], error["msg"])


def shown(value: object) -> str:
    """A value as it may stand in a finding: short, on one line."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def read(text: str, *, file: str) -> tuple[Document, list[Finding]]:
    """The document and what is wrong with it as YAML; raises `Refused` when it cannot be read on."""
    document = Document(file)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise Refused([_unreadable(error, file)]) from None
    except RecursionError:
        raise Refused([document.error("E001", (), "nested too deeply", "a YAML document")]) from None
    anchors = list(_anchors(text, document))
    if anchors:  # what they stand for could be endless
        raise Refused(anchors)
    findings: list[Finding] = []
    if node is not None:
        document.value = _value(node, (), document, findings)
    return document, findings


def _unreadable(error: yaml.YAMLError, file: str) -> Finding:
    mark = getattr(error, "problem_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    problem = getattr(error, "problem", None) or str(error)
    return Finding("E001", Severity.ERROR, place, f"no YAML: {problem}", "a YAML document")


def _anchors(text: str, document: Document) -> Iterator[Finding]:
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
            document.lines[()] = token.start_mark.line + 1
            yield document.error("E002", (), f'an anchor or alias "{token.value}"', "the value itself")


def _value(node: yaml.Node, path: Path, document: Document, findings: list[Finding]) -> object:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > _DEEPEST:
        raise Refused([document.error("E001", path, "nested too deeply", "a YAML document")])
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, findings)
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*path, place), document, findings) for place, each in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, document: Document, findings: list[Finding]) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, value in node.value:
        name = str(key.value)
        document.lines.setdefault((*path, name), key.start_mark.line + 1)
        if name in result:
            place = Place(document.file, key.start_mark.line + 1, key.start_mark.column + 1)
            findings.append(Finding("E002", Severity.ERROR, place, f'the key "{name}" again', "every key once"))
        result[name] = _value(value, (*path, name), document, findings)
    return result


def _scalar(node: yaml.ScalarNode) -> object:
    text: str = node.value
    if node.style is not None:  # in quotes, or a block of text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
