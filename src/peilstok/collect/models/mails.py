"""What every mail that is sent once has: where it is, since when, and what a mail server said of it."""

from __future__ import annotations

from django.db import models


class Mail(models.Model):
    """`uncertain`: handed to the mail server without its receipt; it is not sent again by itself.

    `cancelled`: by the time it could go out, nobody was to have it any more.
    `failed`: refused by the mail server, or sent and come back.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        UNCERTAIN = "uncertain"
        CANCELLED = "cancelled"

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=300, blank=True, help_text="what the mail server said when it refused")

    class Meta:
        abstract = True
