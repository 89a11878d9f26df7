"""The tables of a snapshot: what the boards answered in time, what the frame knows of them, and how each board ended.

answers   a row for each board that answered: the sample, with all that estimation needs beside the answers
frame     a row for each board of the frame: how it ended, and what the register knows; those out of scope too
entries   of the items of a block, what was said of each school or site
texts     what boards wrote in their own words; kept apart, as it may be about people

Boards stand under their number in the register, in its order; names, addresses and links are in none of them. A value
that is not there is an empty cell, and why stands in the column beside it (`in_care.NA`). Late answers are not there.
Columns in capitals are ours, the others are called as the questions are, which have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from peilstok import questionnaire as questions
from peilstok.collect import asked, content, counting, dispositions
from peilstok.collect.asked import Asked
from peilstok.collect.dispositions import Code
from peilstok.collect.models import Wave
from peilstok.collect.snapshot.tables import Cell, Column, Kind, Table
from peilstok.estimate import Plan
from peilstok.estimate.weights import Cell as WeightingCell
from peilstok.estimate.weights import post_stratify
from peilstok.questionnaire import Item, ItemType, Questionnaire
from peilstok.register import frames
from peilstok.terms import ItemName, Missing, RegisterRow, UnitId, Value

REGISTER: Final = ("pupils", "pupils_bo", "pupils_sbo", "pupils_so", "pupils_vso", "schools", "sites", "region")
TOLD: Final = ("BOARD", "ENTRY", "ITEM", "VALUE", "MISSING")
WORDY: Final = frozenset({ItemType.TEXT, ItemType.LONG_TEXT, ItemType.EMAIL, ItemType.PHONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One board's answers that count, and the revision that they stand in."""

    number: UnitId
    values: Mapping[ItemName, Value]
    revision: int
    channel: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the tables are made from."""

    questionnaire: Questionnaire
    plan: Plan | None
    frame: tuple[RegisterRow, ...]  # every board, those that turned out to be out of scope too
    boards: tuple[Asked, ...]
    codes: Mapping[UnitId, Code]
    answered: tuple[Answered, ...]

    @property
    def population(self) -> tuple[RegisterRow, ...]:
        """The boards that the figures are about: those in scope."""
        numbers = {each.number for each in asked.in_scope(self.boards)}
        return tuple(row for row in self.frame if row["number"] in numbers)

    @property
    def cells(self) -> tuple[WeightingCell, ...]:
        """The cells of the plan's weighting, joined as the figures have them; none without weighting or answers."""
        if self.plan is None or self.plan.weighting is None or not self.answered:
            return ()
        sizes = {str(row["number"]): _whole(row["pupils"]) or 0 for row in self.population}
        return post_stratify(
            frame=[*sizes.values()],
            respondents=[sizes[each.number] for each in self.answered],
            bounds=self.plan.weighting.bounds,
            at_least=self.plan.weighting.at_least,
            before=np.ones(len(self.answered)),
        ).cells


def source(wave: Wave) -> Source:
    """As it stands in the database, in the order of the boards' numbers by their bytes, whatever collation it has."""
    return Source(
        questionnaire=content.of(wave).questionnaire,
        plan=content.plan_of(wave),
        frame=tuple(sorted(frames.rows(wave.frame), key=lambda row: str(row["number"]))),
        boards=tuple(sorted(asked.boards(wave), key=lambda each: each.number)),
        codes=dispositions.of_wave(wave),
        answered=tuple(_answered(wave)),
    )


def _answered(wave: Wave) -> Iterator[Answered]:
    questionnaire = content.of(wave).questionnaire
    number = "invitation__unit__organisation__number"
    rows = counting.counting(wave).values_list(number, "counted", "sums", "number", "channel", "confirmed_at")
    for board, counted, said, revision, channel, confirmed_at in sorted(rows, key=lambda row: str(row[0])):
        yield Answered(
            number=UnitId(board),
            values=counting.as_counted(questionnaire, counted, said),
            revision=revision,
            channel=channel,
            confirmed_at=confirmed_at,
        )


def tables(source: Source) -> tuple[Table, ...]:
    """Those that have something in them, `answers` first."""
    made = [Table("answers", tuple(_answer_columns(source))), Table("frame", tuple(_frame_columns(source)))]
    return (*made, *(table for table in (_entries(source), _texts(source)) if table.rows))


def _frame_columns(source: Source) -> Iterator[Column]:
    rows = {str(row["number"]): row for row in source.frame}
    boards = [each for each in source.boards if each.number in rows]
    yield _texts_of("BOARD", [each.number for each in boards])
    yield _texts_of("OUTCOME", [str(each.outcome) for each in boards])
    yield _texts_of("DISPOSITION", [str(source.codes[each.number]) for each in boards])
    yield from _register_columns([rows[each.number] for each in boards])
    yield from _cell_columns(source, [each.pupils if each.in_scope else None for each in boards])


def _answer_columns(source: Source) -> Iterator[Column]:
    rows, outcomes = (
        {str(row["number"]): row for row in source.frame},
        {each.number: each.outcome for each in source.boards},
    )
    mine = [rows[each.number] for each in source.answered]
    yield _texts_of("BOARD", [each.number for each in source.answered])
    yield _texts_of("OUTCOME", [str(outcomes[each.number]) for each in source.answered])
    yield _texts_of("DISPOSITION", [str(source.codes[each.number]) for each in source.answered])
    yield _texts_of("CHANNEL", [each.channel for each in source.answered])
    yield Column("REVISION", Kind.WHOLE, tuple(each.revision for each in source.answered))
    yield _texts_of("CONFIRMED_AT", [_moment(each.confirmed_at) for each in source.answered])
    yield from _register_columns(mine)
    boards = len(source.population)
    yield Column("BOARDS", Kind.WHOLE, (boards,) * len(mine))
    weight = boards / len(mine) if mine else 0.0
    yield Column("WEIGHT", Kind.NUMBER, (weight,) * len(mine))
    yield from _cell_columns(source, [_whole(row["pupils"]) or 0 for row in mine], weights=True)
    in_blocks = {item.name for page in source.questionnaire.pages if page.block for item in page.items}
    for item in source.questionnaire.items.values():
        if item.type.asks and item.type not in WORDY and (item.name not in in_blocks or item.type.numeric):
            yield from _item_columns(item, [each.values.get(item.name) for each in source.answered])


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _register_columns(rows: Sequence[RegisterRow]) -> Iterator[Column]:
    for name in REGISTER:
        if name == "region":
            yield _texts_of(name.upper(), [None if row[name] is None else str(row[name]) for row in rows])
        else:
            yield Column(name.upper(), Kind.WHOLE, tuple(_whole(row[name]) for row in rows))
    yield Column("HAS_SPECIAL_SCHOOL", Kind.WHOLE, tuple(int(bool(row["has_special_school"])) for row in rows))


def _cell_columns(source: Source, sizes: Sequence[int | None], *, weights: bool = False) -> Iterator[Column]:
    """The cell of weighting, how many boards in scope it has, and what a board that answered in it weighs.

    A board out of scope is in no cell: its size is None.
    """
    cells = source.cells
    if not cells:
        return
    mine = [None if size is None else cells[sum(cell.low <= size for cell in cells[1:])] for size in sizes]
    yield _texts_of("CELL", [_bounds(cell) if cell else None for cell in mine])
    yield Column("CELL_BOARDS", Kind.WHOLE, tuple(cell.boards if cell else None for cell in mine))
    if weights:
        yield Column("CELL_WEIGHT", Kind.NUMBER, tuple(float(cell.weight) if cell else None for cell in mine))


def _bounds(cell: WeightingCell) -> str:
    return f"{cell.low} up" if cell.high is None else f"{cell.low} to {cell.high}"


def _item_columns(item: Item, values: Sequence[Value | None]) -> Iterator[Column]:
    """What was said, and where nothing was, why. Of several answers a column for each option, 1 where it was chosen."""
    said = [None if value is None or isinstance(value, Missing) else value for value in values]
    if item.type is ItemType.CHOICES:
        for option in item.option_names:
            cells = tuple(
                None if each is None else int(isinstance(each, frozenset) and option in each) for each in said
            )
            yield Column(f"{item.name}.{option}", Kind.WHOLE, cells)
    elif item.type.numeric:
        kind = Kind.WHOLE if item.type is ItemType.NUMBER else Kind.NUMBER
        yield Column(item.name, kind, tuple(_number(each, kind) for each in said))
    else:
        yield _texts_of(item.name, [None if each is None else str(each) for each in said])
    why = [str(value) if isinstance(value, Missing) else None for value in values]
    yield _texts_of(
        f"{item.name}.NA",
        [str(Missing.NOT_ANSWERED) if v is None else w for v, w in zip(values, why, strict=True)],
    )


def _number(value: Value | None, kind: Kind) -> Cell:
    if not isinstance(value, int | float):
        return None
    return int(value) if kind is Kind.WHOLE else float(value)


def _entries(source: Source) -> Table:
    """Of each board, item and entry of a block one row."""
    rows = [
        (each.number, entry, written, *_shown(value))
        for each in source.answered
        for name, value in sorted(each.values.items())
        for written, entry in (questions.item_of(name),)
        if entry and source.questionnaire.items[written].type not in WORDY
    ]
    return _of_rows("entries", TOLD, rows)


def _texts(source: Source) -> Table:
    rows = [
        (each.number, entry, written, *_shown(value))
        for each in source.answered
        for name, value in sorted(each.values.items())
        for written, entry in (questions.item_of(name),)
        if source.questionnaire.items[written].type in WORDY and not isinstance(value, Missing)
    ]
    return _of_rows("texts", TOLD, rows)


def _shown(value: Value) -> tuple[str | None, str | None]:
    """A value as a text, or why there is none."""
    if isinstance(value, Missing):
        return None, str(value)
    if isinstance(value, frozenset):
        return " ".join(sorted(value)) or None, None
    return (str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)) or None, None


def _of_rows(name: str, head: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in head)
    return Table(name, tuple(_texts_of(each, [*cells]) for each, cells in zip(head, columns, strict=True)))


def _texts_of(name: str, cells: Sequence[str | None]) -> Column:
    return Column(name, Kind.TEXT, tuple(cells))


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
