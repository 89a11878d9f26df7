"""The list of boards to call, and noting what came of a call. Of one board there is a page of its own: `boards`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from peilstok.accounts.permissions import Act, requires
from peilstok.collect import calls as calling
from peilstok.collect import moments
from peilstok.collect.calls import Listed
from peilstok.collect.doors import actor_of, language_of
from peilstok.collect.models import Invitation, Wave
from peilstok.collect.phonelist import Result, Turn
from peilstok.collect.progress import progress
from peilstok.errors import NotNow
from peilstok.terms import AMSTERDAM

AT_ONCE: Final = 25
"""Boards on one page."""

KEYS: Final = {result: str(key) for key, result in enumerate(Result, start=1)}
"""The key that presses the button of a result, while the focus is in the board's row."""

_BUTTONS: Final[Mapping[Result, Callable[[], str]]] = {
    Result.BY_TELEPHONE: lambda: _("Answered by telephone"),
    Result.WILL_ANSWER: lambda: _("Will answer"),
    Result.NO_REPLY: lambda: _("No reply"),
    Result.WRONG_NUMBER: lambda: _("Wrong number"),
    Result.REFUSED: lambda: _("Does not take part"),
    Result.CALL_BACK: lambda: _("Call back"),
}


@requires(Act.HANDLE_BOARD)
@never_cache
@require_safe
def calls(request: HttpRequest, /, wave: str) -> HttpResponse:
    """`?vanaf=26`: from the 26th board of the list on."""
    moment: datetime = settings.PEILSTOK_MOMENT()
    found = get_object_or_404(Wave.objects.select_related("frame").defer("file", "questionnaire"), pk=wave)
    made, language = progress(found, moment), language_of(request)
    listed = calling.listed(found, boards=made.boards, readiness=made.readiness, moment=moment)
    to_call = [each for each in listed if each.turn is not Turn.WAITING]
    begin = min(_number(request.GET.get("vanaf", "1")), max(len(to_call), 1))
    page = to_call[begin - 1 : begin - 1 + AT_ONCE]
    context = {
        "wave": found,
        "title": found.title[language],
        "synthetic": found.frame.synthetic,
        "takes_answers": found.takes_answers(moment),
        "closes": moments.said(found.closing, language),
        "rows": list(_rows(page, begin)),
        "buttons": [(result, KEYS[result], words()) for result, words in _BUTTONS.items()],
        "number": len(to_call),
        "begin": begin,
        "end": begin - 1 + len(page),
        "following": begin + AT_ONCE if begin - 1 + AT_ONCE < len(to_call) else None,
        "before": max(begin - AT_ONCE, 1) if begin > 1 else None,
        "waiting": list(_rows([each for each in listed if each.turn is Turn.WAITING], begin)),
        "gains": bool(made.readiness.outlook),
    }
    return render(request, "collect/calls.html", context)


def _rows(page: Sequence[Listed], begin: int) -> Iterator[dict[str, object]]:
    for place, each in enumerate(page):
        following = page[place + 1] if place + 1 < len(page) else None
        last = each.candidate.last
        yield {
            "place": begin + place,
            "listed": each,
            "call": last.number + 1 if last else 1,
            "last": _last(each),
            "next": following.board.number if following else "",
        }


def _last(listed: Listed) -> str:
    """What came of the latest call, in words; empty where there was none."""
    last = listed.candidate.last
    if last is None:
        return ""
    said = f"{_BUTTONS[last.result]()}, {moments.briefly(last.called_at)}"
    if last.call_back_at:
        return _("%(said)s; call back at %(moment)s") % {"said": said, "moment": moments.briefly(last.call_back_at)}
    return said


@requires(Act.HANDLE_BOARD)
@require_POST
def call(request: HttpRequest, /, wave: str, number: str) -> HttpResponse:
    """Note what came of a call; back to the list, at the board that was next on it."""
    invitation = get_object_or_404(
        Invitation.objects.select_related("wave", "unit"), wave=wave, unit__organisation__number=number
    )
    result = request.POST.get("result", "")
    if result not in Result.__members__.values():
        raise Http404
    try:
        calling.note(
            invitation=invitation,
            number=_number(request.POST.get("call", "")),
            result=Result(result),
            by=actor_of(request),
            moment=settings.PEILSTOK_MOMENT(),
            call_back_at=_moment(request.POST.get("at", "")) if result == Result.CALL_BACK else None,
        )
    except NotNow:
        messages.error(request, _refused(invitation, result))
        return _back(request, wave, number)
    done = {"board": invitation.unit.name, "result": _BUTTONS[Result(result)]()}
    messages.success(request, _("%(board)s: noted, %(result)s.") % done)
    return _back(request, wave, request.POST.get("next", ""))


def _refused(invitation: Invitation, result: str) -> str:
    if result == Result.CALL_BACK:
        return _("%(board)s: say when to call back, a moment still to come.") % {"board": invitation.unit.name}
    return _("%(board)s: not noted. It has answered or refused meanwhile, or a colleague has called it.") % {
        "board": invitation.unit.name
    }


def _back(request: HttpRequest, wave: str, number: str) -> HttpResponseRedirect:
    begin = _number(request.POST.get("vanaf", "1"))
    query = f"?vanaf={begin}" if begin > 1 else ""
    anchor = f"#bestuur-{number}" if number.isalnum() else ""
    response = HttpResponseRedirect(reverse("collect:calls", args=[wave]) + query + anchor)
    response.status_code = 303
    return response


def _moment(text: str) -> datetime | None:
    """What a field of type datetime-local sends, on the wall clock of the Netherlands."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)
    except ValueError:
        return None


def _number(text: str) -> int:
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1
