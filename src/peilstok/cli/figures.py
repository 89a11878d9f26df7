"""`peilstok figures`: the figures of a wave that may be shown, as a table or as FIGURES.json."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from typer.core import TyperGroup

from peilstok.cli import surroundings
from peilstok.errors import CannotRun

if TYPE_CHECKING:
    from peilstok.collect.models import Wave
    from peilstok.disclose import Figure, Measured


class _ShowUnlessTold(TyperGroup):
    """`peilstok figures wave-3` is `peilstok figures show wave-3`: a first word that is no command is a wave."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # typer vendors its own Context
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_ShowUnlessTold,
    help="Figures: what the answers of a wave say, after disclosure control. `peilstok figures WAVE` shows them.",
    no_args_is_help=True,
)

WaveName = Annotated[str, typer.Argument(metavar="WAVE", help="the wave's id, e.g. wave-3", show_default=False)]


@app.command()
def show(name: WaveName) -> None:
    """Show the figures of a wave: as answered with their 95 percent interval, weighted, as a share of pupils.

    Figures that rest on too few boards are named without a value; what was released in spite of the rule is named with
    who decided it and why.
    """
    surroundings.open_database()
    from peilstok.collect.figures import table_of

    table = table_of(_wave(name))
    figures = table.figures
    typer.echo(f"{figures.id}, {figures.date:%Y-%m-%d}: {figures.respondents} of {figures.population} boards answered")
    typer.echo(f"{'figure':<30}{'n':>6}  {'as answered':<27}{'weighted':<27}{'of pupils':<27}")
    for figure in figures.figures.values():
        typer.echo(_line(figure))
    for withheld in table.withheld:
        typer.echo(f"{withheld.name}: {withheld.reason.en}")
    for entry in table.log:
        if entry.reason and entry.by:
            typer.echo(f"{entry.figure}: released by {entry.by}: {entry.reason.en}")


@app.command()
def export(
    name: WaveName,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FIGURES.json", help="a file; else standard output")
    ] = None,
) -> None:
    """Write FIGURES.json: the figures of a wave and of the waves before it in its series, with their covariances.

    `peilstok article check` reads it; the format is described in docs/formats/figures.md.
    """
    surroundings.open_database()
    from peilstok.collect.figures import book_of
    from peilstok.disclose.figures import to_json

    text = to_json(book_of(_wave(name)))
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"{output} cannot be written: {error.strerror}") from error


def _wave(name: str) -> Wave:
    from peilstok.collect import waves

    return waves.find(name)


DECIMALS: Final = 2


def _line(figure: Figure) -> str:
    from peilstok.disclose.tables import COARSE

    # a share of pupils has no more decimals than this: another one would be a nought that nobody computed
    given = ((figure.measured, DECIMALS), (figure.weighted, DECIMALS), (figure.of_pupils, COARSE))
    ways = "".join(f"{_cell(measured, figure.unit, decimals):<27}" for measured, decimals in given)
    return f"{figure.name:<30}{figure.n or '':>6}  {ways}{figure.unit}".rstrip()


def _cell(measured: Measured | None, unit: str, decimals: int) -> str:
    if measured is None:
        return "-"
    if measured.ci_low is None or measured.ci_high is None:
        counted = unit != "percent" and measured.value.is_integer()
        return f"{measured.value:.{0 if counted else decimals}f}"
    low, high = f"{measured.ci_low:.{decimals}f}", f"{measured.ci_high:.{decimals}f}"
    return f"{measured.value:.{decimals}f} ({low} to {high})"
