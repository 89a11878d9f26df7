"""The environment that an installation on one machine gives its processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from peilstok.cli.surroundings import local_environment

WATCH = """
import os, sys

class Watch:
    def find_spec(self, name, path, target=None):
        if name == "numpy":
            print(os.environ.get("OPENBLAS_NUM_THREADS"))

sys.meta_path.insert(0, Watch())
import peilstok.site.wsgi
import peilstok.estimate
"""


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No server is started, and nothing is written beside what the tests have."""
    monkeypatch.setenv("PEILSTOK_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL", "postgresql://nobody@127.0.0.1/none"))
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    return monkeypatch


def test_small_matrices_are_multiplied_in_one_thread_unless_more_are_asked_for(given: pytest.MonkeyPatch) -> None:
    assert local_environment()["OPENBLAS_NUM_THREADS"] == "1"
    given.setenv("OPENBLAS_NUM_THREADS", "4")
    assert local_environment()["OPENBLAS_NUM_THREADS"] == "4"


def test_the_web_servers_processes_know_it_before_they_load_numpy(given: pytest.MonkeyPatch) -> None:
    done = subprocess.run([sys.executable, "-c", WATCH], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1"]
