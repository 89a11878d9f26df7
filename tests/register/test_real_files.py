"""DUO's own files. The numbers are those of shared notes on the first file, counted there by other means."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from peilstok.register import reading
from peilstok.register.reading import Readout, Summary
from peilstok.register.regions import RegionKind
from peilstok.terms import Sector

FOLDER = Path(__file__).resolve().parents[2] / "demo" / "register"
PUPILS = FOLDER / "duo-schoolvestigingen-leerlingen-2019-10-01.csv"
ADDRESSES = FOLDER / "duo-alle-vestigingen-bo.csv"
DAY = date(2019, 10, 1)


@pytest.fixture(scope="module")
def readout() -> Readout:
    return reading.read(files=[PUPILS, ADDRESSES], on=DAY)


def test_the_counts_are_those_that_were_counted_before(readout: Readout) -> None:
    assert readout.summary == Summary(
        boards=971,
        brin_numbers=6_706,
        sites=7_137,
        pupils=1_502_012,
        pupils_by_sector={Sector.BO: 1_396_457, Sector.SBO: 35_733, Sector.SO: 32_069, Sector.VSO: 37_753},
        municipalities=355,
        regions=39,
        single_school_boards=410,
    )


def test_nothing_in_them_is_not_understood(readout: Readout) -> None:
    assert readout.findings == ()


def test_every_site_lies_in_a_region_of_each_kind(readout: Readout) -> None:
    assert all(site.rmc and site.corop and site.province for site in readout.sites)
    kinds = [region.kind for region in readout.regions]
    assert {kind: kinds.count(kind) for kind in RegionKind} == {
        "municipality": 355,
        "rmc": 39,
        "corop": 40,
        "province": 12,
    }


def test_the_largest_tenth_of_the_boards_has_forty_percent_of_the_pupils(readout: Readout) -> None:
    pupils = sorted((board.pupils for board in readout.boards), reverse=True)
    assert round(100 * sum(pupils[:97]) / sum(pupils)) == 40


def test_332_boards_work_in_more_than_one_municipality(readout: Readout) -> None:
    municipalities: dict[str, set[str]] = {}
    for site in readout.sites:
        municipalities.setdefault(site.board, set()).add(site.municipality)
    assert sum(len(found) > 1 for found in municipalities.values()) == 332


def test_their_quirks_are_read(readout: Readout) -> None:
    names = {site.brin + site.location: site.name for site in readout.sites}
    assert names["00AR00"] == 'BS "De Maasparel"'
    municipalities = {region.code: region.name for region in readout.regions if region.kind == "municipality"}
    assert municipalities["0518"] == "'s-Gravenhage"
    assert municipalities["1970"] == "Noardeast-Fryslân"
    assert {file.encoding for file in readout.files} == {"windows-1252"}


def test_the_other_order_of_files_is_the_same_frame(readout: Readout) -> None:
    assert reading.read(files=[ADDRESSES, PUPILS], on=DAY).fingerprint == readout.fingerprint


def test_the_addresses_alone_are_refused_as_a_frame() -> None:
    (found,) = reading.read(files=[ADDRESSES], on=DAY).findings
    assert found.code == "R007"
