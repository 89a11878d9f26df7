"""A wave that asks something of every school of Stichting De Proef, with parts that it hands to others."""

from __future__ import annotations

import re

from django.test import Client

from peilstok.collect import handovers, hands, tokens, waves
from peilstok.collect.handovers import Recipient
from peilstok.collect.models import Handover, Wave
from peilstok.collect.parts import Kind, Part
from peilstok.register.models import FrameUnit, Region, Site
from tests.collect import fielding
from tests.collect.test_blocks import QUESTIONNAIRE, with_sites
from tests.collect.visiting import Visit

LINDEN, EIKEN = Part(Kind.ENTRY, "schools", "s00ap"), Part(Kind.ENTRY, "schools", "s00bk")
REMARKS = Part(Kind.PAGE, "all")


def opened_wave(questionnaire: str = QUESTIONNAIRE, *, more: int = 0) -> Wave:
    """`more`: so many schools the board has besides, 00ZZ, 01ZZ ..."""
    frame = fielding.frame()
    with_sites(frame)
    unit, place = FrameUnit.objects.get(frame=frame, organisation__number="99001"), Region.objects.get(code="0193")
    Site.objects.bulk_create(
        Site(unit=unit, brin=f"{at:02d}ZZ", location="00", name=f"School {at}", municipality=place, pupils_bo=100)
        for at in range(more)
    )
    fielding.addresses()
    drafted = fielding.draft_wave(questionnaire=questionnaire, on=frame)
    return waves.open_wave(wave=drafted, by="command", moment=fielding.OPENS)


def to(part: Part, name: str = "Saskia", label: str = "") -> Recipient:
    called = {LINDEN: "De Linden", EIKEN: "De Eiken"}.get(part, "")
    return Recipient(part, name, f"{name.lower()}@school.example", label or called)


def hand_over(wave: Wave, *parts: Part, asked_by: str = "Bram", mail: bool = False) -> list[Handover]:
    """By the board Stichting De Proef, on the second day of the wave."""
    invitation = fielding.invitation(wave)
    return handovers.hand_over(
        invitation=invitation,
        to=[to(part) for part in parts],
        hand=hands.of_board(invitation),
        asked_by=asked_by,
        moment=fielding.DURING,
        mail=mail,
    )


def path_of(handover: Handover) -> str:
    return f"/a/{tokens.token_of(handover)}/"


def handed(wave: Wave, part: Part) -> Visit:
    """A browser of somebody to whom the part was handed over, at its link."""
    return Visit(Client()).open(path_of(hand_over(wave, part)[0]))


def board(wave: Wave) -> Visit:
    return Visit(Client()).open(fielding.path_of(wave))


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', html)
