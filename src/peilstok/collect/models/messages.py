"""The mails of a wave."""

from __future__ import annotations

from django.db import models

from peilstok.collect.models.invitations import Invitation


class Message(models.Model):
    """One mail to one invitation. A kind goes out once: the pair is unique, and a job claims it before it sends.

    `uncertain`: handed to the mail server without its receipt; it is not sent again by itself.
    `cancelled`: by the time it could go out, the board had refused or the wave was closed.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation"

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        UNCERTAIN = "uncertain"
        CANCELLED = "cancelled"

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    detail = models.CharField(max_length=300, blank=True, help_text="what the mail server said when it refused")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invitation", "kind"], name="a_kind_of_mail_once")]
        indexes = [models.Index(fields=["state"], name="message_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
