"""How a browser for the tests is found, installed or asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tools import browser


def fake(path: Path, says: str, status: int = 0) -> str:
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without a browser: an empty search path, no Mac applications, no download."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "MAC", ())
    monkeypatch.setattr(browser, "_of_playwright", lambda: None)
    monkeypatch.delenv("PEILSTOK_BROWSER", raising=False)
    return tmp_path


def test_an_installed_browser_is_found(bare: Path) -> None:
    place = fake(bare / "chromium", "Chromium 150.0")
    assert browser.find(os.environ) == place


def test_a_script_that_only_says_what_to_install_is_no_browser(bare: Path) -> None:
    fake(bare / "chromium-browser", "Chromium is a snap: install it", status=1)
    assert browser.find(os.environ) is None
    place = fake(bare / "google-chrome", "Google Chrome 150.0")
    assert browser.find(os.environ) == place


def test_a_browser_named_by_its_path_is_taken_and_no_other(bare: Path) -> None:
    fake(bare / "chromium", "Chromium 150.0")
    other = fake(bare / "mine", "Chromium 140.0")
    assert browser.find({"PEILSTOK_BROWSER": other}) == other
    assert browser.find({"PEILSTOK_BROWSER": str(bare / "nowhere")}) is None


def test_without_any_browser_the_run_fails_with_what_to_install(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "install", lambda: None)
    assert browser.main() == 2
    said = capsys.readouterr().err
    assert "apt install chromium" in said
    assert "PEILSTOK_BROWSER=none make test" in said


def test_what_was_installed_is_found_then(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "install", lambda: fake(bare / "chromium", "Chromium 150.0"))
    assert browser.main() == 0
    assert capsys.readouterr().out == f"browser: {bare / 'chromium'}\n"


def test_leaving_the_browser_out_is_asked_for_by_name_and_said(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake(bare / "chromium", "Chromium 150.0")
    monkeypatch.setenv("PEILSTOK_BROWSER", "none")
    assert browser.main() == 0
    assert "left out" in capsys.readouterr().err
    assert browser.find(os.environ) is None


@pytest.mark.parametrize(
    ("user", "apt", "first"), [(0, True, "apt-get"), (0, False, "playwright"), (1000, True, "playwright")]
)
def test_as_root_on_debian_the_package_comes_first_and_else_the_download(
    bare: Path, monkeypatch: pytest.MonkeyPatch, user: int, apt: bool, first: str
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(browser.shutil, "which", lambda name: "/x/apt-get" if apt and name == "apt-get" else None)
    monkeypatch.setattr(browser, "_runs", lambda command, variables: ran.append(" ".join(command)) or True)
    browser.install()
    assert first in ran[0]
    assert len(ran) == (2 if first == "apt-get" else 1)


def test_where_the_package_cannot_be_had_the_download_is_tried(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(browser.shutil, "which", lambda name: "/x/apt-get")

    def runs(command: list[str], variables: dict[str, str]) -> bool:
        ran.append(command[0])
        return command[0] != "apt-get"

    monkeypatch.setattr(browser, "_runs", runs)
    browser.install()
    assert ran[0] == "apt-get"
    assert "python" in ran[-1]
