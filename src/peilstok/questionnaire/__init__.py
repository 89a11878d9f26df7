"""What is asked: items, routing, checks, and what answers mean. Plain Python: no Django, clock, database or network.

`read` makes a `Questionnaire` from a file. `prefilled`, `parse`, `path`, `progress`, `problems` and `counted` go with
a respondent from the first page to what counts; `display` and `value_to_json` show and keep a value.
"""

from __future__ import annotations

from peilstok.questionnaire.answers import display, prefilled, value_from_json, value_to_json
from peilstok.questionnaire.checks import problems
from peilstok.questionnaire.model import (
    Check,
    CheckSeverity,
    Context,
    Item,
    ItemType,
    Option,
    Page,
    Problem,
    Questionnaire,
    RuleCheck,
    SumCheck,
)
from peilstok.questionnaire.numbering import Progress
from peilstok.questionnaire.parsing import parse, to_form
from peilstok.questionnaire.paths import Path, PathPage, counted, path, progress
from peilstok.questionnaire.reading import examine, read
from peilstok.questionnaire.schema import schema
from peilstok.questionnaire.wording import MISSING, progress_words

__all__ = [
    "MISSING",
    "Check",
    "CheckSeverity",
    "Context",
    "Item",
    "ItemType",
    "Option",
    "Page",
    "Path",
    "PathPage",
    "Problem",
    "Progress",
    "Questionnaire",
    "RuleCheck",
    "SumCheck",
    "counted",
    "display",
    "examine",
    "parse",
    "path",
    "prefilled",
    "problems",
    "progress",
    "progress_words",
    "read",
    "schema",
    "to_form",
    "value_from_json",
    "value_to_json",
]
