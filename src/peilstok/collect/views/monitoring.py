"""What the council sees of its waves while they run."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peilstok.accounts.permissions import Act, requires, user_can
from peilstok.collect import moments
from peilstok.collect import monitor as counting
from peilstok.collect.doors import language_of
from peilstok.collect.models import Wave


@requires(Act.SEE_MONITOR)
@never_cache
@require_safe
def waves(request: HttpRequest, /) -> HttpResponse:
    """All waves, newest first, each with a link to its monitor."""
    return render(request, "collect/waves.html", {"waves": Wave.objects.order_by("-date", "-id")})


@requires(Act.SEE_MONITOR)
@never_cache
@require_safe
def monitor(request: HttpRequest, /, wave: str) -> HttpResponse:
    moment: datetime = settings.PEILSTOK_MOMENT()
    found = get_object_or_404(Wave.objects.select_related("frame").defer("file", "questionnaire", "plan"), pk=wave)
    counts, language = counting.counts(found), language_of(request)
    if request.GET.get("format") == "json":
        return JsonResponse({**counts.as_json(), "at": moment.isoformat(), "state": found.state})
    context = {
        "wave": found,
        "counts": counts,
        "at": moments.said(moment, language),
        "closes": moments.said(found.closing, language),
        "takes_answers": found.takes_answers(moment),
        "synthetic": found.frame.synthetic,
        "title": found.title[language],
        "handles_boards": user_can(request.user, Act.HANDLE_BOARD),
    }
    return render(request, "collect/monitor.html", context)
