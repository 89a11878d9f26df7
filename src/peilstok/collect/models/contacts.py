"""Where boards are reached, from wave to wave."""

from __future__ import annotations

from django.db import models

from peilstok.register.models import Organisation

LANGUAGES: list[tuple[str, str]] = [("nl", "Nederlands"), ("en", "English")]


class Contact(models.Model):
    """Where a board is reached."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="contact")
    email = models.EmailField()
    language = models.CharField(max_length=2, choices=LANGUAGES, default="nl")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.email}"
