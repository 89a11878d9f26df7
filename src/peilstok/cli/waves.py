"""`peilstok wave`: from a wave's file to its closing, and how it is going."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from peilstok.cli import surroundings
from peilstok.cli.days import day
from peilstok.cli.formats import Format, Formatted

if TYPE_CHECKING:
    from peilstok.collect.monitor import Counts

app = typer.Typer(help="Waves: fielding a questionnaire to the boards of a frame.", no_args_is_help=True)

ACTOR: Final = "command"
WaveName = Annotated[str, typer.Argument(metavar="WAVE", help="the wave's id, e.g. wave-3", show_default=False)]


@app.callback()
def group() -> None:
    """Waves: fielding a questionnaire to the boards of a frame."""


@app.command()
def create(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the wave's file; see docs/formats/wave.md")],
    on: Annotated[date, typer.Option("--frame", parser=day, metavar="DATE", help="the date of the register")],
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="the frame of invented boards of a demonstration")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check the files only; needs no database")] = False,
) -> None:
    """Read a wave's file with its questionnaire and plan, and keep the wave. Nobody is asked anything yet.

    Everything that is wrong in any of the files is reported at once; the wave before it is not looked at in a dry run.
    Changes of the questionnaire since that wave are to be declared in it (`peilstok questionnaire compare`). The same
    files again change nothing.

    Exit status: 0 all is well, 1 something was refused, 2 the command could not run.
    """
    from peilstok.collect import wavefile

    if dry_run:
        typer.echo(f"{wavefile.load(file).spec.id}: sound; nothing was kept")
        return
    surroundings.open_database()
    from peilstok.collect import waves
    from peilstok.register import frames

    read = wavefile.load(file, waves=waves.dates())
    frame = frames.find(on=on, synthetic=synthetic)
    wave = waves.create_wave(file=read, frame=frame, by=ACTOR, moment=moment_now())
    if wave.state == waves.State.DRAFT:
        typer.echo(f"{wave.pk}: kept, on the frame of {frame}; open it with: peilstok wave open {wave.pk}")
    else:
        typer.echo(f"{wave.pk}: there already with the same files, and {wave.state}; nothing was changed")


@app.command("open")
def open_(
    wave: WaveName,
    mail: Annotated[bool, typer.Option("--mail/--no-mail", help="queue the invitations as well")] = True,
) -> None:
    """Freeze the frame, give every board its secret link, and queue the invitations. A worker sends them."""
    surroundings.open_database()
    from peilstok.collect import waves
    from peilstok.collect.mail import messages

    moment = moment_now()
    opened = waves.open_wave(wave=waves.find(wave), by=ACTOR, moment=moment)
    typer.echo(f"{opened.pk}: open, {opened.invitations.count()} boards invited")
    if mail:
        typer.echo(f"{messages.send_invitations(opened, moment, by=ACTOR).new} mails queued")


@app.command()
def close(wave: WaveName) -> None:
    """Take no more answers. At its time a wave closes by itself."""
    surroundings.open_database()
    from peilstok.collect import waves

    closed = waves.close_wave(wave=waves.find(wave), by=ACTOR, moment=moment_now())
    typer.echo(f"{closed.pk}: closed")


@app.command("list")
def list_(output: Formatted = Format.TEXT) -> None:
    """The waves there are."""
    surroundings.open_database()
    from peilstok.collect.models import Wave

    rows = [
        {"id": wave.pk, "date": wave.date.isoformat(), "state": wave.state, "closes": wave.closes.isoformat()}
        for wave in Wave.objects.all()
    ]
    if output is Format.JSON:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        typer.echo("{id}  {date}  {state}".format(**row))
    if not rows:
        typer.echo("There is no wave yet: peilstok wave create --help")


@app.command()
def monitor(wave: WaveName, output: Formatted = Format.TEXT) -> None:
    """How a wave is going: each board once, and the pupils of those that answered."""
    surroundings.open_database()
    from peilstok.collect import monitor as monitoring
    from peilstok.collect import waves

    counts = monitoring.counts(waves.find(wave))
    if output is Format.JSON:
        typer.echo(json.dumps(counts.as_json(), indent=2))
        return
    for line in _lines(counts):
        typer.echo(line)


def _lines(counts: Counts) -> list[str]:
    numbers = {
        "answered": counts.answered,
        "refused": counts.refused,
        "started": counts.started,
        "opened": counts.opened,
        "not opened": counts.not_opened,
        "bounced": counts.bounced,
        "invited": counts.invited,
    }
    lines = [f"{name:<12}{number:>7,}" for name, number in numbers.items()]
    return [*lines, f"pupils covered: {counts.pupils_covered:,} of {counts.pupils:,} ({counts.coverage:.1f}%)"]


def moment_now() -> datetime:
    from django.conf import settings

    moment: datetime = settings.PEILSTOK_MOMENT()
    return moment
