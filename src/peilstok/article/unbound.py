"""Numbers that are bound to nothing, and what may stand without being bound.

Every number, number word, fraction and quantity of the wording tables is a statement that somebody will quote. It is
bound to a figure, named as somebody else's (`source:`) or as no figure at all (`literal:`), or it is one of the few
things that are known not to be one: a date, a time, a phone number, the number of a law, a table or a list.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from peilstok.article import comparisons, expressions, literals, multiples, numbers
from peilstok.article.codes import finding
from peilstok.article.expressions import Expression, Ratio
from peilstok.article.source import Bound, Passage, place_of, quoted
from peilstok.article.wording import Hedge, Quantity
from peilstok.errors import Finding
from peilstok.terms import Language


def _bounded(pattern: str) -> str:
    """A few blanks are as many as are needed; without an end a run of them would take quadratic time."""
    return pattern.replace(r"\s*", r"\s{0,3}").replace(r"\s+", r"\s{1,3}")


_DAY: Final = r"(?:[12]?\d|3[01]|0[1-9])"
_YEAR: Final = r"(?:19|20)\d\d"
_BEFORE_YEAR: Final = (
    r"in|sinds|voorjaar|najaar|lente|zomer|herfst|winter|eind|begin|medio|jaar|schooljaar|vanaf|van|tot|over|en"
    r"|spring|summer|autumn|since|year|of|from|until|by|late|early|mid|and"
)
_MONTH: Final = (
    r"(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    r"|january|february|(?-i:March|May)|june|july|august|october"
    r"|jan|feb|mrt|mar|apr|jun|jul|aug|sept?|okt|oct|nov|dec)\b\.?"
)
_AND: Final = r"(?:\s*(?:,|en|and|of|or|tot en met|t/m|tot|to|until|-|–)\s*)"
_ENDING: Final = r"(?:e|de|ste|st|nd|rd|th)?"
_HOUR: Final = r"(?:[01]?\d|2[0-4])[.:][0-5]\d"
_NAMED: Final = (
    r"artikel|artikelen|art|lid|hoofdstuk|paragraaf|bijlage|tabel|figuur|grafiek|vraag|stap|punt|nummer|nr|pagina|p"
    r"|groep|groepen|leerjaar|week|weken|ronde|meting|peiling|versie|deel|kamerstuk|kamerstukken|stb|stcrt|postbus|vwo|iso"
    r"|article|articles|section|sections|chapter|annex|appendix|table|figure|chart|question|step|point|number|no|page"
    r"|group|grade|year group|weeks|round|wave|poll|version|part|item"
)
_COUNTED: Final = (
    r"(?:\s*(?:procent|percent|per cent|%|besturen|schoolbesturen|leerlingen|kinderen|scholen|respondenten|leden"
    r"|boards|pupils|children|schools|respondents|members|students))"
)
ACCEPTED: Final = tuple(
    re.compile(_bounded(pattern), re.IGNORECASE)
    for pattern in (
        # dates
        rf"\b{_DAY}{_ENDING}(?:{_AND}{_DAY}{_ENDING}){{0,6}}\s+{_MONTH}(?:,?\s+{_YEAR}\b)?",
        rf"\b{_MONTH}\s+{_DAY}{_ENDING}\b(?!{_COUNTED})(?:{_AND}{_DAY}{_ENDING}\b){{0,6}}(?:,?\s+{_YEAR}\b)?",
        rf"\b{_MONTH}\s+{_YEAR}\b(?!{_COUNTED})",
        rf"\b(?:{_YEAR}-[01]?\d-{_DAY}|{_DAY}[-/][01]?\d[-/](?:{_YEAR}|\d\d))\b",
        rf"\b(?:{_BEFORE_YEAR})\s+{_YEAR}(?:\s*[-–/]\s*(?:{_YEAR}|\d\d))?\b(?!{_COUNTED})",
        rf"\b{_YEAR}\s*[-–/]\s*{_YEAR}\b",
        # times
        rf"\b{_HOUR}(?:\s*(?:-|–|tot|to|en|and|until)\s*{_HOUR})?\s*(?:uur|u|h|hrs|a\.?m\.?|p\.?m\.?)(?!\w)",
        r"\b(?:[01]?\d|2[0-4]):[0-5]\d\b",
        r"\b(?:1[0-2]|[1-9])\s*(?:a\.m\.|p\.m\.|am|pm)(?!\w)",
        r"\b(?:om|vanaf|tot|voor|na|tussen)\s+(?:[01]?\d|2[0-4])(?:\s*(?:-|–|tot|en)\s*(?:[01]?\d|2[0-4]))?\s+uur\b",
        # phone numbers: nine digits or more behind a nought or a country code, a short one behind a word for calling
        r"(?<![\w.,])(?:\+\d{1,3}|\(?0\d{1,3}\)?)(?:\s*[-–/]?\s*\(?\d{2,}\)?){1,5}(?=[\s.,;:)]|$)",
        r"\b(?:bel|belt|bellen|telefoon|telefoonnummer|tel\.?|call|phone|telephone)\s*:?\s*(?:met\s+)?\d[\d\s–-]{1,14}\d\b",
        # numbers that are names
        rf"\b(?:{_NAMED})\.?\s+\d+[a-z]?(?:[.:]\d+[a-z]?)*(?:{_AND}\d+[a-z]?(?:[.:]\d+)*){{0,9}}\b(?!{_COUNTED})",
        r"\b\d{4}\s?[A-Z]{2}\b(?=\s+[A-Z])",  # a postal code before its town
        r"\b\d{1,2}\s*-?\s*(?:jarigen?|jaars)\b|\b\d{1,2}[- ]year[- ]olds?\b",
        # addresses
        r"\b(?:https?://|www\.)\S+|\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}",
        # idiom
        r"\b(?:één en ander|één[- ]op[- ]één|één en dezelfde|één voor één|één of ander\w*|nul op het rekest)\b",
        r"\b(?:eerste|tweede|andere|first|second|other|latter)\s+(?:helft|half)\b",
        r"\bhalf\s+(?:past|an?\s+(?:hour|day|year|century)|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf)\b",
        r"\b(?:een\s+)?kwart\s+(?:over|voor|eeuw)\b",
    )
)
_LIST_HEAD: Final = re.compile(r"\s*(?:\d{1,2}(?:\.\d{1,2})*[.)]|\(\d{1,2}\))(?=\s)")
_LIST_ITEM: Final = re.compile(r"\((\d{1,2})\)|(?<![\w.,])(\d{1,2})\)")
_EMPHATIC: Final = re.compile(
    r"[eéEÉ]én(?=\s{1,3}(?:\w{1,30}\s{1,3})?(?:bestuur|schoolbestuur|school|leerling|kind|vestiging|respondent)\b)"
)


def findings(
    passage: Passage, *, language: Language, file: str, compares: Callable[[Bound], bool]
) -> Iterator[Finding]:
    """Everything in a passage that states an amount or a comparison and is bound to nothing.

    `compares` tells of a link to a figure whether the figure itself is about a change ("more than last week").
    """
    taken = _Stretches([*((each.start, each.end) for each in passage.bindings), *passage.quiet])
    many = multiples.find(passage.text, language)
    free = _Stretches([*accepted(passage.text), *((each.start, each.end) for each in many)])
    for each in expressions.find(passage.text, language):
        if _states_nothing(each, passage.text) or free.holds(each.core, each.core_end):
            continue
        if taken.holds(each.core, each.core_end):
            if each.hedge is not Hedge.BARE and not taken.touches(each.start, each.start + 1):
                place, said = place_of(passage, each.start, file), passage.text[each.start : each.end]
                yield finding("A033", place, quoted(said), "the whole wording between the brackets of the link")
            continue
        if not taken.touches(each.core, each.core_end) or not _parts_bound(each, passage, taken):
            yield _finding(each, passage, taken, language, file)
    for multiple in many:
        if not taken.touches(multiple.start, multiple.end):
            yield _bound_to_nothing("A061", multiple.start, multiple.end, passage, language, file)
    if passage.part != "code":
        yield from comparisons.findings(passage, file=file, compares=compares)


def _finding(each: Expression, passage: Passage, taken: _Stretches, language: Language, file: str) -> Finding:
    if taken.touches(each.core, each.core_end):
        place, said = place_of(passage, each.start, file), quoted(passage.text[each.start : each.end])
        return finding("A017", place, said, "the whole number between the brackets of the link")
    return _bound_to_nothing("A061" if each.in_words else "A060", each.start, each.end, passage, language, file)


def _bound_to_nothing(code: str, start: int, end: int, passage: Passage, language: Language, file: str) -> Finding:
    said, behind = passage.text[start:end], passage.text[end : end + 200]
    ways = ["[..](figure:name)", "[..](source:https://..)"]
    if not literals.states_figure(said, behind, language):
        ways.append("[..](literal:)")
    expected = ", ".join(ways[:-1]) + f" or {ways[-1]}"
    return finding(code, place_of(passage, start, file), quoted(said), expected)


def _parts_bound(each: Expression, passage: Passage, taken: _Stretches) -> bool:
    """[46](figure:f#count) van de [108](figure:f#n): both numbers are bound, each by itself."""
    if not isinstance(each.said, Ratio):
        return False
    parts = numbers.words(passage.text[each.core : each.core_end])
    ends = (parts[0], parts[-1])
    return all(taken.holds(each.core + part.start, each.core + part.end) for part in ends)


def _states_nothing(each: Expression, text: str) -> bool:
    if isinstance(each.said, Quantity):
        return not each.said.alone
    said = text[each.core : each.core_end]
    return numbers.folded(said.lower()) == "een" and each.unit == "" and not _EMPHATIC.match(text, each.core)


def accepted(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a text whose numbers are dates, times, phone numbers and the like."""
    for pattern in ACCEPTED:
        for match in pattern.finditer(text):
            yield match.span()
    if head := _LIST_HEAD.match(text):
        yield head.span()
    yield from _enumerated(text)


def _enumerated(text: str) -> Iterator[tuple[int, int]]:
    """(1) .. (2) .. (3): numbers in brackets that count from one are those of a list."""
    found = list(_LIST_ITEM.finditer(text))
    if len(found) >= 2 and [int(match.group(1) or match.group(2)) for match in found] == list(range(1, len(found) + 1)):
        yield from (match.span() for match in found)


class _Stretches:
    """Stretches of a text, to be asked whether they hold or touch another."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        merged: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if merged and start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        self.starts: Sequence[int] = [start for start, _ in merged]
        self.ends: Sequence[int] = [end for _, end in merged]

    def holds(self, start: int, end: int) -> bool:
        at = bisect_right(self.starts, start) - 1
        return at >= 0 and end <= self.ends[at]

    def touches(self, start: int, end: int) -> bool:
        at = bisect_right(self.starts, end - 1) - 1
        return at >= 0 and self.ends[at] > start
