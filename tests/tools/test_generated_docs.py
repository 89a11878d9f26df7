"""The pages made from the code are as the code is, and a stale one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import generated_docs


def test_every_generated_page_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert generated_docs.main(["--check"]) == 0, capsys.readouterr().out


def test_a_stale_page_and_a_missing_one_are_named_and_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generated_docs, "ROOT", tmp_path)
    generated_docs.main([])
    (tmp_path / "docs/cli.md").write_text("old")
    (tmp_path / "docs/settings.md").unlink()
    capsys.readouterr()
    assert generated_docs.main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/settings.md is stale: make docs\ndocs/cli.md is stale: make docs\n"
    assert (tmp_path / "docs/cli.md").read_text() == "old"


def test_writing_twice_writes_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated_docs, "ROOT", tmp_path)
    generated_docs.main([])
    first = {path: (tmp_path / path).read_text() for path, _ in generated_docs.PAGES}
    generated_docs.main([])
    assert {path: (tmp_path / path).read_text() for path, _ in generated_docs.PAGES} == first


def test_the_page_of_commands_has_every_command() -> None:
    page = generated_docs.commands()
    for command in ("register import", "article check", "demo run", "user add", "audit verify", "db migrate"):
        assert f"## `peilstok {command}" in page
    assert "--expect NUMBER:HASH" in page


def test_the_page_of_settings_says_which_are_required() -> None:
    lines = generated_docs.settings().splitlines()
    required = [line.split("`")[1] for line in lines if line.startswith("|") and "**required**" in line]
    assert required == ["DATABASE_URL", "PEILSTOK_SECRET_KEY", "PEILSTOK_SITE_URL"]
