"""`peilstok release`: publish the figures and articles of a closed wave; what was published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from peilstok.cli import progress, surroundings
from peilstok.cli.formats import Format
from peilstok.cli.texts import text_of
from peilstok.errors import CannotRun

if TYPE_CHECKING:
    from peilstok.publish.models import Release
    from peilstok.terms import Words

app = typer.Typer(help="Releases: an article and its figures as published, never changed.", no_args_is_help=True)

ACTOR: Final = "command"
STEPS: Final = 3


@app.command()
def publish(
    wave: Annotated[str, typer.Argument(metavar="WAVE", help="the wave's id, e.g. wave-3", show_default=False)],
    article: Annotated[
        list[Path],
        typer.Option("--article", metavar="ARTICLE.md", help="an article; give one in Dutch and one in English"),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="write the files of the release there too")
    ] = None,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="figures that are still looked at: another edition follows")
    ] = False,
    correction: Annotated[
        bool, typer.Option("--correction", help="something was wrong in the edition before: say what, in both notes")
    ] = False,
    note_nl: Annotated[
        str,
        typer.Option(
            "--note-nl",
            metavar="TEXT",
            help="what is other than in the edition before, in Dutch; needed after the first",
        ),
    ] = "",
    note_en: Annotated[str, typer.Option("--note-en", metavar="TEXT", help="the same in English")] = "",
) -> None:
    """Publish one edition about a closed wave: page, charts, PDF and open data, never changed afterwards.

    Computes the figures of the wave and of those before it in its series, checks the articles against them, and
    prints what `article check` would print. With an error in any of them nothing is published. The same articles and
    figures again give the edition that is there. Others make the next edition, which says whether its figures are the
    same ones, were computed anew, or were wrong (`--correction`), and what is other: every edition after the first
    needs `--note-nl` and `--note-en`, which stand at the head of its page. The first edition has no note.

    Exit status: 0 it is published (warnings may stand), 1 something was refused, 2 the command could not run.
    """
    texts = {str(path): text_of(path) for path in article}
    note = _note(note_nl, note_en)
    surroundings.open_database()
    from django.conf import settings

    from peilstok.collect import waves
    from peilstok.publish import proofs

    moment = settings.PEILSTOK_MOMENT()
    with progress.shown() as shown:
        shown(f"{wave}: figures and articles", 0, STEPS)
        proof = proofs.proof_of(wave=waves.find(wave), articles=texts)
        shown(f"{wave}: page, charts and PDF", 1, STEPS)
        release = proofs.publish_proof(
            proof, by=ACTOR, moment=moment, correction=correction, note=note, provisional=provisional
        )
        shown(f"{wave}: files", 2, STEPS)
        written = _write(release, out) if out else 0
    for finding in proof.findings:
        typer.echo(str(finding))
    if release.published_at < moment:
        typer.echo(f"{release} says exactly this already: nothing new is published", err=True)
    typer.echo(f"{release}: {_address(release)}")
    if out:
        typer.echo(f"{written} files in {out}")


@app.command("list")
def list_(output: Annotated[Format, typer.Option("--format", help="text to read, or JSON")] = Format.TEXT) -> None:
    """The releases there are, newest first."""
    surroundings.open_database()
    from peilstok.publish.models import Release

    rows = [_row(release) for release in Release.objects.select_related("snapshot")]
    if output is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        marks = "".join(f", {name}" for name in ("provisional", "synthetic") if row[name])
        typer.echo("{wave}  edition {edition}  {published_at}  {kind}{marks}  {address}".format(**row, marks=marks))
    if not rows:
        typer.echo("Nothing has been published yet: peilstok release publish --help")


def _row(release: Release) -> dict[str, object]:
    return {
        "wave": release.wave_id,
        "edition": release.edition,
        "kind": release.kind,
        "published_at": release.published_at.isoformat(timespec="seconds"),
        "provisional": release.provisional,
        "synthetic": release.synthetic,
        "snapshot": release.snapshot.fingerprint if release.snapshot else None,
        "title": {"nl": release.title_nl, "en": release.title_en},
        "address": _address(release),
        "files_fingerprint": release.files_fingerprint,
    }


def _address(release: Release) -> str:
    from django.conf import settings
    from django.urls import reverse

    return str(settings.PEILSTOK.site_url) + reverse("publish:edition", args=[release.wave_id, release.edition])


def _write(release: Release, folder: Path) -> int:
    """The number of files written."""
    from peilstok.publish import releases

    try:
        return releases.write(release, folder)
    except OSError as error:
        raise CannotRun(
            f"{release} is published at {_address(release)}, but {folder} cannot be written: {error.strerror}"
        ) from error


def _note(nl: str, en: str) -> Words | None:
    from peilstok.terms import Words

    if bool(nl.strip()) != bool(en.strip()):
        raise CannotRun("a note is read in both languages: give --note-nl and --note-en")
    return Words(nl=nl.strip(), en=en.strip()) if nl.strip() else None
