"""The pages of a board's link. Parse, ask, call one function, draw.

A GET writes nothing: mail scanners and previews look at every link.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final, TypedDict

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from peilstok import questionnaire as questions
from peilstok.collect import answers, confirmations, forms, moments
from peilstok.collect.answers import Confirmed, Saved, Typed
from peilstok.collect.doors import by_link, closed, language_of, shown, token_in
from peilstok.collect.respondents import Respondent
from peilstok.errors import NotNow
from peilstok.questionnaire import Page, PathPage, Progress
from peilstok.terms import Language

BACK: Final = "controle"
"""`?terug=controle` on a page: it was opened from the check page, and leads back there."""


@by_link("GET")
def answer(request: HttpRequest, respondent: Respondent, moment: datetime) -> HttpResponse:
    """The link of the mail: the first question, or where the board was, or how it stands."""
    if respondent.latest is not None:
        return _done(request, respondent, moment)
    if _has_refused(respondent, moment):
        return _refused(request, respondent)
    page = next(iter(respondent.open_pages), None)
    return _draw(request, respondent, page, moment) if page else _to(request, "check")


def _has_refused(respondent: Respondent, moment: datetime) -> bool:
    """And has filled in nothing since. After closing that is no reason not to show the questions."""
    invitation = respondent.invitation
    refused = invitation.refused_at is not None and not respondent.draft.version
    return refused and invitation.wave.takes_answers(moment)


@by_link("GET", "POST")
def page(request: HttpRequest, respondent: Respondent, moment: datetime, page: str) -> HttpResponse:
    asked = respondent.questionnaire.page(page)
    if asked is None:
        raise Http404
    if request.method == "POST":
        return _save(request, respondent, asked, moment)
    on_path = respondent.on_path(page)
    return _draw(request, respondent, on_path, moment) if on_path else _to(request, "answer")


def _save(request: HttpRequest, respondent: Respondent, page: Page, moment: datetime) -> HttpResponse:
    try:
        saved, respondent = answers.save_page(
            invitation=respondent.invitation,
            page=page.name,
            **_sent(request, page),
            moment=moment,
            says_right=frozenset(request.POST.getlist("right")),
        )
    except NotNow:
        return closed(request, respondent)
    match saved:
        case Saved.PENDING:
            return _to(request, "page", page.name)
        case Saved.CONFLICT:
            return _conflict(request, respondent, page)
    return _onwards(request, respondent, page)


class _Sent(TypedDict):
    typed: Typed
    version: int
    form: str
    language: Language


def _sent(request: HttpRequest, page: Page) -> _Sent:
    return _Sent(
        typed=forms.fields_of(page.items, request.POST),
        version=_number(request.POST.get("version", "")),
        form=request.POST.get("form", "")[:40],
        language=language_of(request),
    )


@by_link("POST")
def keep(request: HttpRequest, respondent: Respondent, moment: datetime, page: str) -> HttpResponse:
    """What the script of a page sends while somebody types (`static/collect/keep.js`). No page comes back."""
    asked = respondent.questionnaire.page(page)
    if asked is None:
        raise Http404
    try:
        kept = answers.keep_page(
            invitation=respondent.invitation, page=asked.name, **_sent(request, asked), moment=moment
        )
    except NotNow:
        return HttpResponse(status=410)
    return HttpResponse(status=409 if kept is Saved.CONFLICT else 204)


def _onwards(request: HttpRequest, respondent: Respondent, page: Page) -> HttpResponse:
    """From the check page: the pages that have come open, then back. Else the next page on the path."""
    came_open = next(iter(respondent.open_pages), None)
    following = came_open if _from_check(request) else respondent.path.following(page.name)
    return _to(request, "page", following.page.name) if following else _to(request, "check")


def _draw(request: HttpRequest, respondent: Respondent, on_path: PathPage, moment: datetime) -> HttpResponse:
    language, page = language_of(request), on_path.page
    form = forms.form_of(respondent, on_path, language)
    progress = questions.progress(respondent.questionnaire, respondent.answers, respondent.context, page=page.name)
    before = respondent.path.preceding(page.name)
    context = {
        **shown(request, respondent),
        "page": page.name,
        "page_title": forms.heading(page, language),
        "progress": _progress(page, progress, language),
        "first": before is None,
        "before": before.page.name if before else "",
        "from_check": _from_check(request),
        "form": form,
        "version": respondent.draft.version,
        "showing": secrets.token_urlsafe(9),
        "introduction": respondent.questionnaire.introduction[language],
        "minutes": respondent.questionnaire.minutes,
        "seen_by": respondent.content.spec.seen_by.words[language],
        "refused": respondent.invitation.refused_at is not None and respondent.latest is None,
        "may_refuse": respondent.invitation.refused_at is None
        and respondent.latest is None
        and respondent.invitation.wave.takes_answers(moment),
        "answered": respondent.latest,
    }
    return render(request, "collect/page.html", context)


def _progress(page: Page, progress: Progress | None, language: Language) -> str:
    """ "Vraag 4 van 9", or "School 2 van 7 · vraag 1 van 3"."""
    entry = [questions.entry_words(page.entry)[language]] if page.entry else []
    asked = [questions.progress_words(progress)[language]] if progress else []
    return " · ".join(entry + asked)


def _conflict(request: HttpRequest, respondent: Respondent, page: Page) -> HttpResponse:
    """Another device saved the page after it was shown here: both versions, to choose from."""
    language, sent = language_of(request), forms.fields_of(page.items, request.POST)
    context = {
        **shown(request, respondent),
        "page": page.name,
        "page_title": forms.heading(page, language),
        "both": forms.both(respondent, page, sent, language),
        "sent": [(name, text) for name, texts in sent.items() for text in texts],
        "version": respondent.draft.version,
        "showing": secrets.token_urlsafe(9),
        "from_check": _from_check(request),
    }
    return render(request, "collect/conflict.html", context, status=409)


@by_link("GET", "POST")
def check(request: HttpRequest, respondent: Respondent, moment: datetime) -> HttpResponse:
    if not respondent.draft.version:
        return _to(request, "answer")
    if request.method == "POST":
        return _confirm(request, respondent, moment)
    return _draw_check(request, respondent)


def _draw_check(request: HttpRequest, respondent: Respondent, *, changed: bool = False) -> HttpResponse:
    language = language_of(request)
    context = {
        **shown(request, respondent),
        "answers": forms.overview(respondent, language),
        "obstacles": forms.obstacles(respondent, language),
        "version": respondent.draft.version,
        "changed": changed,
        "answered": respondent.latest,
        "unsent": respondent.has_unsent_changes,
    }
    return render(request, "collect/check.html", context, status=409 if changed else 200)


def _confirm(request: HttpRequest, respondent: Respondent, moment: datetime) -> HttpResponse:
    try:
        outcome, _ = answers.confirm(
            invitation=respondent.invitation,
            version=_number(request.POST.get("version", "")),
            moment=moment,
            says_right=frozenset(request.POST.getlist("right")),
        )
    except NotNow:
        return closed(request, respondent)
    match outcome:
        case Confirmed.CONFIRMED:
            return _to(request, "done")
        case Confirmed.CHANGED:
            return _draw_check(request, respondent, changed=True)
    return _to(request, "check")


@by_link("GET", when_closed=True)
def done(request: HttpRequest, respondent: Respondent, moment: datetime) -> HttpResponse:
    if respondent.latest is None:
        return _to(request, "answer")
    return _done(request, respondent, moment)


def _done(request: HttpRequest, respondent: Respondent, moment: datetime) -> HttpResponse:
    latest, language = respondent.latest, language_of(request)
    assert latest is not None
    context = {
        **shown(request, respondent),
        "reference": latest.reference,
        "number": latest.number,
        "confirmed": moments.said(latest.confirmed_at, language),
        "answers": forms.counted(respondent, latest, language),
        "unsent": respondent.has_unsent_changes,
        "may_change": respondent.invitation.wave.listens(moment),
        "came_late": latest.late,
        "counting": moments.said(counting.confirmed_at, language) if (counting := respondent.counting) else "",
    }
    return render(request, "collect/done.html", context)


@by_link("GET", when_closed=True)
def pdf(request: HttpRequest, respondent: Respondent, moment: datetime) -> HttpResponse:
    """The answers that count, for the board's own file."""
    latest = respondent.latest
    if latest is None:
        return _to(request, "answer")
    made = confirmations.pdf(respondent, latest, language_of(request))
    name = confirmations.file_name(respondent, latest)
    return HttpResponse(
        made, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@by_link("GET", "POST")
def refuse(request: HttpRequest, respondent: Respondent, moment: datetime) -> HttpResponse:
    """ "We do not take part": one tap. The page that follows has the way back."""
    if request.method == "POST":
        try:
            answers.refuse(invitation=respondent.invitation, moment=moment)
        except NotNow:
            return _to(request, "answer")
        return _to(request, "refuse")
    if respondent.invitation.refused_at is None or respondent.latest is not None:
        return _to(request, "answer")
    return _refused(request, respondent)


def _refused(request: HttpRequest, respondent: Respondent) -> HttpResponse:
    first = respondent.path.pages[0].page.name
    return render(request, "collect/refused.html", {**shown(request, respondent), "first": first})


def _to(request: HttpRequest, name: str, *args: str) -> HttpResponseRedirect:
    """See Other: the browser GETs what follows, so that going back or reloading sends nothing twice."""
    address = reverse(f"collect:{name}", args=[token_in(request), *args])
    query = f"?terug={BACK}" if name == "page" and _from_check(request) else ""
    response = HttpResponseRedirect(address + query)
    response.status_code = 303
    return response


def _from_check(request: HttpRequest) -> bool:
    return request.GET.get("terug") == BACK


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
