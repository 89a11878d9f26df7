"""The page on which a code is typed in that was read out on the telephone. It leads on to the board's own link."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from peilstok.collect import codes, tokens
from peilstok.errors import NotNow


@csrf_exempt  # a code carries its own authority, as a link does, and a phone may refuse cookies
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, /) -> HttpResponse:
    """A code that is not right, of another wave, or none at all: one answer for all of them."""
    if request.method != "POST":
        return render(request, "collect/code.html", {})
    moment: datetime = settings.PEILSTOK_MOMENT()
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        invitation = codes.find(request.POST.get("code", ""), address=address, moment=moment)
    except NotNow:
        error = _("There have been too many attempts. Please try again in a quarter of an hour, or use the link.")
        return render(request, "collect/code.html", {"error": error}, status=429)
    if invitation is None:
        error = _("We do not know this code. Please look at it again, or have it read out once more.")
        return render(request, "collect/code.html", {"error": error}, status=404)
    response = HttpResponseRedirect(f"/a/{tokens.token_of(invitation)}/")
    response.status_code = 303
    return response
