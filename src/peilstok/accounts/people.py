"""Adding people and what they are; each write with its entry in the audit trail, by number and never by name."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from peilstok.accounts.models import BOARD_ROLES, Membership, Role, User
from peilstok.audit import trail
from peilstok.errors import CannotRun, NotNow
from peilstok.register.models import Organisation


def actor(user: User) -> str:
    """How the audit trail names a person."""
    return f"user:{user.pk}"


def new_password() -> str:
    """A password that nobody chose: 96 random bits."""
    return secrets.token_urlsafe(12)


@transaction.atomic
def add_person(
    *,
    email: str,
    name: str,
    role: Role,
    organisation: Organisation | None = None,
    password: str,
    by: str,
    moment: datetime,
) -> User:
    """Make an account with one role. `by` is an actor of the audit trail. Raises when the person is known already."""
    _acceptable(email=email, password=password, role=role, organisation=organisation)
    if User.objects.filter(email=email.strip().lower()).exists():
        raise NotNow(f"{email} has an account already")
    user = User.objects.create_user(email=email.strip(), name=name.strip(), password=password, joined_at=moment)
    trail.record(act="person.add", actor=by, subject=actor(user), moment=moment)
    give_role(user=user, role=role, organisation=organisation, by=by, moment=moment)
    return user


@transaction.atomic
def give_role(
    *, user: User, role: Role, organisation: Organisation | None = None, by: str, moment: datetime
) -> Membership:
    """Give a person a role; no entry and no change where the person has it already."""
    _role_fits(role=role, organisation=organisation)
    membership, new = Membership.objects.get_or_create(user=user, role=role, organisation=organisation)
    if new:
        details = {"role": str(role), "board": organisation.number if organisation else None}
        trail.record(act="role.give", actor=by, subject=actor(user), moment=moment, details=details)
    return membership


@transaction.atomic
def give_password(*, email: str, password: str, by: str, moment: datetime) -> User:
    """Give a person who forgot theirs another password. Ends all sessions of that person."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise NotNow(f"{email} has no account")
    _acceptable_password(password)
    user.set_password(password)
    user.save(update_fields=["password"])
    trail.record(act="password.give", actor=by, subject=actor(user), moment=moment)
    return user


@transaction.atomic
def change_password(*, user: User, password: str, moment: datetime) -> None:
    """Another password, which the person chose; it has been found acceptable already (`forms.NewPasswordForm`)."""
    user.set_password(password)
    user.save(update_fields=["password"])
    trail.record(act="password.change", actor=actor(user), subject=actor(user), moment=moment)


def _acceptable(*, email: str, password: str, role: Role, organisation: Organisation | None) -> None:
    _role_fits(role=role, organisation=organisation)
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise CannotRun(" ".join(error.messages)) from None
    _acceptable_password(password)


def _acceptable_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise CannotRun(" ".join(error.messages)) from None


def _role_fits(*, role: Role, organisation: Organisation | None) -> None:
    if role in BOARD_ROLES and organisation is None:
        raise CannotRun(f"the role {role} is a role at a board: name the board")
    if role not in BOARD_ROLES and organisation is not None:
        raise CannotRun(f"the role {role} is a role at the council: it has no board")
