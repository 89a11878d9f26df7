"""`peilstok article`: check an article against the figures. Needs no database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from peilstok.cli.findings import leave_where_wrong
from peilstok.cli.formats import Format
from peilstok.cli.texts import text_of
from peilstok.errors import CannotRun, Finding, Refused, Severity

app = typer.Typer(
    help="Articles: text whose numbers are bound to figures. These commands read files and need no database.",
    no_args_is_help=True,
)


@app.callback()
def group() -> None:
    """Keeps `check` a command of the group while it is the only one."""


@app.command()
def check(
    article: Annotated[Path, typer.Argument(metavar="ARTICLE.md", help="the article: Markdown with front matter")],
    figures: Annotated[
        Path, typer.Option("--figures", metavar="FIGURES.json", help="the figures, from `peilstok figures export`")
    ],
    output: Annotated[
        Format, typer.Option("--format", help="text: a line for each finding; json: one object for an editor")
    ] = Format.TEXT,
) -> None:
    """Check every number and every claim of an article against the figures.

    A number is a link to the figure that it states, [3,8 procent](figure:in_care); a comparison is a link to a claim,
    [meer](claim:higher(in_care,wave-2)). A finding says what is not true, what cannot be read, and which number is
    bound to nothing:

    A024 error ARTICLE.md:12:5 "63 procent" for municipal_care_started, 63,51 procent | "63,5 procent" or "64 procent"

    Exit status: 0 when nothing is wrong (warnings may stand), 1 when there are errors, 2 when the check could not run,
    as with a file of figures that is none: its findings (F001 and on) are printed in the same way.
    """
    from peilstok.article import check as check_article
    from peilstok.disclose.figures import from_json

    text, exported = text_of(article), text_of(figures)
    try:
        book = from_json(exported, file=str(figures))
    except Refused as refused:
        _print(article, refused.findings, 0, output)
        raise CannotRun(f"{figures} is not a file of figures: {article} could not be checked") from refused
    try:
        checked = check_article(text, file=str(article), book=book)
        findings, bindings = checked.findings, len(checked.bindings)
    except Refused as refused:
        findings, bindings = refused.findings, 0
    _print(article, findings, bindings, output)
    leave_where_wrong(findings)


def _print(article: Path, findings: Sequence[Finding], bindings: int, output: Format) -> None:
    counts = {str(severity): sum(each.severity is severity for each in findings) for severity in Severity}
    if output is Format.JSON:
        document = {
            "file": str(article),
            "bindings": bindings,
            **counts,
            "findings": [each.as_json() for each in findings],
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for each in findings:
        typer.echo(str(each))
    told = f"{counts['error']} errors, {counts['warning']} warnings, {counts['info']} remarks"
    typer.echo(f"{article}: {bindings} bindings checked: {told}", err=True)
