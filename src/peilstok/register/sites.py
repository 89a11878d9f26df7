"""The sites and boards that the rows of the files add up to.

Decides how rows become sites (pupils by sector, added up), what a site takes from the joined files, and how sites
become boards. Decides nothing about whether the rows were right: see `records` and `agreement`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from peilstok.errors import Finding
from peilstok.register.codes import finding
from peilstok.register.columns import Field
from peilstok.register.records import Record
from peilstok.register.regions import Regions
from peilstok.terms import Sector


def name_without_one(number: str) -> str:
    """What a board is called of which no name was published."""
    return f"Bestuur {number}"


@dataclass(frozen=True, slots=True, order=True)
class SiteRow:
    """A location of a school with its pupils by sector; None for a sector that it does not offer."""

    brin: str
    location: str
    board: str
    name: str
    postcode: str
    place: str
    denomination: str
    municipality: str
    pupils_bo: int | None
    pupils_sbo: int | None
    pupils_so: int | None
    pupils_vso: int | None
    rmc: str | None
    corop: str | None
    province: str | None

    @property
    def pupils(self) -> int:
        return sum(count or 0 for count in self.by_sector().values())

    def by_sector(self) -> Mapping[Sector, int | None]:
        return {
            Sector.BO: self.pupils_bo,
            Sector.SBO: self.pupils_sbo,
            Sector.SO: self.pupils_so,
            Sector.VSO: self.pupils_vso,
        }


@dataclass(frozen=True, slots=True, order=True)
class BoardRow:
    """A board, summed over its sites."""

    number: str
    name: str
    schools: int  # BRIN numbers
    sites: int
    pupils_bo: int | None
    pupils_sbo: int | None
    pupils_so: int | None
    pupils_vso: int | None
    region: str | None  # code of the RMC region with most of its pupils

    @property
    def has_name(self) -> bool:
        """Whether its name was published, and is not made of its number."""
        return self.name != name_without_one(self.number)

    @property
    def pupils(self) -> int:
        return sum(count or 0 for count in (self.pupils_bo, self.pupils_sbo, self.pupils_so, self.pupils_vso))


def completed(records: Sequence[Record], *, addresses: Sequence[Record]) -> tuple[list[Record], list[Finding]]:
    """Give each record the board and municipality that its file leaves out, from the addresses of the same site.

    A board may also come from another site of the same school: main sites are listed apart.
    """
    by_site: dict[tuple[str | None, str | None], Record] = {}
    boards: dict[str | None, str] = {}
    for record in _ordered(addresses):
        if record.brin:
            by_site[record.brin, record.location] = record
            boards |= {record.brin: record.board} if record.board else {}
    kept: list[Record] = []
    findings: list[Finding] = []
    for record in records:
        if record.board and record.municipality:
            kept.append(record)
            continue
        other = by_site.get((record.brin, record.location))
        full = _filled(record, other, board=(other and other.board) or boards.get(record.brin))
        problems = list(_still_missing(full))
        kept += [] if problems else [full]
        findings += problems
    return kept, findings


def _ordered(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (record.file, record.line), reverse=True)


def _filled(record: Record, other: Record | None, *, board: str | None) -> Record:
    full = replace(record, board=record.board or board)
    if other is None or record.municipality:
        return full
    return replace(
        full,
        municipality=other.municipality,
        municipality_name=record.municipality_name or other.municipality_name,
        province=record.province or other.province,
        name=record.name or other.name,
        postcode=record.postcode or other.postcode,
        place=record.place or other.place,
        denomination=record.denomination or other.denomination,
    )


def _still_missing(record: Record) -> Iterable[Finding]:
    site = f"{record.brin}{record.location}"
    if not record.board:
        yield finding("R054", record.at(Field.BRIN), f"no board for {site}", "a joined file with this school's board")
    if not record.municipality:
        expected = "a joined file with this site's municipality"
        yield finding("R055", record.at(Field.BRIN), f"no municipality for {site}", expected)


def sites(records: Sequence[Record], *, regions: Regions) -> tuple[SiteRow, ...]:
    """One row a site, ordered by number. The records agree with each other."""
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        assert record.brin is not None
        assert record.location is not None
        groups[record.brin, record.location].append(record)
    return tuple(_site(groups[key], regions) for key in sorted(groups))


def _site(rows: Sequence[Record], regions: Regions) -> SiteRow:
    # What describes the site is taken from the row with most pupils, whatever order the rows stand in.
    main = min(rows, key=lambda row: (-(row.pupils or 0), str(row.sector), row.breakdown, row.name))
    counts: dict[Sector, int] = {}
    for row in rows:
        assert row.sector is not None
        counts[row.sector] = counts.get(row.sector, 0) + (row.pupils or 0)
    assert main.brin is not None
    assert main.location is not None
    assert main.board is not None
    assert main.municipality is not None
    return SiteRow(
        brin=main.brin,
        location=main.location,
        board=main.board,
        name=main.name or main.brin + main.location,
        postcode=main.postcode,
        place=main.place,
        denomination=main.denomination,
        municipality=main.municipality,
        pupils_bo=counts.get(Sector.BO),
        pupils_sbo=counts.get(Sector.SBO),
        pupils_so=counts.get(Sector.SO),
        pupils_vso=counts.get(Sector.VSO),
        rmc=regions.rmc.get(main.municipality),
        corop=regions.corop.get(main.municipality),
        province=regions.province.get(main.municipality),
    )


def with_regions_by_site(
    regions: Regions, records: Sequence[Record], *, addresses: Sequence[Record]
) -> tuple[Regions, list[Finding]]:
    """Regions for municipalities that no file knows, from the sites in them: two municipalities that became one have
    a new number, but their schools stood in the same region before. What stays unknown is reported."""
    rmc_of_site = {(a.brin, a.location): a.rmc for a in addresses if a.brin and a.rmc}
    found = dict(regions.rmc)
    findings: list[Finding] = []
    for municipality, rows in sorted(_without_rmc(regions, records).items()):
        sites_in_it = {(row.brin, row.location) for row in rows}
        said = Counter(rmc_of_site[site] for site in sites_in_it if site in rmc_of_site)
        first = min(rows, key=lambda row: (row.file, row.line))
        known_as = f"municipality {municipality} {first.municipality_name}".strip()
        if len(said) == 1:
            ((code, count),) = said.items()
            found[municipality] = code
            expected = f"its number in a joined file; taken: RMC region {code}, where {count} of its sites are"
            findings.append(finding("R052", first.at(Field.MUNICIPALITY), f"{known_as} in no joined file", expected))
        else:
            why = f"{known_as} lies in no RMC region of the files"
            expected = "a joined file that has it, or another number"
            findings.append(finding("R050", first.at(Field.MUNICIPALITY), why, expected))
    return replace(regions, rmc=found), findings


def _without_rmc(regions: Regions, records: Iterable[Record]) -> dict[str, list[Record]]:
    """Records by municipality, for those without an RMC region of which it was not yet said why."""
    if not regions.rmc:
        return {}
    reported = {one.about.get("municipality") for one in regions.findings}
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.municipality and record.municipality not in regions.rmc and record.municipality not in reported:
            groups[record.municipality].append(record)
    return groups


def boards(rows: Sequence[SiteRow], *, names: Mapping[str, str]) -> tuple[BoardRow, ...]:
    """One row a board, ordered by number. A board without a published name is named by its number."""
    groups: dict[str, list[SiteRow]] = defaultdict(list)
    for row in rows:
        groups[row.board].append(row)
    return tuple(
        BoardRow(
            number=number,
            name=names.get(number) or name_without_one(number),
            schools=len({site.brin for site in groups[number]}),
            sites=len(groups[number]),
            pupils_bo=_sum(site.pupils_bo for site in groups[number]),
            pupils_sbo=_sum(site.pupils_sbo for site in groups[number]),
            pupils_so=_sum(site.pupils_so for site in groups[number]),
            pupils_vso=_sum(site.pupils_vso for site in groups[number]),
            region=_main_region(groups[number]),
        )
        for number in sorted(groups)
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    """None when no site has such pupils: that is not the same as a site with none this year."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _main_region(rows: Iterable[SiteRow]) -> str | None:
    """The RMC region with most of the board's pupils; the first code among equals."""
    pupils: Counter[str] = Counter()
    for row in rows:
        if row.rmc:
            pupils[row.rmc] += row.pupils
    return min(pupils, key=lambda code: (-pupils[code], code)) if pupils else None
