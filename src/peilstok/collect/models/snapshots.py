"""What a closed wave was frozen as. The database refuses to change or remove it, or what it was made from
(migration 0010), to add a file to it, or to take a board from its wave ("what is frozen is whole")."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from peilstok.collect.models.waves import Wave


class Snapshot(models.Model):
    """The one snapshot of a wave; `fingerprint` is that of all its files."""

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT, related_name="snapshot")
    fingerprint = models.CharField(max_length=64)
    answered = models.PositiveIntegerField(help_text="boards whose answers are in it")
    made_at = models.DateTimeField()
    by = models.CharField(max_length=60, help_text="as in the audit trail: user:12")

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.fingerprint[:12]}"


class SnapshotFile(models.Model):
    """A file of a snapshot, as bytes: later versions of the code hand out what was frozen then."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=80)
    content = models.BinaryField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "name"], name="a_file_once_a_snapshot")]

    def __str__(self) -> str:
        return self.name
