"""The pages on which is filled in: by a board, by whom it handed a part to, by an officer. Parse, call, draw.

A GET writes nothing: mail scanners and previews look at every link. Where the pages are, and what is before them, is
told by the `Seat` that every view is given.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Final, TypedDict

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from peilstok import questionnaire as questions
from peilstok.collect import answers, confirmations, forms, handovers, moments, parts, saving, sums
from peilstok.collect.answers import Confirmed
from peilstok.collect.doors import closed, language_of, seated, shown
from peilstok.collect.mail import confirmed
from peilstok.collect.models import Handover
from peilstok.collect.parts import Kind
from peilstok.collect.saving import Saved, Typed
from peilstok.collect.seats import Seat
from peilstok.errors import NotNow
from peilstok.questionnaire import Page, PathPage, Progress
from peilstok.terms import Language

BACK: Final = "controle"
"""`?terug=controle` on a page: it was opened from the check page, and leads back there."""


@seated("GET")
def answer(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The link of the mail: the first question, or where the board was, or how it stands."""
    respondent = seat.respondent
    if seat.hand.part:
        return _part(request, seat)
    if respondent.latest is not None:
        return _done(request, seat)
    if _has_refused(seat):
        return _refused(request, seat)
    page = next(iter(respondent.open_pages), None)
    return _draw(request, seat, page) if page else _to(request, seat, "check")


def _has_refused(seat: Seat) -> bool:
    """And has filled in nothing since. After closing that is no reason not to show the questions."""
    refused = seat.invitation.refused_at is not None and not seat.respondent.draft.version
    return refused and seat.invitation.wave.takes_answers(seat.moment)


def _part(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The link of who has a part: its first question, or what comes next, or that it is done."""
    handover, respondent = seat.hand.handover, seat.respondent
    if not respondent.path.pages:
        return render(request, "collect/part_gone.html", shown(request, seat))
    if handover and handover.done_at:
        return _to(request, seat, "done")
    page = next(iter(respondent.open_pages), None)
    return _draw(request, seat, page) if page else _to(request, seat, "check")


@seated("GET", "POST")
def page(request: HttpRequest, seat: Seat, page: str) -> HttpResponse:
    asked = _asked(seat, page)
    if request.method == "POST":
        return _save(request, seat, asked)
    on_path = seat.respondent.on_path(page)
    return _draw(request, seat, on_path) if on_path else _to(request, seat, "answer")


def _asked(seat: Seat, page: str) -> Page:
    """Of what is not part of it, who has a part cannot even see whether it is there."""
    found = seat.respondent.questionnaire.page(page)
    if found is None or not seat.respondent.reaches(found):
        raise Http404
    return found


def _save(request: HttpRequest, seat: Seat, page: Page) -> HttpResponse:
    try:
        saved, respondent = saving.save_page(
            invitation=seat.invitation,
            page=page.name,
            **_sent(request, page),
            moment=seat.moment,
            says_right=frozenset(request.POST.getlist("right")),
            hand=seat.hand,
            seen=seat.respondent,
        )
    except NotNow:
        return closed(request, seat)
    seat = replace(seat, respondent=respondent)
    match saved:
        case Saved.PENDING:
            return _to(request, seat, "page", page.name)
        case Saved.CONFLICT:
            return _conflict(request, seat, page)
    return _onwards(request, seat, page)


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


@seated("POST")
def keep(request: HttpRequest, seat: Seat, page: str) -> HttpResponse:
    """What the script of a page sends while somebody types (`static/collect/keep.js`). No page comes back."""
    asked = _asked(seat, page)
    try:
        kept = saving.keep_page(
            invitation=seat.invitation,
            page=asked.name,
            **_sent(request, asked),
            moment=seat.moment,
            hand=seat.hand,
            seen=seat.respondent,
        )
    except NotNow:
        return HttpResponse(status=410)
    return HttpResponse(status=409 if kept is Saved.CONFLICT else 204)


def _onwards(request: HttpRequest, seat: Seat, page: Page) -> HttpResponse:
    """From the check page: the pages that have come open, then back. Else the next page on the path."""
    respondent = seat.respondent
    came_open = next(iter(respondent.open_pages), None)
    following = came_open if _from_check(request) else respondent.path.following(page.name)
    return _to(request, seat, "page", following.page.name) if following else _to(request, seat, "check")


def _draw(request: HttpRequest, seat: Seat, on_path: PathPage) -> HttpResponse:
    respondent, page, language = seat.respondent, on_path.page, language_of(request)
    before = respondent.path.preceding(page.name)
    answered = respondent.invitation.answered_at or respondent.invitation.late_at
    decided = answered is not None or not seat.hand.is_board
    context = {
        **shown(request, seat),
        "page": page.name,
        "page_title": forms.heading(page, language),
        "progress": _progress(seat, on_path, language),
        "first": before is None,
        "before": before.page.name if before else "",
        "from_check": _from_check(request),
        "form": forms.form_of(respondent, on_path, language),
        "version": respondent.draft.version,
        "showing": secrets.token_urlsafe(9),
        "introduction": respondent.questionnaire.introduction[language],
        "minutes": respondent.questionnaire.minutes,
        "seen_by": respondent.content.spec.seen_by.words[language],
        "refused": respondent.invitation.refused_at is not None and not decided,
        "may_refuse": respondent.invitation.refused_at is None and not decided and respondent.may_refuse(seat.moment),
        "with_other": _with_other(seat, page),
        "part": parts.of_page(page).slug,
    }
    return render(request, "collect/page.html", context)


def _with_other(seat: Seat, page: Page) -> Handover | None:
    """Who else fills this page in, as far as the board asked somebody."""
    if not (seat.hand.is_board and seat.respondent.gives):
        return None
    with_others = handovers.given(seat.invitation)
    return next((each for each in with_others if parts.of(each).holds(page)), None)


def _progress(seat: Seat, on_path: PathPage, language: Language) -> str:
    """ "Vraag 4 van 9", or "School 2 van 7 · vraag 1 van 3"; who has a part sees its own numbers only."""
    respondent, page, part = seat.respondent, on_path.page, seat.hand.part
    if part and part.kind is Kind.PAGE:
        number = sum(item.type.asks for item in on_path.items)
        return questions.progress_words(Progress(first=1, last=number, total=number, certain=True))[language]
    progress = questions.progress(respondent.questionnaire, respondent.answers, respondent.context, page=page.name)
    entry = [questions.entry_words(page.entry)[language]] if page.entry and not part else []
    asked = [questions.progress_words(progress)[language]] if progress else []
    return " · ".join(entry + asked)


def _conflict(request: HttpRequest, seat: Seat, page: Page) -> HttpResponse:
    """The page was saved elsewhere after it was shown here: both versions, to choose from."""
    language, sent = language_of(request), forms.fields_of(page.items, request.POST)
    context = {
        **shown(request, seat),
        "page": page.name,
        "page_title": forms.heading(page, language),
        "both": forms.both(seat.respondent, page, sent, language),
        "sent": [(name, text) for name, texts in sent.items() for text in texts],
        "version": seat.respondent.draft.version,
        "showing": secrets.token_urlsafe(9),
        "from_check": _from_check(request),
    }
    return render(request, "collect/conflict.html", context, status=409)


@seated("GET", "POST")
def check(request: HttpRequest, seat: Seat) -> HttpResponse:
    if not seat.respondent.draft.version:
        return _to(request, seat, "answer")
    if request.method == "POST":
        return _confirm(request, seat) if seat.hand.sends else _finish(request, seat)
    return _draw_check(request, seat)


def _draw_check(request: HttpRequest, seat: Seat, *, changed: bool = False) -> HttpResponse:
    language, respondent = language_of(request), seat.respondent
    without = handovers.waiting(seat.invitation) if seat.hand.sends and respondent.gives else ()
    context = {
        **shown(request, seat),
        "answers": forms.overview(respondent, language),
        "obstacles": forms.obstacles(respondent, language, respondent.left_out(without)),
        "without": forms.left_out(respondent, without, language),
        "sums": forms.sums(sums.of_draft(respondent), language) if seat.hand.sends else (),
        "version": respondent.draft.version,
        "changed": changed,
        "sends": seat.hand.sends,
        "unsent": seat.hand.sends and respondent.has_unsent_changes,
        "board_sent": seat.hand.sends and respondent.latest is not None,
    }
    return render(request, "collect/check.html", context, status=409 if changed else 200)


def _confirm(request: HttpRequest, seat: Seat) -> HttpResponse:
    try:
        outcome, _ = answers.confirm(
            invitation=seat.invitation,
            version=_number(request.POST.get("version", "")),
            moment=seat.moment,
            says_right=frozenset(request.POST.getlist("right")),
            leave_out="without" in request.POST,
            hand=seat.hand,
        )
    except NotNow:
        return closed(request, seat)
    match outcome:
        case Confirmed.CONFIRMED:
            return _to(request, seat, "done")
        case Confirmed.CHANGED:
            return _draw_check(request, seat, changed=True)
    return _to(request, seat, "check")


def _finish(request: HttpRequest, seat: Seat) -> HttpResponse:
    try:
        finished = answers.finish(
            invitation=seat.invitation,
            moment=seat.moment,
            hand=seat.hand,
            says_right=frozenset(request.POST.getlist("right")),
        )
    except NotNow:
        return closed(request, seat)
    return _to(request, seat, "done" if finished else "check")


@seated("GET", when_closed=True)
def done(request: HttpRequest, seat: Seat) -> HttpResponse:
    if seat.hand.part:
        return _part_done(request, seat)
    return _to(request, seat, "answer") if seat.respondent.latest is None else _done(request, seat)


def _done(request: HttpRequest, seat: Seat) -> HttpResponse:
    respondent, language = seat.respondent, language_of(request)
    latest = respondent.latest
    assert latest is not None
    context = {
        **shown(request, seat),
        "reference": latest.reference,
        "number": latest.number,
        "confirmed": moments.said(latest.confirmed_at, language),
        "answers": forms.counted(respondent, latest, language),
        "unsent": respondent.has_unsent_changes,
        "may_change": respondent.takes_answers(seat.moment),
        "came_late": latest.late,
        "counting": moments.said(counting.confirmed_at, language) if (counting := respondent.counting) else "",
        "confirmation": confirmed.announced(latest, seat.moment),
    }
    return render(request, "collect/done.html", context)


def _part_done(request: HttpRequest, seat: Seat) -> HttpResponse:
    handover, language = seat.hand.handover, language_of(request)
    if handover is None or handover.done_at is None:
        return _to(request, seat, "answer")
    context = {
        **shown(request, seat),
        "answers": forms.overview(seat.respondent, language),
        "may_change": seat.respondent.takes_answers(seat.moment),
    }
    return render(request, "collect/part_done.html", context)


@seated("GET", when_closed=True)
def pdf(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The answers that count, for the board's own file."""
    if not seat.hand.sends:
        raise Http404
    latest = seat.respondent.latest
    if latest is None:
        return _to(request, seat, "answer")
    made = confirmations.pdf(seat.respondent, latest, language_of(request))
    name = confirmations.file_name(seat.respondent, latest)
    return HttpResponse(
        made, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@seated("GET", "POST")
def total(request: HttpRequest, seat: Seat, item: str) -> HttpResponse:
    """What the schools come to together, and the board's own number for it."""
    if not seat.hand.sends:
        raise Http404
    problem, typed, reason = None, request.POST.get("value", ""), request.POST.get("reason", "")
    changed = False
    if request.method == "POST":
        try:
            problem = sums.say(
                invitation=seat.invitation,
                item=item,
                shown=request.POST.get("shown", ""),
                typed=typed,
                reason=reason,
                moment=seat.moment,
                hand=seat.hand,
            )
        except sums.Changed:
            changed = True
        except NotNow:
            return closed(request, seat)
        if problem is None and not changed:
            return _to(request, seat, "check")
    found = next((each for each in sums.of_draft(seat.respondent) if each.item.name == item), None)
    if found is None:
        raise Http404
    context = {
        "changed": changed,
        "error": problem.message[language_of(request)] if problem else "",
        "at": "reason" if problem and problem.code == sums.NO_REASON else "value",
    }
    return _draw_total(request, seat, found, typed, reason, context)


def _draw_total(
    request: HttpRequest, seat: Seat, found: sums.Sum, typed: str, reason: str, said: dict[str, object]
) -> HttpResponse:
    language = language_of(request)
    context = {
        **shown(request, seat),
        **said,
        "sum": forms.sums((found,), language)[0],
        "value": typed or forms.number(found.item, found.said, language),
        "reason": reason or found.reason,
        "numeric": forms.INPUT_TYPES[found.item.type][1],
        "longest": sums.LONGEST,
    }
    return render(request, "collect/total.html", context, status=409 if said["changed"] else 200)


@seated("GET", "POST", board_only=True)
def refuse(request: HttpRequest, seat: Seat) -> HttpResponse:
    """ "We do not take part": one tap. The page that follows has the way back."""
    if request.method == "POST":
        try:
            answers.refuse(invitation=seat.invitation, moment=seat.moment, hand=seat.hand)
        except NotNow:
            return _to(request, seat, "answer")
        return _to(request, seat, "refuse")
    answered = seat.invitation.answered_at is not None
    if seat.invitation.refused_at is None or answered or not seat.respondent.may_refuse(seat.moment):
        return _to(request, seat, "answer")
    return _refused(request, seat)


def _refused(request: HttpRequest, seat: Seat) -> HttpResponse:
    first = seat.respondent.path.pages[0].page.name
    return render(request, "collect/refused.html", {**shown(request, seat), "first": first})


def _to(request: HttpRequest, seat: Seat, name: str, *args: str) -> HttpResponseRedirect:
    """See Other: the browser GETs what follows, so that going back or reloading sends nothing twice."""
    query = f"?terug={BACK}" if name == "page" and _from_check(request) else ""
    response = HttpResponseRedirect(seat.address(name, *args) + query)
    response.status_code = 303
    return response


def _from_check(request: HttpRequest) -> bool:
    return request.GET.get("terug") == BACK


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
