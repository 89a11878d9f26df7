"""How a refusal of ours becomes a page: not allowed is 403, not now is 409. Nothing else is caught."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peilstok.errors import NotAllowed, NotNow

log = logging.getLogger("peilstok.site")


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotAllowed):
            log.warning("refused", extra={"path": request.path, "reason": str(error)})
            return render(request, "403.html", status=403)
        if isinstance(error, NotNow):
            return render(request, "409.html", status=409)
        return None
