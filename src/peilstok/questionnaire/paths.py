"""Which items a unit is asked, given its answers so far: the path through a questionnaire.

An item is asked when its condition is true; one that is unknown does not open a question. Conditions see counted
answers only, so an answer that is itself no longer on the path opens nothing. It is kept all the same: whoever goes
back and forth finds it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peilstok.questionnaire.expressions import Surroundings
from peilstok.questionnaire.model import Context, Item, Page, Questionnaire
from peilstok.questionnaire.numbering import Progress, span
from peilstok.terms import ItemName, Missing, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPage:
    """A page with those of its items that are asked."""

    page: Page
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The pages that a unit sees, in order."""

    pages: tuple[PathPage, ...]
    asked: frozenset[ItemName]

    def number(self, item: ItemName) -> int | None:
        """Which question this is, from 1; None when it is not asked."""
        names = [each.name for page in self.pages for each in page.items]
        return names.index(item) + 1 if item in names else None

    def following(self, page: str) -> PathPage | None:
        """The page after this one, or None at the end."""
        names = [each.page.name for each in self.pages]
        after = self.pages[names.index(page) + 1 :] if page in names else self.pages
        return after[0] if after else None

    def preceding(self, page: str) -> PathPage | None:
        """The page before this one, or None at the beginning."""
        names = [each.page.name for each in self.pages]
        before = self.pages[: names.index(page)] if page in names else ()
        return before[-1] if before else None


def path(questionnaire: Questionnaire, answers: Mapping[ItemName, Value], context: Context) -> Path:
    """The path of a unit with these answers. Items without a value count as not yet answered."""
    values = counted(questionnaire, answers, context)
    asked = frozenset(name for name, value in values.items() if value is not Missing.NOT_ASKED)
    pages = [
        PathPage(page=page, items=tuple(item for item in page.items if item.name in asked))
        for page in questionnaire.pages
    ]
    return Path(pages=tuple(page for page in pages if page.items), asked=asked)


def counted(
    questionnaire: Questionnaire, answers: Mapping[ItemName, Value], context: Context
) -> Mapping[ItemName, Value]:
    """A value for every item: the answer where it is on the path, else why there is none."""
    values: dict[ItemName, Value] = {}
    seen = Surroundings(values, context.register, context.previous)
    for page in questionnaire.pages:
        on_page = {item.name: _counted(item, answers, seen) for item in page.items}
        values |= on_page
    return values


def progress(
    questionnaire: Questionnaire, answers: Mapping[ItemName, Value], context: Context, *, page: str
) -> Progress | None:
    """ "Question 4 of 9" for a page; None when the page is not on the path.

    Answers on earlier pages are settled. Those on this page and later ones can still change, also where they were
    given before: a total that depends on them is a maximum, and `certain` says so.
    """
    earlier: set[ItemName] = set()
    for each in questionnaire.pages:
        if each.name == page:
            break
        earlier |= {item.name for item in each.items}
    settled = {name: answers.get(name, Missing.NOT_ANSWERED) for name in earlier}
    now = path(questionnaire, settled, context)
    numbers = [now.number(item.name) for on_path in now.pages if on_path.page.name == page for item in on_path.items]
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    least, most = span(questionnaire, settled, context)
    return Progress(first=known[0], last=known[-1], total=most, certain=least == most)


def _counted(item: Item, answers: Mapping[ItemName, Value], seen: Surroundings) -> Value:
    if item.when is not None and item.when.worth(seen) is not True:
        return Missing.NOT_ASKED
    value = answers.get(item.name, Missing.NOT_ANSWERED)
    return Missing.NOT_ANSWERED if value is Missing.NOT_ASKED else value
