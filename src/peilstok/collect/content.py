"""What the files of a wave say, read once a process and kept by their fingerprints."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from peilstok import questionnaire
from peilstok.collect.models import Wave
from peilstok.collect.wavefile import WaveSpec, spec_of
from peilstok.disclose import Plan, read_plan
from peilstok.questionnaire import Questionnaire


@dataclass(frozen=True, slots=True)
class Content:
    spec: WaveSpec
    questionnaire: Questionnaire


LARGEST: Final = 50  # waves, and questionnaires, kept in one process
_kept: dict[tuple[str, str], Content] = {}
_questionnaires: dict[str, Questionnaire] = {}


def of(wave: Wave) -> Content:
    """The files of the wave. Costs two statements the first time in a process, none after that."""
    key = (wave.file_fingerprint, wave.questionnaire_fingerprint)
    if key not in _kept:
        file = Wave.objects.values_list("file", flat=True).get(pk=wave.pk)
        asked = questionnaire_of(wave.pk, wave.questionnaire_fingerprint)
        if len(_kept) >= LARGEST:
            _kept.clear()
        _kept[key] = Content(spec_of(file, file="wave"), asked)
    return _kept[key]


def questionnaire_of(wave: str, fingerprint: str) -> Questionnaire:
    """The questionnaire of the wave with this number, which has this fingerprint."""
    if fingerprint not in _questionnaires:
        text = Wave.objects.values_list("questionnaire", flat=True).get(pk=wave, questionnaire_fingerprint=fingerprint)
        if len(_questionnaires) >= LARGEST:
            _questionnaires.clear()
        _questionnaires[fingerprint] = questionnaire.read(text, file="questionnaire")
    return _questionnaires[fingerprint]


def plan_of(wave: Wave) -> Plan | None:
    """The plan of the wave; None where it has none."""
    return _plan(wave.plan, f"{wave.pk}/plan.yaml") if wave.plan else None


@lru_cache(maxsize=LARGEST)
def _plan(text: str, file: str) -> Plan:
    return read_plan(text, file=file)
