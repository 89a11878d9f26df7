"""The register as it stood on a date.

A `Frame` is one date; its `FrameUnit`s are the boards on that date and its `Site`s their locations. `Organisation`
is the board through time, known by its number: people belong to it, frames describe it. What stands in a frame is
never changed: the database refuses it (migration 0002). To a frame that a wave uses it adds no board or site either,
and takes none from it (collect/0003). One that nothing uses yet can be removed as a whole.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce


class Organisation(models.Model):
    """A member board, by its number in the register. Its name is the one of the newest frame that has it."""

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    synthetic = models.BooleanField(default=False, help_text="invented for a demonstration; not a real board")

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class Frame(models.Model):
    """The register on a date, from files whose content has this fingerprint."""

    date = models.DateField()
    synthetic = models.BooleanField(default=False)
    source = models.CharField(max_length=300, help_text="as shown to a reader: Bron: DUO")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 over what was read, whatever order it stood in")
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["date", "synthetic"], name="one_frame_a_date")]
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}{' (synthetic)' if self.synthetic else ''}"


class Region(models.Model):
    """A named area of some kind. Regions do not depend on the frame; which sites lie in them does."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality"
        RMC = "rmc"
        COROP = "corop"
        PROVINCE = "province"

    kind = models.CharField(max_length=20, choices=Kind)
    code = models.CharField(max_length=10, help_text="municipalities: four digits with leading zeros")
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="one_region_a_code")]
        ordering = ["kind", "code"]

    def __str__(self) -> str:
        return self.name


class FrameUnit(models.Model):
    """A board as it stood in a frame. Pupils by sector are sums over its sites; null is "has no such site"."""

    frame = models.ForeignKey(Frame, on_delete=models.CASCADE, related_name="units")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="in_frames")
    name = models.CharField(max_length=200)
    sites_count = models.PositiveIntegerField()
    brin_count = models.PositiveIntegerField(help_text="number of schools (BRIN numbers)")
    pupils_bo = models.PositiveIntegerField(null=True)
    pupils_sbo = models.PositiveIntegerField(null=True)
    pupils_so = models.PositiveIntegerField(null=True)
    pupils_vso = models.PositiveIntegerField(null=True)
    pupils = models.GeneratedField(
        expression=Coalesce(F("pupils_bo"), 0)
        + Coalesce(F("pupils_sbo"), 0)
        + Coalesce(F("pupils_so"), 0)
        + Coalesce(F("pupils_vso"), 0),
        output_field=models.PositiveIntegerField(),
        db_persist=True,
    )
    region = models.ForeignKey(
        Region,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="RMC region with most of its pupils",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["frame", "organisation"], name="a_board_once_a_frame"),
            models.CheckConstraint(condition=Q(sites_count__gte=F("brin_count")), name="a_school_has_a_site"),
        ]
        ordering = ["organisation__number"]

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        return self.organisation.number

    @property
    def has_special_school(self) -> bool:
        """Has an so or vso site: outside the domain "without (v)so"."""
        return self.pupils_so is not None or self.pupils_vso is not None


class Site(models.Model):
    """A location of a school (vestiging) in a frame, with its pupils by sector."""

    unit = models.ForeignKey(FrameUnit, on_delete=models.CASCADE, related_name="sites")
    brin = models.CharField(max_length=4)
    location = models.CharField(max_length=2, help_text="VESTIGINGSNUMMER: 00 is the main site")
    name = models.CharField(max_length=200)
    postcode = models.CharField(max_length=6, blank=True)
    place = models.CharField(max_length=100, blank=True)
    denomination = models.CharField(max_length=100, blank=True)
    municipality = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    rmc = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+")
    corop = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+")
    pupils_bo = models.PositiveIntegerField(null=True)
    pupils_sbo = models.PositiveIntegerField(null=True)
    pupils_so = models.PositiveIntegerField(null=True)
    pupils_vso = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "brin", "location"], name="a_site_once_a_board")]
        ordering = ["brin", "location"]

    def __str__(self) -> str:
        return f"{self.brin}{self.location} {self.name}"
