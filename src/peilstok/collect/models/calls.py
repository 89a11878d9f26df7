"""What came of calling a board. The database refuses to change or remove a call (migration 0009)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from peilstok.collect.models.invitations import Invitation
from peilstok.collect.phonelist import Result

RESULTS: list[tuple[str, str]] = [(str(result), str(result)) for result in Result]


class Call(models.Model):
    """One call about one invitation. There is no room for notes, so that nothing about a person is kept."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="calls")
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 ... for each invitation")
    result = models.CharField(max_length=16, choices=RESULTS)
    call_back_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField()
    by = models.CharField(max_length=60, help_text="as in the audit trail: user:12")

    class Meta:
        ordering: ClassVar[list[str]] = ["invitation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "number"], name="a_call_number_once"),
            models.CheckConstraint(
                condition=Q(result="call_back", call_back_at__isnull=False)
                | (~Q(result="call_back") & Q(call_back_at=None)),
                name="a_moment_to_call_back_and_only_then",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation}: {self.result}"
