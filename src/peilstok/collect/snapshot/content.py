"""The files of a snapshot, and the one fingerprint of all of them.

`SHA256SUMS` has the hash of every other file but the manifest, as `sha256sum -c` reads it; the fingerprint is the hash
of that file (`fingerprints`). Nothing in them depends on when, where or by whom they are made. Format:
docs/formats/snapshot.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from peilstok.collect.models import Wave
from peilstok.collect.snapshot import answers, codebook
from peilstok.collect.snapshot.fingerprints import MANIFEST, SUMS, Files, fingerprint, sums
from peilstok.collect.snapshot.parquet import to_parquet
from peilstok.collect.snapshot.tables import Table, to_csv
from peilstok.estimate import answers as estimation

FORMAT: Final = "peilstok/snapshot/1"


def files(wave: Wave) -> Files:
    """Every file by its name, in the order of the names."""
    source = answers.source(wave)
    tables = answers.tables(source)
    made = dict(sorted((*_of_tables(tables), *_of_codebook(tables, source), *_of_wave(wave))))
    made[SUMS] = sums(made)
    made[MANIFEST] = _manifest(wave, made, source)
    return dict(sorted(made.items()))


def _of_tables(tables: tuple[Table, ...]) -> Iterator[tuple[str, bytes]]:
    for table in tables:
        yield f"{table.name}.csv", to_csv(table)
        yield f"{table.name}.parquet", to_parquet(table)


def _of_codebook(tables: tuple[Table, ...], source: answers.Source) -> Iterator[tuple[str, bytes]]:
    found = codebook.entries(tables, source.questionnaire)
    yield "codebook.csv", codebook.columns_csv(found)
    yield "codebook-values.csv", codebook.values_csv(source.questionnaire)
    yield "codebook.md", codebook.markdown(found, source.questionnaire)


def _of_wave(wave: Wave) -> Iterator[tuple[str, bytes]]:
    """What the figures are made by, as it was read when the wave was made."""
    yield "wave.yaml", wave.file.encode()
    yield "questionnaire.yaml", wave.questionnaire.encode()
    if wave.plan:
        yield "plan.yaml", wave.plan.encode()


def _manifest(wave: Wave, made: Files, source: answers.Source) -> bytes:
    said = {each.number: each.values for each in source.answered}
    data = estimation.wave(frame=source.population, answers=said).fingerprint if said else None
    told = {
        "format": FORMAT,
        "wave": wave.pk,
        "date": wave.date.isoformat(),
        "synthetic": wave.frame.synthetic,
        "invited": len(source.population),
        "out_of_scope": len(source.boards) - len(source.population),
        "answered": len(source.answered),
        "frame": wave.frame_fingerprint,
        "questionnaire": wave.questionnaire_fingerprint,
        "plan": source.plan.fingerprint if source.plan else None,
        "data": data,
        "files": {name: sha256(content).hexdigest() for name, content in made.items() if name != SUMS},
        "fingerprint": fingerprint(made),
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
