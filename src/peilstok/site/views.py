"""The home page and the page of a form that came without its token."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peilstok.site import home as home_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Peilstok is, what it published last and which polls are open."""
    shown = home_page.home(
        user=request.user,
        language="en" if request.LANGUAGE_CODE == "en" else "nl",
        moment=settings.PEILSTOK_MOMENT(),
    )
    return render(request, "site/home.html", {"home": shown})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: nothing was stored, say so in words."""
    return render(request, "403_csrf.html", status=403)
