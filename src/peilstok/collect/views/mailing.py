"""What a link in a mail opens that is no board's: no more mail to this address, and the questionnaire of a test."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from peilstok.collect import contacts, content, preview, tokens
from peilstok.collect.doors import by_proof, language_of
from peilstok.collect.models import Contact, Wave


@by_proof("GET", "POST")
def stop(request: HttpRequest, /, given: str) -> HttpResponse:
    """A page with a button; the POST of the button, or of a mail program (RFC 8058), ends the mail to this address.

    The page that follows has a button that takes it back. A GET changes nothing: mail scanners look at every link.
    """
    contact = tokens.contact_of(given)
    if contact is None:
        return render(request, "collect/unknown.html", status=404)
    undo = request.method == "POST" and "undo" in request.POST
    if request.method == "POST":
        moment: datetime = settings.PEILSTOK_MOMENT()
        if undo:
            contacts.opt_in(contact=contact, by=f"contact:{contact.pk}", moment=moment)
        else:
            contacts.opt_out(contact=contact, moment=moment)
        contact.refresh_from_db(fields=["opted_out_at"])
    context = {"email": _shortened(contact), "stopped": contact.opted_out_at, "undone": undo}
    return render(request, "collect/stop.html", context)


def _shortened(contact: Contact) -> str:
    """Enough of the address to know it by, and not more: a link may be passed on."""
    mailbox, _, domain = contact.email.rpartition("@")
    return f"{mailbox[:2]}...@{domain}"


@by_proof("GET")
def shown(request: HttpRequest, /, wave: str, given: str) -> HttpResponse:
    """The questionnaire of a wave for an invented board, from the link in a test mail."""
    found = Wave.objects.filter(pk=wave).first() if tokens.shows_preview(wave, given) else None
    if found is None:
        raise Http404
    language = language_of(request)
    with translation.override(language):
        return HttpResponse(preview.page(content.of(found).questionnaire, language, site=True))
