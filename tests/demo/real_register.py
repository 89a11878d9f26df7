"""DUO's real files, read in the plainest way: what the demo's frame is held against."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from peilstok.demo.exchange import Row

FOLDER = Path(__file__).resolve().parents[2] / "demo" / "register"
SITES = FOLDER / "duo-schoolvestigingen-leerlingen-2019-10-01.csv"
REGIONS = FOLDER / "duo-alle-vestigingen-bo.csv"
NAMES = FOLDER / "duo-bestuursnamen-2011-2015.csv"


def table(path: Path, encoding: str = "cp1252") -> list[dict[str, str]]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@cache
def rows() -> tuple[Row, ...]:
    regions = {row["GEMEENTENUMMER"].lstrip("0"): row for row in table(REGIONS)}
    return tuple(
        Row(
            board=row["BEVOEGD_GEZAG_NUMMER"],
            board_name="",
            brin=row["BRIN_NUMMER"],
            location=row["VESTIGINGSNUMMER"],
            name=row["INSTELLINGSNAAM_VESTIGING"],
            sector=row["SOORT_PO"].lower(),
            pupils=int(row["LEERLINGEN"]),
            denomination=row["DENOMINATIE_VESTIGING"],
            municipality=row["GEMEENTENUMMER"],
            municipality_name=row["GEMEENTENAAM"],
            province=row["PROVINCIE"],
            rmc=regions[row["GEMEENTENUMMER"]]["RMC-REGIO CODE"],
            rmc_name=regions[row["GEMEENTENUMMER"]]["RMC-REGIO NAAM"],
            corop=regions[row["GEMEENTENUMMER"]]["COROPGEBIED CODE"],
            corop_name=regions[row["GEMEENTENUMMER"]]["COROPGEBIED NAAM"],
        )
        for row in table(SITES)
    )
