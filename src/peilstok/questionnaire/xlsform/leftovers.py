"""What stands in the cells of a form and is not taken over: each is named, so that nothing is dropped in silence."""

from __future__ import annotations

from typing import Final

from peilstok.errors import Finding, Place
from peilstok.questionnaire.xlsform.choicelists import MEDIA
from peilstok.questionnaire.xlsform.codes import finding
from peilstok.questionnaire.xlsform.questiontypes import NO, YES, Sort, question_type
from peilstok.questionnaire.xlsform.sheets import Form, Row
from peilstok.questionnaire.xlsform.structure import Part

_TAKEN: Final = frozenset({
    "type", "name", "label", "hint", "guidance_hint", "relevant", "required", "constraint", "constraint_message",
    "calculation", "repeat_count", "read_only", "disabled", "appearance", "default", "required_message", "parameters",
})  # fmt: skip
_REFUSED: Final = {
    **dict.fromkeys(MEDIA, "words only"),
    "choice_filter": "a list of choices that is the same for everyone",
    "trigger": "an answer that the respondent gives",
    "save_to": "answers that are kept with the wave",
}
_LOOKS: Final = frozenset({"multiline", "field-list"})
"""Appearances that are taken over."""
_KINDS_OF_TEXT: Final = frozenset({"email", "phone"})
_SETTINGS: Final = frozenset({
    "title", "id_string", "name", "default_language", "peilstok_title_en", "peilstok_introduction_nl",
    "peilstok_introduction_en", "peilstok_minutes",
})  # fmt: skip


class Leftovers:
    def __init__(self, findings: list[Finding]) -> None:
        self._findings = findings
        self._said: set[tuple[str, ...]] = set()

    def of_form(self, form: Form) -> None:
        for name in form.others:
            self._once(("sheet", name), Place(form.file), f'the sheet "{name}"', "not read")
        if form.raw.get("external_choices"):
            self._once(("sheet", "external_choices"), Place(form.file), 'the sheet "external_choices"', "not read")
        if form.raw.get("entities"):
            found = 'the sheet "entities" (another list that answers are kept in)'
            self._findings.append(finding("X004", Place(form.file), found, "answers that are kept with the wave"))
        for row in form.rows("settings"):
            for column in row.cells:
                if column.name not in _SETTINGS:
                    self._unread(row, column.name)
        for row in form.rows("choices"):
            for column in row.cells:
                if column.name not in ("list_name", "name", "label", *MEDIA):
                    self._unread(row, column.name)

    def of_parts(self, parts: tuple[Part, ...]) -> None:
        for part in parts:
            self._of_row(part.row, part.sort != "question")
            self.of_parts(part.within)

    def _of_row(self, row: Row, encloses: bool) -> None:
        sort = Sort.NOTE if encloses else question_type(row.cell("type")).sort
        for column in row.cells:
            if column.name in _REFUSED:
                self._say(row, "X004", f'"{column.name}"', _REFUSED[column.name], column.name)
            elif column.name not in _TAKEN:
                self._unread(row, column.name)
        self._of_appearance(row)
        self._of_answers(row, sort, encloses)
        if encloses and row.texts("hint"):
            self._say(row, "X024", "a hint of a group", "left out: a page has a heading only", "hint")

    def _of_answers(self, row: Row, sort: Sort, encloses: bool) -> None:
        """What would be filled in, held to or said beside an answer."""
        asked = sort not in (Sort.CALCULATION, Sort.METADATA, Sort.HIDDEN, Sort.REFUSED)
        if asked and row.cell("calculation"):
            self._say(row, "X004", "a calculated answer", "a question, or a row of the type calculate", "calculation")
        read_only = row.cell("read_only") not in ("", *NO)
        if asked and read_only and not (sort in (Sort.TEXT, Sort.NOTE) and row.cell("read_only") in YES):
            self._say(row, "X004", "an answer that can only be read", "a note", "read_only")
        if row.cell("default") and (encloses or sort in (Sort.CALCULATION, Sort.METADATA, Sort.HIDDEN)):
            found = f'the default "{row.cell("default")}"'
            self._say(row, "X022", found, "left out: the field is empty at first", "default")
        if row.texts("required_message"):
            expected = "left out: Peilstok says in its own words that an answer is needed"
            self._say(row, "X024", "a message for an answer that is needed", expected, "required_message")
        if sort is Sort.CONFIRMATION:
            self._of_confirmation(row)
        if "randomize=true" in row.cell("parameters").replace(" ", "").lower():
            expected = "left out: they stand in the order of the list"
            self._say(row, "X024", "choices in random order", expected, "parameters")
        elif row.cell("parameters") and sort not in (Sort.RANGE, Sort.REFUSED):
            self._unread(row, "parameters")
        if encloses or sort in (Sort.NOTE, Sort.CONFIRMATION, Sort.CALCULATION):
            self._of_nothing(row, sort)

    def _of_nothing(self, row: Row, sort: Sort) -> None:
        """What is asked of an answer where there is none."""
        for column in ("constraint", "required"):
            if row.cell(column) not in ("", *NO) and (column, sort) != ("required", Sort.CONFIRMATION):
                self._say(row, "X024", f'"{column}" where nothing is answered', "left out", column)

    def _of_confirmation(self, row: Row) -> None:
        if row.cell("required") not in ("", *NO):
            found, expected = "a confirmation that is required", "a select_one with the choices yes and no"
            self._say(row, "X003", found, expected, "required", reason="other")
        else:
            self._say(row, "X036", "a confirmation", "a note; that it was read is not kept")

    def _of_appearance(self, row: Row) -> None:
        taken = _LOOKS | (_KINDS_OF_TEXT if question_type(row.cell("type")).sort is Sort.TEXT else frozenset())
        for word in row.cell("appearance").split():
            if word not in taken:
                self._once(("appearance", word), row.at("appearance"), f'the appearance "{word}"', "not read", row)

    def _unread(self, row: Row, column: str) -> None:
        self._once((row.sheet, column), row.at(column), f'the column "{column}"', "not read", row)

    def _once(self, key: tuple[str, ...], place: Place, found: str, expected: str, row: Row | None = None) -> None:
        if key not in self._said:
            self._said.add(key)
            sheet, item = (
                (row.sheet, row.cell("name")) if row and row.sheet == "survey" else (row.sheet if row else "", "")
            )
            self._findings.append(finding("X034", place, found, expected, sheet=sheet, item=item))

    def _say(self, row: Row, code: str, found: str, expected: str, column: str = "type", reason: str = "") -> None:
        place, item = row.at(column), row.cell("name")
        self._findings.append(finding(code, place, found, expected, sheet=row.sheet, item=item, reason=reason))
