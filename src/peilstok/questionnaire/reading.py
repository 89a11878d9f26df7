"""Reads a questionnaire from its YAML file. Everything that is wrong is found at once, with its place.

The format is described in `docs/formats/questionnaire.md`, the codes of findings in `codes`. First every page, item
and option is read by itself; then, when all names are known, the expressions; then the checks (`reading_checks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.questionnaire.codes import finding
from peilstok.questionnaire.declarations import declaration
from peilstok.questionnaire.entries import Entries, in_words
from peilstok.questionnaire.expressions import BOOLEAN, NUMBER, Expression, Kind, Scope, syntax
from peilstok.questionnaire.formulas import Formulas
from peilstok.questionnaire.model import (
    FORMAT,
    Block,
    BlockSource,
    Item,
    ItemType,
    Option,
    Page,
    Piped,
    Questionnaire,
    kind_of,
)
from peilstok.questionnaire.places import Branch, Leaf, Rows, Tree, grow
from peilstok.questionnaire.reading_checks import CheckReader
from peilstok.questionnaire.suggestions import suggest
from peilstok.questionnaire.templates import Template
from peilstok.terms import BlockName, ItemName, Words

_ANSWERED: Final = tuple(each for each in ItemType if each.asks)
_ONLY_FOR: Final = {
    "options": (ItemType.CHOICE, ItemType.CHOICES),
    "unit": (ItemType.NUMBER, ItemType.DECIMAL),
    "minimum": (ItemType.NUMBER, ItemType.DECIMAL),
    "maximum": (ItemType.NUMBER, ItemType.DECIMAL),
    "percent_of": (ItemType.NUMBER,),
    **dict.fromkeys(("required", "optional", "dont_know", "not_applicable", "prefill"), _ANSWERED),
}


def read(text: str, *, file: str) -> Questionnaire:
    """The questionnaire in a file's text. Raises `Refused` with all findings when one of them is an error."""
    questionnaire, findings = examine(text, file=file)
    if questionnaire is None:
        raise Refused(findings)
    return questionnaire


def examine(text: str, *, file: str) -> tuple[Questionnaire | None, tuple[Finding, ...]]:
    """The questionnaire, when there is no error in it, with all findings (warnings too) in the order of the file."""
    findings: list[Finding] = []
    try:
        tree = grow(text, file=file, findings=findings)
        questionnaire = _Reader(findings).questionnaire(tree)
    except Refused as refused:
        return None, (*findings, *refused.findings)
    wrong = any(found.severity is Severity.ERROR for found in findings)
    ordered = sorted(findings, key=lambda found: (found.place.line, str(found.place.column).zfill(6), found.code))
    return None if wrong else questionnaire, tuple(ordered)


@dataclass(frozen=True, slots=True)
class _Draft:
    """An item as far as it could be read: its kind may be known although the item is not sound.

    `places` are those of its keys, for what is found in its texts.
    """

    name: str | None
    kind: Kind | None
    item: Item | None
    places: Entries
    asks: bool

    def leaf(self, key: str) -> Leaf | None:
        return self.places.leaf(key) if self.places.sound else None


@dataclass(frozen=True, slots=True)
class _DraftPage:
    name: str | None
    title: Words | None
    block: str | None
    drafts: tuple[_Draft, ...]


class _Reader:
    def __init__(self, findings: list[Finding]) -> None:
        self._findings = findings

    def questionnaire(self, tree: Tree) -> Questionnaire | None:
        self._right_kind(tree)
        entries = Entries(tree, what="questionnaire", findings=self._findings)
        name, title, introduction = entries.title(), entries.words("title"), entries.words("introduction")
        minutes = self._minutes(entries)
        blocks, block_places = self._blocks(entries)
        drafts = tuple(self._page(row, block_places) for row in entries.rows("pages"))
        self._stand_together(drafts, _rows_of(tree, "pages"), block_places)
        self._names_once(tree)
        scope = _scope(drafts)
        pages = self._finished(drafts, scope)
        order = {draft.name: number for number, page in enumerate(drafts) for draft in page.drafts if draft.name}
        checker = CheckReader(self._findings, scope, order)
        checks = checker.checks(entries.rows("checks", least=0))
        if any(found.severity is Severity.ERROR for found in self._findings):
            return None
        assert name is not None
        assert title is not None
        assert introduction is not None
        assert minutes is not None
        return Questionnaire(
            name=name,
            title=title,
            introduction=introduction,
            minutes=minutes,
            pages=pages,
            checks=checks,
            blocks=blocks,
        )

    def _right_kind(self, tree: Tree) -> None:
        """Stop at a file of another kind: a finding for each of its keys would say nothing."""
        leaf = tree.entries.get("format") if isinstance(tree, Branch) else None
        if isinstance(leaf, Leaf) and leaf.text == FORMAT:
            return
        if leaf is None and isinstance(tree, Branch) and "pages" in tree.entries:
            return  # reported as a missing key
        found = f"the format {in_words(leaf)}" if leaf else "a file without a format"
        place = leaf.place if leaf else tree.place
        raise Refused([finding("Q004", place, found, f"format: {FORMAT}")])

    def _minutes(self, entries: Entries) -> int | None:
        minutes = entries.number("minutes")
        if minutes is not None and not (isinstance(minutes, int) and 1 <= minutes <= 120):
            entries.note("Q063", entries.place_of("minutes"), f"{minutes} minutes", "a whole number from 1 to 120")
            return None
        return minutes if isinstance(minutes, int) else None

    def _page(self, tree: Tree, blocks: Mapping[str, Place]) -> _DraftPage:
        entries = Entries(tree, what="page", findings=self._findings)
        name, title, block = entries.title(), entries.words("title"), entries.leaf("block")
        if block is not None and block.text not in blocks:
            expected = suggest(block.text, blocks, expected="the name of a block")
            entries.note("Q069", block.place, f'the block "{block.text}", but none has that name', expected)
        items = tuple(self._item(row) for row in entries.rows("items"))
        return _DraftPage(name, title, block.text if block else None, items)

    def _blocks(self, entries: Entries) -> tuple[tuple[Block, ...], Mapping[str, Place]]:
        """The blocks that are sound, and the place of each that has a name."""
        rows = entries.rows("blocks", least=0)
        found = [self._block(row) for row in rows]
        return tuple(block for block in found if block is not None), dict(_named(rows))

    def _block(self, tree: Tree) -> Block | None:
        entries = Entries(tree, what="block", findings=self._findings)
        name, of, hint = entries.name(), entries.leaf("of"), entries.words("hint")
        title, text, entry = (entries.words(key) for key in ("title", "text", "entry"))
        if of is not None and of.text not in set(BlockSource):
            expected = suggest(of.text, [str(each) for each in BlockSource], expected="what it is of")
            entries.note("Q070", of.place, f'a block of "{of.text}"', expected)
            return None
        if not (name and of and title and text and entry):
            return None
        return Block(name=BlockName(name), of=BlockSource(of.text), title=title, text=text, hint=hint, entry=entry)

    def _stand_together(
        self, drafts: tuple[_DraftPage, ...], rows: tuple[Tree, ...], blocks: Mapping[str, Place]
    ) -> None:
        closed: set[str] = set()
        for before, page, row in zip((None, *drafts), drafts, rows, strict=False):
            if before is not None and before.block and before.block != page.block:
                closed.add(before.block)
            if page.block in closed:
                found = f'the page "{page.name}" apart from the other pages of the block "{page.block}"'
                self._findings.append(finding("Q069", row.place, found, "the pages of a block one after the other"))
        for name, place in blocks.items():
            if name not in {page.block for page in drafts}:
                found = f'no page in the block "{name}"'
                self._findings.append(finding("Q069", place, found, f'a page with "block: {name}"'))

    def _item(self, tree: Tree) -> _Draft:
        entries = Entries(tree, what="item", findings=self._findings)
        before = len(self._findings)
        name, item_type, text = entries.name(), self._type(entries), entries.words("text")
        options = self._options(entries, item_type)
        self._suited(entries, item_type)
        low, high = self._bounds(entries, item_type)
        required, optional = self._required(entries)
        hint, unit = entries.words("hint"), entries.words("unit")
        flags = entries.flag("dont_know"), entries.flag("not_applicable")
        kind, asks = _kind(item_type, options), item_type is None or item_type.asks
        changed = declaration(entries.mapping("changed", what="declaration"))
        errors = any(found.severity is Severity.ERROR for found in self._findings[before:])
        if errors or not entries.sound or name is None or item_type is None or text is None or kind is None:
            return _Draft(entries.item if name is None else name, kind, None, entries, asks)
        item = Item(
            name=ItemName(name), type=item_type, text=text, hint=hint, options=tuple(options or ()), unit=unit,
            required=required, optional=optional, dont_know=flags[0], not_applicable=flags[1],
            minimum=low, maximum=high, changed=changed,
        )  # fmt: skip
        return _Draft(name, kind, item, entries, asks)

    def _type(self, entries: Entries) -> ItemType | None:
        leaf = entries.leaf("type")
        if leaf is None:
            return None
        if leaf.text not in set(ItemType):
            expected = suggest(leaf.text, [str(each) for each in ItemType], expected="a type of item")
            entries.note("Q040", leaf.place, f'the type "{leaf.text}"', expected)
            return None
        return ItemType(leaf.text)

    def _suited(self, entries: Entries, item_type: ItemType | None) -> None:
        for key, types in _ONLY_FOR.items():
            if entries.has(key) and item_type is not None and item_type not in types:
                found = f'"{key}" with the type {item_type}'
                entries.note("Q041", entries.place_of(key), found, f'"{key}" only with {" or ".join(types)}')
        if item_type is not None and item_type.has_options and not entries.has("options"):
            entries.note("Q011", entries.place, f'no key "options" with the type {item_type}', '"options"')

    def _required(self, entries: Entries) -> tuple[bool, bool]:
        required, optional = entries.flag("required"), entries.flag("optional")
        if required and optional:
            expected = "one of the two; neither: it may be left open, with a remark"
            entries.note("Q042", entries.place_of("optional"), '"required" and "optional"', expected)
        return required, optional

    def _bounds(self, entries: Entries, item_type: ItemType | None) -> tuple[int | float | None, int | float | None]:
        """Numbers begin at 0 unless the file says otherwise: most of them count something."""
        if item_type is None or not item_type.numeric:
            return None, None
        low = entries.number("minimum") if entries.has("minimum") else 0
        high = entries.number("maximum")
        if item_type is ItemType.NUMBER:
            for key, bound in (("minimum", low), ("maximum", high)):
                if isinstance(bound, float):
                    entries.note("Q044", entries.place_of(key), f"the {key} {bound}", "a whole number")
        if low is not None and high is not None and low > high:
            found = f"the minimum {low} above the maximum {high}"
            entries.note("Q043", entries.place_of("maximum"), found, f"a maximum of at least {low}")
        return low, high

    def _options(self, entries: Entries, item_type: ItemType | None) -> list[Option] | None:
        """The options of an item; None when one of them could not be read."""
        rows = entries.rows("options", least=2)
        found = [self._option(row, entries, item_type) for row in rows]
        sound = [option for option in found if option is not None]
        self._options_once(rows, sound, entries)
        return sound if len(sound) == len(rows) else None

    def _option(self, tree: Tree, item: Entries, item_type: ItemType | None) -> Option | None:
        entries = Entries(tree, what="option", findings=self._findings)
        entries.item = item.item
        name, text, exclusive = entries.name(), entries.words("text"), entries.flag("exclusive")
        if exclusive and item_type is ItemType.CHOICE:
            found = '"exclusive" with the type choice, where every option is'
            entries.note("Q041", entries.place_of("exclusive"), found, '"exclusive" only with choices')
        return Option(name=name, text=text, exclusive=exclusive) if name and text else None

    def _options_once(self, rows: Iterable[Tree], options: list[Option], item: Entries) -> None:
        places = dict(_named(rows))
        for name, place in _twice(_named(rows)):
            item.note("Q033", place, f'the option "{name}" a second time', "each option once")
        for number, option in enumerate(options):
            for first in options[:number]:
                if first.name != option.name and (first.text.nl == option.text.nl or first.text.en == option.text.en):
                    found = f'the options "{first.name}" and "{option.name}" read the same'
                    item.note("Q034", places[option.name], found, "options that a reader can tell apart")

    def _names_once(self, tree: Tree) -> None:
        pages = _rows_of(tree, "pages")
        for name, place in _twice(_named(pages)):
            self._findings.append(finding("Q032", place, f'the page "{name}" a second time', "each page once"))
        items = _named(row for page in pages for row in _rows_of(page, "items"))
        lists = [(f"{name}{end}", at) for name, at in _named(_rows_of(tree, "blocks")) for end in ("", "_added")]
        for name, place in _twice(lists + items):
            found = "another item has this name"
            self._findings.append(finding("Q031", place, found, "each name once in a questionnaire", item=name))
        for name, place in _twice(_named(_rows_of(tree, "checks"))):
            self._findings.append(finding("Q035", place, f'the check "{name}" a second time', "each check once"))

    def _finished(self, drafts: tuple[_DraftPage, ...], scope: Scope) -> tuple[Page, ...]:
        """The pages with the expressions of their items read; only those pages that are sound."""
        pages: list[Page] = []
        earlier: frozenset[str] = frozenset()
        for page in drafts:
            here = frozenset(draft.name for draft in page.drafts if draft.name)
            formulas = Formulas(self._findings, replace(scope, inside=page.block))
            items = [self._with_formulas(draft, formulas, earlier, here) for draft in page.drafts]
            sound = tuple(item for item in items if item is not None)
            earlier |= here
            if page.name and page.title and sound:
                block = BlockName(page.block) if page.block else None
                pages.append(Page(name=page.name, title=page.title, items=sound, block=block))
        return tuple(pages)

    def _with_formulas(
        self, draft: _Draft, formulas: Formulas, earlier: frozenset[str], here: frozenset[str]
    ) -> Item | None:
        when, prefill, part_of = (draft.leaf(key) for key in ("when", "prefill", "percent_of"))
        condition = formulas.formula(when, expected=BOOLEAN, item=draft.name)
        base = formulas.formula(part_of, expected=NUMBER, item=draft.name)
        filled = formulas.formula(prefill, expected=draft.kind, item=draft.name)
        for leaf, formula, what in ((when, condition, "condition"), (part_of, base, "whole")):
            for name, place in _looked_at(leaf, formula, earlier):
                self._too_early(draft, name, place, what, here)
        for name, place in _looked_at(prefill, filled, frozenset()):
            found = f'the prefill looks at "{name}", which is not answered yet'
            expected = f"register(field), or previous({name})"
            self._findings.append(finding("Q059", place, found, expected, item=draft.name))
        piped = self._piped(draft, formulas, earlier, here)
        if draft.item is None or any(each.severity is Severity.ERROR for each in self._findings):
            return None
        return replace(draft.item, when=condition, prefill=filled, percent_of=base, piped=piped)

    def _too_early(self, draft: _Draft, name: str, place: Place, what: str, here: frozenset[str]) -> None:
        where = "on the same page" if name in here else "on a later page"
        found = f'the {what} looks at "{name}", which stands {where}'
        self._findings.append(finding("Q057", place, found, "an item on an earlier page", item=draft.name))

    def _piped(self, draft: _Draft, formulas: Formulas, earlier: frozenset[str], here: frozenset[str]) -> Piped | None:
        """The texts of an item in which values stand; None where there are none."""
        if draft.item is None:
            return None
        found: dict[str, Template | None] = {}
        for key, words in (("text", draft.item.text), ("hint", draft.item.hint)):
            place = draft.places.place_of(key)
            found[key] = formulas.message(words, place=place, where=f"in the {key}", item=draft.name)
            made = found[key]
            for name in sorted(made.items - earlier) if made else ():
                self._too_early(draft, name, place, key, here)
        text, hint = found["text"], found["hint"]
        if text is None or all(made is None or made.as_written for made in (text, hint)):
            return None
        return Piped(text=text, hint=hint)


def _looked_at(leaf: Leaf | None, formula: Expression | None, allowed: frozenset[str]) -> Iterator[tuple[str, Place]]:
    """The items that an expression looks at although it may not, each with its place."""
    if leaf is not None and formula is not None:
        for name in sorted(formula.items - allowed):
            yield name, leaf.at(syntax.place_of(leaf.text, name))


def _kind(item_type: ItemType | None, options: list[Option] | None) -> Kind | None:
    """The kind of an item's value, where it can be told."""
    if item_type is None or (item_type.has_options and not options):
        return None
    return kind_of(item_type, tuple(dict.fromkeys(option.name for option in options or ())))


def _scope(drafts: tuple[_DraftPage, ...]) -> Scope:
    asked = [(page, draft) for page in drafts for draft in page.drafts if draft.asks]
    known = {draft.name: draft.kind for _, draft in asked if draft.name}
    return Scope(
        items={name: kind for name, kind in known.items() if kind is not None},
        broken=frozenset(name for name, kind in known.items() if kind is None),
        blocks={draft.name: page.block for page, draft in asked if draft.name and page.block},
    )


def _rows_of(tree: Tree, key: str) -> tuple[Tree, ...]:
    inner = tree.entries.get(key) if isinstance(tree, Branch) else None
    return inner.rows if isinstance(inner, Rows) else ()


def _named(rows: Iterable[Tree]) -> list[tuple[str, Place]]:
    """The names in a list of mappings, with their places."""
    names = [row.entries.get("name") for row in rows if isinstance(row, Branch)]
    return [(leaf.text, leaf.place) for leaf in names if isinstance(leaf, Leaf) and not leaf.empty]


def _twice(names: list[tuple[str, Place]]) -> list[tuple[str, Place]]:
    """Those whose name stood there before."""
    before = [name for name, _ in names]
    return [(name, place) for number, (name, place) in enumerate(names) if name in before[:number]]
