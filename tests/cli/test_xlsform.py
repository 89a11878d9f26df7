"""XLSForm in and out from the command line: what is printed, what is written, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from peilstok.cli import app
from peilstok.errors import CannotRun
from tests.questionnaire.building import file, item
from tests.questionnaire.xlsform.building import form, markdown, q


def run(*words: str | Path) -> tuple[int, list[str]]:
    result = CliRunner().invoke(app, ["questionnaire", *map(str, words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout.splitlines()


def test_a_form_goes_in_and_out_and_in_again(tmp_path: Path) -> None:
    (tmp_path / "form.md").write_bytes(markdown(form(q("integer", "a", constraint=". >= 0"), q("text", "b"))))
    assert run("import", tmp_path / "form.md", "--output", tmp_path / "first.yaml") == (0, [])
    status, told = run("export", tmp_path / "first.yaml", "--output", tmp_path / "again.xlsx")
    assert (status, [line[:4] for line in told]) == (0, ["X052"])
    assert run("import", tmp_path / "again.xlsx", "--output", tmp_path / "second.yaml") == (0, [])
    assert (tmp_path / "first.yaml").read_text() == (tmp_path / "second.yaml").read_text()


def test_a_form_that_is_refused_gives_its_findings_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "form.md").write_bytes(markdown(form(q("geopoint", "a"))))
    status, told = run("import", tmp_path / "form.md", "--output", tmp_path / "form.yaml")
    assert status == 1
    assert len(told) == 1
    assert told[0].startswith('X003 error form.md:3:survey!type the type "geopoint" (a place on the map) | ')
    assert not (tmp_path / "form.yaml").exists()


def test_a_questionnaire_that_xlsform_cannot_say_gives_its_findings_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "poll.yaml").write_text(file([item("a", when="register(pupils) > 1")]))
    status, told = run("export", tmp_path / "poll.yaml", "--output", tmp_path / "poll.xlsx")
    assert (status, told[0][:10]) == (1, "X050 error")
    assert not (tmp_path / "poll.xlsx").exists()


@pytest.mark.parametrize("words", [("import", "none.xlsx"), ("export", "none.yaml")])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, words: tuple[str, str]) -> None:
    with pytest.raises(CannotRun, match="cannot be read"):
        run(words[0], tmp_path / words[1], "--output", tmp_path / "out")


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "form.md").write_bytes(markdown(form(q("text", "a"))))
    with pytest.raises(CannotRun, match="cannot be written"):
        run("import", tmp_path / "form.md", "--output", tmp_path / "no" / "folder.yaml")
