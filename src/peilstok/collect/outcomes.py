"""How it stands, or ended, for an invitation: one outcome each, so that the counts of the monitor add up.

The facts are moments on the invitation (`opened_at` ...); the outcome is the first of `ORDER` that has happened. The
database derives it by this order (a generated column), and nothing else counts anything by other words.

==============  =====================================================================================================
outcome         what it means
==============  =====================================================================================================
not opened      nothing was heard since the wave opened. Looking at the page is not opening it: mail scanners and
                previews look at every link, so a GET never counts.
bounced         the mail server refused the address for good, and nothing was heard since
opened          a person pressed a button on the first page or further: at least one page was sent in
started         at least one answer was given beyond what the register had filled in
refused         the board said that it does not take part (and did not answer after that)
answered        the board confirmed its answers at least once
out of scope    an officer found that the board does not belong to those who are asked: it is counted apart, its answers
                do not count, and it is not part of the population of the figures
==============  =====================================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Outcome(StrEnum):
    OUT_OF_SCOPE = "out_of_scope"
    ANSWERED = "answered"
    REFUSED = "refused"
    STARTED = "started"
    OPENED = "opened"
    BOUNCED = "bounced"
    NOT_OPENED = "not_opened"


ORDER: Final = (
    Outcome.OUT_OF_SCOPE,
    Outcome.ANSWERED,
    Outcome.REFUSED,
    Outcome.STARTED,
    Outcome.OPENED,
    Outcome.BOUNCED,
)
"""The facts, the weightiest first. None of them: not opened."""

INVITED: Final = tuple(outcome for outcome in Outcome if outcome is not Outcome.OUT_OF_SCOPE)
"""The outcomes that add up to the invited: those in scope."""


class Event(StrEnum):
    """What can happen to an invitation while its wave takes answers. (A bounce may come later too.)"""

    BOUNCE = "bounce"  # its mail was refused for good
    OPEN = "open"  # a page was sent in
    START = "start"  # ... with an answer that the register had not filled in
    CONFIRM = "confirm"  # the answers were confirmed
    REFUSE = "refuse"  # "we do not take part"
    EXCLUDE = "exclude"  # an officer found that it is out of scope


_X, _A, _R, _S, _O, _B, _N = Outcome

TRANSITIONS: Final[Mapping[tuple[Outcome, Event], Outcome | None]] = MappingProxyType(
    {
        (_N, Event.BOUNCE): _B,
        (_N, Event.OPEN): _O,
        (_N, Event.START): _S,
        (_N, Event.CONFIRM): _A,
        (_N, Event.REFUSE): _R,
        (_N, Event.EXCLUDE): _X,
        (_B, Event.BOUNCE): _B,
        (_B, Event.OPEN): _O,  # the link came by another way
        (_B, Event.START): _S,
        (_B, Event.CONFIRM): _A,
        (_B, Event.REFUSE): _R,
        (_B, Event.EXCLUDE): _X,
        (_O, Event.BOUNCE): _O,
        (_O, Event.OPEN): _O,
        (_O, Event.START): _S,
        (_O, Event.CONFIRM): _A,
        (_O, Event.REFUSE): _R,
        (_O, Event.EXCLUDE): _X,
        (_S, Event.BOUNCE): _S,
        (_S, Event.OPEN): _S,
        (_S, Event.START): _S,
        (_S, Event.CONFIRM): _A,
        (_S, Event.REFUSE): _R,
        (_S, Event.EXCLUDE): _X,
        (_R, Event.BOUNCE): _R,
        (_R, Event.OPEN): _R,  # a board that refused may change its mind; until it confirms it has refused
        (_R, Event.START): _R,
        (_R, Event.CONFIRM): _A,
        (_R, Event.REFUSE): _R,
        (_R, Event.EXCLUDE): _X,
        (_A, Event.BOUNCE): _A,
        (_A, Event.OPEN): _A,
        (_A, Event.START): _A,
        (_A, Event.CONFIRM): _A,  # a correction
        (_A, Event.REFUSE): None,  # what was answered stays answered; the board can correct it
        (_A, Event.EXCLUDE): _X,  # also after it answered: those answers then count no more
        (_X, Event.BOUNCE): _X,
        (_X, Event.OPEN): None,  # it is told so, and an officer can bring it back
        (_X, Event.START): None,
        (_X, Event.CONFIRM): None,
        (_X, Event.REFUSE): None,
        (_X, Event.EXCLUDE): _X,
    }
)
"""What an event makes of an outcome; None where it is not allowed."""


REOPENED: Final[Mapping[Outcome, Outcome | None]] = MappingProxyType(
    {
        _X: _X,
        _A: None,  # the board, or an officer at the telephone, corrects it
        _R: _R,
        _S: None,
        _O: None,
        _B: None,
        _N: None,
    }
)
"""Which fact an officer takes away by reopening, by the outcome before it; None where there is nothing to undo.

What the outcome is then follows from the facts that remain.
"""


def allowed(outcome: Outcome, event: Event) -> bool:
    return TRANSITIONS[outcome, event] is not None
