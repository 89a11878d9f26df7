"""The floor: a Django site that draws a form of twelve fields and stores what is sent as one row of JSON.

Run by gunicorn as `benchmarks.intake.minimal:application`, with the same processes, threads and pool as Peilstok.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import path

parts = urlsplit(os.environ["DATABASE_URL"])
query: dict[str, Any] = dict(parse_qsl(parts.query))
settings.configure(
    SECRET_KEY="a key of a benchmark that signs nothing",  # noqa: S106
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": parts.username or "",
            "HOST": query.pop("host", "") or parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": {"pool": {"min_size": 0, "max_size": 8, "timeout": 10}},
        }
    },
    LOGGING_CONFIG=None,
)
django.setup()

FORM = engines["django"].from_string(
    """<!doctype html><html lang="nl"><title>Opvang</title><form method="post">{% for name, value in fields %}
<p><label for="{{ name }}">{{ name }}</label>
<input id="{{ name }}" name="{{ name }}" value="{{ value }}"></p>{% endfor %}
<button>Opslaan</button></form></html>"""
)


def form(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO minimal_answer (token, answers) VALUES (%s, %s)", [token, json.dumps(request.POST.dict())]
            )
        return HttpResponseRedirect(f"/a/{token}/", status=303)
    return HttpResponse(FORM.render({"fields": [(f"item{number}", "") for number in range(12)]}))


urlpatterns = [path("a/<str:token>/", form)]
application = get_wsgi_application()
