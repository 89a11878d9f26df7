from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

from peilstok.demo import duo
from peilstok.demo.exchange import Row


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("cp1252")), delimiter=";"))


def test_the_file_of_sites_has_a_row_for_each_sector_at_a_site(demo: Sequence[Row]) -> None:
    rows = read(duo.files(demo, date(2019, 10, 1))[duo.SITES])
    assert len(rows) == len(demo)
    assert sum(int(row["LEERLINGEN"]) for row in rows) == 1_502_012
    assert {row["PEILDATUM"] for row in rows} == {"20191001"}


def test_every_municipality_has_one_region(demo: Sequence[Row]) -> None:
    rows = read(duo.files(demo, date(2019, 10, 1))[duo.REGIONS])
    assert len({row["GEMEENTENUMMER"] for row in rows}) == len(rows) == 355
    assert len({row["RMC-REGIO CODE"] for row in rows}) == 39


def test_every_board_is_named_once(demo: Sequence[Row]) -> None:
    rows = read(duo.files(demo, date(2019, 10, 1))[duo.NAMES])
    assert len({row["BEVOEGD GEZAG NUMMER"] for row in rows}) == len(rows) == 971
