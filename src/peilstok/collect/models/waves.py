"""A wave: what is asked, of whom, from when until when. The database keeps what it was opened with (migration 0003)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from peilstok.register.models import Frame
from peilstok.terms import Words


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
    late_until = models.DateTimeField(
        null=True, help_text="after closing, answers are taken until just before this moment and kept apart; null: none"
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True, help_text="when addresses and links were removed (`retention`)")

    class Meta:
        ordering = ["date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(opens__lt=models.F("closes")), name="a_wave_opens_before_it_closes"),
            models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(state="closed"), name="only_a_closed_wave_forgets"
            ),
            # a draft that began again after it would have the versions of one that was confirmed (`answers.confirm`)
            models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(late_until=None) | Q(forgotten_at__gte=models.F("late_until")),
                name="nothing_is_forgotten_before_late_until",
            ),
            models.CheckConstraint(
                condition=Q(late_until=None) | Q(late_until__gt=models.F("closes")), name="late_comes_after_closing"
            ),
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

    def takes_late_answers(self, moment: datetime) -> bool:
        """Closed, but answers are still taken; they are kept apart and count in no figure."""
        closed = self.state == self.State.CLOSED or (self.state == self.State.OPEN and moment >= self.closes)
        return closed and self.late_until is not None and moment < self.late_until

    def listens(self, moment: datetime) -> bool:
        """Can a board fill in now, in time or late?"""
        return self.takes_answers(moment) or self.takes_late_answers(moment)

    @property
    def closing(self) -> datetime:
        """The moment from which no answers are taken: `closes`, or earlier when an officer closed it before that."""
        return min(self.closed_at or self.closes, self.closes)
