"""Who there is in the demo: five people with a login, and a mail address for every board."""

from __future__ import annotations

from datetime import datetime

from peilstok.accounts import people
from peilstok.accounts.models import BOARD_ROLES, Role, User
from peilstok.collect.models import Contact
from peilstok.demo import content
from peilstok.register.models import Frame, Organisation
from peilstok.terms import UnitId


def settle(*, frame: Frame, board: UnitId, moment: datetime) -> User:
    """Make the people and contacts that are not there yet; gives the officer who runs the polls.

    `board` is where the board's people belong. A contact that somebody changed stays as it is.
    """
    for person in content.PEOPLE:
        if not User.objects.filter(email=person.email).exists():
            role = Role(person.role)
            organisation = Organisation.objects.get(number=board) if role in BOARD_ROLES else None
            people.add_person(
                email=person.email,
                name=person.name,
                role=role,
                organisation=organisation,
                password=person.password,
                by="command",
                moment=moment,
            )
    boards = Organisation.objects.filter(in_frames__frame=frame)
    contacts = [Contact(organisation=board, email=content.address(board.number)) for board in boards]
    Contact.objects.bulk_create(contacts, ignore_conflicts=True)
    return User.objects.get(email=content.PEOPLE[0].email)
