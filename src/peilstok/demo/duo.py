"""The demo's frame from DUO's files and back to them, so that it is imported on the way that every frame takes.

`rows_of` takes what the register room read of the real files. What is written are three files in Windows-1252 with
`;` between the columns: sites with pupils, regions by municipality (the columns of the file of all sites that
matter), names of boards. Postcodes and distances are left out: they belong to real schools.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from peilstok.demo.exchange import Row
from peilstok.errors import CannotRun
from peilstok.register.reading import Readout
from peilstok.register.regions import RegionKind

SITES: Final = "synthetisch-schoolvestigingen.csv"
REGIONS: Final = "synthetisch-regios.csv"
NAMES: Final = "synthetisch-bestuursnamen.csv"

SITE_COLUMNS: Final = (
    "PEILDATUM BRIN_NUMMER VESTIGINGSNUMMER INSTELLINGSNAAM_VESTIGING PLAATSNAAM GEMEENTENUMMER GEMEENTENAAM "
    "PROVINCIE SOORT_PO DENOMINATIE_VESTIGING BEVOEGD_GEZAG_NUMMER LEERLINGEN"
)


def rows_of(readout: Readout) -> tuple[Row, ...]:
    """One row for each sector at each site; every site must lie in regions that have names."""
    names = {(region.kind, region.code): region.name for region in readout.regions}
    boards = {board.number: board.name for board in readout.boards}

    def named(kind: RegionKind, code: str | None) -> tuple[str, str]:
        if code is None or (kind, code) not in names:
            raise CannotRun(f"the demo needs the {kind} region of every site: are all files in demo/register?")
        return code, names[kind, code]

    rows: list[Row] = []
    for site in readout.sites:
        municipality, municipality_name = named(RegionKind.MUNICIPALITY, site.municipality)
        rmc, rmc_name = named(RegionKind.RMC, site.rmc)
        corop, corop_name = named(RegionKind.COROP, site.corop)
        rows += (
            Row(
                board=site.board,
                board_name=boards[site.board],
                brin=site.brin,
                location=site.location,
                name=site.name,
                sector=str(sector),
                pupils=pupils,
                denomination=site.denomination,
                municipality=municipality,
                municipality_name=municipality_name,
                province=named(RegionKind.PROVINCE, site.province)[1],
                rmc=rmc,
                rmc_name=rmc_name,
                corop=corop,
                corop_name=corop_name,
            )
            for sector, pupils in site.by_sector().items()
            if pupils is not None
        )
    return tuple(rows)


def files(rows: Sequence[Row], day: date) -> Mapping[str, bytes]:
    """The content of each file by its name."""
    return {SITES: _sites(rows, day), REGIONS: _regions(rows), NAMES: _names(rows, day)}


def _sites(rows: Sequence[Row], day: date) -> bytes:
    return _csv(
        SITE_COLUMNS.split(),
        (
            (
                f"{day:%Y%m%d}",
                row.brin,
                row.location,
                row.name,
                row.municipality_name.upper(),
                row.municipality,
                row.municipality_name,
                row.province,
                row.sector.capitalize(),
                row.denomination,
                row.board,
                row.pupils,
            )
            for row in rows
        ),
    )


def _regions(rows: Sequence[Row]) -> bytes:
    """One row for each municipality: its region does not depend on the school."""
    first = {row.municipality: row for row in reversed(rows)}
    head = (
        "PROVINCIE",
        "BEVOEGD GEZAG NUMMER",
        "BRIN NUMMER",
        "VESTIGINGSNUMMER",
        "VESTIGINGSNAAM",
        "GEMEENTENUMMER",
        "GEMEENTENAAM",
        "COROPGEBIED CODE",
        "COROPGEBIED NAAM",
        "RMC-REGIO CODE",
        "RMC-REGIO NAAM",
    )
    return _csv(
        head,
        (
            (
                row.province,
                row.board,
                row.brin,
                row.brin + row.location,
                row.name,
                row.municipality.zfill(4),
                row.municipality_name.upper(),
                row.corop,
                row.corop_name,
                row.rmc,
                row.rmc_name,
            )
            for _, row in sorted(first.items())
        ),
    )


def _names(rows: Sequence[Row], day: date) -> bytes:
    boards = sorted({(row.board, row.board_name) for row in rows})
    return _csv(
        ("BEVOEGD GEZAG NUMMER", "BEVOEGD GEZAG NAAM", "JAAR"), ((number, name, day.year) for number, name in boards)
    )


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode("cp1252")
