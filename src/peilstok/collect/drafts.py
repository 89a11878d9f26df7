"""Writing a draft, a revision and what an invitation has come to, in one statement each that is written out once.

These run at every page of every board and at every few keys that somebody types; Django takes longer to build them than
the server to run them (docs/decisions/0005). Who calls holds the invitation (`lookup.locked`).
"""

from __future__ import annotations

import json
from typing import Any, Final

from django.db import connection

from peilstok.collect.lookup import Stamp
from peilstok.collect.models import Draft, Invitation, Revision

_PARTS: Final = ("answers", "typed", "saved", "sums", "confirmed_checks")

_REPLACE: Final = ", ".join(f"{name} = EXCLUDED.{name}" for name in ("version", *_PARTS, "saved_at"))

_KEEP: Final = f"""
    INSERT INTO collect_draft (invitation_id, version, {", ".join(_PARTS)}, saved_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (invitation_id) DO UPDATE SET {_REPLACE}
    RETURNING id
"""  # noqa: S608  (constants only)

_KEEP_UNLESS_CHANGED: Final = """
    WITH wave AS MATERIALIZED (
        SELECT 1 FROM collect_wave w WHERE w.id = %(wave)s AND concat(w.xmin, ' ', w.ctid) = %(wave_stamp)s FOR SHARE
    ), invitation AS MATERIALIZED (
        SELECT i.id FROM collect_invitation i
        WHERE i.id = %(invitation)s AND concat(i.xmin, ' ', i.ctid) = %(invitation_stamp)s
            AND EXISTS (SELECT 1 FROM wave)
        FOR UPDATE
    ), kept AS (
        INSERT INTO collect_draft AS d (invitation_id, version, answers, typed, saved, sums, confirmed_checks, saved_at)
        SELECT id, %(version)s::integer, %(answers)s::jsonb, %(typed)s::jsonb, %(saved)s::jsonb, %(sums)s::jsonb,
            %(confirmed_checks)s::jsonb, %(saved_at)s::timestamptz
        FROM invitation
        ON CONFLICT (invitation_id) DO UPDATE SET {replace}
            WHERE concat(d.xmin, ' ', d.ctid) = %(draft_stamp)s
        RETURNING invitation_id
    ){marked}
    SELECT 1 FROM kept
"""
_AND_MARK: Final = """, marked AS (
        UPDATE collect_invitation SET opened_at = %(opened_at)s, started_at = %(started_at)s
        WHERE id = (SELECT invitation_id FROM kept)
    )"""
_UNLESS_CHANGED: Final = {
    marked: _KEEP_UNLESS_CHANGED.format(replace=_REPLACE, marked=_AND_MARK if marked else "")
    for marked in (True, False)
}

_MARK: Final = "UPDATE collect_invitation SET opened_at = %s, started_at = %s WHERE id = %s"

_ADD: Final = """
    INSERT INTO collect_revision (invitation_id, number, draft_version, reference, answers, counted, prefilled,
        confirmed_checks, sums, questionnaire_fingerprint, by, channel, confirmed_at, late)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    RETURNING id
"""

_ANSWERED: Final = "UPDATE collect_invitation SET opened_at = %s, answered_at = %s, late_at = %s WHERE id = %s"


def keep(draft: Draft) -> None:
    """As it is now, in the place of what was there."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [draft.invitation_id, draft.version, *_parts(draft).values(), draft.saved_at])
        [draft.pk] = cursor.fetchone()


def keep_unless_changed(draft: Draft, stamp: Stamp, *, mark: bool) -> bool:
    """`keep`, and with `mark` that too, in one statement without a lock that was taken before.

    False, and nothing kept, where the draft, its invitation or its wave was written since they were looked up with this
    stamp. The conditions are asked of the rows as they are when this gets hold of them, in the order of
    `lookup.locked`.
    """
    invitation = draft.invitation
    given = _parts(draft) | {
        "version": draft.version,
        "saved_at": draft.saved_at,
        "draft_stamp": stamp.draft,
        "wave": invitation.wave_id,
        "wave_stamp": stamp.wave,
        "invitation": invitation.pk,
        "invitation_stamp": stamp.invitation,
        "opened_at": invitation.opened_at,
        "started_at": invitation.started_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNLESS_CHANGED[mark], given)
        return cursor.fetchone() is not None


def _parts(draft: Draft) -> dict[str, Any]:
    """As the database takes them, in their order."""
    return {name: json.dumps(getattr(draft, name)) for name in _PARTS}


def mark(invitation: Invitation) -> None:
    """That it was opened, and perhaps started."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [invitation.opened_at, invitation.started_at, invitation.pk])


def confirm(revision: Revision) -> None:
    """Add it. IntegrityError where there is one of this number, or of this version of the draft."""
    made = revision
    parts = (made.answers, made.counted, made.prefilled, made.confirmed_checks, made.sums)
    texts = [json.dumps(each) for each in parts]
    before: tuple[Any, ...] = (made.invitation_id, made.number, made.draft_version, made.reference)
    after: tuple[Any, ...] = (made.questionnaire_fingerprint, made.by, str(made.channel), made.confirmed_at, made.late)
    with connection.cursor() as cursor:
        cursor.execute(_ADD, (*before, *texts, *after))
        [made.pk] = cursor.fetchone()


def answered(invitation: Invitation) -> None:
    """When it answered, in time or late; opened it was as well."""
    dates = [invitation.opened_at, invitation.answered_at, invitation.late_at]
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, [*dates, invitation.pk])
