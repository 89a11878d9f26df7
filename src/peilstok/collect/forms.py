"""A page of a questionnaire as a form: the fields as a template draws them, and the fields that a post may hold.

Decides what kind of control an item gets and which texts stand by it. What was typed means is decided in
`questionnaire.parse`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final, Protocol

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from peilstok import questionnaire as questions
from peilstok.collect import parts
from peilstok.collect.answers import unconfirmed
from peilstok.collect.models import Handover, Revision
from peilstok.collect.respondents import Respondent, seen, values
from peilstok.collect.saving import Reading, Typed, read_page
from peilstok.collect.sums import Sum, of_revision
from peilstok.questionnaire import MISSING, Context, Item, ItemType, Page, PathPage, Problem
from peilstok.terms import ItemName, Language, Missing, Value

INPUT_TYPES: Final[Mapping[ItemType, tuple[str, str]]] = {
    ItemType.NUMBER: ("text", "numeric"),
    ItemType.DECIMAL: ("text", "decimal"),
    ItemType.TEXT: ("text", ""),
    ItemType.DATE: ("date", ""),
    ItemType.EMAIL: ("email", "email"),
    ItemType.PHONE: ("tel", "tel"),
}
"""Type and inputmode of the one-line control; numbers are text, so that `3,8 %` and `1.234` can be typed."""


_NOTHING_SAID: Final = Reading(values={}, hard=(), soft=())


class FilledIn(Protocol):
    """What a page needs to know of who fills it in."""

    @property
    def answers(self) -> Mapping[ItemName, Value]: ...
    @property
    def prefilled(self) -> Mapping[ItemName, Value]: ...
    @property
    def wholes(self) -> Mapping[ItemName, Fraction]: ...
    @property
    def context(self) -> Context: ...
    @property
    def has_typed(self) -> bool:
        """Waits something that was typed and not accepted yet?"""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A radio button or check box."""

    id: str
    field: str
    value: str
    label: str
    checked: bool
    apart: bool = False  # drawn apart from the ones before: "don't know", "none of these"


@dataclass(frozen=True, slots=True)
class Question:
    """A soft problem: "is this right?" with the key to send along when it is; `about` is the question it is about."""

    id: str
    about: str
    key: str
    message: str


@dataclass(frozen=True, slots=True)
class Part:
    """A number that may be given as a percentage: which it is now, and the one beside the other in words."""

    percent: bool
    said: str


@dataclass(frozen=True, slots=True)
class Field:
    """One item as it is drawn. `id` is the item's name and that of its first control: error links go there."""

    id: str
    control: str  # line, lines, radio, checkboxes
    label: str
    hint: str
    unit: str
    value: str
    input_type: str
    inputmode: str
    choices: tuple[Choice, ...]
    missing: tuple[Choice, ...]
    previous: str
    from_register: bool
    optional: bool
    errors: tuple[str, ...]
    questions: tuple[Question, ...]
    part: Part | None = None

    @property
    def described_by(self) -> str:
        parts = (
            ("hint", self.hint),
            ("register", self.from_register),
            ("previous", self.previous),
            ("part", self.part and self.part.said),
            ("error", self.errors),
            ("question", self.questions),
        )
        return " ".join(f"{self.id}-{name}" for name, there in parts if there)

    @property
    def drawn(self) -> str:
        """Its HTML, in the language of the page."""
        return _drawn(self, translation.get_language())


@lru_cache(maxsize=2_000)
def _drawn(field: Field, language: str | None) -> str:
    """Drawing takes most of the time of a page, and most fields look the same to most boards."""
    return render_to_string("collect/_field.html", {"field": field})


@dataclass(frozen=True, slots=True)
class Form:
    """A page as it is drawn, with what is to be said about what was typed on it."""

    fields: tuple[Field, ...]
    wrong: bool

    @property
    def errors(self) -> tuple[tuple[str, str, str], ...]:
        """(id of the field, its question, what is wrong), for the summary on top."""
        return tuple((field.id, field.label, message) for field in self.fields for message in field.errors)

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for field in self.fields for question in field.questions)


def fields_of(items: Iterable[Item], post: QueryDict) -> Typed:
    """What a post holds of these items; anything else in it is none of ours.

    That a number is a percentage is of interest only where there is one.
    """
    asked = [item for item in items if item.type.asks]
    names = [name for item in asked for name in (item.name, f"{item.name}.missing")]
    names += [f"{item.name}.as" for item in asked if item.percent_of and post.get(item.name, "").strip()]
    return {name: [str(text) for text in post.getlist(name)] for name in names if name in post}


def form_of(respondent: Respondent, page: PathPage, language: Language) -> Form:
    """The page as it was left: what was accepted, or as it was typed with what there is to say about it."""
    waiting = respondent.draft.typed.get(page.page.name)
    if waiting is None:
        answers = {**respondent.prefilled, **respondent.answers}
        typed = _merged(
            questions.to_form(item, answers[item.name], language) for item in page.items if item.name in answers
        )
        reading = _NOTHING_SAID
    else:
        typed = waiting["fields"]
        reading = _NOTHING_SAID
        if not waiting.get("halfway"):
            reading = read_page(respondent, page, typed, language=waiting["language"])
    fields = tuple(_field(respondent, item, typed, reading, language) for item in page.items)
    return Form(fields=fields, wrong=bool(reading.hard))


def field_as_first_shown(filled: FilledIn, item: Item, language: Language) -> Field:
    """An item before anything was typed."""
    given = filled.prefilled.get(item.name)
    typed = {} if given is None else questions.to_form(item, given, language)
    return _field(filled, item, typed, _NOTHING_SAID, language)


def _merged(parts: Iterable[Mapping[str, list[str]]]) -> Typed:
    merged: dict[str, Sequence[str]] = {}
    for part in parts:
        merged |= part
    return merged


def _field(respondent: FilledIn, item: Item, typed: Typed, reading: Reading, language: Language) -> Field:
    input_type, inputmode = INPUT_TYPES.get(item.type, ("", ""))
    untouched = item.name not in respondent.answers and not respondent.has_typed
    return Field(
        id=item.name,
        control=_control(item),
        label=item.text[language],
        hint=item.hint[language] if item.hint else "",
        unit=item.unit[language] if item.unit else "",
        value=next(iter(typed.get(item.name, ())), ""),
        input_type=input_type,
        inputmode=inputmode,
        choices=_choices(item, typed, language),
        missing=() if item.type is ItemType.CHOICE else _missing(item, typed, language, start=len(item.options)),
        previous=_previous(respondent, item, language),
        from_register=untouched and item.name in respondent.prefilled,
        optional=item.optional,
        errors=_said(reading.hard, item, language),
        questions=tuple(
            Question(id=f"{each.key}-right", about=item.text[language], key=each.key, message=each.message[language])
            for each in reading.soft
            if each.item == item.name
        ),
        part=_part(respondent, item, typed, reading, language) if item.percent_of else None,
    )


def _part(respondent: FilledIn, item: Item, typed: Typed, reading: Reading, language: Language) -> Part:
    value = reading.values.get(item.name, respondent.answers.get(item.name))
    whole = respondent.wholes.get(item.name)
    said = ""
    if isinstance(value, int) and whole is not None and value <= whole:
        said = questions.part_in_words(item, value, whole)[language]
    return Part(percent="percent" in typed.get(f"{item.name}.as", ()), said=said)


def _control(item: Item) -> str:
    match item.type:
        case ItemType.CHOICE:
            return "radio"
        case ItemType.CHOICES:
            return "checkboxes"
        case ItemType.LONG_TEXT:
            return "lines"
        case ItemType.NOTE:
            return "note"
    return "line"


def _choices(item: Item, typed: Typed, language: Language) -> tuple[Choice, ...]:
    chosen = set(typed.get(item.name, ()))
    choices = [
        Choice(_id(item, at), item.name, option.name, option.text[language], option.name in chosen, option.exclusive)
        for at, option in enumerate(item.options)
    ]
    if item.type is ItemType.CHOICE:
        for at, missing in enumerate(item.missing_offered, start=len(choices)):
            checked = str(missing) in chosen
            choices.append(
                Choice(_id(item, at), item.name, str(missing), MISSING[missing][language], checked, apart=True)
            )
    return tuple(choices)


def _missing(item: Item, typed: Typed, language: Language, *, start: int) -> tuple[Choice, ...]:
    """Check boxes beside a control of another kind."""
    field, chosen = f"{item.name}.missing", set(typed.get(f"{item.name}.missing", ()))
    return tuple(
        Choice(
            f"{item.name}-{missing}",
            field,
            str(missing),
            MISSING[missing][language],
            str(missing) in chosen,
            apart=bool(start),
        )
        for missing in item.missing_offered
    )


def _id(item: Item, at: int) -> str:
    return item.name if at == 0 else f"{item.name}-{at + 1}"


def _previous(respondent: FilledIn, item: Item, language: Language) -> str:
    value = respondent.context.previous.get(item.name)
    if value is None or value in (Missing.NOT_ASKED, Missing.NOT_ANSWERED) or item.type is ItemType.LONG_TEXT:
        return ""
    unit = f" {item.unit[language]}" if item.unit and not isinstance(value, Missing) else ""
    return questions.display(item, value, language) + unit


def _said(problems: Iterable[Problem], item: Item, language: Language) -> tuple[str, ...]:
    return tuple(each.message[language] for each in problems if each.item == item.name)


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as a reader sees it."""

    id: str
    page: str
    label: str
    value: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands between the check page and sending; a soft one has a key to send along."""

    page: str
    item: str
    label: str
    message: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Together:
    """What the schools come to and what the board says instead, in words; `name` is that of the item."""

    name: str
    label: str
    added: str
    said: str
    reason: str
    outdated: bool
    of: str
    shown: str
    complete: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part that is with somebody else and not done: what it is called, and who has it."""

    label: str
    by: str


@dataclass(frozen=True, slots=True)
class Both:
    """One item as it was typed here and as another device saved it."""

    label: str
    here: str
    there: str

    @property
    def differ(self) -> bool:
        return self.here != self.there


def overview(respondent: Respondent, language: Language) -> tuple[Shown, ...]:
    """All that is asked, as it was answered so far, in the order of the path."""
    return tuple(
        _shown(item, respondent.answers.get(item.name, Missing.NOT_ANSWERED), page.page, language)
        for page in respondent.path.pages
        for item in page.items
        if item.type.asks
    )


def counted(respondent: Respondent, revision: Revision, language: Language) -> tuple[Shown, ...]:
    """The answers of a revision that count; last what the schools come to, where the board says otherwise."""
    questionnaire = seen(respondent.content.questionnaire, revision.answers, respondent.context)[0]
    answers = [
        _shown(questionnaire.items[name], value, questionnaire.page_of(name), language)
        for name, value in values(questionnaire, revision.counted).items()
        if value is not Missing.NOT_ASKED
    ]
    own = sums((each for each in of_revision(respondent, revision) if each.overridden), language)
    return (*answers, *(_own(each) for each in own))


def _own(together: Together) -> Shown:
    text = _("%(said)s (your schools together: %(added)s)") % {"said": together.said, "added": together.added}
    if together.reason:
        text = f"{text}\n{together.reason}"
    label = _("All schools together: %(question)s") % {"question": together.label}
    return Shown(together.name, "", label, text)


def _shown(item: Item, value: Value, page: Page, language: Language) -> Shown:
    missing = isinstance(value, Missing)
    unit = f" {item.unit[language]}" if item.unit and not missing else ""
    return Shown(
        item.name, page.name, _asked(item, page, language), questions.display(item, value, language) + unit, missing
    )


def _asked(item: Item, page: Page, language: Language) -> str:
    """The question; of one about an entry of a block with its name."""
    return f"{page.entry.label}: {item.text[language]}" if page.entry else item.text[language]


def obstacles(
    respondent: Respondent, language: Language, left_out: frozenset[str] = frozenset()
) -> tuple[Obstacle, ...]:
    """Pages that are not finished; when there are none, what is wrong or asks a second look in the whole."""
    pages = tuple(
        Obstacle(page.page.name, page.items[0].name, heading(page.page, language), "")
        for page in respondent.open_pages
        if page.page.name not in left_out
    )
    found = unconfirmed(respondent, left_out=left_out)
    return pages or tuple(_obstacle(respondent, each, language) for each in found)


def left_out(respondent: Respondent, without: Iterable[Handover], language: Language) -> tuple[LeftOut, ...]:
    """The parts that are with others and without which the board may send, where something of them is open."""
    open_ = [each.page for each in respondent.open_pages if each.page.name in respondent.left_out([*without])]
    found = []
    for each in without:
        page = next((page for page in open_ if parts.of(each).holds(page)), None)
        if page:
            found.append(LeftOut(page.entry.label if page.entry else page.title[language], each.to_name))
    return tuple(found)


def sums(found: Iterable[Sum], language: Language) -> tuple[Together, ...]:
    return tuple(
        Together(
            name=each.item.name,
            label=each.label[language],
            added=number(each.item, each.added, language) or _("nothing yet"),
            said=number(each.item, each.said, language),
            reason=each.reason,
            outdated=each.outdated,
            of=number(each.item, each.of, language) or _("nothing yet"),
            shown=each.shown,
            complete=each.complete,
        )
        for each in found
    )


def number(item: Item, value: int | float | None, language: Language) -> str:
    """As it is written; empty where there is none."""
    return "" if value is None else questions.display(item, value, language)


def heading(page: Page, language: Language) -> str:
    """The title of a page; of one about an entry of a block with its name."""
    return f"{page.entry.label}: {page.title[language]}" if page.entry else page.title[language]


def _obstacle(respondent: Respondent, problem: Problem, language: Language) -> Obstacle:
    item, page = respondent.questionnaire.items[problem.item], respondent.questionnaire.page_of(problem.item)
    key = "" if problem.hard else problem.key
    return Obstacle(page.name, problem.item, _asked(item, page, language), problem.message[language], key)


def both(respondent: Respondent, page: Page, sent: Typed, language: Language) -> tuple[Both, ...]:
    waiting = respondent.draft.typed.get(page.name, {})
    there = waiting.get("fields") or _merged(
        questions.to_form(item, respondent.answers[item.name], language)
        for item in page.items
        if item.name in respondent.answers
    )
    return tuple(
        Both(item.text[language], _as_typed(item, sent, language), _as_typed(item, there, language))
        for item in page.items
        if item.type.asks
    )


def _as_typed(item: Item, typed: Typed, language: Language) -> str:
    """The value where it is one, else the text itself."""
    value = questions.parse(item, typed, language=language)
    if not isinstance(value, Problem):
        return questions.display(item, value, language)
    return "; ".join(text for name in (item.name, f"{item.name}.missing") for text in typed.get(name, ()))
