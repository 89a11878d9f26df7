"""A day that is typed on the command line."""

from __future__ import annotations

from datetime import date

import typer


def day(text: str | date) -> date:
    """The day of `2019-10-01`. Another way of writing it is refused, with what it may have meant: 1-10 is a day of
    October here and of January elsewhere."""
    if isinstance(text, date):
        return text
    from peilstok.register import values

    meant = values.day(text)
    if meant is None:
        raise typer.BadParameter(f"{text!r} is no day; write it as year-month-day, such as 2019-10-01")
    if str(meant) != text.strip():
        raise typer.BadParameter(f"{text!r} is no day as it is written here; did you mean {meant}?")
    return meant
