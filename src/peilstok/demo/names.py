"""Invented names and numbers of boards and schools. None can be taken for a real one.

Every board is a "Voorbeeldbestuur" with a compound of two words from nature that no dictionary has; every school is a
"Voorbeeldschool". Board numbers begin with 0, which DUO does not give out (its lowest is 10249), and BRIN numbers with
90 or higher, while DUO's end at 31. Callers still compare with what they know of the real ones: `test_exchange.py`.
"""

from __future__ import annotations

import string
from typing import Final

import numpy as np

FIRST: Final = """
otter berken kiezel distel egel wilgen mist zwaluw hagel klaver libel mossen reiger heide kornoelje duin
varen eekhoorn zonne brem spreeuw kwarts linde marter vlinder riet specht lavas bever wolken meidoorn sterren
"""
SECOND: Final = """
wolk steen maan veer sluier baken glans vonk stroom kruin zang bocht ster dauw gloed sprong
luwte schelp trap wende boog kring deining lantaarn brug hemel vloed nest duik tooi wiek golf
"""

BOARD: Final = "Voorbeeldbestuur"
SCHOOL: Final = "Voorbeeldschool"


def compounds(rng: np.random.Generator) -> tuple[str, ...]:
    """All 1,024 compounds in random order: `Otterwolk`."""
    words = [(first + second).capitalize() for first in FIRST.split() for second in SECOND.split()]
    return tuple(words[place] for place in rng.permutation(len(words)))


def board_number(place: int) -> str:
    """The number of the board at this place (from 0) in the demo's frame: `01001`."""
    return f"0{1001 + place:04d}"


def brin(place: int) -> str:
    """The BRIN number of the school at this place (from 0), at most 6,760 of them: `90AA`."""
    decade, letters = divmod(place, 26 * 26)
    if not 0 <= decade < 10:
        raise ValueError(f"only 6,760 invented BRIN numbers, place {place} has none")
    first, second = divmod(letters, 26)
    return f"{90 + decade}{string.ascii_uppercase[first]}{string.ascii_uppercase[second]}"
