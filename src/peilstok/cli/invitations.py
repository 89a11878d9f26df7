"""`peilstok wave`, its mails: addresses, a test to oneself, dry runs, invitations, reminders, what became of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from peilstok.cli import surroundings
from peilstok.cli.formats import Format, Formatted
from peilstok.cli.texts import text_of
from peilstok.cli.waves import ACTOR, WaveName, moment_now
from peilstok.errors import NotNow

if TYPE_CHECKING:
    from peilstok.collect.mail.recipients import Addressed, Round
    from peilstok.collect.models import Message

DryRun = Annotated[bool, typer.Option("--dry-run", help="say who would get what; nothing is queued")]
SHOWN: Final = 20
"""Boards or addresses that are named in text; all of them are in --format json."""


def add_to(app: typer.Typer) -> None:
    """Make these commands part of `peilstok wave`."""
    for command in (contacts, invite, remind, resend, mails):
        app.command()(command)
    app.command("test")(test_mail)


def contacts(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with the columns number, email; see wave.md")],
) -> None:
    """Keep where boards are reached: number, email, and optionally role, language, name and phone.

    A board may have several lines. The file takes the place of all that was known of the boards in it, and of no other
    board. Who asked for no more mail at an address gets none when it is given again.

    Exit status: 0 all is well, 1 something was refused, 2 the command could not run.
    """
    surroundings.open_database()
    from peilstok.collect import contacts as addresses
    from peilstok.register.models import Organisation

    known = Organisation.objects.values_list("number", flat=True)
    read = addresses.read(text_of(file), file=str(file), known=known)
    kept = addresses.keep(read, by=ACTOR, moment=moment_now())
    typer.echo(f"{_addresses(kept.addresses)} of {_boards(kept.boards)} kept, {kept.replaced} replaced")
    if kept.opted_out or kept.failed:
        typer.echo(f"No mail goes to {kept.opted_out} that opted out and {kept.failed} that failed before")


def test_mail(
    wave: WaveName,
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="your own address")],
    language: Annotated[str, typer.Option("--language", help="nl or en")] = "nl",  # noqa: PT028  (none of pytest's)
) -> None:
    """Mail the invitation to yourself, marked as a test. Its link shows the questionnaire, and is no board's.

    Exit status: 0 the mail server took it, 2 it did not.
    """
    if language not in ("nl", "en"):
        raise typer.BadParameter("nl or en", param_hint="--language")
    surroundings.open_database()
    from peilstok.collect import waves
    from peilstok.collect.mail import trial

    trial.send(waves.find(wave), to=to, language="en" if language == "en" else "nl", by=ACTOR, moment=moment_now())
    typer.echo(f"{wave}: a test mail went out to {to}")


def invite(wave: WaveName, dry_run: DryRun = False, output: Formatted = Format.TEXT) -> None:
    """Queue the invitations that have not been queued, and those that still wait. A worker sends them.

    With --dry-run also before the wave is open: how many mails to how many boards, who has no address, which address
    stands for several boards, who opted out, which addresses failed before, and how the mail reads.
    """
    surroundings.open_database()
    from peilstok.collect import waves
    from peilstok.collect.mail import messages, recipients

    found = waves.find(wave)
    if dry_run:
        _show(recipients.round_of(found), output)
        return
    queued = messages.send_invitations(found, moment_now(), by=ACTOR)
    if output is Format.JSON:
        typer.echo(json.dumps({"new": queued.new, "waiting": queued.waiting}))
    else:
        typer.echo(f"{queued.new} mails queued, {queued.waiting} waiting in all")


def remind(wave: WaveName, dry_run: DryRun = False, output: Formatted = Format.TEXT) -> None:
    """Queue the reminder of the wave's file that is due. A worker does so by itself, at its time.

    With --dry-run: who would get the next reminder now.
    """
    surroundings.open_database()
    from peilstok.collect import moments, waves
    from peilstok.collect.mail import recipients, reminders

    found = waves.find(wave)
    due = reminders.following(found)
    if due is None:
        raise NotNow(f"{wave} has no reminder left: see `reminders` in its file")
    at = moments.said(due.at, "en")
    if dry_run:
        if output is Format.TEXT:
            typer.echo(f"reminder {due.number}: {at}")
        _show(recipients.round_of(found, due.kind), output)
        return
    queued = reminders.queue_due(wave=found, by=ACTOR, moment=moment_now())
    if queued is None:
        raise NotNow(f"reminder {due.number} of {wave} is not due: {at}, while the wave is open")
    typer.echo(f"reminder {queued.number}: {queued.mails} mails queued")


def resend(
    wave: WaveName,
    failed: Annotated[bool, typer.Option("--failed", help="mails that were refused, or came back")] = False,
    uncertain: Annotated[bool, typer.Option("--uncertain", help="mails without a receipt; may arrive twice")] = False,
    board: Annotated[
        list[str] | None, typer.Option("--board", metavar="NUMBER", help="only of this board; may be repeated")
    ] = None,
) -> None:
    """Queue mails again that failed or are uncertain, to the addresses that there are now.

    An address that was given up is tried again. With --board alone: those of the board, whichever of the two they are.
    """
    if not (failed or uncertain or board):
        raise typer.BadParameter("say which: --failed, --uncertain or --board NUMBER")
    surroundings.open_database()
    from peilstok.collect import waves
    from peilstok.collect.mail import messages
    from peilstok.collect.models import Message

    chosen = {
        state for state, wanted in ((Message.State.FAILED, failed), (Message.State.UNCERTAIN, uncertain)) if wanted
    }
    number = messages.resend(
        waves.find(wave), moment_now(), by=ACTOR, states=chosen or messages.RESENDABLE, boards=board or ()
    )
    typer.echo(f"{number} {'mail' if number == 1 else 'mails'} queued again")


def mails(
    wave: WaveName,
    state: Annotated[str, typer.Option("--state", help="queued, sending, sent, failed, uncertain or cancelled")] = "",
    output: Formatted = Format.TEXT,
) -> None:
    """The mails of a wave, one a line: board, kind, state, address, when it went out, what the mail server said."""
    surroundings.open_database()
    from peilstok.collect import waves
    from peilstok.collect.mail import messages
    from peilstok.collect.models import Message

    if state and state not in Message.State:
        raise typer.BadParameter(", ".join(Message.State), param_hint="--state")
    rows = [_row(message) for message in messages.listed(waves.find(wave), state=state)]
    if output is Format.JSON:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        typer.echo("  ".join(str(each) for each in row.values() if each not in (None, "")))


def _row(message: Message) -> dict[str, object]:
    sent, returned = message.sent_at, message.returned_at
    return {
        "board": message.invitation.unit.organisation.number,
        "kind": message.kind,
        "state": str(message.state),
        "email": message.contact.email,
        "sent_at": sent.isoformat(timespec="seconds") if sent else None,
        "returned_at": returned.isoformat(timespec="seconds") if returned else None,
        "attempts": message.attempts,
        "detail": message.detail,
    }


def _show(found: Round, output: Format) -> None:
    if output is Format.JSON:
        typer.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
        return
    for line in _lines(found):
        typer.echo(line)


def _lines(found: Round) -> list[str]:
    frame = found.wave.frame
    frozen = "frozen" if found.wave.frame_fingerprint else "not frozen yet: it is when the wave opens"
    had = ", ".join(f"{number} {state}" for state, number in sorted(found.had.items())) or "none"
    pairs = [f"{email} ({', '.join(boards)})" for email, boards in found.shared.items()]
    return [
        f"{found.kind} of {found.wave.pk}: {_mails(len(found.recipients))} to {_boards(found.boards)}",
        f"frame of {frame.date.isoformat()}: {_boards(len(found.asked) + found.settled)}, {frozen}",
        f"answered or refused, and not mailed: {found.settled}",
        f"mails of this kind that there are: {had}",
        _named("boards without an address", found.without_address),
        _named("boards without an address of a role that is mailed", found.without_role),
        *([_named("boards that no mail has reached yet", found.not_reached)] if found.kind != "invitation" else []),
        _named("addresses that stand for several boards", pairs),
        _named("addresses that opted out", _addressed(found.opted_out)),
        _named("addresses that failed before", _addressed(found.failed_before)),
        f"pace: {found.per_minute} a minute at most",
        *(["", f"Subject: {found.sample.subject}", "", found.sample.body] if found.sample else []),
    ]


def _named(what: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{what}: {len(names)}{': ' if names else ''}{', '.join(names[:SHOWN])}{more}"


def _addressed(addresses: list[Addressed]) -> list[str]:
    return [f"{email} ({board})" for board, email in addresses]


def _mails(number: int) -> str:
    return f"{number} {'mail' if number == 1 else 'mails'}"


def _boards(number: int) -> str:
    return f"{number} {'board' if number == 1 else 'boards'}"


def _addresses(number: int) -> str:
    return f"{number} {'address' if number == 1 else 'addresses'}"
