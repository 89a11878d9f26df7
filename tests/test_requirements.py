"""What is installed to run Peilstok is what it imports: the checks have more, and would not miss anything."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "peilstok"


def pinned() -> set[str]:
    lines = (ROOT / "requirements" / "runtime.txt").read_text().splitlines()
    return {_plain(found[1]) for line in lines if (found := re.match(r"([A-Za-z0-9._-]+)(?:\[.*\])?==", line))}


def extra() -> set[str]:
    """What is installed where it is asked for. `estimate` alone imports it, where it is handed such a table."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    return {_plain(re.split(r"[\[<>=]", line)[0]) for lines in asked.values() for line in lines}


def imported(place: Path) -> Iterator[str]:
    """The packages that a module imports, also those that it imports where it needs them."""
    for node in ast.walk(ast.parse(place.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        yield from (name.partition(".")[0] for name in names)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_whatever_the_source_imports_is_installed_to_run_it() -> None:
    installed, known, extras = packages_distributions(), pinned(), extra()
    missing = {
        (str(place.relative_to(ROOT)), name)
        for place in SOURCE.rglob("*.py")
        for name in imported(place)
        if name not in sys.stdlib_module_names | {"peilstok"}
        and not (known | (extras if place.is_relative_to(SOURCE / "estimate") else set()))
        & {_plain(each) for each in installed.get(name, ())}
    }
    assert not missing
