"""The demo's frame: the real register of a date with its boards made unrecognisable and its totals kept.

Decided here: which school goes to which invented board, and how many pupils each site then has. Three steps, each
from the same generator of random numbers (`docs/demo-2020.md` says why each is needed):

1. *exchange*: schools of the same kind (regular, special ...) and about the same size change places between boards of
   the same region and size class. Every board keeps its number of schools of each kind.
2. *shift*: pupils move between sites of the same region and sector that belong to different boards, at most a
   twelfth of the smaller site at a time. A board with one school would otherwise keep the size of a real one.
3. *clear*: boards whose number of pupils is still that of some real board shift a little more, until none is.

Kept: boards, schools, sites, municipalities, pupils by sector, schools by board, boards with one school, boards with
(v)so. Not decided here: files (`duo.py`), names (`names.py`), who answers (`choice.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from peilstok.demo import names

SIZE_CLASSES: Final = (200, 500, 1500, 4000)
"""Lower bounds of the size classes of boards, in pupils; below the first is a class too."""
RUN: Final = 8
"""Schools change places within runs of this many of about the same size."""
SHARE_MOVED: Final = 12
"""At most one pupil in so many of the smaller site moves at a time."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of DUO's file of sites: one sector at one site. `rmc` and `corop` are regions of its municipality."""

    board: str
    board_name: str
    brin: str
    location: str
    name: str
    sector: str
    pupils: int
    denomination: str
    municipality: str
    municipality_name: str
    province: str
    rmc: str
    rmc_name: str
    corop: str
    corop_name: str


def exchange(rows: Sequence[Row], rng: np.random.Generator) -> tuple[Row, ...]:
    """The demo's rows, ordered by board, school and site; as many as there were."""
    owner = _exchange_schools(rows, rng)
    pupils = _shift(rows, owner, rng)
    _clear(rows, owner, pupils, rng)
    return _renamed(rows, owner, pupils, rng)


def size_class(pupils: int) -> int:
    """0 for the smallest boards, 4 for the largest."""
    return sum(pupils >= bound for bound in SIZE_CLASSES)


def board_pupils(rows: Iterable[Row]) -> dict[str, int]:
    return _totals(rows, key=lambda row: row.board)


@dataclass(frozen=True, slots=True)
class _School:
    brin: str
    board: str
    kind: tuple[str, ...]  # its sectors
    pupils: int
    region: str
    province: str


def _schools(rows: Sequence[Row]) -> list[_School]:
    """Schools in the order of their BRIN numbers; region and province are those of the most pupils."""
    of_school: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_school[row.brin].append(row)
    return [
        _School(
            brin=brin,
            board=own[0].board,
            kind=tuple(sorted({row.sector for row in own})),
            pupils=sum(row.pupils for row in own),
            region=_main(own, lambda row: row.rmc),
            province=_main(own, lambda row: row.province),
        )
        for brin, own in sorted(of_school.items())
    ]


def _main(rows: Sequence[Row], key: Callable[[Row], str]) -> str:
    totals = _totals(rows, key)
    return max(sorted(totals), key=totals.__getitem__)


def _totals(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for row in rows:
        totals[key(row)] += row.pupils
    return dict(totals)


def _exchange_schools(rows: Sequence[Row], rng: np.random.Generator) -> dict[str, str]:
    """BRIN number -> the (real) board whose place it takes.

    Schools whose board has no neighbour of its size class in the region look for one in the province, then for one of
    another class; the last few of a rare kind change places with any board in the country that has such a school.
    """
    classes = {board: size_class(pupils) for board, pupils in board_pupils(rows).items()}
    keys: tuple[Callable[[_School], Hashable], ...] = (
        lambda school: (school.kind, classes[school.board], school.region),
        lambda school: (school.kind, classes[school.board], school.province),
        lambda school: (school.kind, school.province),
        lambda school: (school.kind, classes[school.board]),
        lambda school: school.kind,
    )
    owner: dict[str, str] = {}
    waiting = _schools(rows)
    for key in keys:
        groups: dict[Hashable, list[_School]] = defaultdict(list)
        for school in waiting:
            groups[key(school)].append(school)
        waiting = []
        for group in groups.values():
            if len({school.board for school in group}) > 1:
                owner |= _permuted(group, rng)
            else:
                waiting += group
    return owner | {school.brin: school.board for school in waiting}


def _permuted(group: Sequence[_School], rng: np.random.Generator) -> dict[str, str]:
    ordered = sorted(group, key=lambda school: (school.pupils, school.brin))
    owner: dict[str, str] = {}
    for start in range(0, len(ordered), RUN):
        run = ordered[start : start + RUN]
        places = rng.permutation(len(run))
        owner |= {school.brin: run[place].board for school, place in zip(run, places, strict=True)}
    return owner


def _shift(rows: Sequence[Row], owner: Mapping[str, str], rng: np.random.Generator) -> list[int]:
    """Pupils for each row after moving some between sites of the same region and sector but different boards."""
    pupils = [row.pupils for row in rows]
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        groups[row.rmc, row.sector].append(place)
    for group in groups.values():
        shuffled = [group[place] for place in rng.permutation(len(group))]
        for giver, taker in pairwise([*shuffled, shuffled[0]]):
            if owner[rows[giver].brin] != owner[rows[taker].brin]:
                most = min(pupils[giver] - 1, max(1, min(pupils[giver], pupils[taker]) // SHARE_MOVED))
                moved = int(rng.integers(0, most, endpoint=True))
                pupils[giver] -= moved
                pupils[taker] += moved
    return pupils


def _clear(rows: Sequence[Row], owner: Mapping[str, str], pupils: list[int], rng: np.random.Generator) -> None:
    """Change `pupils` until no board has the number of pupils of any real board."""
    books = _Books(rows, owner, pupils)
    taken = set(board_pupils(rows).values())
    for board in sorted(books.totals):
        if books.totals[board] in taken:
            here, there, moved = next(books.ways_out(board, taken, rng))
            books.move(here, there, moved)


class _Books:
    """Pupils by row and by board while the last ones move."""

    def __init__(self, rows: Sequence[Row], owner: Mapping[str, str], pupils: list[int]) -> None:
        self.boards = [owner[row.brin] for row in rows]
        self.pupils = pupils
        self.totals: dict[str, int] = defaultdict(int)
        self.places: dict[str, list[int]] = defaultdict(list)  # of a board
        self.near: tuple[dict[tuple[str, str], list[int]], ...] = (defaultdict(list), defaultdict(list))
        self.areas = [((row.sector, row.rmc), (row.sector, row.province)) for row in rows]
        for place, board in enumerate(self.boards):
            self.totals[board] += pupils[place]
            self.places[board].append(place)
            for level, area in enumerate(self.areas[place]):
                self.near[level][area].append(place)

    def move(self, here: int, there: int, moved: int) -> None:
        for place, step in ((here, moved), (there, -moved)):
            self.pupils[place] += step
            self.totals[self.boards[place]] += step

    def ways_out(self, board: str, taken: set[int], rng: np.random.Generator) -> Iterator[tuple[int, int, int]]:
        """Moves that free this board and leave or make the other one free: the region first, then the fewest pupils."""
        own = self.places[board]
        for level in (0, 1):
            for moved in range(1, 100):
                for here in (own[place] for place in rng.permutation(len(own))):
                    others = self.near[level][self.areas[here][level]]
                    start = int(rng.integers(len(others)))
                    for there in (*others[start:], *others[:start]):
                        for step in (moved, -moved):
                            if self._frees(board, here, there, step, taken):
                                yield here, there, step

    def _frees(self, board: str, here: int, there: int, step: int, taken: set[int]) -> bool:
        other = self.boards[there]
        return (
            other != board
            and self.pupils[here] + step > 0
            and self.pupils[there] - step > 0
            and self.totals[board] + step not in taken
            and self.totals[other] - step not in taken
        )


def _renamed(
    rows: Sequence[Row], owner: Mapping[str, str], pupils: Sequence[int], rng: np.random.Generator
) -> tuple[Row, ...]:
    """Invented numbers and names, in an order that does not give the real ones away; denominations mixed by kind."""
    boards = sorted(set(owner.values()))
    place_of = {boards[old]: new for new, old in enumerate(rng.permutation(len(boards)))}
    compound = names.compounds(rng)
    schools = sorted(owner, key=lambda brin: (place_of[owner[brin]], brin))
    order = [schools[place] for place in rng.permutation(len(schools))]
    order.sort(key=lambda brin: place_of[owner[brin]])
    new_brin = {brin: names.brin(place) for place, brin in enumerate(order)}
    nth: dict[str, int] = {}
    counts: dict[str, int] = defaultdict(int)
    for brin in order:
        counts[owner[brin]] += 1
        nth[brin] = counts[owner[brin]]
    denominations = _mixed_denominations(rows, rng)
    new = [
        replace(
            row,
            board=names.board_number(place_of[owner[row.brin]]),
            board_name=f"{names.BOARD} {compound[place_of[owner[row.brin]]]}",
            brin=new_brin[row.brin],
            name=f"{names.SCHOOL} {compound[place_of[owner[row.brin]]]} {nth[row.brin]}",
            pupils=count,
            denomination=denominations[row.brin],
        )
        for row, count in zip(rows, pupils, strict=True)
    ]
    return tuple(sorted(new, key=lambda row: (row.board, row.brin, row.location, row.sector)))


def _mixed_denominations(rows: Sequence[Row], rng: np.random.Generator) -> dict[str, str]:
    """BRIN number -> denomination, exchanged among the schools of a province."""
    found = {row.brin: (row.province, row.denomination) for row in rows}
    mixed: dict[str, str] = {}
    for province in sorted({province for province, _ in found.values()}):
        brins = sorted(brin for brin, (own, _) in found.items() if own == province)
        places = rng.permutation(len(brins))
        mixed |= {brin: found[brins[place]][1] for brin, place in zip(brins, places, strict=True)}
    return mixed
