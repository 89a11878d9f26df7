"""An XLSForm from a questionnaire: the workbook, and everything that XLSForm cannot say.

Without some things other questions would be asked, or other answers accepted: they are errors, and there is no file.
What only helps a respondent (a soft check, a prefill from the register) is left out with a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from peilstok.errors import Finding, Place, Severity
from peilstok.questionnaire.answers import prefilled
from peilstok.questionnaire.expressions import DATE, NUMBER, Expression, Node, Sort, nodes
from peilstok.questionnaire.model import (
    Block,
    BlockSource,
    Check,
    CheckSeverity,
    Context,
    Item,
    ItemType,
    Page,
    Questionnaire,
    RuleCheck,
    SumCheck,
)
from peilstok.questionnaire.templates import Piece, Template
from peilstok.questionnaire.wording import MISSING
from peilstok.questionnaire.xlsform import defaults, sheets
from peilstok.questionnaire.xlsform.codes import finding
from peilstok.questionnaire.xlsform.imports import WHICH
from peilstok.questionnaire.xlsform.rendering import Renderer
from peilstok.questionnaire.xlsform.workbook import fits, workbook
from peilstok.questionnaire.xlsform.xpath import ExpressionFault
from peilstok.terms import LANGUAGES, ItemName, Language, Words

CALLED: Final[Mapping[Language, str]] = {"nl": "Dutch (nl)", "en": "English (en)"}
_TYPES: Final = {
    ItemType.NUMBER: ("integer", ""),
    ItemType.DECIMAL: ("decimal", ""),
    ItemType.CHOICE: ("select_one", ""),
    ItemType.CHOICES: ("select_multiple", ""),
    ItemType.TEXT: ("text", ""),
    ItemType.LONG_TEXT: ("text", "multiline"),
    ItemType.DATE: ("date", ""),
    ItemType.EMAIL: ("text", "email"),
    ItemType.PHONE: ("text", "phone"),
    ItemType.NOTE: ("note", ""),
}


def _in_each(column: str) -> tuple[str, ...]:
    return tuple(f"{column}::{CALLED[each]}" for each in LANGUAGES)


_COLUMNS: Final = {
    "survey": (
        "type", "name", *_in_each("label"), *_in_each("hint"), "required", "relevant", "constraint",
        *_in_each("constraint_message"), "calculation", "default", "appearance",
    ),
    "choices": ("list_name", "name", *_in_each("label")),
    "settings": (
        "form_title", "form_id", "default_language", "peilstok_title_en", "peilstok_introduction_nl",
        "peilstok_introduction_en", "peilstok_minutes",
    ),
}  # fmt: skip

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Exported:
    """The bytes of an .xlsx file, None where a finding is an error."""

    data: bytes | None
    findings: tuple[Finding, ...]


def exported(questionnaire: Questionnaire, *, file: str) -> Exported:
    """The XLSForm of a questionnaire; `file` is the name of its own file, for the findings."""
    maker = _Export(questionnaire, file)
    made = maker.sheets()
    if any(each.severity is Severity.ERROR for each in maker.findings):
        return Exported(None, tuple(maker.findings))
    data = workbook({name: (_COLUMNS[name], rows) for name, rows in made.items()})
    refusal, _ = sheets.remarks(sheets.sheets_of(data, file="export.xlsx"))
    if refusal is not None:
        maker.findings.append(finding("X002", Place(file), refusal[:500], "a form that pyxform takes"))
        return Exported(None, tuple(maker.findings))
    return Exported(data, tuple(maker.findings))


class _Export:
    def __init__(self, questionnaire: Questionnaire, file: str) -> None:
        self._questionnaire = questionnaire
        self._file = file
        self._missing = {
            str(item.name): tuple(str(each) for each in item.missing_offered)
            for item in questionnaire.items.values()
            if item.type.has_options
        }
        self._whole = {str(item.name) for item in questionnaire.items.values() if item.type is ItemType.NUMBER}
        self._prefilled = prefilled(questionnaire, Context()).keys()
        self._checks = self._checks_by_item()
        self._calculations: dict[str, str] = {}
        self._survey: list[Cells] = []
        self._choices: list[Cells] = []
        self.findings: list[Finding] = []

    def sheets(self) -> dict[str, list[Cells]]:
        blocks = {block.name: block for block in self._questionnaire.blocks}
        before: str | None = None
        for page in self._questionnaire.pages:
            if page.block != before:
                self._closed(before)
                self._opened(blocks[page.block] if page.block else None)
                before = page.block
            self._page(page)
        self._closed(before)
        self._soft_checks()
        made = {"survey": self._survey, "choices": self._choices, "settings": [self._settings()]}
        self._demand_fit(made)
        return {name: rows for name, rows in made.items() if rows}

    def _say(self, code: str, found: str, expected: str, item: str = "") -> None:
        said = f'item "{item}": {found}' if item else found
        self.findings.append(finding(code, Place(self._file), said, expected, item=item))

    def _demand_fit(self, made: Mapping[str, list[Cells]]) -> None:
        for row in (row for rows in made.values() for row in rows):
            for column, text in row.items():
                if not fits(text):
                    self._say(
                        "X050", f'a text under "{column}" that does not fit', "a shorter, plain text", row["name"]
                    )

    def _settings(self) -> Cells:
        whole = self._questionnaire
        self._say("X052", "introduction and minutes", "in columns of the settings, which other programs do not show")
        return {
            "form_title": whole.title.nl,
            "form_id": whole.name,
            "default_language": CALLED["nl"],
            "peilstok_title_en": whole.title.en,
            "peilstok_introduction_nl": whole.introduction.nl,
            "peilstok_introduction_en": whole.introduction.en,
            "peilstok_minutes": str(whole.minutes),
        }

    # pages and blocks

    def _opened(self, block: Block | None) -> None:
        self._calculations.clear()  # one within a repeat has another value in each
        if block is None:
            return
        if block.of is not BlockSource.BOARD:
            self._say("X050", f'the block "{block.name}" of {block.of}', "a block of board: XLSForm has no register")
        if block.hint or dict(block.text.as_json()) != dict(WHICH) or block.entry != block.title:
            found = f'the text, hint and entry of the block "{block.name}"'
            self._say("X051", found, "left out: a repeat has a heading only")
        self._survey.append({"type": "begin_repeat", "name": block.name, **_texts("label", block.title)})

    def _closed(self, block: str | None) -> None:
        if block is not None:
            self._survey.append({"type": "end_repeat"})

    def _page(self, page: Page) -> None:
        """The prefix keeps a page apart from an item of the same name, and lets a name begin with a digit."""
        opening = {"type": "begin_group", "name": f"page.{page.name}", "appearance": "field-list"}
        self._survey.append({**opening, **_texts("label", page.title)})
        for item in page.items:
            self._item(item)
        self._survey.append({"type": "end_group"})

    # items

    def _item(self, item: Item) -> None:
        type_, appearance = _TYPES[item.type]
        if item.options:
            type_ = f"{type_} {item.name}"
            self._options(item)
        row: Cells = {"type": type_, "name": item.name, "appearance": appearance, "required": self._required(item)}
        row |= self._label(item)
        if item.when is not None:
            row["relevant"] = self._rendered(item, "when", item.when.node, self._renderer().holds)
        row |= self._constraint(item)
        row["default"] = self._default(item)
        self._left_out(item)
        self._survey.append(row)

    def _options(self, item: Item) -> None:
        for option in item.options:
            self._choices.append({"list_name": item.name, "name": option.name, **_texts("label", option.text)})
        for missing in item.missing_offered:
            self._choices.append({"list_name": item.name, "name": str(missing), **_texts("label", MISSING[missing])})

    def _label(self, item: Item) -> Cells:
        text, hint = item.text, item.hint
        made: Cells = {}
        for column, words, template in (
            ("label", text, item.piped.text if item.piped else None),
            ("hint", hint, item.piped.hint if item.piped else None),
        ):
            if words is not None:
                made |= self._template(column, template, item) if template else _texts(column, words)
        if item.unit is not None:
            self._say("X052", "its unit", "behind the text, in parentheses", item.name)
            for language in LANGUAGES:
                made[f"label::{CALLED[language]}"] += f" ({item.unit[language]})"
        return made

    def _required(self, item: Item) -> str:
        """ "No" is said where it may be left open without a remark; an empty cell is what stands between."""
        if item.required and not (item.missing_offered and not item.options):
            return "yes"
        sometimes = [check for check in self._checks.get(item.name, ()) if _needed_unless(check, item) is not None]
        for check in sometimes[:1]:
            unless = _needed_unless(check, item)
            assert unless is not None
            return self._rendered(item, f'the check "{check.name}"', unless, self._renderer().fails)
        return "no" if item.optional else ""

    def _default(self, item: Item) -> str:
        """Its prefill, where that is the same for everyone. What it would not be filled in with is left out as well."""
        if item.prefill is None:
            return ""
        try:
            written = defaults.default(item, self._renderer())
        except ExpressionFault as fault:
            found = f"its prefill, {item.prefill.source} ({fault.found})"
            self._say("X051", found, "left out: a default is the same for everyone", item.name)
            return ""
        if item.name not in self._prefilled:
            self._say("X051", f"its prefill, {item.prefill.source}", "left out: nobody sees it here either", item.name)
            return ""
        return written

    def _left_out(self, item: Item) -> None:
        if item.percent_of is not None:
            self._say("X051", "its percentage", "left out: a number is asked", item.name)
        if item.missing_offered and not item.options:
            offered = " and ".join(str(each) for each in item.missing_offered)
            self._say("X051", offered, "left out: it may be left open", item.name)

    def _renderer(self, own: str | None = None) -> Renderer:
        return Renderer(self._missing, own, whole=self._whole)

    def _rendered(self, item: Item, where: str, node: Node, render: Callable[[Node], str]) -> str:
        try:
            return render(node)
        except ExpressionFault as fault:
            self._say("X050", f"{fault.found} in {where}", fault.expected, item.name)
            return ""

    # checks

    def _checks_by_item(self) -> dict[ItemName, list[Check]]:
        """The hard checks by the item at which XLSForm can make them: one that the check looks at."""
        found: dict[ItemName, list[Check]] = {}
        for check in self._questionnaire.checks:
            if check.severity is CheckSeverity.HARD:
                found.setdefault(self._stands_at(check), []).append(check)
        return found

    def _stands_at(self, check: Check) -> ItemName:
        order = [str(name) for name in self._questionnaire.items]
        if check.at in check.items or not check.items <= set(order):
            return check.at
        return ItemName(max(check.items, key=order.index))

    def _constraint(self, item: Item) -> Cells:
        renderer = self._renderer(item.name)
        parts = [*_bounds(item), *_alone(item)]
        checks = [each for each in self._checks.get(item.name, ()) if _needed_unless(each, item) is None]
        render = renderer.standing if len(parts) + len(checks) > 1 else renderer.stands
        parts += [self._rendered(item, f'the check "{each.name}"', _rule(each, item), render) for each in checks]
        if not parts:
            return {}
        return {"constraint": " and ".join(parts), **self._messages(checks, item)}

    def _messages(self, checks: list[Check], item: Item) -> Cells:
        if len(checks) > 1:
            self._say("X052", f"{len(checks)} checks", "one constraint with all of their messages", item.name)
        made: Cells = {}
        for check in checks:
            if isinstance(check, SumCheck):
                self._say("X052", f'the sum "{check.name}"', "a constraint in other words", item.name)
                added = _texts("constraint_message", self._of_sum(check))
            else:
                added = self._template("constraint_message", check.message, item)
            made = {column: f"{made[column]} {text}" if column in made else text for column, text in added.items()}
        return made

    def _of_sum(self, check: SumCheck) -> Words:
        total = self._questionnaire.items[check.total].text
        return Words(nl=f"Samen komt dit niet uit op: {total.nl}", en=f"Together this does not come to: {total.en}")

    def _soft_checks(self) -> None:
        for check in self._questionnaire.checks:
            if check.severity is CheckSeverity.SOFT:
                self._say("X051", f'the soft check "{check.name}"', "left out: XLSForm refuses or accepts", check.at)

    # texts with values

    def _template(self, column: str, template: Template, item: Item) -> Cells:
        made: Cells = {}
        for language, pieces in (("nl", template.nl), ("en", template.en)):
            called = CALLED["en" if language == "en" else "nl"]
            if "${" in "".join(piece if isinstance(piece, str) else "…" for piece in pieces):
                self._say("X050", f'"${{" in the {column}', "another text", item.name)
            made[f"{column}::{called}"] = "".join(self._piece(piece, column, item) for piece in pieces)
        return made

    def _piece(self, piece: Piece, column: str, item: Item) -> str:
        if isinstance(piece, str):
            return piece
        node = piece.node
        if isinstance(node, nodes.ItemValue) and node.kind.sort not in (Sort.CHOICE, Sort.SET):
            return f"${{{node.name}}}"
        return f"${{{self._calculated(piece, column, item)}}}"

    def _calculated(self, piece: Expression, column: str, item: Item) -> str:
        """The name of a row that works a value out: a text of XLSForm holds names only."""
        node = piece.node
        if isinstance(node, nodes.ItemValue) and node.kind.sort is Sort.CHOICE:
            written = f"jr:choice-name(${{{node.name}}}, '${{{node.name}}}')"
        elif node.kind not in (NUMBER, DATE):
            self._say("X050", f"{{{piece.source}}} in the {column}", "an answer, a number or a date", item.name)
            return "none"
        else:
            written = self._rendered(item, f"the {column}", node, self._renderer().value)
        if written not in self._calculations:
            made = sum(row["type"] == "calculate" for row in self._survey)
            self._calculations[written] = name = f"calculated.{made + 1}"
            self._say("X052", f"{{{piece.source}}} in the {column}", f'the calculation "{name}"', item.name)
            self._survey.append({"type": "calculate", "name": name, "calculation": written})
        return self._calculations[written]


def _texts(column: str, words: Words) -> Cells:
    return {f"{column}::{CALLED[language]}": words[language] for language in LANGUAGES}


def _bounds(item: Item) -> Iterator[str]:
    for sign, bound in ((">=", item.minimum), ("<=", item.maximum)):
        if bound is not None:
            yield f". {sign} {Decimal(str(bound)):f}"


def _alone(item: Item) -> Iterator[str]:
    for option in item.options:
        if option.exclusive:
            yield f"not(selected(., '{option.name}') and count-selected(.) > 1)"


def _rule(check: Check, item: Item) -> Node:
    if isinstance(check, RuleCheck):
        return check.rule.node
    parts: list[Node] = [nodes.ItemValue(name, NUMBER) for name in check.parts]
    added = parts[0]
    for part in parts[1:]:
        added = nodes.Arithmetic("+", added, part)
    return nodes.Comparison("=", added, nodes.ItemValue(check.total, NUMBER))


def _needed_unless(check: Check, item: Item) -> Node | None:
    """What a check says beside that the item has an answer: `not a = "yes" or answered(b)`."""
    if not isinstance(check, RuleCheck) or not isinstance(check.rule.node, nodes.AnyOf):
        return None
    *others, last = check.rule.node.parts
    if last != nodes.Answered(nodes.ItemValue(item.name, item.kind)):
        return None
    return others[0] if len(others) == 1 else nodes.AnyOf(tuple(others))
