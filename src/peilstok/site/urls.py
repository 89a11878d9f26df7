"""Which address leads to which room. A room's own addresses stand in its `urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from peilstok.site import views

_pages: list[URLPattern | URLResolver] = [path("", views.home, name="home")]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((_pages, "site"))),
    path("", include("peilstok.accounts.urls")),
    path("", include("peilstok.collect.urls")),
    path("", include("peilstok.publish.urls")),
]
