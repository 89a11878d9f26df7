"""People, and what they are to which organisation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peilstok.register.models import Organisation


class Role(models.TextChoices):
    """Council roles have no organisation; board roles always have one."""

    POLL_OFFICER = "poll_officer", _("poll officer")
    STATISTICIAN = "statistician", _("statistician")
    COMMUNICATIONS = "communications", _("communications officer")
    ADMINISTRATOR = "administrator", _("administrator")
    DIRECTOR = "director", _("director")
    SECRETARIAT = "secretariat", _("secretariat")


COUNCIL_ROLES = frozenset({Role.POLL_OFFICER, Role.STATISTICIAN, Role.COMMUNICATIONS, Role.ADMINISTRATOR})
BOARD_ROLES = frozenset({Role.DIRECTOR, Role.SECRETARIAT})


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person, known by e-mail address. No Django admin, no superuser: permissions come from roles."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role, at the council (no organisation) or at a board."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships"
    )

    class Meta:
        constraints = [
            # two, because NULLS NOT DISTINCT needs PostgreSQL 15 and 14 is supported
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(organisation__isnull=True), name="a_council_role_once"
            ),
            models.UniqueConstraint(fields=["user", "role", "organisation"], name="a_board_role_once"),
            models.CheckConstraint(
                condition=Q(role__in=sorted(COUNCIL_ROLES), organisation__isnull=True)
                | Q(role__in=sorted(BOARD_ROLES), organisation__isnull=False),
                name="board_roles_have_a_board",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class LoginAttempts(models.Model):
    """How often logging in was tried since a moment. `key` is a keyed hash (see `attempts`)."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveSmallIntegerField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.count} since {self.since:%H:%M}"
