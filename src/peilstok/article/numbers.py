"""Numbers as they are written: words of a text, and the amounts that digits and number words stand for.

Decides what "3,8", "414.915", "tweeëntwintig" and "one hundred and forty-three thousand" are as numbers, and how
precisely they say it. What else stands around them (bijna, procent, a third) is decided in `wording`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from peilstok.terms import Language


def listed(text: str) -> tuple[str, ...]:
    """The words of a list in one string."""
    return tuple(text.split())


WordKind = Literal["digits", "word", "name", "fraction", "mark"]

# letters with a digit behind them are a name (COVID-19, G4); blanks that do not break may part thousands
_WORD: Final = re.compile(
    r"(?P<name>[^\W\d_]+-?\d[\w-]*)"
    r"|(?P<digits>\d+(?:[.,]\d+|[\u00a0\u202f\u2009]\d{3}(?!\d))*)"
    r"|(?P<fraction>[¼½¾⅐-⅞])"
    r"|(?P<word>[^\W\d_]+(?:['’\-‑][^\W\d_]+)*)"
    r"|(?P<mark>\S)"
)


class Word(NamedTuple):
    """A word, number or mark of a text. `text` is in small letters with composed accents; places are in the text."""

    kind: WordKind
    text: str
    start: int
    end: int


def words(text: str) -> tuple[Word, ...]:
    return tuple(
        Word(_kind(match), _plain(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)
    )


def _kind(match: re.Match[str]) -> WordKind:
    kind = match.lastgroup
    assert kind in ("digits", "word", "name", "fraction", "mark")
    return kind  # type: ignore[return-value]  # the names of the groups are the kinds


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("‑", "-")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and how precisely it is said.

    `step` is the unit of its last digit (0.1 of "63,5"), `unit` that of its last digit that is not zero (1000 of
    "143.000"). `rounds_to` is the step to which the bare number may have been rounded.
    """

    value: Fraction
    step: Fraction
    unit: Fraction

    @property
    def rounds_to(self) -> Fraction:
        """A whole number of four digits or more may be a rounded one, as long as three digits are kept.

        With a multiplier ("1,5 miljoen") the last digit written is the one rounded to, as long as two are kept.
        """
        if self.step < 1 or self.value < 1000:
            return self.step
        digits = len(str(int(self.value)))
        if self.step > 1:
            return min(self.step, Fraction(10) ** (digits - 2))
        return max(self.step, min(self.unit, Fraction(10) ** (digits - 3)))


class Misformed(NamedTuple):
    """Digits that the language does not write so; `meant` is what they would be in the other language, if anything."""

    meant: Amount | None


_GROUPED: Final[Mapping[Language, re.Pattern[str]]] = {
    "nl": re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+|\d+)(?:,(\d+))?", re.ASCII),
    "en": re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+|\d+)(?:\.(\d+))?", re.ASCII),
}
_LONGEST: Final = 24  # digits; more is no figure, and a conversion that takes time


def from_digits(text: str, language: Language) -> Amount | Misformed:
    """The number that digits stand for in a language: 3,8 and 414.915 in Dutch, 3.8 and 414,915 in English."""
    plain = "".join(str(unicodedata.digit(each)) if each.isdecimal() else each for each in text)
    amount = _from_digits(plain, language)
    return amount or Misformed(_from_digits(plain, "en" if language == "nl" else "nl"))


def _from_digits(text: str, language: Language) -> Amount | None:
    match = _GROUPED[language].fullmatch(text) if len(text) <= _LONGEST else None
    if not match:
        return None
    whole = re.sub(r"\D", "", match.group(1))
    decimals = match.group(2) or ""
    return amount(Fraction(int(whole + decimals), 10 ** len(decimals)), step=Fraction(1, 10 ** len(decimals)))


def amount(value: Fraction, *, step: Fraction = Fraction(1)) -> Amount:
    """An amount written in steps of `step`: its last digit that is not zero is found from the value."""
    unit, count = step, value / step
    while count and count % 10 == 0:
        unit, count = unit * 10, count / 10
    return Amount(value, step, unit)


# number words

_NL_SMALL: Final[dict[str, int]] = {
    name: value
    for value, name in enumerate(
        listed(
            "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
            "zeventien achttien negentien"
        )
    )
}
_NL_TENS: Final = {
    name: 10 * value
    for value, name in enumerate(listed("twintig dertig veertig vijftig zestig zeventig tachtig negentig"), start=2)
}
_NL_BELOW_100: Final = {
    **_NL_SMALL,
    **_NL_TENS,
    **{f"{one}en{ten}": _NL_SMALL[one] + tens for one in list(_NL_SMALL)[1:10] for ten, tens in _NL_TENS.items()},
}
_EN_SMALL: Final[dict[str, int]] = {
    name: value
    for value, name in enumerate(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
_EN_TENS: Final = {
    name: 10 * value
    for value, name in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
_EN_BELOW_100: Final = {
    **_EN_SMALL,
    **_EN_TENS,
    **{f"{ten}-{one}": tens + _EN_SMALL[one] for one in list(_EN_SMALL)[1:10] for ten, tens in _EN_TENS.items()},
}
MULTIPLIERS: Final[Mapping[Language, Mapping[str, int]]] = {
    "nl": {"honderd": 100, "duizend": 1000, "miljoen": 10**6, "mln": 10**6, "miljard": 10**9, "mld": 10**9},
    "en": {"hundred": 100, "thousand": 1000, "million": 10**6, "mln": 10**6, "billion": 10**9, "bn": 10**9},
}
LONGEST_WORD: Final = 80  # letters; 999,999 has 58
_HALF: Final = Fraction(1, 2)


def folded(word: str) -> str:
    """Without accents: number words are told by their letters, whether or not the diaeresis was typed."""
    return "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))


def from_word(word: str, language: Language) -> Fraction | None:
    """The number that one word stands for: "tweeëntwintig", "honderddrie", "anderhalf", "seventy-two"."""
    if len(word) > LONGEST_WORD:
        return None
    plain = folded(word)
    if language == "en":
        value = _EN_BELOW_100.get(plain)
        return None if value is None else Fraction(value)
    if plain in ("anderhalf", "anderhalve"):
        return Fraction(3, 2)
    for ending in ("eneenhalf", "eneenhalve", "enhalf", "enhalve"):
        base = _NL_BELOW_100.get(plain.removesuffix(ending)) if plain.endswith(ending) else None
        if base:
            return base + _HALF
    dutch = _dutch(plain.replace("-", ""))
    return None if dutch is None else Fraction(dutch)


def _dutch(word: str) -> int | None:
    if "duizend" in word:
        return _dutch_parts(word, "duizend", 1000)
    return _dutch_below_1000(word)


def _dutch_below_1000(word: str) -> int | None:
    if "honderd" in word:
        return _dutch_parts(word, "honderd", 100)
    return _NL_BELOW_100.get(word)


def _dutch_parts(word: str, name: str, size: int) -> int | None:
    """Of "tweehonderddrie" the number before and the number behind the word for a hundred or a thousand."""
    before, _, behind = word.partition(name)
    many = 1 if not before else _dutch_below_1000(before)
    rest = 0 if not behind else _dutch_below_1000(behind)
    if rest is None:
        rest = _dutch_below_1000(behind.removeprefix("en"))
    if not many or rest is None or (size == 100 and (many > 99 or rest > 99)):
        return None
    return many * size + rest


def written(tokens: Sequence[Word], at: int, language: Language) -> tuple[Amount | Misformed, int] | None:
    """The number that begins at token `at`, in digits or words, with its multiplier ("1,5 miljoen"); and its end."""
    token = tokens[at]
    if token.kind == "digits":
        return _with_multiplier(from_digits(token.text, language), tokens, at + 1, language)
    if token.kind != "word":
        return None
    if language == "en":
        return _english(tokens, at)
    value = from_word(token.text, "nl")
    if value is None and token.text in MULTIPLIERS["nl"] and MULTIPLIERS["nl"][token.text] >= 10**6:
        return None  # "miljoen" alone is no number
    if value is None:
        return None
    return _dutch_words(value, tokens, at + 1)


def _with_multiplier(
    said: Amount | Misformed, tokens: Sequence[Word], at: int, language: Language
) -> tuple[Amount | Misformed, int]:
    size = MULTIPLIERS[language].get(tokens[at].text) if at < len(tokens) else None
    if size is None or isinstance(said, Misformed):
        return said, at
    return amount(said.value * size, step=said.step * size), at + 1


def _dutch_words(value: Fraction, tokens: Sequence[Word], end: int) -> tuple[Amount, int]:
    """Number words written apart: "anderhalf miljoen", "drie duizend", "drieduizend vijfhonderd"."""
    size = MULTIPLIERS["nl"].get(tokens[end].text) if end < len(tokens) else None
    if size is not None and value.denominator > 1:
        return amount(value * size, step=Fraction(size, 10)), end + 1
    if size is not None and value < size:
        value, end = value * size, end + 1
    if value >= 1000 and value % 1000 == 0 and end < len(tokens) and tokens[end].kind == "word":
        rest = from_word(tokens[end].text, "nl")
        if rest is not None and 1 < rest < 1000 and rest.denominator == 1:
            return amount(value + rest), end + 1
    return amount(value, step=Fraction(1) if value.denominator == 1 else Fraction(1, 10)), end


def _english(tokens: Sequence[Word], at: int) -> tuple[Amount, int] | None:
    """Number words that follow each other: "one hundred and forty-three thousand", "a hundred", "seventy two"."""
    total, current, end = Fraction(0), None, at
    if tokens[at].text == "a":
        if at + 1 >= len(tokens) or tokens[at + 1].text not in ("hundred", "thousand", "million"):
            return None
        current, end = Fraction(1), at + 1
    while end < len(tokens) and tokens[end].kind == "word":
        text = tokens[end].text
        small = _EN_BELOW_100.get(text)
        size = MULTIPLIERS["en"].get(text)
        if small is not None and _may_follow(current, small):
            current = (current or Fraction(0)) + small
        elif size == 100 and current is not None and current < 100:
            current *= 100
        elif size is not None and size > 100 and current is not None:
            total, current = total + current * size, None
        elif not (text == "and" and _and_joins(tokens, end, current, total)):
            break
        end += 1
    if current is None and not total:
        return None
    return amount(total + (current or Fraction(0))), end


def _may_follow(current: Fraction | None, small: int) -> bool:
    """Twenty may have a one behind it, a hundred anything below."""
    if current is None:
        return True
    if small >= 10 or current >= 100:
        return current > 0 and current % 100 == 0
    return current >= 20 and current % 10 == 0


def _and_joins(tokens: Sequence[Word], at: int, current: Fraction | None, total: Fraction) -> bool:
    """In "a hundred and three" the word joins; in "one and two" it does not."""
    joined = (current is not None and current >= 100) or (current is None and total > 0)
    return joined and at + 1 < len(tokens) and tokens[at + 1].text in _EN_BELOW_100
