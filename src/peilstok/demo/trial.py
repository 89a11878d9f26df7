"""A wave that is open now, so that who serves the demo can answer as a board does. Nothing is mailed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, count
from typing import Final

import yaml
from django.conf import settings

from peilstok.accounts.models import Membership, Role
from peilstok.collect import tokens, wavefile, waves
from peilstok.collect.models import Invitation, Wave
from peilstok.demo import content
from peilstok.errors import NotNow
from peilstok.register.models import Frame

NAME: Final = "trial"
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
    wave = open_now(moment)
    invitation = Invitation.objects.get(wave=wave, unit__organisation=membership.organisation)
    yield f"The site: {site} (synthetic answers of invented boards; Ctrl-C ends it)"
    yield ""
    for person in content.PEOPLE:
        yield f"  {person.email:<32} {person.password:<22} {person.name}, {Role(person.role).label}"
    yield ""
    yield f"Answer as {invitation.unit.name}: {tokens.link(invitation)}"


def open_now(moment: datetime) -> Wave:
    """The trial wave that takes answers at this moment; a new one when there is none."""
    for wave in Wave.objects.filter(pk__startswith=NAME):
        if wave.takes_answers(moment):
            return wave
    frame = Frame.objects.get(date=content.FRAME_DATE, synthetic=True)
    wave = waves.create_wave(file=_file(_free(moment), moment), frame=frame, by="command", moment=moment)
    return waves.open_wave(wave=wave, by="command", moment=moment)


def _free(moment: datetime) -> str:
    """A name for a trial of today that no wave has: one may have been closed already."""
    names = (f"{NAME}-{moment:%Y-%m-%d}{suffix}" for suffix in chain([""], (f"-{number}" for number in count(2))))
    return next(name for name in names if not Wave.objects.filter(pk=name).exists())


def _file(name: str, moment: datetime) -> wavefile.WaveFile:
    """The file of the last wave with other dates and title; its plan is one of this wave."""
    place = content.folder(content.WAVES[-1])
    spec = yaml.safe_load((place / "wave.yaml").read_text(encoding="utf-8"))
    spec |= {
        "id": name,
        "title": WORDS,
        "date": moment.date(),
        "previous": content.WAVES[-1],
        "opens": moment,
        "closes": moment + OPEN_FOR,
    }
    text = yaml.safe_dump(spec, allow_unicode=True, sort_keys=False)

    def beside(file: str) -> str:
        content = (place / file).read_text(encoding="utf-8")
        return _plan(content, name) if file == spec["plan"] else content

    return wavefile.read(text, file=NAME, beside=beside)


def _plan(text: str, name: str) -> str:
    """The plan as that of the trial: what it asks is asked as in the wave before it, so nothing breaks between them."""
    named = re.sub(r"(?m)^wave: .*$", f"wave: {name}", text, count=1)
    return re.sub(r"(?m)^breaks:\n(?:[ -].*\n|\n)*", "", named)
