"""The items of a questionnaire, made from the questions of a form: texts, bounds, conditions and checks.

Every expression and text is held to Peilstok's own language here, so that what does not go together is told at the cell
where it stands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from peilstok.errors import Finding
from peilstok.questionnaire import expressions, templates
from peilstok.questionnaire.expressions import BOOLEAN, ExpressionRefused
from peilstok.questionnaire.model import ItemType
from peilstok.questionnaire.xlsform import constraints, defaults, meanings, naming, translation, xpath
from peilstok.questionnaire.xlsform.choicelists import MEDIA
from peilstok.questionnaire.xlsform.codes import finding
from peilstok.questionnaire.xlsform.defaults import Field
from peilstok.questionnaire.xlsform.drafts import Draft, Round
from peilstok.questionnaire.xlsform.meanings import Answer
from peilstok.questionnaire.xlsform.questiontypes import NO, YES, Sort
from peilstok.questionnaire.xlsform.sheets import Row
from peilstok.questionnaire.xlsform.wording import Languages, Pair
from peilstok.questionnaire.xlsform.xpath import ExpressionFault, Node
from peilstok.terms import LANGUAGES, Words

LOWEST: Final = -1_000_000_000_000
"""What stands for no lower bound."""
SPECIFY: Final[Pair] = {"nl": "Namelijk", "en": "Please specify"}
MESSAGE: Final[Pair] = {
    "nl": "Dit antwoord kan zo niet. Kijkt u het nog eens na?",
    "en": "This answer is not possible. Would you check it?",
}
NEEDED: Final[Pair] = {"nl": "Vult u dit nog in?", "en": "Would you fill this in?"}
_TYPES: Final = {
    Sort.NUMBER: ItemType.NUMBER,
    Sort.RANGE: ItemType.NUMBER,
    Sort.DECIMAL: ItemType.DECIMAL,
    Sort.TEXT: ItemType.TEXT,
    Sort.DATE: ItemType.DATE,
    Sort.PHONE: ItemType.PHONE,
    Sort.NOTE: ItemType.NOTE,
    Sort.CONFIRMATION: ItemType.NOTE,
    Sort.CHOICE: ItemType.CHOICE,
    Sort.CHOICES: ItemType.CHOICES,
}
_APPEARANCES: Final = {"multiline": ItemType.LONG_TEXT, "email": ItemType.EMAIL, "phone": ItemType.PHONE}
"""The first is XLSForm's; the others are a convention of the export, which other programs pass over."""


@dataclass(frozen=True, slots=True)
class Made:
    """An item as plain data, the checks on it, and the items that must be answered before it is shown."""

    draft: Draft
    item: Mapping[str, Any]
    checks: tuple[Mapping[str, Any], ...]
    looks_at: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Constraint:
    """A constraint taken apart: bounds that an item has itself, options that stand alone, and the rest as a rule."""

    bounds: tuple[tuple[str, Decimal], ...] = ()
    exclusive: tuple[str, ...] = ()
    rule: str = ""
    low: bool = False  # it says how low a number may be
    negative: bool = False  # it speaks of a number below 0


class ItemMaker:
    def __init__(self, scope: expressions.Scope, languages: Languages, findings: list[Finding]) -> None:
        self._scope = scope
        self._languages = languages
        self._findings = findings
        self._taken: set[str] = set()

    def made(self, draft: Draft, earlier: frozenset[str]) -> Made:
        """The item of a question; `earlier` are the items before it."""
        scope = replace(self._scope, inside=draft.around.block or None)
        return _OneItem(draft, scope, earlier, self._languages, self._findings, self._taken).made()


class _OneItem:
    def __init__(
        self,
        draft: Draft,
        scope: expressions.Scope,
        earlier: frozenset[str],
        languages: Languages,
        findings: list[Finding],
        taken: set[str],
    ) -> None:
        self._draft = draft
        self._row = draft.row
        self._lookup = draft.around.scope.lookup
        self._scope = scope
        self._earlier = earlier
        self._languages = languages
        self._findings = findings
        self._taken = taken
        self._looks_at: frozenset[str] = frozenset()

    def made(self) -> Made:
        draft, item = self._draft, dict[str, Any]()
        constraint = self._constraint() if draft.answer and not draft.specifies else _Constraint()
        item |= {"name": draft.name, "type": str(self._type())}
        item |= {key: text for key, text in (("text", self._text()), ("hint", self._hint())) if text}
        item |= self._options(constraint)
        item |= self._needed()
        if draft.answer and draft.answer.kind == expressions.NUMBER:
            item |= self._bounds(constraint)
        when = self._when()
        item |= {"when": when} if when else {}
        item |= self._prefill(item)
        checks = [*self._rule(constraint), *self._needed_sometimes()]
        return Made(draft, item, tuple(checks), self._looks_at)

    def _say(self, code: str, found: str, expected: str, column: str, row: Row | None = None) -> None:
        row = row or self._row
        place, item = row.at(column), row.cell("name")
        self._findings.append(finding(code, place, found, expected, sheet=row.sheet, item=item))

    def _told(self, fault: ExpressionFault, column: str, row: Row | None = None) -> None:
        if fault.code:  # without one it was told where the question that it rests on was refused
            self._say(fault.code, fault.found, fault.expected, column, row)

    # what it is

    def _type(self) -> ItemType:
        draft = self._draft
        if draft.type.sort is Sort.TEXT and not draft.specifies:
            for word in self._row.cell("appearance").split():
                if word in _APPEARANCES:
                    return _APPEARANCES[word]
        return _TYPES[draft.type.sort]

    def _options(self, constraint: _Constraint) -> dict[str, Any]:
        choices = self._draft.choices
        if choices is None:
            return {}
        alone = constraint.exclusive
        options = [
            {"name": each.name, "text": dict(each.text), **({"exclusive": True} if each.name in alone else {})}
            for each in choices.choices
        ]
        return {"options": options, **dict.fromkeys(sorted(choices.missing), True)}

    def _needed(self) -> dict[str, Any]:
        """Required; left open without a remark where the form says no; in between where it says nothing."""
        written = self._row.cell("required")
        if self._draft.specifies or not self._draft.answer:
            return {}
        if written in YES:
            return {"required": True}
        return {"optional": True} if written in NO else {}

    def _prefill(self, item: Mapping[str, Any]) -> dict[str, Any]:
        written, answer = self._row.cell("default"), self._draft.answer
        if not written or self._draft.specifies:
            return {}
        fault = "nothing is answered"
        if answer is not None:
            bounds = item.get("minimum", 0), item.get("maximum")
            field = Field(self._type(), answer, *(bounds if answer.kind == expressions.NUMBER else ()))
            try:
                return {"prefill": defaults.prefill(written, field=field, lookup=self._lookup)}
            except ExpressionFault as found:
                fault = found.found
        self._say("X022", f'the default "{written[:60]}" ({fault})', "left out: the field is empty at first", "default")
        return {}

    # texts

    def _text(self) -> Pair:
        if self._draft.specifies:
            return SPECIFY
        text = self._words("label")
        if not self._row.texts("label") and self._row.texts("hint"):
            self._say("X036", "a question with a hint only", "the hint is its text", "label")
            text = self._words("hint")
        if text is None and not any(self._row.texts(each) for each in ("label", "hint", *MEDIA)):
            self._say("X011", "a question without a text", "a label", "label")
        return text or dict.fromkeys(LANGUAGES, self._draft.name)

    def _hint(self) -> Pair | None:
        if self._draft.specifies or not self._row.texts("label"):
            return None
        hint, guidance = self._words("hint"), self._words("guidance_hint")
        if guidance is None:
            return hint
        self._say("X036", "guidance for an interviewer", "part of the hint", "guidance_hint")
        return {each: f"{hint[each]} {guidance[each]}" if hint else guidance[each] for each in LANGUAGES}

    def _words(self, column: str) -> Pair | None:
        """A text in both languages, in which values may stand."""
        pair = self._languages.pair(self._row, column, self._findings, item=self._row.cell("name"))
        if pair is None:
            return None
        try:
            piped = {each: self._piped(in_round(pair[each], self._draft.around.rounds, each)) for each in LANGUAGES}
            made = templates.template(Words(**piped), scope=self._scope)
        except ExpressionFault as fault:
            self._told(fault, column)
            return None
        except ExpressionRefused as refused:
            self._refused(refused, column)
            return None
        if column in ("label", "hint", "guidance_hint"):
            self._demand_earlier(made.items, column)
            self._looks_at |= made.items
        return piped

    def _piped(self, text: str) -> str:
        """`${age}` as `{age}`, and other braces doubled."""
        pieces = re.split(r"(\$\{[^{}]*\})", text)
        return (
            "".join(
                self._value(piece) if number % 2 else piece.replace("{", "{{").replace("}", "}}")
                for number, piece in enumerate(pieces)
            )
            or "…"
        )

    def _value(self, piece: str) -> str:
        said = translation.value(piece, lookup=self._lookup)
        return said[1:-1] if said[:1] in "\"'" else f"{{{said}}}"

    # conditions

    def _when(self) -> str:
        nodes = self._nodes()
        if self._draft.specifies:
            nodes.append(meanings.is_chosen(self._draft.specifies, "other"))
        if not nodes:
            return ""
        said = translation.all_of(tuple(nodes))
        return "" if said == "true" else self._held(said, "relevant", must_be_earlier=True)

    def _nodes(self) -> list[Node]:
        """The conditions of the groups around it and its own; each that cannot be taken over is told at its own row."""
        found: list[Node] = []
        places = [(row, scope.lookup) for row, scope in self._draft.around.conditions]
        for row, lookup in [*places, (self._row, self._lookup)]:
            if not row.cell("relevant"):
                continue
            try:
                node = meanings.resolved(row.cell("relevant"), lookup=lookup)
                translation.all_of((node,))
                found.append(node)
            except ExpressionFault as fault:
                self._told(fault, "relevant", row)
        return found

    def _held(self, said: str, column: str, *, must_be_earlier: bool = False) -> str:
        """A condition of ours, when our own language takes it."""
        try:
            made = expressions.expression(said, scope=self._scope, expected=BOOLEAN)
        except ExpressionRefused as refused:
            self._refused(refused, column)
            return ""
        if must_be_earlier:
            self._demand_earlier(made.items, column)
            self._looks_at |= made.items
        return said

    def _demand_earlier(self, items: frozenset[str], column: str) -> None:
        for name in sorted(items - self._earlier):
            where = "itself" if name == self._draft.name else f'"{name}", which comes later'
            self._say("X009", f"it looks at {where}", "a question that comes before", column)

    def _refused(self, refused: ExpressionRefused, column: str) -> None:
        for fault in refused.faults:
            self._say("X008", f"{fault.found} ({fault.code})", fault.expected, column)

    # constraints

    def _constraint(self) -> _Constraint:
        answer, written = self._draft.answer, self._row.cell("constraint")
        if not written or answer is None:
            return _Constraint()
        try:
            node = meanings.resolved(written, lookup=self._lookup, own=answer)
            return self._taken_apart(node, answer)
        except ExpressionFault as fault:
            self._told(fault, "constraint")
            return _Constraint(negative=True)

    def _taken_apart(self, node: Node, answer: Answer) -> _Constraint:
        """With a message of its own and nothing else to say it of, bounds and options that stand alone stay a rule."""
        parts = xpath.parts_of(node, "and")
        bounds = [(part, found) for part in parts if (found := self._bound(part, answer))]
        alone = [(part, option) for part in parts if (option := self._alone(part, answer))]
        apart = [part for part, _ in bounds] + [part for part, _ in alone]
        rest = [part for part in parts if all(part is not each for each in apart)]
        low = any(sign in (">", ">=") for _, (sign, _) in bounds)
        if self._row.texts("constraint_message") and not rest:
            bounds = [(part, found) for part, found in bounds if found[0] in (">", ">=") and found[1] < 0]
            rest, alone = parts, []
        rule = translation.rule_of(xpath.together(tuple(rest)), own=answer) if rest else "true"
        return _Constraint(
            bounds=tuple(found for _, found in bounds),
            exclusive=tuple(option for _, option in alone),
            rule="" if rule == "true" else rule,
            low=low,
            negative=constraints.holds_negative(node),
        )

    def _bound(self, part: Node, answer: Answer) -> tuple[str, Decimal] | None:
        found = constraints.bound(part, own=answer) if answer.kind == expressions.NUMBER else None
        whole = self._draft.type.sort is not Sort.DECIMAL
        return found if found and _fits(found[0], whole=whole) else None

    def _alone(self, part: Node, answer: Answer) -> str | None:
        return constraints.stands_alone(part, own=answer) if self._draft.type.sort is Sort.CHOICES else None

    def _bounds(self, constraint: _Constraint) -> dict[str, Any]:
        asked, whole = self._draft.type, self._draft.type.sort is not Sort.DECIMAL
        lows = [_inward(sign, number, whole) for sign, number in constraint.bounds if sign in (">", ">=")]
        highs = [_inward(sign, number, whole) for sign, number in constraint.bounds if sign in ("<", "<=")]
        start, end = self._range() if asked.sort is Sort.RANGE else (asked.low, asked.high)
        lows += [Decimal(start)] if start is not None else []
        highs += [Decimal(end)] if end is not None else []
        bounds: dict[str, Any] = {"minimum": _number(max(lows))} if lows else self._without_low(constraint, highs)
        return bounds | ({"maximum": _number(min(highs))} if highs else {})

    def _without_low(self, constraint: _Constraint, highs: list[Decimal]) -> dict[str, Any]:
        filled_in_below = self._row.cell("default").startswith("-")
        if constraint.negative or filled_in_below or (highs and min(highs) < 0):
            return {"minimum": LOWEST}
        if not constraint.low:
            self._say("X038", "a number without a lower bound", "asked from 0 up; minimum: -5 allows less", "type")
        return {}

    def _range(self) -> tuple[int | None, int | None]:
        """The bounds of a range, whose steps must be of 1."""
        written = dict(re.findall(r"(\w+)\s*=\s*([^\s,;]+)", self._row.cell("parameters")))
        start, end, step = (written.get(key, other) for key, other in (("start", "1"), ("end", "10"), ("step", "1")))
        if not all(re.fullmatch(r"-?[0-9]{1,12}(\.0*)?", each) for each in (start, end, step)) or float(step) != 1:
            found = f'the range "{self._row.cell("parameters")}"'
            self._say("X004", found, "whole numbers, in steps of 1", "parameters")
            return None, None
        self._say("X036", "a range", "a whole number with bounds", "type")
        return int(float(start)), int(float(end))

    def _rule(self, constraint: _Constraint) -> list[Mapping[str, Any]]:
        if not constraint.rule:
            if self._row.texts("constraint_message") and self._row.cell("constraint"):
                self._say("X024", "a message where Peilstok has its own", "left out", "constraint_message")
            return []
        message = self._words("constraint_message")
        if message is None:
            self._say("X032", "a constraint without a message", "Peilstok's own words", "constraint")
        said = self._held(constraint.rule, "constraint")
        return [self._check(said, "rule", message or MESSAGE)] if said else []

    def _needed_sometimes(self) -> list[Mapping[str, Any]]:
        written, answer = self._row.cell("required"), self._draft.answer
        if not written or written in (*YES, *NO) or answer is None or self._draft.specifies:
            return []
        try:
            said = self._held(translation.needed_when(written, lookup=self._lookup, own=answer), "required")
        except ExpressionFault as fault:
            self._told(fault, "required")
            return []
        self._say("X036", "an answer that is needed sometimes", "a check", "required")
        return [self._check(said, "needed", NEEDED)] if said else []

    def _check(self, said: str, end: str, message: Pair) -> Mapping[str, Any]:
        name = naming.item_name(f"{self._draft.name}_{end}", self._taken)
        return {"name": name, "at": self._draft.name, "severity": "hard", "rule": said, "message": dict(message)}


def in_round(text: str, rounds: tuple[Round, ...], language: str) -> str:
    """A text with what a loop puts in it."""
    if not rounds:
        return text
    label = rounds[-1].label["nl" if language == "nl" else "en"]
    return text.replace("%(label)s", label).replace("%(name)s", rounds[-1].name)


def _fits(sign: str, *, whole: bool) -> bool:
    """Can an item have it as a bound? Its bounds are included; above 3 is from 4 up where numbers are whole."""
    return sign in (">=", "<=") or (whole and sign in ("<", ">"))


def _inward(sign: str, number: Decimal, whole: bool) -> Decimal:
    if not whole:
        return number
    if sign in (">=", ">"):
        return Decimal(math.ceil(number)) + (sign == ">" and number == math.ceil(number))
    return Decimal(math.floor(number)) - (sign == "<" and number == math.floor(number))


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
