"""`peilstok nonresponse`: how far the answers of a wave can be trusted."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from peilstok.cli import surroundings
from peilstok.cli.figures import WaveName
from peilstok.cli.formats import Format, Formatted, Language


def nonresponse(
    wave: WaveName,
    language: Annotated[Language, typer.Option("--lang", help="the language of the text")] = Language.NL,
    output: Formatted = Format.TEXT,
) -> None:
    """Tell how far the answers of a wave can be trusted, although nobody drew who answered.

    Which boards answered, and what part of the pupils they have; whether they are like all boards in what the register
    knows (R-indicator); and for each figure a table of what it is under one assumption about the boards that did not
    answer after another, down to none at all. Figures that rest on too few boards have no table. The method is in
    docs/methods/nonresponse.md.
    """
    surroundings.open_database()
    from peilstok.collect import waves
    from peilstok.collect.nonresponse import report_of
    from peilstok.estimate.responsereport import as_json, as_text

    poll = waves.find(wave)
    found = report_of(poll)
    if output is Format.JSON:
        typer.echo(json.dumps({"wave": poll.pk, "date": f"{poll.date:%Y-%m-%d}", **as_json(found)}, indent=1))
        return
    typer.echo(as_text(found, language.value, title=f"{poll.pk}, {poll.date:%Y-%m-%d}"), nl=False)
