"""Handing parts to others: the board's list of who has what, and the pages on which it gives, takes back, reminds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from peilstok.collect import handovers, moments, parts
from peilstok.collect.doors import closed, language_of, seated, shown
from peilstok.collect.handovers import Recipient
from peilstok.collect.mail import mailserver
from peilstok.collect.models import Handover
from peilstok.collect.parts import EVERYTHING, Offered
from peilstok.collect.seats import Seat
from peilstok.errors import NotNow
from peilstok.terms import Language

State = Handover.State

LONGEST: Final = 254
"""Characters of an address (RFC 5321)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A part in the list: who has it, where somebody has, and whether all that it asks is filled in."""

    offered: Offered
    handover: Handover | None
    state: str
    since: str
    filled_in: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A part with two fields, for a name and an address, as they were typed."""

    offered: Offered
    name: str
    email: str
    error: str

    @property
    def slug(self) -> str:
        return self.offered.part.slug


@seated("GET", board_only=True)
def listed(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What can be handed over, and how it stands with what was."""
    language, respondent = language_of(request), seat.respondent
    given = {parts.of(each): each for each in handovers.given(seat.invitation)}
    open_ = {parts.of_page(each.page) for each in respondent.open_pages}
    lines = [
        _line(each, given.get(each.part), each.part not in open_, language)
        for each in parts.offered(respondent.questionnaire, language)
    ]
    called = list(dict.fromkeys(each.offered.called for each in lines))
    everything = given.get(EVERYTHING)
    context = {
        **shown(request, seat),
        "groups": [(each, [line for line in lines if line.offered.called == each]) for each in called],
        "blocks": [(block.name, block.title[language]) for block in respondent.content.questionnaire.blocks],
        "everything": _line(Offered(EVERYTHING, ""), everything, not open_, language) if everything else None,
        "given": len(given),
        "reminded": request.GET.get("herinnerd", ""),
    }
    return render(request, "collect/parts.html", context)


def _line(offered: Offered, handover: Handover | None, filled_in: bool, language: Language) -> Line:
    state, since = "", ""
    if handover is not None:
        state = str(handover.state.label)
        moment = handover.done_at or handover.opened_at or handover.given_at
        since = moments.said(moment, language)
    return Line(offered, handover, state, since, filled_in)


@seated("GET", "POST", board_only=True)
def give(request: HttpRequest, seat: Seat, part: str) -> HttpResponse:
    """A page, a school, all schools of a block, or everything: to whom? `part` is `Part.slug`, or a block's name."""
    language = language_of(request)
    wanted = list(_wanted(seat, part, language))
    if not wanted:
        raise Http404
    if request.method != "POST":
        return _draw(request, seat, part, [Row(each, "", "", "") for each in wanted])
    rows = [_row(request, each) for each in wanted]
    to = [_recipient(row, language) for row in rows if row.email and not row.error]
    if not to or any(row.error for row in rows):
        return _draw(request, seat, part, rows, nothing=not any(row.error for row in rows))
    asked_by = " ".join(request.POST.get("asked_by", "").split())[:80]
    try:
        handovers.hand_over(invitation=seat.invitation, to=to, hand=seat.hand, asked_by=asked_by, moment=seat.moment)
    except NotNow:
        return _to_list(seat) if seat.respondent.takes_answers(seat.moment) else closed(request, seat)
    return _to_list(seat)


def _wanted(seat: Seat, slug: str, language: Language) -> Iterator[Offered]:
    """What the address names, as far as nobody has it yet."""
    if slug == EVERYTHING.slug:
        offered: Iterable[Offered] = (Offered(EVERYTHING, _("Everything, for the whole board")),)
    else:
        offered = parts.offered(seat.respondent.questionnaire, language)
    taken = {parts.of(each) for each in handovers.given(seat.invitation)}
    for each in offered:
        of_block = each.part.entry and each.part.name == slug
        if (of_block or each.part.slug == slug) and each.part not in taken:
            yield each


def _row(request: HttpRequest, offered: Offered) -> Row:
    slug = offered.part.slug
    name, email = (" ".join(request.POST.get(f"{what}.{slug}", "").split()) for what in ("name", "email"))
    return Row(offered, name[:80], email, _wrong(name, email))


def _wrong(name: str, email: str) -> str:
    if not email:
        return _("An e-mail address is needed as well.") if name else ""
    if len(email) > LONGEST:
        return _("This address is too long: %(length)s characters; %(longest)s fit here.") % {
            "length": len(email),
            "longest": LONGEST,
        }
    try:
        validate_email(email)
        mailserver.as_said(email)
    except (ValidationError, UnicodeError):
        return _("This is no e-mail address: %(found)s. It looks like naam@school.nl.") % {"found": email}
    return "" if name else _("A name is needed as well, for above the mail.")


def _recipient(row: Row, language: Language) -> Recipient:
    label = row.offered.label if row.offered.part.entry else ""
    return Recipient(row.offered.part, row.name, row.email, label, language)


def _draw(request: HttpRequest, seat: Seat, part: str, rows: list[Row], *, nothing: bool = False) -> HttpResponse:
    context = {
        **shown(request, seat),
        "part": part,
        "rows": rows,
        "single": rows[0] if len(rows) == 1 else None,
        "everything": part == EVERYTHING.slug,
        "asked_by": request.POST.get("asked_by", ""),
        "errors": [row for row in rows if row.error],
        "nothing": nothing,
    }
    return render(request, "collect/give.html", context)


@seated("POST", board_only=True)
def take_back(request: HttpRequest, seat: Seat) -> HttpResponse:
    try:
        handovers.take_back(invitation=seat.invitation, numbers=_chosen(request), hand=seat.hand, moment=seat.moment)
    except NotNow:
        return closed(request, seat)
    return _to_list(seat)


@seated("POST", board_only=True)
def remind(request: HttpRequest, seat: Seat) -> HttpResponse:
    try:
        reminded = handovers.remind(
            invitation=seat.invitation, numbers=_chosen(request), hand=seat.hand, moment=seat.moment
        )
    except NotNow:
        return closed(request, seat)
    return _to_list(seat, f"?herinnerd={reminded}")


def _chosen(request: HttpRequest) -> frozenset[int]:
    """The handovers that were ticked; numbers of others than this board's have no effect."""
    ticked = (each for each in request.POST.getlist("handover") if each.isascii() and each.isdigit())
    return frozenset(int(each) for each in ticked if len(each) < 16)


def _to_list(seat: Seat, query: str = "") -> HttpResponseRedirect:
    response = HttpResponseRedirect(seat.address("parts") + query)
    response.status_code = 303
    return response
