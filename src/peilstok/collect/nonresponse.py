"""How far the answers of a wave can be trusted, for the council: coverage, R-indicator, sensitivity of every figure.

Only figures that disclosure control lets through have a table; of the others it is said that they are withheld. Nothing
is kept, and nothing of it is published.
"""

from __future__ import annotations

from peilstok.collect import figures, scope
from peilstok.collect.counting import confirmed_answers
from peilstok.collect.models import Wave
from peilstok.estimate import answers, nonresponse, read_plan
from peilstok.estimate.nonresponse import Report


def report_of(wave: Wave) -> Report:
    """The report of the answers of now. NotNow as in `figures.table_of`."""
    table = figures.table_of(wave)
    plan = read_plan(wave.plan, file=f"{wave.pk}/plan.yaml")
    found = nonresponse.report(plan, answers.wave(frame=scope.rows(wave), answers=confirmed_answers(wave)))
    return found.without({each.name: each.reason for each in table.withheld})
