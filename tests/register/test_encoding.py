from __future__ import annotations

import pytest

from peilstok.register import encoding

NAME = "Daniël ’t Spoor"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (NAME.encode("utf-8"), "utf-8"),
        (NAME.encode("utf-8-sig"), "utf-8-sig"),
        (NAME.encode("cp1252"), "windows-1252"),
        (NAME.encode("utf-16"), "utf-16"),
        (b"De Linde", "utf-8"),
    ],
)
def test_the_encoding_is_recognised_from_the_bytes(content: bytes, expected: str) -> None:
    decoded = encoding.decode(content)
    assert decoded.encoding == expected
    assert decoded.text in {NAME, "De Linde"}


def test_a_lone_0x92_is_the_apostrophe_that_word_processors_write() -> None:
    assert encoding.decode(b"Leo\x92s school").text == "Leo’s school"


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_bytes_that_windows_1252_leaves_open_do_not_stop_the_reading(byte: int) -> None:
    decoded = encoding.decode(b"Dani\xebl " + bytes([byte]))
    assert decoded.text == f"Daniël {encoding.UNKNOWN}"


def test_every_other_byte_reads_as_windows_1252_says() -> None:
    known = bytes(byte for byte in range(0x80, 0x100) if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D})
    assert encoding.decode(known).text == known.decode("cp1252")


def test_a_byte_of_windows_1252_in_utf_8_is_read_and_its_line_is_known() -> None:
    decoded = encoding.decode("Fryslân\nDaniël\n".encode() + b"Leo\x92s school\n")
    assert decoded.text == "Fryslân\nDaniël\nLeo’s school\n"
    assert decoded.strays == ((3, "’"),)


def test_zero_bytes_are_no_text_unless_utf_16_says_so() -> None:
    assert not encoding.is_text(b"BRIN\0NUMMER")
    assert encoding.is_text("BRIN".encode("utf-16"))
    assert encoding.is_text(b"BRIN_NUMMER")
