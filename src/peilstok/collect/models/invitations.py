"""A board's right to answer in a wave, and how it stands for it: the database derives the outcome from the facts."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from peilstok.collect.models.contacts import LANGUAGES
from peilstok.collect.models.waves import Wave
from peilstok.collect.outcomes import ORDER, Outcome
from peilstok.register.models import FrameUnit


class Invitation(models.Model):
    """A board's right to answer in a wave.

    The link's token and the code for the telephone are derived from `uuid` and never stored; `token_hash` and
    `code_hash` find the invitation by them (`tokens`, `codes`).
    """

    class ScopeReason(models.TextChoices):
        """Why a board of the frame is not asked after all."""

        MERGED = "merged", _("merged into another board")
        ENDED = "ended", _("has no schools any more")
        NOT_OF_THIS_KIND = "other_kind", _("has no schools of the kind that is asked about")
        DOUBLE = "double", _("stands in the register twice")
        OTHER = "other", _("another reason")

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="invitations")
    unit = models.ForeignKey(FrameUnit, on_delete=models.PROTECT, related_name="invitations")
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    token_hash = models.CharField(max_length=64, unique=True, null=True, help_text="null: the link was forgotten")
    code_hash = models.CharField(
        max_length=64, unique=True, null=True, help_text="null: forgotten, or of before there were codes"
    )
    language = models.CharField(max_length=2, choices=LANGUAGES, default="nl", help_text="of its pages, until chosen")
    bounced_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    out_of_scope_at = models.DateTimeField(null=True)
    scope_reason = models.CharField(max_length=10, choices=ScopeReason, blank=True)
    late_at = models.DateTimeField(null=True, help_text="when it first confirmed after closing; no part of the outcome")
    outcome = models.GeneratedField(
        expression=Case(
            *(When(**{f"{outcome}_at__isnull": False}, then=Value(str(outcome))) for outcome in ORDER),
            default=Value(str(Outcome.NOT_OPENED)),
        ),
        output_field=models.CharField(max_length=12),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "unit"], name="a_board_is_invited_once"),
            models.CheckConstraint(
                condition=Q(out_of_scope_at=None, scope_reason="")
                | (Q(out_of_scope_at__isnull=False) & ~Q(scope_reason="")),
                name="out_of_scope_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["wave", "outcome"], name="invitation_by_outcome")]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.unit}"


class EndedLink(models.Model):
    """A link of which is known to which wave it led; to which board only with the secret key (`retention`)."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.wave_id}: a link that has ended"
