"""The JSON Schema of the file format, for editors that complete and check while one writes.

It is made from the same table of keys that the reader uses. It knows shapes; names, expressions and texts in both
languages are for the reader to judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peilstok.questionnaire.entries import KEYS, Key, Shape
from peilstok.questionnaire.model import FORMAT, NAME, TITLE, BlockSource, CheckSeverity, ItemType
from peilstok.terms import LANGUAGES

Schema = Mapping[str, object]

_SHAPES: Final[Mapping[Shape, Schema]] = {
    "text": {"type": "string"},
    "expression": {"type": "string"},
    "name": {"type": ["string", "boolean"], "pattern": f"^{NAME.pattern}$"},  # YAML 1.1 takes `yes` for a boolean
    "title": {"type": "string", "pattern": f"^{TITLE.pattern}$"},
    "flag": {"type": "boolean"},
    "number": {"type": "number"},
    "whole": {"type": "integer", "minimum": 1, "maximum": 120},
    "names": {"type": "array", "minItems": 1, "items": {"type": "string"}},
    "words": {
        "type": "object",
        "properties": {language: {"type": "string", "minLength": 1} for language in LANGUAGES},
        "required": list(LANGUAGES),
        "additionalProperties": False,
    },
}
_ROWS: Final = {"pages": "page", "items": "item", "options": "option", "checks": "check", "blocks": "block"}
_MAPPINGS: Final = {"changed": "declaration"}
_CLOSED: Final[Mapping[tuple[str, str], Schema]] = {
    ("questionnaire", "format"): {"const": FORMAT},
    ("item", "type"): {"enum": [str(each) for each in ItemType]},
    ("block", "of"): {"enum": [str(each) for each in BlockSource]},
    ("check", "severity"): {"enum": [str(each) for each in CheckSeverity]},
}


def schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of a questionnaire file."""
    top = _mapping("questionnaire")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Peilstok questionnaire",
        **top,
        "$defs": {what: _mapping(what) for what in KEYS if what != "questionnaire"},
    }


def _mapping(what: str) -> dict[str, object]:
    keys = KEYS[what]
    return {
        "type": "object",
        "properties": {name: _value(what, name, key) for name, key in keys.items()},
        "required": [name for name, key in keys.items() if key.needed],
        "additionalProperties": False,
    }


def _value(what: str, name: str, key: Key) -> Schema:
    if key.shape == "mapping":
        return {"$ref": f"#/$defs/{_MAPPINGS[name]}"}
    if key.shape == "rows":
        return {"type": "array", "items": {"$ref": f"#/$defs/{_ROWS[name]}"}}
    return _CLOSED.get((what, name)) or _SHAPES[key.shape]
