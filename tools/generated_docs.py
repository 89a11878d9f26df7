"""Pages of docs/ that are made from the code, so that they cannot lag behind it.

generated_docs.py           writes them
generated_docs.py --check   names those that are stale; exit status 1 when there are any
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Made by tools/generated_docs.py from the code; `make docs` writes it anew. -->\n"


def permissions() -> str:
    """Who may do what, from the table in accounts/permissions.py."""
    from peilstok.accounts.models import BOARD_ROLES, Role
    from peilstok.accounts.permissions import TABLE, WHAT, Act

    def mark(role: Role, act: Act) -> str:
        return "" if act not in TABLE[role] else "own board" if role in BOARD_ROLES else "yes"

    from peilstok.site.doors import doors

    guarded = {door.act for door in doors()}

    def asked(act: Act) -> str:
        return "yes" if act in guarded else ""

    names = [str(role).replace("_", " ") for role in Role]
    rows = [[f"`{act}`", WHAT[act], *(mark(role, act) for role in Role), asked(act)] for act in Act]
    return f"""# Who may do what

A person has one role or more. A council role holds for all boards; a role at a board holds for that board only.
Without a role, without an account, or with an account that is no longer active, nothing in this table is allowed.
The table is `TABLE` in `src/peilstok/accounts/permissions.py`; `tests/accounts/test_permissions.py` has it once more,
written by hand.

The last column says which acts guard a page of the site today. The others have no page yet: they are settled here so
that the page that comes asks the right question. What is done with the command `peilstok` is not asked about: whoever
may run it on the server has all rights, and stands in the audit trail as `command`. A board answers by its secret
link, without an account. Every address of the site is public by name, a secret link's, one's own account's, or guarded
by an act (`src/peilstok/site/doors.py`; `tests/site/test_doors.py` fails when one is none of these).

{_table(["act", "what it allows", *names, "guards a page"], rows)}"""


def settings() -> str:
    """What an installation is told, from the fields of site/environment.Environment."""
    from pydantic_core import PydanticUndefined

    from peilstok.site.environment import Environment, variable

    def default(value: object) -> str:
        if value is PydanticUndefined:
            return "**required**"
        return "" if value is None else f"`{int(value) if isinstance(value, bool) else value}`"

    rows = [
        [f"`{variable(name)}`", field.description or "", default(field.default)]
        for name, field in Environment.model_fields.items()
    ]
    return f"""# Settings

An installation is told what it needs by environment variables, read once at start. Whatever is missing or wrong is
named at once, all of it. On one machine `peilstok` fills in what is required by itself: an embedded PostgreSQL, a
secret key kept under `var/`, and http://127.0.0.1:8000.

{_table(["variable", "what it is", "default"], rows)}
The tests and the set-up know a few more: `PEILSTOK_BROWSER` (the path of a browser for the browser tests, or `none`
to leave them out) and `PYTHON` (which Python `make` uses).

What an officer chooses for one poll (closing time, thresholds, questions) is no setting: it stands in the files of
the wave.
"""


def commands() -> str:
    """Every command with its options, from the Typer application itself."""
    import typer

    from peilstok.cli import app

    root = typer.main.get_command(app)
    opening = """# The command `peilstok`

Findings and JSON go to standard output, progress and logs to standard error. Exit status: 0 nothing wrong, 1 errors
found, 2 the command could not run.
"""
    return "\n".join([opening, *_command("peilstok", root)])


def register() -> str:
    """What the reader of DUO's files knows: columns, sectors, findings."""
    from peilstok.register import manual

    return manual.page()


def plan_schema() -> str:
    """The JSON Schema of a plan, from the models that read it."""
    import json

    from peilstok.estimate import planfile

    return json.dumps(planfile.json_schema(), indent=1, ensure_ascii=False) + "\n"


def job_schema() -> str:
    """The JSON Schema of an estimation job, from the models that read it."""
    import json

    from peilstok.estimate.jobs import file

    return json.dumps(file.schema(), indent=1, ensure_ascii=False) + "\n"


def questionnaire_codes() -> str:
    """The findings about a questionnaire's file, from questionnaire/codes.py."""
    from peilstok.questionnaire import codes

    return codes.table()


LIBRARY = {
    "Samples": "sample respondents post_stratified raked calibrated diagnosed",
    "Replicate weights": "jackknifed balanced bootstrapped replicated",
    "Estimates": "total mean share ratio separate_ratio multiple_response quantile",
    "Functions of estimates, changes, tests": "contrast change t_test chi_square",
}


def library() -> str:
    """Every function of the library's front door, with its arguments and docstring."""
    import inspect

    from peilstok.estimate import survey

    parts = [
        """# Estimation in Python: every function

```python
from peilstok.estimate import survey
```

[From R's survey to Peilstok](from-r-survey.md) has ten analyses that run. A table is a mapping of names to columns, or
a frame of pandas, polars or Arrow (`pip install 'peilstok[tables]'`). A result prints as a table; `columns()` gives its
columns, and `frame("pandas")`, `"polars"` or `"arrow"` the table of another library; `values`, `se`, `limits`,
`covariance` and `df` are the numbers of estimates. What cannot be estimated is refused with a
[code](methods/bad-input.md). Intervals are of 95 percent.
"""
    ]
    for heading, names in LIBRARY.items():
        parts.append(f"## {heading}\n")
        for name in names.split():
            function = getattr(survey, name)
            parts.append(f"### `{name}`\n")
            parts += [_signature(name, inspect.signature(function)), _paragraphs(function.__doc__)]
    return "\n".join(parts)


def _signature(name: str, found: Any) -> str:
    """An argument a line, as it stands in the code."""
    pieces = []
    for each in found.parameters.values():
        if each.kind is each.KEYWORD_ONLY and "*" not in pieces:
            pieces.append("*")
        default = "" if each.default is each.empty else f" = {each.default!r}"
        pieces.append(f"{each.name}: {each.annotation}{default}")
    arguments = "".join(f"    {piece},\n" for piece in pieces)
    return f"```text\n{name}(\n{arguments}) -> {found.return_annotation}\n```\n"


def _command(name: str, command: Any, parent: Any = None) -> Iterator[str]:
    import typer

    context = typer.Context(command, parent=parent, info_name=name.rpartition(" ")[2])
    for child, subcommand in getattr(command, "commands", {}).items():
        yield from _command(f"{name} {child}", subcommand, context)
    if not hasattr(command, "commands"):
        own = [each for each in command.params if each.name != "help" and not each.hidden]
        usage = [_plain(piece) for each in own for piece in each.get_usage_pieces(context)]
        yield f"## `{' '.join([name, '[OPTIONS]', *usage] if _options(own) else [name, *usage])}`\n"
        yield _paragraphs(command.help)
        rows = [[f"`{record[0]}`", record[1]] for each in own if (record := each.get_help_record(context))]
        if rows:
            yield _table(["", ""], rows)


def _plain(piece: str) -> str:
    """`{FILE...}...` is `FILE...`."""
    return piece.replace("{", "").replace("}", "").replace("......", "...")


def _options(parameters: list[Any]) -> bool:
    return any(each.param_type_name == "option" for each in parameters)


def _paragraphs(text: str | None) -> str:
    """The docstring as it stands, its indentation taken off and its lines joined into paragraphs."""
    import inspect

    blocks = inspect.cleandoc(text or "").split("\n\n")
    return "\n\n".join(block if block.startswith(" ") else " ".join(block.split()) for block in blocks) + "\n"


def _table(heading: list[str], rows: list[list[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return (
        "\n".join(
            "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in line) + " |" for line in lines
        )
        + "\n"
    )


PAGES: list[tuple[str, Callable[[], str]]] = [
    ("docs/permissions.md", permissions),
    ("docs/settings.md", settings),
    ("docs/cli.md", commands),
    ("docs/library.md", library),
    ("docs/formats/register.md", register),
    ("docs/formats/plan.schema.json", plan_schema),
    ("docs/formats/job.schema.json", job_schema),
]
"""Every generated page and the function that gives its text. To add one, add a line."""

PARTS: list[tuple[str, str, Callable[[], str]]] = [
    ("docs/formats/questionnaire.md", "codes", questionnaire_codes),
]
"""Parts of pages that are written by hand: the page, the name of the part, the function that gives its text.

The part stands between two lines, `<!-- NAME: ... -->` and `<!-- end of NAME -->`.
"""


def set_up_django() -> None:
    """Models can be imported; no database is reached and none is started."""
    placeholders = {
        "DJANGO_SETTINGS_MODULE": "peilstok.site.settings",
        "DATABASE_URL": "postgresql://nobody@/none",
        "PEILSTOK_SITE_URL": "https://peilstok.example",
        "PEILSTOK_SECRET_KEY": "a placeholder for making pages of documentation",
    }
    for name, value in placeholders.items():
        os.environ.setdefault(name, value)
    import django

    django.setup()


def texts() -> Iterator[tuple[str, str]]:
    """Every page with the text that it should have."""
    for path, page in PAGES:
        yield path, page() if path.endswith(".json") else NOTE + "\n" + page()
    for path, name, part in PARTS:
        yield path, with_part((ROOT / path).read_text("utf-8"), name, part(), path=path)


def with_part(text: str, name: str, part: str, *, path: str) -> str:
    """The page with this part of it anew."""
    found = re.fullmatch(
        rf"(.*^<!-- {name}: [^\n]* -->\n\n)(.*)(\n<!-- end of {name} -->\n.*)", text, re.DOTALL | re.MULTILINE
    )
    if found is None:
        sys.exit(f"{path} has no place for its {name}: between <!-- {name}: ... --> and <!-- end of {name} -->")
    return found[1] + part + found[3]


def main(arguments: list[str]) -> int:
    set_up_django()
    stale = []
    for path, text in texts():
        file = ROOT / path
        if not file.exists() or file.read_text("utf-8") != text:
            stale.append(path)
            if arguments != ["--check"]:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
    if arguments == ["--check"]:
        print("\n".join(f"{path} is stale: make docs" for path in stale) or "generated pages: fresh")
        return 1 if stale else 0
    print("\n".join(f"wrote {path}" for path in stale) or "generated pages: fresh already")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
