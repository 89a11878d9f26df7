"""The home page: what was published last, which polls are open now, and for the council its waves.

Decides what stands there and for whom. Composes what `collect` and `publish` give; keeps nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q

from peilstok.accounts.permissions import Act, Person, user_can
from peilstok.collect import moments
from peilstok.collect.models import Wave
from peilstok.collect.outcomes import Outcome
from peilstok.publish import releases
from peilstok.publish.releases import Listed
from peilstok.terms import Language

SHOWN_EARLIER: Final = 4
"""How many publications stand under the latest one; the rest is on the page of publications."""


@dataclass(frozen=True, slots=True)
class WaveLine:
    """A wave as the home page shows it."""

    name: str
    title: str
    state: str
    closes: str
    invited: int
    answered: int


@dataclass(frozen=True, slots=True)
class Home:
    """What the home page shows to one person. `waves` is empty for who may not see them."""

    latest: Listed | None
    earlier: tuple[Listed, ...]
    running: tuple[WaveLine, ...]
    waves: tuple[WaveLine, ...]


def home(*, user: Person, language: Language, moment: datetime) -> Home:
    published = [releases.listed(release, language) for release in releases.newest()[: 1 + SHOWN_EARLIER]]
    waves = _waves()
    return Home(
        latest=published[0] if published else None,
        earlier=tuple(published[1:]),
        running=tuple(_line(wave, language) for wave in waves if wave.takes_answers(moment)),
        waves=tuple(_line(wave, language) for wave in waves) if user_can(user, Act.SEE_MONITOR) else (),
    )


def _waves() -> list[Wave]:
    """All waves, newest first, with how many boards were invited and how many answered."""
    answered = Count("invitations", filter=Q(invitations__outcome=Outcome.ANSWERED))
    counted = Wave.objects.annotate(invited=Count("invitations"), answered=answered)
    return list(counted.defer("file", "questionnaire", "plan").order_by("-date", "-id"))


def _line(wave: Wave, language: Language) -> WaveLine:
    return WaveLine(
        name=wave.pk,
        title=wave.title[language],
        state=wave.state,
        closes=moments.said(wave.closes, language),
        invited=getattr(wave, "invited", 0),
        answered=getattr(wave, "answered", 0),
    )
