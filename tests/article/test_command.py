"""`peilstok article check`: what it prints and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from peilstok.disclose.figures import to_json
from tests.article.book import published, text

SOURCE = Path(__file__).resolve().parents[2] / "src"


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "peilstok", "article", "check", *arguments],
        cwd=cwd,
        env={"PYTHONPATH": str(SOURCE), "PATH": "", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "FIGURES.json").write_text(to_json(published()), encoding="utf-8")
    (tmp_path / "right.md").write_text(text("Nu [3,8 procent](figure:in_care)."), encoding="utf-8")
    (tmp_path / "warned.md").write_text(text("Nu [3,8](figure:in_care)."), encoding="utf-8")
    (tmp_path / "wrong.md").write_text(text("Nu [3,9 procent](figure:in_care) en 12."), encoding="utf-8")
    (tmp_path / "front.md").write_text("Nu 12.", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "codes", "status"),
    [
        ("right.md", [], 0),
        ("warned.md", ["A028 warning"], 0),
        ("wrong.md", ["A024 error", "A060 error"], 1),
        ("front.md", ["A001 error", "A060 error"], 1),
    ],
)
def test_findings_go_to_standard_output_one_plain_line_each(
    folder: Path, name: str, codes: list[str], status: int
) -> None:
    ended = run(name, "--figures", "FIGURES.json", cwd=folder)
    lines = ended.stdout.splitlines()
    assert [" ".join(line.split()[:2]) for line in lines] == codes
    assert all(f" {name}:" in line and " | " in line and "\x1b" not in line for line in lines)
    assert ended.returncode == status
    assert name in ended.stderr


def test_the_line_of_a_finding_is_the_one_of_the_design(folder: Path) -> None:
    ended = run("wrong.md", "--figures", "FIGURES.json", cwd=folder)
    assert ended.stdout.splitlines()[1] == (
        'A060 error wrong.md:8:37 "12" | [..](figure:name), [..](source:https://..) or [..](literal:)'
    )


def test_json_is_one_object_with_the_findings(folder: Path) -> None:
    ended = run("wrong.md", "--figures", "FIGURES.json", "--format", "json", cwd=folder)
    document = json.loads(ended.stdout)
    assert (document["file"], document["bindings"], document["error"], document["warning"]) == ("wrong.md", 1, 2, 0)
    first = document["findings"][0]
    assert (first["code"], first["severity"], first["line"], first["column"]) == ("A024", "error", 8, 5)
    assert (first["figure"], ended.returncode) == ("in_care", 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("none.md", "--figures", "FIGURES.json"),
        ("right.md", "--figures", "none.json"),
        ("right.md", "--figures", "."),
        ("latin.md", "--figures", "FIGURES.json"),
        ("right.md",),
    ],
)
def test_what_cannot_run_ends_with_two_and_says_why_without_a_traceback(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    (folder / "latin.md").write_bytes(b"caf\xe9")
    ended = run(*arguments, cwd=folder)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.strip()
    assert "Traceback" not in ended.stderr


NO_FIGURES = """{"waves": [
  {"id": "wave-3", "date": "2020-04-06", "respondents": 9, "figures": {
    "a": {"value": "3", "unit": "percent", "kind": "share"}}}]}"""


def test_findings_about_the_figures_are_printed_like_all_others_and_end_with_two(folder: Path) -> None:
    (folder / "BROKEN.json").write_text(NO_FIGURES, encoding="utf-8")
    ended = run("right.md", "--figures", "BROKEN.json", cwd=folder)
    assert ended.stdout.splitlines() == [
        'F005 error BROKEN.json:3:20 waves[0].figures.a.value: "3" | a number',
    ]
    assert ended.returncode == 2
    assert "BROKEN.json is not a file of figures" in ended.stderr
    assert "Traceback" not in ended.stderr

    in_json = run("right.md", "--figures", "BROKEN.json", "--format", "json", cwd=folder)
    document = json.loads(in_json.stdout)
    assert (document["file"], document["bindings"], document["error"], in_json.returncode) == ("right.md", 0, 1, 2)
    (found,) = document["findings"]
    assert (found["code"], found["file"], found["line"], found["column"]) == ("F005", "BROKEN.json", 3, 20)


def test_figures_that_are_no_json_are_told_with_the_place_where_it_ends(folder: Path) -> None:
    ended = run("right.md", "--figures", "right.md", "--format", "json", cwd=folder)
    assert [each["code"] for each in json.loads(ended.stdout)["findings"]] == ["F001"]
    assert ended.returncode == 2


def test_the_check_imports_no_django_and_opens_no_database(folder: Path) -> None:
    program = (
        "import sys; from peilstok.cli import app\n"
        "try: app(['article', 'check', 'right.md', '--figures', 'FIGURES.json'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('django', 'psycopg') if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PYTHONPATH": str(SOURCE), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.strip() == "[]"


def test_help_is_written_for_a_person(folder: Path) -> None:
    ended = run("--help", cwd=folder)
    assert ended.returncode == 0
    assert "[meer](claim:higher(in_care,wave-2))" in " ".join(ended.stdout.split())
