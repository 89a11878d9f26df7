"""What the council sees of its waves while they run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peilstok.accounts.permissions import Act, requires, user_can
from peilstok.collect import moments
from peilstok.collect.curve import HEIGHT, WIDTH, Curve
from peilstok.collect.doors import language_of
from peilstok.collect.models import Wave
from peilstok.collect.monitor import Counts, Group
from peilstok.collect.outcomes import Outcome
from peilstok.collect.progress import Progress, progress
from peilstok.collect.readiness import KeyFigure
from peilstok.terms import Language

EVERY: Final = 60
"""Seconds between two looks of a page that refreshes itself."""


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
    """As a page, or the same numbers with `?format=json` or `?format=csv`. With `?zelf=1` it refreshes itself."""
    moment: datetime = settings.PEILSTOK_MOMENT()
    found = get_object_or_404(Wave.objects.select_related("frame").defer("file", "questionnaire"), pk=wave)
    made = progress(found, moment)
    match request.GET.get("format"):
        case "json":
            return JsonResponse(made.as_json())
        case "csv":
            name = f'attachment; filename="{found.pk}-monitor.csv"'
            return HttpResponse(made.as_csv(), "text/csv; charset=utf-8", headers={"Content-Disposition": name})
    itself = "zelf" in request.GET
    response = render(request, "collect/monitor.html", {**_shown(request, made), "refreshes": itself, "every": EVERY})
    if itself:
        # as a header and chosen by the reader: it can be stopped, and a browser keeps its place in a page that reloads
        response["Refresh"] = str(EVERY)
    return response


def _shown(request: HttpRequest, made: Progress) -> dict[str, object]:
    wave, language = made.wave, language_of(request)
    return {
        "wave": wave,
        "counts": made.counts,
        "outcomes": [(*_OUTCOMES[each](), number) for each, number in made.counts.by_outcome.items()],
        "sectors": _sectors(made.counts),
        "regions": made.counts.by_region,
        "readiness": made.readiness,
        "figures": [_figure(each, language) for each in made.readiness.figures],
        "too_wide": [each.label[language] for each in made.readiness.too_wide],
        "unjudged": [each.label[language] for each in made.readiness.unjudged],
        "weighted": any(each.half_width_weighted is not None for each in made.readiness.figures),
        "curve": made.curve,
        "chart": _chart(made.curve, language) if made.curve else None,
        "at": moments.said(made.moment, language),
        "closes": moments.said(wave.closing, language),
        "late_until": moments.said(wave.late_until, language) if wave.late_until else "",
        "takes_answers": wave.takes_answers(made.moment),
        "handles_boards": user_can(request.user, Act.HANDLE_BOARD),
        "synthetic": wave.frame.synthetic,
        "title": wave.title[language],
    }


_OUTCOMES: Final = {
    Outcome.ANSWERED: lambda: (_("Answered"), _("confirmed its answers at least once")),
    Outcome.REFUSED: lambda: (_("Does not take part"), _("said so, and has not answered since")),
    Outcome.STARTED: lambda: (_("Started"), _("gave an answer that was not filled in from the register")),
    Outcome.OPENED: lambda: (
        _("Opened"),
        _("sent in the first page; looking at it does not count, because mail scanners look too"),
    ),
    Outcome.NOT_OPENED: lambda: (_("Not opened"), _("nothing heard")),
    Outcome.BOUNCED: lambda: (_("Bounced"), _("its mail server refused the address")),
}
"""The words for each outcome that counts among the invited."""

_SECTORS: Final = {
    "bo": lambda: _("Regular primary education"),
    "sbo": lambda: _("Special primary education (sbo)"),
    "so": lambda: _("Special education (so)"),
    "vso": lambda: _("Secondary special education (vso)"),
}


def _sectors(counts: Counts) -> list[tuple[str, Group]]:
    return [(_SECTORS[each.key](), each) for each in counts.by_sector]


def _figure(each: KeyFigure, language: Language) -> dict[str, object]:
    """Half-widths of percentages are percentage points."""
    units = {"percent": _("percentage points"), "pupils": _("pupils"), "boards": _("boards"), "number": ""}
    return {"label": each.label[language], "unit": units[each.unit], "figure": each}


def _chart(curve: Curve, language: Language) -> dict[str, object]:
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "path": curve.path,
        "begin": moments.briefly(curve.begin),
        "end": moments.briefly(curve.end),
        "mailings": list(_mailings(curve, language)),
        "rows": [(moments.briefly(each.until), each) for each in curve.rows],
        "words": _in_words(curve),
    }


def _mailings(curve: Curve, language: Language) -> Iterator[dict[str, object]]:
    for number, each in enumerate(curve.mailings, start=1):
        across = curve.across(each.first)
        yield {
            "number": number,
            "kind": _kind(each.kind),
            "at": moments.said(each.first, language),
            "mailing": each,
            "x": f"{across:.1f}",
            "label_x": f"{min(across + 3, WIDTH - 8):.1f}",
        }


def _kind(kind: str) -> str:
    if kind == "invitation":
        return _("Invitation")
    return _("Reminder %(number)s") % {"number": kind.removeprefix("reminder-")}


def _in_words(curve: Curve) -> str:
    """The chart for who does not see it."""
    number = len(curve.times)
    text = ngettext("%(number)s board answered", "%(number)s boards answered", number) % {"number": number}
    return _("Answers over time: %(answered)s of %(invited)s invited, between %(begin)s and %(end)s.") % {
        "answered": text,
        "invited": curve.invited,
        "begin": moments.briefly(curve.begin),
        "end": moments.briefly(curve.end),
    }
