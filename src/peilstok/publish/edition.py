"""What an edition is made of, before anything is drawn or set: everything that its files may depend on.

`Edition` is complete and frozen. It holds no clock, no user and no database row, so that `build.build_files` can be
run again years later and give the same bytes. It does not decide whether an edition may be published: `releases` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from peilstok.disclose import FigureBook, WaveFigures, Withheld
from peilstok.publish import numbers
from peilstok.terms import AMSTERDAM, FigureName, Language, WaveId, Words


class Kind(StrEnum):
    """Why there is an edition, called so to the reader.

    None is called more data: a wave is published after it has closed, and a closed wave takes no answers.
    """

    FIRST = "first"
    TEXT = "text"  # other words about the same figures
    FINAL = "final"  # the same figures, provisional in the edition before
    REVISION = "revision"  # other figures from the same answers
    CORRECTION = "correction"  # an officer says what was wrong


KIND_WORDS: Mapping[Kind, Words] = {
    Kind.FIRST: Words(nl="eerste publicatie", en="first edition"),
    Kind.TEXT: Words(nl="herziene tekst: de cijfers zijn dezelfde", en="revised text: the figures are the same"),
    Kind.FINAL: Words(nl="nu definitief: de cijfers zijn dezelfde", en="now final: the figures are the same"),
    Kind.REVISION: Words(
        nl="bijstelling: de cijfers zijn opnieuw berekend", en="revision: the figures were computed anew"
    ),
    Kind.CORRECTION: Words(nl="rectificatie: er stond iets fout", en="correction: something was wrong"),
}


Block = Mapping[str, Any]
"""A block of an article as `article.tree.Block.as_json` gives it; a figure's span has its name as `figure`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article in one language, checked: its title, its body as HTML, and the same body as blocks.

    `summary` is its first paragraph as plain text, for lists of publications.
    """

    title: str
    html: str
    blocks: tuple[Block, ...] = ()
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excepted:
    """A figure that is shown although it rests on too few boards: who decided so, and why."""

    name: FigureName
    label: Words
    reason: Words
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of the release of one wave.

    `book` ends with this wave: it holds the waves before it too, for what changed. `released` is the moment of
    publication. `withheld_before` are the names that the wave before held back. `group_titles` are the
    words above a chart, by the group of its figures (the question as asked).
    """

    wave: WaveId
    number: int
    kind: Kind
    released: datetime
    provisional: bool
    council: str
    title: Words
    book: FigureBook
    articles: Mapping[Language, Article]
    withheld: tuple[Withheld, ...] = ()
    withheld_before: tuple[FigureName, ...] = ()
    excepted: tuple[Excepted, ...] = ()
    group_titles: Mapping[str, Words] = field(default_factory=dict)
    note: Words | None = None
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if self.released.tzinfo is None:
            raise ValueError("an edition is released at a moment with a zone")
        if self.book.wave(self.wave) is None:
            raise ValueError(f"the figures have no wave {self.wave}")

    @property
    def figures(self) -> WaveFigures:
        found = self.book.wave(self.wave)
        assert found is not None  # held by the constructor
        return found

    @property
    def synthetic(self) -> bool:
        return self.book.synthetic

    @property
    def before(self) -> WaveFigures | None:
        """The wave before this one, where there is one."""
        earlier = [wave for wave in self.book.waves if wave.date < self.figures.date]
        return earlier[-1] if earlier else None

    @property
    def released_on(self) -> date:
        """The day of publication in the Netherlands."""
        return self.released.astimezone(AMSTERDAM).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of an edition. `language` is empty for a file in both."""

    name: str
    media_type: str
    content: bytes
    language: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


SYNTHETIC = Words(
    nl="Synthetische antwoorden: gemaakt om te laten zien hoe dit werkt. Geen bestuur heeft dit geantwoord.",
    en="Synthetic answers: made to show how this works. No board gave them.",
)
SYNTHETIC_SHORT = Words(nl="Synthetische antwoorden", en="Synthetic answers")
PROVISIONAL = Words(nl="Voorlopig", en="Provisional")
FINAL = Words(nl="Definitief", en="Final")


def standing(edition: Edition) -> Words:
    """Status and number: `Definitief · editie 1`."""
    status = PROVISIONAL if edition.provisional else FINAL
    return Words(nl=f"{status.nl} · editie {edition.number}", en=f"{status.en} · edition {edition.number}")


def stated(edition: Edition) -> Words:
    """What every form of an edition says of itself: status, number and day."""
    known = standing(edition)
    return Words(
        nl=f"{known.nl} · {numbers.day(edition.released_on, 'nl')}",
        en=f"{known.en} · {numbers.day(edition.released_on, 'en')}",
    )
