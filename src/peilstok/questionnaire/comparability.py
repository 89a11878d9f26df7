"""Whether the answers to two questionnaires can be compared: item by item, what is asked otherwise than before.

Two figures are comparable when a difference between them can only come from the units. So an item may differ in none
of these between the earlier and the later questionnaire:

- its wording: text, hint and unit, in either language;
- its options: which there are, how they read, which one stands alone, and whether "don't know" and "not applicable" are
  offered beside them;
- its answer: type, bounds, what it may be given as a percentage of, and whether it may be left open;
- its prefill: what a respondent finds in the field, and may leave there;
- the hard checks at it: answers that are refused;
- its population: the condition on which it is asked, and the block whose entries it is asked of.

An item is the same item by its name, an option by its name within the item, a check by its rule or sum. Told, and no
break: soft checks, which let every answer stand, and what a check tells who meets it; and a condition that stays as it
is and still lets other units through, because an item that it looks at has other options, another answer, other hard
checks or another population (`through`).

Not compared: the order of pages, items and options, titles, the introduction, `optional`, names of checks; blanks in
texts, and in expressions blanks, the kind of quotation marks and parentheses around a single part. Nothing here knows
whether a change does break the comparison: its author says so (`model.Declaration`), and `declarations` holds them to
it. docs/methods/change.md has the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from peilstok.questionnaire import rewording
from peilstok.questionnaire.expressions import Expression, Node
from peilstok.questionnaire.model import Check, CheckSeverity, Declaration, Item, Option, Questionnaire, RuleCheck
from peilstok.questionnaire.rewording import Piece
from peilstok.terms import LANGUAGES, ItemName, Words


class Change(StrEnum):
    """What happened to an item between two questionnaires. Several may hold at once, of the middle six."""

    SAME = "same"
    WORDING = "wording changed"
    OPTIONS = "options changed"
    ANSWER = "answer changed"
    PREFILL = "prefill changed"
    CHECKS = "checks changed"
    POPULATION = "population changed"
    NEW = "new"
    GONE = "gone"


_LETS_OTHERS_THROUGH: Final = {Change.OPTIONS, Change.ANSWER, Change.CHECKS, Change.POPULATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in an item that is other than it was; None where it was not there, or is not there any more.

    `of_words`: before and after are texts in one language, of which `pieces` tells what changed by word.
    `could_break`: it could make figures incomparable, so that it must be declared; else it is told only.
    """

    change: Change
    what: str  # "text, nl", "option more", "maximum"
    before: str | None
    after: str | None
    of_words: bool = False
    could_break: bool = True

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
    def breaking(self) -> tuple[Difference, ...]:
        """What must be declared."""
        return tuple(each for each in self.differences if each.could_break)

    @property
    def could_break(self) -> bool:
        """An item of both that was changed itself. What comes through others is for information."""
        return bool(self.breaking)

    @property
    def lets_others_through(self) -> bool:
        """May a condition that looks at it be true for other units than before?"""
        return bool(self.through) or any(each.change in _LETS_OTHERS_THROUGH for each in self.breaking)

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
    twins, then, now = _twins(before, after), _Asked.of(before), _Asked.of(after)
    found: dict[ItemName, ItemComparison] = {}
    for name, item in after.items.items():  # a condition looks at earlier items only: what became of them is known
        of_both = name in before.items
        found[name] = ItemComparison(
            name=name,
            since=before.name,
            before=before.items.get(name),
            after=item,
            differences=tuple(sorted(_differences(name, then, now), key=_in_order)) if of_both else (),
            through=_through(item, found) if of_both else (),
            twin=twins.get(name),
        )
    gone = (
        ItemComparison(name=name, since=before.name, before=then, after=None, twin=twins.get(name))
        for name, then in before.items.items()
        if name not in after.items
    )
    return (*found.values(), *gone)


def _in_order(difference: Difference) -> int:
    return list(Change).index(difference.change)


def asked_alike(then: Item, now: Item) -> bool:
    """Is the same put to who is asked: the same words, options and bounds, as a part of the same whole?

    Then an answer to the one can be shown beside the other. Of whom it is asked, what stands there at first, which
    answers are looked at twice and whether it may stay open may differ.
    """
    return not any(_put(then, now))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A questionnaire by its items: the item, of what the entries of its block are, and the checks at it."""

    items: Mapping[ItemName, Item]
    blocks: Mapping[ItemName, str]
    checks: Mapping[ItemName, tuple[Check, ...]]

    @classmethod
    def of(cls, asked: Questionnaire) -> _Asked:
        sources = {block.name: str(block.of) for block in asked.blocks}
        blocks = {item.name: sources[page.block] for page in asked.pages if page.block for item in page.items}
        checks: dict[ItemName, tuple[Check, ...]] = {}
        for check in asked.checks:
            at = _place_of(check, asked)
            checks[at] = (*checks.get(at, ()), check)
        return cls(asked.items, blocks, checks)


def _place_of(check: Check, asked: Questionnaire) -> ItemName:
    """The item at which a check stands. One at the list of a block is of the last item that it looks at."""
    last = [name for name in asked.items if name in check.items]
    return check.at if check.at in asked.items or not last else last[-1]


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
    return tuple(name for name, each in earlier.items() if name in looked_at and each.lets_others_through)


def _differences(name: ItemName, before: _Asked, after: _Asked) -> Iterator[Difference]:
    then, now = before.items[name], after.items[name]
    yield from _put(then, now)
    for what in ("dont_know", "not_applicable"):
        yield from _of_value(Change.OPTIONS, what, getattr(then, what), getattr(now, what))
    yield from _of_value(Change.ANSWER, "required", then.required, now.required)
    yield from _of_expression(Change.PREFILL, "prefill", then.prefill, now.prefill)
    yield from _of_checks(before.checks.get(name, ()), after.checks.get(name, ()))
    yield from _of_expression(Change.POPULATION, "when", then.when, now.when)
    yield from _of_value(Change.POPULATION, "block of", before.blocks.get(name), after.blocks.get(name))


def _put(then: Item, now: Item) -> Iterator[Difference]:
    """What is other in the question as it is put, and in what can be answered to it."""
    yield from _texts(Change.WORDING, "text", then.text, now.text)
    yield from _texts(Change.WORDING, "hint", then.hint, now.hint)
    yield from _texts(Change.WORDING, "unit", then.unit, now.unit)
    yield from _options(then, now)
    for what in ("type", "minimum", "maximum"):
        yield from _of_value(Change.ANSWER, what, getattr(then, what), getattr(now, what))
    yield from _of_expression(Change.ANSWER, "percent_of", then.percent_of, now.percent_of)


def _of_value(change: Change, what: str, then: object, now: object) -> Iterator[Difference]:
    if then != now:
        yield Difference(change=change, what=what, before=_written(then), after=_written(now))


def _of_expression(change: Change, what: str, then: Expression | None, now: Expression | None) -> Iterator[Difference]:
    if _sense(then) != _sense(now):
        before, after = (each.source if each else None for each in (then, now))
        yield Difference(change=change, what=what, before=before, after=after)


def _of_checks(then: tuple[Check, ...], now: tuple[Check, ...]) -> Iterator[Difference]:
    """Checks that came, went or say another thing, those of one name together; then what the others tell otherwise."""
    kept, keeps = ({_said(check): check for check in each} for each in (then, now))
    gone = {check.name: check for said, check in kept.items() if said not in keeps}
    come = {check.name: check for said, check in keeps.items() if said not in kept}
    for name in dict.fromkeys([*come, *gone]):
        before, after = gone.get(name), come.get(name)
        yield Difference(
            change=Change.CHECKS,
            what=f"check {name}",
            before=_check_in_words(before) if before else None,
            after=_check_in_words(after) if after else None,
            could_break=any(check.severity is CheckSeverity.HARD for check in (before, after) if check),
        )
    for said, check in keeps.items():
        told = kept.get(said)
        if isinstance(told, RuleCheck) and isinstance(check, RuleCheck):
            texts = told.message.source, check.message.source
            yield from _texts(Change.CHECKS, f"check {check.name}, message", *texts, could_break=False)


def _said(check: Check) -> object:
    """What a check says, whatever its name and however it is written."""
    if isinstance(check, RuleCheck):
        return check.severity, _sense(check.rule)
    return check.severity, frozenset(check.parts), check.total


def _check_in_words(check: Check) -> str:
    said = check.rule.source if isinstance(check, RuleCheck) else f"{' + '.join(check.parts)} = {check.total}"
    return f"{check.severity}, {said}"


def _texts(
    change: Change, what: str, then: Words | None, now: Words | None, *, could_break: bool = True
) -> Iterator[Difference]:
    for language in LANGUAGES:
        before, after = (rewording.plain(each[language]) if each else None for each in (then, now))
        if before != after:
            said = f"{what}, {language}"
            yield Difference(
                change=change, what=said, before=before, after=after, of_words=True, could_break=could_break
            )


def _options(then: Item, now: Item) -> Iterator[Difference]:
    for name in dict.fromkeys([*now.option_names, *then.option_names]):
        before, after = then.option(name), now.option(name)
        if before is None or after is None:
            shown = [_both_languages(each) if each else None for each in (before, after)]
            yield Difference(change=Change.OPTIONS, what=f"option {name}", before=shown[0], after=shown[1])
            continue
        yield from _texts(Change.OPTIONS, f"option {name}", before.text, after.text)
        yield from _of_value(Change.OPTIONS, f"option {name}, exclusive", before.exclusive, after.exclusive)


def _both_languages(option: Option) -> str:
    return " / ".join(rewording.plain(option.text[language]) for language in LANGUAGES)


def _written(value: object) -> str | None:
    """As it stands in a file."""
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)


def _sense(expression: Expression | None) -> object:
    """What an expression says, whichever way it is written."""
    return None if expression is None else _bare(expression.node)


def _bare(value: object) -> object:
    """A node without the kinds in it: they hold the options of the item looked at, which is another item's change."""
    if isinstance(value, tuple):
        return tuple(_bare(each) for each in value)
    if isinstance(value, Node):
        kept = (getattr(value, field.name) for field in fields(value) if field.name != "kind")
        return (type(value).__name__, *(_bare(each) for each in kept))
    return value
