"""A register's rows by board, counted from the rows by site: the tests' own, beside `peilstok.register`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from peilstok.demo.exchange import Row
from peilstok.terms import RegisterRow


def register_rows(rows: Sequence[Row]) -> tuple[RegisterRow, ...]:
    ordered = sorted(rows, key=lambda row: row.board)
    return tuple(_board(number, list(own)) for number, own in groupby(ordered, key=lambda row: row.board))


def _board(number: str, own: list[Row]) -> RegisterRow:
    by_region: Counter[str] = Counter()
    by_sector: Counter[str] = Counter()
    for row in own:
        by_region[row.rmc] += row.pupils
        by_sector[row.sector] += row.pupils
    return {
        "number": number,
        "name": own[0].board_name,
        "pupils": by_sector.total(),
        **{f"pupils_{sector}": by_sector.get(sector) for sector in ("bo", "sbo", "so", "vso")},
        "schools": len({row.brin for row in own}),
        "sites": len({(row.brin, row.location) for row in own}),
        "region": by_region.most_common(1)[0][0],
        "has_special_school": bool(by_sector.keys() & {"so", "vso"}),
    }
