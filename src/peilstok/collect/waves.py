"""A wave from file to closing: what may be done to it when.

Decides who is invited (every board of the frame), and that opening freezes the frame. Mails are `messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import uuid4

from django.db import connection, transaction

from peilstok import questionnaire
from peilstok.audit import trail
from peilstok.collect import codes, content, seals, tokens
from peilstok.collect.findings import finding
from peilstok.collect.models import Contact, Invitation, Wave
from peilstok.collect.outcomes import Outcome
from peilstok.collect.wavefile import WaveFile
from peilstok.errors import NotNow, Place, Refused
from peilstok.register.models import Frame, FrameUnit, Organisation

State = Wave.State


class Act(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    FREEZE = "freeze"


TRANSITIONS: Final[Mapping[tuple[Wave.State, Act], Wave.State | None]] = MappingProxyType(
    {
        (State.DRAFT, Act.OPEN): State.OPEN,
        (State.DRAFT, Act.CLOSE): None,
        (State.DRAFT, Act.FREEZE): None,
        (State.OPEN, Act.OPEN): None,
        (State.OPEN, Act.CLOSE): State.CLOSED,
        (State.CLOSED, Act.OPEN): None,  # who was asked stays who was asked; ask again in a next wave
        (State.CLOSED, Act.CLOSE): None,
        (State.OPEN, Act.FREEZE): None,
        (State.CLOSED, Act.FREEZE): State.CLOSED,  # once; after that it stays what its snapshot says (`snapshots`)
    }
)
"""What an act makes of a wave's state; None where it is not allowed."""


def create_wave(*, file: WaveFile, frame: Frame, by: str, moment: datetime) -> Wave:
    """Keep the wave as a draft. The same file on the same frame again gives the wave that is there.

    Refused when its questionnaire does not declare what changed since that of the wave before it.
    """
    with transaction.atomic():
        there = Wave.objects.filter(pk=file.spec.id).first()
        if there is not None:
            return _same(there, file, frame)
        previous = _previous(file)
        if previous:
            _refuse_undeclared_changes(file, since=previous)
        wave = Wave.objects.create(
            id=file.spec.id,
            title_nl=file.spec.title.nl,
            title_en=file.spec.title.en,
            date=file.spec.date,
            previous=previous,
            frame=frame,
            file=file.text,
            file_fingerprint=file.fingerprint,
            questionnaire=file.questionnaire_text,
            questionnaire_fingerprint=file.questionnaire.fingerprint,
            plan=file.plan_text,
            opens=file.spec.opens,
            closes=file.spec.closes,
            late_until=file.spec.late_until,
            created_at=moment,
        )
        details = seals.of_wave(wave)
        trail.record(act="wave.create", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
    return wave


def _same(there: Wave, file: WaveFile, frame: Frame) -> Wave:
    kept = (there.file, there.questionnaire_fingerprint, there.plan, there.frame_id)
    if kept != (file.text, file.questionnaire.fingerprint, file.plan_text, frame.pk):
        raise NotNow(f"there is a wave {there.pk} already, with other files or another frame; give this one its own id")
    return there


def _previous(file: WaveFile) -> Wave | None:
    name = file.spec.previous
    if name is None:
        return None
    previous = Wave.objects.filter(pk=name, date__lt=file.spec.date).first()
    if previous is None:
        known = ", ".join(Wave.objects.filter(date__lt=file.spec.date).values_list("pk", flat=True)) or "none"
        raise Refused([finding("W008", Place(f"{file.spec.id}"), f"previous: {name}", f"a wave before it: {known}")])
    return previous


def _refuse_undeclared_changes(file: WaveFile, *, since: Wave) -> None:
    """Figures of the two waves will stand beside each other: what is asked otherwise must be said to be so."""
    before = content.questionnaire_of(since.pk, since.questionnaire_fingerprint)
    asked = file.spec.questionnaire
    questionnaire.accept_changes(before, file.questionnaire, text=file.questionnaire_text, file=asked)


def open_wave(*, wave: Wave, by: str, moment: datetime) -> Wave:
    """Freeze the frame and give every board of it the right to answer. No mail goes out by this."""
    with transaction.atomic():
        wave = locked(wave)
        if not wave.opens <= moment < wave.closes:
            raise NotNow(
                f"{wave.pk} may be open from {wave.opens:%Y-%m-%d %H:%M} until {wave.closes:%Y-%m-%d %H:%M} UTC"
            )
        wave.state = _after(wave, Act.OPEN)
        wave.opened_at = moment
        wave.frame_fingerprint = wave.frame.fingerprint
        wave.save(update_fields=["state", "opened_at", "frame_fingerprint"])
        invited = Invitation.objects.bulk_create(_invitations(wave), batch_size=2_000)
        _count_rows()
        details = {**seals.of_wave(wave), "invitations": len(invited)}
        trail.record(act="wave.open", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
    return wave


def _count_rows() -> None:
    """Have the database look how many rows there are now: it plans by that, and its own look comes a minute later.

    For a thousand boards in tables that it still takes for empty it can plan a statement that runs for minutes.
    """
    tables = [connection.ops.quote_name(model._meta.db_table) for model in (Invitation, FrameUnit, Organisation)]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _invitations(wave: Wave) -> list[Invitation]:
    mailable = Contact.objects.mailable().order_by("-pk")  # of several addresses the first one has the last word
    languages = dict(mailable.values_list("organisation", "language"))
    invitations = []
    for unit in FrameUnit.objects.filter(frame=wave.frame).order_by("organisation__number"):
        uuid = uuid4()
        invitation = Invitation(wave=wave, unit=unit, uuid=uuid, token_hash=tokens.new_hash(uuid))
        invitation.code_hash = codes.new_hash(uuid)
        invitation.language = languages.get(unit.organisation_id, "nl")
        invitations.append(invitation)
    return invitations


def close_wave(*, wave: Wave, by: str, moment: datetime) -> Wave:
    """Take no more answers. An officer may do so before the time; at the time a job does."""
    with transaction.atomic():
        wave = locked(wave)
        wave.state = _after(wave, Act.CLOSE)
        wave.closed_at = moment
        wave.save(update_fields=["state", "closed_at"])
        answered = wave.invitations.filter(outcome=Outcome.ANSWERED).count()
        details = {"answered": answered}
        trail.record(act="wave.close", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
    return wave


def check_may_freeze(wave: Wave) -> None:
    """NotNow unless the wave has closed."""
    _after(wave, Act.FREEZE)


def close_due_waves(*, by: str, moment: datetime) -> list[str]:
    """Close every wave whose time has come; gives the names of those that this closed."""
    closed = []
    for wave in Wave.objects.filter(state=State.OPEN, closes__lte=moment).order_by("pk"):
        with suppress(NotNow):  # an officer closed it in the meantime; the others are due all the same
            closed.append(close_wave(wave=wave, by=by, moment=moment).pk)
    return closed


def find(name: str) -> Wave:
    wave = Wave.objects.filter(pk=name).first()
    if wave is None:
        known = ", ".join(Wave.objects.values_list("pk", flat=True)) or "none yet"
        raise NotNow(f"there is no wave {name}; waves: {known}")
    return wave


def dates() -> dict[str, date]:
    """The waves that there are, in order, with the days that their figures are about."""
    return dict(Wave.objects.order_by("date", "pk").values_list("pk", "date"))


def locked(wave: Wave) -> Wave:
    """The wave as it is now, with its row locked until the end of the transaction."""
    return Wave.objects.select_for_update(of=("self",)).select_related("frame").get(pk=wave.pk)


def _after(wave: Wave, act: Act) -> Wave.State:
    state = TRANSITIONS[Wave.State(wave.state), act]
    if state is None:
        raise NotNow(f"{wave.pk} is {wave.state}: it cannot {act} now")
    return state
