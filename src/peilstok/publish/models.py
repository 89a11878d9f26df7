"""What is kept of a publication: the edition and its files. Nothing here is ever changed or deleted.

Two triggers (migration 0002) refuse UPDATE and DELETE on both tables, also to a programmer with a shell: a number that
a newspaper has quoted stays where it was found. What is to be said anew is the next edition.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from peilstok.collect.models import Snapshot, Wave
from peilstok.publish.edition import Kind
from peilstok.terms import Language, Words

KINDS: list[tuple[str, str]] = [(kind.value, kind.value) for kind in Kind]


class Release(models.Model):
    """One edition of the publication about a wave. `content` is the edition without its figures (`archive`)."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="releases")
    edition = models.PositiveIntegerField(help_text="1, 2, 3 ... for each wave")
    kind = models.CharField(max_length=12, choices=KINDS)
    previous = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", help_text="the release before it in the poll"
    )
    title_nl = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    published_at = models.DateTimeField()
    provisional = models.BooleanField()
    synthetic = models.BooleanField(help_text="the answers were made for a demonstration")
    note_nl = models.TextField(blank=True, help_text="what is other than in the edition before, for the reader")
    note_en = models.TextField(blank=True)
    content = models.JSONField()
    disclosure_log = models.JSONField(help_text="what disclosure control looked at and decided, for the council")
    data_fingerprint = models.CharField(max_length=64, help_text="of the table of figures")
    files_fingerprint = models.CharField(max_length=64, help_text="SHA-256 over names and hashes of the files")
    code_version = models.CharField(max_length=60)
    snapshot = models.ForeignKey(
        Snapshot, null=True, on_delete=models.PROTECT, related_name="releases", help_text="null: it was not frozen then"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "edition"], name="an_edition_once_a_wave"),
            models.CheckConstraint(
                condition=Q(edition=1, kind="first") | (Q(edition__gt=1) & ~Q(kind="first")),
                name="the_first_edition_is_called_so",
            ),
            models.CheckConstraint(
                condition=~Q(kind="correction") | (~Q(note_nl="") & ~Q(note_en="")),
                name="a_correction_says_what_was_wrong",
            ),
            models.CheckConstraint(condition=~Q(previous=F("id")), name="a_release_does_not_precede_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} edition {self.edition}"

    @property
    def title(self) -> Words:
        return Words(nl=self.title_nl, en=self.title_en)

    def summary(self, language: Language) -> str:
        """The first paragraph of the article."""
        return str(self.content["articles"][language]["summary"])


class ReleaseFile(models.Model):
    """A file of an edition, as bytes."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, blank=True, help_text="empty: for both")
    media_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints = [models.UniqueConstraint(fields=["release", "name"], name="a_file_once_an_edition")]

    def __str__(self) -> str:
        return f"{self.release}: {self.name}"
