"""The texts of a form in Dutch and English: which of its languages is which, and what stands in for one that lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from peilstok.errors import Finding
from peilstok.questionnaire.xlsform.codes import finding
from peilstok.questionnaire.xlsform.columns import language_of
from peilstok.questionnaire.xlsform.sheets import Form, Row
from peilstok.terms import LANGUAGES, Language

TEXTS: Final = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
_CALLED: Final = {"nl": "Dutch", "en": "English"}

Pair = Mapping[Language, str]
"""A text in both languages."""


@dataclass(frozen=True, slots=True)
class Languages:
    """How the languages of a form stand for those of the product. `default`: the language of texts without one."""

    default: str

    def pair(self, row: Row, column: str, findings: list[Finding], *, item: str = "") -> Pair | None:
        """What stands in a column, in both languages; None where nothing does. A missing one is noted."""
        texts = {of: text for of, text in row.texts(column).items() if text.strip()}
        if not texts:
            return None
        found: dict[Language, str] = {}
        for of, text in texts.items():
            language = language_of(of or self.default)
            if language is not None:
                found.setdefault(language, text)
        stand_in = next(iter(found.values()), None) or texts.get("") or next(iter(texts.values()))
        missing = [language for language in LANGUAGES if language not in found]
        if missing:
            findings.append(_missing(row, column, missing, stand_in, texts, item))
        elif found["nl"] == found["en"] and len(stand_in.split()) > 2:
            said = f'the same text in both languages under "{column}", "{stand_in[:60]}"'
            findings.append(finding("X020", row.at(column), said, "a translation", sheet=row.sheet, item=item))
        return {language: found.get(language, stand_in) for language in LANGUAGES}


def languages_of(form: Form, findings: list[Finding]) -> Languages:
    """The languages of a form; those that the product does not have are noted, once for each column."""
    settings = form.rows("settings")
    default = settings[0].cell("default_language") if settings else ""
    for sheet in ("survey", "choices"):
        rows = form.rows(sheet)
        for column in form.columns(sheet):
            if column.name in TEXTS and column.of and language_of(column.of) is None and rows:
                found = f'texts in "{column.of}"'
                place = rows[0].at(column.name, column.of)
                findings.append(finding("X021", place, found, "left out: Dutch and English are taken", sheet=sheet))
    return Languages(default)


def _missing(
    row: Row, column: str, languages: list[Language], stand_in: str, texts: Mapping[str, str], item: str
) -> Finding:
    of = next(of for of, text in texts.items() if text == stand_in)
    lacking = " and no ".join(_CALLED[each] for each in languages)
    expected = "a translation; the same text is used in both languages"
    found = f'no {lacking} under "{column}" for "{stand_in[:60]}"'
    return finding("X020", row.at(column, of), found, expected, sheet=row.sheet, item=item)
