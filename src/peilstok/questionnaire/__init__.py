"""What is asked: items, routing, checks, and what answers mean. Plain Python: no Django, clock, database or network.

`read` makes a `Questionnaire` from a file. `prefilled`, `parse`, `path`, `progress`, `problems` and `counted` go with
a respondent from the first page to what counts; `display` and `value_to_json` show and keep a value. `compare` tells
what is asked otherwise than in an earlier questionnaire, `findings_since` which of it nobody declared.
"""

from __future__ import annotations

from peilstok.questionnaire.answers import display, prefilled, value_from_json, value_to_json
from peilstok.questionnaire.checks import problems
from peilstok.questionnaire.comparability import Change, Difference, ItemComparison, compare
from peilstok.questionnaire.declarations import accept_changes, findings_since
from peilstok.questionnaire.model import (
    Check,
    CheckSeverity,
    Context,
    Declaration,
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
    "Change",
    "Check",
    "CheckSeverity",
    "Context",
    "Declaration",
    "Difference",
    "Item",
    "ItemComparison",
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
    "accept_changes",
    "compare",
    "counted",
    "display",
    "examine",
    "findings_since",
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
