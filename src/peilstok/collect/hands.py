"""Whose hand fills in: the board's own, that of somebody to whom it handed a part, or an officer's at the telephone.

Decides under which name and channel something is kept, and how far a hand reaches. From which address it comes is
`seats`.
"""

from __future__ import annotations

from dataclasses import dataclass

from peilstok.collect import parts
from peilstok.collect.models import Handover, Invitation, Revision
from peilstok.collect.parts import Part

Channel = Revision.Channel


@dataclass(frozen=True, slots=True)
class Hand:
    """`actor` as the audit trail names it; `handover` what was handed to it, where it is not the board's own."""

    channel: Revision.Channel
    actor: str
    handover: Handover | None = None

    @property
    def part(self) -> Part | None:
        """The part that it may fill in; None where that is the whole."""
        if self.handover is None or self.handover.kind == Handover.Kind.EVERYTHING:
            return None
        return parts.of(self.handover)

    @property
    def sends(self) -> bool:
        """May it send the answers in, for the whole board?"""
        return self.part is None

    @property
    def is_board(self) -> bool:
        """Does it decide for the board: refuse, hand parts over, take them back?"""
        return self.handover is None


def of_board(invitation: Invitation) -> Hand:
    return Hand(Channel.WEB, f"invitation:{invitation.pk}")


def of_handover(handover: Handover) -> Hand:
    return Hand(Channel.DELEGATE, f"handover:{handover.pk}", handover)


def at_telephone(officer: str) -> Hand:
    """`officer`: as the audit trail names it, `user:1`."""
    return Hand(Channel.TELEPHONE, officer)
