"""What changed in the register between two dates.

Decides which boards and sites appeared, disappeared, merged or moved, by comparing two snapshots. Plain Python.

- A board *merged* when it is gone and more than half of its sites are under one other board now. It is not counted
  as disappeared.
- A site *merged* when it is gone and exactly one site that stood at its postcode on both dates is left there; it was
  *renumbered* when exactly one new site stands there. Neither is counted as disappeared, a renumbered one not as
  appeared. These are inferences from the postcode, and are named as such.
- A site *changed boards* or *moved* (other place, postcode or municipality) under the same number; it may do both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from peilstok.register.reading import Readout
from peilstok.register.sites import name_without_one


@dataclass(frozen=True, slots=True)
class SiteState:
    """A site on one date."""

    board: str
    name: str
    place: str
    postcode: str
    municipality: str
    rmc: str | None
    pupils: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The register on a date: names of boards by number, sites by BRIN and location (`16AH00`)."""

    on: date
    boards: Mapping[str, str]
    sites: Mapping[str, SiteState]


@dataclass(frozen=True, slots=True, order=True)
class BoardChange:
    number: str
    name: str
    sites: int


@dataclass(frozen=True, slots=True, order=True)
class BoardMerger:
    """`sites` of the board's `of` former sites are under board `into`, which `is_new` if it was not there before."""

    number: str
    name: str
    into: str
    into_name: str
    sites: int
    of: int
    is_new: bool


@dataclass(frozen=True, slots=True, order=True)
class SiteChange:
    site: str
    name: str
    board: str
    pupils: int


@dataclass(frozen=True, slots=True, order=True)
class SiteSuccession:
    """A site that is gone, and the site that stands at its postcode now."""

    site: str
    name: str
    into: str
    into_name: str
    postcode: str


@dataclass(frozen=True, slots=True, order=True)
class SiteTransfer:
    """A site that went from one board to another."""

    site: str
    name: str
    from_board: str
    to_board: str


@dataclass(frozen=True, slots=True, order=True)
class SiteMove:
    """A site that is in another place: place, postcode and municipality on both dates."""

    site: str
    name: str
    from_place: str
    to_place: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All differences between two dates, each list ordered by number. `altered` counts sites that only differ in
    name, region or number of pupils; `renamed` boards that differ in name."""

    old: date
    new: date
    boards_appeared: tuple[BoardChange, ...]
    boards_disappeared: tuple[BoardChange, ...]
    boards_merged: tuple[BoardMerger, ...]
    boards_renamed: tuple[BoardChange, ...]
    sites_appeared: tuple[SiteChange, ...]
    sites_disappeared: tuple[SiteChange, ...]
    sites_merged: tuple[SiteSuccession, ...]
    sites_renumbered: tuple[SiteSuccession, ...]
    sites_changed_boards: tuple[SiteTransfer, ...]
    sites_moved: tuple[SiteMove, ...]
    sites_altered: int

    def in_words(self) -> str:
        """One line: the lists that are not empty, with their lengths."""
        lists = ((field.name, getattr(self, field.name)) for field in fields(self) if field.name not in {"old", "new"})
        counts = ((name, one if isinstance(one, int) else len(one)) for name, one in lists)
        words = (f"{name.replace('_', ' ')}: {count:,}" for name, count in counts if count)
        return ", ".join(words) or "only the names of regions differ"


def of_readout(readout: Readout) -> Snapshot:
    """What was read from files, to be compared with a frame."""
    return Snapshot(
        on=readout.on,
        boards={board.number: board.name for board in readout.boards},
        sites={
            site.brin + site.location: SiteState(
                site.board, site.name, site.place, site.postcode, site.municipality, site.rmc, site.pupils
            )
            for site in readout.sites
        },
    )


def between(old: Snapshot, new: Snapshot) -> Changes:
    """What differs in `new`."""
    merged = tuple(sorted(_mergers(old, new)))
    successions, renumbered = _successions(old, new)
    both = old.sites.keys() & new.sites.keys()
    gone = old.boards.keys() - new.boards.keys() - {one.number for one in merged}
    lost = old.sites.keys() - new.sites.keys() - {one.site for one in (*successions, *renumbered)}
    found = new.sites.keys() - old.sites.keys() - {one.into for one in renumbered}
    transfers, moves = _transfers(old, new, both), _moves(old, new, both)
    touched = {one.site for one in transfers} | {one.site for one in moves}
    return Changes(
        old=old.on,
        new=new.on,
        boards_appeared=_boards(new, new.boards.keys() - old.boards.keys()),
        boards_disappeared=_boards(old, gone),
        boards_merged=merged,
        boards_renamed=_boards(new, _renamed(old, new)),
        sites_appeared=_sites(new, found),
        sites_disappeared=_sites(old, lost),
        sites_merged=successions,
        sites_renumbered=renumbered,
        sites_changed_boards=transfers,
        sites_moved=moves,
        sites_altered=sum(old.sites[one] != new.sites[one] for one in both - touched),
    )


def _renamed(old: Snapshot, new: Snapshot) -> set[str]:
    """Boards with another published name. A name made of the number, for want of a published one, is none."""
    changed = {number for number in old.boards.keys() & new.boards.keys() if old.boards[number] != new.boards[number]}
    return {n for n in changed if name_without_one(n) not in (old.boards[n], new.boards[n])}


def _boards(snapshot: Snapshot, numbers: Iterable[str]) -> tuple[BoardChange, ...]:
    sites = Counter(site.board for site in snapshot.sites.values())
    return tuple(sorted(BoardChange(number, snapshot.boards[number], sites[number]) for number in numbers))


def _sites(snapshot: Snapshot, keys: Iterable[str]) -> tuple[SiteChange, ...]:
    states = ((key, snapshot.sites[key]) for key in keys)
    return tuple(sorted(SiteChange(key, state.name, state.board, state.pupils) for key, state in states))


def _mergers(old: Snapshot, new: Snapshot) -> Iterable[BoardMerger]:
    """Also a board that went on under a new number as a whole: `is_new` tells these apart."""
    former: dict[str, list[str]] = defaultdict(list)
    for key, state in old.sites.items():
        if state.board not in new.boards:
            former[state.board].append(key)
    for number, keys in former.items():
        heirs = Counter(new.sites[key].board for key in keys if key in new.sites)
        for into, count in heirs.items():
            if 2 * count > len(keys):
                is_new = into not in old.boards
                yield BoardMerger(number, old.boards[number], into, new.boards[into], count, len(keys), is_new)


def _successions(old: Snapshot, new: Snapshot) -> tuple[tuple[SiteSuccession, ...], tuple[SiteSuccession, ...]]:
    """Sites that merged into one that was there, and sites that got another number."""
    stayed, came = _at_postcode(old, new, stay=True), _at_postcode(old, new, stay=False)
    merged: list[SiteSuccession] = []
    renumbered: list[SiteSuccession] = []
    for key in old.sites.keys() - new.sites.keys():
        postcode = old.sites[key].postcode
        heirs = (stayed.get(postcode, []), came.get(postcode, [])) if postcode else ([], [])
        if len(heirs[0]) + len(heirs[1]) == 1:
            (into,) = heirs[0] + heirs[1]
            succession = SiteSuccession(key, old.sites[key].name, into, new.sites[into].name, postcode)
            (merged if heirs[0] else renumbered).append(succession)
    alone = Counter(one.into for one in renumbered)  # two that became one new site did not just change number
    merged += [one for one in renumbered if alone[one.into] > 1]
    return tuple(sorted(merged)), tuple(sorted(one for one in renumbered if alone[one.into] == 1))


def _at_postcode(old: Snapshot, new: Snapshot, *, stay: bool) -> dict[str, list[str]]:
    """Sites of the new date by postcode: those that were there before, or those that were not."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, state in new.sites.items():
        stayed = key in old.sites and old.sites[key].postcode == state.postcode
        if state.postcode and (stayed if stay else key not in old.sites):
            found[state.postcode].append(key)
    return found


def _transfers(old: Snapshot, new: Snapshot, both: Iterable[str]) -> tuple[SiteTransfer, ...]:
    return tuple(
        SiteTransfer(key, new.sites[key].name, old.sites[key].board, new.sites[key].board)
        for key in sorted(both)
        if old.sites[key].board != new.sites[key].board
    )


def _moves(old: Snapshot, new: Snapshot, both: Iterable[str]) -> tuple[SiteMove, ...]:
    return tuple(
        SiteMove(key, new.sites[key].name, _address(old.sites[key]), _address(new.sites[key]))
        for key in sorted(both)
        if _address(old.sites[key]) != _address(new.sites[key])
    )


def _address(state: SiteState) -> str:
    return " ".join(part for part in (state.postcode, state.place, f"({state.municipality})") if part)
