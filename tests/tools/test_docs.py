"""The pages of the documentation point to what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PACKAGE = ROOT / "src" / "peilstok"
PLACES = (PACKAGE, *(room for room in PACKAGE.iterdir() if room.is_dir()))
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")
PATH = re.compile(r"`((?:[\w-]+/)+(?:[\w-]+\.(?:py|yaml|csv))?)`")


def outside_code(page: Path) -> str:
    """The page without its examples."""
    return re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))


def is_there(name: str) -> bool:
    """At the root, or within the package where the root has no such folder: `demo/` is one of both."""
    at_root = (ROOT / name.partition("/")[0]).exists()
    return any((place / name).exists() for place in ([ROOT] if at_root else PLACES))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_links_to_is_there(page: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", outside_code(page))
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_file_or_folder_that_a_page_names_is_there(page: Path) -> None:
    named = {name for name in PATH.findall(outside_code(page)) if not name.startswith(("var/", "nothing/"))}
    assert [name for name in sorted(named) if not is_there(name)] == []
