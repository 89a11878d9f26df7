"""A part of a questionnaire that a board can hand to somebody else: everything, a page, or one entry of a block.

Decides which pages belong to it. A part is named and not copied: when the list of schools changes, so does what there
is of it. Who has it, and how it stands, is `handovers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from peilstok.collect.models import Handover
from peilstok.questionnaire import Page, Questionnaire
from peilstok.terms import Language

Kind = Handover.Kind

_BETWEEN: Final = "--"
"""As in the names of pages of an entry (`care--s00ap`): no name of a block has it."""


@dataclass(frozen=True, slots=True)
class Part:
    """`name` is that of the page, or of the block; `entry` the key of the entry."""

    kind: Handover.Kind
    name: str = ""
    entry: str = ""

    def holds(self, page: Page) -> bool:
        match self.kind:
            case Kind.EVERYTHING:
                return True
            case Kind.PAGE:
                return page.entry is None and page.name == self.name
        return page.entry is not None and (page.entry.block, page.entry.key) == (self.name, self.entry)

    @property
    def slug(self) -> str:
        """How it stands in an address: `alles`, `pagina--care`, `schools--s00ap`."""
        if self.kind is Kind.EVERYTHING:
            return "alles"
        return f"pagina{_BETWEEN}{self.name}" if self.kind is Kind.PAGE else f"{self.name}{_BETWEEN}{self.entry}"

    def pages(self, questionnaire: Questionnaire) -> tuple[Page, ...]:
        return tuple(page for page in questionnaire.pages if self.holds(page))


EVERYTHING: Final = Part(Kind.EVERYTHING)


@dataclass(frozen=True, slots=True)
class Offered:
    """A part as a board sees it: what it is called, and of an entry which block's ("School") it is."""

    part: Part
    label: str
    called: str = ""


def of(handover: Handover) -> Part:
    return Part(Kind(handover.kind), handover.name, handover.entry)


def of_page(page: Page) -> Part:
    """The smallest part that has this page."""
    return Part(Kind.ENTRY, page.entry.block, page.entry.key) if page.entry else Part(Kind.PAGE, page.name)


def offered(questionnaire: Questionnaire, language: Language) -> tuple[Offered, ...]:
    """All pages and entries, in the order in which they are asked; everything is not among them."""
    found: dict[Part, Offered] = {}
    for page in questionnaire.pages:
        part = of_page(page)
        if page.entry:
            found.setdefault(part, Offered(part, page.entry.label, page.entry.called[language]))
        elif any(item.type.asks for item in page.items):
            found[part] = Offered(part, page.title[language])
    return tuple(found.values())
