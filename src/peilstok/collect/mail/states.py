"""What may become of a mail: which state follows on which, by what happens to it.

That a mail is never sent twice by itself rests on this table: from `sent` no way leads back to the queue but over a
mail that came back and a person who asks for it again. The database refuses the rest (migration 0005).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from peilstok.collect.models import Mail

State = Mail.State


class Event(StrEnum):
    CLAIM = "claim"  # a job takes it in hand
    CANCEL = "cancel"  # nobody is to have it any more
    TAKEN = "taken"  # the mail server gave its receipt
    REFUSED = "refused"  # the mail server refused it for good
    LATER = "later"  # the mail server refused it for now, or there was no connection
    LOST = "lost"  # no receipt
    RETURNED = "returned"  # it came back after it was taken
    RESEND = "resend"  # a person has it sent again
    INVITE = "invite"  # a person queues what has not gone out


_Q, _S, _T, _F, _U, _C = State

_FOLLOWING: Final[Mapping[Mail.State, Mapping[Event, Mail.State]]] = MappingProxyType(
    {
        _Q: {Event.CLAIM: _S, Event.CANCEL: _C, Event.INVITE: _Q},
        _S: {Event.TAKEN: _T, Event.REFUSED: _F, Event.LATER: _Q, Event.LOST: _U},
        _T: {Event.RETURNED: _F},
        _F: {Event.RESEND: _Q, Event.RETURNED: _F},
        _U: {Event.TAKEN: _T, Event.REFUSED: _F, Event.LATER: _Q, Event.LOST: _U, Event.RETURNED: _F, Event.RESEND: _Q},
        _C: {Event.INVITE: _Q},
    }
)

TRANSITIONS: Final[Mapping[tuple[Mail.State, Event], Mail.State | None]] = MappingProxyType(
    {(state, event): _FOLLOWING[state].get(event) for state in State for event in Event}
)
"""What an event makes of a mail's state; None where it does nothing. A receipt may come after a mail was given up."""


def before(event: Event) -> list[Mail.State]:
    """The states in which the event does something."""
    return [state for state in State if TRANSITIONS[state, event] is not None]
