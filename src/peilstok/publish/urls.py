"""The addresses of publications. An edition stays at its own address; the address of a wave shows the newest."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from peilstok.publish import views


class FileNameConverter(StringConverter):
    """A name that a file of a publication can have. Any other is no address: it is never looked up."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}"  # as long as `models.ReleaseFile.name`


register_converter(FileNameConverter, "file_name")

app_name = "publish"
urlpatterns: list[URLPattern] = [
    path("publicaties/", views.index, name="index"),
    path("publicaties/<slug:wave>/", views.release, name="release"),
    path("publicaties/<slug:wave>/<int:edition>/", views.edition, name="edition"),
    path("publicaties/<slug:wave>/<int:edition>/<file_name:name>", views.file, name="file"),
    path("publicaties/<slug:wave>/<file_name:name>", views.newest_file, name="newest_file"),
]
