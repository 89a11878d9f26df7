"""Each command of `peilstok` as the first one ever on an empty database. A program of its own: its database is no
test's.

    echo '{"wave list": []}' | python -m tests.cli.every_command

prints how each ended: its exit status, or the name of an error that is none of ours, which a person sees as a
traceback.
"""

from __future__ import annotations

import json
import os
import sys
from unittest import mock

from typer.testing import CliRunner

from peilstok.cli import app, surroundings
from peilstok.errors import PeilstokError


def main() -> None:
    surroundings.set_up_django()
    from peilstok.demo import run

    # what follows upon a database that is ready is the subject of other tests
    with (
        mock.patch.object(run, "run", side_effect=PeilstokError("ready")),
        mock.patch.object(os, "execv", side_effect=PeilstokError("ready")),
    ):
        ended = {name: _outcome([*name.split(), *more]) for name, more in json.load(sys.stdin).items()}
    print(json.dumps(ended))  # noqa: T201


def _outcome(words: list[str]) -> str:
    _empty_the_database()
    result = CliRunner().invoke(app, words)
    error = result.exception
    if isinstance(error, PeilstokError):
        return f"1 or 2: {error}"
    if error is None or isinstance(error, SystemExit):
        return f"{result.exit_code}: {result.output}"
    return f"{type(error).__name__}: {error}"


def _empty_the_database() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    connection.close_pool()  # statements that were planned for tables that are gone


if __name__ == "__main__":
    main()
