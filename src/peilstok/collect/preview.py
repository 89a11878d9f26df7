"""A questionnaire to look at before anybody is asked: every page as a board meets it, with conditions and checks.

One HTML page that needs nothing beside it. It is drawn with the templates of the form itself, for an invented board;
all items are there, whatever their conditions. Values in texts stand as they were written, between braces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from peilstok import questionnaire as questions
from peilstok.collect import forms
from peilstok.collect.forms import Field
from peilstok.questionnaire import Context, Item, Questionnaire, RuleCheck, SumCheck
from peilstok.terms import ItemName, Language, RegisterRow, Value

STYLESHEET: Final = Path(__file__).resolve().parents[1] / "site" / "static" / "site" / "peilstok.css"
BOARD: Final[RegisterRow] = {
    "number": "00000",
    "name": "Stichting Voorbeeld",
    "pupils": 1_200,
    "pupils_bo": 1_150,
    "pupils_sbo": 50,
    "pupils_so": None,
    "pupils_vso": None,
    "schools": 4,
    "sites": 5,
    "region": None,
    "has_special_school": False,
}
"""The invented board for which it is drawn."""


@dataclass(frozen=True, slots=True)
class _Nobody:
    """Who has filled in nothing yet."""

    prefilled: Mapping[ItemName, Value]
    context: Context
    answers: Mapping[ItemName, Value]
    wholes: Mapping[ItemName, Fraction]
    has_typed: bool = False


@dataclass(frozen=True, slots=True)
class _Shown:
    """An item as it is drawn, with what decides whether it is asked and what is checked about it."""

    field: Field
    name: str
    type: str
    condition: str
    prefill: str
    whole: str
    required: bool
    checks: tuple[_Check, ...]


@dataclass(frozen=True, slots=True)
class _Check:
    hard: bool
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class _ShownPage:
    title: str
    name: str
    block: str
    items: tuple[_Shown, ...]


def page(questionnaire: Questionnaire, language: Language, *, site: bool = False) -> str:
    """The questionnaire as one HTML page. `site`: to be shown by the site, which sends the stylesheet besides."""
    context = {
        "name": questionnaire.name,
        "title": questionnaire.title[language],
        "introduction": questionnaire.introduction[language],
        "minutes": questionnaire.minutes,
        "fingerprint": questionnaire.fingerprint,
        "pages": tuple(_pages(questionnaire, language)),
        "asked": sum(item.type.asks for item in questionnaire.items.values()),
        "style": "" if site else _style(),
        "language": language,
    }
    with translation.override(language):
        return render_to_string("collect/preview.html", context)


def _style() -> str:
    """The stylesheet of the site as an element of the page: a file of its own, which no server sends."""
    return mark_safe(f"<style>{STYLESHEET.read_text('utf-8')}</style>")  # noqa: S308  # our own file


def _pages(questionnaire: Questionnaire, language: Language) -> Iterator[_ShownPage]:
    context = Context(register=BOARD)
    nobody = _Nobody(questions.prefilled(questionnaire, context), context, {}, {})
    called = {block.name: block.entry[language] for block in questionnaire.blocks}
    for each in questionnaire.pages:
        items = tuple(_shown(questionnaire, nobody, item, language) for item in each.items)
        yield _ShownPage(each.title[language], each.name, called.get(each.block, "") if each.block else "", items)


def _shown(questionnaire: Questionnaire, nobody: _Nobody, item: Item, language: Language) -> _Shown:
    return _Shown(
        field=forms.field_as_first_shown(nobody, item, language),
        name=item.name,
        type=item.type,
        condition=item.when.source if item.when else "",
        prefill=item.prefill.source if item.prefill else "",
        whole=item.percent_of.source if item.percent_of else "",
        required=item.required,
        checks=tuple(_check(check, language) for check in questionnaire.checks if check.at == item.name),
    )


def _check(check: RuleCheck | SumCheck, language: Language) -> _Check:
    if isinstance(check, RuleCheck):
        return _Check(check.severity == "hard", check.rule.source, check.message.source[language])
    return _Check(check.severity == "hard", f"{' + '.join(check.parts)} = {check.total}", "")
