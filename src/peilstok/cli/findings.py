"""Findings at the end of a command: how many of each severity, and the exit status that they give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import typer

from peilstok.errors import Finding, Severity


def counted(findings: Sequence[Finding], *, of: Iterable[Severity] = tuple(Severity)) -> str:
    """ "2 errors, 0 warnings, 1 infos"."""
    return ", ".join(f"{sum(each.severity is severity for each in findings)} {severity}s" for severity in of)


def leave_where_wrong(findings: Iterable[Finding]) -> None:
    """Ends the command with status 1 where one of them is an error."""
    if any(each.severity is Severity.ERROR for each in findings):
        raise typer.Exit(1)
