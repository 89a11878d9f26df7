"""`peilstok register`: import the register, list its dates, compare two of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from peilstok.cli import progress, surroundings
from peilstok.cli.days import day
from peilstok.cli.formats import Format, Formatted
from peilstok.errors import Finding, Refused, Severity

if TYPE_CHECKING:
    from peilstok.register.changes import Changes
    from peilstok.register.frames import FrameListed
    from peilstok.register.reading import Readout

app = typer.Typer(
    help="The register: which boards, schools and sites there are on a date, from the files that DUO publishes.",
    no_args_is_help=True,
)

ACTOR: Final = "command"


Synthetic = Annotated[bool, typer.Option("--synthetic", help="the frame of invented boards of a demonstration")]
Day = Annotated[date, typer.Argument(parser=day, metavar="DATE", help="such as 2019-10-01", show_default=False)]


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="files of DUO, in any order")],
    on: Annotated[date, typer.Option("--on", parser=day, metavar="DATE", help="the date that the files tell of")],
    names: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="a file with names of boards; may also be among FILE...")
    ] = None,
    skip_bad_rows: Annotated[
        bool,
        typer.Option("--skip-bad-rows", help="leave out rows that are not understood instead of refusing them all"),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="read and check only; needs no database")] = False,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="the boards are invented, for a demonstration")
    ] = False,
    output: Formatted = Format.TEXT,
) -> None:
    """Read the register as it stood on a date, from DUO's files as published.

    Give the file with pupils per site together with one that has RMC regions (the addresses of all sites), and if you
    like one with names of boards. Encoding, separator and columns are recognised.

    Every row that is not understood is reported, one line each: code, place, what was found | what was expected.
    Unless everything is understood, nothing is written. What the codes mean: docs/formats/register.md.

    Importing the same files again changes nothing; another date makes a second frame.

    Exit status: 0 all is well, 1 something was refused, 2 the command could not run.

        peilstok register import demo/register/*.csv --on 2019-10-01
    """
    from peilstok.register import reading

    with progress.shown() as shown:
        readout = reading.read(files=[*files, *(names or [])], on=on, synthetic=synthetic, progress=shown)
        try:
            readout = reading.acceptable(readout, skip_bad_rows=skip_bad_rows)
            outcome = "dry run" if dry_run else _keep(readout, shown)
        except Refused as refused:
            outcome, findings = "refused", refused.findings
        else:
            findings = readout.findings
    _print_import(readout, findings, outcome=outcome, output=output)
    if outcome == "refused":
        raise typer.Exit(1)


def _keep(readout: Readout, shown: progress.Progress) -> str:
    """Write the frame; what was left out has been accepted already. Returns what happened."""
    surroundings.open_database()
    from django.conf import settings

    from peilstok.register import frames

    return str(frames.keep(readout, moment=settings.PEILSTOK_MOMENT(), by=ACTOR, progress=shown).outcome)


def _print_import(readout: Readout, findings: tuple[Finding, ...], *, outcome: str, output: Format) -> None:
    if output is Format.JSON:
        typer.echo(json.dumps(_import_as_json(readout, findings, outcome), ensure_ascii=False, indent=2))
        return
    for finding in findings:
        typer.echo(str(finding))
    for line in _files(readout):
        typer.echo(line)
    for line in _counts(readout):
        typer.echo(line)
    typer.echo(_ending(readout, findings, outcome))


def _import_as_json(readout: Readout, findings: tuple[Finding, ...], outcome: str) -> dict[str, object]:
    return {
        "date": readout.on.isoformat(),
        "outcome": outcome,
        **asdict(readout.summary),
        "rows_left_out": readout.left_out,
        "fingerprint": readout.fingerprint,
        "files": [asdict(file) for file in readout.files],
        "findings": [finding.as_json() for finding in findings],
    }


def _files(readout: Readout) -> list[str]:
    separators = {";": "semicolons", ",": "commas", "\t": "tabs", "": "no columns"}
    return [
        f"{file.file}: {file.kind}, {_counted(file.rows, 'row', 'rows')}, {file.encoding}, {separators[file.separator]}"
        for file in readout.files
    ]


def _counts(readout: Readout) -> list[str]:
    summary = readout.summary
    sectors = sorted(summary.pupils_by_sector.items(), key=lambda item: -item[1])
    by_sector = "; ".join(f"{sector} {pupils:,}" for sector, pupils in sectors)
    return [
        _counted(summary.boards, "board", "boards"),
        _counted(summary.brin_numbers, "BRIN number", "BRIN numbers"),
        _counted(summary.sites, "site", "sites"),
        f"{_counted(summary.pupils, 'pupil', 'pupils')} ({by_sector})",
        _counted(summary.municipalities, "municipality", "municipalities"),
        _counted(summary.regions, "RMC region", "RMC regions"),
        _counted(summary.single_school_boards, "single-school board", "single-school boards"),
    ]


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _ending(readout: Readout, findings: tuple[Finding, ...], outcome: str) -> str:
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if outcome == "refused":
        told = f"Nothing is written: {_counted(errors, 'error', 'errors')}{_noted(findings)}."
        return f"{told} The counts above are of the rows that were understood."
    understood, noted = "All else" if readout.left_out else "All", _noted(findings, readout.left_out)
    return {
        "imported": f"The frame of {readout.on} is written{noted}.",
        "unchanged": f"The frame of {readout.on} was there already, with the same content. Nothing is written{noted}.",
        "dry run": f"{understood} is understood{noted}. Nothing is written: this was a dry run.",
    }[outcome]


def _noted(findings: tuple[Finding, ...], left_out: int = 0) -> str:
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    counts = ((left_out, "row left out", "rows left out"), (warnings, "warning", "warnings"))
    said = ", ".join(_counted(*each) for each in counts if each[0])
    return f" ({said})" if said else ""


@app.command("list")
def list_(output: Formatted = Format.TEXT) -> None:
    """List the dates of which there is a frame."""
    surroundings.open_database()
    from peilstok.register import frames

    listed = frames.listed()
    if output is Format.JSON:
        typer.echo(json.dumps([_listed_as_json(one) for one in listed], ensure_ascii=False, indent=2))
    for one in listed if output is Format.TEXT else ():
        kind = "synthetic" if one.frame.synthetic else "real"
        parts = ((one.boards, "board", "boards"), (one.sites, "site", "sites"), (one.pupils, "pupil", "pupils"))
        counts = ", ".join(_counted(*part) for part in parts)
        typer.echo(f"{one.frame.date} {kind}: {counts}; {one.frame.source}; {one.frame.fingerprint[:12]}")
    if not listed and output is Format.TEXT:
        typer.echo("There is no frame yet: peilstok register import --help")


def _listed_as_json(one: FrameListed) -> dict[str, object]:
    return {
        "date": one.frame.date.isoformat(),
        "synthetic": one.frame.synthetic,
        "boards": one.boards,
        "sites": one.sites,
        "pupils": one.pupils,
        "source": one.frame.source,
        "fingerprint": one.frame.fingerprint,
        "imported_at": one.frame.imported_at.isoformat(),
    }


@app.command()
def diff(old: Day, new: Day, synthetic: Synthetic = False, output: Formatted = Format.TEXT) -> None:
    """List what changed between two dates: boards and sites that appeared, disappeared, merged or moved.

    A board merged when most of its sites are under one other board now. A site merged or was renumbered when another
    site stands alone at its postcode now: that is inferred, not known.
    """
    surroundings.open_database()
    from peilstok.register import changes, frames

    before, after = (frames.find(on=each, synthetic=synthetic) for each in (old, new))
    found = changes.between(frames.snapshot(before), frames.snapshot(after))
    if output is Format.JSON:
        typer.echo(json.dumps(asdict(found), default=_day, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_changes(found)))


def _day(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()


def _changes(found: Changes) -> list[str]:
    """The lists as indented text under their headings; empty lists are named too, so that nothing seems forgotten."""
    return [
        f"{found.old} to {found.new}",
        *_part("boards appeared", [f"{b.number} {b.name}: {b.sites} site(s)" for b in found.boards_appeared]),
        *_part("boards disappeared", [f"{b.number} {b.name}: {b.sites} site(s)" for b in found.boards_disappeared]),
        *_part(
            "boards merged into another",
            [
                f"{b.number} {b.name} into {b.into} {b.into_name}{' (a new number)' if b.is_new else ''}: "
                f"{b.sites} of {b.of} site(s)"
                for b in found.boards_merged
            ],
        ),
        *_part("boards renamed", [f"{b.number} {b.name}" for b in found.boards_renamed]),
        *_part("sites appeared", [f"{s.site} {s.name}: board {s.board}" for s in found.sites_appeared]),
        *_part("sites disappeared", [f"{s.site} {s.name}: board {s.board}" for s in found.sites_disappeared]),
        *_part(
            "sites merged into another (same postcode)",
            [f"{s.site} {s.name} into {s.into} {s.into_name}" for s in found.sites_merged],
        ),
        *_part(
            "sites renumbered (same postcode)",
            [f"{s.site} {s.name} is now {s.into} {s.into_name}" for s in found.sites_renumbered],
        ),
        *_part(
            "sites went to another board",
            [f"{s.site} {s.name}: {s.from_board} to {s.to_board}" for s in found.sites_changed_boards],
        ),
        *_part("sites moved", [f"{s.site} {s.name}: {s.from_place} to {s.to_place}" for s in found.sites_moved]),
        f"other sites that differ in name, region or number of pupils: {found.sites_altered:,}",
    ]


def _part(heading: str, lines: list[str]) -> list[str]:
    return [f"{heading}: {len(lines):,}", *(f"  {line}" for line in lines)]


@app.command()
def remove(on: Day, synthetic: Synthetic = False) -> None:
    """Take back an import that no wave was opened on."""
    surroundings.open_database()
    from django.conf import settings

    from peilstok.register import frames

    frame = frames.find(on=on, synthetic=synthetic)
    frames.remove_frame(frame=frame, moment=settings.PEILSTOK_MOMENT(), by=ACTOR)
    typer.echo(f"The frame of {on} is removed.")
