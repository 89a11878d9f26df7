"""`peilstok release`, as Cora types it, from answers to a publication."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from peilstok.audit import trail
from peilstok.collect import waves
from peilstok.collect.models import Wave
from peilstok.publish.models import Release
from tests.collect import fielding
from tests.disclose.test_command import answered
from tests.disclose.test_command import wave as open_wave

SRC = Path(__file__).resolve().parents[2] / "src"
pytestmark = pytest.mark.django_db(transaction=True)

NL = """\
---
wave: wave-3
lang: nl
title: De stand van zaken
date: 2020-04-06
---

Van de leerlingen vangen de besturen [10 procent](figure:in_care) op.
"""
EN = """\
---
wave: wave-3
lang: en
title: Where things stand
date: 2020-04-06
---

Of the pupils, [10 percent](figure:in_care) are in care.
"""


def peilstok(*words: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, on the database of the test."""
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"]
    place, mark, query = url.partition("?")
    return subprocess.run(
        [sys.executable, "-m", "peilstok", *words],
        env={
            **os.environ,
            "PYTHONPATH": str(SRC),
            "DATABASE_URL": f"{place.rpartition('/')[0]}/{name}{mark}{query}",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def closed() -> Wave:
    """Three of four boards have 60 of their 600 pupils in care."""
    made = open_wave()
    for number, in_care in (("99001", 10), ("99002", 20), ("99003", 30)):
        answered(made, number, in_care, "school")
    return waves.close_wave(wave=made, by="command", moment=fielding.AFTER)


@pytest.fixture
def articles(tmp_path: Path) -> list[str]:
    (tmp_path / "nl.md").write_text(NL)
    (tmp_path / "en.md").write_text(EN)
    return ["--article", str(tmp_path / "nl.md"), "--article", str(tmp_path / "en.md")]


def test_a_closed_wave_becomes_one_release_that_says_where_it_stands(
    closed: Wave, articles: list[str], tmp_path: Path, client: Client
) -> None:
    folder = tmp_path / "published"
    done = peilstok("release", "publish", "wave-3", *articles, "--out", str(folder))
    assert done.returncode == 0, done.stderr
    address = "/publicaties/wave-3/1/"
    assert f"wave-3 edition 1: http://localhost:8000{address}" in done.stdout
    assert "Where things stand" in client.get(address, {"lang": "en"}).content.decode()
    assert (folder / "article.nl.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((folder / "figures.json").read_text())["synthetic"] is True
    assert trail.verify() is None

    again = peilstok("release", "publish", "wave-3", *articles)
    assert again.returncode == 0
    assert "nothing new is published" in again.stderr
    notes = ("--correction", "--note-nl", "Een fout.", "--note-en", "A mistake.")
    nothing_wrong = peilstok("release", "publish", "wave-3", *articles, *notes)
    assert nothing_wrong.returncode == 2
    assert "wave-3 edition 1 says exactly this already" in nothing_wrong.stderr
    listed = peilstok("release", "list").stdout.splitlines()
    assert len(listed) == 1
    assert listed[0].startswith("wave-3  edition 1  ")
    assert listed[0].endswith(f"first, synthetic  http://localhost:8000{address}")
    assert json.loads(peilstok("release", "list", "--format", "json").stdout)[0]["title"]["nl"] == "De stand van zaken"


def test_what_is_wrong_in_both_articles_is_told_at_once_and_nothing_is_published(
    closed: Wave, articles: list[str], tmp_path: Path
) -> None:
    (tmp_path / "nl.md").write_text(NL.replace("10 procent", "11 procent"))
    (tmp_path / "en.md").write_text(EN.replace("title: Where things stand\n", ""))
    folder = tmp_path / "published"
    done = peilstok("release", "publish", "wave-3", *articles, "--out", str(folder))
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert any(f"error {tmp_path / 'nl.md'}:8:" in line and '"11 procent"' in line for line in lines)
    assert any(f"error {tmp_path / 'en.md'}:" in line for line in lines)
    assert not Release.objects.exists()
    assert not folder.exists()


def test_two_articles_in_one_language_are_refused(closed: Wave, articles: list[str], tmp_path: Path) -> None:
    (tmp_path / "en.md").write_text(NL)
    done = peilstok("release", "publish", "wave-3", *articles)
    assert done.returncode == 1
    assert f"P007 error {tmp_path / 'en.md'} a second article in nl" in done.stdout


def test_one_language_is_not_enough(closed: Wave, articles: list[str]) -> None:
    done = peilstok("release", "publish", "wave-3", *articles[:2])
    assert done.returncode == 1
    assert "P001 error articles of wave-3 no article in en" in done.stdout


def test_a_wave_that_is_open_is_not_published(articles: list[str]) -> None:
    made = open_wave()
    for number, in_care in (("99001", 10), ("99002", 20), ("99003", 30)):
        answered(made, number, in_care, "school")
    done = peilstok("release", "publish", "wave-3", *articles)
    assert done.returncode == 2
    assert "after it has closed" in done.stderr


def test_a_correction_without_its_note_in_both_languages_is_refused(closed: Wave, articles: list[str]) -> None:
    done = peilstok("release", "publish", "wave-3", *articles, "--correction", "--note-nl", "Een fout.")
    assert done.returncode == 2
    assert "--note-nl and --note-en" in done.stderr


def test_an_edition_after_the_first_needs_a_note_and_shows_it(
    closed: Wave, articles: list[str], tmp_path: Path, client: Client
) -> None:
    assert peilstok("release", "publish", "wave-3", *articles).returncode == 0
    (tmp_path / "nl.md").write_text(NL.replace("vangen de besturen", "vangen deze besturen"))
    silent = peilstok("release", "publish", "wave-3", *articles)
    assert silent.returncode == 2
    assert "wave-3 edition 2 has to say what is other than in edition 1" in silent.stderr
    assert "--note-nl and --note-en" in silent.stderr
    assert Release.objects.count() == 1
    notes = ("--note-nl", "De eerste zin is duidelijker.", "--note-en", "The first sentence is clearer.")
    assert peilstok("release", "publish", "wave-3", *articles, *notes).returncode == 0
    assert "De eerste zin is duidelijker." in client.get("/publicaties/wave-3/2/", {"lang": "nl"}).content.decode()
