"""From where somebody fills in: a secret link, the board's or one that it gave to others, or an officer's desk.

A seat makes the addresses of its pages, so that one set of views and templates serves them all. Who may come in is
`doors`; how far a hand reaches is `hands`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from peilstok.collect.hands import Channel, Hand
from peilstok.collect.models import Invitation
from peilstok.collect.respondents import Respondent

TELEPHONE = "telephone_"
"""What the names of an officer's addresses begin with (`urls`)."""


@dataclass(frozen=True, slots=True)
class Seat:
    """`space` is what the names of its addresses begin with, `arguments` what those addresses do."""

    respondent: Respondent
    moment: datetime
    space: str
    arguments: tuple[str, ...]

    def address(self, name: str, *args: str) -> str:
        return reverse(f"collect:{self.space}{name}", args=[*self.arguments, *args])

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
