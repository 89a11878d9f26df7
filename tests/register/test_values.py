from __future__ import annotations

from datetime import date

import pytest

from peilstok.register import values
from peilstok.terms import Sector


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("16AH", "16AH"),
        ("  16ah  ", "16AH"),
        ("00AO", "00AO"),
        ("", None),
        ("16A", None),
        ("16AH0", None),
        ("AH16", None),
        ("1.6E+02", None),
        ("1٦AH", None),
    ],
)
def test_a_brin_number_is_two_digits_and_two_letters(cell: str, expected: str | None) -> None:
    assert values.brin(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("00", "00"),
        ("0", "00"),
        ("7", "07"),
        ("16AH03", "03"),
        ("16AH 03", "03"),
        (" 41 ", "41"),
        ("", None),
        ("16BX03", None),
        ("C1", None),
        ("100", None),
    ],
)
def test_a_site_has_two_digits_with_or_without_its_school(cell: str, expected: str | None) -> None:
    assert values.location(cell, brin="16AH") == expected


@pytest.mark.parametrize(("cell", "expected"), [("41001", "41001"), (" 41001 ", "41001"), ("4100", None), ("", None)])
def test_a_board_has_five_digits(cell: str, expected: str | None) -> None:
    assert values.board(cell) == expected


def test_an_invented_board_may_have_letters_so_that_its_number_is_nobodys() -> None:
    assert values.board("D-0001") is None
    assert values.board("D-0001", synthetic=True) == "D-0001"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Bo", Sector.BO),
        ("BO", Sector.BO),
        ("Basisonderwijs", Sector.BO),
        ("SBAO", Sector.SBO),
        ("Speciaal basisonderwijs", Sector.SBO),
        ("So   ", Sector.SO),
        ("Vso", Sector.VSO),
        ("voortgezet  speciaal onderwijs", Sector.VSO),
        ("SO/VSO", None),
        ("(V)SO", None),
        ("", None),
        ("Vo", None),
    ],
)
def test_a_sector_is_read_when_it_is_one_sector(cell: str, expected: Sector | None) -> None:
    assert values.sector(cell) is expected


@pytest.mark.parametrize(
    ("cell", "expected"), [("114", "0114"), ("0114", "0114"), ("1", "0001"), ("0", None), ("", None), ("11411", None)]
)
def test_leading_zeros_of_a_municipality_come_back(cell: str, expected: str | None) -> None:
    assert values.municipality(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"), [("7383BH", "7383BH"), ("7383 bh", "7383BH"), ("", ""), ("0383BH", None), ("7383", None)]
)
def test_a_postcode_is_four_digits_and_two_letters_or_nothing(cell: str, expected: str | None) -> None:
    assert values.postcode(cell) == expected


@pytest.mark.parametrize("cell", ["20191001", "2019-10-01", "1-10-2019", "01/10/2019", "1.10.2019", " 20191001 "])
def test_a_date_is_read_as_it_is_written_in_the_netherlands(cell: str) -> None:
    assert values.day(cell) == date(2019, 10, 1)


@pytest.mark.parametrize("cell", ["", "2019", "20191301", "10/1/19", "31-2-2019", "1 oktober 2019"])
def test_a_date_that_is_not_certain_is_not_read(cell: str) -> None:
    assert values.day(cell) is None


@pytest.mark.parametrize(
    ("cell", "mark", "expected"),
    [
        ("139", None, 139),
        ("0", None, 0),
        (" 139  ", None, 139),
        ("007", None, 7),
        ("1.234", ",", 1234),
        ("1.234,0", ",", 1234),
        ("139,0", ",", 139),
        ("139,00", ",", 139),
        ("1,234", ".", 1234),
        ("139.0", ".", 139),
        ("20000", None, 20_000),
        ("20001", None, None),
        ("1.234", None, None),
        ("1.000", ".", None),
        ("139,5", ",", None),
        ("-1", None, None),
        ("<5", None, None),
        ("", None, None),
        ("veel", None, None),
        ("²", None, None),
        ("1" * 5000, None, None),
    ],
)
def test_pupils_are_whole_and_a_doubtful_mark_is_not_guessed_at(
    cell: str, mark: str | None, expected: int | None
) -> None:
    assert values.pupils(cell, mark=mark) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["9562,58", "100"], ","),
        (["9562.58", "100"], "."),
        (["1.234", "12,5", "7,25"], ","),
        (["1.234"], None),
        (["100"], None),
        ([], None),
    ],
)
def test_the_decimal_mark_shows_in_fractions(cells: list[str], expected: str | None) -> None:
    assert values.decimal_mark(cells) == expected


def test_a_misprint_of_2019_in_the_name_of_a_municipality_is_set_right() -> None:
    assert values.name("Noardeast-FryslÔn") == "Noardeast-Fryslân"
    assert values.name("IJSSELSTEIN Ô") == "IJSSELSTEIN Ô"


def test_names_are_compared_by_their_letters() -> None:
    assert values.letters("'s-Gravenhage") == values.letters("S GRAVENHAGE")
    assert values.letters("Noardeast-Fryslân") == values.letters("NOARDEAST-FRYSLAN")
    assert values.letters("Bergen (L.)") != values.letters("Bergen (NH.)")
