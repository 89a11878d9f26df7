"""Every request has an id; every log line written while it is served carries it, and the answer names it.

Also what no browser sends and the database cannot take: a cookie with a NUL. What a server has to throw away: the body
of an answer to HEAD. And the policy of what a page may load, which is one for all pages.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

_current: ContextVar[str] = ContextVar("request_id", default="-")
_KEPT = "peilstok_request_id"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9-]{8,64}")


def current_request_id() -> str:
    return _current.get()


class RequestIdMiddleware:
    """Takes the id that a proxy gave (X-Request-ID), where it is well formed, or makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        token = _current.set(given if _ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex)
        vars(request)[_KEPT] = _current.get()
        try:
            response = self._get_response(request)
            response["X-Request-ID"] = _current.get()
            return response
        finally:
            _current.reset(token)


class HeadWithoutBodyMiddleware:
    """Answers HEAD with the headers of GET alone: Django leaves the body to the server, which warns at each."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if request.method != "HEAD":
            return response
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = ()
        elif isinstance(response, HttpResponse):
            response.content = b""
        return response


class OnePolicyMiddleware:
    """The Content-Security-Policy of the settings on every answer, worked out once.

    django-csp builds it anew for each answer, as answers could differ: here none does, and none has a nonce.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response, self._policy = get_response, build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault(HEADER, self._policy)
        return response


class NoNulInCookiesMiddleware:
    """Leaves out a cookie with a NUL, which nobody was given: PostgreSQL refuses to look for such a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in value for value in request.COOKIES.values()):
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return self._get_response(request)


class RequestIdFilter(logging.Filter):
    """Django tells of a refused request when the middleware is through with it: then the request itself has the id."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = getattr(getattr(record, "request", None), _KEPT, _current.get())
        return True
