"""`peilstok questionnaire import` and `export`: XLSForm in and out. They need no database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from peilstok.cli.findings import counted
from peilstok.cli.texts import text_of
from peilstok.errors import CannotRun, Finding


def import_form(
    form: Annotated[Path, typer.Argument(metavar="FILE", help="an XLSForm: .xlsx, .xls, .csv or .md (Markdown)")],
    output: Annotated[Path, typer.Option("--output", metavar="OUT.yaml", help="where the questionnaire is written")],
) -> None:
    """Make a questionnaire of an XLSForm.

    A finding names the row and the sheet!column. What Peilstok cannot represent is an error, and then no file is
    written; what is said in another way or left out is a warning or a remark. Nothing is dropped in silence:

    X003 error form.xlsx:12:survey!type the type "geopoint" (a place on the map) | a type that Peilstok has (xlsform.md)

    Exit status: 0 when the file is written, 1 when there are errors, 2 when a file cannot be read or written.
    """
    from peilstok.questionnaire.xlsform import imported

    made = imported(_bytes_of(form), file=form.name)
    _written(made.findings, made.text.encode() if made.text is not None else None, output)


def export_form(
    questionnaire: Annotated[Path, typer.Argument(metavar="FILE", help="a questionnaire file")],
    output: Annotated[Path, typer.Option("--output", metavar="OUT.xlsx", help="where the XLSForm is written")],
) -> None:
    """Make an XLSForm of a questionnaire.

    What XLSForm cannot say and without which other things would be asked or accepted is an error, and then no file is
    written; a soft check, or a prefill that is not the same for everyone, is left out with a warning.

    Exit status: 0 when the file is written, 1 when there are errors, 2 when a file cannot be read or written.
    """
    from peilstok.questionnaire import read
    from peilstok.questionnaire.xlsform import exported

    made = exported(read(text_of(questionnaire), file=str(questionnaire)), file=questionnaire.name)
    _written(made.findings, made.data, output)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}") from error


def _written(findings: Sequence[Finding], made: bytes | None, output: Path) -> None:
    for each in findings:
        typer.echo(str(each))
    typer.echo(f"{output if made is not None else 'nothing written'}: {counted(findings)}", err=True)
    if made is None:
        raise typer.Exit(1)
    try:
        output.write_bytes(made)
    except OSError as error:
        raise CannotRun(f"{output} cannot be written: {error.strerror}") from error
