"""From where somebody fills in: a secret link, the board's or one that it gave to others, or an officer's desk.

A seat makes the addresses of its pages, so that one set of views and templates serves them all. Who may come in is
`doors`; how far a hand reaches is `hands`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final
from urllib.parse import quote

from django.urls import get_script_prefix, reverse

from peilstok.collect.hands import Channel, Hand
from peilstok.collect.models import Invitation
from peilstok.collect.respondents import Respondent

TELEPHONE = "telephone_"
"""What the names of an officer's addresses begin with (`urls`)."""

_PLACES: Final = ("place-0-", "place-1-", "place-2-")
"""What stands for the arguments of an address until they are known; every kind of argument that we have takes these."""


@dataclass(frozen=True, slots=True)
class Seat:
    """`space` is what the names of its addresses begin with, `arguments` what those addresses do."""

    respondent: Respondent
    moment: datetime
    space: str
    arguments: tuple[str, ...]

    def address(self, name: str, *args: str) -> str:
        given = (*self.arguments, *args)
        first, *others = _address(f"collect:{self.space}{name}", len(given), get_script_prefix())
        return first + "".join(quote(argument) + text for argument, text in zip(given, others, strict=True))

    @property
    def hand(self) -> Hand:
        return self.respondent.hand

    @property
    def invitation(self) -> Invitation:
        return self.respondent.invitation

    @property
    def at_telephone(self) -> bool:
        return self.hand.channel is Channel.TELEPHONE

    @property
    def hands_over(self) -> bool:
        """Is it the board itself, by its own link?"""
        return self.hand.channel is Channel.WEB


@cache
def _address(name: str, arguments: int, under: str) -> tuple[str, ...]:
    """What stands around its arguments: a page has a dozen addresses, and Django looks for each anew."""
    return tuple(re.split("|".join(_PLACES), reverse(name, args=_PLACES[:arguments])))
