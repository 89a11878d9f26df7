"""The pages made from the code are as the code is, and a stale one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import generated_docs


def test_every_generated_page_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert generated_docs.main(["--check"]) == 0, capsys.readouterr().out


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root that has the pages written by hand and none of the others."""
    for path, _, _ in generated_docs.PARTS:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text((generated_docs.ROOT / path).read_text())
    monkeypatch.setattr(generated_docs, "ROOT", tmp_path)
    return tmp_path


def test_a_stale_page_and_a_missing_one_are_named_and_not_touched(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path = elsewhere
    generated_docs.main([])
    (tmp_path / "docs/cli.md").write_text("old")
    (tmp_path / "docs/settings.md").unlink()
    capsys.readouterr()
    assert generated_docs.main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/settings.md is stale: make docs\ndocs/cli.md is stale: make docs\n"
    assert (tmp_path / "docs/cli.md").read_text() == "old"


def test_writing_twice_writes_the_same(elsewhere: Path) -> None:
    generated_docs.main([])
    first = {path: (elsewhere / path).read_text() for path, _ in generated_docs.texts()}
    generated_docs.main([])
    assert {path: (elsewhere / path).read_text() for path, _ in generated_docs.texts()} == first


def test_a_stale_part_of_a_page_is_named_and_written_anew_and_the_rest_stays(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = elsewhere / "docs/formats/questionnaire.md"
    sound = page.read_text()
    page.write_text(
        sound.replace("| Q001 | The file", "| Q001 | A file").replace("# The questionnaire file", "# By hand")
    )
    generated_docs.main([])
    assert "wrote docs/formats/questionnaire.md" in capsys.readouterr().out.splitlines()
    assert page.read_text() == sound.replace("# The questionnaire file", "# By hand")
    page.write_text(sound.replace("| Q001 | The file", "| Q001 | A file"))
    assert generated_docs.main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/formats/questionnaire.md is stale: make docs\n"


def test_a_page_without_a_place_for_its_part_is_told() -> None:
    with pytest.raises(SystemExit, match=r"page\.md has no place for its codes"):
        generated_docs.with_part("# A page\n", "codes", "table\n", path="page.md")


def test_the_page_of_commands_has_every_command() -> None:
    page = generated_docs.commands()
    for command in ("register import", "article check", "demo run", "user add", "audit verify", "db migrate"):
        assert f"## `peilstok {command}" in page
    assert "--expect NUMBER:HASH" in page


def test_the_page_of_settings_says_which_are_required() -> None:
    lines = generated_docs.settings().splitlines()
    required = [line.split("`")[1] for line in lines if line.startswith("|") and "**required**" in line]
    assert required == ["DATABASE_URL", "PEILSTOK_SECRET_KEY", "PEILSTOK_SITE_URL"]
