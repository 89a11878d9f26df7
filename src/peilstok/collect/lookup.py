"""An invitation with all that a page of it needs to know, in one statement that is written out once.

Every page of every board begins with this, twice where it saves something. Django builds such a statement anew each
time, which takes three times as long as running it; here it is built once a process from the models themselves.
What comes back are ordinary model objects with their relations filled in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from django.db import connection, models

from peilstok.collect.models import Draft, Handover, Invitation, Wave
from peilstok.register.models import Frame, FrameUnit, Organisation, Region

LEFT_OUT: Final[Mapping[type[models.Model], frozenset[str]]] = MappingProxyType(
    {
        # long texts, which `content` keeps, and what no page of a link shows
        Wave: frozenset(
            {"file", "questionnaire", "plan", "frame_fingerprint", "title_nl", "title_en", "created_at", "forgotten_at"}
        ),
        Frame: frozenset({"date", "source", "fingerprint", "imported_at"}),
    }
)
"""They are fetched when somebody asks."""

_JOINED: Final[tuple[tuple[type[models.Model], str, str], ...]] = (
    (Invitation, "i", "FROM {} i"),
    (Wave, "w", "JOIN {} w ON w.id = i.wave_id"),
    (Frame, "f", "JOIN {} f ON f.id = w.frame_id"),
    (FrameUnit, "u", "JOIN {} u ON u.id = i.unit_id"),
    (Organisation, "o", "JOIN {} o ON o.id = u.organisation_id"),
    (Region, "r", "LEFT JOIN {} r ON r.id = u.region_id"),
    (Draft, "d", "LEFT JOIN {} d ON d.invitation_id = i.id"),
    (Handover, "h", "LEFT JOIN {} h ON h.invitation_id = i.id AND h.token_hash = %s"),
)

_NO_LINK: Final = ""  # no handover has this as the hash of its token

_OF_A_LINK: Final = """
    i.id = (
        SELECT id FROM collect_invitation WHERE token_hash = %s
        UNION ALL SELECT invitation_id FROM collect_handover WHERE token_hash = %s
    )
"""

_BEFORE: Final = """
    SELECT r.counted, r.questionnaire_fingerprint
    FROM collect_invitation i
    JOIN register_frameunit u ON u.id = i.unit_id
    JOIN collect_revision r ON r.invitation_id = i.id
    WHERE i.wave_id = %s AND u.organisation_id = %s AND i.out_of_scope_at IS NULL AND NOT r.late
    ORDER BY r.number DESC LIMIT 1
"""

_HOLD: Final = """
    WITH held AS (
        SELECT 1 FROM collect_wave WHERE id = (SELECT wave_id FROM collect_invitation WHERE id = %s) FOR SHARE
    )
    SELECT 1 FROM collect_invitation WHERE id = %s AND EXISTS (SELECT 1 FROM held) FOR UPDATE
"""
"""PostgreSQL asks whether a row is wanted before it locks it: the wave is held first."""

_STAMPS: Final = tuple(f"concat({alias}.xmin, ' ', {alias}.ctid)" for alias in "iwd")
"""Which transaction wrote a row last, and where it stands since. Every write makes a row anew, and a lock alone changes
neither: who finds the same again has missed nothing."""

_GIVES: Final = "EXISTS (SELECT 1 FROM collect_handover g WHERE g.invitation_id = i.id AND g.taken_back_at IS NULL)"

Fields = list["models.Field[Any, Any]"]


class Stamp(NamedTuple):
    """Of each row that a save rests on; the same as long as nobody wrote it (`drafts.keep_unless_changed`)."""

    invitation: str
    wave: str
    draft: str


class Found(NamedTuple):
    """`handover`: what was handed over with the link that was asked for, where it is not the board's own."""

    invitation: Invitation
    handover: Handover | None
    gives: bool  # something of this board is with others now
    stamp: Stamp | None


def by_token(token_hash: str) -> Found | None:
    """Of a board's link, or of one that it gave to somebody else."""
    return _found(token_hash, _OF_A_LINK, token_hash, token_hash)


def by_number(wave: str, board: str) -> Found | None:
    """Of the board with this number in the register, in this wave."""
    return _found(_NO_LINK, "i.wave_id = %s AND o.number = %s", wave, board)


def locked(number: int, *, link: str = _NO_LINK) -> Found:
    """By primary key, as it is now; nobody else gets it here until the transaction ends, and its wave stays as it is.

    `link`: the hash of the token of a handover, which is looked at anew as well. The locks are always taken in this
    order, the wave and then the invitation: who closes a wave waits for those who found it open, and who comes after
    that finds it closed.
    """
    # first the locks, then the look: what a locking statement finds in joined tables is from before it had to wait
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [number, number])
    found = _found(link, "i.id = %s", number)
    assert found is not None  # invitations are never removed
    return found


def answers_of_the_wave_before(invitation: Invitation) -> tuple[dict[str, Any], str]:
    """What counts of the same board in the wave before, by item, as it was kept, and to which questionnaire.

    Its latest answers that came in time (`counting`). Empty where there are none, or where it was out of scope. The
    questionnaire by its fingerprint.
    """
    if invitation.wave.previous_id is None:
        return {}, ""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [invitation.wave.previous_id, invitation.unit.organisation_id])
        row = cursor.fetchone()
    return (json.loads(row[0]), row[1]) if row else ({}, "")


def _found(link: str, condition: str, *values: str | int) -> Found | None:
    with connection.cursor() as cursor:
        cursor.execute(f"{_statement()} WHERE {condition}", [link, *values])
        row = cursor.fetchone()
    return _joined(row) if row else None


def _joined(row: tuple[Any, ...]) -> Found:
    found: dict[type[models.Model], Any] = {}
    start = 0
    for model, _, _ in _JOINED:
        fields = _fields(model)
        found[model] = _object(model, fields, row[start : start + len(fields)])
        start += len(fields)
    invitation: Invitation = found[Invitation]
    invitation.wave, invitation.wave.frame = found[Wave], found[Frame]
    invitation.unit, invitation.unit.organisation = found[FrameUnit], found[Organisation]
    invitation.unit.region = found[Region]
    Invitation.draft.related.set_cached_value(invitation, found[Draft])  # also that there is none
    if found[Draft]:
        found[Draft].invitation = invitation
    if found[Handover]:
        found[Handover].invitation = invitation
    gives, *stamps = row[start:]
    return Found(invitation, found[Handover], gives, Stamp(*stamps))


def _object(model: type[models.Model], fields: Fields, values: tuple[Any, ...]) -> models.Model | None:
    if values[0] is None:  # the primary key: nothing was joined
        return None
    converted = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], converted)


@cache
def _fields(model: type[models.Model]) -> Fields:
    """The columns of a model in its own order, the primary key first."""
    return [field for field in model._meta.concrete_fields if field.name not in LEFT_OUT.get(model, ())]


@cache
def _statement() -> str:
    columns = [f'{alias}."{field.column}"' for model, alias, _ in _JOINED for field in _fields(model)]
    joins = [join.format(f'"{model._meta.db_table}"') for model, _, join in _JOINED]
    return " ".join(["SELECT", ", ".join([*columns, _GIVES, *_STAMPS]), *joins])
