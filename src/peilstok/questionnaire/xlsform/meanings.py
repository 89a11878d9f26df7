"""What the names in an expression of XLSForm stand for, and expressions with their calculations written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from peilstok.questionnaire.expressions import Kind
from peilstok.questionnaire.xlsform import xpath
from peilstok.questionnaire.xlsform.xpath import Bare, Call, ExpressionFault, Negative, Node, Operation, Own, Text


@dataclass(frozen=True, slots=True)
class Answer:
    """A question that is an item of ours: its name there, its kind, and what its options are called in ours."""

    name: str
    kind: Kind
    options: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Calculated:
    """A calculation; `lookup` is how the names in it are understood."""

    name: str
    node: Node
    lookup: Lookup


@dataclass(frozen=True, slots=True)
class Nothing:
    """A note: it has a name, and its answer is always empty."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A question whose value is not there in Peilstok: metadata, hidden values. `why` says so.

    Without a reason it is a question that was refused: that its value is not there is said already.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A question that is asked several times, in a loop that is written out: `sum(${it})` adds all of them up."""

    answers: tuple[Answer, ...]


Meaning = Answer | Calculated | Nothing | Lost | Repeated
Lookup = Callable[[str], Meaning | None]


@dataclass(frozen=True, slots=True)
class Asked(xpath.Question):
    """A question of which it is known which answer it stands for."""

    name: str = field(init=False, default="")
    answer: Answer

    def __init__(self, answer: Answer) -> None:
        object.__setattr__(self, "name", answer.name)
        object.__setattr__(self, "answer", answer)


def resolved(text: str, *, lookup: Lookup, own: Answer | None = None) -> Node:
    """The tree of an expression with its calculations written out."""
    return _Writer(own).written_out(xpath.parse(text), lookup, ())


def is_chosen(answer: Answer, option: str) -> Node:
    """The tree that says that an option is chosen."""
    return Call("selected", (Asked(answer), Text(option)))


class _Writer:
    """Writes calculations out where they are used, so that what is left looks at answers only."""

    def __init__(self, own: Answer | None) -> None:
        self._own = own
        self._budget = 2000  # nodes: a calculation that uses another twice, and so on, grows fast

    def written_out(self, node: Node, lookup: Lookup, inside: tuple[str, ...]) -> Node:
        self._budget -= 1
        if self._budget < 0:
            raise ExpressionFault("X008", "an expression that grows too long when written out", "a shorter one")
        match node:
            case xpath.Question():
                return self._question(node, lookup, inside)
            case Call("sum", (xpath.Question(name),)) if isinstance(several := lookup(name), Repeated):
                return Call("sum", tuple(Asked(answer) for answer in several.answers))
            case Call():
                return Call(node.name, tuple(self.written_out(part, lookup, inside) for part in node.parts))
            case Operation():
                left, right = (self.written_out(part, lookup, inside) for part in (node.left, node.right))
                return Operation(node.sign, left, right)
            case Negative():
                return Negative(self.written_out(node.of, lookup, inside))
            case Own():
                return self._self(inside)
            case Bare():
                raise ExpressionFault("X005", f'"{node.name}" by itself', f"${{{node.name}}}, or '{node.name}'")
        return node

    def _question(self, node: xpath.Question, lookup: Lookup, inside: tuple[str, ...]) -> Node:
        match lookup(node.name):
            case None:
                raise ExpressionFault("X007", f"${{{node.name}}}, but no question has that name", "the name of one")
            case Nothing():
                return Text("")
            case Repeated():
                found = f"${{{node.name}}}, which is asked several times"
                raise ExpressionFault("X007", found, f"sum(${{{node.name}}}), or a question that is asked once")
            case Lost(why):
                raise ExpressionFault(
                    "X007" if why else "", f"${{{node.name}}}, which is {why}", "a question with an answer"
                )
            case Calculated(name, calculation, names) if len(inside) < 10 and name not in inside:
                return self.written_out(calculation, names, (*inside, name))
            case Calculated(name):
                raise ExpressionFault("X008", f"${{{name}}}, which rests on itself or on too many others", "a value")
            case Answer() as answer:
                return Asked(answer)

    def _self(self, inside: tuple[str, ...]) -> Node:
        if self._own is None or inside:
            raise ExpressionFault("X007", '"." outside a constraint', "a question as ${name}")
        return Asked(self._own)
