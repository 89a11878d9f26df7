"""The findings about a questionnaire file, each with its code. The table of the manual is made from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peilstok.errors import Finding, Place, Severity

CODES: Final[Mapping[str, str]] = {
    "Q001": "The file is not YAML.",
    "Q002": "The file is larger, deeper or more tangled than a questionnaire can be, or holds more than one document.",
    "Q003": "A key stands twice in one mapping.",
    "Q004": "The file is of another kind or version: its first line should be `format: peilstok/questionnaire/1`.",
    "Q010": "A key that the format does not have.",
    "Q011": "A key that is needed is not there.",
    "Q012": "A value of another shape: a text where a list is needed, a word where a number is needed.",
    "Q013": "A list with too little in it: no pages, no items, fewer than two options or parts.",
    "Q020": "A text is not there in Dutch or in English.",
    "Q021": "A text in a language that the product does not have.",
    "Q022": "Warning: a text is the same in Dutch and English.",
    "Q030": "A name that cannot be used: other characters, or a word of the expression language.",
    "Q031": "Two items have the same name.",
    "Q032": "Two pages have the same name.",
    "Q033": "Two options of an item have the same name.",
    "Q034": "Two options of an item read the same.",
    "Q035": "Two checks have the same name.",
    "Q040": "A type of item that does not exist.",
    "Q041": "A key that does not go with the type of the item, or with the kind of check.",
    "Q042": "An item is both required and optional.",
    "Q043": "The minimum is above the maximum.",
    "Q044": "A bound with decimals on an item that takes whole numbers.",
    "Q050": "An expression that cannot be read.",
    "Q051": "An expression or check that uses an item that does not exist.",
    "Q052": "A function that does not exist, or that is used in another way than it can be.",
    "Q053": "A field that the register does not have.",
    "Q054": "An item is compared with an option that it does not have.",
    "Q055": "Values that do not go together: a text and a number, `<` between options.",
    "Q056": "An expression of the wrong kind: a condition, or a value for the item, is needed.",
    "Q057": "A condition looks at an item that is not on an earlier page.",
    "Q058": "An expression that is too long or too deep.",
    "Q059": "A prefill looks at an answer of this questionnaire, which is not there yet.",
    "Q060": "A check that is neither a rule nor a sum, or both.",
    "Q061": "A check stands at an item before the answers that it looks at.",
    "Q062": "A brace in a message that does not open or close a value.",
    "Q063": "The number of minutes is not between 1 and 120.",
    "Q064": "A check that looks at no answer.",
    "Q065": "A check that is neither hard nor soft.",
    "Q066": "A sum check over items that are not numbers, or with one of them twice.",
    "Q067": "An item of a block is used outside it, other than in `sum(...)` or `count(...)`.",
    "Q068": "`entry(...)` outside a block, or with a field that an entry does not have.",
    "Q069": "A block without pages, a page of a block that is not there, or pages of a block that stand apart.",
    "Q070": "A block of something that it cannot be of.",
    "Q071": "An item changed since the earlier questionnaire in a way that could break comparability, undeclared.",
    "Q072": "Warning: a change of an item is declared since the earlier questionnaire, and there is none.",
}

WARNINGS: Final = frozenset({"Q022", "Q072"})


def finding(code: str, place: Place, found: str, expected: str, *, item: str | None = None) -> Finding:
    """A finding with a code of this room; what it found is about the item, where one is named."""
    assert code in CODES, code
    severity = Severity.WARNING if code in WARNINGS else Severity.ERROR
    said = f'item "{item}": {found}' if item else found
    return Finding(code, severity, place, said, expected, {"item": item} if item else {})


def table() -> str:
    """The codes as the Markdown table of docs/formats/questionnaire.md."""
    return "| code | meaning |\n|---|---|\n" + "".join(f"| {code} | {text} |\n" for code, text in CODES.items())
