"""An address that is refused for good, and when a board counts as bounced.

A board has bounced when every address of it that was mailed in the wave failed. That something was heard of it outranks
that: `outcomes`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import connection

from peilstok.collect.models import Contact, Message

_HOLD: Final = """
    SELECT w.forgotten_at IS NOT NULL FROM collect_wave w
    WHERE w.id IN (SELECT wave_id FROM collect_invitation WHERE id = ANY(%s)) ORDER BY w.id FOR SHARE
"""

_SETTLE: Final = """
    UPDATE collect_invitation i
    SET bounced_at = CASE WHEN found.bounced THEN COALESCE(i.bounced_at, %s) END
    FROM (
        SELECT m.invitation_id, bool_and(c.failed_at IS NOT NULL) AS bounced
        FROM collect_message m JOIN collect_contact c ON c.id = m.contact_id
        WHERE m.invitation_id = ANY(%s) AND m.state <> 'cancelled'
        GROUP BY m.invitation_id
    ) found
    WHERE found.invitation_id = i.id AND found.bounced IS DISTINCT FROM (i.bounced_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM collect_snapshot s WHERE s.wave_id = i.wave_id)
"""


def address_failed(message: Message, moment: datetime) -> None:
    """Its mail server says that there is no such address: no more mail goes there. In the caller's transaction.

    That a confirmation comes back says nothing of how it ended for the board: it has answered, perhaps after closing.
    """
    hold([message.invitation_id])
    Contact.objects.filter(pk=message.contact_id, failed_at=None).update(failed_at=moment)
    if message.confirms is None:
        settle([message.invitation_id], moment)


def hold(invitations: Collection[int]) -> bool:
    """Hold the waves of these boards before anything of them, as who forgets or freezes does; has any forgotten?

    Else each may wait for the other: a change of an invitation asks for its wave (migration 0010).
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(invitations)])
        return any(forgotten for (forgotten,) in cursor.fetchall())


def settle(invitations: Collection[int], moment: datetime) -> None:
    """Set, or take back, that these boards have bounced, by what is known of their addresses; not once it is frozen."""
    hold(invitations)
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [moment, list(invitations)])
