"""How the rows of a survey lie in one another: questions, groups, repeats and loops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from pyxform.aliases import yes_no
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL

from peilstok.errors import Finding
from peilstok.questionnaire.xlsform.codes import finding
from peilstok.questionnaire.xlsform.sheets import Row

DEEPEST: Final = 20

Sort = Literal["question", "group", "repeat", "loop"]
_SORTS: Final[dict[str, Sort]] = {
    "group": "group",
    "repeat": "repeat",
    "lgroup": "repeat",
    "looped group": "repeat",
    "loop": "loop",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A row, and what lies within it where it begins something. `over`: the list of choices of a loop."""

    sort: Sort
    row: Row
    within: tuple[Part, ...] = ()
    over: str = ""


@dataclass
class _Open:
    sort: Sort
    row: Row | None
    over: str = ""
    within: list[Part] = field(default_factory=list)


def parts_of(rows: tuple[Row, ...], findings: list[Finding]) -> tuple[Part, ...]:
    """The rows as they lie in one another. What does not fit is noted."""
    open_now = [_Open("group", None)]
    for row in _read(rows, findings):
        kind = " ".join(row.cell("type").split())
        begin, end = RE_BEGIN_CONTROL.match(kind), RE_END_CONTROL.match(kind)
        if begin:
            open_now.append(_Open(_SORTS[begin["type"]], row, begin["list_name"] or ""))
            if len(open_now) == DEEPEST:
                findings.append(_misfit(row, f"more than {DEEPEST} levels", "groups that lie less deep"))
                break
        elif end:
            _close(row, _SORTS[end["type"]], open_now, findings)
        else:
            open_now[-1].within.append(Part("question", row))
    for each in open_now[1:]:
        assert each.row is not None
        findings.append(_misfit(each.row, f'"{each.row.cell("type")}" without its end', f'a row "end {each.sort}"'))
    return tuple(open_now[0].within)


def _read(rows: tuple[Row, ...], findings: list[Finding]) -> Iterator[Row]:
    """The rows that ask something. One that is switched off, or holds only remarks, is left out, and that is said."""
    for row in rows:
        if yes_no.get(row.cell("disabled")):
            findings.append(_unread(row, "a row that is disabled", item=row.cell("name")))
        elif row.cell("type"):
            yield row
        elif row.cell("name") or row.texts("label"):
            findings.append(finding("X011", row.at("type"), "a row without a type", "a type", sheet=row.sheet))
        else:
            findings.append(_unread(row, "a row without type, name and label"))


def _close(row: Row, sort: Sort, open_now: list[_Open], findings: list[Finding]) -> None:
    opened = open_now[-1]
    if opened.row is None or opened.sort != sort:
        found = f'"{row.cell("type")}", where nothing of that kind is open'
        findings.append(_misfit(row, found, f'"begin {sort}" before it'))
        return
    open_now.pop()
    open_now[-1].within.append(Part(sort, opened.row, tuple(opened.within), opened.over))


def _misfit(row: Row, found: str, expected: str) -> Finding:
    return finding("X012", row.at("type"), found, expected, sheet=row.sheet)


def _unread(row: Row, found: str, *, item: str = "") -> Finding:
    return finding("X034", row.at("type"), found, "not read", sheet=row.sheet, item=item)
