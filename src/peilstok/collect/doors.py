"""Behind which door somebody fills in: whose link it is, whether the wave takes answers, what may be kept.

Every answer to a secret link is private: never cached, never indexed, never passed on to another site. A link carries
its own authority and no cookie does, so these views need no CSRF token, and a phone that refuses cookies can answer. An
officer at the telephone comes to the same views by login (`by_telephone`), and there a form carries a token.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from peilstok.accounts.permissions import Act, requires
from peilstok.collect import hands, moments, respondents, retention, tokens
from peilstok.collect.respondents import Respondent
from peilstok.collect.seats import TELEPHONE, Seat
from peilstok.terms import LANGUAGES, Language

HEADERS: Final = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}

PRIVATE: Final = ("/a/", "/code/", tokens.STOP, tokens.PREVIEW)
"""Where the addresses of links begin that carry a secret, and that of the page for codes (`urls`)."""

AT_DESK: Final = {**HEADERS, "Referrer-Policy": "same-origin"}
"""At an officer's: without any referrer a browser names no origin either, and then no form passes the CSRF check."""

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Seat, P], HttpResponse]
Door = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a view of a seat asks of its door."""

    methods: tuple[str, ...]
    when_closed: bool = False
    board_only: bool = False


def seated(*methods: str, when_closed: bool = False, board_only: bool = False) -> Callable[[View[P]], View[P]]:
    """A view for who sits before a board's questionnaire, whatever door it is behind.

    A wave that takes no answers gets a friendly page (410), unless the view can do something `when_closed`. What is
    `board_only` is not there for who was handed something.
    """

    def decorate(view: View[P]) -> View[P]:
        vars(view)["entry"] = Entry(methods, when_closed, board_only)
        return view

    return decorate


class PrivateLinksMiddleware:
    """The headers of everything under a secret link, also of a redirect, a refused method, a missing page, a fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.path_info.startswith(PRIVATE):
            for name, value in HEADERS.items():
                response[name] = value
        return response


def by_link(view: View[...]) -> Door:
    """The view behind a secret link. One that is none of ours, or none any more, gets a page that helps."""

    @csrf_exempt
    @require_http_methods(_methods(view))
    @wraps(view)
    def door(request: HttpRequest, /, token: str, *args: str, **kwargs: str) -> HttpResponse:
        moment: datetime = settings.PEILSTOK_MOMENT()
        respondent = respondents.find(token)
        with translation.override(spoken(request, respondent)):
            request.LANGUAGE_CODE = translation.get_language() or "nl"
            if respondent is None:
                response = _no_link(request, token)
            else:
                response = _served(request, view, Seat(respondent, moment, "", (token,)), *args, **kwargs)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    vars(door)["by_link"] = True  # so that every view can be asked what stands before it (site/doors.py)
    return door


def by_proof(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view of a link that carries a proof and opens nothing of a board, in the language that is asked for."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_http_methods([*methods, "HEAD"])
        @wraps(view)
        def door(request: HttpRequest, /, *args: object, **kwargs: object) -> HttpResponse:
            with translation.override(spoken(request, None)):
                request.LANGUAGE_CODE = translation.get_language() or "nl"
                response = view(request, *args, **kwargs)
                response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            return response

        vars(door)["by_link"] = True
        return door

    return decorate


def by_telephone(view: View[...]) -> Door:
    """The view as an officer has it, who fills in what a board says on the telephone."""

    @requires(Act.HANDLE_BOARD)
    @require_http_methods(_methods(view))
    @wraps(view)
    def door(request: HttpRequest, /, wave: str, number: str, *args: str, **kwargs: str) -> HttpResponse:
        moment: datetime = settings.PEILSTOK_MOMENT()
        respondent = respondents.of_board(wave, number, hands.at_telephone(actor_of(request)))
        if respondent is None:
            raise Http404
        response = _served(request, view, Seat(respondent, moment, TELEPHONE, (wave, number)), *args, **kwargs)
        for name, value in AT_DESK.items():
            response[name] = value
        return response

    return cast("Door", door)


def actor_of(request: HttpRequest) -> str:
    """Who is logged in, as the audit trail names it."""
    return f"user:{request.user.pk}"


def _methods(view: View[...]) -> list[str]:
    entry: Entry = vars(view)["entry"]
    return [*entry.methods, "HEAD"] if "GET" in entry.methods else [*entry.methods]


def _served(request: HttpRequest, view: View[...], seat: Seat, *args: str, **kwargs: str) -> HttpResponse:
    entry: Entry = vars(view)["entry"]
    handover = seat.hand.handover
    if handover is not None and (entry.board_only or handover.taken_back_at):
        if entry.board_only:
            raise Http404
        return render(request, "collect/taken_back.html", shown(request, seat), status=410)
    if seat.invitation.out_of_scope_at is not None:
        return render(request, "collect/out_of_scope.html", shown(request, seat), status=410)
    if entry.when_closed or seat.respondent.takes_answers(seat.moment):
        return view(request, seat, *args, **kwargs)
    return closed(request, seat)


def _no_link(request: HttpRequest, token: str) -> HttpResponse:
    """Of a poll that is long over and has forgotten whose link it was (410); or none of ours (404)."""
    wave = retention.ended(token)
    if wave is None:
        return render(request, "collect/unknown.html", status=404)
    language = language_of(request)
    over = {"title": wave.title[language], "closes": moments.said(wave.closing, language), "token": token}
    return render(request, "collect/over.html", over, status=410)


def closed(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Also for who found it open and came too late: it closed, or the board took the part back."""
    handover = seat.hand.handover
    if handover is not None:
        handover.refresh_from_db(fields=["taken_back_at"])
        if handover.taken_back_at:
            return render(request, "collect/taken_back.html", shown(request, seat), status=410)
    seat.invitation.wave.refresh_from_db(fields=["closed_at"])  # it may have closed since the link was looked up
    return render(request, "collect/closed.html", shown(request, seat), status=410)


def spoken(request: HttpRequest, respondent: Respondent | None) -> Language:
    """The language that was asked for or chosen before, else that of the invitation, or of what was handed over."""
    asked, chosen = request.GET.get("lang", ""), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    invited = (respondent.hand.handover or respondent.invitation).language if respondent else ""
    return next((each for wanted in (asked, chosen, invited) for each in LANGUAGES if each == wanted), "nl")


def shown(request: HttpRequest, seat: Seat) -> dict[str, object]:
    """What every page of a seat shows of the wave and the board."""
    invitation, content = seat.invitation, seat.respondent.content
    language, until = language_of(request), invitation.wave.late_until
    late = invitation.wave.takes_late_answers(seat.moment)
    return {
        "seat": seat,
        "handover": seat.hand.handover,
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
