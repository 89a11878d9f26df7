"""A questionnaire from an XLSForm: the file as text, and everything that is worth knowing of how it was made.

Nothing is dropped in silence. What Peilstok cannot represent is an error, and then there is no file; what it says in
another way, or leaves out, is a warning or a remark. docs/formats/xlsform.md has the whole table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePath
from typing import Any, Final

import yaml

from peilstok.errors import Finding, Place, Refused, Severity
from peilstok.questionnaire import expressions
from peilstok.questionnaire.model import FORMAT, Questionnaire
from peilstok.questionnaire.reading import examine
from peilstok.questionnaire.xlsform import naming, sheets
from peilstok.questionnaire.xlsform.choicelists import ChoiceLists
from peilstok.questionnaire.xlsform.codes import finding
from peilstok.questionnaire.xlsform.drafts import BlockDraft, Drafter, Heading
from peilstok.questionnaire.xlsform.items import ItemMaker, Made
from peilstok.questionnaire.xlsform.leftovers import Leftovers
from peilstok.questionnaire.xlsform.sheets import Form, Row
from peilstok.questionnaire.xlsform.structure import parts_of
from peilstok.questionnaire.xlsform.wording import Pair, languages_of
from peilstok.terms import LANGUAGES

INTRODUCTION: Final[Pair] = {
    "nl": "Dank u dat u deze vragenlijst invult.",
    "en": "Thank you for filling in this questionnaire.",
}
WHICH: Final[Pair] = {
    "nl": "Waarvoor wilt u de volgende vragen beantwoorden? Zet elke naam op een eigen regel.",
    "en": "For which do you want to answer the next questions? Write each name on a line of its own.",
}
ITEMS_A_MINUTE: Final = 4
_MINUTES: Final = 120


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of a questionnaire file, what it says, and the findings. Both are None where one is an error."""

    text: str | None
    questionnaire: Questionnaire | None
    findings: tuple[Finding, ...]


def imported(data: bytes, *, file: str) -> Imported:
    """The questionnaire in an XLSForm; `file` is its name, whose end says in which of the four formats it is."""
    try:
        form = sheets.sheets_of(data, file=file)
    except Refused as refused:
        return Imported(None, None, refused.findings)
    findings: list[Finding] = []
    _remarks(form, findings)
    content, rows = _Import(form, findings).content()
    if content is None or any(each.severity is Severity.ERROR for each in findings):
        return Imported(None, None, _ordered(findings))
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    questionnaire, found = examine(text, file=file)
    findings += _of_questionnaire(found, rows, file)
    return Imported(text if questionnaire else None, questionnaire, _ordered(findings))


def _remarks(form: Form, findings: list[Finding]) -> None:
    refusal, warnings = sheets.remarks(form)
    if refusal is not None:
        place, sheet = sheets.place_of(refusal, form)
        findings.append(finding("X002", place, refusal[:500], "a form that pyxform takes", sheet=sheet))
    for said in warnings:
        place, sheet = sheets.place_of(said, form)
        text = said.replace("\n", "; ")[:500]
        findings.append(finding("X039", place, text, "nothing needs to be done", sheet=sheet))


def _ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    """In the order of the sheets and rows; one that came up twice, in a loop that is written out, once."""
    order = {name: number for number, name in enumerate(("", "settings", "survey", "choices"))}
    once = {(str(each), each.severity): each for each in findings}
    return tuple(sorted(once.values(), key=lambda each: (order.get(each.about.get("sheet", ""), 9), each.place.line)))


def _of_questionnaire(found: Sequence[Finding], rows: Mapping[str, Row], file: str) -> list[Finding]:
    """What Peilstok's own reader says of what was made, at the row that it came from as far as that is known."""
    told: list[Finding] = []
    for each in found:
        if each.code == "Q022":
            continue  # the same text in both languages: told where a translation is missing, or written so in the form
        row = rows.get(each.about.get("item", ""))
        place = row.at() if row else Place(file)
        said = f"{each.found} ({each.code})"
        told.append(finding("X019", place, said, each.expected, item=each.about.get("item", "")))
    return told


class _Import:
    def __init__(self, form: Form, findings: list[Finding]) -> None:
        self._form = form
        self._findings = findings
        self._languages = languages_of(form, findings)
        self._settings = next(iter(form.rows("settings")), None)

    def content(self) -> tuple[dict[str, Any] | None, dict[str, Row]]:
        """The file as plain data, and the row from which each item came."""
        lists = ChoiceLists(self._form, self._languages, self._findings)
        parts = parts_of(self._form.rows("survey"), self._findings)
        leftovers = Leftovers(self._findings)
        leftovers.of_form(self._form)
        leftovers.of_parts(parts)
        drafter = Drafter(lists, self._findings)
        drafter.declare(parts)
        lists.unused()
        rows = {draft.name: draft.row for draft in drafter.drafts}
        made = self._items(drafter)
        self._calculations(drafter)
        if not made:
            if not any(each.severity is Severity.ERROR for each in self._findings):
                place = next((row.at("type") for row in self._form.rows("survey")), Place(self._form.file))
                found, expected = "a form that asks nothing", "at least one question"
                self._findings.append(finding("X014", place, found, expected, sheet="survey"))
            return None, rows
        return self._questionnaire(made, drafter.blocks), rows

    def _say(self, code: str, found: str, expected: str, column: str = "") -> None:
        place = self._settings.at(column) if self._settings else Place(self._form.file)
        self._findings.append(finding(code, place, found, expected, sheet="settings" if self._settings else ""))

    def _items(self, drafter: Drafter) -> list[Made]:
        asked = [draft for draft in drafter.drafts if draft.answer]
        scope = expressions.Scope(
            items={draft.name: draft.answer.kind for draft in asked if draft.answer},
            blocks={draft.name: draft.around.block for draft in asked if draft.around.block},
        )
        maker = ItemMaker(scope, self._languages, self._findings)
        names = [draft.name for draft in drafter.drafts]
        return [maker.made(draft, frozenset(names[:number])) for number, draft in enumerate(drafter.drafts)]

    def _calculations(self, drafter: Drafter) -> None:
        for row in drafter.calculations:
            name = row.cell("name")
            used = name in drafter.scope.used
            found = f'the calculated value "{name}"'
            expected = "worked into what uses it; not kept as an answer" if used else "left out: nothing uses it"
            place = row.at("calculation")
            self._findings.append(
                finding("X033" if used else "X023", place, found, expected, sheet="survey", item=name)
            )

    # pages

    def _questionnaire(self, made: list[Made], blocks: list[BlockDraft]) -> dict[str, Any]:
        title = self._title()
        checks = list(chain.from_iterable(each.checks for each in made))
        return {
            "format": FORMAT,
            "name": self._name(),
            "title": title,
            "introduction": self._introduction(),
            "minutes": self._minutes(made),
            "pages": self._pages(made, title),
            **({"checks": checks} if checks else {}),
            **({"blocks": [self._block(block) for block in blocks]} if blocks else {}),
        }

    def _pages(self, made: list[Made], title: Pair) -> list[dict[str, Any]]:
        """A page for each group; a new one where a question looks at another of the page."""
        taken: set[str] = set()
        pages: list[dict[str, Any]] = []
        before: tuple[object, ...] | None = None
        here: set[str] = set()
        for each in made:
            around = each.draft.around
            key = (around.heading.key, around.block)
            if key != before or each.looks_at & here:
                pages.append(self._page(each, title, taken))
                before, here = key, set()
            pages[-1]["items"].append(dict(each.item))
            here.add(each.draft.name)
        return pages

    def _page(self, made: Made, title: Pair, taken: set[str]) -> dict[str, Any]:
        heading, block = made.draft.around.heading, made.draft.around.block
        written = heading.row.cell("name") if heading.row else "questions"
        rounds = made.draft.around.rounds
        name = naming.page_name("-".join([written.removeprefix("page."), *(each.name for each in rounds)]), taken)
        return {
            "name": name,
            "title": dict(self._heading(heading) or title),
            **({"block": block} if block else {}),
            "items": [],
        }

    def _heading(self, heading: Heading | None) -> Pair | None:
        """The texts of the groups around, the outer one first; of a round of a loop, what it is gone through for."""
        texts: list[Pair] = []
        while heading is not None:
            if heading.round is not None:
                texts.insert(0, heading.round.label)
            label = self._label(heading.row) if heading.row else None
            if label is not None and not (heading.repeats and texts):
                texts.insert(0, label)
            heading = heading.above
        return {each: ": ".join(text[each] for text in texts) for each in LANGUAGES} if texts else None

    def _label(self, row: Row) -> Pair | None:
        label = self._languages.pair(row, "label", self._findings, item=row.cell("name"))
        if label and any("${" in text for text in label.values()):
            found, place = "a value in a heading", row.at("label")
            self._findings.append(finding("X013", place, found, "a plain text, or a note", sheet=row.sheet))
        return label

    def _block(self, block: BlockDraft) -> dict[str, Any]:
        label = self._label(block.row) or dict.fromkeys(LANGUAGES, block.row.cell("name") or block.name)
        place = block.row.at("label")
        found = "what the list of a repeat asks"
        self._findings.append(finding("X032", place, found, "Peilstok's own words", sheet="survey", item=block.name))
        texts = {"title": dict(label), "text": dict(WHICH), "entry": dict(label)}
        return {"name": block.name, "of": "board", **texts}

    # what the form says of itself

    def _setting(self, *names: str) -> str:
        found = (self._settings.cell(name) for name in names) if self._settings else iter(())
        return next((text for text in found if text), "")

    def _name(self) -> str:
        written = self._setting("id_string", "name")
        name = naming.title(written) or naming.title(PurePath(self._form.file).stem) or "questionnaire"
        if not written:
            self._say("X032", "no form_id", f'the name of the file: "{name}"', "form_id")
        elif name != written:
            self._say("X031", f'the form_id "{written}"', f'called "{name}"', "form_id")
        return name

    def _title(self) -> Pair:
        title = self._setting("title") or self._setting("id_string", "name")
        if not title:
            title = PurePath(self._form.file).stem
            self._say("X032", "no form_title", f'the name of the file: "{title}"', "form_title")
        english = self._setting("peilstok_title_en")
        if not english:
            self._say("X020", f'one title, "{title[:60]}"', "used in both languages", "form_title")
        return {"nl": title, "en": english or title}

    def _introduction(self) -> Pair:
        given = {each: self._setting(f"peilstok_introduction_{each}") for each in LANGUAGES}
        if all(given.values()):
            return given
        self._say("X032", "no introduction", f'"{INTRODUCTION["nl"]}"')
        return dict(INTRODUCTION)

    def _minutes(self, made: list[Made]) -> int:
        given = self._setting("peilstok_minutes")
        if given.isascii() and given.isdecimal() and len(given) <= 3 and 1 <= int(given) <= _MINUTES:
            return int(given)
        asked = sum(each.draft.answer is not None for each in made)
        minutes = min(max(1, -(-asked // ITEMS_A_MINUTE)), _MINUTES)
        self._say("X032", "no minutes", f"{minutes}: {ITEMS_A_MINUTE} questions in a minute")
        return minutes
