"""Files that are read together, and files of other years and kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from peilstok.errors import Refused
from peilstok.register import reading
from peilstok.register.regions import RegionKind
from tests.register.published import (
    ADDRESSES,
    ADDRESSES_HEADER,
    HEADER,
    PUPILS,
    REGIONS,
    ROWS,
    codes,
    lines,
    read,
)


def test_sites_are_added_up_to_boards(tmp_path: Path) -> None:
    one, two, three = read(tmp_path, leerlingen=PUPILS, adressen=REGIONS).boards
    assert (one.number, one.schools, one.sites, one.pupils) == ("41001", 2, 3, 300)
    assert (one.pupils_bo, one.pupils_sbo, one.pupils_so, one.pupils_vso) == (250, None, 30, 20)
    assert (two.pupils, two.region) == (200, "07")
    assert (three.pupils_sbo, three.pupils_bo) == (60, None)


def test_a_site_with_two_sectors_is_one_site(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=PUPILS, adressen=REGIONS)
    assert readout.summary.sites == 5
    assert [site.pupils for site in readout.sites if site.location == "01"] == [50]


def test_the_region_of_a_board_is_where_most_of_its_pupils_are(tmp_path: Path) -> None:
    moved = ROWS[3].replace("114;Emmen", "106;Assen")
    assert read(tmp_path, leerlingen=lines(HEADER, [*ROWS[:3], moved]), adressen=REGIONS).boards[0].region == "07"
    smaller = moved.replace(";150", ";149")
    assert read(tmp_path, leerlingen=lines(HEADER, [*ROWS[:3], smaller]), adressen=REGIONS).boards[0].region == "08"


def test_a_sector_without_pupils_this_year_is_not_a_sector_that_is_not_offered(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=PUPILS.replace(";41003;3000,5;60", ";41003;3000,5;0"), adressen=REGIONS)
    assert (readout.boards[2].pupils_sbo, readout.boards[2].pupils_so) == (0, None)


def test_regions_come_by_municipality_also_for_sites_that_the_other_file_does_not_have(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=PUPILS, adressen=REGIONS)
    assert {site.brin: (site.rmc, site.corop, site.province) for site in readout.sites}["04DD"] == ("07", "07", "22")
    assert readout.summary.regions == 2


def test_a_municipality_with_two_regions_to_choose_from_has_none(tmp_path: Path) -> None:
    other = ADDRESSES[1].replace("08;Zuid-Oost Drenthe", "07;Noord- en Midden Drenthe")
    readout = read(tmp_path, leerlingen=PUPILS, adressen=lines(ADDRESSES_HEADER, [ADDRESSES[0], other, ADDRESSES[2]]))
    assert codes(readout) == ["R051"]
    assert {site.rmc for site in readout.sites if site.municipality == "0114"} == {None}


def test_a_new_municipality_whose_sites_were_in_two_regions_is_not_guessed_at(tmp_path: Path) -> None:
    together = [ROWS[3].replace("114;Emmen", "118;Hoogeveen"), ROWS[4].replace("106;Assen", "118;Hoogeveen")]
    readout = read(tmp_path, leerlingen=lines(HEADER, [*ROWS[:3], *together]), adressen=REGIONS)
    assert codes(readout) == ["R050"]
    assert {site.rmc for site in readout.sites if site.municipality == "0118"} == {None}


def test_a_municipality_is_named_as_the_pupils_file_writes_it(tmp_path: Path) -> None:
    names = {(region.kind, region.code): region.name for region in read(tmp_path, a=PUPILS, b=REGIONS).regions}
    assert names[RegionKind.MUNICIPALITY, "0114"] == "Emmen"
    assert names[RegionKind.RMC, "08"] == "Zuid-Oost Drenthe"


def test_boards_take_the_newest_name_that_was_published_or_their_number(tmp_path: Path) -> None:
    names = "BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;JAAR\n41001;Stg Oud;2011\n41001;Stg Linde;2015\n99999;Weg;2015\n"
    readout = read(tmp_path, leerlingen=PUPILS, adressen=REGIONS, namen=names)
    assert [board.name for board in readout.boards] == ["Stg Linde", "Bestuur 41002", "Bestuur 41003"]


def test_the_list_of_boards_of_recent_years_has_names_too(tmp_path: Path) -> None:
    names = '"BEVOEGD GEZAG NUMMER","BEVOEGD GEZAG NAAM","PLAATSNAAM","KVK-NUMMER"\n"41001","Stg. Linde","EMMEN","1"\n'
    readout = read(tmp_path, leerlingen=PUPILS, adressen=REGIONS, namen=names.encode("utf-8-sig"))
    assert readout.boards[0].name == "Stg. Linde"


@pytest.mark.parametrize("row", [";Stg Linde;2015", "41001;;2015", "41001;Stg Linde;vorig jaar"])
def test_a_row_of_names_that_is_not_understood_is_reported(tmp_path: Path, row: str) -> None:
    names = f"BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM;JAAR\n{row}\n"
    readout = read(tmp_path, leerlingen=PUPILS, adressen=REGIONS, namen=names)
    assert codes(readout) == ["R060"]
    assert readout.boards[0].name == "Bestuur 41001"


def test_a_file_without_pupils_is_no_frame_and_the_reason_is_given(tmp_path: Path) -> None:
    (found,) = read(tmp_path, adressen=REGIONS).findings
    assert found.code == "R007"
    assert "without pupils" in found.found


def test_addresses_of_main_sites_have_no_number_of_the_site(tmp_path: Path) -> None:
    main = REGIONS.replace("VESTIGINGSNUMMER;", "").replace(";01AA00", "").replace(";02BB00", "").replace(";03CC00", "")
    readout = read(tmp_path, leerlingen=PUPILS, adressen=main)
    assert (readout.findings, readout.summary.regions) == ((), 2)


def test_a_file_of_regions_by_municipality_alone_will_do(tmp_path: Path) -> None:
    regions = "GEMEENTENUMMER,RMC-REGIO CODE\n0114,8\n0106,7\n"
    readout = read(tmp_path, leerlingen=PUPILS, regios=regions)
    assert (readout.findings, readout.summary.regions) == ((), 2)


WITHOUT_BOARD = lines("BRIN NUMMER;VESTIGINGSNUMMER;SOORT_PO;TOTAAL", ["01AA;0;Bo;100", "01AA;1;So;30", "03CC;0;Bo;9"])


def test_board_and_municipality_may_come_from_the_addresses(tmp_path: Path) -> None:
    addresses = lines(ADDRESSES_HEADER, [*ADDRESSES, ADDRESSES[0].replace("01AA00", "01AA01")])
    readout = read(tmp_path, leerlingen=WITHOUT_BOARD, adressen=addresses)
    assert readout.findings == ()
    assert [(site.board, site.municipality, site.name) for site in readout.sites] == [
        ("41001", "0114", "De Linde"),
        ("41001", "0114", "De Linde"),
        ("41002", "0106", "De Beuk"),
    ]


def test_a_site_that_no_file_places_is_reported(tmp_path: Path) -> None:
    pupils = WITHOUT_BOARD + "09ZZ;0;Bo;5\n"
    readout = read(tmp_path, leerlingen=pupils, adressen=REGIONS)
    assert [(one.code, one.place.line) for one in readout.findings] == [("R055", 3), ("R054", 5), ("R055", 5)]


def test_without_boards_anywhere_the_missing_column_is_named(tmp_path: Path) -> None:
    (found,) = read(tmp_path, leerlingen=PUPILS.replace("BEVOEGD_GEZAG_NUMMER", "X")).findings[:1]
    assert (found.code, found.expected) == ("R005", "a column BEVOEGD_GEZAG_NUMMER")


def test_files_by_sector_add_up_to_one_frame(tmp_path: Path) -> None:
    whole = read(tmp_path, alles=PUPILS, adressen=REGIONS)
    parts = read(tmp_path, bo=lines(HEADER, [ROWS[0], *ROWS[3:5]]), so=lines(HEADER, [*ROWS[1:3], ROWS[5]]), a=REGIONS)
    assert parts.findings == ()
    assert parts.fingerprint == whole.fingerprint


CLUSTERS = "INSTELLINGSCODE;VESTIGINGSCODE;GEMEENTENUMMER;SOORT_PO;CLUSTER;BEVOEGD_GEZAG_NUMMER;4 JAAR;5 JAAR;6 JAAR"


def test_lines_for_clusters_add_up(tmp_path: Path) -> None:
    rows = ["01AA;00;114;So;3;41001;1;2;3;6", "01AA;00;114;So;4;41001;10;20;30;60", "01AA;00;114;Bo;;41001;0;0;4;4"]
    readout = read(tmp_path, leerlingen=lines(f"{CLUSTERS};TOTAAL", rows), adressen=REGIONS)
    (site,) = readout.sites
    assert (readout.findings, site.pupils_so, site.pupils_bo) == ((), 66, 4)


def test_without_a_total_the_ages_are_added_up(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=lines(CLUSTERS, ["01AA;00;114;So;3;41001;1;;3"]), adressen=REGIONS)
    assert (readout.findings, readout.sites[0].pupils_so) == ((), 4)


def test_a_suppressed_age_does_no_harm_beside_a_total_and_is_reported_without_one(tmp_path: Path) -> None:
    with_total = lines(f"{CLUSTERS};TOTAAL", ["01AA;00;114;So;3;41001;<5;2;3;8"])
    assert read(tmp_path, leerlingen=with_total, adressen=REGIONS).sites[0].pupils_so == 8
    without = lines(CLUSTERS, ["01AA;00;114;So;3;41001;<5;2;3"])
    (found,) = read(tmp_path, leerlingen=without, adressen=REGIONS).findings
    assert (found.code, found.place.column, found.found) == ("R024", "4 JAAR", '"<5"')


def test_a_column_that_may_count_pupils_beside_ages_without_a_total_is_reported(tmp_path: Path) -> None:
    rows = ["01AA;00;114;So;3;41001;1;2;3;4"]
    readout = read(tmp_path, leerlingen=lines(f"{CLUSTERS};LEEFTIJD_ONBEKEND", rows), adressen=REGIONS)
    assert codes(readout) == ["R006"]
    assert readout.sites == ()


def test_codes_padded_with_blanks_are_read(tmp_path: Path) -> None:
    padded = "\n".join(";".join(f"{cell:<30}" for cell in line.split(";")) for line in PUPILS.splitlines())
    padded_readout = read(tmp_path, leerlingen=padded, adressen=REGIONS)
    assert padded_readout.findings == ()
    assert padded_readout.fingerprint == read(tmp_path, leerlingen=PUPILS, adressen=REGIONS).fingerprint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encoding_separator_and_line_ends_make_no_other_frame(tmp_path: Path, encoding: str) -> None:
    # tabs as separator: the decimal comma stays
    text = PUPILS.replace("De Linde", "De Lînde").replace(";", "\t").replace("\n", "\r\n")
    other = read(tmp_path, leerlingen=text.encode(encoding), adressen=REGIONS)
    assert other.findings == ()
    same = read(tmp_path, leerlingen=PUPILS.replace("De Linde", "De Lînde"), adressen=REGIONS)
    assert other.fingerprint == same.fingerprint


def test_nothing_but_warnings_and_no_rows_is_refused(tmp_path: Path) -> None:
    readout = reading.without_bad_rows(read(tmp_path, leerlingen=PUPILS.replace("20191001", "20181001")))
    with pytest.raises(Refused) as refused:
        reading.acceptable(readout)
    assert [one.code for one in refused.value.findings] == ["R029", "R072"]
