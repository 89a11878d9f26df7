"""Is the estimate ready? Pupils covered, and how wide the intervals of the key figures are now and will be.

For the council's monitor, before anything is published: half-widths only, no values, and of no figure that rests on
fewer boards than disclosure control asks. What is wide enough the officer says in the wave's file (`ready_when`). How
the widths are worked out: docs/methods/outlook.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from peilstok.collect import content, counting
from peilstok.collect.asked import Asked
from peilstok.collect.counting import Values
from peilstok.collect.models import Wave
from peilstok.collect.monitor import Counts
from peilstok.collect.wavefile import ReadyWhen
from peilstok.disclose.tables import meets_the_rule
from peilstok.errors import Refused
from peilstok.estimate import Plan
from peilstok.estimate import answers as estimation
from peilstok.estimate.design import Floats
from peilstok.estimate.outlook import Outlook, outlook
from peilstok.estimate.table import Design
from peilstok.register import frames
from peilstok.terms import FigureName, RegisterRow, UnitId, Words

MORE: Final = 20
"""How many answers ahead is looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """A figure of the plan over all boards: half of its 95 percent interval, in its unit; None where too few answered.

    `expected` after the next answers. The two `weighted` are None as well where the plan weights nothing.
    """

    name: FigureName
    label: Words
    unit: str
    n: int
    half_width: float | None
    expected: float | None
    half_width_weighted: float | None
    expected_weighted: float | None

    @property
    def widest(self) -> float | None:
        return max((each for each in (self.half_width, self.half_width_weighted) if each is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """`wanted` is what the officer asks, None where the file says nothing; `problem`: why there are no widths.

    `needed`: the fewest more answers with which all figures in percent are expected to be as narrow as wanted; None
    where nothing is wanted of them or they are. `gains`: of each cell of weighting (`outlook.cells`).
    """

    figures: tuple[KeyFigure, ...]
    more: int
    wanted: ReadyWhen | None
    coverage: float
    needed: int | None
    problem: str
    gains: tuple[float, ...]
    outlook: Outlook | None

    @property
    def judged(self) -> tuple[KeyFigure, ...]:
        """The figures in percent that may be shown: what `half_width` is about."""
        return tuple(each for each in self.figures if each.unit == "percent" and each.widest is not None)

    @property
    def too_wide(self) -> tuple[KeyFigure, ...]:
        most = self.wanted.half_width if self.wanted else None
        return tuple(each for each in self.judged if most is not None and (each.widest or 0) > most)

    @property
    def unjudged(self) -> tuple[KeyFigure, ...]:
        """Those in percent that rest on too few boards: nobody is told how wide they are, so they are not ready."""
        return tuple(each for each in self.figures if each.unit == "percent" and each.widest is None)

    @property
    def covered(self) -> bool:
        """As many pupils as wanted."""
        return self.wanted is None or self.wanted.coverage is None or self.coverage >= self.wanted.coverage

    @property
    def narrow(self) -> bool:
        """All figures as narrow as wanted; not while there is none, nor while one rests on too few boards."""
        wanted = self.wanted is not None and self.wanted.half_width is not None
        return not wanted or (bool(self.judged) and not self.too_wide and not self.unjudged)

    @property
    def ready(self) -> bool | None:
        """None where the wave's file does not say what is good enough."""
        return None if self.wanted is None else self.covered and self.narrow

    def as_json(self) -> dict[str, object]:
        return {
            "ready": self.ready,
            "ready_when": self.wanted.model_dump() if self.wanted else None,
            "answers_needed": self.needed,
            "on_too_few_boards": [each.name for each in self.unjudged],
            "next_answers": self.more,
            "problem": self.problem,
            "figures": [
                {
                    "name": each.name,
                    "unit": each.unit,
                    "n": each.n,
                    "half_width": _rounded(each.half_width),
                    "expected": _rounded(each.expected),
                    "half_width_weighted": _rounded(each.half_width_weighted),
                    "expected_weighted": _rounded(each.expected_weighted),
                }
                for each in self.figures
            ],
        }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)


def readiness(wave: Wave, counts: Counts, boards: Sequence[Asked]) -> Readiness:
    """From the answers of the boards that have answered by now."""
    seen = _look(wave, boards)
    found, problem = seen.outlook, seen.problem
    wanted, plan = content.of(wave).spec.ready_when, content.plan_of(wave)
    figures = _figures(found, plan) if found and plan else ()
    made = Readiness(
        figures=figures,
        more=min(MORE, int(found.missing.sum())) if found else 0,
        wanted=wanted,
        coverage=counts.coverage,
        needed=None,
        problem=problem,
        gains=seen.gains,
        outlook=found,
    )
    return made if made.narrow else _with_needed(made)


def _with_needed(made: Readiness) -> Readiness:
    if made.outlook is None or made.wanted is None or made.wanted.half_width is None or not made.judged:
        return made
    judged = {each.name for each in made.judged}
    chosen = [row.name in judged for row in made.outlook.rows]
    return replace(made, needed=made.outlook.needed(made.wanted.half_width, chosen))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one process has worked out of a wave: what each revision says, and the outlook on these revisions.

    A revision never changes, nor do plan and frame of a wave that was opened, so that nothing of it can be out of date;
    which boards are out of scope can, and is part of the key.
    """

    frame: tuple[RegisterRow, ...]
    values: Mapping[int, Values]
    revisions: frozenset[int]
    outlook: Outlook | None
    gains: tuple[float, ...]
    problem: str


_WAVES: Final = 8  # of which one process remembers it
_seen: dict[tuple[str, int, str, frozenset[UnitId]], _Seen] = {}


def _look(wave: Wave, boards: Sequence[Asked]) -> _Seen:
    plan = content.plan_of(wave)
    if plan is None:
        return _Seen((), {}, frozenset(), None, (), "no plan")
    answered = {each.number for each in boards if each.answered}
    number = "invitation__unit__organisation__number"
    counts = {UnitId(board): key for board, key in counting.counting(wave).values_list(number, "pk")}
    mine = {board: key for board, key in counts.items() if board in answered}  # those of the moment of the counts
    outside = frozenset(each.number for each in boards if not each.in_scope)
    key = (wave.pk, wave.frame_id, plan.fingerprint, outside)
    before = _seen.get(key)
    if before and before.revisions == frozenset(mine.values()):
        return before
    if len(_seen) >= _WAVES:
        _seen.clear()
    frame = before.frame if before else _population(wave, outside)
    _seen[key] = _looked(wave, plan, frame, mine, before.values if before else {})
    return _seen[key]


def _population(wave: Wave, outside: Collection[UnitId]) -> tuple[RegisterRow, ...]:
    """As `scope.rows` has it, at the moment of the counts."""
    return tuple(row for row in frames.rows(wave.frame) if row["number"] not in outside)


def _looked(
    wave: Wave, plan: Plan, frame: tuple[RegisterRow, ...], mine: Mapping[UnitId, int], known: Mapping[int, Values]
) -> _Seen:
    new = counting.values_of(wave, mine.values() - known.keys(), plan.items)
    values = {key: new[key] if key in new else known[key] for key in mine.values()}
    revisions = frozenset(values)
    if len(mine) < 2:
        return _Seen(frame, values, revisions, None, (), "too few answers")
    try:
        said = {board: values[key] for board, key in mine.items()}
        found = outlook(plan, estimation.wave(frame=frame, answers=said))
    except Refused as refused:
        return _Seen(frame, values, revisions, None, (), str(refused))
    return _Seen(frame, values, revisions, found, tuple(found.gains().tolist()), "")


def _figures(found: Outlook, plan: Plan) -> tuple[KeyFigure, ...]:
    released = {name for release in plan.releases for name in release.figures}
    now, then = found.half_widths(), found.half_widths(found.spread_over(MORE))
    designs = {each.design: place for place, each in enumerate(found.designs)}

    def width(of: Sequence[Floats], design: Design, place: int, shown: bool) -> float | None:
        return float(of[designs[design]][place]) if shown and design in designs else None

    return tuple(
        KeyFigure(
            name=row.name,
            label=row.estimand.label,
            unit=row.estimand.unit,
            n=row.n,
            half_width=width(now, "as_answered", place, shown),
            expected=width(then, "as_answered", place, shown),
            half_width_weighted=width(now, "weighted", place, shown),
            expected_weighted=width(then, "weighted", place, shown),
        )
        for place, row in enumerate(found.rows)
        for shown in (meets_the_rule(row, plan) or row.name in released,)
    )
