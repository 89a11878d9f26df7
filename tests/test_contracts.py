"""What no single room can promise: the order of the rooms, names, a command that answers at once.

Each is shown to catch what it is for: the violation is planted in a copy of the package and must be found.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "peilstok"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of `folder`'s pyproject.toml on the package under its src/."""
    code = "from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package to plant violations in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "src" / "peilstok", ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    return tmp_path


def test_the_contracts_are_kept() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout
    assert ", 0 broken" in done.stdout


VIOLATIONS = """
errors.py                       import peilstok.terms                          order: a lower room imports a higher one
audit/planted.py                from peilstok.accounts import models           order: state imports what stands above
estimate/planted.py             import peilstok.questionnaire                  order: beside each other
publish/planted.py              import peilstok.site.views                     order: a room imports the site
estimate/planted.py             import django                                  plain: knowledge imports Django
disclose/planted.py             import django.conf                             plain: knowledge imports Django, deeper
questionnaire/planted.py        from peilstok import postgres                  plain: knowledge reaches the server
article/planted.py              import peilstok.estimate                       through-disclose: past disclosure control
publish/planted.py              from peilstok import estimate                  through-disclose: past disclosure control
register/models.py              import peilstok.register.views                 models: models import views
collect/mail/bounces.py         from peilstok.collect import models            bounces: judging a bounce needs Django
publish/planted.py              import peilstok.collect.monitor                monitor: raw numbers leave collect
publish/planted.py              import peilstok.collect.counting               monitor: answers leave collect
publish/planted.py              from peilstok.collect.snapshot import answers  monitor: a snapshot leaves collect
publish/planted.py              import peilstok.collect.readiness              monitor: what is withheld leaves collect
utils/__init__.py               import peilstok.errors                         order: a room that is not in the list
"""


@pytest.mark.parametrize("violation", VIOLATIONS.strip().splitlines())
def test_a_planted_violation_breaks_its_contract(house: Path, violation: str) -> None:
    file, statement, contract = re.split(r"\s{2,}", violation)
    plant(house / "src" / "peilstok" / file, statement)
    done = lint_imports(house)
    assert done.returncode == 1, done.stdout
    name = {
        "order": "The order of the rooms",
        "plain": "Rooms of knowledge",
        "through-disclose": "has been through disclose",
        "models": "Models import no views",
        "monitor": "stay in collect",
        "bounces": "What a bounce says",
    }[contract.partition(":")[0]]
    assert re.search(rf"{name}.* BROKEN|not listed as layers", done.stdout), done.stdout


def plant(file: Path, statement: str) -> None:
    file.parent.mkdir(exist_ok=True)
    before = file.read_text("utf-8") if file.exists() else ""
    file.write_text(f"{before}\n\ndef planted() -> None:\n    {statement}\n", "utf-8")
    for module in ("register/views.py", "collect/monitor.py"):  # where a room has none yet, there is one to import
        (file.parents[1] / module).touch() if file.parents[1].name == "peilstok" else None


# names

NO_SUBJECT = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "service",
    "common",
    "misc",
    "base",
    "mixins",
    "managers",
}


def without_subject(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.stem in NO_SUBJECT]


def test_every_module_is_named_after_its_subject() -> None:
    found = [name for name in without_subject(PACKAGE) if name.endswith(".py") or "." not in name]
    assert found == []
    assert without_subject(ROOT / "tools") == []


def test_a_module_without_a_subject_is_found(tmp_path: Path) -> None:
    (tmp_path / "collect").mkdir()
    (tmp_path / "collect" / "utils.py").touch()
    assert without_subject(tmp_path) == ["collect/utils.py"]


def test_no_module_is_longer_than_500_lines() -> None:
    modules = [*PACKAGE.rglob("*.py"), *(ROOT / "tools").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    assert [str(module) for module in modules if module.read_text("utf-8").count("\n") > 500] == []


def test_every_room_says_what_it_is_for() -> None:
    for room in sorted(PACKAGE.glob("*/__init__.py")):
        assert room.read_text("utf-8").lstrip().startswith('"""'), room.parent.name


# what stands in the repository

TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".txt",
    ".in",
    ".sh",
    ".html",
    ".css",
    ".po",
    ".typ",
    ".json",
    ".csv",
    "",
}
# built up from pieces, so that this file does not find itself
PLACES = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "home/[a-z]", "/" + "Users/", r"C:" + r"\\Users"]))
INDEXES = re.compile("--(extra-)?" + "index-url|--" + "find-links|" + "trusted-" + "host")


def of_the_project(root: Path) -> list[Path]:
    """Every file under `root` but what a run makes, by the lines of .gitignore; so a copy without git will do."""
    made = [line.strip("/") for line in (root / ".gitignore").read_text("utf-8").splitlines()]
    files: list[Path] = []
    for folder, inside, names in os.walk(root):
        inside[:] = [name for name in inside if name != ".git" and not _matches(name, made)]
        files += [Path(folder, name) for name in names if not _matches(name, made)]
    return sorted(file for file in files if file.name != ".git")


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def named_in(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    texts = [file for file in files if file.suffix in TEXTS]
    return [f"{file}: {hit[0]}" for file in texts if (hit := pattern.search(file.read_text("utf-8", errors="replace")))]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    files = of_the_project(ROOT)
    assert {ROOT / "README.md", ROOT / ".ci" / "run", PACKAGE / "errors.py"} <= set(files)
    assert named_in(PLACES, files) == []


def test_requirements_name_no_index_and_pin_every_package_by_hash() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert [lock.stem for lock in locks] == ["dev", "engines", "peers", "runtime", "spark"]
    assert named_in(INDEXES, locks) == []
    for lock in locks:
        pins = re.findall(
            r"^[\w.\[\]-]+==[^\n]*\n(?:    --hash=sha256:[0-9a-f]{64}.*\n?)*", lock.read_text(), re.MULTILINE
        )
        assert pins
        assert all("--hash=sha256:" in pin for pin in pins)


def test_a_place_on_a_machine_is_found_but_not_in_what_a_run_made(tmp_path: Path) -> None:
    shutil.copy(ROOT / ".gitignore", tmp_path)
    for folder in ("docs", "var"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "notes.md").write_text("see /" + "home/anna/peilstok\n")
    found = named_in(PLACES, of_the_project(tmp_path))
    assert [line.partition(":")[0] for line in found] == [str(tmp_path / "docs" / "notes.md")]


# the command answers at once

HEAVY = ("django", "numpy", "scipy", "psycopg", "typst", "vl_convert")


def imported_by(statement: str) -> set[str]:
    code = f"import sys\nsys.argv = ['peilstok', '--help']\ntry:\n    {statement}\nexcept SystemExit:\n    pass\n"
    code += "print('\\n'.join({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stderr.split())


def test_help_imports_nothing_heavy() -> None:
    imported = imported_by("from peilstok.cli import main; main()")
    assert "typer" in imported
    assert imported.isdisjoint(HEAVY)


def test_a_heavy_import_would_be_seen() -> None:
    assert "django" in imported_by("import django; from peilstok.cli import main; main()")


def test_help_is_written_for_a_person() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "peilstok", "--help"],
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for group in ("register", "article", "demo", "user", "audit", "db"):
        line = next(line for line in done.stdout.splitlines() if line.strip().startswith(f"{group} "))
        assert len(line.split()) > 3, f"{group} has no help"
