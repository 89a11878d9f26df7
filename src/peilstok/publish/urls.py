"""The addresses of publications. An edition stays at its own address; the address of a wave shows the newest."""

from __future__ import annotations

from django.urls import URLPattern, path

from peilstok.publish import views

app_name = "publish"
urlpatterns: list[URLPattern] = [
    path("publicaties/", views.index, name="index"),
    path("publicaties/<slug:wave>/", views.release, name="release"),
    path("publicaties/<slug:wave>/<int:edition>/", views.edition, name="edition"),
    path("publicaties/<slug:wave>/<int:edition>/<str:name>", views.file, name="file"),
    path("publicaties/<slug:wave>/<str:name>", views.newest_file, name="newest_file"),
]
