"""What is kept of a fielding: the wave, who was asked, which mails went out, what was answered.

`outcomes` says what the outcome of an invitation means; the database derives it from the facts by the same table.
The database refuses, whoever asks (migrations 0002 and 0003): to change or remove a revision; to change what a wave
was opened with; to add a board or a site to the frame of a wave, or to take one from it. That what stands in a frame
is not changed is `register`'s, and the foreign keys here keep a frame of a wave from being removed.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Case, Q, Value, When

from peilstok.collect.outcomes import ORDER, Outcome
from peilstok.register.models import Frame, FrameUnit, Organisation
from peilstok.terms import Words

LANGUAGES: list[tuple[str, str]] = [("nl", "Nederlands"), ("en", "English")]


class Wave(models.Model):
    """One fielding of a questionnaire to all boards of a frame. `id` is its short name, e.g. wave-3."""

    class State(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        CLOSED = "closed"

    id = models.SlugField(primary_key=True, max_length=40)
    title_nl = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    date = models.DateField(help_text="the day that the figures are about")
    previous = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", help_text="the wave before it in its series"
    )
    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="waves")
    frame_fingerprint = models.CharField(max_length=64, blank=True, help_text="of the frame, when the wave opened")
    file = models.TextField(help_text="the wave's file as it was read; the mails' texts are taken from it")
    file_fingerprint = models.CharField(max_length=64)
    questionnaire = models.TextField(help_text="the questionnaire's file as it was read")
    questionnaire_fingerprint = models.CharField(max_length=64)
    plan = models.TextField(blank=True)
    opens = models.DateTimeField(help_text="not before")
    closes = models.DateTimeField(help_text="answers are taken until just before this moment")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(opens__lt=models.F("closes")), name="a_wave_opens_before_it_closes"),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at=None, closed_at=None, frame_fingerprint="")
                | (Q(opened_at__isnull=False) & ~Q(frame_fingerprint="") & Q(state="open", closed_at=None))
                | (Q(opened_at__isnull=False) & ~Q(frame_fingerprint="") & Q(state="closed", closed_at__isnull=False)),
                name="a_wave_is_what_was_done_to_it",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def title(self) -> Words:
        return Words(nl=self.title_nl, en=self.title_en)

    def takes_answers(self, moment: datetime) -> bool:
        """The time decides, also when no job has closed the wave yet."""
        return self.state == self.State.OPEN and moment < self.closes

    @property
    def closing(self) -> datetime:
        """The moment from which no answers are taken: `closes`, or earlier when an officer closed it before that."""
        return min(self.closed_at or self.closes, self.closes)


class Contact(models.Model):
    """Where a board is reached."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="contact")
    email = models.EmailField()
    language = models.CharField(max_length=2, choices=LANGUAGES, default="nl")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.email}"


class Invitation(models.Model):
    """A board's right to answer in a wave.

    The link's token is derived from `uuid` and never stored; `token_hash` finds the invitation by it (`tokens`).
    """

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="invitations")
    unit = models.ForeignKey(FrameUnit, on_delete=models.PROTECT, related_name="invitations")
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True, help_text="empty: no address was known when the wave opened")
    language = models.CharField(max_length=2, choices=LANGUAGES, default="nl")
    bounced_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    outcome = models.GeneratedField(
        expression=Case(
            *(When(**{f"{outcome}_at__isnull": False}, then=Value(str(outcome))) for outcome in ORDER),
            default=Value(str(Outcome.NOT_OPENED)),
        ),
        output_field=models.CharField(max_length=12),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "unit"], name="a_board_is_invited_once")]
        indexes = [models.Index(fields=["wave", "outcome"], name="invitation_by_outcome")]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.unit}"


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


class Draft(models.Model):
    """What a board has filled in so far. `version` counts what was saved.

    answers           what was accepted, by item, as `questionnaire.value_to_json` writes it
    typed             pages as they were typed, where they could not be accepted (yet):
                      {page: {"language": "nl", "fields": {field: [text, ...]}}}
    saved             {page: [the version at which it was last saved, the form from which]}; one that is not in
                      `typed` was accepted
    confirmed_checks  {key of a problem: what it was about}, where the board said that its answer is right
    """

    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="draft")
    version = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict)
    typed = models.JSONField(default=dict)
    saved = models.JSONField(default=dict)
    confirmed_checks = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft {self.version} of {self.invitation}"


class Revision(models.Model):
    """A response as a board confirmed it. The latest one of an invitation counts; earlier ones stay."""

    class Channel(models.TextChoices):
        WEB = "web"

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... for each invitation")
    draft_version = models.PositiveIntegerField(help_text="of the draft that was confirmed: once each")
    reference = models.CharField(max_length=12, help_text="what the board can quote on the telephone")
    answers = models.JSONField(help_text="by item, also what is kept but no longer asked")
    counted = models.JSONField(help_text="the answers that count, by item: those on the path, and why there is none")
    prefilled = models.JSONField(help_text="what the register had offered, by item")
    confirmed_checks = models.JSONField(default=dict)
    questionnaire_fingerprint = models.CharField(max_length=64)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["invitation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "number"], name="a_revision_number_once"),
            models.UniqueConstraint(fields=["invitation", "draft_version"], name="a_draft_is_confirmed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} revision {self.number}"
