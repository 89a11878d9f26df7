"""From estimates to what may be shown: the one door between the answers and a reader.

`safe_table` runs the plan and applies the rule of the plan: a figure rests on a minimum number of boards that have
something in it, a part of a whole also on that many that have something outside it, and two boards do not have nearly
all of an amount. A figure below it is withheld, by name and reason only, unless the
plan releases it, with the role of who decided and why; that stands in the log. Not decided here yet: what can be
worked out from several figures or releases together (a withheld share as the rest of 100 percent, for one).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from peilstok.disclose.figures import Break, Figure, FigureBook, Measured, WaveFigures, to_json
from peilstok.disclose.influence import Influence
from peilstok.estimate import Estimate, EstimateTable, Plan, Row, estimates, wave
from peilstok.estimate.table import Design, Of
from peilstok.terms import FigureName, ItemName, RegisterRow, UnitId, Value, Words

COARSE: Final = 1
"""Decimals of a share of pupils. With all its digits, that share and its standard error are sums of the sizes of the
boards that said it, and the sizes of all boards are public: few sets of boards fit."""

DOMINANT: Final = 0.9
"""The two largest boards may have no larger part of an amount: the (n, k) rule with n = 2, k = 90 percent."""


class Act(StrEnum):
    WITHHELD = "withheld"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A figure that may not be shown: its name, its words, and why; nothing about its value."""

    name: FigureName
    label: Words
    reason: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One decision: for the council. `contributors` is the smallest number that the rule looked at; only of a released
    figure, as of a withheld one even that would tell."""

    figure: FigureName
    act: Act
    rule: str
    by: str = ""
    reason: Words | None = None
    contributors: int | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "figure": self.figure,
            "act": str(self.act),
            "rule": self.rule,
            "by": self.by,
            "reason": self.reason.as_json() if self.reason else None,
            "contributors": self.contributors,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeTable:
    """The figures of a wave that may be shown, what was withheld, and every decision that was taken.

    `fingerprint` is that of the plan and of everything shown; the answers are not in it, so that nobody can try out
    answers on it.
    """

    figures: WaveFigures
    withheld: tuple[Withheld, ...]
    log: tuple[LogEntry, ...]
    breaks: tuple[Break, ...]
    fingerprint: str
    influence: Influence = field(repr=False, compare=False)


def safe_table(
    plan: Plan, *, frame: Sequence[RegisterRow], answers: Mapping[UnitId, Mapping[ItemName, Value]], date: date
) -> SafeTable:
    """Run the plan on the answers of a wave and keep what may be shown.

    Raises `Refused` when the answers do not fit the frame or the plan.
    """
    table = estimates(plan, wave(frame=frame, answers=answers))
    shown = {row.name: _figure(row, plan) for row in table.rows if _may_be_shown(row, plan)}
    figures = _wave_figures(table, date, shown)
    withheld = tuple(_withheld(row, plan) for row in table.rows if row.name not in shown)
    log = tuple(entry for row in table.rows for entry in _log(row, plan))
    return SafeTable(
        figures=figures,
        withheld=withheld,
        log=log,
        breaks=tuple(
            Break(figure=each.figure, between=each.between, reason=each.reason.en, words=each.reason)
            for each in plan.breaks
        ),
        fingerprint=_fingerprint(plan, figures, withheld, log),
        influence=Influence.of(table.influence, keep=frozenset(shown)),
    )


def weakest(row: Row) -> int:
    """The fewest boards on which a figure rests: in its base, with something in it, and with something outside it."""
    sides = [row.n, row.contributors, row.with_something]
    return min(sides if row.with_the_rest is None else [*sides, row.with_the_rest])


def meets_the_rule(row: Row, plan: Plan) -> bool:
    """Enough boards, and no two of them have nearly all of the amount. A minimum of 0 asks for neither."""
    if plan.minimum_contributors == 0:
        return True
    return weakest(row) >= plan.minimum_contributors and (row.two_largest is None or row.two_largest <= DOMINANT)


def _may_be_shown(row: Row, plan: Plan) -> bool:
    return row.as_answered is not None and (meets_the_rule(row, plan) or row.name in _released(plan))


def _released(plan: Plan) -> frozenset[FigureName]:
    return frozenset(name for release in plan.releases for name in release.figures)


def _withheld(row: Row, plan: Plan) -> Withheld:
    return Withheld(name=row.name, label=_label(row, plan), reason=_why_withheld(row, plan))


def _why_withheld(row: Row, plan: Plan) -> Words:
    """The same words for every withheld figure: which side is too small would tell too much."""
    least = plan.minimum_contributors
    if not meets_the_rule(row, plan):
        return Words(
            nl=f"berust op te weinig besturen (minder dan {least}, of bijna alles op twee)",
            en=f"rests on too few boards (fewer than {least}, or nearly all of it on two)",
        )
    return Words(nl="is niet te berekenen", en="cannot be computed")


def _log(row: Row, plan: Plan) -> Iterator[LogEntry]:
    """Nothing for a figure that meets the rule, whether or not the plan would release it."""
    least = plan.minimum_contributors
    rule = f"at least {least} boards have something in it, as many something outside it; no two have over 90 percent"
    if not _may_be_shown(row, plan):
        yield LogEntry(figure=row.name, act=Act.WITHHELD, rule=rule, reason=_why_withheld(row, plan))
    elif not meets_the_rule(row, plan):
        release = next(each for each in plan.releases if row.name in each.figures)
        yield LogEntry(
            figure=row.name,
            act=Act.RELEASED,
            rule=rule,
            by=release.by,
            reason=release.reason,
            contributors=weakest(row),
        )


def _wave_figures(table: EstimateTable, date: date, shown: Mapping[FigureName, Figure]) -> WaveFigures:
    return WaveFigures(
        id=table.wave,
        date=date,
        respondents=table.respondents,
        figures=shown,
        pupils=table.pupils,
        population=table.population,
        population_pupils=table.population_pupils,
    )


def _figure(row: Row, plan: Plan) -> Figure:
    estimand, answered = row.estimand, row.as_answered
    assert answered is not None  # what may be shown has been estimated
    return Figure(
        name=row.name,
        unit=estimand.unit,
        kind=estimand.kind,
        measured=_measured(answered),
        n=row.n,
        count=row.count,
        base=estimand.base.en,
        population=plan.population.en,
        group=estimand.group,
        label=_label(row, plan),
        estimand=estimand.name,
        domain=row.domain,
        weighted=_beside(row, "weighted", "boards"),
        of_pupils=_of_pupils(row, "as_answered", plan),
        of_pupils_weighted=_of_pupils(row, "weighted", plan),
        base_words=estimand.base,
        population_words=plan.population,
        pupils=row.pupils,
        coverage=row.coverage,
        method=answered.method,
    )


def _measured(estimate: Estimate) -> Measured:
    return Measured(value=estimate.value, se=estimate.se, ci_low=estimate.ci_low, ci_high=estimate.ci_high)


def _beside(row: Row, design: Design, of: Of) -> Measured | None:
    found = row.estimates.get((design, of))
    return _measured(found) if found else None


def _of_pupils(row: Row, design: Design, plan: Plan) -> Measured | None:
    """Coarse, and none beside a figure that only a reason releases: the reason is about the boards' number."""
    found = _beside(row, design, "pupils")
    if found is None or not meets_the_rule(row, plan):
        return None
    se, low, high = (None if each is None else round(each, COARSE) for each in (found.se, found.ci_low, found.ci_high))
    return Measured(value=round(found.value, COARSE), se=se, ci_low=low, ci_high=high)


def _label(row: Row, plan: Plan) -> Words:
    domain = plan.domains[row.domain].label
    label = row.estimand.label
    return label if domain is None else Words(nl=f"{label.nl}, {domain.nl}", en=f"{label.en}, {domain.en}")


def _fingerprint(plan: Plan, figures: WaveFigures, withheld: tuple[Withheld, ...], log: tuple[LogEntry, ...]) -> str:
    """SHA-256 over the plan's own and all that is shown."""
    book = FigureBook(waves=(figures,), covariances={})
    told = {
        "plan": plan.fingerprint,
        "figures": to_json(book),
        "withheld": [each.name for each in withheld],
        "log": [entry.as_json() for entry in log],
    }
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
