"""Writing a draft and what its invitation has come to, in one statement each that is written out once.

These run at every page of every board and at every few keys that somebody types; Django takes longer to build them than
the server to run them (docs/decisions/0005). Who calls holds the invitation (`lookup.locked`).
"""

from __future__ import annotations

import json
from typing import Final

from django.db import connection

from peilstok.collect.models import Draft, Invitation

_KEEP: Final = """
    INSERT INTO collect_draft (invitation_id, version, answers, typed, saved, sums, confirmed_checks, saved_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (invitation_id) DO UPDATE SET
        version = EXCLUDED.version, answers = EXCLUDED.answers, typed = EXCLUDED.typed, saved = EXCLUDED.saved,
        sums = EXCLUDED.sums, confirmed_checks = EXCLUDED.confirmed_checks, saved_at = EXCLUDED.saved_at
    RETURNING id
"""

_MARK: Final = "UPDATE collect_invitation SET opened_at = %s, started_at = %s WHERE id = %s"


def keep(draft: Draft) -> None:
    """As it is now, in the place of what was there."""
    parts = (draft.answers, draft.typed, draft.saved, draft.sums, draft.confirmed_checks)
    texts = (json.dumps(each) for each in parts)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [draft.invitation_id, draft.version, *texts, draft.saved_at])
        [draft.pk] = cursor.fetchone()


def mark(invitation: Invitation) -> None:
    """That it was opened, and perhaps started."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [invitation.opened_at, invitation.started_at, invitation.pk])
