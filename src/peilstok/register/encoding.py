"""Which characters the bytes of a published file stand for.

Decides the encoding: UTF-8 (with or without byte order mark), UTF-16 with its mark, or Windows-1252. DUO has used all
but UTF-16, and mixes: a file in UTF-8 may hold a byte of Windows-1252 that somebody pasted in. Decides nothing about
rows and columns.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

UNKNOWN: Final = "�"
"""Stands in the text for a byte that means nothing in its encoding."""

_FROM_ESCAPED: Final = {0xDC00 + byte: bytes([byte]).decode("cp1252", errors="replace") for byte in range(0x80, 0x100)}
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_MULTIBYTE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text` with the name of its encoding.

    `strays` has for each byte of Windows-1252 in a file of UTF-8 its line (from 1) and what it was read as.
    """

    text: str
    encoding: str
    strays: tuple[tuple[int, str], ...] = ()


def is_text(start: bytes) -> bool:
    """Whether the first bytes of a file can be text. Only UTF-16, which must begin with its mark, has zero bytes."""
    return start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" not in start


def decode(content: bytes) -> Decoded:
    """Never fails: a byte without meaning becomes `UNKNOWN`, which the reader of rows reports."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Decoded(content.decode("utf-16", errors="replace"), "utf-16")
    name = "utf-8-sig" if content.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        return Decoded(content.decode(name), name)
    except UnicodeDecodeError:
        return _utf_8_with_strays(content, name) if _mostly_utf_8(content) else _windows_1252(content)


def _mostly_utf_8(content: bytes) -> bool:
    """Valid sequences of several bytes hardly occur by chance in Windows-1252: the more frequent reading wins."""
    sequences = _MULTIBYTE.findall(content)
    others = len(_NOT_ASCII.findall(content)) - sum(map(len, sequences))
    return len(sequences) > others


def _utf_8_with_strays(content: bytes, name: str) -> Decoded:
    escaped = content.decode(name, errors="surrogateescape")
    strays = tuple(
        (escaped.count("\n", 0, match.start()) + 1, match[0].translate(_FROM_ESCAPED))
        for match in _ESCAPED.finditer(escaped)
    )
    return Decoded(escaped.translate(_FROM_ESCAPED), name, strays)


def _windows_1252(content: bytes) -> Decoded:
    """The five bytes that Windows-1252 leaves open become `UNKNOWN`."""
    return Decoded(content.decode("cp1252", errors="replace"), "windows-1252")
