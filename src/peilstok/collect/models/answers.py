"""What a board has filled in, and what it confirmed. The database refuses to change a revision (migration 0002)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from peilstok.collect.models.invitations import Invitation


class Draft(models.Model):
    """What a board has filled in so far. `version` counts what was saved.

    answers           what was accepted, by item, as `questionnaire.value_to_json` writes it
    typed             pages as they were typed, where they could not be accepted (yet):
                      {page: {"language": "nl", "fields": {field: [text, ...]}}}, with "halfway": true where they were
                      kept while somebody was typing, so that there is nothing to say about them yet
    saved             {page: [the version at which it was last saved, the form from which]}; one that is not in
                      `typed` was accepted
    confirmed_checks  {key of a problem: what it was about}, where the board said that its answer is right
    sums              {item of a block: {"value": what the board says that it comes to, "of": what its entries came to
                      when it said so, "reason": why it is another number}}
    """

    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="draft")
    version = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict)
    typed = models.JSONField(default=dict)
    saved = models.JSONField(default=dict)
    confirmed_checks = models.JSONField(default=dict)
    sums = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft {self.version} of {self.invitation}"


class Revision(models.Model):
    """A response as a board confirmed it. The latest one of an invitation counts; earlier ones stay.

    `channel` says how it came in, `by` from whom, as the audit trail names it: `invitation:12`, `handover:3`, `user:1`.
    One that is `late` was confirmed when the wave had closed: it is kept apart and never counts. The database holds
    every revision to that (migration 0008).
    """

    class Channel(models.TextChoices):
        WEB = "web", _("by the board's link")
        DELEGATE = "delegate", _("by a colleague to whom the board handed everything")
        TELEPHONE = "telephone", _("by telephone")

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... for each invitation")
    draft_version = models.PositiveIntegerField(help_text="of the draft that was confirmed: once each")
    reference = models.CharField(max_length=12, help_text="what the board can quote on the telephone")
    answers = models.JSONField(help_text="by item, also what is kept but no longer asked")
    counted = models.JSONField(help_text="the answers that count, by item: those on the path, and why there is none")
    prefilled = models.JSONField(help_text="what the register had offered, by item")
    confirmed_checks = models.JSONField(default=dict)
    sums = models.JSONField(default=dict, help_text="as in the draft: where the board says otherwise than its schools")
    questionnaire_fingerprint = models.CharField(max_length=64)
    by = models.CharField(max_length=40, blank=True, help_text="empty: of before others could, so the board")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    confirmed_at = models.DateTimeField()
    late = models.BooleanField(default=False, help_text="confirmed when the wave had closed: kept apart")

    class Meta:
        ordering: ClassVar[list[str]] = ["invitation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "number"], name="a_revision_number_once"),
            models.UniqueConstraint(fields=["invitation", "draft_version"], name="a_draft_is_confirmed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} revision {self.number}"
