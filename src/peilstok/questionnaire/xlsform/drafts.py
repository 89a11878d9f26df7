"""The questions of a form in their order, before their expressions are read: names, types, where they stand.

Groups become headings and conditions, a loop and a repeat of a fixed number are written out, any other repeat becomes a
block. What a name means in an expression is known when all of it is declared (`Scope`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from peilstok.errors import Finding
from peilstok.questionnaire.expressions import DATE, NUMBER, TEXT, Kind
from peilstok.questionnaire.expressions import Sort as KindSort
from peilstok.questionnaire.xlsform import naming, translation, xpath
from peilstok.questionnaire.xlsform.choicelists import OTHER, ChoiceList, ChoiceLists
from peilstok.questionnaire.xlsform.codes import finding
from peilstok.questionnaire.xlsform.meanings import Answer, Calculated, Lost, Meaning, Nothing, Repeated
from peilstok.questionnaire.xlsform.questiontypes import REASONS, YES, QuestionType, Sort, question_type
from peilstok.questionnaire.xlsform.sheets import Row
from peilstok.questionnaire.xlsform.structure import Part
from peilstok.questionnaire.xlsform.wording import Pair
from peilstok.terms import LANGUAGES

MOST_TIMES: Final = 30
MOST: Final = 1000
_CONFIRMED: Final = "a confirmation, which is a note here"
_KINDS: Final = {Sort.NUMBER: NUMBER, Sort.DECIMAL: NUMBER, Sort.RANGE: NUMBER, Sort.DATE: DATE}


class Scope:
    """What names mean: within a round of a loop those of the same round first."""

    def __init__(self, above: Scope | None = None) -> None:
        self._above = above
        self._names: dict[str, list[Meaning]] = {}
        self.used: set[str] = above.used if above else set()

    def declare(self, name: str, meaning: Meaning) -> None:
        self._names.setdefault(name, []).append(meaning)
        if self._above:
            self._above.declare(name, meaning)

    def lookup(self, name: str) -> Meaning | None:
        self.used.add(name)
        found = self._names.get(name)
        if not found:
            return self._above.lookup(name) if self._above else None
        answers = tuple(each for each in found if isinstance(each, Answer))
        return Repeated(answers) if len(answers) > 1 else found[0]


@dataclass(frozen=True, slots=True)
class Round:
    """One time that a loop is gone through."""

    name: str
    label: Pair


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above questions that are asked together. `key` tells headings of the same name apart."""

    key: tuple[object, ...] = ()
    row: Row | None = None
    round: Round | None = None
    repeats: bool = False  # it is that of a block, which has its text itself
    above: Heading | None = None
    together: bool = False  # a field-list: groups within it get no page of their own


@dataclass(frozen=True, slots=True)
class Around:
    scope: Scope
    heading: Heading = field(default_factory=Heading)
    conditions: tuple[tuple[Row, Scope], ...] = ()
    rounds: tuple[Round, ...] = ()
    block: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question: its row, what we call it, and what is around it. `specifies`: the question whose "other" it is."""

    row: Row
    name: str
    type: QuestionType
    around: Around
    choices: ChoiceList | None = None
    answer: Answer | None = None
    specifies: Answer | None = None


@dataclass(frozen=True, slots=True)
class BlockDraft:
    row: Row
    name: str


class Drafter:
    def __init__(self, lists: ChoiceLists, findings: list[Finding]) -> None:
        self._lists = lists
        self._findings = findings
        self._taken: set[str] = set()
        self.drafts: list[Draft] = []
        self.blocks: list[BlockDraft] = []
        self.scope = Scope()
        self.calculations: list[Row] = []

    def declare(self, parts: Iterable[Part]) -> None:
        self._parts(parts, Around(self.scope))

    def _parts(self, parts: Iterable[Part], around: Around) -> None:
        for part in parts:
            if len(self.drafts) > MOST:
                return
            match part.sort:
                case "question":
                    self._question(part.row, around)
                case "group":
                    self._parts(part.within, self._inside(part, around))
                case "repeat":
                    self._repeat(part, around)
                case "loop":
                    self._loop(part, around)
        if len(self.drafts) > MOST and not any(each.code == "X012" for each in self._findings):
            place = self.drafts[-1].row
            self._say(place, "X012", f"more than {MOST} questions, loops written out", f"at most {MOST}")

    def _say(self, row: Row, code: str, found: str, expected: str, column: str = "type", reason: str = "") -> None:
        place, item = row.at(column), row.cell("name")
        self._findings.append(finding(code, place, found, expected, sheet=row.sheet, item=item, reason=reason))

    def _inside(self, part: Part, around: Around, round_: Round | None = None) -> Around:
        row, rounds = part.row, (*around.rounds, *([round_] if round_ else ()))
        conditions = around.conditions
        if row.cell("relevant"):
            conditions = (*conditions, (row, around.scope))
        heading = around.heading
        if heading.together and row.texts("label"):
            self._say(row, "X036", "a heading on a page of its own group", "a note", "label")
            name = self._name(row, replace(around, rounds=rounds))
            self.drafts.append(Draft(row, name, QuestionType(Sort.NOTE), around))
        if not heading.together:
            together = "field-list" in row.cell("appearance").split()
            key = (row.number, *(each.name for each in rounds))
            repeats = part.sort == "repeat" and round_ is None
            heading = Heading(key, row, round_, repeats, around.heading, together)
        return replace(around, heading=heading, conditions=conditions, rounds=rounds)

    # loops and repeats

    def _loop(self, part: Part, around: Around) -> None:
        found = self._lists.of(part.over, row=part.row)
        if found is None:
            return
        self._say(part.row, "X035", f'a loop over "{part.over}"', f"written out {len(found.choices)} times")
        self._rounds(part, around, tuple(Round(each.name, each.text) for each in found.choices))

    def _rounds(self, part: Part, around: Around, rounds: tuple[Round, ...]) -> None:
        for each in rounds:
            inside = self._inside(part, around, each)
            self._parts(part.within, replace(inside, scope=Scope(around.scope)))

    def _repeat(self, part: Part, around: Around) -> None:
        row, count = part.row, part.row.cell("repeat_count")
        times = self._times(count, around) if count else None
        if times is not None and 1 <= times <= MOST_TIMES:
            self._say(row, "X035", f"a repeat of {times} times", "written out", "repeat_count")
            rounds = tuple(Round(str(n), dict.fromkeys(LANGUAGES, str(n))) for n in range(1, times + 1))
            self._rounds(part, around, rounds)
        elif times is not None:
            self._say(row, "X012", f"a repeat of {times} times", f"1 to {MOST_TIMES} times", "repeat_count")
        elif around.block or around.rounds:
            self._say(row, "X012", "a repeat in a repeat or loop", "one repeat, or a form of its own")
        else:
            self._block(part, around)

    def _times(self, count: str, around: Around) -> int | None:
        try:
            return translation.constant(count, lookup=around.scope.lookup)
        except xpath.ExpressionFault:
            return None

    def _block(self, part: Part, around: Around) -> None:
        row = part.row
        name = naming.item_name(row.cell("name") or "entries", self._taken)
        self._taken.add(f"{name}_added")
        self._renamed(row, name)
        self._say(row, "X036", f'the repeat "{row.cell("name")}"', "a block, to which the board adds entries by name")
        if row.cell("repeat_count"):
            found = f"the number of times, {row.cell('repeat_count')}"
            self._say(row, "X024", found, "not held to: the board decides how many there are", "repeat_count")
        if row.cell("relevant") or around.conditions:
            self._say(row, "X024", "a repeat with a condition", "the list of entries is asked always", "relevant")
        self.blocks.append(BlockDraft(row, name))
        self._parts(part.within, replace(self._inside(part, around), block=name))

    # questions

    def _question(self, row: Row, around: Around) -> None:
        asked = question_type(row.cell("type"))
        meaning = self._meaning(row, asked, around)
        if meaning is not None:
            around.scope.declare(row.cell("name"), meaning)

    def _meaning(self, row: Row, asked: QuestionType, around: Around) -> Meaning | None:
        """What its name stands for; a question that is asked is drafted as well."""
        match asked.sort:
            case Sort.REFUSED:
                what = REASONS[asked.reason]
                found = f'the type "{row.cell("type")}" ({what})'
                self._say(row, "X003", found, "a type that Peilstok has (xlsform.md)", reason=asked.reason)
                return Lost("")
            case Sort.CALCULATION:
                return self._calculated(row, around)
            case Sort.METADATA | Sort.HIDDEN:
                kind = "metadata" if asked.sort is Sort.METADATA else "a hidden value"
                self._say(row, "X030", f'"{row.cell("type")}" ({kind})', "Peilstok keeps who answered and when itself")
                return Lost(kind)
        return self._asked(row, asked, around)

    def _calculated(self, row: Row, around: Around) -> Meaning | None:
        self.calculations.append(row)
        if not row.cell("calculation"):
            self._say(row, "X011", "a calculation without an expression", "an expression", "calculation")
            return Lost("")
        node = self._parsed(row, "calculation")
        for asked_of in (row, *(group for group, _ in around.conditions)):
            if node is not None and asked_of.cell("relevant"):  # where it does not hold there is no value
                condition = self._parsed(asked_of, "relevant")
                node = condition and xpath.Call("if", (condition, node, xpath.Text("")))
        return Calculated(row.cell("name"), node, around.scope.lookup) if node is not None else Lost("")

    def _parsed(self, row: Row, column: str) -> xpath.Node | None:
        try:
            return xpath.parse(row.cell(column))
        except xpath.ExpressionFault as fault:
            self._say(row, fault.code, fault.found, fault.expected, column)
            return None

    def _asked(self, row: Row, asked: QuestionType, around: Around) -> Meaning | None:
        asked = self._as_note(row, asked)
        name = self._name(row, around)
        if asked.sort in (Sort.NOTE, Sort.CONFIRMATION):
            self.drafts.append(Draft(row, name, asked, around))
            return Nothing() if asked.sort is Sort.NOTE else Lost(_CONFIRMED)
        choices = self._lists.of(asked.list_name, row=row) if asked.list_name else None
        if asked.list_name and (choices is None or not self._enough(row, choices)):
            return Lost("")
        answer = _answer(name, asked, choices)
        self.drafts.append(Draft(row, name, asked, around, choices, answer))
        if asked.other:
            self._specified(row, answer, around)
        return answer

    def _as_note(self, row: Row, asked: QuestionType) -> QuestionType:
        """A question that can only be read is a note."""
        if asked.sort is Sort.TEXT and row.cell("read_only") in YES and not row.cell("calculation"):
            self._say(row, "X036", "a text that can only be read", "a note", "read_only")
            return QuestionType(Sort.NOTE)
        return asked

    def _enough(self, row: Row, choices: ChoiceList) -> bool:
        if len(choices.choices) < 2:
            self._say(row, "X010", f"a list of {len(choices.choices)} choices", "at least two to choose from")
        return len(choices.choices) >= 2

    def _name(self, row: Row, around: Around) -> str:
        written = row.cell("name")
        if not written and question_type(row.cell("type")).sort is not Sort.NOTE:
            self._say(row, "X011", "a question without a name", "a name", "name")
        name = naming.item_name("_".join([written or "note", *(each.name for each in around.rounds)]), self._taken)
        self._renamed(row, name)
        return name

    def _renamed(self, row: Row, name: str) -> None:
        if name != row.cell("name"):
            self._say(row, "X031", f'the name "{row.cell("name")}"', f'called "{name}"', "name")

    def _specified(self, row: Row, answer: Answer, around: Around) -> None:
        name = naming.item_name(f"{answer.name}_other", self._taken)
        self._say(row, "X036", '"or other"', f'the option "{OTHER}" and a text "{name}" after it')
        text = Answer(name, TEXT)
        around.scope.declare(f"{row.cell('name')}_other", text)
        self.drafts.append(Draft(row, name, QuestionType(Sort.TEXT), around, answer=text, specifies=answer))


def _answer(name: str, asked: QuestionType, choices: ChoiceList | None) -> Answer:
    if choices is None:
        return Answer(name, _KINDS.get(asked.sort, TEXT))
    sort = KindSort.CHOICE if asked.sort is Sort.CHOICE else KindSort.SET
    names = tuple(each.name for each in choices.choices)
    return Answer(name, Kind(sort, names), choices.names, choices.missing)
