"""A closed wave of the demo as a release: figures through disclosure control, articles checked, files written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from peilstok import article, disclose
from peilstok.article import CheckedArticle
from peilstok.collect.models import Wave
from peilstok.demo import content
from peilstok.demo.fielding import Stage
from peilstok.disclose import SafeTable
from peilstok.disclose.figures import FigureBook
from peilstok.errors import Refused, Severity
from peilstok.publish import releases
from peilstok.publish.models import Release
from peilstok.terms import LANGUAGES, Language, WaveId

AFTER_CLOSING: Final = timedelta(hours=3)


def book(tables: Sequence[SafeTable]) -> FigureBook:
    return disclose.figure_book(tables, synthetic=True)


def publish(wave: Wave, tables: Sequence[SafeTable], stage: Stage) -> Release:
    """Check the articles against the figures of this wave and those before, and publish; a release stays as it is."""
    release = Release.objects.filter(wave=wave).order_by("edition").last()
    if release is None:
        figures = book(tables)
        release = releases.publish_wave(
            wave=wave,
            book=figures,
            table=tables[-1],
            articles={language: _checked(WaveId(wave.pk), language, figures) for language in LANGUAGES},
            by=stage.by,
            moment=wave.closes + AFTER_CLOSING,
            provisional=wave.pk in content.PROVISIONAL,
        )
    _write(release, stage.folder / wave.pk)
    return release


def _checked(wave: WaveId, language: Language, book: FigureBook) -> CheckedArticle:
    path = content.article(wave, language)
    checked = article.check(path.read_text(encoding="utf-8"), file=str(path), book=book)
    if any(finding.severity is Severity.ERROR for finding in checked.findings):
        raise Refused(checked.findings)
    return checked


def _write(release: Release, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in release.files.all():
        (folder / file.name).write_bytes(bytes(file.content))
