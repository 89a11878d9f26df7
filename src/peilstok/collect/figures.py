"""The figures of a wave and of its series: the confirmed answers, the frame and the plan, through disclosure control.

Decides nothing about what may be shown (`disclose` does) and keeps nothing: whoever asks gets the figures of now. What
the questionnaire declares a break since the wave before breaks every figure that uses the item: nobody says it twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from peilstok import disclose, questionnaire
from peilstok.collect import content, scope, seals
from peilstok.collect.counting import confirmed_answers
from peilstok.collect.models import Wave
from peilstok.disclose import Plan, SafeTable
from peilstok.disclose.figures import FigureBook
from peilstok.errors import NotNow
from peilstok.terms import WaveId


def table_of(wave: Wave) -> SafeTable:
    """The figures of the wave that may be shown.

    NotNow where it has no plan or no answers, or where they are not what the audit trail says.
    """
    if not wave.plan:
        raise NotNow(f"{wave.pk} has no plan; name one in its file (docs/formats/wave.md)")
    answers = confirmed_answers(wave)
    if not answers:
        raise NotNow(f"no board has confirmed its answers in {wave.pk} yet")
    for difference in seals.differences(wave=wave):
        raise NotNow(f"no figures of {wave.pk}: {difference}; `peilstok audit verify` tells all that is so")
    return disclose.safe_table(_plan_of(wave), frame=scope.rows(wave), answers=answers, date=wave.date)


def _plan_of(wave: Wave) -> Plan:
    """The plan in its file, with the breaks that the questionnaire declares."""
    plan = disclose.read_plan(wave.plan, file=f"{wave.pk}/plan.yaml")
    if wave.previous is None:
        return plan
    before = content.questionnaire_of(wave.previous.pk, wave.previous.questionnaire_fingerprint)
    breaks = questionnaire.breaks_since(before.name, content.of(wave).questionnaire)
    return plan.with_breaks(breaks, since=WaveId(wave.previous.pk))


def series_of(wave: Wave) -> tuple[Wave, ...]:
    """The wave and those before it, oldest first."""
    series = [wave]
    while (before := series[-1].previous) is not None:
        series.append(before)
    return tuple(reversed(series))


def tables_of(wave: Wave) -> tuple[SafeTable, ...]:
    """The figures of the wave and of those before it, oldest first."""
    return tuple(table_of(each) for each in series_of(wave))


def book_of(wave: Wave, tables: Sequence[SafeTable] | None = None) -> FigureBook:
    """The figures of the wave and of those before it, with their covariances; from `tables_of` it, where there are."""
    synthetic = any(each.frame.synthetic for each in series_of(wave))
    return disclose.figure_book(tables or tables_of(wave), synthetic=synthetic)
