"""Comparisons with an earlier time in words: "hoger dan op 30 maart", "steeg sinds de vorige keer", "is toegenomen".

Whether it is so is checked by a claim, so that a sentence that compares needs one. A word of change says it alone; a
comparative needs what it is compared with: an earlier wave, week or day, or a figure of another wave.

    findings(passage, file=..., compares=...)   A062, and A065 for one that is marked as no figure
    is_comparison("more than last week")        whether words compare at all
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from peilstok.article import references
from peilstok.article.codes import finding
from peilstok.article.source import Bound, Passage, place_of, quoted
from peilstok.errors import Finding

_SENTENCE: Final = re.compile(r"[.!?](?=\s|$)|$")
_SLOWLY: Final = (
    r"(?:\s{1,3}(?:licht|verder|sterk|flink|iets|snel|fors|duidelijk|weer|ook|nog|wel|toch|hard|langzaam|enorm|niet"
    r"|daardoor|daarmee|slightly|further|sharply|again|also)){0,3}\s{1,3}"
)
_NO_ADJECTIVE: Final = (
    r"(?<!\bde )(?<!\bdoor )(?<!\bvan )(?<!\bmet )(?<!\ban )(?<!\bthe )(?<!\bof )(?<!\bwith )(?<!\bfor )"
)
_CHANGED_WORDS: Final = (
    rf"{_NO_ADJECTIVE}(?:toegenomen|afgenomen|gestegen|gedaald|gegroeid|gekrompen|geslonken|opgelopen|teruggelopen)"
    r"|steeg|stegen|stijgt|daalde|daalden|daalt|groeide|groeiden|groeit|kromp|krompen|krimpt|slonk|slonken"
    r"|(?:nam|namen|neemt|nemen)\b[^.!?,;:]{0,60}?\s{1,3}toe"
    rf"|(?:nam|namen|neemt|nemen){_SLOWLY}af"
    rf"|(?:liep|liepen|loopt){_SLOWLY}(?:op|terug)(?=\s*[.,;!?]|\s*$|\s+(?:tot|naar|van|met|sinds)\b)"
    r"|(?:gelijk|stabiel|constant)\s+gebleven|(?:bleef|bleven)\s+(?:ongeveer\s+)?(?:gelijk|stabiel|constant)"
    rf"|{_NO_ADJECTIVE}(?:increased|decreased|declined|dropped(?!\s+(?:out|off)))|rose|risen"
    r"|fell(?!\s+(?:ill|sick|asleep|apart|behind))|fallen|grew|grown(?!-)|shrank|shrunk|climbed|soared|surged|plunged"
    r"|(?:is|are|was|were)\s+(?:rising|falling|growing|increasing|decreasing|declining|shrinking)"
    r"|steeds\s+(?:meer|minder|vaker|hoger|lager|groter|kleiner)|(?:more\s+and\s+more|fewer\s+and\s+fewer|less\s+and\s+less)"
    r"|(?:up|down)\s+(?:from|on)\s+(?:the\s+)?(?:last|previous)"
    r"|(?:went|gone|goes|going)\s+(?:up|down)"
    r"|(?:remained|stayed)\s+(?:about\s+)?(?:the\s+same|unchanged|level|stable|constant)"
)
_COMPARED_WORDS: Final = (
    rf"{_CHANGED_WORDS}|meer|minder|hogere?|lagere?|grotere?|kleinere?|vaker|drukker|rustiger|toegenomen|afgenomen|gestegen|gedaald|gegroeid"
    r"|stijging|daling|toename|afname|groei|krimp|stijgen|dalen|verbeterd|verslechterd|verminderd|vermeerderd"
    r"|evenveel|even\s+(?:veel|vaak|hoog|groot|laag|weinig)|onveranderd"
    r"|more|less|fewer|higher|lower|larger|greater|bigger|smaller|increased?|decreased?|declined?|rise|fall|drop|dropped"
    r"|growth|improved|worsened|as\s+(?:many|much|often|high|few)|unchanged"
)
_PERIOD: Final = r"(?:keer|maal|week|weken|maand|maanden|dag|dagen|jaar|schooljaar|time|weeks?|months?|days?|years?)"
_WAVE: Final = (
    r"(?:vorige?|voorgaande|eerdere|laatste|eerste|tweede)\s+(?:peiling|meting|ronde|uitvraag|enquête|vragenlijst)(?:en|s)?"
    r"|(?:previous|last|earlier|preceding|first|second)\s+(?:polls?|waves?|surveys?|rounds?|measurements?|questionnaires?)"
)
_BEFORE: Final = rf"(?:vorige?|voorgaande|previous|last)\s+{_PERIOD}|laatste\s+keer"
_MONTHS: Final = (
    r"(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    r"|january|february|march|may|june|july|august|october)"
)
_TIME: Final = (
    rf"(?:\d{{1,2}}(?:e|st|nd|rd|th)?\s+)?{_MONTHS}|\d{{4}}-\d\d-\d\d|(?:19|20)\d\d|week\s+\d{{1,2}}"
    r"|(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|eerder|voorheen|vroeger|destijds|daarvoor|ervoor|toen|gisteren|eergisteren|before|earlier|previously|then|yesterday"
    rf"|\w{{1,12}}\s+{_PERIOD}\s+(?:eerder|geleden|daarvoor|ervoor|terug|earlier|ago|before)"
    rf"|(?:vorige?|voorgaande|afgelopen|eerste|previous|last|past|first)\s+{_PERIOD}"
    r"|(?:het\s+)?begin|(?:the\s+)?(?:start|beginning)"
)
_AS_MUCH: Final = r"(?:even\w*(?:\s+\w{2,6})?\b[^.!?;:]{0,60}?\s+als|as\s+\w{2,6}\b[^.!?;:]{0,60}?\s+as)"
_LINKS: Final = (
    r"(?:\s+(?:op|in|aan|bij|het|de|die|dat|van|wat|eind|half|medio|on|at|the|of|it|was|they|were|we|zij|wij|er)){0,4}"
)
_THAN: Final = (
    r"(?:dan|than|sinds|since|vergeleken\s+met|in\s+vergelijking\s+met|ten\s+opzichte\s+van|tegenover"
    r"|compared\s+(?:with|to)|relative\s+to|versus)"
)


def _pattern(words: str, *, start: str = r"\b", end: str = r"\b") -> re.Pattern[str]:
    """A few blanks are as many as are needed; without an end a run of them would take quadratic time."""
    return re.compile(f"{start}(?:{words}){end}".replace(r"\s+", r"\s{1,3}").replace(r"\s*", r"\s{0,3}"), re.IGNORECASE)


_CHANGED: Final = _pattern(_CHANGED_WORDS)
_COMPARED: Final = _pattern(_COMPARED_WORDS)
_EARLIER_WAVE: Final = _pattern(_WAVE)
_EARLIER: Final = _pattern(rf"{_WAVE}|{_BEFORE}|(?:{_THAN}|{_AS_MUCH}){_LINKS}\s+(?:{_TIME})")
_OTHER_THAN: Final = _pattern("dan|than")


@dataclass(frozen=True, slots=True)
class _Compared:
    """A comparison from `start` to `end` of a passage; `word` is where it compares, `wave` whether it names a wave."""

    start: int
    end: int
    word: int
    wave: bool


def is_comparison(words: str) -> bool:
    return _COMPARED.search(words) is not None


def findings(passage: Passage, *, file: str, compares: Callable[[Bound], bool]) -> Iterator[Finding]:
    """Sentences that compare and hold no claim; a figure that `compares` by itself ("more than last week") is one."""
    text = _without_figures(passage)
    starts = [each.start for each in passage.bindings]
    start = 0
    for stop in _SENTENCE.finditer(text):
        within = passage.bindings[bisect_left(starts, start) : bisect_left(starts, stop.end())]
        found = _compared(text[start : stop.end()], start, within)
        if found and not any(each.kind in ("claim", "source") or compares(each) for each in within):
            yield _finding(found, passage, within, file)
        start = stop.end()


def _without_figures(passage: Passage) -> str:
    """ "Meer dan 60 procent" within a link to a figure is a bound and no comparison with then."""
    characters = list(passage.text)
    for each in passage.bindings:
        if each.kind == "figure":
            characters[each.start : each.end] = "\0" * (each.end - each.start)
    return "".join(characters)


def _compared(sentence: str, offset: int, within: Sequence[Bound]) -> _Compared | None:
    changed, earlier = _CHANGED.search(sentence), _EARLIER.search(sentence)
    word = changed or _COMPARED.search(sentence)
    if word is None:
        return None
    start, end = word.span()
    if earlier:
        start, end = min(start, earlier.start()), max(end, earlier.end())
    elif not changed:
        other = _other_wave(sentence, word.end(), offset, within)
        if other is None:
            return None
        end = other.end - offset
    return _Compared(offset + start, offset + end, offset + word.start(), _EARLIER_WAVE.search(sentence) is not None)


def _other_wave(sentence: str, behind: int, offset: int, within: Sequence[Bound]) -> Bound | None:
    """ "Hoger dan de [43 procent](figure:wave-2/..)": the figure that it is compared with."""
    than = _OTHER_THAN.search(sentence, behind)
    if than is None:
        return None
    for each in within:
        reference = references.parse(each.target) if each.kind == "figure" else None
        if reference and reference.wave and each.start >= offset + than.end():
            return each
    return None


def _finding(found: _Compared, passage: Passage, within: Sequence[Bound], file: str) -> Finding:
    said = quoted(passage.text[found.start : found.end])
    literal = any(each.kind == "literal" and each.start <= found.word < each.end for each in within)
    if literal and not found.wave:
        return finding("A065", place_of(passage, found.word, file), said, "a comparison that no figure of ours makes")
    place = place_of(passage, found.start if literal else found.word, file)
    return finding("A062", place, said, "[..](claim:higher(figure,wave)) or another claim")
