"""A small fielding to test with: a frame of four invented boards, a questionnaire of three pages, a wave on them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from peilstok.collect import tokens, waves
from peilstok.collect.contacts import Address, keep
from peilstok.collect.models import Invitation, Message, Wave
from peilstok.collect.wavefile import WaveFile, read
from peilstok.register.models import Frame, FrameUnit, Organisation
from peilstok.terms import UnitId

BEFORE = datetime(2020, 4, 2, 6, 0, tzinfo=UTC)
OPENS = datetime(2020, 4, 2, 7, 0, tzinfo=UTC)
DURING = datetime(2020, 4, 3, 8, 30, tzinfo=UTC)
CLOSES = datetime(2020, 4, 6, 10, 0, tzinfo=UTC)
AFTER = datetime(2020, 4, 6, 10, 1, tzinfo=UTC)

BOARDS = (  # number, name, schools, pupils
    ("99001", "Stichting De Proef", 4, 1_200),
    ("99002", "Vereniging Het Voorbeeld", 1, 180),
    ("99003", "Stichting Scholen aan de Vaart", 12, 3_600),
    ("99004", "Stichting Brede Wei", 26, 8_020),
)

QUESTIONNAIRE = """
format: peilstok/questionnaire/1
name: care
title: {nl: "Noodopvang", en: "Emergency care"}
introduction: {nl: "Hoeveel leerlingen vangt u op?", en: "How many pupils are in care?"}
minutes: 3
pages:
  - name: board
    title: {nl: "Uw leerlingen", en: "Your pupils"}
    items:
      - {name: pupils, type: number, text: {nl: "Hoeveel leerlingen hebt u?", en: "How many pupils do you have?"},
         unit: {nl: "leerlingen", en: "pupils"}, required: true, minimum: 1, prefill: register(pupils)}
  - name: care
    title: {nl: "Opvang", en: "Care"}
    items:
      - {name: in_care, type: number, text: {nl: "Hoeveel vangt u op?", en: "How many are in care?"},
         unit: {nl: "leerlingen", en: "pupils"}, required: true, dont_know: true}
      - {name: staff, type: decimal,
         text: {nl: "Welk deel van het personeel werkt op school?", en: "What part of the staff works at school?"},
         unit: {nl: "procent", en: "percent"}, minimum: 0, maximum: 100, dont_know: true,
         not_applicable: true, optional: true}
      - name: forms
        type: choices
        text: {nl: "Welke opvang regelt u?", en: "What care do you arrange?"}
        options:
          - {name: school, text: {nl: "Op school", en: "At school"}}
          - {name: home, text: {nl: "Thuis", en: "At home"}}
          - {name: none, text: {nl: "Geen", en: "None"}, exclusive: true}
        optional: true
      - name: lead
        type: choice
        text: {nl: "Wie neemt het voortouw?", en: "Who takes the lead?"}
        options:
          - {name: school, text: {nl: "De scholen", en: "The schools"}}
          - {name: other, text: {nl: "Een ander", en: "Another"}}
        dont_know: true
  - name: more
    title: {nl: "Meer over de opvang", en: "More about care"}
    items:
      - {name: vulnerable, type: number, when: in_care > 0,
         text: {nl: "Hoeveel van hen zijn kwetsbaar?", en: "How many of them are vulnerable?"}, optional: true}
      - {name: remark, type: long_text, text: {nl: "Nog iets?", en: "Anything else?"}, optional: true}
checks:
  - {name: within, at: in_care, severity: hard, rule: in_care <= pupils,
     message: {nl: "{in_care} van uw {pupils} leerlingen kan niet.", en: "{in_care} of your {pupils} cannot be."}}
  - {name: much, at: in_care, severity: soft, rule: in_care > pupils or in_care <= pupils / 4,
     message: {nl: "{in_care} is veel. Klopt het?", en: "{in_care} is a lot. Is it right?"}}
"""

WAVE = """
format: peilstok/wave/1
id: wave-3
title: {nl: "Derde meting", en: "Third wave"}
date: 2020-04-06
questionnaire: questionnaire.yaml
opens: 2020-04-02T09:00:00+02:00
closes: 2020-04-06T12:00:00+02:00
seen_by: {nl: "Alleen de raad.", en: "Only the council."}
contact: {name: Anna, email: anna@raad.example, phone: 030 000 00 01}
mail:
  subject: {nl: "Hoeveel leerlingen vangt u op?", en: "How many pupils are in care?"}
  why: {nl: "De minister vraagt het vandaag.", en: "The minister asks today."}
"""


def frame(*, boards: tuple[tuple[str, str, int, int], ...] = BOARDS, on: date = date(2019, 10, 1)) -> Frame:
    made = Frame.objects.create(date=on, synthetic=True, source="invented", fingerprint="f" * 64, imported_at=BEFORE)
    for number, name, schools, pupils in boards:
        organisation, _ = Organisation.objects.get_or_create(number=number, defaults={"name": name, "synthetic": True})
        FrameUnit.objects.create(
            frame=made,
            organisation=organisation,
            name=name,
            sites_count=schools,
            brin_count=schools,
            pupils_bo=pupils,
        )
    return made


def wave_file(text: str = WAVE, questionnaire: str = QUESTIONNAIRE) -> WaveFile:
    return read(text, file="wave.yaml", beside=lambda name: questionnaire)


def addresses() -> None:
    """The first three boards have one, the third in English."""
    known = {
        UnitId("99001"): [Address("bestuur@proef.example")],
        UnitId("99002"): [Address("info@voorbeeld.example")],
        UnitId("99003"): [Address("board@vaart.example", "en")],
    }
    keep(known, by="command", moment=BEFORE)


def draft_wave(text: str = WAVE, questionnaire: str = QUESTIONNAIRE, on: Frame | None = None) -> Wave:
    addresses_known = on is not None
    made = on or frame()
    if not addresses_known:
        addresses()
    return waves.create_wave(file=wave_file(text, questionnaire), frame=made, by="command", moment=BEFORE)


def wave_in(state: Wave.State) -> Wave:
    """A wave that has come as far as this state."""
    wave = draft_wave()
    if state != Wave.State.DRAFT:
        wave = waves.open_wave(wave=wave, by="command", moment=OPENS)
    if state == Wave.State.CLOSED:
        wave = waves.close_wave(wave=wave, by="command", moment=DURING)
    return wave


def opened_wave() -> Wave:
    return waves.open_wave(wave=draft_wave(), by="command", moment=OPENS)


def mail(wave: Wave, number: str = "99001") -> Message:
    """A mail to the first address of this board, as it would stand in the queue; not kept."""
    one = invitation(wave, number)
    return Message(invitation=one, contact=one.unit.organisation.contacts.first(), queued_at=DURING)


def invitation(wave: Wave, number: str = "99001") -> Invitation:
    return Invitation.objects.select_related("wave", "unit").get(wave=wave, unit__organisation__number=number)


def path_of(wave: Wave, number: str = "99001") -> str:
    return f"/a/{tokens.token_of(invitation(wave, number))}/"
