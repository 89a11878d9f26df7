"""Who there is in the demo: five people with a login, and the mail addresses of every board."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from peilstok.accounts import people
from peilstok.accounts.models import BOARD_ROLES, Role, User
from peilstok.collect import contacts
from peilstok.collect.contacts import Address
from peilstok.collect.roles import Role as ContactRole
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
    new = Organisation.objects.filter(in_frames__frame=frame, contacts=None)
    addresses = {UnitId(board): list(_addresses(board)) for board in new.values_list("number", flat=True)}
    if addresses:
        contacts.keep(addresses, by="command", moment=moment)


def _addresses(board: str) -> Iterator[Address]:
    yield Address(content.address(board), role=ContactRole.DIRECTOR)
    secretariat = content.secretariat(board)
    if secretariat:
        yield Address(secretariat, role=ContactRole.SECRETARIAT)


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
