"""What stands in a mail: the invitation, a reminder, a test to oneself. Plain text: it arrives everywhere.

Decides the words and the headers. To whom it goes, and when, is `recipients` and `messages`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from peilstok.collect import content, moments, preview, tokens
from peilstok.collect.models import INVITATION, Contact, Message, Wave
from peilstok.collect.wavefile import WaveSpec
from peilstok.terms import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as it reads, before it has an addressee."""

    kind: str
    language: Language
    subject: str
    body: str


def compose(message: Message, moment: datetime) -> EmailMessage:
    """The mail of a message, in the language of its address."""
    contact, wave = message.contact, message.invitation.wave
    language = language_of(contact)
    stop = tokens.stop_link(contact)
    written = letter(
        wave,
        kind=message.kind,
        board=message.invitation.unit.name,
        language=language,
        link=tokens.link(message.invitation, language=language),
        stop=stop,
    )
    headers = {
        "Message-ID": message_id(message),
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
    }
    return _mail(written, wave, contact.email, moment, headers)


def test_mail(wave: Wave, *, to: str, language: Language, moment: datetime) -> EmailMessage:
    """The invitation as it will read, to oneself: for an invented board, with a link to the preview."""
    link = tokens.preview_link(wave, language=language)
    board = str(preview.BOARD["name"])
    written = letter(wave, kind=INVITATION, board=board, language=language, link=link, stop="", test=True)
    return _mail(written, wave, to, moment, {})


def sample(wave: Wave, *, kind: str, board: str, language: Language) -> Letter:
    """A mail as it will read, with dots for what is secret in it."""
    site = settings.PEILSTOK.site_url
    tail = "?lang=en" if language == "en" else ""
    link, stop = f"{site}/a/...{tail}", f"{site}{tokens.STOP}...{tail}"
    return letter(wave, kind=kind, board=board, language=language, link=link, stop=stop)


def letter(
    wave: Wave, *, kind: str, board: str, language: Language, link: str, stop: str, test: bool = False
) -> Letter:
    kept = content.of(wave)
    subject, why = _worded(kept.spec, kind, language)
    words = {
        "board": board,
        "council": settings.PEILSTOK.council,
        "title": wave.title[language],
        "why": " ".join(why.split()),
        "minutes": kept.questionnaire.minutes,
        "closes": moments.said(wave.closes, language),
        "link": link,
        "stop": stop,
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
