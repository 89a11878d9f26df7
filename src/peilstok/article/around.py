"""What the words around a binding do to it: they turn it ("niet [63,5 procent]") or make another amount of it.

The same words within the brackets are judged in `stating` and `claims`; here they stand outside, where a reader reads
them all the same. Decides by the words of the clause alone. What a sentence says *of* an amount ("bij [2,5 procent]
niet") is the author's to answer for: `docs/methods/claims.md` says where the border runs.

    findings(passage, index, ...)            A034 and A035 of one binding
    base_said(passage, index, language)      "pupils" in "[63,5 procent] van de leerlingen"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from peilstok.article import expressions, numbers, units
from peilstok.article.codes import finding
from peilstok.article.numbers import Word
from peilstok.article.source import Bound, Passage
from peilstok.article.wording import Hedge
from peilstok.errors import Finding, Place
from peilstok.terms import Language

_REACH: Final = 200  # characters on either side; a clause that is longer has no reader
_CLAUSE: Final = re.compile(
    r"[.!?;:,…—](?=\s|$)|\s[-–—](?=\s)|[()\"“”«»|]"
    r"|\s(?:maar|en|of|want|omdat|terwijl|zodat|but|and|or|because|while|whereas|so)(?=\s)",
    re.IGNORECASE,
)
_NEGATIONS: Final[Mapping[Language, frozenset[str]]] = {
    "nl": frozenset(
        numbers.listed(
            "niet geen nooit noch nimmer nergens niemand geenszins allerminst allesbehalve evenmin nauwelijks amper"
        )
    ),
    "en": frozenset(
        numbers.listed("not no never nor neither nowhere none nobody no-one cannot hardly barely scarcely")
    ),
}
_NOT_ONLY: Final = frozenset(numbers.listed("alleen slechts enkel louter only just merely simply solely"))
_HARMLESS: Final = re.compile(r"\b(?:al\s+dan\s+niet|whether\s+or\s+not)\s*$", re.IGNORECASE)
_PHRASES: Final = re.compile(
    r"\b(?:verre\s+van|far\s+from|anything\s+but|by\s+no\s+means)\s*$|\((?:niet|geen|not|no)\)\s*$", re.IGNORECASE
)
_FILLERS: Final[Mapping[Language, frozenset[str]]] = {  # between a negation and the amount that it turns
    "nl": frozenset(
        numbers.listed(
            "de het een die deze dit dat er zo zo'n echt eens ook nog langer meer heel helemaal duidelijk veel "
            "beduidend wezenlijk aantoonbaar significant per se bepaald altijd overal opnieuw nu wel daadwerkelijk "
            "werkelijk eigenlijk zeker meteen al"
        )
    ),
    "en": frozenset(
        numbers.listed(
            "the a an this that these really actually any much clearly significantly longer yet even quite so very "
            "at all always everywhere again now necessarily be been"
        )
    ),
}
_PREPOSITIONS: Final = frozenset(
    numbers.listed("bij in op van voor aan met onder door tot at in on of for among by from to with")
)
_RELATIVE: Final = frozenset(
    numbers.listed("die dat wie wat waar waarvan waarbij waarin welke who that which whose where whom what when")
)
_VERBS: Final = frozenset(
    numbers.listed(
        "is zijn was waren wordt worden werd werden heeft hebben had hadden komt komen kwam kwamen ligt liggen lag "
        "are were has have will would does do did"
    )
)
_UNTRUE_THAT: Final = re.compile(
    r"\b(?:klopt\s+niet|niet\s+(?:zo|waar|juist|het\s+geval|gebleken|aangetoond|bewezen|vastgesteld)|geen\s+sprake\s+van"
    r"|onjuist|onwaar|(?:not|\w+n['’]t)\s+(?:true|the\s+case|so|correct|shown|proven)|untrue|false|incorrect),?\s+"
    r"(?:dat|that)\b[^.!?;:]{0,120}$",
    re.IGNORECASE,
)
_IT_IS_NOT: Final = re.compile(
    r"[^.!?;:,]{0,80}\b((?:is|was|zijn|waren|wordt|werd)\s+(?:het|dat|dit|ze|zij|die)(?:\s+\w+)?\s+(?:niet|nooit)"
    r"|(?:it|that|this|they)\s+(?:is|was|are|were)(?:\s+not|n['’]t))\s*(?:[.!?;:,]|$)",
    re.IGNORECASE,
)
_SIGN: Final = re.compile(r"(?:^|[\s(])[-–+]$|[−~≈<>≤≥±]\s?$")
_OTHER_BEFORE: Final = re.compile(
    r"\b(?:min|minus|negatief|negative|dubbele?|double|half|halve)\s+$"
    r"|\b(?:min\s+of\s+meer|more\s+or\s+less|zowat|pakweg|zo\s+goed\s+als|as\s+good\s+as|give\s+or\s+take)\s+$"
    r"|\b(?:stijging|daling|toename|afname|groei|vermindering|increase|decrease|rise|fall|drop|decline|growth)"
    r"\s+(?:van|met|of|by)\s+$"
    r"|\b(?:steeg|stegen|stijgt|daalde|daalden|daalt|groeide|groeiden|groeit|gestegen|gedaald|gegroeid|toegenomen"
    r"|afgenomen|toe|af|rose|risen|rises|fell|fallen|falls|grew|grown|grows|increased|decreased|dropped|declined)"
    r"\s+(?:met|by)\s+$",
    re.IGNORECASE,
)
_OTHER_BEHIND: Final = re.compile(
    r"\s*(?:miljoen|miljard|biljoen|mln|mld|duizend|honderd|million|billion|trillion|bn|thousand|hundred)\b"
    r"|\s*(?:of|en|or|and)\s+(?:meer|minder|hoger|lager|more|less|fewer|higher|lower)(?=\s*[.,;:!?)]|\s*$|\s+(?:van|of)\b)"
    r"|\s*[-‑]\s*(?:punt|punten|points?)\b|\s*(?:‰|promille\b|per\s+mille\b)|\+",
    re.IGNORECASE,
)


def findings(passage: Passage, index: int, *, language: Language, place: Place) -> Iterator[Finding]:
    """What the words outside do to the binding at `index`."""
    bound = passage.bindings[index]
    before = passage.text[max(0, bound.start - _REACH) : bound.start]
    behind = passage.text[bound.end : bound.end + _REACH]
    if not _is_hedged(passage, bound, language) and (negation := _negation(bound, before, behind, language)):
        outside = f'"{negation}" outside the link of "{bound.text}"'
        yield finding("A034", place, outside, "a sentence that says what the link says")
    if other := _other_amount(bound, before, behind, language):
        outside = f'"{other}" outside the link of "{bound.text}"'
        yield finding("A035", place, outside, "the whole wording between the brackets of the link")


def _is_hedged(passage: Passage, bound: Bound, language: Language) -> bool:
    """ "Niet meer dan [63,5 procent]": a hedge outside, which is a finding of its own (A033)."""
    start = max(0, bound.start - 40)
    said = expressions.find(passage.text[start : bound.end], language)
    return any(each.hedge is not Hedge.BARE and start + each.start < bound.start <= start + each.core for each in said)


# negations


def _negation(bound: Bound, before: str, behind: str, language: Language) -> str:
    """The words that turn the binding, "" where none does."""
    if _HARMLESS.search(before):
        return ""
    if found := _UNTRUE_THAT.search(before) or _PHRASES.search(before):
        return " ".join(found.group().split()[:4])
    words = numbers.words(_last_clause(before))
    at = next((at for at in reversed(range(len(words))) if _negates(words, at, language)), None)
    if at is not None and _reaches(words, at, bound, language):
        return words[at].text
    denied = _IT_IS_NOT.match(behind) if bound.kind == "claim" else None
    return " ".join(denied.group(1).split()) if denied else ""


def _last_clause(before: str) -> str:
    ends = [match.end() for match in _CLAUSE.finditer(before)]
    return before[ends[-1] :] if ends else before


def _negates(words: Sequence[Word], at: int, language: Language) -> bool:
    text = numbers.folded(words[at].text)
    if text not in _NEGATIONS[language] and not (language == "en" and text.endswith("n't")):
        return False
    return at + 1 == len(words) or words[at + 1].text not in _NOT_ONLY


def _reaches(words: Sequence[Word], at: int, bound: Bound, language: Language) -> bool:
    """Whether a negation turns the amount: it stands against it, or opens its clause; a claim it reaches from further.

    "Dat geldt niet voor [24 procent]" says something of 24 percent and turns nothing.
    """
    between = [word.text for word in words[at + 1 :]]
    by_preposition = bool(between) and between[-1] in _PREPOSITIONS
    near = between[:-1] if at == 0 and by_preposition else between
    if all(text in _FILLERS[language] for text in near):
        return True
    if bound.kind != "claim" or by_preposition:
        return False
    relative = any(word.text in _RELATIVE for word in words[1:at])
    return at == 0 or not (relative or any(text in _VERBS for text in between))


# other amounts


def _other_amount(bound: Bound, before: str, behind: str, language: Language) -> str:
    """A sign, a multiplier, a second unit or a word of change that makes another amount of a bound one."""
    if sign := _SIGN.search(before):
        return sign.group().strip(" (\n")
    if bound.kind == "claim":
        return ""
    if found := _OTHER_BEFORE.search(before) or _OTHER_BEHIND.match(behind):
        return " ".join(found.group().split())
    return _second_unit(bound, behind, language)


def _second_unit(bound: Bound, behind: str, language: Language) -> str:
    """ "[63,5 procent] procentpunt": the unit is said within, and another one behind."""
    words = numbers.words(behind[:40])
    unit, end = expressions.unit_at(words, 0)
    whole = any(each.unit or each.of_a_whole for each in expressions.find(bound.text, language))
    if not unit or not (whole or units.named(bound.text)):
        return ""
    return " ".join(word.text for word in words[:end])


# what an amount is said to be a part of


def base_said(passage: Passage, index: int, language: Language) -> str:
    """What the words say that a share is a share of: "boards", "pupils" or "schools"; "" where they do not.

    Behind the binding ("[63,5 procent] van de leerlingen"), or at the head of its clause ("Van de leerlingen is ..").
    """
    bound = passage.bindings[index]
    if kind := units.part_of(passage.text[bound.end : bound.end + _REACH], language):
        return kind
    start = max(passage.bindings[index - 1].end if index else 0, bound.start - _REACH)
    clause = _last_clause(passage.text[start : bound.start])
    words = clause.split()
    if not words or words[-1].lower() in _PREPOSITIONS:
        return ""  # "Van de leerlingen is bij [24 procent] .." goes on to another base
    return units.part_of(clause, language)
