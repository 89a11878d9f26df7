"""`peilstok user`: people and their roles."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from peilstok.cli import surroundings
from peilstok.errors import CannotRun

if TYPE_CHECKING:
    from peilstok.register.models import Organisation

app = typer.Typer(help="People and their roles.", no_args_is_help=True)


class RoleName(StrEnum):
    """The roles of `accounts.models.Role`, repeated here so that --help needs no Django (a test compares them)."""

    POLL_OFFICER = "poll_officer"
    STATISTICIAN = "statistician"
    COMMUNICATIONS = "communications"
    ADMINISTRATOR = "administrator"
    DIRECTOR = "director"
    SECRETARIAT = "secretariat"


@app.command()
def add(
    email: Annotated[str, typer.Option(help="the address to log in with")],
    name: Annotated[str, typer.Option(help="as the person is shown on pages")],
    role: Annotated[RoleName, typer.Option(help="director and secretariat are roles at a board")],
    board: Annotated[str, typer.Option(metavar="NUMBER", help="the board's number in the register")] = "",
    ask_password: Annotated[
        bool, typer.Option("--ask-password", help="type a password instead of getting one")
    ] = False,
) -> None:
    """Make an account. The password is made up and printed this once, or asked with --ask-password."""
    password = _asked() if ask_password else ""
    surroundings.open_database()
    from django.conf import settings

    from peilstok.accounts import people
    from peilstok.accounts.models import Role

    given = password or people.new_password()
    people.add_person(
        email=email,
        name=name,
        role=Role(role),
        organisation=_board(board),
        password=given,
        by="command",
        moment=settings.PEILSTOK_MOMENT(),
    )
    typer.echo(f"{email} can log in at {settings.PEILSTOK.site_url}/inloggen/ as {role.replace('_', ' ')}")
    if not password:
        typer.echo(f"password (shown this once): {given}")


@app.command()
def password(
    email: Annotated[str, typer.Option(help="the address that the person logs in with")],
    ask_password: Annotated[
        bool, typer.Option("--ask-password", help="type a password instead of getting one")
    ] = False,
) -> None:
    """Give a person who forgot theirs another password, and end their sessions."""
    typed = _asked() if ask_password else ""
    surroundings.open_database()
    from django.conf import settings

    from peilstok.accounts import people

    given = typed or people.new_password()
    people.give_password(email=email, password=given, by="command", moment=settings.PEILSTOK_MOMENT())
    typer.echo(f"{email} has another password" if typed else f"password (shown this once): {given}")


def _asked() -> str:
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _board(number: str) -> Organisation | None:
    from peilstok.register.models import Organisation

    if not number:
        return None
    board = Organisation.objects.filter(number=number).first()
    if board is None:
        raise CannotRun(f"there is no board with number {number} in the register")
    return board
