"""The people of the tests: Anna runs polls at the council, Bram answers for a member board, Carla has no access."""

from __future__ import annotations

from datetime import UTC, datetime

from peilstok.accounts.models import Membership, Role, User
from peilstok.register.models import Organisation

MOMENT = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)
PASSWORD = "drie woorden bijeen"


def board(number: str = "99001", name: str = "Stichting De Proef") -> Organisation:
    return Organisation.objects.get_or_create(number=number, defaults={"name": name, "synthetic": True})[0]


def person(name: str, role: Role | None = None, organisation: Organisation | None = None) -> User:
    user = User.objects.create_user(
        email=f"{name.lower()}@peilstok.example", name=name, password=PASSWORD, joined_at=MOMENT
    )
    if role:
        Membership.objects.create(user=user, role=role, organisation=organisation)
    return user


def anna() -> User:
    return person("Anna", Role.POLL_OFFICER)


def bram() -> User:
    return person("Bram", Role.DIRECTOR, board())


def carla() -> User:
    return person("Carla")
