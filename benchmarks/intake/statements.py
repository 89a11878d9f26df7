"""What Peilstok asks the database for one respondent, as a script for pgbench: the floor of the database alone.

The statements are caught while a respondent answers in this process, with their values. What differs from board to
board (its invitation and token) becomes a variable; the place in the audit trail too, whose hashes are made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection
from psycopg import ClientCursor

HEAD: Final = """\
SELECT nextval('bench_next') AS i \\gset
SELECT quote_literal(token_hash) AS hash FROM collect_invitation WHERE id = :i \\gset
"""


@contextmanager
def caught() -> Iterator[list[str]]:
    """The statements of this process while it is open, each with its values; transactions as BEGIN and COMMIT."""
    script: list[str] = []
    inside = False

    def catch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal inside
        if inside != connection.in_atomic_block:
            script.append("COMMIT" if inside else "BEGIN")
            inside = connection.in_atomic_block
        connection.ensure_connection()
        script.append(ClientCursor(connection.connection).mogrify(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(catch):
        yield script
    if inside:
        script.append("COMMIT")


def script(statements: list[str], *, invitation: int, token_hash: str) -> str:
    """For pgbench, which takes a board of its own each time."""
    lines = []
    for statement in statements:
        line = " ".join(statement.split()).replace(f"'{token_hash}'", ":hash")
        line = re.sub(rf"\b{invitation}\b", ":i", line)
        lines.append(f"{_next_entry(line) if line.startswith('INSERT INTO audit_entry') else line};")
    return HEAD + "\n".join(lines)


def _next_entry(line: str) -> str:
    """With a number and a hash of its own."""
    numbered = re.sub(r"VALUES \(\d+,", "VALUES (1000000 + :i,", line)
    return re.sub(r"'[0-9a-f]{64}'\)", "lpad(:i::text, 64, '0'))", numbered)
