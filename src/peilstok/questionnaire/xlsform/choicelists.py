"""The lists of choices of a form, as options of a questionnaire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from peilstok.errors import Finding
from peilstok.questionnaire.xlsform import naming
from peilstok.questionnaire.xlsform.codes import finding
from peilstok.questionnaire.xlsform.questiontypes import question_type
from peilstok.questionnaire.xlsform.sheets import Form, Row
from peilstok.questionnaire.xlsform.wording import Languages, Pair
from peilstok.terms import Missing

MEDIA: Final = ("image", "big-image", "audio", "video")
OTHER: Final = "other"
OFFERED: Final = (str(Missing.DONT_KNOW), str(Missing.NOT_APPLICABLE))
_OTHER_WORDS: Final[Pair] = {"nl": "Anders", "en": "Other"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: what the form calls it, what we call it, and its text. `row` is None where a type adds it."""

    written: str
    name: str
    text: Pair
    row: Row | None


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """A list as a question takes it. `missing` are "don't know" and "not applicable", which are no options of ours."""

    choices: tuple[Choice, ...]
    missing: frozenset[str]

    @property
    def names(self) -> Mapping[str, str]:
        return {choice.written: choice.name for choice in self.choices}


class ChoiceLists:
    """Reads a list when a question uses it; lists that none uses are noted in the end."""

    def __init__(self, form: Form, languages: Languages, findings: list[Finding]) -> None:
        self._languages = languages
        self._findings = findings
        self._rows: dict[str, list[Row]] = {}
        self._read: dict[str, ChoiceList | None] = {}
        self._with_other = {
            name for row in form.rows("survey") for name in [_list_with_other(row.cell("type"))] if name
        }
        for row in form.rows("choices"):
            self._sorted_in(row)

    def _sorted_in(self, row: Row) -> None:
        if row.cell("list_name"):
            self._rows.setdefault(row.cell("list_name"), []).append(row)
        else:
            found = "a choice without the name of a list"
            self._findings.append(finding("X034", row.at("list_name"), found, "not read", sheet=row.sheet))

    def of(self, name: str, *, row: Row) -> ChoiceList | None:
        """The list of this name; None where there is none, which is noted at the row that asks for it."""
        if name not in self._rows:
            found = f'the list "{name}", which is not on the sheet choices'
            self._findings.append(finding("X010", row.at("type"), found, "a list that is", sheet=row.sheet))
            return None
        if name not in self._read:
            self._read[name] = self._list(name)
        return self._read[name]

    def unused(self) -> None:
        for name in sorted(set(self._rows) - set(self._read)):
            place, found = self._rows[name][0].at("list_name"), f'the list "{name}", which no question uses'
            self._findings.append(finding("X034", place, found, "not read", sheet="choices"))

    def _list(self, name: str) -> ChoiceList | None:
        taken: set[str] = set()
        choices: list[Choice] = []
        missing: set[str] = set()
        before = len(self._findings)
        for row in self._rows[name]:
            written = row.cell("name")
            if written in OFFERED:
                missing.add(written)
                self._say(row, "X036", f'the choice "{written}"', f"{written}: true, a missing value of Peilstok")
            elif written in [each.written for each in choices]:
                self._say(row, "X010", f'the choice "{written}" a second time in "{name}"', "each name once")
            elif written:
                choices.append(self._choice(row, written, taken))
            else:
                self._say(row, "X011", "a choice without a name", "a name")
        if name in self._with_other and OTHER not in [each.written for each in choices]:
            choices.append(Choice(OTHER, naming.option_name(OTHER, taken), _OTHER_WORDS, None))
        self._told_apart(choices)
        codes = {each.code for each in self._findings[before:]}
        return ChoiceList(tuple(choices), frozenset(missing)) if not codes & {"X004", "X010", "X011", "X013"} else None

    def _told_apart(self, choices: list[Choice]) -> None:
        for number, choice in enumerate(choices):
            for first in choices[:number]:
                if choice.row and (first.text["nl"] == choice.text["nl"] or first.text["en"] == choice.text["en"]):
                    found = f'the choices "{first.written}" and "{choice.written}" read the same'
                    self._say(choice.row, "X010", found, "choices that a reader can tell apart", "label")

    def _choice(self, row: Row, written: str, taken: set[str]) -> Choice:
        name = naming.option_name(written, taken)
        if name != written:
            self._say(row, "X031", f'the choice "{written}"', f'called "{name}"')
        for column in MEDIA:
            if row.texts(column):
                self._say(row, "X004", f'"{column}" of the choice "{written}"', "a choice in words", column)
        text = self._languages.pair(row, "label", self._findings)
        if text is None:
            self._say(row, "X024", f'no label for the choice "{written}"', "its name is shown", "label")
            text = {"nl": written, "en": written}
        if any("${" in each for each in text.values()):
            self._say(row, "X013", f'a value in the text of the choice "{written}"', "a plain text", "label")
        return Choice(written, name, text, row)

    def _say(self, row: Row, code: str, found: str, expected: str, column: str = "name") -> None:
        self._findings.append(finding(code, row.at(column), found, expected, sheet=row.sheet))


def _list_with_other(cell: str) -> str:
    asked = question_type(cell)
    return asked.list_name if asked.other else ""
