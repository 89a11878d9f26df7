"""How a moment is said to a person: in words, in the time of the Netherlands."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format

from peilstok.terms import Language


def said(moment: datetime, language: Language) -> str:
    """`maandag 6 april 2020 om 12.00 uur`, `Monday 6 April 2020 at 12:00`."""
    local = timezone.localtime(moment)
    with translation.override(language):
        day = date_format(local, "l j F Y")
    return f"{day} at {local:%H:%M}" if language == "en" else f"{day} om {local:%H.%M} uur"


def briefly(moment: datetime) -> str:
    """`6 apr. 12.00`, `6 Apr 12:00`, in the language that is active."""
    local = timezone.localtime(moment)
    english = translation.get_language() == "en"
    return f"{date_format(local, 'j M' if english else 'j b')} {local:{'%H:%M' if english else '%H.%M'}}"
