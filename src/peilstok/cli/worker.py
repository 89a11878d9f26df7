"""`peilstok worker`: the mails and the jobs that nobody asks for."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from peilstok.cli import surroundings


def work(
    one_shot: Annotated[bool, typer.Option("--one-shot", help="do what is due now, and end")] = False,
) -> None:
    """Send mails that wait, close waves on time, take up what a worker that died left undone; until Ctrl-C.

    An installation has one running at all times. Ctrl-C (or SIGTERM) lets the job at hand finish first.
    """
    surroundings.open_database()
    from procrastinate.contrib.django import app

    if not one_shot:
        typer.echo("Working: mails and waves that close. Ctrl-C ends it.", err=True)
    # suppressed: a Ctrl-C before the worker listens for it
    with suppress(KeyboardInterrupt), app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]  # Django's connector has it
        worker.run_worker(wait=not one_shot)
