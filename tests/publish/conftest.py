from __future__ import annotations

import json

import pytest

from peilstok.disclose import WaveFigures, figures
from peilstok.publish import archive, build
from peilstok.publish.edition import Edition, File

_built: dict[str, tuple[File, ...]] = {}


def forget() -> None:
    _built.clear()


def build_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts and PDFs of an edition take seconds and come out the same (test_build shows it): make each once."""
    real = build.build_files

    def remembered(edition: Edition, *, replaced: WaveFigures | None = None) -> tuple[File, ...]:
        key = json.dumps([archive.to_json(edition), figures.to_json(edition.book), repr(replaced)], sort_keys=True)
        if key not in _built:
            _built[key] = real(edition, replaced=replaced)
        return _built[key]

    monkeypatch.setattr(build, "build_files", remembered)


@pytest.fixture(autouse=True)
def built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    build_once(monkeypatch)
