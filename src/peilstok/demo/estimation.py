"""What a statistician of the council looks at: the synthetic answers as an estimation job, and who did not answer.

The job is one that `peilstok estimate` does; its ratio must be the weighted figure of the plan, which a test checks.
The report of nonresponse says of every figure what it would be if those who did not answer differ from those who did.
Both lie beside the publication and are no part of it: single answers are nothing for readers.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from peilstok.collect.counting import confirmed_answers
from peilstok.collect.models import Wave as Poll
from peilstok.collect.nonresponse import report_of
from peilstok.estimate import Plan, Wave, answers, estimates, read_plan
from peilstok.estimate.jobs import results
from peilstok.estimate.responsereport import as_text
from peilstok.estimate.weights import Cell
from peilstok.register import frames
from peilstok.terms import Missing

ANSWERS: Final = "synthetic-answers.csv"
NOTE: Final = "Synthetic answers of invented boards."
TITLE: Final = "Synthetische antwoorden van verzonnen besturen."
NONE: Final = frozenset({Missing.NOT_ASKED, Missing.NOT_ANSWERED})


def write(poll: Poll, folder: Path) -> Path:
    """The files of a poll, into `folder`: answers, job, its result, and the report; gives the result's path."""
    plan = read_plan(poll.plan, file=f"{poll.pk}/plan.yaml")
    wave = answers.wave(frame=frames.rows(poll.frame), answers=confirmed_answers(poll))
    cells = estimates(plan, wave).cells
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ANSWERS).write_text(_table(plan, wave, cells), encoding="utf-8")
    job = folder / "job.json"
    job.write_text(json.dumps(_job(plan, cells), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    found = folder / "job.result.json"
    found.write_text(json.dumps(results.run(job), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "nonresponse.nl.txt").write_text(as_text(report_of(poll), "nl", title=TITLE), encoding="utf-8")
    return found


def _table(plan: Plan, wave: Wave, cells: Sequence[Cell]) -> str:
    """A row for each board that answered: its cell of size, its weight, and what it answered."""
    text = io.StringIO()
    items = sorted(plan.items)
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["board", "size", "weight", "boards", *items])
    weight = len(wave.frame) / len(wave)
    columns = [[_cell(value, number=plan.items[item] is None) for value in wave.column(item).each()] for item in items]
    for unit, cell, *given in zip(wave.units, _cell_of(wave, cells), *columns, strict=True):
        out.writerow([unit, cell, repr(weight), len(wave.frame), *given])
    return text.getvalue()


def _cell_of(wave: Wave, cells: Sequence[Cell]) -> list[str]:
    lows = [cell.low for cell in cells]
    places = np.searchsorted(lows, wave.register("pupils"), side="right") - 1
    return [f"from {lows[place]}" for place in places]


def _cell(value: object, *, number: bool) -> str:
    """Empty where there is no answer. "Don't know" is one to a question with options, and none to a number."""
    if value in NONE or (number and isinstance(value, Missing)):
        return ""
    return ";".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def _job(plan: Plan, cells: Sequence[Cell]) -> dict[str, object]:
    totals = [{"size": f"from {cell.low}", "total": cell.boards} for cell in cells]
    parts: list[dict[str, object]] = [
        {"name": "in_care", "type": "ratio", "numerator": "pupils_in_care", "denominator": "pupils"}
    ]
    if "municipal_care" in plan.items:
        parts.append({"type": "proportion", "variables": ["municipal_care"]})
    return {
        "title": f"{plan.wave}: pupils in care and municipal care",
        "note": NOTE,
        "dataset": ANSWERS,
        "design": {"weights": "weight", "fpc": ["boards"]},
        "calibration": [{"method": "poststratify", "by": ["size"], "totals": totals}],
        "estimand": {"type": "multi", "parts": parts},
    }
