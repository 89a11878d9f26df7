from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from peilstok.demo import duo
from peilstok.demo.exchange import Row
from peilstok.register import reading
from tests.demo import real_register


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


def test_what_is_written_is_read_as_the_same_rows(demo: Sequence[Row], tmp_path: Path) -> None:
    for name, content in duo.files(demo, date(2019, 10, 1)).items():
        (tmp_path / name).write_bytes(content)
    readout = reading.read(files=sorted(tmp_path.glob("*.csv")), on=date(2019, 10, 1), synthetic=True)
    assert not readout.findings

    def key(row: Row) -> tuple[object, ...]:
        return (row.board, row.board_name, row.brin, row.location, row.sector, row.pupils, row.rmc, row.corop)

    assert sorted(map(key, duo.rows_of(readout))) == sorted(map(key, demo))


def test_the_real_files_give_the_rows_that_the_tests_read_themselves(real: Sequence[Row]) -> None:
    files = [real_register.SITES, real_register.REGIONS]
    readout = reading.read(files=files, on=date(2019, 10, 1))

    def key(row: Row) -> tuple[object, ...]:
        return (row.board, row.brin, row.location, row.sector, row.pupils, row.municipality.zfill(4), row.province)

    assert sorted(map(key, duo.rows_of(readout))) == sorted(map(key, real))
