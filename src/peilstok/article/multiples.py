"""Numbers in words that no table of wordings defines: "verdubbelde", "half zoveel", "een dozijn", "beide besturen".

They state a number all the same, so that they stand bound to nothing wherever they stand; no figure can be said by
them. Each pattern has its inflections. Not here, and allowed: "eenmaal", "dubbele roosters", "in tweevoud", "beide
ouders" (both of what no figure counts), "een paar", "a couple of".

    find("De opvang verdubbelde.", "nl")   the stretches of a text that state such a number
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from peilstok.article import units
from peilstok.terms import Language

_NL: Final = (
    "twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|twintig|dertig|veertig|vijftig"
    "|zestig|zeventig|tachtig|negentig|honderd|duizend"
)
_EN: Final = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|hundred|thousand"
_COUNTED: Final = "|".join(sorted(frozenset().union(*units.NOUNS.values()), key=len, reverse=True))
_AS_MUCH: Final = r"(?:zo\s*(?:veel|vaak|groot|hoog|lang|goed|druk|snel)|zo'n\s+\w+|aantal|aandeel|van)"
_WHOLES: Final = "sector|achterban|populatie|schoolbevolking|onderwijs|land|scholen|besturen|leerlingen|raad"
_PATTERNS: Final[Mapping[Language, tuple[str, ...]]] = {
    "nl": (
        rf"(?:een\s+)?ver(?:(?:drie)?dubbel|(?:{_NL}|veel)voudig|menigvuldig)\w*",
        r"ge?halv(?:eer|eren|ering)\w*|halv(?:eer|er)\w*",
        rf"dubbel\s+{_AS_MUCH}|(?:het|een)\s+dubbele?(?:\s+(?:aantal|aandeel))?|dubbele\s+(?:aantal|aandeel)",
        rf"(?:{_NL}|anderhalf|zoveel)maal(?:\s+{_AS_MUCH})?",
        rf"(?:het\s+|een\s+)?(?<!in )(?:{_NL})voud(?:ig|ige)?",
        rf"half\s+{_AS_MUCH}|(?:de\s+)?halve\s+(?:\w{{1,20}}\s+)?(?:{_WHOLES})",
        rf"(?:alle)?beide\s+(?:(?:de|deze|onze)\s+)?(?:\w{{1,20}}e\s+)?(?:{_COUNTED})|allebei\s+de\s+(?:{_COUNTED})",
        r"(?:een\s+)?(?:half\s+)?dozijn(?:en)?",
        rf"(?:een\s+)?(?!tientallen)(?:{_NL})tal(?:len)?",  # "tientallen" has a wording
        r"(?:een\s+)?hand(?:je)?vol",
    ),
    "en": (
        r"doubl(?:ed|es|ing)|double\s+(?:the|that|those|this|what|as)|(?:to|will|would|may|could|did|than)\s+double",
        r"(?:tripl|trebl|quadrupl|quintupl)(?:e|ed|es|ing)|halv(?:ed|ing)|(?:to|will|would|may|could|did)\s+halve",
        r"(?:twice|thrice)(?:\s+as\s+(?:many|much|often|high|large|great))?|half\s+as\s+(?:many|much|often|high|large)",
        rf"(?:{_EN})-?fold",
        r"(?:half\s+a\s+|an?\s+)dozen(?:\s+or\s+so)?|(?:several|some)\s+dozen",
        rf"both\s+(?:of\s+)?(?:(?:the|these|our)\s+)?(?:\w{{1,20}}\s+)?(?:{_COUNTED})",
        r"(?:a\s+)?handful",
    ),
}
_ROMAN: Final = rf"[IVXLCDM]{{2,12}}(?=\s{{1,3}}(?:{_COUNTED})\b)"  # II besturen; Wet LIV is none
_CHARACTERS: Final = r"[\u2160-\u2188\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289]+"  # Ⅳ, ④, ⑷
_GROWING: Final = re.compile(
    r"(?:een\s+)?ver\w+(?:bel|dig)\w*|ge?halv\w+|halv(?:ee|er|ed|ing)\w*|doubl\w+|(?:tri|tre|quadru|quintu)\w+",
    re.IGNORECASE,
)


def _compiled(language: Language) -> re.Pattern[str]:
    words = "|".join(each.replace(r"\s+", r"\s{1,3}").replace(r"\s*", r"\s{0,3}") for each in _PATTERNS[language])
    return re.compile(rf"\b(?:(?i:{words})|{_ROMAN})\b|{_CHARACTERS}")


_FOUND: Final[Mapping[Language, re.Pattern[str]]] = {"nl": _compiled("nl"), "en": _compiled("en")}


class Multiple(NamedTuple):
    """A stretch of a text. `compares` with an earlier amount ("verdubbeld"), beside stating a number."""

    start: int
    end: int
    compares: bool


def find(text: str, language: Language) -> tuple[Multiple, ...]:
    return tuple(
        Multiple(*match.span(), bool(_GROWING.fullmatch(match.group()))) for match in _FOUND[language].finditer(text)
    )
