"""Whether the rows of the pupils' files agree with each other.

Decides which rows contradict others, and leaves those out: the same row twice, two counts for one site and sector,
two boards or municipalities for one site, a municipality whose number and name do not belong together. Where most rows
of a site agree, the others are left out; where none has most, none can be trusted. What is left may be added up. The
order of the rows makes no difference to what is left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from peilstok.errors import Finding
from peilstok.register import values
from peilstok.register.codes import finding
from peilstok.register.columns import Field
from peilstok.register.records import Record


def settle(records: Sequence[Record]) -> tuple[list[Record], list[Finding]]:
    """The records that agree, and a finding for each that does not."""
    findings: list[Finding] = []
    kept = list(records)
    for rule in (_repeated, _belonging, _provinces, _boards, _municipalities):
        kept, more = rule(kept)
        findings += more
    return kept, findings


def schools_under_two_boards(records: Iterable[Record]) -> Iterator[Finding]:
    """A school has one board by law; the files may be right all the same while it changes hands."""
    for rows in _grouped(records, lambda record: record.brin).values():
        boards = sorted({record.board for record in rows if record.board})
        if len(boards) > 1:
            odd = _last(rows)
            found = f"school {odd.brin} has sites under the boards {', '.join(boards)}"
            yield finding("R046", odd.at(Field.BOARD), found, "one board for a school")


def _repeated(records: list[Record]) -> tuple[list[Record], list[Finding]]:
    """Rows of one site and sector add up only when something tells them apart: a cluster, an age, a denomination."""
    kept: list[Record] = []
    findings: list[Finding] = []
    for rows in _grouped(records, lambda r: (r.brin, r.location, r.sector, r.breakdown)).values():
        first, *others = sorted(rows, key=_place)
        same = len({_content(record) for record in rows}) == 1
        kept += [min(rows, key=_description)] if same else []
        findings += [_beside(record, first) for record in others]
    return kept, findings


def _content(record: Record) -> Hashable:
    return (record.pupils, record.board, record.municipality)


def _description(record: Record) -> tuple[str, ...]:
    return (record.municipality_name, record.province or "", record.name, record.postcode, record.place)


def _beside(record: Record, first: Record) -> Finding:
    """What is wrong with a row that stands beside a first one for the same site and sector."""
    if _content(record) == _content(first):
        found = f"the row of {_site(record)} {record.sector} again, as in {first.at()}"
        return finding("R040", record.at(Field.BRIN), found, "each site and sector once")
    site = f"{_site(record)} {record.sector}"
    for one in (BOARD, MUNICIPALITY):
        if one.of(record) != one.of(first):
            return one.contradiction(record, first, site)
    found = f"{site} with {record.pupils} pupils, and with {first.pupils} in {first.at()}"
    return finding("R041", record.at(Field.PUPILS), found, "one number of pupils for a site and sector")


def _boards(records: list[Record]) -> tuple[list[Record], list[Finding]]:
    return _one_for_a_site(records, BOARD)


def _municipalities(records: list[Record]) -> tuple[list[Record], list[Finding]]:
    return _one_for_a_site(records, MUNICIPALITY)


@dataclass(frozen=True, slots=True)
class _OneOfASite:
    """Something of which a site has one; every record has it, since `sites.completed`."""

    name: str
    within: str
    code: str
    column: Field
    of: Callable[[Record], str]

    def contradiction(self, record: Record, other: Record, site: str) -> Finding:
        found = (
            f"{site} {self.within} {self.name} {self.of(record)}, and {self.within} {self.of(other)} in {other.at()}"
        )
        return finding(self.code, record.at(self.column), found, f"one {self.name} for a site")

    def unusual(self, record: Record, usual: str) -> Finding:
        found = f"{self.of(record)} for {_site(record)}"
        return finding(self.code, record.at(self.column), found, f"{usual}, as in its other rows")


BOARD: Final = _OneOfASite("board", "under", "R042", Field.BOARD, attrgetter("board"))
MUNICIPALITY: Final = _OneOfASite("municipality", "in", "R043", Field.MUNICIPALITY, attrgetter("municipality"))


def _one_for_a_site(records: list[Record], one: _OneOfASite) -> tuple[list[Record], list[Finding]]:
    """Keep the rows that say what most rows of their site say; none where nothing is said most."""
    kept: list[Record] = []
    findings: list[Finding] = []
    for rows in _grouped(records, lambda record: (record.brin, record.location)).values():
        usual, *as_usual = _most_said(one.of(record) for record in rows)
        others = [record for record in rows if one.of(record) != usual]
        if as_usual:
            first = min((record for record in rows if one.of(record) == usual), key=_place)
            findings += [one.contradiction(record, first, _site(record)) for record in others]
        else:
            kept += [record for record in rows if one.of(record) == usual]
            findings += [one.unusual(record, usual) for record in others]
    return kept, findings


def _belonging(records: list[Record]) -> tuple[list[Record], list[Finding]]:
    """Number and name of a municipality, in the pairs that occur most."""
    pairs = Counter((r.municipality, values.letters(r.municipality_name)) for r in records if r.municipality_name)
    name_of: dict[str | None, str] = {}
    number_of: dict[str, str | None] = {}
    for number, name in sorted(pairs, key=lambda pair: (-pairs[pair], str(pair))):
        if number not in name_of and name not in number_of:
            name_of[number], number_of[name] = name, number
    kept: list[Record] = []
    findings: list[Finding] = []
    for record in records:
        name = values.letters(record.municipality_name)
        if not record.municipality or not name or name_of.get(record.municipality) == name:
            kept.append(record)
        else:
            findings.append(_not_belonging(record, number_of.get(name)))
    return kept, findings


def _not_belonging(record: Record, number: str | None) -> Finding:
    found = f"{record.municipality} {record.municipality_name}"
    expected = f"{number} for {record.municipality_name}" if number else f"another name for {record.municipality}"
    return finding("R044", record.at(Field.MUNICIPALITY), found, f"{expected}, as in the other rows")


def _provinces(records: list[Record]) -> tuple[list[Record], list[Finding]]:
    usual = {
        municipality: _usual(record.province for record in rows)
        for municipality, rows in _grouped(records, lambda record: record.municipality).items()
    }
    names = dict(values.PROVINCES.values())
    kept: list[Record] = []
    findings: list[Finding] = []
    for record in records:
        expected = usual[record.municipality]
        if record.municipality is None or record.province == expected or record.province is None or expected is None:
            kept.append(record)
        else:
            found = f"{names[record.province]} for {record.municipality} {record.municipality_name}"
            expected = f"{names[expected]}, as in the other rows"
            findings.append(finding("R045", record.at(Field.PROVINCE), found, expected))
    return kept, findings


def _most_said(given: Iterable[str]) -> list[str]:
    """What is said most often; several when they are said equally often."""
    counts = Counter(given)
    return sorted(value for value, count in counts.items() if count == max(counts.values()))


def _usual(given: Iterable[str | None]) -> str | None:
    """What is said most often; among equals the first in the alphabet, so that the order of rows does not matter."""
    counts = Counter(given)
    return min(counts, key=lambda value: (value is None, -counts[value], str(value)))


def _grouped(records: Iterable[Record], key: Callable[[Record], Hashable]) -> dict[Hashable, list[Record]]:
    groups: dict[Hashable, list[Record]] = defaultdict(list)
    for record in records:
        groups[key(record)].append(record)
    return groups


def _place(record: Record) -> tuple[str, int]:
    return record.file, record.line


def _last(records: Iterable[Record]) -> Record:
    return max(records, key=_place)


def _site(record: Record) -> str:
    return f"{record.brin}{record.location}"
