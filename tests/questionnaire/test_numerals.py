"""Reading and writing numbers in Dutch and English."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peilstok.questionnaire import numerals
from peilstok.questionnaire.numerals import LARGEST, Unread
from peilstok.terms import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("007", 7),
        ("1234", 1234),
        ("1.234", 1234),
        ("1,234", 1234),
        ("1 234", 1234),
        ("1\N{NO-BREAK SPACE}234", 1234),
        ("1\N{NARROW NO-BREAK SPACE}234", 1234),
        ("1'234", 1234),
        ("  12  ", 12),
        ("1.234.567", 1234567),
        ("1.234,0", 1234),
        ("1,234.00", 1234),
        ("12,0", 12),
        ("12.000", 12000),
        ("+5", 5),
        ("-5", -5),
        ("- 5", -5),
        ("\N{MINUS SIGN}5", -5),
        ("\N{EN DASH}5", -5),
        ("-1.234", -1234),
        ("١٢٣", 123),
        ("１２", 12),
        ("1000000000000", LARGEST),
        ("1000000000001", Unread.TOO_LARGE),
        ("9" * 40, Unread.TOO_LARGE),
        ("9" * 41, Unread.NOT_A_NUMBER),
        ("9" * 10_000, Unread.NOT_A_NUMBER),
        ("12,5", Unread.NOT_WHOLE),
        ("12.5", Unread.NOT_WHOLE),
        ("1.23", Unread.NOT_WHOLE),
        ("1.234,5", Unread.NOT_WHOLE),
        ("0.500", Unread.NOT_WHOLE),
        ("", Unread.NOT_A_NUMBER),
        ("-", Unread.NOT_A_NUMBER),
        ("--5", Unread.NOT_A_NUMBER),
        ("5-", Unread.NOT_A_NUMBER),
        ("(5)", Unread.NOT_A_NUMBER),
        ("twaalf", Unread.NOT_A_NUMBER),
        ("12 34", Unread.NOT_A_NUMBER),
        ("1 234 56", Unread.NOT_A_NUMBER),
        ("1.234 567", Unread.NOT_A_NUMBER),
        ("12.34.567", Unread.NOT_A_NUMBER),
        ("1,2,3", Unread.NOT_A_NUMBER),
        ("5,", Unread.NOT_A_NUMBER),
        (".", Unread.NOT_A_NUMBER),
        ("1..2", Unread.NOT_A_NUMBER),
        ("1e5", Unread.NOT_A_NUMBER),
        ("0x10", Unread.NOT_A_NUMBER),
        ("1_000", Unread.NOT_A_NUMBER),
        ("2²", Unread.NOT_A_NUMBER),
        ("½", Unread.NOT_A_NUMBER),
        ("Ⅻ", Unread.NOT_A_NUMBER),
        ("1\x002", Unread.NOT_A_NUMBER),
        ("nan", Unread.NOT_A_NUMBER),
        ("inf", Unread.NOT_A_NUMBER),
        ("12%", Unread.NOT_A_NUMBER),
    ],
)
def test_whole_numbers_are_read_alike_in_both_languages(text: str, expected: object, language: Language) -> None:
    found = numerals.whole(text, language=language)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "nl", "en"),
    [
        ("3,8", 3.8, 3.8),
        ("3.8", 3.8, 3.8),
        (",5", 0.5, 0.5),
        ("0.125", 0.125, 0.125),
        ("1.234", 1234, 1.234),
        ("1,234", 1.234, 1234),
        ("1.234,5", 1234.5, 1234.5),
        ("1,234.5", 1234.5, 1234.5),
        ("1 234,5", 1234.5, 1234.5),
        ("1.234.567", 1234567, 1234567),
        ("1234.567", 1234.567, 1234.567),
        ("-0,0", 0, 0),
        ("0,123456", 0.123456, 0.123456),
        ("0,1234567", Unread.TOO_FINE, Unread.TOO_FINE),
        ("0,1234560", 0.123456, 0.123456),
        ("1.2.3", Unread.NOT_A_NUMBER, Unread.NOT_A_NUMBER),
        ("1,234.567,8", Unread.NOT_A_NUMBER, Unread.NOT_A_NUMBER),
    ],
)
def test_decimals_are_read_as_the_manual_says(text: str, nl: object, en: object) -> None:
    assert numerals.decimals(text, language="nl", minimum=None, maximum=None) == nl
    assert numerals.decimals(text, language="en", minimum=None, maximum=None) == en


@pytest.mark.parametrize(
    ("maximum", "expected"), [(None, 1234), (1234, 1234), (1233, 1.234), (2, 1.234), (1.234, 1.234), (1.2, 1234)]
)
def test_of_two_readings_the_one_within_the_bounds_is_taken(maximum: float | None, expected: float) -> None:
    assert numerals.decimals("1.234", language="nl", minimum=0, maximum=maximum) == expected


@pytest.mark.parametrize(
    ("value", "nl", "en"),
    [
        (0, "0", "0"),
        (-0.0, "0", "0"),
        (999, "999", "999"),
        (1000, "1.000", "1,000"),
        (1234.5, "1.234,5", "1,234.5"),
        (-1234567, "-1.234.567", "-1,234,567"),
        (3.0, "3", "3"),
        (0.1, "0,1", "0.1"),
        (0.000001, "0,000001", "0.000001"),
        (1e12, "1.000.000.000.000", "1,000,000,000,000"),
        (Decimal("12.50"), "12,5", "12.5"),
    ],
)
def test_numbers_are_written_as_the_language_does(value: float | Decimal, nl: str, en: str) -> None:
    assert (numerals.written(value, "nl"), numerals.written(value, "en")) == (nl, en)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 3), "0.3"),
        (Fraction(1, 20), "0.1"),
        (Fraction(49, 1000), "0.0"),
        (Fraction(-1, 20), "-0.1"),
        (Fraction(26_25, 100), "26.3"),
        (Fraction(10**60), f"{10**60}.0"),
    ],
)
def test_rounding_is_half_away_from_zero_at_any_size(value: Fraction, expected: str) -> None:
    assert str(numerals.rounded(value, places=1)) == expected


@settings(max_examples=500)
@given(st.integers(-LARGEST, LARGEST), st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES))
def test_a_whole_number_written_in_one_language_is_read_in_either(value: int, write: Language, read: Language) -> None:
    assert numerals.whole(numerals.written(value, write), language=read) == value


@settings(max_examples=500)
@given(st.integers(-(10**15), 10**15).map(lambda steps: steps / 10**6), st.sampled_from(LANGUAGES))
def test_a_decimal_written_is_read_back(value: float, language: Language) -> None:
    read = numerals.decimals(numerals.written(value, language), language=language, minimum=None, maximum=None)
    assert read == value


@settings(max_examples=1000)
@given(st.text(max_size=45), st.sampled_from(LANGUAGES))
def test_no_text_crashes_the_reading_of_numbers(text: str, language: Language) -> None:
    assert isinstance(numerals.whole(text, language=language), int | Unread)
    assert isinstance(numerals.decimals(text, language=language, minimum=0, maximum=100), float | Unread)
