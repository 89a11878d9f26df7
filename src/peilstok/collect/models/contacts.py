"""Where boards are reached, from wave to wave: several addresses for a board, each with the role of who reads it.

An address that is replaced stays as a row: mails were sent to it, and who asked for no more mail at it has asked that
for good.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from peilstok.collect.roles import Role
from peilstok.register.models import Organisation

LANGUAGES: list[tuple[str, str]] = [("nl", "Nederlands"), ("en", "English")]
ROLES: list[tuple[str, str]] = [(str(role), str(role)) for role in Role]


class ContactQuerySet(models.QuerySet["Contact"]):
    def current(self) -> Self:
        """Those of the latest file of their board."""
        return self.filter(replaced_at=None)

    def mailable(self) -> Self:
        """Those that mail may go to: not replaced, not opted out, not refused for good by their mail server."""
        return self.current().filter(opted_out_at=None, failed_at=None)


class Contact(models.Model):
    """One address of a board."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=20, choices=ROLES, default=Role.OTHER)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="nl")
    replaced_at = models.DateTimeField(null=True, help_text="a later file of its board does not have it")
    opted_out_at = models.DateTimeField(null=True, help_text="who reads it wants no more mail at it, in any wave")
    failed_at = models.DateTimeField(null=True, help_text="a mail server said that there is no such address")

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                name="an_address_of_a_board_once",
                condition=~Q(email=""),  # what was taken out when it was no longer needed
            ),
        ]
        indexes = [models.Index(Lower("email"), name="contact_by_address")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.role}"
