from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.errors import CannotRun
from peilstok.register import rows
from tests.register.published import HEADER, PUPILS, ROWS, lines

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=12)


@settings(deadline=None)
@given(st.lists(CELLS, min_size=2, max_size=6), st.sampled_from(rows.SEPARATORS))
def test_what_the_csv_module_writes_is_cut_into_the_same_cells(cells: list[str], separator: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="", quoting=csv.QUOTE_ALL).writerow(cells)
    assert rows.split(text.getvalue(), separator) == (tuple(cells), False)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('00AR;"BS ""De Maasparel""";142', ("00AR", 'BS "De Maasparel"', "142")),
        ('00AR;"De Linde; afdeling so";142', ("00AR", "De Linde; afdeling so", "142")),
        ('00AR;Bas"school;142', ("00AR", 'Bas"school', "142")),
        ('00AR;"De Linde" ;142', ("00AR", "De Linde ", "142")),
        ('00AR;"";142', ("00AR", "", "142")),
        ("00AR;'t Eenspan;142", ("00AR", "'t Eenspan", "142")),
        ("00AR;;", ("00AR", "", "")),
    ],
)
def test_a_line_is_cut_at_separators_outside_quotes(line: str, expected: tuple[str, ...]) -> None:
    assert rows.split(line, ";") == (expected, False)


def cut(text: str) -> rows.Sheet:
    return rows.cut(text.encode("cp1252"), file="leerlingen.csv")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separator_is_the_one_under_which_columns_are_known(separator: str) -> None:
    text = lines("BRIN_NUMMER;SOORT_PO;LEERLINGEN", ["01AA;Bo;100"]).replace(";", separator)
    sheet = cut(text)
    assert (sheet.separator, sheet.rows[0].cells) == (separator, ("01AA", "Bo", "100"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_machine_and_the_last_one_may_not_end(end: str) -> None:
    sheet = cut(PUPILS.rstrip("\n").replace("\n", end))
    assert [row.line for row in sheet.rows] == [2, 3, 4, 5, 6, 7]
    assert sheet.rows[-1].cells[-1] == "60"
    assert not sheet.findings


def test_a_title_above_the_header_and_empty_lines_are_passed_over() -> None:
    sheet = cut("Leerlingen per vestiging\n\n" + PUPILS + ";;;;\n\n")
    assert (sheet.header_line, len(sheet.rows), sheet.findings) == (3, len(ROWS), ())


def test_a_field_with_a_line_end_in_it_is_one_row() -> None:
    sheet = cut(lines(HEADER, [ROWS[0].replace("De Linde", '"De\nLinde"'), ROWS[3]]))
    assert [(row.line, row.cells[3]) for row in sheet.rows] == [(2, "De\nLinde"), (4, "De Eik")]


def test_a_quotation_mark_that_is_never_closed_costs_one_row_only() -> None:
    sheet = cut(lines(HEADER, [ROWS[0].replace("De Linde", '"De Linde'), *ROWS[3:]]))
    assert [(one.code, one.place.line) for one in sheet.findings] == [("R011", 2)]
    assert [row.line for row in sheet.rows] == [3, 4, 5]


def test_a_line_beyond_all_measure_is_reported_and_the_others_are_read() -> None:
    sheet = cut(lines(HEADER, ["x" * (rows.LONGEST_LINE + 1), *ROWS]))
    assert [one.code for one in sheet.findings] == ["R012"]
    assert len(sheet.rows) == len(ROWS)


def test_a_line_of_the_greatest_length_is_still_read() -> None:
    name = "x" * (rows.LONGEST_LINE - len(ROWS[0]) + len("De Linde"))
    sheet = cut(lines(HEADER, [ROWS[0].replace("De Linde", name)]))
    assert (len(sheet.rows), sheet.findings) == (1, ())


def test_separators_at_the_ends_of_rows_add_no_fields() -> None:
    assert not cut(lines(HEADER, [row + ";;" for row in ROWS])).findings
    assert not cut(lines(HEADER + ";", [row + ";" for row in ROWS])).findings


def test_a_two_hundred_megabyte_line_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "lang.csv"
    with path.open("wb") as stream:
        stream.write(b"BRIN_NUMMER;")
        stream.write(b"x" * 2_000_000)
        stream.truncate(200_000_000)  # a sparse file: takes no room
    sheet = rows.read(path)
    assert [one.code for one in sheet.findings] == ["R003"]
    assert sheet.header is None


def test_a_folder_or_a_missing_file_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="is not a file"):
        rows.read(tmp_path)
    with pytest.raises(CannotRun, match="No such file"):
        rows.read(tmp_path / "weg.csv")


def test_a_workbook_is_named_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "leerlingen.csv"
    path.write_bytes(b"PK\x03\x04\x14\x00\x06\x00")
    (found,) = rows.read(path).findings
    assert found.code == "R002"
    assert "workbook" in found.found


def test_the_end_mark_of_an_old_text_file_is_no_row() -> None:
    assert not rows.cut(PUPILS.encode() + b"\x1a", file="leerlingen.csv").findings


def test_a_zero_byte_far_into_a_file_is_found_too() -> None:
    sheet = rows.cut(PUPILS.replace("De Wilg", "De\0Wilg").encode(), file="leerlingen.csv")
    assert [(one.code, one.place.line) for one in sheet.findings] == [("R002", 7)]
