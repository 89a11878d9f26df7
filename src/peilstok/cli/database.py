"""`peilstok db`: the database of this installation."""

from __future__ import annotations

import typer

from peilstok import postgres
from peilstok.cli import surroundings

app = typer.Typer(help="The database of this installation: start, stop, bring up to date.", no_args_is_help=True)


@app.command()
def start() -> None:
    """Start the embedded PostgreSQL and print its connection URL."""
    typer.echo(postgres.up(surroundings.home() / "postgres"))


@app.command()
def stop() -> None:
    """Stop the embedded PostgreSQL. Its data stays."""
    postgres.down(surroundings.home() / "postgres")


@app.command()
def migrate() -> None:
    """Bring the tables up to date with this version of Peilstok."""
    surroundings.open_database()
