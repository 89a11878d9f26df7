"""A wave to be answered: invented boards, a page of twelve items with conditions, one link for each board."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
PAGE: Final = "poll"

WAVE: Final = """
format: peilstok/wave/1
id: intake
title: {nl: "Meting", en: "Wave"}
date: 2020-04-06
questionnaire: questionnaire.yaml
opens: 2020-04-02T09:00:00+02:00
closes: 2099-04-06T12:00:00+02:00
seen_by: {nl: "Alleen de raad.", en: "Only the council."}
contact: {name: Anna, email: anna@raad.example, phone: 030 000 00 01}
mail:
  subject: {nl: "Hoeveel leerlingen vangt u op?", en: "How many pupils are in care?"}
  why: {nl: "De minister vraagt het vandaag.", en: "The minister asks today."}
"""

FORM: Final = {
    "pupils": "1.200",
    "in_care": "40",
    "critical": "25",
    "vulnerable": "15",
    "staff": "partly",
    "short_by": "3",
    "forms": "school",
    "lead": "town",
    "reached": "87,5",
    "since": "2020-03-16",
    "phone": "030 123 45 67",
    "remark": "Het gaat goed; de gemeente belt elke ochtend.",
}
"""A page as it is filled in."""


def opened(boards: int) -> list[str]:
    """An open wave on so many boards; their tokens. Django is set up, and the tables are there."""
    from peilstok.collect import tokens, wavefile, waves
    from peilstok.collect.models import Invitation
    from peilstok.register.models import Frame, FrameUnit, Organisation

    now = datetime(2020, 4, 3, 8, 30, tzinfo=UTC)
    frame = Frame.objects.create(
        date=date(2019, 10, 1), synthetic=True, source="invented", fingerprint="f" * 64, imported_at=now
    )
    organisations = Organisation.objects.bulk_create(
        Organisation(number=f"B{number:05}", name=f"Voorbeeldbestuur {number}", synthetic=True)
        for number in range(boards)
    )
    FrameUnit.objects.bulk_create(
        FrameUnit(frame=frame, organisation=each, name=each.name, sites_count=4, brin_count=4, pupils_bo=1_200)
        for each in organisations
    )
    text = (HERE / "questionnaire.yaml").read_text()
    file = wavefile.read(WAVE, file="wave.yaml", beside=lambda name: text)
    wave = waves.create_wave(file=file, frame=frame, by="command", moment=now)
    wave = waves.open_wave(wave=wave, by="command", moment=now)
    return [tokens.token_of(each) for each in Invitation.objects.filter(wave=wave).order_by("pk")]
