"""Which language a page speaks: `?lang=`, else the visitor's choice (cookie), else Dutch.

The browser's preference is not asked: the members are Dutch, and a page that changes its language by itself cannot
be passed on.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from peilstok.terms import LANGUAGES

A_YEAR = 365 * 24 * 60 * 60  # seconds


class LanguageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = next((each for each in (asked, kept) if each in LANGUAGES), settings.LANGUAGE_CODE)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._get_response(request)
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ["Cookie"])  # the same address speaks another language to another visitor
        if asked in LANGUAGES and asked != kept:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                max_age=A_YEAR,
                httponly=True,
                samesite="Lax",
                secure=settings.LANGUAGE_COOKIE_SECURE,
            )
        return response
