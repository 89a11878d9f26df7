"""A board's page for the council: how it stands, and what an officer does about it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from peilstok.accounts.permissions import Act, requires
from peilstok.collect import answers, boards, codes, contacts, content, hands, moments, outcomes, parts, scope, seats
from peilstok.collect.doors import actor_of, language_of
from peilstok.collect.models import Invitation, Wave
from peilstok.collect.outcomes import Event, Outcome
from peilstok.errors import NotNow
from peilstok.terms import Language


@requires(Act.HANDLE_BOARD)
@never_cache
@require_safe
def listed(request: HttpRequest, /, wave: str) -> HttpResponse:
    """The boards of a wave, to find one by its name or number."""
    found = get_object_or_404(Wave.objects.defer("file", "questionnaire", "plan"), pk=wave)
    words = request.GET.get("zoek", "")[:100]
    context = {
        "wave": found,
        "title": found.title[language_of(request)],
        "words": words,
        "boards": [(each, outcome_words(Outcome(each.outcome))) for each in boards.search(found, words)],
        "most": boards.SHOWN,
    }
    return render(request, "collect/boards.html", context)


@requires(Act.HANDLE_BOARD)
@never_cache
@require_safe
def board(request: HttpRequest, /, wave: str, number: str) -> HttpResponse:
    return _draw(request, _invitation(wave, number))


@requires(Act.HANDLE_BOARD)
@never_cache
@require_POST
def code(request: HttpRequest, /, wave: str, number: str) -> HttpResponse:
    """The code to read out; a post, as it is written down that it was shown."""
    invitation = _invitation(wave, number)
    try:
        shown = codes.show(invitation=invitation, by=actor_of(request), moment=_moment())
    except NotNow as error:
        messages.error(request, str(error))
        return _back(invitation)
    return _draw(request, invitation, code=shown)


@requires(Act.HANDLE_BOARD)
@require_POST
def refused(request: HttpRequest, /, wave: str, number: str) -> HttpResponse:
    """The board said on the telephone that it does not take part."""
    invitation = _invitation(wave, number)
    try:
        answers.refuse(invitation=invitation, moment=_moment(), hand=hands.at_telephone(actor_of(request)))
    except NotNow:
        messages.error(request, _("That cannot be noted now: the board has answered, or the wave is closed."))
    return _back(invitation)


@requires(Act.HANDLE_BOARD)
@require_POST
def excluded(request: HttpRequest, /, wave: str, number: str) -> HttpResponse:
    """The board turns out not to be one of those who are asked."""
    invitation, reason = _invitation(wave, number), request.POST.get("reason", "")
    if reason not in scope.Reason.values:
        messages.error(request, _("Please choose why this board is out of scope."))
        return _back(invitation)
    try:
        scope.exclude(invitation=invitation, reason=scope.Reason(reason), by=actor_of(request), moment=_moment())
    except NotNow:
        messages.error(request, _("This wave is frozen: how it ended for each board stays."))
    return _back(invitation)


@requires(Act.HANDLE_BOARD)
@require_POST
def reopened(request: HttpRequest, /, wave: str, number: str) -> HttpResponse:
    invitation = _invitation(wave, number)
    try:
        scope.reopen(invitation=invitation, by=actor_of(request), moment=_moment())
    except NotNow:
        messages.error(request, _("There is nothing to undo: somebody else did it, or the board has answered."))
    return _back(invitation)


@requires(Act.HANDLE_BOARD)
@require_POST
def mailed_again(request: HttpRequest, /, wave: str, number: str) -> HttpResponse:
    """Who reads an address of the board told an officer that it wants mail after all."""
    invitation, chosen = _invitation(wave, number), request.POST.get("contact", "")
    of_board = {str(each.pk): each for each in contacts.of_board(invitation.unit.organisation)}
    if chosen not in of_board:
        raise Http404
    contacts.opt_in(contact=of_board[chosen], by=actor_of(request), moment=_moment())
    return _back(invitation)


def _address(reached: boards.Reached, language: Language) -> dict[str, object]:
    since = (reached.opted_out_at, reached.failed_at)
    opted_out, failed = (moments.said(each, language) if each else "" for each in since)
    return {"email": reached.email, "contact": reached.contact, "opted_out": opted_out, "failed": failed}


def _mailed(mail: boards.Mailed, language: Language) -> tuple[str, str, str]:
    """What kind of mail, where it is, and when."""
    kind, _dash, number = mail.kind.partition("-")
    kinds = {"invitation": _("Invitation"), "reminder": _("Reminder"), "confirmation": _("Confirmation of version")}
    states = {
        "queued": _("waiting"),
        "sending": _("being sent"),
        "sent": _("sent"),
        "failed": _("refused by the mail server"),
        "uncertain": _("uncertain"),
        "cancelled": _("overtaken, not sent"),
    }
    name = f"{kinds.get(kind, kind)} {number}".strip()
    return name, states.get(mail.state, mail.state), moments.said(mail.moment, language)


def outcome_words(outcome: Outcome) -> str:
    return {
        Outcome.OUT_OF_SCOPE: _("Out of scope"),
        Outcome.ANSWERED: _("Answered"),
        Outcome.REFUSED: _("Does not take part"),
        Outcome.STARTED: _("Started"),
        Outcome.OPENED: _("Opened"),
        Outcome.BOUNCED: _("Address does not exist"),
        Outcome.NOT_OPENED: _("Not opened"),
    }[outcome]


def _draw(request: HttpRequest, invitation: Invitation, *, code: str = "") -> HttpResponse:
    moment, language = _moment(), language_of(request)
    found, outcome = boards.of(invitation), Outcome(invitation.outcome)
    numbered = [invitation.wave_id, invitation.unit.organisation.number]
    context = {
        "board": invitation.unit,
        "wave": invitation.wave,
        "invitation": invitation,
        "title": invitation.wave.title[language],
        "outcome": outcome_words(outcome),
        "reason": invitation.get_scope_reason_display() if invitation.scope_reason else "",
        "reasons": scope.Reason.choices,
        "since": _since(invitation, outcome, language),
        "found": found,
        "addresses": [_address(each, language) for each in found.addresses],
        "mails": [(*_mailed(each, language), each.detail) for each in found.mails],
        "revisions": [(each, moments.said(each.revision.confirmed_at, language)) for each in found.revisions],
        "handed": [(each, _part(each.label, parts.of(each), language, invitation)) for each in found.handovers],
        "code": code,
        "code_address": settings.PEILSTOK.site_url + reverse("collect:code"),
        "fill_in": reverse(f"collect:{seats.TELEPHONE}answer", args=numbered),
        "takes_answers": invitation.wave.listens(moment) and invitation.out_of_scope_at is None,
        "may_refuse": invitation.wave.takes_answers(moment)
        and outcomes.allowed(outcome, Event.REFUSE)
        and outcome is not Outcome.REFUSED,
        "may_reopen": outcomes.REOPENED[outcome] is not None and not found.frozen,
        "may_exclude": outcome is not Outcome.OUT_OF_SCOPE and not found.frozen,
        "frozen": found.frozen,
        "synthetic": invitation.wave.frame.synthetic,
    }
    return render(request, "collect/board.html", context)


def _part(label: str, part: parts.Part, language: Language, invitation: Invitation) -> str:
    if label:
        return label
    if part == parts.EVERYTHING:
        return _("Everything")
    page = content.of(invitation.wave).questionnaire.page(part.name)
    return page.title[language] if page else part.name


def _since(invitation: Invitation, outcome: Outcome, language: Language) -> str:
    """Since when it stands as it does; empty where nothing has happened."""
    moment: datetime | None = getattr(invitation, f"{outcome}_at", None)
    return moments.said(moment, language) if moment else ""


def _invitation(wave: str, number: str) -> Invitation:
    found = boards.find(wave, number)
    if found is None:
        raise Http404
    return found


def _back(invitation: Invitation) -> HttpResponseRedirect:
    number = invitation.unit.organisation.number
    response = HttpResponseRedirect(reverse("collect:board", args=[invitation.wave_id, number]))
    response.status_code = 303
    return response


def _moment() -> datetime:
    moment: datetime = settings.PEILSTOK_MOMENT()
    return moment
