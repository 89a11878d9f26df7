"""What stands in a mail: the invitation, a reminder, a confirmation, a test to oneself. Plain text arrives everywhere.

Only a confirmation has something attached: the answers as a PDF. Decides the words and the headers. To whom a mail
goes, and when, is `recipients` and `messages`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from peilstok.collect import codes, confirmations, content, moments, preview, respondents, tokens
from peilstok.collect.models import INVITATION, Contact, Message, Revision, Wave
from peilstok.collect.respondents import Respondent
from peilstok.collect.wavefile import WaveSpec
from peilstok.terms import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as it reads, before it has an addressee."""

    kind: str
    language: Language
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What is secret in a mail: the link, the code for another device ("" where there is none), the end of all mail."""

    link: str
    code: str
    stop: str


def compose(message: Message, moment: datetime) -> EmailMessage:
    """The mail of a message, in the language of its address."""
    contact, wave = message.contact, message.invitation.wave
    ways = _ways(message)
    headers = {
        "Message-ID": message_id(message),
        "List-Unsubscribe": f"<{ways.stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
    }
    if message.confirms is not None:
        revision = message.invitation.revisions.get(number=message.confirms)
        return _confirmation(message, revision, ways, moment, headers)
    board = message.invitation.unit.name
    written = letter(wave, kind=message.kind, board=board, language=language_of(contact), ways=ways)
    return _mail(written, wave, contact.email, moment, headers)


def _ways(message: Message) -> Ways:
    invitation, language = message.invitation, language_of(message.contact)
    return Ways(
        link=tokens.link(invitation, language=language),
        code=codes.code_of(invitation) if invitation.code_hash else "",  # none of before there were codes
        stop=tokens.stop_link(message.contact),
    )


def _confirmation(
    message: Message, revision: Revision, ways: Ways, moment: datetime, headers: dict[str, str]
) -> EmailMessage:
    """What a board sent in, as it sent it: with the answers of that version attached."""
    language, respondent = language_of(message.contact), respondents.of(message.invitation)
    written = confirmation(respondent, revision, kind=message.kind, language=language, ways=ways, moment=moment)
    mail = _mail(written, message.invitation.wave, message.contact.email, moment, headers)
    name = confirmations.file_name(respondent, revision)
    mail.attach(name, confirmations.pdf(respondent, revision, language), "application/pdf")
    return mail


def test_mail(wave: Wave, *, to: str, language: Language, moment: datetime) -> EmailMessage:
    """The invitation as it will read, to oneself: for an invented board, with a link to the preview."""
    link = tokens.preview_link(wave, language=language)
    board = str(preview.BOARD["name"])
    ways = Ways(link=link, code=_UNSAID, stop="")
    written = letter(wave, kind=INVITATION, board=board, language=language, ways=ways, test=True)
    return _mail(written, wave, to, moment, {})


def sample(wave: Wave, *, kind: str, board: str, language: Language) -> Letter:
    """A mail as it will read, with dots for what is secret in it."""
    site = settings.PEILSTOK.site_url
    tail = "?lang=en" if language == "en" else ""
    ways = Ways(link=f"{site}/a/...{tail}", code=_UNSAID, stop=f"{site}{tokens.STOP}...{tail}")
    return letter(wave, kind=kind, board=board, language=language, ways=ways)


_UNSAID: Final = ".....-....."
"""A code, where the mail is no board's."""


def letter(wave: Wave, *, kind: str, board: str, language: Language, ways: Ways, test: bool = False) -> Letter:
    kept = content.of(wave)
    subject, why = _worded(kept.spec, kind, language)
    words = {
        "board": board,
        "council": settings.PEILSTOK.council,
        "title": wave.title[language],
        "why": " ".join(why.split()),
        "minutes": kept.questionnaire.minutes,
        "closes": moments.said(wave.closes, language),
        "ways": ways,
        "code_page": settings.PEILSTOK.site_url + reverse("collect:code"),
        "seen_by": " ".join(kept.spec.seen_by.words[language].split()),
        "contact": kept.spec.contact,
        "synthetic": wave.frame.synthetic,
        "reminder": kind != INVITATION,
        "test": test,
    }
    with translation.override(language):
        body = render_to_string("collect/mail/letter.txt", words)
        if kind != INVITATION and subject is None:
            subject = gettext("Reminder: %(subject)s") % {"subject": kept.spec.mail.subject.words[language]}
        if test:
            subject = gettext("[TEST] %(subject)s") % {"subject": subject}
    return Letter(kind=kind, language=language, subject=subject or "", body=body.lstrip("\n"))


def confirmation(
    respondent: Respondent, revision: Revision, *, kind: str, language: Language, ways: Ways, moment: datetime
) -> Letter:
    """That this version came in, and what may still be done about it at this moment."""
    wave, kept = respondent.invitation.wave, respondent.content
    late = wave.takes_late_answers(moment)
    counting = respondent.counting if revision.late else None
    words = {
        "board": respondent.invitation.unit.name,
        "council": settings.PEILSTOK.council,
        "title": kept.questionnaire.title[language],
        "revision": revision,
        "confirmed": moments.said(revision.confirmed_at, language),
        "counting": moments.said(counting.confirmed_at, language) if counting else "",
        "closes": moments.said(wave.closing, language),
        "late_until": moments.said(wave.late_until, language) if late and wave.late_until else "",
        "may_change": wave.listens(moment),
        "ways": ways,
        "contact": kept.spec.contact,
        "synthetic": wave.frame.synthetic,
    }
    with translation.override(language):
        body = render_to_string("collect/mail/confirmation.txt", words)
        subject = gettext("Received: your answers to “%(title)s” (%(reference)s)") % {
            "title": words["title"],
            "reference": revision.reference,
        }
    return Letter(kind=kind, language=language, subject=" ".join(subject.split()), body=body.lstrip("\n"))


def _worded(spec: WaveSpec, kind: str, language: Language) -> tuple[str | None, str]:
    """Subject and why, as the officer worded them for this kind; no subject where a reminder has none of its own."""
    if kind == INVITATION:
        return spec.mail.subject.words[language], spec.mail.why.words[language]
    own = spec.reminders[int(kind.removeprefix("reminder-")) - 1]
    subject = own.subject.words[language] if own.subject else None
    return subject, (own.why or spec.mail.why).words[language]


def _mail(written: Letter, wave: Wave, to: str, moment: datetime, headers: dict[str, str]) -> EmailMessage:
    return EmailMessage(
        subject=written.subject,
        body=written.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        reply_to=[content.of(wave).spec.contact.email],
        headers={
            "Date": format_datetime(moment),
            "Auto-Submitted": "auto-generated",
            "Content-Language": written.language,
            **headers,
        },
    )


def language_of(contact: Contact) -> Language:
    return "en" if contact.language == "en" else "nl"


def message_id(message: Message) -> str:
    """The same at every attempt, so that a mail that goes out twice after all is recognised as one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{message.kind}.{message.uuid}@{domain}>"
