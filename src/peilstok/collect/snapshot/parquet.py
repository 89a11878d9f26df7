"""A table as a Parquet file: one row group, plain encoding, no compression, so that the bytes follow from the values.

The smallest part of the format that every reader knows (github.com/apache/parquet-format: README, parquet.thrift,
Encodings.md): optional columns of UTF8, INT64 and DOUBLE. Why it is written here and not by pyarrow is told in
docs/decisions/0013. Tests read it back with pyarrow and with DuckDB.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from peilstok.collect.snapshot.tables import Cell, Column, Kind, Table

MAGIC: Final = b"PAR1"
WRITER: Final = b"peilstok"

# of parquet.thrift: Type, ConvertedType, Repetition, Encoding, PageType, CompressionCodec
_INT64, _DOUBLE, _BYTE_ARRAY = 2, 5, 6
_UTF8, _OPTIONAL, _PLAIN, _RLE, _DATA_PAGE, _UNCOMPRESSED = 0, 1, 0, 3, 0, 0
_TYPES: Final = {Kind.TEXT: _BYTE_ARRAY, Kind.WHOLE: _INT64, Kind.NUMBER: _DOUBLE}

# of Thrift's compact protocol: the types of fields
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12


def to_parquet(table: Table) -> bytes:
    """The whole file."""
    out, chunks = bytearray(MAGIC), list[bytes]()
    for column in table.columns:
        page = _page(column)
        chunks.append(_chunk(column, offset=len(out), size=len(page)))
        out += page
    group = _struct((1, _LIST, _list(_STRUCT, chunks)), (2, _I64, len(out) - 4), (3, _I64, table.rows))
    footer = _struct(
        (1, _I32, 2),
        (2, _LIST, _list(_STRUCT, [_root(table), *map(_schema, table.columns)])),
        (3, _I64, table.rows),
        (4, _LIST, _list(_STRUCT, [group])),
        (6, _BINARY, WRITER),
    )
    return bytes(out) + footer + struct.pack("<I", len(footer)) + MAGIC


def _root(table: Table) -> bytes:
    return _struct((4, _BINARY, b"schema"), (5, _I32, len(table.columns)))


def _schema(column: Column) -> bytes:
    fields: list[tuple[int, int, int | bytes]] = [(1, _I32, _TYPES[column.kind]), (3, _I32, _OPTIONAL)]
    fields.append((4, _BINARY, column.name.encode()))
    return _struct(*fields, *([(6, _I32, _UTF8)] if column.kind is Kind.TEXT else []))


def _chunk(column: Column, *, offset: int, size: int) -> bytes:
    meta = _struct(
        (1, _I32, _TYPES[column.kind]),
        (2, _LIST, _list(_I32, [_integer(_PLAIN), _integer(_RLE)])),
        (3, _LIST, _list(_BINARY, [_binary(column.name.encode())])),
        (4, _I32, _UNCOMPRESSED),
        (5, _I64, len(column.cells)),
        (6, _I64, size),
        (7, _I64, size),
        (9, _I64, offset),
    )
    return _struct((2, _I64, offset), (3, _STRUCT, meta))


def _page(column: Column) -> bytes:
    """The header, which cells have a value, and the values."""
    levels = _levels(column.cells)
    values = b"".join(_value(column.kind, cell) for cell in column.cells if cell is not None)
    data = struct.pack("<I", len(levels)) + levels + values
    head = _struct((1, _I32, len(column.cells)), (2, _I32, _PLAIN), (3, _I32, _RLE), (4, _I32, _RLE))
    return _struct((1, _I32, _DATA_PAGE), (2, _I32, len(data)), (3, _I32, len(data)), (5, _STRUCT, head)) + data


def _levels(cells: Sequence[Cell]) -> bytes:
    """Runs of ones (a value) and noughts (none), each as its length, shifted, and the value."""
    runs = ((there, sum(1 for _ in run)) for there, run in groupby(cell is not None for cell in cells))
    return b"".join(_varint(length << 1) + bytes([there]) for there, length in runs)


def _value(kind: Kind, cell: Cell) -> bytes:
    if kind is Kind.TEXT:
        text = str(cell).encode()
        return struct.pack("<I", len(text)) + text
    return struct.pack("<q" if kind is Kind.WHOLE else "<d", cell)


def _struct(*fields: tuple[int, int, int | bytes]) -> bytes:
    """Fields in the order of their numbers; numbers, texts, or what is encoded already."""
    out, before = bytearray(), 0
    for number, kind, value in fields:
        out.append((number - before) << 4 | kind)
        before = number
        if isinstance(value, int):
            out += _integer(value)
        else:
            out += _binary(value) if kind == _BINARY else value
    return bytes(out) + b"\0"


def _list(kind: int, members: Sequence[bytes]) -> bytes:
    size = len(members)
    head = bytes([size << 4 | kind]) if size < 15 else bytes([0xF0 | kind]) + _varint(size)
    return head + b"".join(members)


def _binary(value: bytes) -> bytes:
    return _varint(len(value)) + value


def _integer(value: int) -> bytes:
    """Zigzag: 0, -1, 1, -2 ... become 0, 1, 2, 3."""
    return _varint((value << 1) ^ (value >> 63))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
