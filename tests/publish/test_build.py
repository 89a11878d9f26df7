"""The files of an edition: which there are, and that the same edition gives the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as Xml

from peilstok.disclose import figures
from peilstok.publish import archive, build
from peilstok.publish.edition import File
from tests.publish import example


@cache
def files() -> dict[str, File]:
    return {file.name: file for file in build.build_files(example.edition())}


def test_an_edition_has_its_article_in_two_languages_charts_and_open_data() -> None:
    charts = ("care-forms", "changes", "municipal-care")
    assert list(files()) == [
        "article.en.html",
        "article.en.pdf",
        "article.nl.html",
        "article.nl.pdf",
        *(f"chart-{chart}.{language}.svg" for chart in charts for language in ("en", "nl")),
        "figures.csv",
        "figures.csv-metadata.json",
        "figures.json",
    ]


def test_the_figures_file_reads_back_as_the_same_book() -> None:
    text = files()["figures.json"].content.decode("utf-8")
    assert figures.from_json(text, file="figures.json") == example.book()


def test_every_form_of_an_edition_of_synthetic_answers_says_so() -> None:
    for name, file in files().items():
        if name.endswith(".pdf"):
            continue  # compressed: read in test_pdf
        assert b"ynthetic" in file.content or b"ynthetische" in file.content, name


def test_two_processes_build_the_same_bytes() -> None:
    program = (
        "import django; django.setup()\n"
        "from tests.publish import example\n"
        "from peilstok.publish import build\n"
        "print(build.fingerprint(build.build_files(example.edition())))\n"
    )
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "peilstok.site.settings",
        "PYTHONPATH": os.pathsep.join(str(Path(__file__).parents[2] / part) for part in ("src", "")),
        "PYTHONHASHSEED": "2",
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=surroundings, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == build.fingerprint(files().values())


def test_an_edition_comes_back_from_the_archive_as_it_went_in() -> None:
    names = (example.FigureName("care_digital"),)
    edition = example.edition(
        note=example.Words(nl="Aanvulling", en="Addition"), withheld_before=names, excepted=(example.EXCEPTED,)
    )
    kept = json.loads(json.dumps(archive.to_json(edition)))
    assert archive.from_json(kept, example.book()) == edition


def test_the_fingerprint_tells_a_changed_byte_and_a_changed_name() -> None:
    one = File(name="a", media_type="text/plain", content=b"x")
    changed = File(name="a", media_type="text/plain", content=b"y")
    renamed = File(name="b", media_type="text/plain", content=b"x")
    assert len({build.fingerprint([each]) for each in (one, changed, renamed)}) == 3
    assert build.fingerprint([one, renamed]) == build.fingerprint([renamed, one])


def test_what_others_in_the_process_do_with_xml_changes_no_byte() -> None:
    """The prefixes of XML are one table for a whole process, and reading an XLSForm writes to it."""
    before = {file.name: file.sha256 for file in build.build_files(example.edition())}
    Xml.register_namespace("", "http://www.w3.org/2002/xforms")
    assert {file.name: file.sha256 for file in build.build_files(example.edition())} == before
