"""Whether the answers to two questionnaires can be compared: item by item, what is asked otherwise than before.

Two figures are comparable when a difference between them can only come from the units. So an item may differ in none
of these between the earlier and the later questionnaire:

- its wording: text, hint and unit, in either language;
- its options: which there are, how they read, which one stands alone, and whether "don't know" and "not applicable" are
  offered beside them;
- its answer: type, bounds, what it may be given as a percentage of, and whether it may be left open;
- its population: the condition on which it is asked, and the block whose entries it is asked of.

An item is the same item by its name, an option by its name within the item. The condition may stay as it is and still
let other units through, because an item that it looks at has other options, another answer or another population: that
is told (`through`), and is no change of this item.

Not compared: the order of pages, items and options, titles, the introduction, `optional`, prefill, checks; blanks in
texts, and in conditions blanks, the kind of quotation marks and parentheses around a single part. Nothing here knows
whether a change does break the comparison: its author says so (`model.Declaration`), and `declarations` holds them to
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from peilstok.questionnaire import rewording
from peilstok.questionnaire.expressions import Expression, Node
from peilstok.questionnaire.model import Declaration, Item, Option, Questionnaire
from peilstok.questionnaire.rewording import Piece
from peilstok.terms import LANGUAGES, ItemName, Words


class Change(StrEnum):
    """What happened to an item between two questionnaires. Several may hold at once, of the middle four."""

    SAME = "same"
    WORDING = "wording changed"
    OPTIONS = "options changed"
    ANSWER = "answer changed"
    POPULATION = "population changed"
    NEW = "new"
    GONE = "gone"


_LETS_OTHERS_THROUGH: Final = {Change.OPTIONS, Change.ANSWER, Change.POPULATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in an item that is other than it was; None where it was not there, or is not there any more.

    `of_words`: before and after are texts in one language, of which `pieces` tells what changed by word.
    """

    change: Change
    what: str  # "text, nl", "option more", "maximum"
    before: str | None
    after: str | None
    of_words: bool = False

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return rewording.pieces(self.before or "", self.after or "") if self.of_words else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemComparison:
    """What became of one item since the questionnaire of the name `since`.

    `through`: the items that its condition looks at, and that let other units through than before.
    `twin`: of an item that is new or gone, the gone or new one that reads the same. It was probably renamed.
    """

    name: ItemName
    since: str
    before: Item | None
    after: Item | None
    differences: tuple[Difference, ...] = ()
    through: tuple[ItemName, ...] = ()
    twin: ItemName | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        """The kinds of change, in the order of `Change`."""
        if self.before is None:
            return (Change.NEW,)
        if self.after is None:
            return (Change.GONE,)
        found = {difference.change for difference in self.differences}
        if self.through:
            found.add(Change.POPULATION)
        return tuple(change for change in Change if change in found) or (Change.SAME,)

    @property
    def could_break(self) -> bool:
        """An item of both that was changed itself. What comes through others is for information."""
        return bool(self.differences)

    @property
    def declared(self) -> Declaration | None:
        """What its author says of the change since this earlier questionnaire; not what is said about another."""
        said = self.after.changed if self.after else None
        return said if said and said.since == self.since else None

    @property
    def undeclared(self) -> bool:
        return self.could_break and self.declared is None

    @property
    def declared_in_vain(self) -> bool:
        """A change is declared, and there is none. Of a new item one may say what it takes the place of."""
        return self.declared is not None and self.changes == (Change.SAME,)


def compare(before: Questionnaire, after: Questionnaire) -> tuple[ItemComparison, ...]:
    """What became of each item: those of the later questionnaire in their order, then those that are gone in theirs."""
    twins, blocks = _twins(before, after), [_sources(each) for each in (before, after)]
    found: dict[ItemName, ItemComparison] = {}
    for name, now in after.items.items():  # a condition looks at earlier items only: what became of them is known
        then = before.items.get(name)
        found[name] = ItemComparison(
            name=name,
            since=before.name,
            before=then,
            after=now,
            differences=(*_differences(then, now), *_of_blocks(blocks[0].get(name), blocks[1].get(name)))
            if then
            else (),
            through=_through(now, found) if then else (),
            twin=twins.get(name),
        )
    gone = (
        ItemComparison(name=name, since=before.name, before=then, after=None, twin=twins.get(name))
        for name, then in before.items.items()
        if name not in after.items
    )
    return (*found.values(), *gone)


def _twins(before: Questionnaire, after: Questionnaire) -> Mapping[ItemName, ItemName]:
    """Items that are gone and new ones that read the same, either by the name of the other; each has one at most."""
    found: dict[ItemName, ItemName] = {}
    new = [item for name, item in after.items.items() if name not in before.items]
    for name, then in before.items.items():
        if name in after.items:
            continue
        twin = next((now for now in new if now.name not in found and _read_alike(then, now)), None)
        if twin:
            found[name], found[twin.name] = twin.name, name
    return found


def _read_alike(then: Item, now: Item) -> bool:
    return not any(_texts(Change.WORDING, "text", then.text, now.text))


def _through(item: Item, earlier: Mapping[ItemName, ItemComparison]) -> tuple[ItemName, ...]:
    looked_at = item.when.items if item.when else frozenset()
    changed = (name for name, each in earlier.items() if _LETS_OTHERS_THROUGH & set(each.changes))
    return tuple(name for name in changed if name in looked_at)


def _differences(then: Item, now: Item) -> Iterator[Difference]:
    yield from _texts(Change.WORDING, "text", then.text, now.text)
    yield from _texts(Change.WORDING, "hint", then.hint, now.hint)
    yield from _texts(Change.WORDING, "unit", then.unit, now.unit)
    yield from _options(then, now)
    for what, before, after in (
        ("type", then.type, now.type),
        ("minimum", then.minimum, now.minimum),
        ("maximum", then.maximum, now.maximum),
        ("required", then.required, now.required),
        ("percent_of", _source(then.percent_of), _source(now.percent_of)),
    ):
        if before != after:
            yield Difference(change=Change.ANSWER, what=what, before=_written(before), after=_written(after))
    if _sense(then.when) != _sense(now.when):
        before, after = _source(then.when), _source(now.when)
        yield Difference(change=Change.POPULATION, what="when", before=before, after=after)


def _source(expression: Expression | None) -> str | None:
    return expression.source if expression else None


def _sources(questionnaire: Questionnaire) -> Mapping[ItemName, str]:
    """Of each item in a block: of what it is asked, the schools of a board or what it writes down."""
    of = {block.name: str(block.of) for block in questionnaire.blocks}
    return {item.name: of[page.block] for page in questionnaire.pages if page.block for item in page.items}


def _of_blocks(then: str | None, now: str | None) -> Iterator[Difference]:
    if then != now:
        yield Difference(change=Change.POPULATION, what="block of", before=then, after=now)


def _texts(change: Change, what: str, then: Words | None, now: Words | None) -> Iterator[Difference]:
    for language in LANGUAGES:
        before, after = (rewording.plain(each[language]) if each else None for each in (then, now))
        if before != after:
            yield Difference(change=change, what=f"{what}, {language}", before=before, after=after, of_words=True)


def _options(then: Item, now: Item) -> Iterator[Difference]:
    for name in dict.fromkeys([*now.option_names, *then.option_names]):
        before, after = then.option(name), now.option(name)
        if before is None or after is None:
            shown = [_both_languages(each) if each else None for each in (before, after)]
            yield Difference(change=Change.OPTIONS, what=f"option {name}", before=shown[0], after=shown[1])
            continue
        yield from _texts(Change.OPTIONS, f"option {name}", before.text, after.text)
        if before.exclusive != after.exclusive:
            yield _of_flag(f"option {name}, exclusive", before.exclusive, after.exclusive)
    for what, offered, offers in (
        ("dont_know", then.dont_know, now.dont_know),
        ("not_applicable", then.not_applicable, now.not_applicable),
    ):
        if offered != offers:
            yield _of_flag(what, offered, offers)


def _of_flag(what: str, before: bool, after: bool) -> Difference:
    return Difference(change=Change.OPTIONS, what=what, before=_written(before), after=_written(after))


def _both_languages(option: Option) -> str:
    return " / ".join(rewording.plain(option.text[language]) for language in LANGUAGES)


def _written(value: object) -> str | None:
    """As it stands in a file."""
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)


def _sense(condition: Expression | None) -> object:
    """What a condition says, whichever way it is written."""
    return None if condition is None else _bare(condition.node)


def _bare(value: object) -> object:
    """A node without the kinds in it: they hold the options of the item looked at, which is another item's change."""
    if isinstance(value, tuple):
        return tuple(_bare(each) for each in value)
    if isinstance(value, Node):
        kept = (getattr(value, field.name) for field in fields(value) if field.name != "kind")
        return (type(value).__name__, *(_bare(each) for each in kept))
    return value
