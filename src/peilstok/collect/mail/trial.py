"""A test mail to oneself: the invitation as it will read, that no board gets and that is kept nowhere."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from peilstok.audit import trail
from peilstok.collect.mail import letters, mailserver
from peilstok.collect.mail.mailserver import Handed
from peilstok.collect.models import Wave
from peilstok.errors import NotNow
from peilstok.terms import Language


def send(wave: Wave, *, to: str, language: Language, by: str, moment: datetime) -> None:
    """Send it now. NotNow when the address is none, or the mail server does not take it."""
    try:
        validate_email(to)
    except ValidationError:
        raise NotNow(f"{to} is no e-mail address") from None
    mail = letters.test_mail(wave, to=to, language=language, moment=moment)
    with mailserver.connected() as server:
        receipt = server.hand_over(mail)
    if receipt.handed is not Handed.TAKEN:
        raise NotNow(f"the mail server did not take the test mail: {receipt.said}")
    with transaction.atomic():
        details = {"language": language}
        trail.record(act="wave.test_mail", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
