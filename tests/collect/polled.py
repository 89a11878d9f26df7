"""A wave of as many invented boards as one wants, with a plan, of which some have answered: for the monitor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from textwrap import dedent

import numpy as np

from peilstok.collect import waves
from peilstok.collect.models import Contact, Invitation, Message, Revision, Wave
from peilstok.collect.wavefile import read
from peilstok.register.models import Frame, FrameUnit, Organisation, Region
from tests.collect import fielding
from tests.estimate.boards import WORDS

PLAN = f"""
format: peilstok/plan/1
wave: wave-3
population: {{nl: besturen, en: boards}}
bases: {{boards: {{nl: besturen, en: boards}}}}
weighting: {{pupils: [500, 2000], at_least: 5}}
disclosure: {{minimum_contributors: 5}}
estimands:
  respondents: {{kind: count, {WORDS}}}
  in_care: {{kind: ratio, numerator: in_care, denominator: pupils, {WORDS}}}
  staff: {{kind: mean, of: staff, unit: percent, {WORDS}}}
  lead: {{kind: composition, item: lead, base: boards, shares: {{
    lead_school: {{is: school, label: {{nl: de scholen, en: the schools}}}},
    lead_other: {{is: other, label: {{nl: een ander, en: another}}}}}}}}
"""


def frame(sizes: Sequence[int]) -> Frame:
    """Boards 10001, 10002 ... with these pupils; every third has a special school, every fourth lies in West."""
    made = Frame.objects.create(
        date=fielding.BEFORE.date(),
        synthetic=True,
        source="invented",
        fingerprint="f" * 64,
        imported_at=fielding.BEFORE,
    )
    regions = [
        Region.objects.create(kind="rmc", code=f"0{at}", name=name) for at, name in enumerate(("Oost", "West"), 1)
    ]
    boards = Organisation.objects.bulk_create(
        Organisation(number=f"{10_000 + at}", name=f"Bestuur {at}", synthetic=True) for at in range(1, len(sizes) + 1)
    )
    FrameUnit.objects.bulk_create(
        FrameUnit(
            frame=made, organisation=board, name=board.name, sites_count=1, brin_count=1,
            pupils_bo=size if at % 3 else size - size // 10, pupils_so=None if at % 3 else size // 10,
            region=regions[at % 4 == 0],
        )
        for at, (board, size) in enumerate(zip(boards, sizes, strict=True), start=1)
    )  # fmt: skip
    return made


def wave(
    sizes: Sequence[int], *, plan: str = PLAN, more: str = "", questionnaire: str = fielding.QUESTIONNAIRE
) -> Wave:
    """Open, on a frame of these sizes; `more` lines of the wave's file."""
    files = {"questionnaire.yaml": questionnaire, "plan.yaml": dedent(plan)}
    text = fielding.WAVE + ("plan: plan.yaml\n" if plan else "") + more
    file = read(text, file="wave.yaml", beside=lambda name: files[name])
    made = waves.create_wave(file=file, frame=frame(sizes), by="command", moment=fielding.BEFORE)
    return waves.open_wave(wave=made, by="command", moment=fielding.OPENS)


def answer(of: Wave, places: Iterable[int], *, at: datetime = fielding.DURING, **also: object) -> None:
    """The boards in these places (from 1) answered, a minute apart; what they said follows from the place."""
    numbers = {f"{10_000 + place}": place for place in places}
    found = of.invitations.filter(unit__organisation__number__in=numbers).select_related("unit__organisation")
    revisions = []
    for invitation in found:
        place = numbers[invitation.unit.organisation.number]
        rng = np.random.default_rng(place)
        pupils = invitation.unit.pupils
        invitation.answered_at = min(at + timedelta(minutes=place), fielding.CLOSES - timedelta(minutes=1))
        counted = {
            "pupils": pupils, "in_care": int(pupils * rng.beta(2, 20)), "staff": round(float(rng.normal(50, 15)), 1),
            "lead": "school" if rng.random() < 0.6 else "other", **also,
        }  # fmt: skip
        revisions.append(
            Revision(
                invitation=invitation, number=1, draft_version=1, reference="X", answers={}, counted=counted,
                prefilled={}, questionnaire_fingerprint="f" * 64, confirmed_at=invitation.answered_at,
            )
        )  # fmt: skip
    Revision.objects.bulk_create(revisions)
    Invitation.objects.bulk_update([each.invitation for each in revisions], ["answered_at"])


def mailed(of: Wave, kind: str, at: datetime) -> None:
    """Every board got a mail of this kind, at an address of its own."""
    boards = Organisation.objects.filter(in_frames__invitations__wave=of)
    Contact.objects.bulk_create(
        Contact(organisation=each, email=f"bestuur-{each.number}@bestuur.example")
        for each in boards.filter(contacts=None)
    )
    Message.objects.bulk_create(
        Message(
            invitation=each, contact=each.unit.organisation.contacts.get(), kind=kind, state="sent",
            queued_at=at, claimed_at=at, sent_at=at,
        )
        for each in of.invitations.select_related("unit__organisation")
    )  # fmt: skip
