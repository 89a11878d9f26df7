"""Finding the amounts that a text says: hedge, number or fraction or quantity, unit.

Decides where in a text an amount is said and how it is put together, from the tables of `wording`. Whether it is true
of a figure is decided in `stating`, whether it may stand bound to nothing in `unbound`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Final, Literal, NamedTuple, TypeVar

from peilstok.article import numbers, wording
from peilstok.article.numbers import Amount, Misformed, Word
from peilstok.article.wording import Hedge, Quantity, Span
from peilstok.terms import Language

UnitSaid = Literal["", "percent", "points"]


class Ratio(NamedTuple):
    """ "Three in four", "46 van de 108"."""

    part: int
    whole: int

    @property
    def is_fraction(self) -> bool:
        """Of a small round number: else it is the count of a known base, and nothing else."""
        return self.whole <= 20 or self.whole in (25, 50, 100, 1000)


Said = Amount | Misformed | Fraction | Quantity | Ratio


@dataclass(frozen=True, slots=True)
class Expression:
    """An amount said from `start` to `end` of a text; without hedge and unit it stands from `core` to `core_end`.

    `upper` is the other end of a range ("tussen 60 en 65 procent").
    """

    start: int
    core: int
    core_end: int
    end: int
    said: Said
    hedge: Hedge = Hedge.BARE
    unit: UnitSaid = ""
    in_words: bool = False
    sign: Literal["", "+", "-"] = ""
    upper: Said | None = None

    def span(self) -> Span | None:
        """The values of which it is true (percentages for a fraction); None where it has no meaning by itself."""
        if self.upper is not None:
            return _range(self.said, self.upper)
        if isinstance(self.said, Amount):
            return wording.of_amount(self.said, self.hedge)
        if isinstance(self.said, Quantity):
            return self.said.span
        fraction = self.fraction()
        return None if fraction is None else wording.of_fraction(fraction, self.hedge)

    def near(self) -> Span:
        """Where it is not only true but near enough."""
        if isinstance(self.said, Amount):
            return wording.near_amount(self.said, self.hedge)
        fraction = self.fraction()
        return Span(None, None) if fraction is None else wording.near_fraction(fraction, self.hedge)

    def fraction(self) -> Fraction | None:
        if isinstance(self.said, Ratio):
            return Fraction(self.said.part, self.said.whole) if self.said.is_fraction else None
        return self.said if isinstance(self.said, Fraction) else None

    @property
    def of_a_whole(self) -> bool:
        """Says a part of a whole, so that no word for percent is needed."""
        return isinstance(self.said, Fraction | Ratio) or (isinstance(self.said, Quantity) and self.said.percent)


def _range(low: Said, high: Said) -> Span | None:
    if not isinstance(low, Amount) or not isinstance(high, Amount):
        return None
    return Span(low.value, high.value)


PERCENT: Final[frozenset[str]] = frozenset({"procent", "percent", "pct", "%", "percentage"})
POINTS: Final[frozenset[str]] = frozenset(
    {"procentpunt", "procentpunten", "procent-punt", "procent-punten", "percentagepunt", "percentagepunten"}
    | {"percentage-point", "percentage-points", "punt", "punten", "point", "points", "pp", "ppt"}
)
_POINT: Final = frozenset({"punt", "punten", "point", "points"})
_OF: Final[Mapping[Language, tuple[tuple[str, ...], ...]]] = {
    "nl": (("op", "de"), ("op", "elke"), ("op",), ("van", "de"), ("van", "elke")),
    "en": (("out", "of", "every"), ("out", "of", "the"), ("out", "of"), ("in", "every"), ("in",), ("of", "the")),
}
_ARTICLES: Final = frozenset({"een", "one", "a", "an"})  # numbers only before a unit, a fraction or a ratio
_ORDINAL_ENDINGS: Final = frozenset({"e", "de", "ste", "st", "nd", "rd", "th"})
# "een derde meting" is the third one
_ORDINAL_NOUNS: Final = frozenset(
    numbers.listed(
        "meting peiling ronde keer maal golf wave partij versie optie reden punt vraag dag week maand fase stap druk "
        "poll round time party version option reason point question day month phase step edition"
    )
)


def find(text: str, language: Language) -> tuple[Expression, ...]:
    """All amounts that the text says, from left to right."""
    return of_words(numbers.words(text), language)


def of_words(tokens: Sequence[Word], language: Language) -> tuple[Expression, ...]:
    found: list[Expression] = []
    at = 0
    while at < len(tokens):
        taken = _at(tokens, at, language)
        if taken is None:
            at += 1
            continue
        expression, at = taken
        found.append(expression)
    return tuple(found)


def joined(found: Sequence[Expression], text: str, language: Language) -> tuple[Expression, ...]:
    """The same with ranges put together: "tussen 60 en 65 procent", "60 to 65 percent", "60–65 procent"."""
    lead, and_ = ("tussen", "en") if language == "nl" else ("between", "and")
    merged: list[Expression] = []
    for each in found:
        last = merged[-1] if merged else None
        if last is None or last.upper is not None or isinstance(last.said, Quantity):
            merged.append(each)
            continue
        between = text[last.end : each.core].strip().lower()
        before = text[: last.start].rstrip().lower()
        led = before.endswith(lead) and between == and_
        if led or (between in ("tot", "à", "a", "to", "-", "–", "tot en met") and each.sign in ("", "-")):
            start = len(before) - len(lead) if led else last.start
            merged[-1] = replace(each, start=start, core=last.core, said=last.said, upper=each.said, sign="")
        else:
            merged.append(each)
    return tuple(merged)


def _at(tokens: Sequence[Word], at: int, language: Language) -> tuple[Expression, int] | None:
    """The amount that begins at token `at`, with its hedge before and its unit behind, and the token after it."""
    for length, hedge in _phrases_at(_hedges(language), tokens, at):
        taken = _amount(tokens, at + length, language)
        if taken is not None:
            return _expression(tokens, at, at + length, taken, hedge)
    for length, quantity in _phrases_at(_quantities(language), tokens, at):
        end = at + length
        first, last = tokens[at].start, tokens[end - 1].end
        return Expression(first, first, last, last, quantity, in_words=True), end
    taken = _amount(tokens, at, language)
    return None if taken is None else _expression(tokens, at, at, taken, Hedge.BARE)


def _expression(
    tokens: Sequence[Word], start: int, core: int, taken: tuple[Said, int], hedge: Hedge
) -> tuple[Expression, int]:
    said, end = taken
    unit, after = unit_at(tokens, end)
    digits = any(token.kind in ("digits", "fraction") for token in tokens[core:end])
    sign = _sign(tokens, core)
    begin = tokens[core - 1].start if sign and start == core else tokens[start].start
    places = (begin, tokens[core].start, tokens[end - 1].end, tokens[after - 1].end)
    return Expression(*places, said, hedge, unit, not digits, sign), after


def _sign(tokens: Sequence[Word], core: int) -> Literal["", "+", "-"]:
    """A plus or minus that stands against the number, and not against anything before it."""
    if core == 0 or tokens[core - 1].end != tokens[core].start or tokens[core].kind != "digits":
        return ""
    mark = tokens[core - 1].text
    if mark not in "+-−–" or (core > 1 and tokens[core - 2].end == tokens[core - 1].start and mark != "−"):
        return ""
    return "+" if mark == "+" else "-"


def unit_at(tokens: Sequence[Word], at: int) -> tuple[UnitSaid, int]:
    texts = [token.text for token in tokens[at : at + 3]]
    if texts[:2] == ["per", "cent"]:
        return ("points", at + 3) if texts[2:] and texts[2] in _POINT else ("percent", at + 2)
    if texts[:1] == ["%"] and texts[1:2] == ["-"] and texts[2:] and texts[2] in _POINT:
        return "points", at + 3
    if texts and texts[0] in PERCENT and texts[1:2] and texts[1] in _POINT:
        return "points", at + 2
    if texts and texts[0] in POINTS:
        return "points", at + 1
    return ("percent", at + 1) if texts and texts[0] in PERCENT - {"percentage"} else ("", at)


def _amount(tokens: Sequence[Word], at: int, language: Language) -> tuple[Said, int] | None:
    if at >= len(tokens):
        return None
    token = tokens[at]
    if token.kind == "fraction":
        return (wording.VULGAR[token.text], at + 1) if token.text in wording.VULGAR else None
    if token.kind not in ("digits", "word"):
        return None
    return (
        _half_percent(tokens, at, language)
        or _ratio(tokens, at, language)
        or _fraction(tokens, at, language)
        or _number(tokens, at, language)
    )


def _number(tokens: Sequence[Word], at: int, language: Language) -> tuple[Said, int] | None:
    token = tokens[at]
    if token.text in _ARTICLES and not _counts(tokens, at, language):
        return None
    if token.kind == "digits" and at + 1 < len(tokens):
        behind = tokens[at + 1]
        if behind.start == token.end and behind.text in _ORDINAL_ENDINGS:
            return None  # 2e, 3rd
    return numbers.written(tokens, at, language)


def _counts(tokens: Sequence[Word], at: int, language: Language) -> bool:
    """An article is a number before percent, a million and the like."""
    if at + 1 >= len(tokens):
        return False
    behind = tokens[at + 1].text
    if tokens[at].text == "a":
        return behind in ("hundred", "thousand", "million")
    said = unit_at(tokens, at + 1)[0] != "" and behind not in _POINT
    return said or behind in numbers.MULTIPLIERS[language]


def _half_percent(tokens: Sequence[Word], at: int, language: Language) -> tuple[Said, int] | None:
    """ "Een half procent", "half a percentage point"."""
    end = at + 1 if tokens[at].text in ("een", "a") else at
    if end >= len(tokens) or tokens[end].text not in ("half", "halve"):
        return None
    end += 1
    if language == "en" and end < len(tokens) and tokens[end].text == "a":
        end += 1
    said = numbers.amount(Fraction(1, 2), step=Fraction(1, 10))
    return (said, end) if unit_at(tokens, end)[0] else None


def _ratio(tokens: Sequence[Word], at: int, language: Language) -> tuple[Said, int] | None:
    first = _whole(tokens, at, language)
    if first is None:
        return None
    part, end = first
    for connector in _OF[language]:
        if tuple(token.text for token in tokens[end : end + len(connector)]) != connector:
            continue
        second = _whole(tokens, end + len(connector), language)
        if second is None:
            return None
        whole, after = second
        ratio = Ratio(part, whole)
        by_in = connector[0] in ("in", "op")
        pronoun = tokens[at].text in _ARTICLES and not by_in  # een van de 285
        if not 0 < part < whole or (by_in and not ratio.is_fraction) or (pronoun and not ratio.is_fraction):
            return None
        return ratio, after
    return None


def _whole(tokens: Sequence[Word], at: int, language: Language) -> tuple[int, int] | None:
    """A whole number at a token; here "een" and "one" count."""
    if at >= len(tokens):
        return None
    if tokens[at].text in ("een", "one"):
        return 1, at + 1
    taken = numbers.written(tokens, at, language) if tokens[at].kind in ("digits", "word") else None
    if taken is None or isinstance(taken[0], Misformed) or taken[0].value.denominator != 1:
        return None
    return int(taken[0].value), taken[1]


def _fraction(tokens: Sequence[Word], at: int, language: Language) -> tuple[Said, int] | None:
    for length, half in _phrases_at(_halves(language), tokens, at):
        return half, at + length
    bottoms = wording.DENOMINATORS[language]
    whole = _joined_fraction(tokens[at].text, language)
    if whole is not None:
        return whole, at + 1
    top = wording.NUMERATORS[language].get(tokens[at].text)
    if top is None and tokens[at].kind == "digits" and tokens[at].text.isascii() and len(tokens[at].text) == 1:
        top = int(tokens[at].text)
    bottom = bottoms.get(tokens[at + 1].text) if at + 1 < len(tokens) else None
    if not top or bottom is None or top >= bottom:
        return None
    behind = tokens[at + 2].text if at + 2 < len(tokens) else ""
    if top == 1 and behind in _ORDINAL_NOUNS:
        return None
    return Fraction(top, bottom), at + 2


@cache
def _joined_fraction(word: str, language: Language) -> Fraction | None:
    """ "Driekwart", "twee-derde", "eenderde", "two-thirds"; "kwart" alone as well."""
    if word == "kwart":
        return Fraction(1, 4)
    plain = numbers.folded(word)
    for name, bottom in wording.DENOMINATORS[language].items():
        if not plain.endswith(name) or plain == name:
            continue
        head = plain.removesuffix(name)
        if not head.endswith("-") and (language == "en" or name.startswith("tiend")):
            continue  # "achttiende" is the eighteenth
        top = wording.NUMERATORS[language].get(head.removesuffix("-"))
        if top is not None and top < bottom:
            return Fraction(top, bottom)
    return None


_T = TypeVar("_T")
_Phrases = Mapping[str, tuple[tuple[tuple[str, ...], _T], ...]]


def _phrases_at(phrases: _Phrases[_T], tokens: Sequence[Word], at: int) -> Iterator[tuple[int, _T]]:
    """The phrases that begin at a token, longest first, with their lengths."""
    for parts, meaning in phrases.get(tokens[at].text, ()):
        if tuple(token.text for token in tokens[at : at + len(parts)]) == parts:
            yield len(parts), meaning


def _indexed(entries: Iterable[tuple[str, _T]]) -> _Phrases[_T]:
    by_first: dict[str, list[tuple[tuple[str, ...], _T]]] = {}
    for phrase, meaning in entries:
        parts = tuple(token.text for token in numbers.words(phrase))
        by_first.setdefault(parts[0], []).append((parts, meaning))
    return {first: tuple(sorted(found, key=lambda each: -len(each[0]))) for first, found in by_first.items()}


@cache
def _hedges(language: Language) -> _Phrases[Hedge]:
    return _indexed((phrase, hedge) for hedge, phrases in wording.HEDGES[language].items() for phrase in phrases)


@cache
def _quantities(language: Language) -> _Phrases[Quantity]:
    return _indexed((phrase, each) for each in wording.QUANTITIES for phrase in each.phrases(language))


@cache
def _halves(language: Language) -> _Phrases[Fraction]:
    return _indexed((phrase, Fraction(1, 2)) for phrase in wording.HALVES[language])
