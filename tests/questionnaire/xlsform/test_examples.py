"""The example forms of pyxform: each is imported or refused by name, and most that could be are imported.

They are read from a folder outside the repository, `tests/example_xls` of https://github.com/XLSForm/pyxform at
v4.5.0, that PEILSTOK_XLSFORM_EXAMPLES names. Without it these tests are left out, by name.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from peilstok.errors import Severity
from peilstok.questionnaire.xlsform import Imported, exported, imported

FOLDER = os.environ.get("PEILSTOK_XLSFORM_EXAMPLES", "")
ENDS = (".xlsx", ".xls", ".csv", ".md")
FILES = sorted(each for each in Path(FOLDER).iterdir() if each.suffix in ENDS) if FOLDER else []
LEAVES_OUT = pytest.mark.skipif(not FILES, reason="PEILSTOK_XLSFORM_EXAMPLES names no folder with example forms")

ELSEWHERE = {"geo", "media", "external"}
DATA = {"fruits.csv"}  # no form: the table that pull_data.xlsx looks up
PAIRS = ["group", "loop", "specify_other", "text_and_integer", "yes_or_no_question"]


def read(path: Path) -> Imported:
    return imported(path.read_bytes(), file=path.name)


def looks_elsewhere(path: Path, found: Imported) -> bool:
    """Does it ask for a place, a picture or sound, or rest on another file?"""
    reasons = {each.about.get("reason") for each in found.findings}
    said = " ".join(each.found for each in found.findings)
    return bool(reasons & ELSEWHERE) or "pulldata" in said or '"image"' in said or path.name in DATA


@LEAVES_OUT
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_example_is_imported_or_refused_by_name_sheet_and_row(path: Path) -> None:
    found = read(path)
    errors = [each for each in found.findings if each.severity is Severity.ERROR]
    assert (found.questionnaire is None) == bool(errors)
    told = [each for each in errors if each.code not in ("X001", "X002") and "the sheet" not in each.found]
    assert all(each.place.line and "!" in str(each.place.column) for each in told)


@LEAVES_OUT
def test_two_thirds_of_those_that_ask_for_no_place_picture_or_other_file_are_imported() -> None:
    found = {path: read(path) for path in FILES}
    plain = [path for path in FILES if not looks_elsewhere(path, found[path])]
    taken = [path for path in plain if found[path].questionnaire]
    assert len(taken) >= 2 / 3 * len(plain)


@LEAVES_OUT
@pytest.mark.parametrize("name", PAIRS)
def test_an_example_in_four_formats_gives_one_questionnaire(name: str) -> None:
    made = [read(path) for path in FILES if path.stem == name]
    texts = {each.text for each in made}
    assert len(made) == 4
    assert len(texts) == 1
    assert None not in texts


@LEAVES_OUT
def test_what_was_imported_can_be_exported() -> None:
    for path in FILES:
        questionnaire = read(path).questionnaire
        if questionnaire is not None:
            assert exported(questionnaire, file=path.name).data is not None, path.name


def counts() -> str:
    """How the files end, and why those that are refused are; for the manual (`docs/formats/xlsform.md`)."""
    found = {path: read(path) for path in FILES}
    elsewhere = [path for path in FILES if looks_elsewhere(path, found[path])]
    taken = [path for path in FILES if found[path].questionnaire]
    refused = [path for path in FILES if path not in taken]
    lines = [f"{len(FILES)} files, {len(taken)} imported, {len(refused)} refused; {len(elsewhere)} look elsewhere"]
    for path in refused:
        errors = [each for each in found[path].findings if each.severity is Severity.ERROR]
        codes = Counter(f"{each.code} {each.about.get('reason', '')}".strip() for each in errors)
        mark = "elsewhere" if path in elsewhere else ""
        lines.append(f"{path.name}: {', '.join(f'{code} x{n}' for code, n in sorted(codes.items()))} {mark}")
    plain = len(FILES) - len(elsewhere)
    lines.append(f"of {plain} others {sum(path not in elsewhere for path in taken)} imported")
    return "\n".join(lines)


if __name__ == "__main__":
    print(counts())  # noqa: T201  # a report for a person
