"""The command `peilstok`. One module per command group: parse, call, print.

Django, numpy and scipy are imported inside command bodies only, so that `peilstok --help` answers at once.
Findings and JSON go to standard output, progress and logs to standard error. Exit status: 0 nothing wrong, 1 errors
found, 2 the command could not run.
"""

from __future__ import annotations

import sys

import typer

from peilstok.cli import (
    article,
    audit,
    database,
    demo,
    estimate,
    figures,
    invitations,
    mail,
    nonresponse,
    questionnaire,
    register,
    releases,
    users,
    waves,
    worker,
)
from peilstok.errors import PeilstokError, Refused

app = typer.Typer(
    name="peilstok",
    help="Ask the members of a sector, publish what they said with its uncertainty, act on it by region.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(register.app, name="register")
app.add_typer(questionnaire.app, name="questionnaire")
app.add_typer(waves.app, name="wave")
invitations.add_to(waves.app)
app.add_typer(mail.app, name="mail")
app.add_typer(figures.app, name="figures")
app.command("nonresponse")(nonresponse.nonresponse)
app.command("estimate")(estimate.estimate)
app.add_typer(article.app, name="article")
app.add_typer(releases.app, name="release")
app.command("worker")(worker.work)
app.add_typer(demo.app, name="demo")
app.add_typer(users.app, name="user")
app.add_typer(audit.app, name="audit")
app.add_typer(database.app, name="db")


def main() -> None:
    """Run the command; an error of ours becomes one plain text and an exit status, never a traceback."""
    try:
        app()
    except Refused as refused:
        for finding in refused.findings:
            print(finding)  # noqa: T201
        sys.exit(1)
    except PeilstokError as error:
        print(f"peilstok: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
