"""Freezing a closed wave: once, with a snapshot of what its figures are made from, and one fingerprint of it.

What stands in the files is `snapshot/content`'s. After freezing, the database refuses to change what they were made
from. Late answers come in all the same where the wave takes them; they are not in the snapshot.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from peilstok.audit import trail
from peilstok.collect import seals, waves
from peilstok.collect.mail.outbox import CLAIM
from peilstok.collect.models import Message, Snapshot, SnapshotFile, Wave
from peilstok.collect.outcomes import Outcome
from peilstok.collect.snapshot import content, fingerprints
from peilstok.errors import CannotRun, NotNow


def freeze(*, wave: Wave, by: str, moment: datetime) -> Snapshot:
    """The snapshot of the wave, made now or there already.

    NotNow where the wave is not closed, where a mail of it is being sent, or where what is kept is not what the audit
    trail says.
    """
    with transaction.atomic():
        wave = waves.locked(wave)  # a mail that comes back waits until this is done
        there = of(wave)
        if there is not None:
            return there
        waves.check_may_freeze(wave)
        _check_no_mail_is_out(wave)
        for difference in seals.differences(wave=wave):
            raise NotNow(f"{wave.pk} is not frozen: {difference}; `peilstok audit verify` tells all that is so")
        files = content.files(wave)
        made = Snapshot.objects.create(
            wave=wave,
            fingerprint=fingerprints.fingerprint(files),
            answered=wave.invitations.filter(outcome=Outcome.ANSWERED).count(),
            made_at=moment,
            by=by,
        )
        SnapshotFile.objects.bulk_create(
            SnapshotFile(snapshot=made, name=name, content=data) for name, data in files.items()
        )
        details = {
            "fingerprint": made.fingerprint,
            "manifest": seals.of_manifest(made),
            "answered": made.answered,
        }
        trail.record(act="wave.freeze", actor=by, subject=f"wave:{wave.pk}", moment=moment, details=details)
    return made


def _check_no_mail_is_out(wave: Wave) -> None:
    """Whether such a mail went out is not known yet, and how it ended for its board says so (`dispositions`)."""
    sending = Message.objects.filter(invitation__wave=wave, state=Message.State.SENDING).count()
    if sending:
        mails = "1 mail of it is" if sending == 1 else f"{sending} mails of it are"
        minutes = CLAIM // timedelta(minutes=1)
        raise NotNow(
            f"{wave.pk} is not frozen: {mails} being sent; within {minutes} minutes it is known what became of it"
        )


def of(wave: Wave) -> Snapshot | None:
    return Snapshot.objects.filter(wave=wave).first()


def write(snapshot: Snapshot, folder: Path) -> int:
    """Write its files into a folder; how many there are. CannotRun where a file of the name says something else."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRun(f"{folder} cannot be a folder for the files: {error.strerror}") from error
    files = list(snapshot.files.all())
    for file in files:
        path = folder / file.name
        if path.exists() and path.read_bytes() != bytes(file.content):
            raise CannotRun(f"{path} is there and is another file; name an empty folder")
    for file in files:
        (folder / file.name).write_bytes(bytes(file.content))
    return len(files)


def changed(snapshot: Snapshot) -> tuple[str, ...]:
    """The names of its files that are no longer what they were frozen as."""
    return fingerprints.changed(snapshot.fingerprint, {each.name: bytes(each.content) for each in snapshot.files.all()})
