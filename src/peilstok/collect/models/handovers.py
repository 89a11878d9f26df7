"""Parts of a questionnaire that a board handed to others: to whom, how it stands, and the mails about it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peilstok.collect.models.contacts import LANGUAGES
from peilstok.collect.models.invitations import Invitation
from peilstok.collect.models.mails import Mail


class Handover(models.Model):
    """A part that a board handed to somebody, who has a link of their own.

    `kind`, `name` and `entry` say which part (`parts.Part`): everything, a page, or an entry of a block. The token is
    made and kept as that of an invitation. `state` follows from the moments, the database keeps them possible.
    """

    class Kind(models.TextChoices):
        EVERYTHING = "everything"
        PAGE = "page"
        ENTRY = "entry"

    class State(models.TextChoices):
        GIVEN = "given", _("not opened yet")
        OPENED = "opened", _("busy with it")
        DONE = "done", _("done")
        TAKEN_BACK = "taken_back", _("taken back")

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="handovers")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=60, blank=True, help_text="of the page, or of the block")
    entry = models.CharField(max_length=20, blank=True, help_text="the key of the entry of the block")
    label = models.CharField(max_length=200, blank=True, help_text="of the entry: the school, as the board saw it")
    to_name = models.CharField(max_length=80, blank=True, help_text="empty: forgotten")
    to_email = models.EmailField(blank=True, help_text="empty: forgotten")
    asked_by = models.CharField(max_length=80, blank=True, help_text="who of the board asks it")
    language = models.CharField(max_length=2, choices=LANGUAGES, default="nl")
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    token_hash = models.CharField(max_length=64, unique=True, null=True, help_text="null: the link was forgotten")
    given_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "kind", "name", "entry"],
                condition=Q(taken_back_at=None),
                name="a_part_is_with_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind="everything", name="", entry="")
                | (Q(kind="page", entry="") & ~Q(name=""))
                | (Q(kind="entry") & ~Q(name="") & ~Q(entry="")),
                name="a_part_is_of_its_kind",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(opened_at__isnull=False), name="done_was_opened"),
        ]

    def __str__(self) -> str:
        return f"handover {self.pk} of {self.invitation_id}"

    @property
    def state(self) -> Handover.State:
        if self.taken_back_at:
            return self.State.TAKEN_BACK
        if self.done_at:
            return self.State.DONE
        return self.State.OPENED if self.opened_at else self.State.GIVEN


class HandedMail(Mail):
    """A mail about a handover: number 1 with the link, then reminders. As with a `Message`, each goes out once."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="mails")
    number = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "number"], name="a_mail_about_a_handover_once")]
        indexes = [models.Index(fields=["state"], name="handed_mail_by_state")]

    def __str__(self) -> str:
        return f"mail {self.number} of handover {self.handover_id}: {self.state}"
