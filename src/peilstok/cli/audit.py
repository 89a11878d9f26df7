"""`peilstok audit`: is the trail still what was written?"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from peilstok.cli import surroundings
from peilstok.errors import CannotRun

app = typer.Typer(help="The audit trail: who did what, and whether anyone touched it since.", no_args_is_help=True)


@app.command()
def verify(
    expect: Annotated[
        str, typer.Option(metavar="NUMBER:HASH", help="an end of the trail noted earlier; it must still be in it")
    ] = "",
) -> None:
    """Check every entry of the audit trail against the one before it, and what is kept against the entries.

    Prints the number and the hash of the last entry: note them elsewhere, and give them to --expect next time. Exit
    status 1 when an entry was changed, removed or put elsewhere, or when a wave or a board's answers are not what
    their entry says.
    """
    noted = _noted(expect) if expect else None
    surroundings.open_database()
    from peilstok.audit import trail
    from peilstok.collect import seals

    found = trail.verify(expected=noted)
    if found:
        typer.echo(f"A001 error audit {found} | entries as they were written")
        sys.exit(1)
    differences = list(seals.differences())
    for difference in differences:
        typer.echo(f"A002 error audit {difference} | what the audit trail says")
    if differences:
        sys.exit(1)
    number, digest = trail.head()
    typer.echo(f"{number} entries, all as they were written. The end: {number}:{digest}")


def _noted(text: str) -> tuple[int, str]:
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise CannotRun(f"--expect takes NUMBER:HASH as `audit verify` prints it; found {text!r}")
    return int(number), digest
