"""Pages of publications, for everyone: the list, an edition, its files."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from peilstok.publish import build, opendata, releases
from peilstok.publish.models import Release, ReleaseFile
from peilstok.terms import Language

FOR_EVER: Final = "public, max-age=31536000, immutable"
SHOWN_IN_THE_BROWSER: Final = frozenset({build.PDF})
OPEN_DATA: Final = frozenset({build.CSV, build.JSON, build.CSVW})


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All publications, newest first, each by its newest edition."""
    language = _language(request)
    listed = [releases.listed(release, language) for release in releases.newest()]
    return render(request, "publish/index.html", {"releases": listed})


@require_safe
def release(request: HttpRequest, wave: str) -> HttpResponse:
    """The newest edition about a wave."""
    return _page(request, _newest(wave))


@require_safe
def edition(request: HttpRequest, wave: str, edition: int) -> HttpResponse:
    """One edition, as it was published."""
    return _page(request, get_object_or_404(Release, wave=wave, edition=edition))


@require_safe
def file(request: HttpRequest, wave: str, edition: int, name: str) -> HttpResponse:
    """A file of an edition. It never changes, so a browser need not ask twice."""
    found = get_object_or_404(
        ReleaseFile.objects.defer("content"), release__wave=wave, release__edition=edition, name=name
    )
    etag = f'"{found.sha256}"'
    response = get_conditional_response(request, etag=etag) or _file(found, f"{wave}-{edition}-{name}")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = FOR_EVER
    return response


@require_safe
def newest_file(request: HttpRequest, wave: str, name: str) -> HttpResponse:
    """A file by the address of the wave: where it is in the newest edition."""
    found = _newest(wave)
    if not found.files.filter(name=name).exists():
        raise Http404
    return redirect("publish:file", wave=wave, edition=found.edition, name=name)


def _file(found: ReleaseFile, download: str) -> HttpResponse:
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    disposition = "inline" if found.media_type in SHOWN_IN_THE_BROWSER else "attachment"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{download}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    if found.media_type in OPEN_DATA:
        response.headers["Access-Control-Allow-Origin"] = "*"  # a notebook on another site may read it
    if found.name == opendata.CSV_NAME:
        response.headers["Link"] = f'<{opendata.METADATA_NAME}>; rel="describedby"; type="{build.CSVW}"'
    return response


def _page(request: HttpRequest, shown: Release) -> HttpResponse:
    folder = reverse("publish:edition", args=[shown.wave_id, shown.edition])
    context = {
        "page": releases.page_of(shown, _language(request)),
        "folder": folder,
        "address": settings.PEILSTOK.site_url + folder,
        "release": shown,
        "others": [other for other in releases.editions(shown.wave_id) if other.pk != shown.pk],
        "newest": _newest(shown.wave_id),
    }
    return render(request, "publish/release.html", context)


def _newest(wave: str) -> Release:
    found = releases.editions(wave)
    if not found:
        raise Http404
    return found[0]


def _language(request: HttpRequest) -> Language:
    return "en" if request.LANGUAGE_CODE == "en" else "nl"
