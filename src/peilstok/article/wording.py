"""What a wording means: for every way to say an amount, the values of which it is true.

`docs/methods/wording.md` gives each entry with examples; a test compares the page with these tables. A hedge, a
fraction or a quantity that is not here has no defined meaning and cannot be bound to a figure.

    ruim X, just over X     at least X, less than X plus one unit of its last digit that is not zero
    bijna X, nearly X       less than X, more than X minus that unit
    ongeveer X, about X     at most half that unit away from X

Fractions have no last digit. Their units are the distances to the neighbouring rungs of the ladder of simple
fractions: `ruim` reaches up to the next rung, `bijna` and `ongeveer` as far as this rung is the nearest one. A bare
fraction may be two points off, and no more than a tenth of itself or of what it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from peilstok.article.numbers import Amount
from peilstok.terms import Language


class Hedge(StrEnum):
    """How an amount is qualified."""

    BARE = "bare"
    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"  # a little more: ruim, just over
    UNDER = "under"  # a little less: bijna, nearly
    MORE = "more"
    LESS = "less"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Span:
    """Values from `low` to `high`, None for no end; an end counts where it is `closed`."""

    low: Fraction | None
    high: Fraction | None
    low_closed: bool = True
    high_closed: bool = True

    def __contains__(self, value: Fraction) -> bool:
        above = self.low is None or value > self.low or (self.low_closed and value == self.low)
        below = self.high is None or value < self.high or (self.high_closed and value == self.high)
        return above and below


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(each.split()) for each in text.split(","))


HEDGES: Final[Mapping[Language, Mapping[Hedge, tuple[str, ...]]]] = {
    "nl": {
        Hedge.OVER: _phrases("ruim, iets meer dan, net iets meer dan, net meer dan, iets boven de, net boven de"),
        Hedge.UNDER: _phrases(
            "bijna, krap, haast, een kleine, nog geen, net geen, net niet, iets minder dan, net iets minder dan, "
            "net minder dan, iets onder de, net onder de"
        ),
        Hedge.ABOUT: _phrases(
            "ongeveer, circa, ca., ca, zo'n, rond de, rond, om en nabij de, om en nabij, grofweg, naar schatting, "
            "plusminus"
        ),
        Hedge.MORE: _phrases("meer dan, hoger dan, groter dan, boven de, boven"),
        Hedge.LESS: _phrases("minder dan, lager dan, kleiner dan, onder de, onder"),
        Hedge.AT_LEAST: _phrases("minstens, minimaal, ten minste, tenminste, op zijn minst, niet minder dan"),
        Hedge.AT_MOST: _phrases("hooguit, hoogstens, maximaal, ten hoogste, niet meer dan"),
        Hedge.EXACT: _phrases("precies, exact"),
    },
    "en": {
        Hedge.OVER: _phrases(
            "just over, slightly over, a little over, just above, slightly more than, a little more than, "
            "just more than"
        ),
        Hedge.UNDER: _phrases(
            "nearly, almost, just under, slightly under, a little under, just below, not quite, close to, "
            "slightly less than, a little less than, slightly fewer than"
        ),
        Hedge.ABOUT: _phrases(
            "about, around, roughly, approximately, some, circa, ca., ca, an estimated, in the region of"
        ),
        Hedge.MORE: _phrases("more than, over, above, upwards of, in excess of, higher than, greater than"),
        Hedge.LESS: _phrases("less than, fewer than, under, below, lower than, smaller than"),
        Hedge.AT_LEAST: _phrases("at least, a minimum of, no less than, no fewer than, not less than"),
        Hedge.AT_MOST: _phrases("at most, up to, a maximum of, no more than, not more than"),
        Hedge.EXACT: _phrases("exactly, precisely"),
    },
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity in words, with the percentages (or numbers, where not `percent`) of which it is true.

    `alone` says that it may not stand bound to nothing ("alle" and "geen" may: they are ordinary words).
    """

    name: str
    span: Span
    nl: tuple[str, ...]
    en: tuple[str, ...]
    percent: bool = True
    alone: bool = True

    def phrases(self, language: Language) -> tuple[str, ...]:
        return self.nl if language == "nl" else self.en


def _quantity(name: str, span: str, nl: str, en: str, *, percent: bool = True, alone: bool = True) -> Quantity:
    """`span` as in mathematics: "[90,100)" holds its low end and not its high one."""
    low, high = span[1:-1].split(",")
    values = Span(Fraction(low), Fraction(high), span[0] == "[", span[-1] == "]")
    return Quantity(name, values, _phrases(nl), _phrases(en), percent, alone)


QUANTITIES: Final[tuple[Quantity, ...]] = (
    _quantity(
        "majority",
        "(50,100]",
        "een meerderheid, de meerderheid, het merendeel, het grootste deel, de meeste, het gros",
        "a majority, the majority, most of, most boards, most schools, most pupils, most members, most respondents",
    ),
    _quantity(
        "narrow majority",
        "(50,55]",
        "een kleine meerderheid, een krappe meerderheid, een nipte meerderheid",
        "a small majority, a narrow majority, a slim majority",
    ),
    _quantity(
        "clear majority",
        "[60,100]",
        "een ruime meerderheid, een duidelijke meerderheid",
        "a clear majority, a comfortable majority",
    ),
    _quantity(
        "large majority",
        "[75,100]",
        "een grote meerderheid, de grote meerderheid, een overgrote meerderheid, de overgrote meerderheid, "
        "het overgrote deel, verreweg de meeste",
        "a large majority, the large majority, a great majority, the great majority, the vast majority, "
        "a vast majority",
    ),
    _quantity("minority", "(0,50)", "een minderheid, een kleine minderheid", "a minority, a small minority"),
    _quantity(
        "almost all",
        "[90,100)",
        "bijna alle, bijna allemaal, bijna iedereen, bijna elk, bijna elke, bijna alles",
        "almost all, nearly all, almost every, nearly every, almost everyone, nearly everyone",
    ),
    _quantity(
        "virtually all",
        "[95,100)",
        "vrijwel alle, vrijwel allemaal, vrijwel iedereen, vrijwel elk, vrijwel elke, vrijwel alles, nagenoeg alle, "
        "nagenoeg allemaal, nagenoeg iedereen, zo goed als alle",
        "virtually all, practically all, virtually every, practically every, virtually everyone",
    ),
    _quantity(
        "all", "[100,100]", "alle, allemaal, iedereen, elk, elke", "all, every, everyone, everybody", alone=False
    ),
    _quantity(
        "hardly any",
        "(0,10]",
        "bijna geen, bijna niemand, nauwelijks, amper",
        "almost no, almost none, hardly any, hardly anyone, nearly none",
        alone=False,
    ),
    _quantity(
        "virtually none",
        "(0,5]",
        "vrijwel geen, vrijwel niemand, nagenoeg geen, zo goed als geen",
        "virtually no, virtually none, practically no, practically none",
    ),
    _quantity("none", "[0,0]", "geen, geen enkel, geen enkele, niemand", "no, none, nobody, no one", alone=False),
    _quantity("dozens", "[20,100)", "tientallen", "dozens of, dozens", percent=False),
    _quantity(
        "hundreds", "[200,1000)", "honderden, enkele honderden", "hundreds of, hundreds, several hundred", percent=False
    ),
    _quantity(
        "thousands",
        "[2000,10000)",
        "duizenden, enkele duizenden",
        "thousands of, thousands, several thousand",
        percent=False,
    ),
    _quantity(
        "tens of thousands",
        "[20000,100000)",
        "tienduizenden",
        "tens of thousands of, tens of thousands",
        percent=False,
    ),
    _quantity(
        "hundreds of thousands",
        "[200000,1000000)",
        "honderdduizenden",
        "hundreds of thousands of, hundreds of thousands",
        percent=False,
    ),
)


def _numbered(text: str) -> Mapping[str, int]:
    """ "derde 3, kwart 4" as a table."""
    return {word: int(number) for word, number in (each.split() for each in text.split(","))}


NUMERATORS: Final[Mapping[Language, Mapping[str, int]]] = {
    "nl": _numbered("een 1, één 1, twee 2, drie 3, vier 4, vijf 5, zes 6, zeven 7, acht 8, negen 9"),
    "en": _numbered("a 1, one 1, two 2, three 3, four 4, five 5, six 6, seven 7, eight 8, nine 9"),
}
DENOMINATORS: Final[Mapping[Language, Mapping[str, int]]] = {
    "nl": _numbered(
        "derde 3, derden 3, kwart 4, vierde 4, vierden 4, vijfde 5, vijfden 5, zesde 6, zesden 6, zevende 7, "
        "achtste 8, achtsten 8, negende 9, tiende 10, tienden 10, twintigste 20, honderdste 100"
    ),
    "en": _numbered(
        "third 3, thirds 3, quarter 4, quarters 4, fourth 4, fourths 4, fifth 5, fifths 5, sixth 6, sixths 6, "
        "seventh 7, sevenths 7, eighth 8, eighths 8, ninth 9, tenth 10, tenths 10, twentieth 20, hundredth 100"
    ),
}
HALVES: Final[Mapping[Language, tuple[str, ...]]] = {
    "nl": _phrases("de helft, helft"),
    "en": _phrases("one half, one-half, a half, half"),
}


def _fractions(text: str) -> tuple[tuple[str, Fraction], ...]:
    return tuple((name, Fraction(value)) for name, value in (each.split("=") for each in text.split()))


VULGAR: Final[Mapping[str, Fraction]] = dict(
    _fractions(
        "¼=1/4 ½=1/2 ¾=3/4 ⅓=1/3 ⅔=2/3 ⅕=1/5 ⅖=2/5 ⅗=3/5 ⅘=4/5 ⅙=1/6 ⅚=5/6 ⅐=1/7 ⅛=1/8 ⅜=3/8 ⅝=5/8 ⅞=7/8 ⅑=1/9 ⅒=1/10"
    )
)
LADDER: Final = tuple(Fraction(each) for each in "0 1/10 1/5 1/4 1/3 2/5 1/2 3/5 2/3 3/4 4/5 9/10 1".split())  # noqa: SIM905 - a table, easier read as one line
BARE_POINTS: Final = Fraction(2)


def of_amount(amount: Amount, hedge: Hedge) -> Span:
    """The values of which "<hedge> <number>" is true."""
    value, unit = amount.value, amount.unit
    if hedge in (Hedge.BARE, Hedge.EXACT):
        half = (amount.step if hedge is Hedge.EXACT else amount.rounds_to) / 2
        return Span(value - half, value + half, low_closed=True, high_closed=False)  # half goes up
    if hedge is Hedge.ABOUT:
        return Span(value - unit / 2, value + unit / 2)
    if hedge is Hedge.OVER:
        return Span(value, value + unit, high_closed=False)
    if hedge is Hedge.UNDER:
        return Span(value - unit, value, low_closed=False, high_closed=False)
    return _one_sided(value, hedge)


def _one_sided(value: Fraction, hedge: Hedge) -> Span:
    if hedge is Hedge.MORE:
        return Span(value, None, low_closed=False)
    if hedge is Hedge.LESS:
        return Span(None, value, high_closed=False)
    return Span(value, None) if hedge is Hedge.AT_LEAST else Span(None, value)


def of_fraction(fraction: Fraction, hedge: Hedge) -> Span:
    """The percentages of which "<hedge> <fraction>" is true."""
    below, value, above = (_printed(100 * each) for each in (rungs(fraction)[0], fraction, rungs(fraction)[1]))
    if hedge in (Hedge.BARE, Hedge.EXACT):
        off = min(BARE_POINTS, value / 10, (100 - value) / 10) if hedge is Hedge.BARE else Fraction(1, 2)
        return Span(value - off, value + off)
    if hedge is Hedge.ABOUT:
        return Span((below + value) / 2, (value + above) / 2)
    if hedge is Hedge.OVER:
        return Span(value, above, high_closed=False)
    if hedge is Hedge.UNDER:
        return Span((below + value) / 2, value, low_closed=False, high_closed=False)
    return _one_sided(value, hedge)


def _printed(value: Fraction) -> Fraction:
    """At nine decimals, as values are: 36 of 108 boards are a third, not almost a third."""
    return round(value, 9)


def rungs(fraction: Fraction) -> tuple[Fraction, Fraction]:
    """The neighbours of a fraction on the ladder, to which the fractions with its own denominator are added."""
    ladder = {*LADDER, *(Fraction(top, fraction.denominator) for top in range(fraction.denominator + 1))}
    return max(rung for rung in ladder if rung < fraction), min(rung for rung in ladder if rung > fraction)


def near_amount(amount: Amount, hedge: Hedge) -> Span:
    """Where a one-sided wording ("meer dan 60 procent") is not only true but near enough."""
    return _near(hedge, amount.value - amount.unit, amount.value + amount.unit)


def near_fraction(fraction: Fraction, hedge: Hedge) -> Span:
    """The same for "meer dan de helft": up to two rungs away."""
    below, above = rungs(fraction)
    low = rungs(below)[0] if below > 0 else below
    high = rungs(above)[1] if above < 1 else above
    return _near(hedge, 100 * low, 100 * high)


def _near(hedge: Hedge, low: Fraction, high: Fraction) -> Span:
    if hedge in (Hedge.MORE, Hedge.AT_LEAST):
        return Span(None, high)
    if hedge in (Hedge.LESS, Hedge.AT_MOST):
        return Span(low, None)
    return Span(None, None)
