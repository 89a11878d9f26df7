"""Each fault that a file may have, and the one finding that tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from peilstok.register import reading
from peilstok.register.codes import CODES, WithSkipping, skippable
from tests.register.published import (
    ADDRESSES,
    ADDRESSES_HEADER,
    HEADER,
    PUPILS,
    REGIONS,
    ROWS,
    changed,
    codes,
    lines,
    read,
)


@dataclass(frozen=True)
class Fault:
    """The pupils' file and the regions' file with one thing wrong, and where the finding must point."""

    pupils: str | bytes
    regions: str | bytes = REGIONS
    file: str = "leerlingen"
    row: int = 0
    column: str | int = 0


BY_AGE = "BRIN_NUMMER;SOORT_PO;GEMEENTENUMMER;BEVOEGD_GEZAG_NUMMER;L4;L5;L6"
OTHER_REGION = ADDRESSES[1].replace("08;Zuid-Oost Drenthe", "07;Noord- en Midden Drenthe")

FAULTS = {
    "R001": Fault(b"\xef\xbb\xbf\r\n "),
    "R002": Fault(b"BRIN\0NUMMER"),
    "R003": Fault(b"BRIN_NUMMER;" + b"x" * 1_000_001),
    "R004": Fault("naam;adres\nDe Linde;Emmen\n", row=1),
    "R005": Fault(PUPILS.replace("SOORT_PO", "KLEUR"), row=1),
    "R006": Fault(PUPILS.replace("AFSTAND", "LEERLINGEN"), row=1, column="LEERLINGEN"),
    "R008": Fault(HEADER + "\n", row=1),
    "R010": Fault(changed(1, ";100", ""), row=2),
    "R011": Fault(changed(4, "De Eik", '"De Eik'), row=5),
    "R012": Fault(changed(4, "De Eik", "x" * 60_000), row=5),
    "R013": Fault(PUPILS.encode().replace(b"De Eik", b"De\x81 Eik"), row=5, column="INSTELLINGSNAAM_VESTIGING"),
    "R020": Fault(changed(4, "02BB", "2BB"), row=5, column="BRIN_NUMMER"),
    "R021": Fault(changed(4, "02BB;00", "02BB;xx"), row=5, column="VESTIGINGSNUMMER"),
    "R022": Fault(changed(4, "41001", "4100A"), row=5, column="BEVOEGD_GEZAG_NUMMER"),
    "R023": Fault(changed(4, ";Bo;", ";So/Vso;"), row=5, column="SOORT_PO"),
    "R024": Fault(changed(4, ";150", ";-150"), row=5, column="LEERLINGEN"),
    "R025": Fault(lines(f"{BY_AGE};TOTAAL", ["01AA;Bo;114;41001;1;2;3;7"]), row=2, column="TOTAAL"),
    "R026": Fault(changed(4, ";114;", ";;"), row=5, column="GEMEENTENUMMER"),
    "R027": Fault(changed(4, "Drenthe", "Drente"), row=5, column="PROVINCIE"),
    "R028": Fault(changed(4, "1236AB", "1236A"), row=5, column="POSTCODE_VESTIGING"),
    "R029": Fault(changed(4, "20191001", "20181001"), row=5, column="PEILDATUM"),
    "R030": Fault(changed(4, "De Eik", " "), row=5, column="INSTELLINGSNAAM_VESTIGING"),
    "R031": Fault(changed(4, "800,75", "ver"), row=5, column="AFSTAND"),
    "R032": Fault(changed(4, "De Eik", "x" * 201), row=5, column="INSTELLINGSNAAM_VESTIGING"),
    "R033": Fault(lines(HEADER, [*ROWS, "Totaal" + ";" * 13 + "560"]), row=8, column="PEILDATUM"),
    "R040": Fault(lines(HEADER, [*ROWS, ROWS[3]]), row=8, column="BRIN_NUMMER"),
    "R041": Fault(lines(HEADER, [*ROWS, ROWS[3].replace(";150", ";151")]), row=8, column="LEERLINGEN"),
    "R042": Fault(changed(3, "41001", "41002"), row=4, column="BEVOEGD_GEZAG_NUMMER"),
    "R043": Fault(changed(3, "114;Emmen", "106;Assen"), row=3, column="GEMEENTENUMMER"),
    "R044": Fault(changed(4, ";114;", ";106;"), row=5, column="GEMEENTENUMMER"),
    "R045": Fault(changed(4, "Drenthe", "Overijssel"), row=5, column="PROVINCIE"),
    "R046": Fault(changed(1, "41001", "41003"), row=4, column="BEVOEGD_GEZAG_NUMMER"),
    "R050": Fault(changed(6, "106;Assen", "118;Hoogeveen"), row=7, column="GEMEENTENUMMER"),
    "R051": Fault(
        PUPILS,
        lines(ADDRESSES_HEADER, [ADDRESSES[0], ADDRESSES[0].replace("01AA00", "01AA01"), OTHER_REGION, ADDRESSES[2]]),
        file="adressen", row=4, column="RMC-REGIO CODE",
    ),
    "R052": Fault(changed(5, "106;Assen", "118;Hoogeveen"), row=6, column="GEMEENTENUMMER"),
    "R053": Fault(PUPILS, lines("BRIN NUMMER;PLAATSNAAM", ["01AA;EMMEN"]), row=2),
    "R056": Fault(PUPILS, REGIONS.replace("08;Zuid-O", "8x;Zuid", 1), file="adressen", row=2, column="RMC-REGIO CODE"),
    "R057": Fault(PUPILS, REGIONS.replace("Zuid-Oost Drenthe", "Zuidhoek", 1), file="adressen", row=2),
}  # fmt: skip
ELSEWHERE = {"R007", "R054", "R055", "R060", "R070", "R071", "R072"}  # these need other files, or a database


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_gives_one_finding_that_points_to_it(tmp_path: Path, code: str) -> None:
    fault = FAULTS[code]
    readout = read(tmp_path, leerlingen=fault.pupils, adressen=fault.regions)
    found = [one for one in readout.findings if one.code != "R007"]  # a file that is no frame leaves none
    assert [one.code for one in found] == [code]
    place = found[0].place
    assert (Path(place.file).stem, place.line, place.column) == (fault.file, fault.row, fault.column)
    assert found[0].found
    assert found[0].expected


def test_every_code_has_its_fault() -> None:
    assert set(FAULTS) | ELSEWHERE == set(CODES)


def test_files_without_a_fault_have_no_finding(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=PUPILS, adressen=REGIONS)
    assert readout.findings == ()
    assert readout.is_sound


TEN = lines(
    HEADER,
    [
        *ROWS,
        "20191001;;00;De Es;1234AB;EMMEN;114;Emmen;Drenthe;Bo;Openbaar;41001;1;10",
        "20191001;05EE;00;De Es;1234AB;EMMEN;114;Emmen;Drenthe;Bo;Openbaar;41001;1;veel",
        "20191001;06FF;00;De Es;1234AB;EMMEN;114;Emmen;Drenthe;Bo;Openbaar;41001;1;-10",
        "20191001;07GG;00;De Es;1234AB;EMMEN;114;Emmen;Drenthe;Po;Openbaar;41001;1;10",
        "20191001;08HH;00;De Es;1234AB;EMMEN;114;Emmen;Drenthe;Bo;Openbaar;;1;10",
        "20191001;09II;00;De Es;1234AB;EMMEN;114;Emmen;Drenthe;Bo;Openbaar;41001;1",
        "20191001;10JJ;00;De Es;1234AB;EMMEN;9999;Atlantis;Drenthe;Bo;Openbaar;41001;1;10",
        "20181001;11KK;00;De Es;1234AB;EMMEN;114;Emmen;Drenthe;Bo;Openbaar;41001;1;10",
        "20191001;12LL;0x;De Es;1234AB;EMMEN;114;Emmen;Drenthe;Bo;Openbaar;41001;1;10",
        "20191001;02BB;00;De Eik;1236AB;EMMEN;114;Emmen;Drenthe;Bo;Openbaar;41001;800,75;151",
    ],
)


def test_a_file_with_ten_faults_gets_ten_findings_in_the_order_of_its_rows(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=TEN, adressen=REGIONS)
    assert codes(readout) == ["R020", "R024", "R024", "R023", "R022", "R010", "R050", "R029", "R021", "R041"]
    assert [one.place.line for one in readout.findings] == list(range(8, 18))


def test_two_faults_in_one_row_are_two_findings(tmp_path: Path) -> None:
    row = ROWS[3].replace(";150", ";veel").replace("41001", "0")
    assert codes(read(tmp_path, leerlingen=lines(HEADER, [*ROWS[:3], row]), adressen=REGIONS)) == ["R022", "R024"]


def test_a_row_with_a_fault_counts_in_nothing(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=changed(4, ";150", ";veel"), adressen=REGIONS)
    assert (readout.summary.sites, readout.summary.pupils) == (4, 410)


def test_of_two_rows_that_contradict_each_other_neither_counts(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=FAULTS["R041"].pupils, adressen=REGIONS)
    assert readout.summary.pupils == 410


@pytest.mark.parametrize("code", ["R042", "R043"])
def test_where_the_rows_of_a_site_name_two_boards_or_municipalities_once_each_neither_counts(
    tmp_path: Path, code: str
) -> None:
    readout = read(tmp_path, leerlingen=FAULTS[code].pupils, adressen=REGIONS)
    (found,) = readout.findings
    assert f"in {tmp_path}/leerlingen.csv:" in found.found  # the other row of the two
    assert (readout.summary.sites, readout.summary.pupils, readout.left_out) == (4, 510, 2)


def test_what_most_rows_of_a_site_say_is_kept_and_the_other_row_is_told(tmp_path: Path) -> None:
    rows = [ROWS[1], ROWS[2], ROWS[1].replace(";So;", ";Bo;").replace("41001", "41002")]
    readout = read(tmp_path, leerlingen=lines(HEADER, [ROWS[0], *rows, *ROWS[3:]]), adressen=REGIONS)
    assert [(one.code, one.place.line, one.expected) for one in readout.findings] == [
        ("R042", 5, "41001, as in its other rows")
    ]
    assert (readout.summary.pupils, readout.left_out) == (560, 1)


@pytest.mark.parametrize("word", ["Totaal", "TOTAAL", " Eindtotaal 2019", "Total", "Subtotaal:"])
@pytest.mark.parametrize("column", [0, 1, 3])
def test_a_row_that_gives_a_total_is_one_finding_that_says_so(tmp_path: Path, word: str, column: int) -> None:
    cells = [""] * 13 + ["560"]
    cells[column] = word
    readout = read(tmp_path, leerlingen=lines(HEADER, [*ROWS, ";".join(cells)]), adressen=REGIONS)
    (found,) = readout.findings
    assert (found.code, found.place.line, found.place.column) == ("R033", 8, HEADER.split(";")[column])
    assert found.found == f'a total row: "{word.strip()}"'
    assert reading.acceptable(readout, skip_bad_rows=True).summary.pupils == 560


def test_a_school_that_is_named_after_a_total_is_a_school(tmp_path: Path) -> None:
    assert codes(read(tmp_path, leerlingen=changed(4, "De Eik", "Totaal Kindcentrum"), adressen=REGIONS)) == []


def second_count(counts: list[int]) -> str:
    rows = [f"{row};{count}" for row, count in zip(ROWS, counts, strict=True)]
    return lines(f"{HEADER};AANTAL_LEERLINGEN", rows)


def test_two_columns_that_count_pupils_otherwise_are_told_and_neither_is_taken(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=second_count([100, 31, 20, 150, 201, 60]), adressen=REGIONS)
    (found,) = [one for one in readout.findings if one.code == "R006"]
    assert (found.place.line, found.place.column) == (3, "AANTAL_LEERLINGEN")
    assert found.found == "LEERLINGEN 30 and AANTAL_LEERLINGEN 31; they differ in 2 of 6 rows"
    assert readout.sites == ()
    assert not reading.without_bad_rows(readout).is_sound


def test_two_columns_that_count_the_same_pupils_are_no_fault(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=second_count([100, 30, 20, 150, 200, 60]), adressen=REGIONS)
    assert (readout.findings, readout.summary.pupils) == ((), 560)


@pytest.mark.parametrize(
    ("code", "left_out"),
    [("R010", 1), ("R012", 1), ("R013", 0), ("R024", 1), ("R029", 1), ("R033", 1), ("R040", 1), ("R041", 2),
     ("R050", 0), ("R056", 1)],
)  # fmt: skip
def test_the_rows_that_are_left_out_are_counted(tmp_path: Path, code: str, left_out: int) -> None:
    assert read(tmp_path, leerlingen=FAULTS[code].pupils, adressen=FAULTS[code].regions).left_out == left_out


def test_all_rows_of_a_file_of_another_date_are_left_out(tmp_path: Path) -> None:
    other = PUPILS.replace("20191001", "20181001")
    assert read(tmp_path, leerlingen=PUPILS, later=other, adressen=REGIONS).left_out == 6


def test_rows_that_a_joined_file_does_not_complete_or_that_name_no_board_are_counted_too(tmp_path: Path) -> None:
    pupils = lines("BRIN NUMMER;VESTIGINGSNUMMER;SOORT_PO;TOTAAL", ["01AA;0;Bo;100", "09ZZ;0;Bo;9"])
    names = "BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM\n41001;\n41002;Stg Beuk\n"
    assert read(tmp_path, leerlingen=pupils, adressen=REGIONS, namen=names).left_out == 2


def test_the_same_row_twice_counts_once(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=FAULTS["R040"].pupils, adressen=REGIONS)
    assert readout.summary.pupils == 560


def test_a_file_of_another_date_is_one_finding_and_not_one_for_each_row(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=PUPILS.replace("20191001", "20181001"), adressen=REGIONS)
    (found,) = readout.findings
    assert (found.code, found.place.line, found.expected) == ("R029", 2, "2019-10-01, or --on 2018-10-01")
    assert readout.sites == ()


def test_a_few_odd_rows_in_a_file_of_another_date_are_told_beside_it(tmp_path: Path) -> None:
    header, *rows = PUPILS.replace("20191001", "20181001").splitlines()
    many = [header, *rows * 10, rows[0].replace("20181001", "20171001")]
    readout = read(tmp_path, leerlingen="\n".join(many) + "\n", adressen=REGIONS)
    told = [(each.place.line, each.found) for each in readout.findings if each.code == "R029"]
    whole = f"{len(many) - 2:,} of {len(many) - 1:,} rows are of 2018-10-01"
    assert sorted(told) == [(2, whole), (len(many), '"20171001"')]


@pytest.mark.parametrize("code", [code for code, fault in FAULTS.items() if CODES[code].severity == "error"])
def test_skipping_bad_rows_helps_where_the_list_of_codes_says_so(tmp_path: Path, code: str) -> None:
    readout = read(tmp_path, leerlingen=FAULTS[code].pupils, adressen=FAULTS[code].regions)
    assert not readout.is_sound
    skipped = reading.without_bad_rows(readout)
    assert skipped.is_sound == (CODES[code].skipping is not WithSkipping.REFUSED)
    assert skipped.is_sound == all(map(skippable, readout.findings))


def test_the_cell_is_shown_as_it_stands_but_not_endlessly(tmp_path: Path) -> None:
    readout = read(tmp_path, leerlingen=changed(4, ";150", ";" + "9" * 500), adressen=REGIONS)
    (found,) = readout.findings
    assert found.found.endswith("...") or found.found.endswith('..."')
    assert len(found.found) < 100


def test_a_name_of_the_greatest_length_is_kept(tmp_path: Path) -> None:
    assert codes(read(tmp_path, leerlingen=changed(4, "De Eik", "x" * 200), adressen=REGIONS)) == []


def test_a_file_of_something_else_is_told_by_its_columns(tmp_path: Path) -> None:
    (found,) = read(tmp_path, examens="SCHOOLNAAM;PLAATSNAAM;CIJFER\nDe Linde;EMMEN;7\n").findings
    assert (found.code, found.found) == ("R005", "the columns SCHOOLNAAM, PLAATSNAAM, CIJFER")
