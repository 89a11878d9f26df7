"""Boards and answers made by hand, for tests of estimation and disclosure. Nobody real."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import dedent, indent

from peilstok.estimate import Plan, read_plan
from peilstok.terms import ItemName, RegisterRow, UnitId, Value

HEAD = """\
format: peilstok/plan/1
wave: wave-3
population: {nl: besturen, en: boards}
bases:
  boards: {nl: besturen, en: boards}
domains:
  without_vso: {label: {nl: zonder (v)so, en: without special schools}, where: {has_special_school: false}}
  with_vso: {label: {nl: met (v)so, en: with special schools}, where: {has_special_school: true}}
"""


def board(number: int, pupils: int, *, schools: int = 1, special: bool = False) -> RegisterRow:
    """A row of the frame."""
    return {
        "number": f"{number:05}",
        "name": f"Voorbeeldbestuur {number}",
        "pupils": pupils,
        "pupils_bo": pupils,
        "pupils_sbo": None,
        "pupils_so": None,
        "pupils_vso": None,
        "schools": schools,
        "sites": schools,
        "region": None,
        "has_special_school": special,
    }


def unit(number: int) -> UnitId:
    return UnitId(f"{number:05}")


def answers(**items: Mapping[int, Value]) -> dict[UnitId, dict[ItemName, Value]]:
    """From values by item and board to answers by board."""
    result: dict[UnitId, dict[ItemName, Value]] = {}
    for item, values in items.items():
        for number, value in values.items():
            result.setdefault(unit(number), {})[ItemName(item)] = value
    return result


def plan(estimands: str, *, head: str = HEAD, more: str = "") -> Plan:
    """A plan with these estimands."""
    return read_plan(head + more + "estimands:\n" + indent(dedent(estimands), "  "), file="plan.yaml")


WORDS = "base: boards, label: {nl: iets, en: something}"


def numbered(values: Iterable[Value]) -> dict[int, Value]:
    """1, 2, 3 ... to these values."""
    return dict(enumerate(values, start=1))
