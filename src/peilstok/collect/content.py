"""What the files of a wave say, read once a process and kept by their fingerprints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from peilstok import questionnaire
from peilstok.collect.models import Wave
from peilstok.collect.wavefile import WaveSpec, spec_of
from peilstok.questionnaire import Questionnaire


@dataclass(frozen=True, slots=True)
class Content:
    spec: WaveSpec
    questionnaire: Questionnaire


LARGEST: Final = 50  # waves kept in one process
_kept: dict[tuple[str, str], Content] = {}


def of(wave: Wave) -> Content:
    """The files of the wave. Costs a statement the first time in a process, none after that."""
    key = (wave.file_fingerprint, wave.questionnaire_fingerprint)
    if key not in _kept:
        file, asked = Wave.objects.values_list("file", "questionnaire").get(pk=wave.pk)
        if len(_kept) >= LARGEST:
            _kept.clear()
        _kept[key] = Content(spec_of(file, file="wave"), questionnaire.read(asked, file="questionnaire"))
    return _kept[key]
