"""Waves that are open now, so that who serves the demo can answer as a board does. Nothing is mailed.

One asks what the last wave asked, the other asks something of every school of a board.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain, count
from pathlib import Path
from typing import Final

import yaml
from django.conf import settings

from peilstok.accounts.models import Membership, Role
from peilstok.collect import handovers, hands, parts, respondents, tokens, wavefile, waves
from peilstok.collect.models import Handover, Invitation, Wave
from peilstok.demo import content
from peilstok.errors import NotNow
from peilstok.register.models import Frame

NAME: Final = "trial"
BY_SCHOOL: Final = "trial-schools"
OPEN_FOR: Final = timedelta(days=30)
WORDS: Final = {
    "nl": "Proefmeting: vul hem gerust in",
    "en": "Trial wave: feel free to fill it in",
}


def welcome(site: str) -> Iterator[str]:
    """What to know before looking around: where the site is, who may log in, a link to answer with."""
    moment: datetime = settings.PEILSTOK_MOMENT()
    membership = Membership.objects.filter(role=Role.DIRECTOR, organisation__synthetic=True).first()
    if membership is None:
        raise NotNow("there is no demo to serve yet: run `make demo` first")
    found = [
        Invitation.objects.get(wave=open_now(moment, name=name), unit__organisation=membership.organisation)
        for name in (NAME, BY_SCHOOL)
    ]
    yield f"The site: {site} (synthetic answers of invented boards; Ctrl-C ends it)"
    yield ""
    for person in content.PEOPLE:
        yield f"  {person.email:<32} {person.password:<22} {person.name}, {Role(person.role).label}"
    yield ""
    yield f"Answer as {found[0].unit.name}: {tokens.link(found[0])}"
    yield f"The same for each of its schools: {tokens.link(found[1])}"
    handed = _handed_to_a_school(found[1], moment)
    yield f"As one of them, {handed.label}, to which the board handed its part: {tokens.link(handed)}"


def _handed_to_a_school(invitation: Invitation, moment: datetime) -> Handover:
    """A part of the board's that is with a school; the first school's where none is."""
    for handover in handovers.given(invitation):
        if handover.entry:
            return handover
    offered = parts.offered(respondents.of(invitation).questionnaire, "nl")
    school = next(each for each in offered if each.part.entry)
    to = handovers.Recipient(school.part, "Saskia", "saskia@school.example", school.label)
    hand = hands.of_board(invitation)
    return handovers.hand_over(invitation=invitation, to=[to], hand=hand, asked_by="Bram", moment=moment, mail=False)[0]


def open_now(moment: datetime, *, name: str = NAME) -> Wave:
    """The trial wave of this name that takes answers at this moment; a new one when there is none."""
    for wave in Wave.objects.filter(pk__regex=rf"^{name}-\d"):
        if wave.takes_answers(moment):
            return wave
    frame = Frame.objects.get(date=content.FRAME_DATE, synthetic=True)
    file = _by_school(_free(name, moment), moment) if name == BY_SCHOOL else _as_last(_free(name, moment), moment)
    wave = waves.create_wave(file=file, frame=frame, by="command", moment=moment)
    return waves.open_wave(wave=wave, by="command", moment=moment)


def _free(name: str, moment: datetime) -> str:
    """A name for a trial of today that no wave has: one may have been closed already."""
    names = (f"{name}-{moment:%Y-%m-%d}{suffix}" for suffix in chain([""], (f"-{number}" for number in count(2))))
    return next(name for name in names if not Wave.objects.filter(pk=name).exists())


def _as_last(name: str, moment: datetime) -> wavefile.WaveFile:
    """The file of the last wave with another title."""
    changed = {"title": WORDS, "previous": content.WAVES[-1], "reminders": []}
    return _file(name, moment, place=content.folder(content.WAVES[-1]), changed=changed)


def _by_school(name: str, moment: datetime) -> wavefile.WaveFile:
    return _file(name, moment, place=content.SCHOOLS, changed={})


def _file(name: str, moment: datetime, *, place: Path, changed: Mapping[str, object]) -> wavefile.WaveFile:
    """The file in a folder with the dates of now; its plan is one of this wave."""
    spec = yaml.safe_load((place / "wave.yaml").read_text(encoding="utf-8"))
    spec |= {"id": name, "date": moment.date(), "opens": moment, "closes": moment + OPEN_FOR, **changed}
    spec["mail"] = {**spec["mail"], "confirmation": False}  # nothing is mailed, so nothing is promised
    text = yaml.safe_dump(spec, allow_unicode=True, sort_keys=False)

    def beside(file: str) -> str:
        content = (place / file).read_text(encoding="utf-8")
        return _plan(content, name) if file == spec["plan"] else content

    return wavefile.read(text, file=NAME, beside=beside)


def _plan(text: str, name: str) -> str:
    """The plan as that of the trial: what it asks is asked as in the wave before it, so nothing breaks between them."""
    named = re.sub(r"(?m)^wave: .*$", f"wave: {name}", text, count=1)
    return re.sub(r"(?m)^breaks:\n(?:[ -].*\n|\n)*", "", named)
