"""The mails of a wave, when each reminder of it was queued, and how fast its mails may go out."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from peilstok.collect.models.contacts import Contact
from peilstok.collect.models.invitations import Invitation
from peilstok.collect.models.mails import Mail
from peilstok.collect.models.waves import Wave

INVITATION = "invitation"
"""The kind of the first mail; those after it are `reminder-1`, `reminder-2` ... as in the wave's file."""
CONFIRMATION = "confirmation-"
"""What the kind of a confirmation begins with; the number of the revision that it confirms follows."""


class Message(Mail):
    """One mail about one invitation to one address of the board. A kind goes out once: the three are unique, and a job
    claims the row before it sends. What may follow on a state: `mail/states`.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, help_text="in its Message-ID, the same at every attempt")
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="messages")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=20, default=INVITATION)
    returned_at = models.DateTimeField(null=True, help_text="when it came back after it was sent")
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "contact", "kind"], name="a_kind_of_mail_once"),
            models.CheckConstraint(
                condition=Q(kind__regex=r"^(invitation|reminder-[1-9][0-9]?|confirmation-[1-9][0-9]{0,5})$"),
                name="a_kind_of_mail_is_known",
            ),
        ]
        indexes = [models.Index(fields=["state"], name="message_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def confirms(self) -> int | None:
        """The number of the revision that it confirms; None for a mail that asks for answers."""
        return int(self.kind.removeprefix(CONFIRMATION)) if self.kind.startswith(CONFIRMATION) else None


class Reminder(models.Model):
    """That a reminder of a wave has had its turn, once, whoever asks. `skipped`: a later one was due by then too."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="reminders")
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 ... as in the wave's file")
    due_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    mails = models.PositiveIntegerField(default=0)
    skipped = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "number"], name="a_reminder_has_its_turn_once")]

    def __str__(self) -> str:
        return f"{self.wave_id}: reminder {self.number}"


class Pace(models.Model):
    """When the next batch of a wave's mails may begin."""

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT, related_name="pace", primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.wave_id}: free at {self.free_at}"
