"""What the heading of a column means: which column it is, and in which language.

XLSForm has many spellings: `label::English (en)`, `label:english`, `bind:relevant`, `Relevance`, `caption`. The older
ones are those that pyxform knows (`pyxform.aliases`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pyxform import aliases

from peilstok.terms import Language

_TOGETHER: Final = {
    ("bind", "relevant"): "relevant",
    ("bind", "required"): "required",
    ("bind", "readonly"): "read_only",
    ("bind", "constraint"): "constraint",
    ("bind", "jr:constraintmsg"): "constraint_message",
    ("bind", "jr:requiredmsg"): "required_message",
    ("bind", "jr:noapperrorstring"): "no_app_error_string",
    ("bind", "calculate"): "calculation",
    ("bind", "entities:saveto"): "save_to",
    ("control", "appearance"): "appearance",
    ("control", "jr:count"): "repeat_count",
    ("control", "autoplay"): "autoplay",
    ("control", "rows"): "rows",
    ("media", "image"): "image",
    ("media", "big-image"): "big-image",
    ("media", "audio"): "audio",
    ("media", "video"): "video",
    ("instance", "odk:tag"): "compact_tag",
}
_LIST: Final = "list_name"
_NAMED: Final[dict[str, Language]] = {
    **dict.fromkeys(("nl", "nld", "dut", "dutch", "nederlands", "nl-nl", "vlaams"), "nl"),
    **dict.fromkeys(("en", "eng", "english", "engels", "en-gb", "en-us"), "en"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in the XLSForm manual, and what stands behind it: the language as the form calls it."""

    name: str
    of: str = ""


def column(heading: str, *, sheet: str, double: bool) -> Column:
    """Which column it is; one that XLSForm does not have keeps the name that the form gives it.

    `double`: a heading of the sheet has two colons, so that a single one does not divide.
    """
    known = aliases.survey_header if sheet == "survey" else aliases.list_header if sheet == "choices" else {}
    if sheet == "settings":
        known = aliases.settings_header
    parts = _divided(heading, double)
    first = "_".join(parts[0].split()).lower()
    meant = known.get(first, first)
    parts = [*((meant,) if isinstance(meant, str) else meant), *parts[1:]]
    name = _TOGETHER.get((parts[0], parts[1].lower())) if len(parts) > 1 else None
    if name is not None:
        return Column(name, "::".join(parts[2:]))
    return Column("_".join(parts[0].split()).lower() or heading, "::".join(parts[1:]))


def language_of(called: str) -> Language | None:
    """The language of the product that a form means: "English (en)", "Nederlands", "NL"; None for any other."""
    code = re.search(r"\(([^()]*)\)\s*$", called)
    names = [code[1]] if code else [called]
    return next((_NAMED[each] for name in names if (each := name.strip().lower().replace("_", "-")) in _NAMED), None)


def _divided(heading: str, double: bool) -> list[str]:
    if double or "::" in heading:
        return [part.strip() for part in heading.split("::")]
    whole = heading.replace("jr:", "jr\0").replace("entities:", "entities\0")
    return [part.strip().replace("\0", ":") for part in whole.split(":")]
