"""`python -m tests.mutants ROOM [WORD ...]` plants the defects of a room."""

from __future__ import annotations

import sys

from tests.mutants import collect, estimate, estimate_callers, questionnaire
from tests.mutants.planting import Room, main

ROOMS = {
    "estimate": Room("estimate", (*estimate.DEFECTS, *estimate_callers.DEFECTS)),
    "questionnaire": Room("questionnaire", questionnaire.DEFECTS),
    "collect": Room("collect", collect.DEFECTS, database=True),
}

if __name__ == "__main__":
    sys.exit(main(ROOMS[sys.argv[1]], sys.argv[2:]))
