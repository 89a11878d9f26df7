"""`peilstok demo`: run the three polls of spring 2020 with synthetic answers, look at what came out, serve it."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer

from peilstok.cli import progress, surroundings
from peilstok.cli.formats import Format
from peilstok.errors import CannotRun

app = typer.Typer(
    help="The demo: three polls of spring 2020 with synthetic answers, from register to published article.",
    no_args_is_help=True,
)

PORT: Final = 8000


@app.command()
def run() -> None:
    """Run the main job from end to end, and say where the results lie.

    Makes a frame of invented boards from DUO's files, opens three waves, mails every board, lets 531 boards answer
    over HTTP, computes and checks the figures, and publishes three articles. What was done already is left as it is,
    so run it as often as you like. Everything it makes lies under var/demo and in the database.
    """
    _prepare()
    from peilstok.demo import run as main_job
    from peilstok.demo import table

    with progress.shown() as shown:
        outcome = main_job.run(folder=_folder(), environment=dict(os.environ), progress=shown)
    for line in table.as_text(outcome.compared):
        typer.echo(line)
    typer.echo("")
    for line in _results(outcome.folder):
        typer.echo(line)
    typer.echo("\nNext: make serve")
    if not all(row.is_accounted_for for row in outcome.compared):
        raise typer.Exit(1)


@app.command("table")
def table_(output: Annotated[Format, typer.Option("--format", help="text to read, or JSON")] = Format.TEXT) -> None:
    """Print the published figures beside the computed ones of the last run, with interval and base.

    "same" is: the same after rounding to the precision of print, or true in the words of print. Exit status 1 when a
    row is neither the same nor explained.
    """
    from peilstok.demo import published, table

    rows = published.compared(published.last_book(_folder()))
    if output is Format.JSON:
        typer.echo(json.dumps(table.as_json(rows), ensure_ascii=False, indent=2))
    else:
        for line in table.as_text(rows):
            typer.echo(line)
    if not all(row.is_accounted_for for row in rows):
        raise typer.Exit(1)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="the port on 127.0.0.1")] = PORT,
) -> None:
    """Serve the site with the demo's content on this machine, until Ctrl-C. Logins are printed."""
    os.environ["PEILSTOK_SITE_URL"] = f"http://127.0.0.1:{port}"
    _check_free(port)
    _prepare()
    from peilstok.demo import trial
    from peilstok.demo.server import APPLICATION, GUNICORN

    for line in trial.welcome(f"http://127.0.0.1:{port}"):
        typer.echo(line)
    sys.stdout.flush()
    options = [*GUNICORN, "--bind", f"127.0.0.1:{port}"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", APPLICATION, *options])  # noqa: S606


def _check_free(port: int) -> None:
    """Before everything is started, and in one sentence."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server has it
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotRun(f"port {port} cannot be had ({error.strerror}); another one: --port {port + 1}") from None


def _prepare() -> None:
    os.environ["PEILSTOK_DEMO"] = "1"
    with progress.shown() as shown:
        shown("starting the database", 0, 2)
        surroundings.set_up_django()
        shown("bringing its tables up to date", 1, 2)
        surroundings.migrate()


def _folder() -> Path:
    return surroundings.home() / "demo"


def _results(folder: Path) -> Iterable[str]:
    from peilstok.demo import content

    for wave in content.WAVES:
        place = folder / wave
        yield f"{wave}"
        yield f"  article     {place / 'article.nl.html'} and .pdf; in English article.en.*"
        yield f"  open data   {place / 'figures.csv'}, figures.csv-metadata.json, figures.json"
        yield f"  charts      {place / 'chart-*.svg'}"
        yield f"  estimation  {folder / 'estimation' / wave / 'job.json'} (peilstok estimate), nonresponse.nl.txt"
    yield f"synthetic mails {folder / 'mail'}; the demo's register {folder / 'register'}"
