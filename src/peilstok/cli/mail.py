"""`peilstok mail`: what comes back, from the mail server itself or from a mailbox."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Final

import typer

from peilstok.cli import surroundings
from peilstok.cli.waves import ACTOR, moment_now
from peilstok.errors import NotNow

app = typer.Typer(help="Mail that comes back: bounces and automatic replies.", no_args_is_help=True)

NO_MAIL: Final = 65  # EX_DATAERR of sysexits.h: do not try again
LATER: Final = 75  # EX_TEMPFAIL: keep it and try again


@app.callback()
def group() -> None:
    """Mail that comes back: bounces and automatic replies."""


@app.command()
def receive(
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="ADDRESS", help="to whom it was delivered; else it is looked for in the mail"),
    ] = None,
) -> None:
    """Take one mail from standard input, as a mail server pipes it, and keep what follows from it.

    A mail that says for good that there is no such address ends the mail to that address. Any other mail is taken and
    changes no address.

    Exit status, as mail servers understand it: 0 taken, 65 there was no mail, 75 not now (the mail server tries again).
    """
    raw = sys.stdin.buffer.read()
    if not raw.strip():
        typer.echo("no mail on standard input", err=True)
        raise typer.Exit(NO_MAIL)
    given = [*(to or ()), os.environ.get("ORIGINAL_RECIPIENT", ""), os.environ.get("RECIPIENT", "")]
    try:
        surroundings.open_database()
        from peilstok.collect.mail import returned

        taken = returned.take(raw, recipients=list(filter(None, given)), by=ACTOR, moment=moment_now())
    except Exception as error:  # whatever it is, the mail must not be lost: the server keeps it
        typer.echo(f"not now: {type(error).__name__}: {error}", err=True)
        raise typer.Exit(LATER) from None
    typer.echo(str(taken), err=True)


@app.command()
def fetch() -> None:
    """Read the mails in the mailbox of PEILSTOK_MAIL_INBOX that nobody has read yet. A worker does so by itself.

    A bounce or an automatic reply is marked as read; what is for people is left to them.
    """
    surroundings.open_database()
    from django.conf import settings

    from peilstok.collect.mail import returned

    url = settings.PEILSTOK.mail_inbox
    if not url:
        raise NotNow("PEILSTOK_MAIL_INBOX names no mailbox; see docs/settings.md")
    found = returned.fetch(url=url, by=ACTOR, clock=moment_now)
    for taken in found:
        typer.echo(str(taken))
    typer.echo(f"{len(found)} {'mail' if len(found) == 1 else 'mails'} read")
