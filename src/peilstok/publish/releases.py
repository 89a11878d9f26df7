"""Publishing: from checked articles and safe figures to an edition that is kept for ever.

    publish_wave(...)   the edition, made now or already there
    edition_of(release) what it was made of; `rebuilt` compares the files that this gives with those kept

Decides whether an edition may be made and which number it gets. An article with errors, a language that is missing,
figures that are not those of the book: refused with every reason. The same content again gives the edition that is
there; other content makes the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from peilstok.article import CheckedArticle
from peilstok.audit import trail
from peilstok.collect.models import Wave
from peilstok.disclose import SafeTable
from peilstok.disclose import figures as disclosed
from peilstok.disclose.figures import FigureBook, WaveFigures
from peilstok.errors import NotNow, Refused
from peilstok.publish import acceptance, archive, build, numbers, page, provenance
from peilstok.publish.edition import AMSTERDAM, Edition, File, Kind
from peilstok.publish.models import Release, ReleaseFile
from peilstok.terms import Language, Words

ACT: Final = "release.publish"


def publish_wave(
    *,
    wave: Wave,
    book: FigureBook,
    table: SafeTable,
    articles: Mapping[Language, CheckedArticle],
    by: str,
    moment: datetime,
    kind: Kind | None = None,
    note: Words | None = None,
    provisional: bool = False,
) -> Release:
    """Publish the articles and figures of a closed wave.

    `book` has the figures of this wave as `table` has them, and of earlier waves. An edition after the first is a
    revision unless `kind` says that it is a correction, which needs a `note` of what was wrong. Raises `Refused` with
    all findings about articles and figures, `NotNow` where the wave is not closed.
    """
    findings = acceptance.findings(wave=wave, book=book, table=table, articles=articles)
    if findings:
        raise Refused(findings)
    with transaction.atomic():
        wave = Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)  # one publisher at a time
        if wave.state != Wave.State.CLOSED:
            raise NotNow(f"{wave.pk} is {wave.state}: a wave is published after it has closed")
        edition = acceptance.edition(
            wave=wave, book=book, table=table, articles=articles, council=settings.PEILSTOK.council, moment=moment
        )
        latest = next(iter(editions(wave.pk)), None)
        if latest and _is_there(latest, edition, provisional):
            return latest
        return _next(wave, latest, replace(edition, provisional=provisional), kind, note, table, by)


def _is_there(latest: Release, edition: Edition, provisional: bool) -> bool:
    """Would the newest edition come out byte for byte if it were published again from this?"""
    if latest.provisional != provisional:
        return False
    there = edition_of(latest)
    same = replace(
        edition,
        number=there.number,
        kind=there.kind,
        released=there.released,
        provisional=there.provisional,
        note=there.note,
        council=there.council,
    )
    files = build.build_files(same, replaced=_replaced(latest))
    return build.fingerprint(files) == latest.files_fingerprint


def _next(
    wave: Wave,
    latest: Release | None,
    edition: Edition,
    kind: Kind | None,
    note: Words | None,
    table: SafeTable,
    by: str,
) -> Release:
    number = latest.edition + 1 if latest else 1
    edition = replace(edition, number=number, kind=_kind(latest, kind, note), note=note)
    files = build.build_files(edition, replaced=edition_of(latest).figures if latest else None)
    release = _keep(wave, edition, files, latest or _of_the_wave_before(wave), table)
    trail.record(
        act=ACT,
        actor=by,
        subject=f"release:{wave.pk}:{number}",
        moment=edition.released,
        details={"kind": str(edition.kind), "files": release.files_fingerprint, "code": release.code_version},
    )
    return release


def _kind(latest: Release | None, kind: Kind | None, note: Words | None) -> Kind:
    if latest is None:
        return Kind.FIRST
    if kind is Kind.CORRECTION and note is None:
        raise NotNow("a correction says what was wrong: give a note in Dutch and English")
    return Kind.CORRECTION if kind is Kind.CORRECTION else Kind.REVISION


def _keep(wave: Wave, edition: Edition, files: tuple[File, ...], previous: Release | None, table: SafeTable) -> Release:
    release = Release.objects.create(
        wave=wave,
        edition=edition.number,
        kind=edition.kind.value,
        previous=previous,
        title_nl=edition.articles["nl"].title,
        title_en=edition.articles["en"].title,
        published_at=edition.released,
        provisional=edition.provisional,
        synthetic=edition.synthetic,
        note_nl=edition.note.nl if edition.note else "",
        note_en=edition.note.en if edition.note else "",
        content=archive.to_json(edition),
        disclosure_log=[entry.as_json() for entry in table.log],
        data_fingerprint=edition.fingerprint,
        files_fingerprint=build.fingerprint(files),
        code_version=provenance.version(),
    )
    ReleaseFile.objects.bulk_create(
        ReleaseFile(
            release=release,
            name=file.name,
            language=file.language,
            media_type=file.media_type,
            sha256=file.sha256,
            content=file.content,
        )
        for file in files
    )
    return release


def _of_the_wave_before(wave: Wave) -> Release | None:
    """The newest release of the nearest earlier wave that has one."""
    earlier = wave.previous
    while earlier is not None:
        found = next(iter(editions(earlier.pk)), None)
        if found:
            return found
        earlier = earlier.previous
    return None


def editions(wave: str) -> list[Release]:
    """The editions about a wave, newest first."""
    return list(Release.objects.filter(wave=wave).order_by("-edition"))


def newest() -> list[Release]:
    """The newest edition about each wave, the latest wave first."""
    found = Release.objects.select_related("wave").order_by("wave_id", "-edition").distinct("wave_id")
    return sorted(found, key=lambda release: (release.wave.date, release.wave_id), reverse=True)


def write(release: Release, folder: Path) -> int:
    """Write the files of a release into a folder, as they were published; how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    files = release.files.all()
    for file in files:
        (folder / file.name).write_bytes(bytes(file.content))
    return len(files)


def edition_of(release: Release) -> Edition:
    """What a release was made of, from what is kept of it."""
    kept = release.files.get(name=build.FIGURES_NAME)
    book = disclosed.from_json(bytes(kept.content).decode("utf-8"), file=build.FIGURES_NAME)
    return archive.from_json(release.content, book)


def rebuilt(release: Release) -> tuple[str, ...]:
    """The names of files that would come out otherwise when built now; none when data and code are the same."""
    kept = {file.name: file.sha256 for file in release.files.defer("content")}
    built = {file.name: file.sha256 for file in build.build_files(edition_of(release), replaced=_replaced(release))}
    return tuple(sorted(name for name in kept.keys() | built.keys() if kept.get(name) != built.get(name)))


def _replaced(release: Release) -> WaveFigures | None:
    """The figures of the edition before it, of the same wave."""
    before = release.previous
    return edition_of(before).figures if before and before.wave_id == release.wave_id else None


def page_of(release: Release, language: Language) -> page.Page:
    """The page of a release, with the charts as they were drawn."""
    edition = edition_of(release)
    suffix = f".{language}.svg"
    pictures = {
        file.name.removesuffix(suffix): bytes(file.content).decode("utf-8")
        for file in release.files.filter(media_type=build.SVG, language=language)
    }
    return page.page(edition, language, pictures, replaced=_replaced(release))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A release as a list of publications shows it."""

    name: str
    edition: int
    wave: str
    day: str
    title: str
    summary: str
    provisional: bool
    synthetic: bool
    date: date


def listed(release: Release, language: Language) -> Listed:
    """`release.wave` is read."""
    return Listed(
        name=release.wave_id,
        edition=release.edition,
        wave=release.wave.title[language],
        day=numbers.day(release.published_at.astimezone(AMSTERDAM), language),
        title=release.title[language],
        summary=release.summary(language),
        provisional=release.provisional,
        synthetic=release.synthetic,
        date=release.wave.date,
    )
