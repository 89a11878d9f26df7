"""The figures that the council published in spring 2020, and whether computed ones agree with them.

A number agrees when it is the published one after rounding (half up) to the precision of print. A figure that was
published in words only agrees when the words are true of it. Where whole boards cannot give the published number,
`explanations.yaml` says why. Not decided here: how a figure is computed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

import yaml

from peilstok.demo import content
from peilstok.disclose import figures
from peilstok.disclose.figures import Figure, FigureBook
from peilstok.errors import CannotRun
from peilstok.terms import ALL, DomainKey, FigureName, WaveId, Words

DOMAINS: Final[Mapping[str, DomainKey]] = {"all": ALL, "without (v)so": DomainKey("without_vso")}


@dataclass(frozen=True, slots=True)
class Published:
    """One row of published_figures.csv. `value` keeps the digits of print: 63.5 has one decimal, 24 none."""

    wave: WaveId
    figure: FigureName
    domain: str  # as the file names it
    value: Decimal
    respondents: int
    pupils: int

    @property
    def name(self) -> FigureName:
        """The name of the figure in a book: `vulnerable.without_vso`."""
        domain = DOMAINS[self.domain]
        return self.figure if domain == ALL else FigureName(f"{self.figure}.{domain}")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What to know about a row. `true_between` are the bounds (the first included) within which its words are true.

    `differs` is the one value, as it would be printed, that the text excuses beside the published one.
    """

    text: Words
    words: str | None = None
    true_between: tuple[Decimal, Decimal] | None = None
    differs: Decimal | None = None


FIGURES: Final = "figures.json"
"""The book of figures that a run of the demo leaves in its folder."""

Explanations = Mapping[tuple[WaveId, FigureName], Explanation]


@dataclass(frozen=True, slots=True)
class Compared:
    """A published figure beside the computed one."""

    published: Published
    figure: Figure
    agrees: bool
    explanation: Words | None
    is_excused: bool = False  # it differs as the explanation says, and not otherwise

    @property
    def is_accounted_for(self) -> bool:
        return self.agrees or self.is_excused


def compared(book: FigureBook) -> tuple[Compared, ...]:
    """Every published row beside the figure of this book."""
    rows = read_published(content.PUBLISHED.read_text(encoding="utf-8"))
    return compare(rows, book, read_explanations(content.EXPLANATIONS.read_text(encoding="utf-8")))


def last_book(folder: Path) -> FigureBook:
    """The figures of the last run in this folder."""
    path = folder / FIGURES
    if not path.exists():
        raise CannotRun(f"there are no figures in {folder} yet: run `make demo` first")
    return figures.from_json(path.read_text(encoding="utf-8"), file=str(path))


def read_published(text: str) -> tuple[Published, ...]:
    """The rows of published_figures.csv."""
    return tuple(
        Published(
            wave=WaveId(f"wave-{row['wave']}"),
            figure=FigureName(row["figure"]),
            domain=row["domain"],
            value=Decimal(row["published_value"]),
            respondents=int(row["respondents"]),
            pupils=int(row["pupils_represented"]),
        )
        for row in csv.DictReader(io.StringIO(text))
    )


def read_explanations(text: str) -> Explanations:
    """explanations.yaml: a list of `wave`, `figure` (with its domain), `nl`, `en`; `words` for a row in words; for
    a value that is explained `differs`."""
    return {
        (WaveId(entry["wave"]), FigureName(entry["figure"])): Explanation(
            text=Words(nl=entry["nl"].strip(), en=entry["en"].strip()),
            words=entry["words"]["text"] if "words" in entry else None,
            true_between=_bounds(entry["words"]["true_between"]) if "words" in entry else None,
            differs=Decimal(entry["differs"]["expected"]) if "differs" in entry else None,
        )
        for entry in yaml.safe_load(text)
    }


def _bounds(texts: Sequence[str]) -> tuple[Decimal, Decimal]:
    low, high = map(Decimal, texts)
    return low, high


def compare(rows: Sequence[Published], book: FigureBook, explanations: Explanations) -> tuple[Compared, ...]:
    """Every published row beside its figure; a figure that the book lacks is an error of the demo."""
    return tuple(_compare(row, book, explanations.get((row.wave, row.name))) for row in rows)


def _compare(row: Published, book: FigureBook, explanation: Explanation | None) -> Compared:
    figure = book.figure(row.wave, row.name)
    assert figure is not None, f"{row.wave} has no figure {row.name}"
    return Compared(
        row,
        figure,
        agrees(row, figure.value, explanation),
        explanation.text if explanation else None,
        is_excused=explanation is not None and is_explained(figure.value, explanation),
    )


def is_explained(computed: float, explanation: Explanation) -> bool:
    """Whether this is the very value that the explanation is about, rounded as it writes it."""
    expected = explanation.differs
    return expected is not None and rounded(computed, like=expected) == expected


def agrees(row: Published, computed: float, explanation: Explanation | None = None) -> bool:
    """Same after rounding to the printed precision; for a row in words, whether they are true."""
    if explanation and explanation.true_between:
        low, high = explanation.true_between
        return low <= _exact(computed) < high
    return rounded(computed, like=row.value) == row.value


def rounded(computed: float, *, like: Decimal) -> Decimal:
    """Half up, to as many decimals as `like` has: 10.5 becomes 11."""
    return _exact(computed).quantize(Decimal(1).scaleb(_exponent(like)), rounding=ROUND_HALF_UP)


def _exact(computed: float) -> Decimal:
    """Without the last binary digits: 100 * 57 / 285 is 20, and 2.675 lies on the boundary."""
    return Decimal(repr(round(computed, 9)))


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # not infinite
    return exponent
