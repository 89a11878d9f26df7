"""Where a request comes from when proxies of our own stand in front.

Each of them adds the address that it saw to X-Forwarded-For, at the end. With PEILSTOK_PROXIES=1 the last address is
the visitor's; what stands before it was written by the visitor and is not believed.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class VisitorAddressMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = visitor_address(
            seen=request.META.get("REMOTE_ADDR", ""),
            forwarded=request.headers.get("X-Forwarded-For", ""),
            proxies=settings.PEILSTOK.proxies,
        )
        return self._get_response(request)


def visitor_address(*, seen: str, forwarded: str, proxies: int) -> str:
    """The address that the outermost of our own proxies saw; with fewer entries than proxies, what we saw."""
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    return entries[-proxies] if 0 < proxies <= len(entries) else seen
