"""What every page knows about the installation that serves it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    return {
        "council": settings.PEILSTOK.council,
        "council_phone": settings.PEILSTOK.council_phone,
        "demo": settings.PEILSTOK.demo,
    }
