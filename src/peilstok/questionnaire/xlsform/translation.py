"""What an expression of XLSForm says in the language of Peilstok.

The two differ where an answer is not there. In XLSForm it is an empty text: `${a} = 'x'` is then false, `${a} != 'x'`
true. In Peilstok it is unknown, and unknown comes out on the safe side at the end. What the form means is kept:

- a condition (`OPEN`) is true exactly when it is in XLSForm. Where unknown would not come out as false, `answered(a)`
  is put beside it.
- a rule (`RULE`) is broken exactly when it is in XLSForm, but for one thing: a comparison of the answer itself with
  another answer that is not there says nothing, where XLSForm would refuse the answer.
- inside `not`, and where a condition chooses between values, the result is true or false (`CLOSED`), never unknown.

docs/formats/xlsform.md has this as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import Final

from peilstok.questionnaire.expressions import BOOLEAN, DATE, NUMBER, TEXT, Kind, Sort, nodes
from peilstok.questionnaire.xlsform import xpath
from peilstok.questionnaire.xlsform.meanings import Answer, Asked, Lookup, resolved
from peilstok.questionnaire.xlsform.xpath import TURNED, Call, ExpressionFault, Negative, Node, Operation, Text

_SIGNS: Final = ("=", "!=", "<", "<=", ">", ">=")
_NONE: Final[frozenset[str]] = frozenset()
# how tightly a text binds, for parentheses
_OR, _AND, _NOT, _COMPARED, _SUM, _PRODUCT, _SIGNED, _WHOLE = range(1, 9)


class Mode(Enum):
    OPEN = auto()  # unknown counts as false
    RULE = auto()  # unknown counts as true
    CLOSED = auto()  # never unknown


@dataclass(frozen=True, slots=True)
class Said:
    """An expression of ours, as text.

    `if_true` and `if_false`: the items that certainly have an answer when the condition is true, or false.
    """

    text: str
    level: int
    kind: Kind | None  # None: a text that takes the kind of what it stands beside
    if_true: frozenset[str] = _NONE
    if_false: frozenset[str] = _NONE

    def within(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"

    @property
    def rests_on(self) -> frozenset[str]:
        """Of a value: the items without which it is unknown."""
        return self.if_true


def condition(text: str, *, lookup: Lookup) -> str:
    """A condition: true exactly when the form's is."""
    return all_of((resolved(text, lookup=lookup),))


def all_of(nodes: tuple[Node, ...]) -> str:
    """A condition that holds when each of these does."""
    return _Translator(None).truth(xpath.together(nodes), Mode.OPEN, _NONE).text


def rule(text: str, *, lookup: Lookup, own: Answer) -> str:
    """The rule of a check on an answer: it says nothing while the answer is not there."""
    return rule_of(resolved(text, lookup=lookup, own=own), own=own)


def rule_of(node: Node, *, own: Answer) -> str:
    said = _Translator(own).truth(node, Mode.RULE, frozenset({own.name}))
    if own.name in said.if_false or said.text == "true":
        return said.text
    return f"not answered({own.name})" if said.text == "false" else f"not answered({own.name}) or {said.within(_AND)}"


def needed_when(text: str, *, lookup: Lookup, own: Answer) -> str:
    """The rule that an answer is there when a condition holds."""
    said = _Translator(own).truth(resolved(text, lookup=lookup, own=own), Mode.CLOSED, _NONE)
    return f"not {said.within(_COMPARED)} or answered({own.name})"


def value(text: str, *, lookup: Lookup) -> str:
    """A value that is shown in a text."""
    node = resolved(text, lookup=lookup)
    while isinstance(node, Call) and node.name == "if" and len(node.parts) == 3 and node.parts[2] == Text(""):
        node = node.parts[1]  # a calculation with a condition: what shows it has the same one, or shows nothing
    said = plain_value(node)
    if "{" in said or "}" in said:
        raise ExpressionFault("X008", f'"{text}" as a value in a text', "a number, a date, an option or a text")
    return said


def plain_value(node: Node) -> str:
    """A number, date, option or text; no condition."""
    said = _Translator(None).value(node)
    if said.kind == BOOLEAN:
        raise ExpressionFault("X008", "a condition as a value", "a number, a date, an option or a text")
    return said.text


def constant(text: str, *, lookup: Lookup) -> int | None:
    """The whole number that an expression comes to whatever is answered, if it does."""
    plain = xpath.plain(resolved(text, lookup=lookup)) or ""
    return int(plain) if plain.isdecimal() and plain.isascii() and len(plain) < 7 else None


class _Translator:
    def __init__(self, own: Answer | None) -> None:
        self._own = own
        self._chosen = False  # between the values of an if(...): an option may be that of another question

    # conditions

    def truth(self, node: Node, mode: Mode, known: frozenset[str]) -> Said:
        match node:
            case Operation("and" | "or"):
                return self._chain(node, mode, known)
            case Operation(sign) if sign in _SIGNS:
                return self._comparison(node, mode, known)
            case Call("not", (part,)):
                return self._denied(part, mode, known)
            case Call("boolean", (part,)):
                return self.truth(part, mode, known)
            case Call("true" | "false", ()):
                return Said(node.name, _WHOLE, BOOLEAN)
            case Call("selected", (question, option)):
                return self._selected(question, option, mode, known)
            case Call("if", (asked, then, otherwise)):
                return self._either(asked, self.truth(then, mode, known), self.truth(otherwise, mode, known))
            case Call(name):
                raise _lacking(name)
        raise ExpressionFault("X008", "a value where a condition is needed", "a comparison")

    def _denied(self, part: Node, mode: Mode, known: frozenset[str]) -> Said:
        inner = self.truth(part, Mode.OPEN if mode is Mode.RULE else Mode.CLOSED, known)
        if inner.text in ("true", "false"):
            return Said("false" if inner.text == "true" else "true", _WHOLE, BOOLEAN)
        if inner.text.startswith("not ") and inner.level == _NOT:
            return Said(inner.text[4:], _COMPARED, BOOLEAN, inner.if_false, inner.if_true)
        return Said(f"not {inner.within(_COMPARED)}", _NOT, BOOLEAN, inner.if_false, inner.if_true)

    def _chain(self, node: Operation, mode: Mode, known: frozenset[str]) -> Said:
        """Parts of one `and` or `or`. What a test for an answer settles holds for the parts behind it.

        A test that the next part makes needless is left out: `${a} != '' and ${a} != 'x'` is `a != "x"` in ours.
        """
        all_of = node.sign == "and"
        found: list[Said] = []
        for part in _listed(xpath.parts_of(node, node.sign)) if not all_of else xpath.parts_of(node, node.sign):
            said = self.truth(part, mode, known)
            found.append(said)
            tested = _tested(said, answered=all_of)
            known |= {tested} if tested else _NONE
        neutral, final = ("true", "false") if all_of else ("false", "true")
        if any(said.text == final for said in found):
            return Said(final, _WHOLE, BOOLEAN)
        found = [said for said in found if said.text != neutral]
        if mode is (Mode.OPEN if all_of else Mode.RULE):
            found = _without_needless(found, all_of=all_of)
        if len(found) < 2:
            return found[0] if found else Said(neutral, _WHOLE, BOOLEAN)
        level = _AND if all_of else _OR
        certain, possible = [said.if_true for said in found], [said.if_false for said in found]
        one, other = (certain, possible) if all_of else (possible, certain)
        every, shared = frozenset().union(*one), frozenset.intersection(*other)
        text = f" {node.sign} ".join(said.within(level + 1) for said in found)
        return Said(text, level, BOOLEAN, *((every, shared) if all_of else (shared, every)))

    def _either(self, asked: Node, then: Said, otherwise: Said) -> Said:
        choice = self.truth(asked, Mode.CLOSED, _NONE)
        if choice.text in ("true", "false"):
            return then if choice.text == "true" else otherwise
        if then.text == otherwise.text:
            return then
        shared = then.if_true & otherwise.if_true, then.if_false & otherwise.if_false
        kind = then.kind or otherwise.kind
        return Said(f"if({choice.text}, {then.text}, {otherwise.text})", _WHOLE, kind, *shared)

    def _selected(self, question: Node, option: Node, mode: Mode, known: frozenset[str]) -> Said:
        if not isinstance(question, Asked) or question.answer.kind.sort not in (Sort.SET, Sort.CHOICE):
            raise ExpressionFault("X008", "selected(...) of something else than a question", "a question with choices")
        if question.answer.kind.sort is Sort.CHOICE:
            return self._comparison(Operation("=", question, option), mode, known)
        name = self._option(question.answer, option, "=", known)
        if name in (None, ""):
            return Said("false", _WHOLE, BOOLEAN)
        said = f'{question.answer.name} includes "{name}"'
        return self._guarded(Said(said, _COMPARED, BOOLEAN), "=", frozenset({question.answer.name}), mode, known)

    def _comparison(self, node: Operation, mode: Mode, known: frozenset[str]) -> Said:
        left, right, sign = node.left, node.right, node.sign
        if xpath.plain(left) is not None and xpath.plain(right) is None:
            left, right, sign = right, left, TURNED[sign]
        match left, right:
            case (Call("if", (asked, *values)), _):
                return self._distributed(asked, values, lambda each: Operation(sign, each, right), mode, known)
            case (_, Call("if", (asked, *values))):
                return self._distributed(asked, values, lambda each: Operation(sign, left, each), mode, known)
            case (Call("coalesce", (Asked() as first, _) as values), _):
                there = Operation("!=", first, Text(""))
                return self._distributed(there, values, lambda each: Operation(sign, each, right), mode, known)
            case (Call("string-length", (Asked(answer=answer),)), _):
                return self._length(answer, sign, right)
            case (Call("true" | "false") as truth, _) | (_, Call("true" | "false") as truth) if sign in ("=", "!="):
                part = left if truth is right else right
                same = (truth.name == "true") == (sign == "=")
                return self.truth(part if same else Call("not", (part,)), mode, known)
            case (Asked(answer=answer), Text("")) if sign in ("=", "!="):
                return _answered(answer.name, there=sign == "!=")
        one, other = xpath.plain(left), xpath.plain(right)
        if one is not None and other is not None:
            return Said("true" if _compared(one, sign, other) else "false", _WHOLE, BOOLEAN)
        return self._atom(left, sign, right, mode, known)

    def _distributed(
        self, asked: Node, values: Sequence[Node], make: Callable[[Node], Node], mode: Mode, known: frozenset[str]
    ) -> Said:
        """The comparison taken into the values of an if(...), whose options may be those of different questions."""
        if len(values) != 2:
            raise ExpressionFault("X005", f"if(...) with {len(values) + 1} parts", "if(condition, value, other value)")
        before, self._chosen = self._chosen, True
        then, otherwise = (self.truth(make(each), mode, known) for each in values)
        self._chosen = before
        return self._either(asked, then, otherwise)

    def _length(self, answer: Answer, sign: str, other: Node) -> Said:
        match sign, xpath.plain(other):
            case (">" | "!=", "0") | (">=", "1"):
                return _answered(answer.name, there=True)
            case (("=" | "<="), "0") | ("<", "1"):
                return _answered(answer.name, there=False)
        raise _lacking("string-length")

    def _atom(self, left: Node, sign: str, right: Node, mode: Mode, known: frozenset[str]) -> Said:
        if isinstance(left, Asked) and left.answer.options and xpath.plain(right) is not None:
            return self._with_option(left.answer, sign, right, mode, known)
        first, second = self.value(left), self.value(right)
        rests_on = first.rests_on | second.rests_on
        texts = [_beside(one, other) for one, other in ((first, second), (second, first))]
        return self._guarded(Said(f" {sign} ".join(texts), _COMPARED, BOOLEAN), sign, rests_on, mode, known)

    def _with_option(self, answer: Answer, sign: str, option: Node, mode: Mode, known: frozenset[str]) -> Said:
        rests_on = frozenset({answer.name})
        if answer.kind.sort is Sort.SET:
            return self._only(answer, sign, option, mode, known)
        if sign not in ("=", "!="):
            names = [
                ours for theirs, ours in answer.options.items() if _compared(theirs, sign, xpath.plain(option) or "")
            ]
            return self._guarded(_among(answer.name, names), "=", rests_on, mode, known)
        if isinstance(option, _Several):
            found = [self._option(answer, each, sign, known) for each in option.parts]
            return self._guarded(_among(answer.name, [each for each in found if each]), "=", rests_on, mode, known)
        name = self._option(answer, option, sign, known)
        if name in (None, ""):
            return Said("true" if sign == "!=" else "false", _WHOLE, BOOLEAN)
        return self._guarded(Said(f'{answer.name} {sign} "{name}"', _COMPARED, BOOLEAN), sign, rests_on, mode, known)

    def _only(self, answer: Answer, sign: str, option: Node, mode: Mode, known: frozenset[str]) -> Said:
        """A question with several answers beside one option: that one is chosen and no other."""
        if sign not in ("=", "!=") or isinstance(option, _Several):
            raise ExpressionFault("X008", f'"{sign}" beside several answers', "selected(...), or count-selected(...)")
        name = self._option(answer, option, sign, known)
        if not name:
            return Said("true" if sign == "!=" else "false", _WHOLE, BOOLEAN)
        only = Said(f'{answer.name} includes "{name}" and count({answer.name}) = 1', _AND, BOOLEAN)
        denied = Said(f"not {only.within(_COMPARED)}", _NOT, BOOLEAN)
        return self._guarded(denied if sign == "!=" else only, sign, frozenset({answer.name}), mode, known)

    def _option(self, answer: Answer, option: Node, sign: str, known: frozenset[str]) -> str | None:
        """Our name of an option; "" for a missing value that is known not to be there, None for one of another."""
        plain = xpath.plain(option)
        if plain is None:
            raise ExpressionFault("X008", "an option that is worked out", "the name of an option: 'yes'")
        if plain in answer.options:
            return answer.options[plain]
        if plain in answer.missing and answer.name in known:
            return ""
        if self._chosen:
            return None
        where = f"${{{answer.name}}}"
        raise ExpressionFault("X007", f'"{plain}", which is not a choice of {where}', "one of its choices")

    def _guarded(self, said: Said, sign: str, rests_on: frozenset[str], mode: Mode, known: frozenset[str]) -> Said:
        """A comparison with what it takes for an answer that is not there to mean what it does in XLSForm."""
        if said.text in ("true", "false"):
            return said
        plain = Said(said.text, said.level, BOOLEAN, rests_on, rests_on)
        blank = sorted(rests_on - known)
        of_own = self._own is not None and self._own.name in rests_on
        if sign == "!=":
            needless = mode is Mode.RULE or not blank
            return plain if needless else _joined([*(_answered(each, there=False) for each in blank), plain], "or")
        if mode is Mode.OPEN or not blank or (mode is Mode.RULE and of_own):
            return plain
        return _joined([*(_answered(each, there=True) for each in blank), plain], "and")

    # values

    def value(self, node: Node) -> Said:
        match node:
            case xpath.Number(text):
                return Said(text, _WHOLE, NUMBER)
            case Text(text):
                return Said(quoted(text), _WHOLE, None)
            case Asked(answer=answer):
                return Said(answer.name, _WHOLE, answer.kind, frozenset({answer.name}))
            case Negative(of):
                inner = self._number(of)
                return Said(f"-{inner.within(_SIGNED)}", _SIGNED, NUMBER, inner.rests_on)
            case Operation("+" | "-" | "*" | "div"):
                return self._worked_out(node)
            case Call():
                return self._function(node)
        raise ExpressionFault("X006", "a condition where a value is needed", "a number, a text or a question")

    def _number(self, node: Node) -> Said:
        said = self.value(node)
        plain = xpath.plain(node)
        if said.kind is None and plain is not None and xpath.numeric(plain):
            return Said(plain, _WHOLE, NUMBER)
        if said.kind != NUMBER:
            raise ExpressionFault("X008", f"{said.kind or 'a text'} in a calculation", "a number")
        return said

    def _worked_out(self, node: Operation) -> Said:
        """A date with days added is a number in XPath, and as a date the same day: `date(...)` says it of either."""
        left, right = self._term(node.left), self._term(node.right)
        level = _SUM if node.sign in ("+", "-") else _PRODUCT
        sign = "/" if node.sign == "div" else node.sign
        kind = nodes.COMES_TO.get((sign, left.kind, right.kind))
        if kind is None:
            raise ExpressionFault("X008", f'{left.kind} "{node.sign}" {right.kind}', "numbers, or a date and days")
        text = f"{left.within(level)} {sign} {right.within(level + 1)}"
        return Said(text, level, kind, left.rests_on | right.rests_on)

    def _term(self, node: Node) -> Said:
        said = self.value(node)
        return said if said.kind == DATE else self._number(node)

    def _function(self, node: Call) -> Said:
        match node:
            case Call("count-selected", (Asked(answer=answer),)) if answer.kind.sort is Sort.SET:
                return Said(f"count({answer.name})", _WHOLE, NUMBER, frozenset({answer.name}))
            case Call("sum", parts) if parts:
                said = [self._number(part) for part in parts]
                return Said(f"sum({', '.join(each.text for each in said)})", _WHOLE, NUMBER)
            case Call("number" | "int", (part,)) if self.value(part).kind == NUMBER and node.name == "number":
                return self.value(part)
            case Call("string", (part,)) if self.value(part).kind in (None, TEXT):
                return self.value(part)
            case Call("jr:choice-name", (Asked() as question, Text())):
                return self.value(question)  # in a text Peilstok shows what an option says anyway
            case Call("date", (Text(text),)):
                return Said(quoted(_day(text)), _WHOLE, DATE)
            case Call("date", (part,)) if self.value(part).kind == DATE:
                return self.value(part)
            case Call("coalesce", (Asked(answer=answer) as first, second)):
                return self._between(Operation("!=", first, Text("")), first, second)
            case Call("if", (asked, then, otherwise)):
                return self._between(asked, then, otherwise)
        raise _lacking(node.name)

    def _between(self, asked: Node, then: Node, otherwise: Node) -> Said:
        one, other = self.value(then), self.value(otherwise)
        if one.kind is not None and other.kind is not None and one.kind != other.kind:
            raise ExpressionFault("X008", f"if(...) of {one.kind} or {other.kind}", "the same kind of value either way")
        texts = [_beside(first, second) for first, second in ((one, other), (other, one))]
        made = [Said(text, each.level, each.kind, each.if_true) for text, each in zip(texts, (one, other), strict=True)]
        return self._either(asked, made[0], made[1])


@dataclass(frozen=True, slots=True)
class _Several(Text):
    """Several plain values, of which a question may have any: `${a} = 'x' or ${a} = 'y'`."""

    value: str = field(init=False, default="…")
    parts: tuple[Node, ...] = ()

    def __init__(self, parts: tuple[Node, ...]) -> None:
        object.__setattr__(self, "value", "…")
        object.__setattr__(self, "parts", parts)


def _listed(parts: list[Node]) -> list[Node]:
    """Comparisons of one question with option after option, taken together."""
    found: list[Node] = []
    for part in parts:
        before = found[-1] if found else None
        if _of_option(part) and _of_option(before) and before.left == part.left:  # type: ignore[union-attr]  # asked above
            had = before.right.parts if isinstance(before.right, _Several) else (before.right,)  # type: ignore[union-attr]
            found[-1] = Operation("=", part.left, _Several((*had, part.right)))  # type: ignore[union-attr]
        else:
            found.append(part)
    return found


def _of_option(node: Node | None) -> bool:
    match node:
        case Operation("=", Asked(answer=answer), right):
            plain = right.parts[0] if isinstance(right, _Several) else right
            return answer.kind.sort is Sort.CHOICE and xpath.plain(plain) in answer.options
    return False


def _tested(said: Said, *, answered: bool) -> str:
    """The item, where the condition is no more than whether it has an answer (or has none)."""
    begin = "answered(" if answered else "not answered("
    whole = said.text.startswith(begin) and said.text.endswith(")") and said.text.count("(") == 1
    return said.text[len(begin) : -1] if whole and " " not in said.text[len(begin) :] else ""


def _without_needless(found: list[Said], *, all_of: bool) -> list[Said]:
    kept: list[Said] = []
    for number, said in enumerate(found):
        tested = _tested(said, answered=all_of)
        behind = [each.if_true if all_of else each.if_false for each in found[number + 1 :]]
        if not tested or all(tested not in each for each in behind):
            kept.append(said)
    return kept


def _answered(name: str, *, there: bool) -> Said:
    only = frozenset({name})
    if there:
        return Said(f"answered({name})", _WHOLE, BOOLEAN, only, _NONE)
    return Said(f"not answered({name})", _NOT, BOOLEAN, _NONE, only)


def _joined(parts: list[Said], sign: str) -> Said:
    level = _AND if sign == "and" else _OR
    every = frozenset().union(*(each.if_true if sign == "and" else each.if_false for each in parts))
    text = f" {sign} ".join(each.within(level + 1) for each in parts)
    return Said(text, level, BOOLEAN, *((every, _NONE) if sign == "and" else (_NONE, every)))


def _among(name: str, options: list[str]) -> Said:
    if not options:
        return Said("false", _WHOLE, BOOLEAN)
    if len(options) == 1:
        return Said(f'{name} = "{options[0]}"', _COMPARED, BOOLEAN)
    listed = ", ".join(f'"{each}"' for each in options)
    return Said(f"{name} in {{{listed}}}", _COMPARED, BOOLEAN)


def _beside(said: Said, other: Said) -> str:
    """The text of a value beside another: a number in quotation marks is a number beside one."""
    bare = said.text[1:-1]
    if said.kind is None and other.kind == NUMBER:
        if not xpath.numeric(bare):
            raise ExpressionFault("X008", f'the text "{bare}" beside a number', "a number")
        return bare
    if said.kind is None and other.kind == DATE:
        return quoted(_day(bare))
    if said.kind == NUMBER and other.kind == TEXT and xpath.numeric(said.text):
        return f'"{said.text}"'
    return said.within(_SUM)


def _compared(left: str, sign: str, right: str) -> bool:
    """How XPath compares two plain values: as numbers where the sign asks for it or both are numbers."""
    if xpath.numeric(left) and xpath.numeric(right):
        one, other = float(left), float(right)
        return {
            "=": one == other, "!=": one != other, "<": one < other,
            "<=": one <= other, ">": one > other, ">=": one >= other,
        }[sign]  # fmt: skip
    return (sign == "=" and left == right) or (sign == "!=" and left != right)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise ExpressionFault("X008", f'"{text[:40]}" beside a date', "a date written as 2020-04-06") from None


def quoted(text: str) -> str:
    """A text as our language writes it."""
    if "\n" in text or ('"' in text and "'" in text):
        raise ExpressionFault("X008", "a text with line ends or both kinds of quotation marks", "a plain text")
    return f"'{text}'" if '"' in text else f'"{text}"'


def _lacking(name: str) -> ExpressionFault:
    return ExpressionFault("X006", f"the function {name}(...)", "what the language of Peilstok has (expressions.md)")
