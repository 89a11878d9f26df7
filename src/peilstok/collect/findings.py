"""Every finding about a wave's file or a file of addresses, as data. The table in docs/formats/wave.md is made here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from peilstok.errors import Finding, Place, Severity

CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "W001": "The file cannot be read, or is not YAML.",
        "W002": "A key that is needed is missing.",
        "W003": "A key that has no meaning here.",
        "W004": "A value that cannot be used.",
        "W005": "A key stands there twice.",
        "W006": "A file that is named is not there.",
        "W007": "The wave closes before it opens.",
        "W008": "The wave before it is not known, or is not before it.",
        "W009": "The plan counts an item or an option that the questionnaire does not have.",
        "W010": "The plan is of another wave.",
        "W011": "A reminder goes out before the wave opens, or not before it closes.",
        "W012": "A reminder does not come after the one before it.",
        "W013": "Late answers end before the wave closes.",
        "W014": "Late answers are taken when the links have been removed already.",
        "W020": "The file of addresses lacks a column.",
        "W021": "No board has this number.",
        "W022": "The address is malformed.",
        "W023": "The address stands in the file twice for the same board.",
        "W024": "The language is not one of the product's.",
        "W025": "The role is not one of the product's.",
        "W026": "A column has a name that is nearly that of another.",
        "W027": "A name or telephone number is too long.",
    }
)


def finding(code: str, place: Place, found: str, expected: str) -> Finding:
    assert code in CODES
    return Finding(code=code, severity=Severity.ERROR, place=place, found=found, expected=expected)


def table() -> str:
    """The codes as the Markdown table of docs/formats/wave.md."""
    return "| code | what it means |\n|---|---|\n" + "".join(f"| {code} | {text} |\n" for code, text in CODES.items())
