"""`peilstok wave`: from a wave's file to its closing, and how it is going."""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from peilstok.cli import surroundings
from peilstok.cli.days import day
from peilstok.cli.formats import Format, Formatted

if TYPE_CHECKING:
    from peilstok.collect.progress import Progress

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


@app.command()
def freeze(
    wave: WaveName,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="write the snapshot's files into this folder")
    ] = None,
) -> None:
    """Freeze a closed wave: keep a snapshot of its answers, with a codebook and one fingerprint of all files.

    Once; again gives the same. After that nothing changes what it was made from. It is for the council only: boards
    stand in it under their number in the register. Files: docs/formats/snapshot.md.
    """
    surroundings.open_database()
    from peilstok.collect import snapshots, waves

    kept = snapshots.freeze(wave=waves.find(wave), by=ACTOR, moment=moment_now())
    typer.echo(f"{wave}: frozen, fingerprint {kept.fingerprint}, {kept.answered:,} answers")
    if output:
        typer.echo(f"{snapshots.write(kept, output)} files in {output}")


@app.command()
def forget(
    wave: WaveName,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be removed, and from when on")] = False,
) -> None:
    """Remove what leads to a person: links, codes, names, old addresses, what was never sent in.

    A daily job does it at its time; how long they are kept stands in the wave's file (`retention`). Answers that were
    sent in stay.
    """
    surroundings.open_database()
    from peilstok.collect import retention, waves

    found = waves.find(wave)
    if dry_run:
        typer.echo(f"{found.pk}, from {retention.due(found):%Y-%m-%d %H:%M} UTC on: {retention.found(found)}")
        return
    typer.echo(f"{found.pk}, removed: {retention.forget(wave=found, by=ACTOR, moment=moment_now())}")


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


class Told(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@app.command()
def monitor(
    wave: WaveName,
    output: Annotated[
        Told, typer.Option("--format", help="text to read, one JSON object, or CSV with a line for each number")
    ] = Told.TEXT,
) -> None:
    """How a wave is going: each board once, the pupils of those that answered, and whether the estimate is ready."""
    surroundings.open_database()
    from peilstok.collect import waves
    from peilstok.collect.progress import progress

    made = progress(waves.find(wave), moment_now())
    match output:
        case Told.JSON:
            typer.echo(json.dumps(made.as_json(), indent=2))
        case Told.CSV:
            typer.echo(made.as_csv(), nl=False)
        case Told.TEXT:
            for line in (*_count_lines(made), *_readiness_lines(made)):
                typer.echo(line)


def _count_lines(made: Progress) -> list[str]:
    counts = made.counts
    numbers = {str(outcome).replace("_", " "): number for outcome, number in counts.by_outcome.items()}
    lines = [f"{name:<12}{number:>7,}" for name, number in {**numbers, "invited": counts.invited}.items()]
    if counts.late or counts.late_corrections:
        lines.append(f"after closing, counted nowhere: {counts.late} answers, {counts.late_corrections} corrections")
    lines.append(f"pupils covered: {counts.pupils_covered:,} of {counts.pupils:,} ({counts.coverage:.1f}%)")
    thin = [
        f"{each.low:,} {f'up to {each.high:,}' if each.high else 'and more'} pupils ({each.answered} of {each.invited})"
        for each in counts.thin
    ]
    return [*lines, f"thin strata: {'; '.join(thin)}"] if thin else lines


def _readiness_lines(made: Progress) -> list[str]:
    readiness = made.readiness
    if readiness.problem:
        return [f"no half-widths: {readiness.problem}"]
    title = f"half of the 95% interval, now and after {readiness.more} more answers"
    if any(each.half_width_weighted is not None for each in readiness.figures):
        title += "; weighted, now and after"
    lines = [title]
    for each in readiness.figures:
        widths = (each.half_width, each.expected, each.half_width_weighted, each.expected_weighted)
        shown = "".join(f"{width:>10,.2f}" for width in widths if width is not None)
        lines.append(f"  {each.name:<38}{shown or '  rests on too few boards yet'}")
    words = {None: "the wave's file does not say when (ready_when)", True: "yes", False: "not yet"}
    more = f", for figures that narrow about {readiness.needed} more answers" if readiness.needed else ""
    return [*lines, f"ready: {words[readiness.ready]}{more}"]


def moment_now() -> datetime:
    from django.conf import settings

    moment: datetime = settings.PEILSTOK_MOMENT()
    return moment
