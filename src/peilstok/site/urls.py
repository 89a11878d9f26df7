"""Which address leads to which room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "site"
urlpatterns: list[URLPattern | URLResolver] = []
