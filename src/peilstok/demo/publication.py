"""A closed wave of the demo as a release: its articles against the figures, published once, its files written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from peilstok import disclose
from peilstok.collect.models import Wave
from peilstok.demo import content
from peilstok.demo.fielding import Stage
from peilstok.disclose import SafeTable
from peilstok.disclose.figures import FigureBook
from peilstok.publish import proofs, releases
from peilstok.publish.models import Release
from peilstok.terms import LANGUAGES, WaveId

AFTER_CLOSING: Final = timedelta(hours=3)


def book(tables: Sequence[SafeTable]) -> FigureBook:
    return disclose.figure_book(tables, synthetic=True)


def publish(wave: Wave, tables: Sequence[SafeTable], stage: Stage) -> Release:
    """Check the articles against the figures of this wave and those before, and publish; a release stays as it is."""
    release = Release.objects.filter(wave=wave).order_by("edition").last()
    if release is None:
        files = [content.article(WaveId(wave.pk), language) for language in LANGUAGES]
        texts = {str(path): path.read_text(encoding="utf-8") for path in files}
        release = proofs.publish_proof(
            proofs.proof_of(wave=wave, articles=texts, tables=tables),
            by=stage.by,
            moment=wave.closes + AFTER_CLOSING,
            provisional=wave.pk in content.PROVISIONAL,
        )
    releases.write(release, stage.folder / wave.pk)
    return release
