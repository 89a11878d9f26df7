"""Publishing: from checked articles and safe figures to an edition that is kept for ever.

    publish_wave(...)   the edition, made now or already there
    edition_of(release) what it was made of; `rebuilt` compares the files that this gives with those kept

Decides whether an edition may be made and which number it gets. An article with errors, a language that is missing,
figures that are not those of the book: refused with every reason. The same content again gives the edition that is
there, also when it would be drawn otherwise now; other content makes the next one, of a kind that follows from what
is other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from peilstok.article import CheckedArticle
from peilstok.audit import trail
from peilstok.collect.models import Snapshot, Wave
from peilstok.disclose import SafeTable
from peilstok.disclose import figures as disclosed
from peilstok.disclose.figures import FigureBook, WaveFigures
from peilstok.errors import NotNow, Refused
from peilstok.publish import acceptance, archive, build, changes, numbers, page, provenance
from peilstok.publish.edition import Edition, File, Kind
from peilstok.publish.models import Release, ReleaseFile
from peilstok.terms import AMSTERDAM, Language, Words

ACT: Final = "release.publish"
_NO_NOTE: Final = (
    "{release} has to say what is other than in edition {before}: give a note in Dutch and English "
    "(--note-nl and --note-en)"
)


def publish_wave(
    *,
    wave: Wave,
    book: FigureBook,
    tables: Sequence[SafeTable],
    articles: Mapping[Language, CheckedArticle],
    by: str,
    moment: datetime,
    correction: bool = False,
    note: Words | None = None,
    provisional: bool = False,
) -> Release:
    """Publish the articles and figures of a closed wave.

    `book` has the figures of this wave and of earlier ones as `tables` have them, oldest first. Every edition after the
    first needs a `note`: what is other, of a `correction` what was wrong. Raises `Refused` with all findings about
    articles and figures, `NotNow` where the wave is not closed, the note is missing, or correction or note are about no
    new edition.
    """
    findings = acceptance.findings(wave=wave, book=book, tables=tables, articles=articles)
    if findings:
        raise Refused(findings)
    with transaction.atomic():
        wave = Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)  # one publisher at a time
        if wave.state != Wave.State.CLOSED:
            raise NotNow(f"{wave.pk} is {wave.state}: a wave is published after it has closed")
        edition = acceptance.edition(
            wave=wave, book=book, tables=tables, articles=articles, council=settings.PEILSTOK.council, moment=moment
        )
        edition = replace(edition, provisional=provisional, note=note)
        table = acceptance.table_of(wave, tables)
        latest = next(iter(editions(wave.pk)), None)
        if latest is None:
            return _first(wave, edition, correction, table, by)
        there = edition_of(latest)
        if archive.same_content(there, edition):
            return _again(latest, there, edition, correction)
        following = replace(edition, number=there.number + 1, kind=_kind(there, edition, correction))
        if following.note is None:
            raise NotNow(_NO_NOTE.format(release=f"{wave.pk} edition {following.number}", before=there.number))
        return _make(wave, following, there, latest, table, by)


def _first(wave: Wave, edition: Edition, correction: bool, table: SafeTable, by: str) -> Release:
    if correction or edition.note:
        raise NotNow(f"there is no edition of {wave.pk} yet: no correction or note can be about it")
    return _make(wave, edition, None, _of_the_wave_before(wave), table, by)


def _again(latest: Release, there: Edition, edition: Edition, correction: bool) -> Release:
    """The edition that is there, unless it lacks what was to be said about it."""
    if (correction and there.kind is not Kind.CORRECTION) or (edition.note and edition.note != there.note):
        raise NotNow(f"{latest} says exactly this already: a correction or a note needs a text or figures that differ")
    return latest


def _kind(there: Edition, edition: Edition, correction: bool) -> Kind:
    """Why the edition follows the one that is there."""
    if correction:
        if edition.note is None:
            raise NotNow("a correction says what was wrong: give a note in Dutch and English (--note-nl and --note-en)")
        return Kind.CORRECTION
    if not _same_figures(there, edition):
        return Kind.REVISION
    if edition.provisional and not there.provisional:
        raise NotNow(f"edition {there.number} called the figures final, and they are the same: publish a correction")
    return Kind.FINAL if there.provisional and not edition.provisional else Kind.TEXT


def _same_figures(one: Edition, other: Edition) -> bool:
    withheld, withheld_by_other = ({each.name for each in edition.withheld} for edition in (one, other))
    return withheld == withheld_by_other and changes.same_figures(one.book, other.book)


def _make(
    wave: Wave, edition: Edition, replaced: Edition | None, previous: Release | None, table: SafeTable, by: str
) -> Release:
    files = build.build_files(edition, replaced=replaced.figures if replaced else None)
    release = _keep(wave, edition, files, previous, table)
    trail.record(
        act=ACT,
        actor=by,
        subject=f"release:{wave.pk}:{edition.number}",
        moment=edition.released,
        details={
            "kind": str(edition.kind),
            "files": release.files_fingerprint,
            "code": release.code_version,
            "snapshot": release.snapshot.fingerprint if release.snapshot else None,
        },
    )
    return release


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
        snapshot=Snapshot.objects.filter(wave=wave).first(),
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
