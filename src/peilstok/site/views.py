"""The home page and the error pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Peilstok is and what it published last."""
    return render(request, "site/home.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: nothing was stored, say so in words."""
    return render(request, "403_csrf.html", status=403)
