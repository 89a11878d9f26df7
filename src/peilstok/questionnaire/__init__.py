"""What is asked: items, routing, checks, and what answers mean. Plain Python: no Django, clock, database or network.

`read` makes a `Questionnaire` from a file, `instantiated` what one unit sees of it. `prefilled`, `parse`, `path`,
`progress`, `problems` and `counted` go with a respondent from the first page to what counts; `display` and
`value_to_json` show and keep a value. `compare` tells what is asked otherwise than in an earlier questionnaire,
`findings_since` which of it nobody declared.
"""

from __future__ import annotations

from peilstok.questionnaire.answers import display, part_in_words, prefilled, value_from_json, value_to_json
from peilstok.questionnaire.checks import of_number, problems, whole_of, wholes
from peilstok.questionnaire.comparability import Change, Difference, ItemComparison, asked_alike, compare
from peilstok.questionnaire.declarations import accept_changes, breaks_since, findings_since
from peilstok.questionnaire.instances import (
    Entry,
    added_so_far,
    added_up,
    entries_of,
    filled_in,
    instantiated,
    item_of,
    list_pages,
    written_out,
)
from peilstok.questionnaire.model import (
    Block,
    BlockSource,
    Check,
    CheckSeverity,
    Context,
    Declaration,
    Item,
    ItemType,
    Option,
    Page,
    PageEntry,
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
from peilstok.questionnaire.wording import MISSING, entry_words, progress_words

__all__ = [
    "MISSING",
    "Block",
    "BlockSource",
    "Change",
    "Check",
    "CheckSeverity",
    "Context",
    "Declaration",
    "Difference",
    "Entry",
    "Item",
    "ItemComparison",
    "ItemType",
    "Option",
    "Page",
    "PageEntry",
    "Path",
    "PathPage",
    "Problem",
    "Progress",
    "Questionnaire",
    "RuleCheck",
    "SumCheck",
    "accept_changes",
    "added_so_far",
    "added_up",
    "asked_alike",
    "breaks_since",
    "compare",
    "counted",
    "display",
    "entries_of",
    "entry_words",
    "examine",
    "filled_in",
    "findings_since",
    "instantiated",
    "item_of",
    "list_pages",
    "of_number",
    "parse",
    "part_in_words",
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
    "whole_of",
    "wholes",
    "written_out",
]
