"""Small files as DUO might publish them, for the tests to break.

Three boards with five sites in two municipalities; board 41001 runs two schools, one of which has two sites and
offers two sectors at one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from peilstok.register import reading
from peilstok.register.reading import Readout

DAY = date(2019, 10, 1)

HEADER = (
    "PEILDATUM;BRIN_NUMMER;VESTIGINGSNUMMER;INSTELLINGSNAAM_VESTIGING;POSTCODE_VESTIGING;PLAATSNAAM;GEMEENTENUMMER;"
    "GEMEENTENAAM;PROVINCIE;SOORT_PO;DENOMINATIE_VESTIGING;BEVOEGD_GEZAG_NUMMER;AFSTAND;LEERLINGEN"
)
ROWS = (
    "20191001;01AA;00;De Linde;1234AB;EMMEN;114;Emmen;Drenthe;Bo;Openbaar;41001;1200,5;100",
    "20191001;01AA;01;De Linde;1235AB;EMMEN;114;Emmen;Drenthe;So;Openbaar;41001;5000,25;30",
    "20191001;01AA;01;De Linde;1235AB;EMMEN;114;Emmen;Drenthe;Vso;Openbaar;41001;6000;20",
    "20191001;02BB;00;De Eik;1236AB;EMMEN;114;Emmen;Drenthe;Bo;Openbaar;41001;800,75;150",
    "20191001;03CC;00;De Beuk;2345AB;ASSEN;106;Assen;Drenthe;Bo;Rooms-Katholiek;41002;900;200",
    "20191001;04DD;00;De Wilg;2346AB;ASSEN;106;Assen;Drenthe;Sbo;Openbaar;41003;3000,5;60",
)
ADDRESSES_HEADER = (
    "PROVINCIE;BEVOEGD GEZAG NUMMER;BRIN NUMMER;VESTIGINGSNUMMER;VESTIGINGSNAAM;POSTCODE;PLAATSNAAM;GEMEENTENUMMER;"
    "GEMEENTENAAM;COROPGEBIED CODE;COROPGEBIED NAAM;RMC-REGIO CODE;RMC-REGIO NAAM"
)
ADDRESSES = (
    "Drenthe;41001;01AA;01AA00;De Linde;1234 AB;EMMEN;0114;EMMEN;08;Zuidoost-Drenthe;08;Zuid-Oost Drenthe",
    "Drenthe;41001;02BB;02BB00;De Eik;1236 AB;EMMEN;0114;EMMEN;08;Zuidoost-Drenthe;08;Zuid-Oost Drenthe",
    "Drenthe;41002;03CC;03CC00;De Beuk;2345 AB;ASSEN;0106;ASSEN;07;Noord-Drenthe;07;Noord- en Midden Drenthe",
)


def lines(header: str, rows: Sequence[str]) -> str:
    return "\n".join((header, *rows)) + "\n"


PUPILS = lines(HEADER, ROWS)
REGIONS = lines(ADDRESSES_HEADER, ADDRESSES)


def write(folder: Path, **files: str | bytes) -> list[Path]:
    """Write files `<name>.csv`; text as Windows-1252."""
    paths = []
    for name, content in files.items():
        path = folder / f"{name}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("cp1252"))
        paths.append(path)
    return paths


def read(folder: Path, *, on: date = DAY, synthetic: bool = False, **files: str | bytes) -> Readout:
    return reading.read(files=write(folder, **files), on=on, synthetic=synthetic)


def changed(number: int, old: str, new: str) -> str:
    """The pupils' file with `old` replaced in one row (from 1)."""
    assert old in ROWS[number - 1]
    rows = [row.replace(old, new, 1) if n == number else row for n, row in enumerate(ROWS, start=1)]
    return lines(HEADER, rows)


def codes(readout: Readout) -> list[str]:
    return [finding.code for finding in readout.findings]
