"""Who there is in the demo: five people with a login, and a mail address for every board."""

from __future__ import annotations

from datetime import datetime

from peilstok.accounts import people
from peilstok.accounts.models import BOARD_ROLES, Role, User
from peilstok.collect.models import Contact
from peilstok.demo import content
from peilstok.register.models import Frame, Organisation
from peilstok.terms import UnitId


def settle_council(*, moment: datetime) -> User:
    """Make the council's people who are not there yet; gives the officer who runs the polls."""
    for person in content.PEOPLE:
        if Role(person.role) not in BOARD_ROLES:
            _settle(person, None, moment)
    return User.objects.get(email=content.PEOPLE[0].email)


def settle_boards(*, frame: Frame, board: UnitId, moment: datetime) -> None:
    """Make the contacts that are not there yet, and the people of this one board.

    A contact that somebody changed stays as it is.
    """
    for person in content.PEOPLE:
        if Role(person.role) in BOARD_ROLES:
            _settle(person, Organisation.objects.get(number=board), moment)
    boards = Organisation.objects.filter(in_frames__frame=frame)
    contacts = [Contact(organisation=board, email=content.address(board.number)) for board in boards]
    Contact.objects.bulk_create(contacts, ignore_conflicts=True)


def _settle(person: content.Person, organisation: Organisation | None, moment: datetime) -> None:
    if User.objects.filter(email=person.email).exists():
        return
    people.add_person(
        email=person.email,
        name=person.name,
        role=Role(person.role),
        organisation=organisation,
        password=person.password,
        by="command",
        moment=moment,
    )
