"""Which items a unit is asked, given its answers so far: the path through a questionnaire.

An item is asked when its condition is true; one that is unknown does not open a question. Conditions see counted
answers only, so an answer that is itself no longer on the path opens nothing. It is kept all the same: whoever goes
back and forth finds it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peilstok.questionnaire.expressions import Surroundings
from peilstok.questionnaire.model import Context, Item, Page, PageEntry, Questionnaire
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
        """Which question this is, from 1; None when it is not asked. Those of an entry of a block by themselves."""
        about = next((page.page.entry for page in self.pages if item in {each.name for each in page.items}), None)
        pages = [page for page in self.pages if page.page.entry == about]
        names = [each.name for page in pages for each in page.items if each.type.asks]
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
    values, shown = _followed(questionnaire, answers, context)
    pages = [
        PathPage(page=page, items=tuple(item for item in page.items if item.name in shown))
        for page in questionnaire.pages
    ]
    asked = frozenset(name for name, value in values.items() if value is not Missing.NOT_ASKED)
    return Path(pages=tuple(page for page in pages if page.items), asked=asked)


def counted(
    questionnaire: Questionnaire, answers: Mapping[ItemName, Value], context: Context
) -> Mapping[ItemName, Value]:
    """A value for every item: the answer where it is on the path, else why there is none."""
    return _followed(questionnaire, answers, context)[0]


def _followed(
    questionnaire: Questionnaire, answers: Mapping[ItemName, Value], context: Context
) -> tuple[Mapping[ItemName, Value], frozenset[ItemName]]:
    """The counted values, and the items that are shown: those that are asked, and notes whose condition is true."""
    if questionnaire.blocks:
        raise ValueError("a questionnaire with blocks is asked as `instances.instantiated` writes it out for a unit")
    values: dict[ItemName, Value] = {}
    shown: set[ItemName] = set()
    seen = Surroundings(values, context.register, context.previous)
    for page in questionnaire.pages:
        here = [item for item in page.items if item.when is None or item.when.worth(seen) is True]
        shown |= {item.name for item in here}
        on_page = {item.name: Missing.NOT_ASKED for item in page.items}
        values |= {**on_page, **{item.name: _counted(item, answers) for item in here if item.type.asks}}
    return values, frozenset(shown)


def progress(
    questionnaire: Questionnaire, answers: Mapping[ItemName, Value], context: Context, *, page: str
) -> Progress | None:
    """ "Question 4 of 9" for a page; None when the page is not on the path.

    The pages of an entry of a block are numbered by themselves: how many entries there are is not certain before the
    list is, and "School 2 of 7" stands above them. Answers on earlier pages are settled. Those on this page and later
    ones can still change, also where they were given before: a total that depends on them is a maximum, and `certain`
    says so.
    """
    earlier: set[ItemName] = set()
    about: PageEntry | None = None
    for each in questionnaire.pages:
        if each.name == page:
            about = each.entry
            break
        earlier |= {item.name for item in each.items}
    settled = {name: answers.get(name, Missing.NOT_ANSWERED) for name in earlier}
    now = path(questionnaire, settled, context)
    numbers = [now.number(item.name) for on_path in now.pages if on_path.page.name == page for item in on_path.items]
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    least, most = span(questionnaire, settled, context, about=about)
    return Progress(first=known[0], last=known[-1], total=most, certain=least == most)


def _counted(item: Item, answers: Mapping[ItemName, Value]) -> Value:
    value = answers.get(item.name, Missing.NOT_ANSWERED)
    return Missing.NOT_ANSWERED if value is Missing.NOT_ASKED else value
