"""One row per write that matters, each bound to the one before it by a hash. Rows are only ever added."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """Who did what to which thing, when. Holds no personal data and no secret: identifiers and names of acts only."""

    number = models.BigIntegerField(primary_key=True, help_text="1, 2, 3 ... without gaps")
    at = models.DateTimeField()
    actor = models.CharField(max_length=60, help_text="user:12, invitation:345, job:close_waves, command")
    act = models.CharField(max_length=60, help_text="wave.open, answer.confirm, release.publish")
    subject = models.CharField(max_length=120, help_text="wave:wave-3")
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.act} {self.subject}"
