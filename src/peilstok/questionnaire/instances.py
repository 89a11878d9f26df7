"""A questionnaire as one unit sees it: its blocks written out for every entry, values filled in where texts hold them.

Everything after this (path, checks, forms, what counts) sees plain pages and items. The page `care` of a block becomes
a page `care--s00ap` for each entry, its item `in_care` an item `in_care.s00ap`; before them comes the page on which
the list is corrected. The fingerprint is that of the questionnaire that was written, not of what it becomes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from itertools import groupby
from typing import Final

from peilstok.questionnaire.expressions import NUMBER, Expression, Kind, Node, Sort, Surroundings, nodes
from peilstok.questionnaire.model import (
    Block,
    BlockSource,
    Check,
    Context,
    Item,
    ItemType,
    Option,
    Page,
    PageEntry,
    Piped,
    Questionnaire,
    RuleCheck,
)
from peilstok.questionnaire.paths import counted
from peilstok.questionnaire.templates import Piece, Template
from peilstok.questionnaire.wording import ADDED
from peilstok.terms import BlockName, EntryKey, ItemName, Missing, RegisterRow, Value, Words

MOST_ENTRIES: Final = 300
"""So many further entries can be written down; the largest board of the register has some seventy schools."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One of a block: a school as the register has it, or what the board wrote down (then it has a name alone)."""

    key: EntryKey
    row: RegisterRow

    @property
    def label(self) -> str:
        return str(self.row.get("name") or self.key)


def instantiated(questionnaire: Questionnaire, answers: Mapping[ItemName, Value], context: Context) -> Questionnaire:
    """The questionnaire with these answers, for this unit; itself where it has neither blocks nor values in texts."""
    written = written_out(
        questionnaire, list_pages(questionnaire, context), entries_of(questionnaire, answers, context)
    )
    return filled_in(written, answers, context)


def written_out(
    questionnaire: Questionnaire, lists: Mapping[BlockName, Page], entries: Mapping[BlockName, tuple[Entry, ...]]
) -> Questionnaire:
    """The questionnaire with its blocks written out: of each the page with its list, then its pages for each entry."""
    return _WrittenOut(questionnaire, lists, entries).questionnaire() if questionnaire.blocks else questionnaire


def list_pages(questionnaire: Questionnaire, context: Context) -> dict[BlockName, Page]:
    """The page of each block on which a board says which entries there are."""
    return {block.name: _list_page(block, context) for block in questionnaire.blocks}


def entries_of(
    questionnaire: Questionnaire, lists: Mapping[ItemName, Value], context: Context
) -> dict[BlockName, tuple[Entry, ...]]:
    """The entries of each block by these answers to the lists."""
    return {block.name: _entries(block, lists, context) for block in questionnaire.blocks}


def _entries(block: Block, answers: Mapping[ItemName, Value], context: Context) -> tuple[Entry, ...]:
    """The entries that the board has: those of the register that it kept (at first all), and those it added."""
    known = tuple(Entry(key_of(row), row) for row in context.entries.get(block.of, ()))
    if block.listed in answers:
        kept = answers[block.listed]
        known = tuple(entry for entry in known if isinstance(kept, frozenset) and entry.key in kept)
    written = answers.get(block.added)
    lines = written.splitlines() if type(written) is str else []
    written_down = {_key_of_name(name): name for line in reversed(lines) if (name := " ".join(line.split()))}
    return (*known, *(Entry(key, {"name": name}) for key, name in reversed(written_down.items())))


def key_of(row: RegisterRow) -> EntryKey:
    return EntryKey(f"s{str(row['number']).lower()}")


def _key_of_name(name: str) -> EntryKey:
    """The same for the same name, in capitals or not, so that answers stay with it when another line is taken out."""
    return EntryKey("n" + sha256(name.casefold().encode()).hexdigest()[:12])


def item_of(name: ItemName) -> tuple[ItemName, EntryKey | None]:
    """The item as it was written and the entry of which it is asked: `in_care.s00ap` is `in_care` of `s00ap`."""
    written, _, key = name.partition(".")
    return ItemName(written), EntryKey(key) if key else None


def added_up(questionnaire: Questionnaire, values: Mapping[ItemName, Value]) -> dict[ItemName, Value]:
    """For every whole number or decimal of a block what its entries come to together, under its own name.

    Where an entry that was asked left it open, or does not know, nobody knows the whole: it is missing, for the same
    reason. What does not apply to an entry, or was not asked of it, adds nothing; where that is so of all, it is so of
    the whole. Counting such an entry as nothing would make every figure too low.
    """
    return {name: _together(each) for name, each in _by_item(questionnaire, values).items()}


def added_so_far(questionnaire: Questionnaire, values: Mapping[ItemName, Value]) -> dict[ItemName, int | float]:
    """The sum of those entries that have a value, to be shown; where no entry has one there is none."""
    found = {
        name: [each for each in said if isinstance(each, int | float)]
        for name, said in _by_item(questionnaire, values).items()
    }
    return {name: sum(said) for name, said in found.items() if said}


def _by_item(questionnaire: Questionnaire, values: Mapping[ItemName, Value]) -> dict[ItemName, list[Value]]:
    """What the entries said to each number of a block."""
    numeric = {item.name for page in questionnaire.pages if page.block for item in page.items if item.type.numeric}
    found: dict[ItemName, list[Value]] = {}
    for name, value in values.items():
        written, entry = item_of(name)
        if entry and written in numeric:
            found.setdefault(written, []).append(value)
    return found


_UNKNOWN: Final = (Missing.NOT_ANSWERED, Missing.DONT_KNOW)
_NOTHING: Final = (Missing.NOT_APPLICABLE, Missing.NOT_ASKED)


def _together(said: list[Value]) -> Value:
    for missing in _UNKNOWN:
        if missing in said:
            return missing
    numbers = [each for each in said if isinstance(each, int | float)]
    return sum(numbers) if numbers else next(each for each in _NOTHING if each in said)


class _WrittenOut:
    def __init__(
        self,
        questionnaire: Questionnaire,
        lists: Mapping[BlockName, Page],
        entries: Mapping[BlockName, tuple[Entry, ...]],
    ) -> None:
        self._written = questionnaire
        self._blocks = {block.name: block for block in questionnaire.blocks}
        self._lists = lists
        self._entries = entries
        self._block_of = {item.name: page.block for page in questionnaire.pages if page.block for item in page.items}

    def questionnaire(self) -> Questionnaire:
        pages = tuple(self._pages())
        checks = tuple(made for check in self._written.checks for made in self._checks(check))
        return replace(self._written, pages=pages, checks=checks, blocks=())

    def _pages(self) -> Iterator[Page]:
        for name, pages in groupby(self._written.pages, key=lambda page: page.block):
            if name is None:
                for page in pages:
                    yield replace(page, items=tuple(self._item(item, None) for item in page.items))
            else:
                yield self._lists[name]
                together = tuple(pages)
                for number, entry in enumerate(self._entries[name], start=1):
                    yield from (self._page(page, name, entry, number) for page in together)

    def _page(self, page: Page, block: BlockName, entry: Entry, number: int) -> Page:
        about = PageEntry(
            block=block,
            key=entry.key,
            label=entry.label,
            called=self._blocks[block].entry,
            number=number,
            total=len(self._entries[block]),
        )
        items = tuple(self._item(item, entry) for item in page.items)
        return replace(page, name=f"{page.name}--{entry.key}", items=items, block=None, entry=about)

    def _item(self, item: Item, entry: Entry | None) -> Item:
        return replace(
            item,
            name=_name(item.name, entry),
            when=self._expression(item.when, entry),
            prefill=self._expression(item.prefill, entry),
            percent_of=self._expression(item.percent_of, entry),
            piped=self._piped(item.piped, entry),
        )

    def _checks(self, check: Check) -> Iterator[Check]:
        """Once for every entry where it stands at an item of a block, else once."""
        block = self._block_of.get(check.at)
        for entry in self._entries[block] if block else (None,):
            name = f"{check.name}.{entry.key}" if entry else check.name
            at = _name(check.at, entry)
            if isinstance(check, RuleCheck):
                rule, message = self._expression(check.rule, entry), self._template(check.message, entry)
                assert rule is not None
                yield replace(check, name=name, at=at, rule=rule, message=message)
            else:
                parts = tuple(each for part in check.parts for each in self._all(part, entry))
                yield replace(check, name=name, at=at, parts=parts, total=_name(check.total, entry))

    def _all(self, part: ItemName, entry: Entry | None) -> tuple[ItemName, ...]:
        """A part of a sum: that of the entry, or from outside its block that of each entry."""
        block = self._block_of.get(part)
        if entry is not None or block is None:
            return (_name(part, entry if block else None),)
        return tuple(_name(part, each) for each in self._entries[block])

    def _expression(self, expression: Expression | None, entry: Entry | None) -> Expression | None:
        return None if expression is None else Expression(expression.source, self._node(expression.node, entry))

    def _node(self, node: Node, entry: Entry | None) -> Node:
        match node:
            case nodes.ItemValue() | nodes.PreviousValue() if node.name in self._block_of and entry is not None:
                return replace(node, name=f"{node.name}.{entry.key}")
            case nodes.EntryValue():
                return _constant(node, entry)
        return nodes.rebuilt(node, lambda child: self._under(child, entry))

    def _under(self, node: Node, entry: Entry | None) -> Node | tuple[Node, ...]:
        if not isinstance(node, nodes.EachEntry):
            return self._node(node, entry)
        parts = tuple(self._node(node.of, each) for each in self._entries[BlockName(node.block)])
        return parts or _of_none(node)

    def _template(self, template: Template, entry: Entry | None) -> Template:
        def pieces(found: Iterable[Piece]) -> tuple[Piece, ...]:
            return tuple(
                Expression(piece.source, self._node(piece.node, entry)) if isinstance(piece, Expression) else piece
                for piece in found
            )

        return replace(template, nl=pieces(template.nl), en=pieces(template.en))

    def _piped(self, piped: Piped | None, entry: Entry | None) -> Piped | None:
        if piped is None:
            return None
        hint = self._template(piped.hint, entry) if piped.hint else None
        return Piped(text=self._template(piped.text, entry), hint=hint)


def _name(name: ItemName, entry: Entry | None) -> ItemName:
    return ItemName(f"{name}.{entry.key}") if entry else name


def _of_none(node: nodes.EachEntry) -> Node:
    """What a block without entries is as a part: nothing in a sum, no condition that is true in a count."""
    return nodes.Number(Fraction(0)) if node.kind == NUMBER else nodes.Truth(False)


def _constant(node: nodes.EntryValue, entry: Entry | None) -> Node:
    value = entry.row.get(node.name) if entry else None
    if isinstance(value, bool) or value is None or value == "":
        return nodes.Unknown(node.kind)
    return nodes.Number(Fraction(value)) if isinstance(value, int) else nodes.Text(str(value))


def _list_page(block: Block, context: Context) -> Page:
    """Where the board says which entries there are; those of the register are ticked at first."""
    rows = context.entries.get(block.of, ())
    items: list[Item] = []
    if rows:
        options = tuple(Option(name=key_of(row), text=_label(row, rows)) for row in rows)
        all_of_them = frozenset(option.name for option in options)
        kind = Kind(Sort.SET, tuple(option.name for option in options))
        items.append(
            Item(
                name=block.listed,
                type=ItemType.CHOICES,
                text=block.text,
                hint=block.hint,
                options=options,
                prefill=Expression("all of them", nodes.Chosen(all_of_them, kind)),
            )
        )
    own = block.of is BlockSource.BOARD
    text, hint = (block.text, block.hint or ADDED["hint"]) if own else (ADDED["text"], ADDED["hint"])
    items.append(
        Item(name=block.added, type=ItemType.LONG_TEXT, text=text, hint=hint, optional=True, lines=MOST_ENTRIES)
    )
    return Page(name=block.name, title=block.title, items=tuple(items))


def _label(row: RegisterRow, rows: tuple[RegisterRow, ...]) -> Words:
    """The name, with what tells it from others of the same name."""
    name = str(row.get("name") or row["number"])
    if sum(str(other.get("name")) == name for other in rows) > 1:
        name = f"{name} ({', '.join(str(part) for part in (row.get('place'), row['number']) if part)})"
    return Words(nl=name, en=name)


def filled_in(questionnaire: Questionnaire, answers: Mapping[ItemName, Value], context: Context) -> Questionnaire:
    """Texts with values in them, as they read with these answers."""
    if not any(item.piped for item in questionnaire.items.values()):
        return questionnaire
    seen = Surroundings(counted(questionnaire, answers, context), context.register, context.previous)
    pages = tuple(
        replace(page, items=tuple(_read_out(item, seen) for item in page.items)) for page in questionnaire.pages
    )
    return replace(questionnaire, pages=pages)


def _read_out(item: Item, seen: Surroundings) -> Item:
    if item.piped is None:
        return item
    hint = item.piped.hint.filled(seen) if item.piped.hint else item.hint
    return replace(item, text=item.piped.text.filled(seen), hint=hint, piped=None)
