"""Which regions a municipality lies in, from the files that say so.

Decides the RMC and COROP region and the province of each municipality, by what all rows about it say together; where
they disagree, the municipality has none and it is reported. Decides nothing about pupils.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from peilstok.errors import Finding
from peilstok.register import values
from peilstok.register.codes import finding
from peilstok.register.columns import Field
from peilstok.register.records import Record


class RegionKind(StrEnum):
    MUNICIPALITY = "municipality"
    RMC = "rmc"
    COROP = "corop"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True, order=True)
class RegionRow:
    """A named area. Codes have their leading zeros: four digits for a municipality, two for the others."""

    kind: RegionKind
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Regions:
    """What the files say about regions. `rmc`, `corop` and `province` are keyed by municipality."""

    rmc: Mapping[str, str]
    corop: Mapping[str, str]
    province: Mapping[str, str]
    names: Mapping[tuple[RegionKind, str], str]
    findings: tuple[Finding, ...]


def find(*, pupils: Sequence[Record], addresses: Sequence[Record]) -> Regions:
    """Bring together what all records say. Names of municipalities are taken from the files of pupils first: those of
    addresses have them in capitals and without accents."""
    both = [*pupils, *addresses]
    rmc, findings = _rmc(both)
    names, more = _names(both)
    names |= _municipalities(addresses) | _municipalities(pupils)
    if not rmc and not findings:
        more = [_no_regions(pupils)]
    return Regions(
        rmc=rmc,
        corop=_agreed((r.municipality, r.corop) for r in both),
        province=_agreed((r.municipality, r.province) for r in both),
        names=names,
        findings=(*findings, *more),
    )


def _no_regions(records: Sequence[Record]) -> Finding:
    first = min(records, key=lambda record: (record.file, record.line))
    expected = "a file of DUO with RMC regions beside it, such as the addresses of all sites"
    return finding("R053", first.at(), "no file with a column RMC-REGIO CODE", expected)


def _rmc(records: Iterable[Record]) -> tuple[dict[str, str], list[Finding]]:
    said: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        if record.municipality and record.rmc:
            said[record.municipality][record.rmc].append(record)
    found = {municipality: next(iter(codes)) for municipality, codes in said.items() if len(codes) == 1}
    return found, [_several(municipality, codes) for municipality, codes in said.items() if len(codes) > 1]


def _several(municipality: str, said: Mapping[str, Sequence[Record]]) -> Finding:
    """Points to the first row of the rarest reading: most likely the slip."""
    order = sorted(said, key=lambda code: (len(said[code]), code))
    odd = min(said[order[0]], key=lambda record: (record.file, record.line))
    counts = ", ".join(f"RMC region {code} in {len(said[code])} row(s)" for code in reversed(order))
    found = f"municipality {municipality} {odd.municipality_name}: {counts}"
    one = finding("R051", odd.at(Field.RMC), found, "one RMC region for a municipality")
    return replace(one, about={"municipality": municipality})


def _agreed(pairs: Iterable[tuple[str | None, str | None]]) -> dict[str, str]:
    """Where all who say anything say the same."""
    said: dict[str, set[str]] = defaultdict(set)
    for municipality, code in pairs:
        if municipality and code:
            said[municipality].add(code)
    return {municipality: next(iter(codes)) for municipality, codes in said.items() if len(codes) == 1}


def _municipalities(records: Iterable[Record]) -> dict[tuple[RegionKind, str], str]:
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        if record.municipality and record.municipality_name:
            said[record.municipality][record.municipality_name] += 1
    return {(RegionKind.MUNICIPALITY, code): _most(names) for code, names in said.items()}


def _names(records: Iterable[Record]) -> tuple[dict[tuple[RegionKind, str], str], list[Finding]]:
    said: dict[tuple[RegionKind, str], dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        if record.rmc and record.rmc_name:
            said[RegionKind.RMC, record.rmc][record.rmc_name].append(record)
        if record.corop and record.corop_name:
            said[RegionKind.COROP, record.corop][record.corop_name].append(record)
    names = {region: _most(Counter({n: len(rows) for n, rows in found.items()})) for region, found in said.items()}
    for code, name in values.PROVINCES.values():
        names[RegionKind.PROVINCE, code] = name
    return names, [
        _two_names(kind, code, names[kind, code], rows) for (kind, code), rows in said.items() if _differ(rows)
    ]


def _differ(said: Mapping[str, object]) -> bool:
    return len({values.letters(name) for name in said}) > 1


def _two_names(kind: RegionKind, code: str, taken: str, said: Mapping[str, Sequence[Record]]) -> Finding:
    others = sorted(name for name in said if values.letters(name) != values.letters(taken))
    odd = min((record for name in others for record in said[name]), key=lambda record: (record.file, record.line))
    return finding("R057", odd.at(), f"{kind} region {code} is named {', '.join(others)}", taken)


def _most(names: Counter[str]) -> str:
    return min(names, key=lambda name: (-names[name], name))
