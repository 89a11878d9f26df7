"""Behind which door a view of a secret link stands: whose link it is, whether the wave takes answers, what may be kept.

Every answer to a secret link is private: never cached, never indexed, never passed on to another site. A link carries
its own authority and no cookie does, so these views need no CSRF token, and a phone that refuses cookies can answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from peilstok.collect import moments, respondents, retention
from peilstok.collect.respondents import Respondent
from peilstok.terms import LANGUAGES, Language

HEADERS: Final = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}

LINKS: Final = "/a/"
"""Where the addresses of secret links begin (`urls`)."""

P = ParamSpec("P")
Door = Callable[Concatenate[HttpRequest, str, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, Respondent, datetime, P], HttpResponse]


class PrivateLinksMiddleware:
    """The headers of everything under a secret link, also of a redirect, a refused method, a missing page, a fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.path_info.startswith(LINKS):
            for name, value in HEADERS.items():
                response[name] = value
        return response


def by_link(*methods: str, when_closed: bool = False) -> Callable[[View[P]], Door[P]]:
    """A view of a secret link: given the respondent and the moment instead of the token.

    A link that is none gets a page that helps (404), a wave that takes no answers a friendly one (410), unless the
    view can do something `when_closed`.
    """

    def decorate(view: View[P]) -> Door[P]:
        @csrf_exempt
        @require_http_methods([*methods, "HEAD"] if "GET" in methods else [*methods])
        @wraps(view)
        def door(request: HttpRequest, /, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            moment: datetime = settings.PEILSTOK_MOMENT()
            respondent = respondents.find(token)
            with translation.override(spoken(request, respondent)):
                request.LANGUAGE_CODE = translation.get_language() or "nl"
                if respondent is None:
                    response = _no_link(request, token)
                elif when_closed or respondent.invitation.wave.listens(moment):
                    response = view(request, respondent, moment, *args, **kwargs)
                else:
                    response = closed(request, respondent)
                response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            return response

        vars(door)["by_link"] = True  # so that every view can be asked what stands before it (site/doors.py)
        return cast("Door[P]", door)  # mypy cannot see through `wraps` that the token is taken by name

    return decorate


def _no_link(request: HttpRequest, token: str) -> HttpResponse:
    """Of a poll that is long over and has forgotten whose link it was; or none of ours."""
    wave = retention.ended(token)
    if wave is None:
        return render(request, "collect/unknown.html", status=404)
    language = language_of(request)
    over = {"title": wave.title[language], "closes": moments.said(wave.closing, language), "token": token}
    return render(request, "collect/over.html", over, status=410)


def closed(request: HttpRequest, respondent: Respondent) -> HttpResponse:
    respondent.invitation.wave.refresh_from_db(fields=["closed_at"])  # it may have closed since the link was looked up
    return render(request, "collect/closed.html", shown(request, respondent), status=410)


def spoken(request: HttpRequest, respondent: Respondent | None) -> Language:
    """The language that was asked for or chosen before, else that of the invitation."""
    asked, chosen = request.GET.get("lang", ""), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    invited = respondent.invitation.language if respondent else ""
    return next((each for wanted in (asked, chosen, invited) for each in LANGUAGES if each == wanted), "nl")


def shown(request: HttpRequest, respondent: Respondent) -> dict[str, object]:
    """What every page of a link shows of the wave and the board."""
    invitation, content = respondent.invitation, respondent.content
    language, late = language_of(request), invitation.wave.takes_late_answers(settings.PEILSTOK_MOMENT())
    until = invitation.wave.late_until
    return {
        "token": token_in(request),
        "board": invitation.unit,
        "wave": invitation.wave,
        "title": content.questionnaire.title[language],
        "closes": moments.said(invitation.wave.closing, language),
        "late_until": moments.said(until, language) if late and until else "",
        "contact": content.spec.contact,
        "phone_link": re.sub(r"[^0-9+]", "", content.spec.contact.phone),
        "synthetic": invitation.wave.frame.synthetic,
        "board_answered": invitation.answered_at is not None,
        "board_late": invitation.late_at is not None,
    }


def language_of(request: HttpRequest) -> Language:
    return "en" if request.LANGUAGE_CODE == "en" else "nl"


def token_in(request: HttpRequest) -> str:
    """The token as it came in, for the links on the page."""
    assert request.resolver_match is not None
    return str(request.resolver_match.kwargs["token"])
