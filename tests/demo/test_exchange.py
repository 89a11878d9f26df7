"""The demo's frame against the real one: totals kept, no board to be recognised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from peilstok.demo.exchange import Row, exchange, size_class
from tests.demo import real_register


def pupils_by(rows: Sequence[Row], key: Callable[[Row], Hashable]) -> Counter[Hashable]:
    counts: Counter[Hashable] = Counter()
    for row in rows:
        counts[key(row)] += row.pupils
    return counts


def schools_by_board(rows: Sequence[Row]) -> Counter[str]:
    return Counter(board for board, _ in {(row.board, row.brin) for row in rows})


def test_the_totals_of_the_register_are_kept(demo: Sequence[Row]) -> None:
    # the numbers of issue 3, counted by DUO's file
    assert len({row.board for row in demo}) == 971
    assert len({row.brin for row in demo}) == 6_706
    assert len({(row.brin, row.location) for row in demo}) == 7_137
    assert pupils_by(demo, lambda row: row.sector) == {"bo": 1_396_457, "vso": 37_753, "sbo": 35_733, "so": 32_069}
    assert len({row.municipality for row in demo}) == 355
    assert len({row.rmc for row in demo}) == 39


def test_410_boards_have_one_school(demo: Sequence[Row]) -> None:
    assert sum(schools == 1 for schools in schools_by_board(demo).values()) == 410


def test_as_many_boards_have_special_schools(real: Sequence[Row], demo: Sequence[Row]) -> None:
    def boards(rows: Sequence[Row]) -> int:
        return len({row.board for row in rows if row.sector in {"so", "vso"}})

    assert boards(demo) == boards(real)


def test_pupils_of_a_sector_stay_in_their_region(real: Sequence[Row], demo: Sequence[Row]) -> None:
    assert pupils_by(demo, lambda row: (row.rmc, row.sector)) == pupils_by(real, lambda row: (row.rmc, row.sector))


def test_sites_stay_in_their_municipality(real: Sequence[Row], demo: Sequence[Row]) -> None:
    def sites(rows: Sequence[Row]) -> Counter[tuple[str, str]]:
        return Counter((row.municipality, row.sector) for row in rows)

    assert sites(demo) == sites(real)


def test_no_board_has_the_pupils_of_a_real_board(real: Sequence[Row], demo: Sequence[Row]) -> None:
    sizes = set(pupils_by(real, lambda row: row.board).values())
    assert not sizes & set(pupils_by(demo, lambda row: row.board).values())


def test_no_board_has_the_sites_of_a_real_board(real: Sequence[Row], demo: Sequence[Row]) -> None:
    def sites(rows: Sequence[Row]) -> set[tuple[int, ...]]:
        own: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            own[row.board].append(row.pupils)
        return {tuple(sorted(pupils)) for pupils in own.values()}

    assert not sites(real) & sites(demo)


def test_every_site_has_a_pupil(demo: Sequence[Row]) -> None:
    assert min(row.pupils for row in demo) >= 1


def test_the_size_classes_keep_about_their_boards(real: Sequence[Row], demo: Sequence[Row]) -> None:
    def classes(rows: Sequence[Row]) -> Counter[int]:
        return Counter(map(size_class, pupils_by(rows, lambda row: row.board).values()))

    assert all(abs(classes(demo)[each] - count) <= 20 for each, count in classes(real).items())


def test_no_number_or_name_is_a_real_one(demo: Sequence[Row]) -> None:
    files = [
        real_register.table(real_register.SITES),
        real_register.table(real_register.REGIONS),
        real_register.table(real_register.NAMES, "utf-8"),
    ]
    real = {value.strip().casefold() for table in files for row in table for value in row.values() if value}
    invented = {text.casefold() for row in demo for text in (row.board, row.board_name, row.brin, row.name)}
    assert not invented & real


def test_every_board_has_a_name_of_its_own(demo: Sequence[Row]) -> None:
    names = {row.board: row.board_name for row in demo}
    assert len(set(names.values())) == 971
    assert all(name.startswith("Voorbeeldbestuur ") for name in names.values())


def test_the_same_seed_gives_the_same_frame(real: Sequence[Row], demo: Sequence[Row]) -> None:
    assert exchange(real, np.random.default_rng(7)) == demo
    assert exchange(real, np.random.default_rng(6)) != demo
