"""What authors say of the changes that they made, held against the changes that there are.

Whoever changes an item says in the file whether its figures can still be compared, and why:

    changed: {since: emergency-care-2, comparable: false, reason: {nl: ..., en: ...}}

A change that could break comparability and of which nobody says anything is an error. What the changes are is decided
in `comparability`; that the reason is a good one, nobody decides but its readers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.questionnaire.codes import finding
from peilstok.questionnaire.comparability import Change, ItemComparison, compare
from peilstok.questionnaire.entries import Entries
from peilstok.questionnaire.model import Declaration, Questionnaire
from peilstok.questionnaire.places import Branch, Leaf, Rows, Tree, grow
from peilstok.terms import ItemName, Words


def declaration(entries: Entries | None) -> Declaration | None:
    """The declaration in a file; None when there is none, or when something is wrong with it (then noted)."""
    if entries is None or not entries.sound:
        return None
    since, comparable, reason = entries.title("since"), entries.flag("comparable"), entries.words("reason")
    return Declaration(since=since, comparable=comparable, reason=reason) if since and reason else None


def breaks_since(earlier: str, asked: Questionnaire) -> Mapping[ItemName, Words]:
    """The items that are declared a break since the questionnaire of this name, with the reason.

    Of a new item as well, which takes the place of another; and also where the comparison finds no change: its author
    knows more than the texts say.
    """
    declared = ((name, item.changed) for name, item in asked.items.items())
    return {name: said.reason for name, said in declared if said and said.since == earlier and not said.comparable}


def accept_changes(before: Questionnaire, after: Questionnaire, *, text: str, file: str) -> None:
    """Raises `Refused` when a change since the earlier questionnaire is not declared in the later one, which stands
    in this text.
    """
    found = findings_since(before, after, text=text, file=file)
    if any(each.severity is Severity.ERROR for each in found):
        raise Refused(found)


def findings_since(before: Questionnaire, after: Questionnaire, *, text: str, file: str) -> tuple[Finding, ...]:
    """What is not declared in the text of the later questionnaire, and what is declared in vain."""
    places = dict(_named(grow(text, file=file, findings=[])))
    found = (_finding(each, places.get(each.name, Place(file))) for each in compare(before, after))
    return tuple(each for each in found if each is not None)


def _finding(each: ItemComparison, place: Place) -> Finding | None:
    if each.undeclared:
        expected = f"changed: {{since: {each.since}, comparable: true or false, reason: {{nl: ..., en: ...}}}}"
        return finding("Q071", place, _undeclared(each), expected, item=each.name)
    if each.declared_in_vain:
        found = f'declared as changed since "{each.since}", where it is the same'
        return finding("Q072", place, found, 'no key "changed", or one about another questionnaire', item=each.name)
    return None


def _undeclared(each: ItemComparison) -> str:
    changes = dict.fromkeys(difference.change for difference in each.breaking)
    told = "; ".join(f"{change} ({_parts(each, change)})" for change in changes)
    said = each.after.changed if each.after else None
    about = f'what it declares is since "{said.since}"' if said else "it declares nothing of that"
    return f'{told} since "{each.since}", and {about}'


def _parts(each: ItemComparison, change: Change) -> str:
    return "; ".join(difference.what for difference in each.breaking if difference.change is change)


def _named(tree: Tree) -> Iterator[tuple[str, Place]]:
    """The name of every item in a file, with its place, wherever in the tree its list of items stands."""
    if isinstance(tree, Rows):
        for row in tree.rows:
            yield from _named(row)
    if isinstance(tree, Branch):
        for key, under in tree.entries.items():
            if key == "items" and isinstance(under, Rows):
                yield from _names(under)
            yield from _named(under)


def _names(items: Rows) -> Iterator[tuple[str, Place]]:
    for row in items.rows:
        name = row.entries.get("name") if isinstance(row, Branch) else None
        if isinstance(name, Leaf):
            yield name.text, name.place
