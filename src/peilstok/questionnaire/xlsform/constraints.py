"""A constraint taken apart: what an item of ours has itself (bounds, options that stand alone), and what is a rule."""

from __future__ import annotations

from decimal import Decimal

from peilstok.questionnaire.xlsform import xpath
from peilstok.questionnaire.xlsform.meanings import Answer, Asked
from peilstok.questionnaire.xlsform.xpath import TURNED, Call, Node, Operation, Text


def bound(node: Node, *, own: Answer) -> tuple[str, Decimal] | None:
    """The sign and the number, where a tree compares the answer itself with a plain number: `. >= 18`."""
    match node:
        case Operation(sign, Asked(answer=answer), right) if answer == own and sign in TURNED:
            plain = xpath.plain(right)
        case Operation(sign, left, Asked(answer=answer)) if answer == own and sign in TURNED:
            plain, sign = xpath.plain(left), TURNED[sign]
        case _:
            return None
    return (sign, Decimal(plain)) if plain is not None and xpath.numeric(plain) and len(plain) < 16 else None


def stands_alone(node: Node, *, own: Answer) -> str | None:
    """The option that no other may stand beside, where that is what a tree says: a convention of the export."""
    match node:
        case Call("not", (Operation("and", Call("selected", (Asked(answer=one), Text(option))), beside),)):
            if beside == Operation(">", Call("count-selected", (Asked(own),)), xpath.Number("1")) and one == own:
                return own.options.get(option)
    return None


def holds_negative(node: Node) -> bool:
    """Is there a number below 0 in it?"""
    plain = xpath.plain(node)
    return (plain or "").startswith("-") or any(holds_negative(child) for child in xpath.children(node))
