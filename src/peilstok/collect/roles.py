"""Who reads the mail at an address of a board."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """In the order in which a board's addresses are listed."""

    DIRECTOR = "director"
    SECRETARIAT = "secretariat"
    OTHER = "other"
