"""What every page knows about the installation that serves it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from peilstok.terms import LANGUAGES, Language

NAMES: dict[Language, str] = {"nl": "Nederlands", "en": "English"}


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """Another language of this page. `href` keeps the page's own query."""

    code: Language
    name: str
    href: str


def installation(request: HttpRequest) -> dict[str, object]:
    phone: str = settings.PEILSTOK.council_phone
    return {
        "council": settings.PEILSTOK.council,
        "council_phone": phone,
        "council_phone_link": re.sub(r"[^0-9+]", "", phone),
        "demo": settings.PEILSTOK.demo,
        "other_languages": other_languages(request),
    }


def other_languages(request: HttpRequest) -> tuple[LanguageLink, ...]:
    """A link to this page in each language that it does not speak now."""
    current = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    return tuple(_link(request, code) for code in LANGUAGES if code != current)


def _link(request: HttpRequest, code: Language) -> LanguageLink:
    query = request.GET.copy()
    query["lang"] = code
    return LanguageLink(code, NAMES[code], f"?{query.urlencode()}")
